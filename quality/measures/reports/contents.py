"""What all the files of one population and period say: the same lines, the same definitions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import visible
from quality.directory.geography import DEPARTEMENTS
from quality.directory.models import Organisation
from quality.french import french
from quality.measures.catalogue import Direction, Indicator, card, indicator
from quality.measures.disclosure.lattice import TOPS, Scope
from quality.measures.models import Release
from quality.measures.releases.figures import Figure, Published
from quality.measures.views.dashboard import main_figures, release_words, shown_codes, verdicts
from quality.measures.views.reading import RESPONSE_RATE, Sight, published
from quality.measures.views.summary import asked_sentence, targets_sentences
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


@dataclass(frozen=True, slots=True)
class Contents:
    """The published lines of one population, for a period or for all of them (`toutes`)."""

    sight: Sight
    period: str
    lines: tuple[Published, ...]
    providers: Mapping[UUID, str]
    seals: tuple[Seal, ...]
    licence: str = ""  # its SPDX identifier, where everybody may reuse them

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
    def released_at(self) -> datetime:
        """When the newest of its releases was made: the only date that its files carry."""
        return max(seal.released_at for seal in self.seals)

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

    @property
    def definitions(self) -> tuple[Definition, ...]:
        known = dict.fromkeys((line.figure.key.indicator, line.figure.key.version) for line in self.lines)
        return tuple(_definition(indicator(code, version)) for code, version in known)

    def where(self, figure: Figure) -> str:
        """Name the place that a line is about; employers of their own carer are never named."""
        key = figure.key
        if self.sight.is_main(key):
            return self.sight.label
        if key.scope is Scope.REGION:
            return _region_name(key.code)
        if key.scope is Scope.DEPARTEMENT:
            return _departement_words(key.code)
        name = self.providers.get(figure.provider, "") if figure.provider else _("Particuliers employeurs")
        return f"{name}, {_departement_words(key.code.rpartition('-')[2])}"


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
    return asked, *targets_sentences(verdicts(sight, main))


def name_of(sight: Sight, period: str) -> str:
    """Name the files of a population and period, without ending: letters, digits and hyphens."""
    return f"{sight.name}-{period}".replace("~", "-")


async def contents(actor: Actor, sight: Sight, period: str) -> Contents | None:
    """Read what is published of a population; None when nothing is. Inside `scoped(actor)`."""
    facts = {} if period == EVERY_PERIOD else {"period": period}
    codes = shown_codes(sight)
    found = [each for each in await published(actor, sight, **facts) if each.figure.key.indicator in codes]
    return await contents_of(actor, sight, period, found, {each.release for each in found}) if found else None


async def contents_of(
    actor: Actor,
    sight: Sight,
    period: str,
    lines: Sequence[Published],
    releases: Collection[UUID],
) -> Contents:
    """Give lines with the names and the releases that their files tell; inside `scoped(actor)`."""
    return Contents(
        sight=sight,
        period=period,
        lines=tuple(lines),
        providers=await _names(actor, lines),
        seals=await _seals(actor, releases),
    )


async def _names(actor: Actor, found: Sequence[Published]) -> Mapping[UUID, str]:
    ids = {each.figure.provider for each in found} - {None}
    rows = await visible(actor, Organisation).filter(id__in=list(ids))
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
