"""What the parties of a convention read of its providers' charters, when it names them.

Three sources, all public or published: the register of adhesions, the facts of a release (charter/facts.py)
and the figures of the same release, as that convention's population has them. No comment, no evidence, no
assessment under way and no figure of other visits is read here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charter.assessment import Comparison, compare
from charter.declaring import ALONE, EDITION
from charter.definition import Answer, Criterion, Edition, Link
from charter.editions import Library
from charter.facts import CODE
from charter.library import library
from charter.measuring import Measure, of_answers
from quality.access.actor import Actor, Role
from quality.access.scope import visible
from quality.db import fetch, pool
from quality.directory.matching import alphabetical
from quality.directory.models import Organisation
from quality.errors import NotFound
from quality.measures.disclosure.lattice import Scope
from quality.measures.models import Convention, ReleaseFact
from quality.measures.releases.figures import Published
from quality.measures.releases.periods import first_shown, newest
from quality.measures.releases.periods import period as period_of
from quality.measures.views.conventions import convention
from quality.measures.views.facts import facts
from quality.measures.views.reading import Sight, periods_of, published

# The register is public: of each provider the adhesion that lives, that to the national charter before any
# other, as it stands today; else the newest.
ADHESIONS = """
SELECT DISTINCT ON (provider_id) id, provider_id, edition, edition_version, state, starts_on, ends_on,
       certificate
FROM adhesion WHERE platform_id = $1 AND provider_id = ANY ($2::uuid[])
ORDER BY provider_id, state IN ('ended', 'revoked'), edition <> $3, starts_on DESC, id DESC
"""


@dataclass(frozen=True, slots=True)
class Commitment:
    """One criterion that clients' answers measure: declared, verified by the review, and measured.

    Without bounds the measure is hidden; it is None where nothing is published, `is_followed` or not.
    """

    criterion: Criterion
    declared: Answer
    verified: Answer
    measure: Measure | None
    is_followed: bool

    @property
    def link(self) -> Link:
        return self.criterion.measured.link if self.criterion.measured else Link.HINT

    @property
    def verdict(self) -> Comparison | None:
        """Compare what was declared with what is measured; None where nothing is."""
        asked, measure = self.criterion.measured, self.measure
        if asked is None or measure is None or measure.bounds is None:
            return None
        return compare(self.declared, measure.bounds, asked.threshold, asked.minimum)


@dataclass(frozen=True, slots=True)
class Agreed:
    """One provider of a convention: its adhesion of today, to which edition, and what was published."""

    provider: Organisation
    adhesion: Mapping[str, Any] | None
    joined: Edition | None
    fact: ReleaseFact | None
    edition: Edition | None
    commitments: tuple[Commitment, ...]


@dataclass(frozen=True, slots=True)
class AgreedCharter:
    """The charter of one convention and period; no period while nothing of it is published."""

    convention: Convention
    period: str | None
    periods: tuple[str, ...]
    facts: tuple[ReleaseFact, ...]
    sight: Sight
    providers: tuple[Agreed, ...]


async def agreed(actor: Actor, code: str, wanted: str) -> AgreedCharter:
    """Read a convention's charter, or answer 404 where it is not named; inside `scoped(actor)`.

    A provider reads what is told of itself, which is all that its funders read of it.
    """
    row = await convention(actor, code)
    if CODE not in row.indicators:
        raise NotFound
    sight = Sight(row.code, row.title, row)
    periods = tuple(newest(await _periods(actor, sight)))
    period = wanted or first_shown(periods)
    if period and period not in periods:
        raise NotFound
    told = await facts(actor, sight, period) if period else []
    figures = (
        await published(actor, sight, period=period, scope_type=Scope.PROVIDER, activity="") if period else []
    )
    parties, known = await _parties(actor, row), await library(pool("web"), actor.platform)
    whose = [each.id for each in parties]
    adhesions = await fetch(pool("answer"), ADHESIONS, actor.platform, whose, EDITION)
    by_provider = {each["provider_id"]: each for each in adhesions}
    by_fact = {each.provider_id: each for each in told}
    return AgreedCharter(
        convention=row,
        period=period,
        periods=periods,
        facts=tuple(told),
        sight=sight,
        providers=tuple(
            _of(each, by_provider.get(each.id), by_fact.get(each.id), figures, sight, known=known)
            for each in parties
        ),
    )


async def _periods(actor: Actor, sight: Sight) -> set[str]:
    """Give the periods where anything of the convention is published, figures or facts."""
    rows = visible(actor, ReleaseFact).filter(convention_id=sight.convention.id if sight.convention else None)
    told = await rows.distinct().values_list("period", flat=True)
    return {*await periods_of(actor, sight), *map(str, told)}


async def _parties(actor: Actor, row: Convention) -> list[Organisation]:
    """Give the providers of a convention by name: itself alone to a provider, nobody's own home."""
    own = {actor.organisation} if actor.role == Role.provider else set(row.providers)
    rows = await visible(actor, Organisation).filter(id__in=list(own & set(row.providers)), kind="provider")
    return sorted(
        (each for each in rows if each.legal_form != ALONE), key=lambda each: alphabetical(each.name)
    )


def _of(
    provider: Organisation,
    adhesion: Mapping[str, Any] | None,
    fact: ReleaseFact | None,
    figures: Sequence[Published],
    sight: Sight,
    *,
    known: Library,
) -> Agreed:
    joined = known.find(adhesion["edition"], adhesion["edition_version"]) if adhesion else None
    if fact is None:
        return Agreed(provider, adhesion, joined, None, None, ())
    edition = known.find(str(fact.told["edition"]), int(str(fact.told.get("version", 1))))
    mine = [each for each in figures if each.figure.provider == provider.id]
    return Agreed(provider, adhesion, joined, fact, edition, tuple(_commitments(fact, edition, mine, sight)))


def _commitments(
    fact: ReleaseFact, edition: Edition, figures: Sequence[Published], sight: Sight
) -> Iterator[Commitment]:
    answers: Mapping[str, tuple[str, str]] = fact.told["answers"]
    day = period_of(fact.period).ends_on
    for each in edition.criteria:
        if each.measured and each.code in answers:
            declared, verified = map(Answer, answers[each.code])
            is_followed = each.measured.indicator in (sight.indicators or ())
            yield Commitment(each, declared, verified, of_answers(each.measured, figures, day), is_followed)
