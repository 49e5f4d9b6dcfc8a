"""What all the files of one population and period say: lines, definitions, facts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import visible
from quality.directory.geography import DEPARTEMENTS
from quality.directory.models import Organisation
from quality.french import french
from quality.measures.catalogue import Direction, Indicator, OfProviders, card, indicator, of_providers
from quality.measures.disclosure.lattice import TOPS, Scope, departement_of
from quality.measures.models import Release, ReleaseFact, ReleaseWeighted
from quality.measures.releases.counted import PublishedFact
from quality.measures.releases.figures import Figure, Published
from quality.measures.releases.twins import WeightedTotal
from quality.measures.views.dashboard import main_figures, release_words, shown_codes, verdicts
from quality.measures.views.facts import dressed_facts, facts_of, follows
from quality.measures.views.reading import (
    RESPONSE_RATE,
    Sight,
    cells_of,
    dressed,
    named_territories,
    published,
)
from quality.measures.views.summary import asked_sentence, targets_sentences
from quality.measures.views.whole_months import part_words
from quality.measures.views.wording import in_language, label_of
from quality.web import languages
from quality.web.format import day_text, paris_day, period_text
from quality.web.languages import gettext as _

EVERY_PERIOD = "toutes"
BETTER = {
    Direction.HIGHER: french("plus haut"),
    Direction.LOWER: french("plus bas"),
    Direction.NEITHER: french("ni plus haut, ni plus bas"),
}


@dataclass(frozen=True, slots=True)
class Definition:
    """How one version of an indicator is computed, in the reader's language."""

    indicator: str
    version: int
    label: str
    unit: str
    better: str
    counted: str
    over: str
    left_out: str
    formula: str
    interval: str
    source: str
    example: str
    effective_on: date


@dataclass(frozen=True, slots=True)
class Seal:
    """One release that the lines come from: whoever has the file can ask whether it is still the same."""

    release: UUID
    period: str
    method: str
    seal: str
    released_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What the files of one population say around their lines, for a period or for all of them (`toutes`).

    `count` lines follow, of the versions of indicators that `series` names. `facts` are counted of providers,
    and stand beside the lines; so do the `weighted` totals of the whole population. `territories` names those
    of the lines by their codes. `licence` is an SPDX identifier, where everybody may reuse the files.
    """

    sight: Sight
    period: str
    count: int
    series: tuple[tuple[str, int], ...]
    providers: Mapping[UUID, str]
    territories: Mapping[str, str] = field(default_factory=dict)
    seals: tuple[Seal, ...]
    facts: tuple[PublishedFact, ...] = ()
    weighted: tuple[WeightedTotal, ...] = ()
    licence: str = ""

    @property
    def name(self) -> str:
        """The name of its files, without ending."""
        return name_of(self.sight, self.period)

    @property
    def title(self) -> str:
        return f"{self.sight.label}, {self.period_words}"

    @property
    def period_words(self) -> str:
        if self.period == EVERY_PERIOD:
            return _("toutes les périodes publiées")
        return period_text(self.period, languages.current())

    @property
    def releases(self) -> list[UUID]:
        return [seal.release for seal in self.seals]

    @property
    def released_at(self) -> datetime:
        """When the newest of its releases was made: the only date that its files carry."""
        return max(seal.released_at for seal in self.seals)

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """How each version of an indicator is computed, those of providers last."""
        told = {fact.indicator for fact in self.facts}
        return (
            *(_definition(indicator(code, version)) for code, version in self.series),
            *(_of_providers(item) for code, item in of_providers().items() if code in told),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the numbers should know: the months counted, where not all of a period are."""
        return part_words(self.sight.convention, self.period) if self.period != EVERY_PERIOD else ()

    def where(self, figure: Figure) -> str:
        """Name the place that a line is about; employers of their own carer are never named."""
        key = figure.key
        if self.sight.is_main(key):
            return self.sight.label
        if key.scope is Scope.REGION:
            return _region_name(key.code)
        if key.scope is Scope.DEPARTEMENT:
            return _departement_words(key.code)
        return f"{self._part(figure)}, {_departement_words(departement_of(key.scope, key.code))}"

    def _part(self, figure: Figure) -> str:
        """Name a part of a département: a territory, or a provider."""
        if figure.key.scope is Scope.TERRITORY:
            return self.territories.get(figure.key.code, figure.key.code)
        return self.providers.get(figure.provider, "") if figure.provider else _("Particuliers employeurs")

    def who(self, fact: PublishedFact) -> str:
        """Name the provider that a fact is about."""
        return self.providers.get(fact.provider, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents(Cover):
    """The same with its lines, for what reads them all at once."""

    lines: tuple[Published, ...]

    @property
    def release_words(self) -> str:
        return release_words(self.lines[-1:])

    @property
    def main(self) -> Mapping[str, Figure]:
        """The population's own figures of the period, all activities together."""
        whole = [each for each in self.lines if not each.figure.key.activity]
        return main_figures(self.sight, whole)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What a reader should know before any table, computed."""
        return _sentences(self.sight, self.period, self.main)


def with_lines(around: Cover, lines: Iterable[Published]) -> Contents:
    """Put lines under a cover."""
    return Contents(**{each.name: getattr(around, each.name) for each in fields(Cover)}, lines=tuple(lines))


@dataclass(frozen=True, slots=True)
class Said:
    """What a letter says of a population and period: its name and a few sentences."""

    label: str
    sentences: tuple[str, ...]


async def said(actor: Actor, sight: Sight, period: str) -> Said | None:
    """Say the population’s own figures, read alone; None when there is none. Inside `scoped(actor)`."""
    facts: dict[str, object] = {} if sight.provider_code else {"scope_type__in": list(TOPS)}
    codes = shown_codes(sight)
    rows = await published(actor, sight, period=period, activity="", indicator__in=codes, **facts)
    return Said(sight.label, _sentences(sight, period, main_figures(sight, rows))) if rows else None


def _sentences(sight: Sight, period: str, main: Mapping[str, Figure]) -> tuple[str, ...]:
    asked = asked_sentence(period, main.get(RESPONSE_RATE))
    return asked, *part_words(sight.convention, period), *targets_sentences(verdicts(sight, main))


def name_of(sight: Sight, period: str) -> str:
    """Name the files of a population and period, without ending: letters, digits and hyphens."""
    return f"{sight.name}-{period}".replace("~", "-")


def cells_in(actor: Actor, sight: Sight, period: str) -> Any:
    """Give the published cells of a sight in a period, or in all of them, to be narrowed and read."""
    facts = {} if period == EVERY_PERIOD else {"period": period}
    return cells_of(actor, sight).filter(indicator__in=list(shown_codes(sight)), **facts)


async def cover(actor: Actor, sight: Sight, period: str) -> Cover | None:
    """Read what stands around the lines of a population, None where there is none; in `scoped(actor)`."""
    cells = cells_in(actor, sight, period)
    releases = await cells.distinct().values_list("release_id", flat=True)
    if not releases:
        return None
    kept = facts_of(actor, sight)
    rows = await (kept if period == EVERY_PERIOD else kept.filter(period=period))
    facts = [row for row in rows if follows(sight, row.indicator)]
    found = await cover_of(actor, sight, period, cells, facts=facts, releases=releases)
    return replace(found, weighted=tuple(await _weighted(actor, sight, cells)))


async def _weighted(actor: Actor, sight: Sight, cells: Any) -> list[WeightedTotal]:
    """Read the weighted totals of the cells of a query; only the whole population has some."""
    if sight.convention is not None:
        return []
    rows = await cells.filter(activity="", scope_type__in=[Scope.FRANCE, Scope.DEPARTEMENT])
    totals = {each.id: each for each in await dressed(actor, rows)}
    kept = await visible(actor, ReleaseWeighted).filter(id__in=list(totals)) if totals else []
    found = [
        WeightedTotal(
            totals[row.id],
            row.value,
            row.ci_low,
            row.ci_high,
            tuple(row.margins),
            row.trimmed,
            row.unreached,
        )
        for row in kept
    ]
    return sorted(found, key=lambda each: (each.raw.period, each.raw.figure.key.order))


async def cover_of(
    actor: Actor,
    sight: Sight,
    period: str,
    cells: Any,
    *,
    facts: Iterable[ReleaseFact],
    releases: Collection[UUID],
) -> Cover:
    """Say what stands around the cells of a query, and the facts beside them; inside `scoped(actor)`."""
    told = await dressed_facts(actor, facts)
    parts = await cells.filter(scope_type=Scope.TERRITORY).distinct().values_list("scope_code", flat=True)
    people = await cells.filter(provider_id__isnull=False).distinct().values_list("provider_id", flat=True)
    return Cover(
        sight=sight,
        period=period,
        count=await cells.count(),
        series=tuple(sorted(await cells.distinct().values_list("indicator", "version"))),
        providers=await _names(actor, {*people, *(fact.provider for fact in told)}),
        territories=await named_territories(actor, parts),
        seals=await _seals(actor, releases),
        facts=tuple(told),
    )


async def contents(actor: Actor, sight: Sight, period: str) -> Contents | None:
    """Read what is published of a population, lines and all; None when nothing is. Inside `scoped(actor)`."""
    around = await cover(actor, sight, period)
    if around is None:
        return None
    return with_lines(around, await dressed(actor, await cells_in(actor, sight, period)))


async def contents_of(actor: Actor, sight: Sight, period: str, lines: Sequence[Published]) -> Contents:
    """Give lines with the releases that their files tell, and nobody's name; inside `scoped(actor)`."""
    return Contents(
        sight=sight,
        period=period,
        count=len(lines),
        series=tuple(sorted({(line.figure.key.indicator, line.figure.key.version) for line in lines})),
        providers={},
        seals=await _seals(actor, {line.release for line in lines}),
        lines=tuple(lines),
    )


async def _names(actor: Actor, people: Collection[UUID]) -> Mapping[UUID, str]:
    rows = await visible(actor, Organisation).filter(id__in=list(people))
    return {row.id: row.name for row in rows}


async def _seals(actor: Actor, releases: Collection[UUID]) -> tuple[Seal, ...]:
    rows = await visible(actor, Release).filter(id__in=list(releases))
    made = [Seal(row.id, row.period, row.method, row.seal.hex(), row.created_at) for row in rows]
    return tuple(sorted(made, key=lambda each: (each.period, each.release)))


def _definition(item: Indicator) -> Definition:
    of = card(item)
    return Definition(
        indicator=item.code,
        version=item.version,
        label=label_of(item),
        unit=item.unit.value,
        better=_(BETTER[item.direction]),
        counted=in_language(of.counted),
        over=in_language(of.over),
        left_out=in_language(of.left_out) if of.left_out else "",
        formula=in_language(of.formula),
        interval=in_language(of.interval),
        source=in_language(of.source),
        example=in_language(of.example),
        effective_on=of.effective_on,
    )


def _of_providers(item: OfProviders) -> Definition:
    """Say how what is counted of providers is: when nothing required is missed stands under the formula."""
    return Definition(
        indicator=item.code,
        version=item.version,
        label=in_language(item.label),
        unit=item.unit.value,
        better=_(BETTER[item.direction]),
        counted=in_language(item.numerator),
        over=in_language(item.denominator),
        left_out=in_language(item.left_out),
        formula=f"{in_language(item.formula)}. {in_language(item.required)}.",
        interval=in_language(item.interval),
        source=in_language(item.source),
        example=in_language(item.example),
        effective_on=item.effective_on,
    )


def _departement_words(code: str) -> str:
    return f"{DEPARTEMENTS[code].name} ({code})"


def _region_name(code: str) -> str:
    return next(each.region_name for each in DEPARTEMENTS.values() if each.region == code)


def signed_words(seal: Seal) -> str:
    """Say of a release what lets anybody check it."""
    return _("Publication du {day}, méthode {method}, sceau {seal}").format(
        day=day_text(paris_day(seal.released_at), languages.current(), year=True),
        method=seal.method,
        seal=seal.seal,
    )
