"""Where a provider stands among its peers, as its own page says it: counts of sure differences, no names."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Q

from quality.access.actor import Actor
from quality.access.scope import visible
from quality.measures.catalogue import Indicator, Kind
from quality.measures.models import ReleaseCell, ReleaseStanding
from quality.measures.releases.comparing import Word
from quality.measures.releases.figures import Published
from quality.measures.views.compared import FLAGS, standing_words
from quality.measures.views.groups import activity_words
from quality.measures.views.reading import Sight, dressed
from quality.measures.views.wording import Reading, reading
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """One published figure of the reader and its place; `words` is what its funders read of it."""

    among: str
    reading: Reading
    sentence: str
    words: str
    is_flagged: bool


async def own_places(actor: Actor, sight: Sight, item: Indicator, period: str) -> tuple[OwnPlace, ...]:
    """Place the provider of a sight by activity group, among all and among those of the convention."""
    if item.kind is not Kind.SHARE or not sight.provider_code or sight.convention is None:
        return ()
    rows = await visible(actor, ReleaseCell).filter(
        Q(convention_id=sight.convention.id) | Q(convention_id__isnull=True),
        scope_code=sight.provider_code,
        period=period,
        indicator=item.code,
        version=item.version,
        ci_low__isnull=False,
    )
    found = [each for each in await dressed(actor, rows) if each.figure.key.activity]
    kept = await visible(actor, ReleaseStanding).filter(id__in=[each.id for each in found])
    standings: Mapping[UUID, ReleaseStanding] = {row.id: row for row in kept}
    return tuple(_own(each, standings.get(each.id), sight) for each in found)


def _own(each: Published, standing: ReleaseStanding | None, sight: Sight) -> OwnPlace:
    key = each.figure.key
    whose = sight.convention.title if key.convention and sight.convention else _("tous les organismes suivis")
    word = Word(standing.level) if standing else Word.FEW
    return OwnPlace(
        among=f"{activity_words(key.activity)}, {whose}",
        reading=reading(each.figure),
        sentence=_sentence(standing),
        words=standing_words(word, is_high=standing.is_high) if standing else _("pas de comparaison"),
        is_flagged=word in FLAGS,
    )


def _sentence(standing: ReleaseStanding | None) -> str:
    if standing is None or standing.lower is None or standing.alike is None or standing.higher is None:
        return _("Moins de 11 autres organismes publiés : votre place n’est pas dite, elle les désignerait.")
    lang = languages.current()
    others = standing.lower + standing.alike + standing.higher
    counts = (
        (standing.lower, _("{num} sûrement plus bas")),
        (standing.higher, _("{num} sûrement plus haut")),
        (standing.alike, _("{num} sans différence significative")),
    )
    parts = [words.format(num=text.count(count, lang)) for count, words in counts if count]
    return _("Parmi {others} autres organismes : {parts}.").format(
        others=text.count(others, lang), parts=", ".join(parts)
    )
