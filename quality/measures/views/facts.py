"""Facts of providers as a population reads them: how many hold all that is required, and the share held.

They are published with the figures and stand beside them: whole counts of providers, no client behind, so
that they have no interval, no threshold of clients and no target.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import visible
from quality.directory.models import Organisation
from quality.measures.catalogue import OfProviders, of_providers
from quality.measures.models import Release, ReleaseFact
from quality.measures.releases.counted import PublishedFact, share_of
from quality.measures.releases.facts import last_counted
from quality.measures.releases.periods import period as period_of
from quality.measures.views.reading import Sight, codes_of
from quality.measures.views.wording import Reading, in_language
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

Counted = ReleaseFact | PublishedFact


@dataclass(frozen=True, slots=True)
class FactWords:
    """What is said of one indicator of providers: a finding, sentences, and how it is counted."""

    label: str
    finding: str
    sentences: tuple[str, ...]
    method: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """Of whom facts are read: so many providers of a convention, None for everybody; or the reader's own."""

    providers: int | None = None
    is_own: bool = False


def reach_of(sight: Sight) -> Reach:
    """Tell of whom a sight reads facts; private employers have none."""
    if sight.convention is None:
        return Reach()
    return Reach(len({*sight.convention.providers} - sight.individuals), is_own=bool(sight.provider_code))


async def facts(actor: Actor, sight: Sight, period: str) -> list[ReleaseFact]:
    """Read what is published of the providers of a sight for a period; inside `scoped(actor)`."""
    rows = facts_of(actor, sight).filter(period=period)
    return [row for row in await rows.order_by("id") if follows(sight, row.indicator)]


def facts_of(actor: Actor, sight: Sight) -> Any:
    """Give the published facts of the population of a sight, to be narrowed and read."""
    whose = sight.convention.id if sight.convention else None
    return visible(actor, ReleaseFact).filter(convention_id=whose)


async def dressed_facts(actor: Actor, rows: Iterable[ReleaseFact]) -> list[PublishedFact]:
    """Give rows of release_fact with what their releases say, by period, indicator and provider."""
    found = list(rows)
    made = await visible(actor, Release).filter(id__in={row.release_id for row in found})
    named = await visible(actor, Organisation).filter(id__in={row.provider_id for row in found})
    releases, providers = {each.id: each for each in made}, {each.id: each.code for each in named}
    codes = await codes_of(actor) if found else {}
    dressed = [_dressed(row, releases[row.release_id].method, providers, codes) for row in found]
    return sorted(dressed, key=lambda each: (each.period, each.indicator, each.provider_code, each.version))


def _dressed(
    row: ReleaseFact, method: str, providers: Mapping[UUID, str], codes: Mapping[UUID | None, str]
) -> PublishedFact:
    """Dress a row; a provider that left the convention since keeps its id for code."""
    return PublishedFact(
        id=row.id,
        provider=row.provider_id,
        provider_code=providers.get(row.provider_id, str(row.provider_id)),
        indicator=row.indicator,
        version=row.version,
        period=row.period,
        asked=row.asked,
        held=row.held,
        is_whole=row.is_whole,
        release=row.release_id,
        method=method,
        convention=codes.get(row.convention_id, ""),
    )


def follows(sight: Sight, code: str) -> bool:
    """Tell whether a sight may show an indicator of providers."""
    return sight.indicators is None or code in sight.indicators


def fact_words(sight: Sight, found: Sequence[Counted], period: str, reach: Reach) -> tuple[FactWords, ...]:
    """Say each indicator of providers that a sight follows, even where no provider has any."""
    of = period_of(period)
    day = last_counted(of, sight.convention.ends_on if sight.convention else None)
    return tuple(
        _words(item, [each for each in found if each.indicator == code], day, reach, is_over=day < of.ends_on)
        for code, item in of_providers().items()
        if follows(sight, code)
    )


def _words(
    item: OfProviders, found: Sequence[Counted], on: date, reach: Reach, *, is_over: bool
) -> FactWords:
    """Say one indicator as counted on a day; `is_over`: the convention ended with it, before the period."""
    day = text.day_text(on, languages.current(), year=True)
    finding, sentences = _finding(found, is_own=reach.is_own), _sentences(found, day, reach)
    if is_over and not found:
        words = _("La convention a pris fin le {day} : aucun dossier accepté n’y est compté.")
        finding, sentences = _("Charte : aucun dossier compté"), [words.format(day=day)]
    return FactWords(
        label=in_language(item.label),
        finding=finding,
        sentences=tuple(sentences),
        method=method_rows(item),
    )


def _finding(found: Sequence[Counted], *, is_own: bool) -> str:
    whole = sum(each.is_whole for each in found)
    if not found:
        return _("Charte : aucun dossier accepté")
    if is_own:
        return (
            _("Tous les impératifs de la charte sont tenus")
            if whole
            else _("Les impératifs de la charte ne sont pas tous tenus")
        )
    words = ngettext(
        "{num} organisme tient tous les impératifs de la charte",
        "{num} organismes tiennent tous les impératifs de la charte",
        whole,
    )
    return text.capital(words.format(num=text.spelled(whole, languages.current())))


def _sentences(found: Sequence[Counted], day: str, reach: Reach) -> Sequence[str]:
    if not found and reach.is_own:
        return [_("Au {day}, la plateforme n’avait accepté aucun de vos dossiers.").format(day=day)]
    if not found:
        return [_("Au {day}, aucun organisme n’avait de dossier accepté par la plateforme.").format(day=day)]
    asked, held = sum(each.asked for each in found), sum(each.held for each in found)
    return [
        *([] if reach.is_own else [_followed(len(found), day, reach.providers)]),
        _(
            "{share} des critères demandés sont tenus, avec une preuve valable au {day} : {held} sur {asked}."
        ).format(share=share_words(held, asked), day=day, held=_count(held), asked=_count(asked)),
        _(
            "Ces faits viennent des dossiers relus par la plateforme, pas des clients : "
            "ils n’ont pas d’intervalle. Ce que l’organisme déclare sans dossier accepté n’y compte pas."
        ),
    ]


def _followed(count: int, day: str, followed: int | None) -> str:
    if followed is None:
        words = ngettext(
            "Au {day}, {num} organisme avait un dossier accepté par la plateforme.",
            "Au {day}, {num} organismes avaient un dossier accepté par la plateforme.",
            count,
        )
        return words.format(day=day, num=_count(count))
    words = ngettext(
        "Au {day}, {num} organisme de la convention sur {followed} avait un dossier accepté.",
        "Au {day}, {num} organismes de la convention sur {followed} avaient un dossier accepté.",
        count,
    )
    return words.format(day=day, num=_count(count), followed=_count(followed))


def fact_reading(of: Counted | None) -> Reading:
    """Read a fact of one provider as figures are: the share, and whether all that is required is held."""
    if of is None:
        return Reading(
            _("pas de dossier accepté dans cette publication"), "", "", "", is_shown=False, is_fragile=False
        )
    detail = _("tous les impératifs tenus") if of.is_whole else _("impératifs pas tous tenus")
    return Reading(share_words(of.held, of.asked), detail, "", "", is_shown=True, is_fragile=False)


def share_words(held: int, asked: int) -> str:
    """Write a share of what is asked, in whole per cent; it never reads 100 % unless all is held.

    >>> share_words(30, 40), share_words(249, 250)
    ('75\xa0%', '99\xa0%')
    """
    return text.percent(share_of(held, asked), 0, languages.current())


def _count(of: int) -> str:
    return text.count(of, languages.current())


def method_rows(item: OfProviders) -> tuple[tuple[str, str], ...]:
    """Say how it is counted, in words."""
    since = _("Version {number}, en vigueur depuis le {day}").format(
        number=item.version, day=text.day_text(item.effective_on, languages.current(), year=True)
    )
    return (
        (_("On compte"), in_language(item.numerator)),
        (_("Sur"), in_language(item.denominator)),
        (_("Impératifs"), in_language(item.required)),
        (_("On laisse de côté"), in_language(item.left_out)),
        (_("Formule"), in_language(item.formula)),
        (_("Intervalle"), in_language(item.interval)),
        (_("Source"), in_language(item.source)),
        (_("Exemple"), in_language(item.example)),
        (_("Définition"), since),
    )
