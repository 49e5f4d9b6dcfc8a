"""What the funders of a provider see of it, on its first page: the released figures, hidden as hidden."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.component import HomePanel
from quality.directory.geography import DEPARTEMENTS
from quality.directory.models import Organisation
from quality.measures.catalogue import CATALOGUE, RESPONSE, OfProviders, of_providers
from quality.measures.disclosure.lattice import Scope
from quality.measures.models import Convention, ReleaseCell, ReleaseFact
from quality.measures.releases.figures import Published
from quality.measures.releases.periods import first_shown
from quality.measures.views.conventions import conventions
from quality.measures.views.dashboard import is_newest
from quality.measures.views.facts import fact_reading
from quality.measures.views.reading import dressed
from quality.measures.views.wording import Reading, in_language, label_of, reading
from quality.web import languages
from quality.web.format import period_text
from quality.web.languages import gettext as _

PROVIDER = frozenset({Role.provider})
MOST_COLUMNS = 4
Column = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ViewRow:
    """One indicator, as the provider and each funder read it; None where nothing is followed."""

    href: str
    label: str
    readings: tuple[Reading | None, ...]


@dataclass(frozen=True, slots=True)
class FundersPanel:
    """« Ce que vos financeurs voient »: one column for the provider, one for each funder and département."""

    period: str
    columns: tuple[str, ...]
    rows: tuple[ViewRow, ...]
    left_out: int


async def panel(actor: Actor) -> FundersPanel | None:
    """Read the newest published quarter of the provider, or its newest period; None without any."""
    async with scoped(actor):
        cells = visible(actor, ReleaseCell).filter(scope_type=Scope.PROVIDER, activity="")
        chosen = first_shown([str(each) for each in await cells.distinct().values_list("period", flat=True)])
        if chosen is None:
            return None
        found = await dressed(actor, await cells.filter(period=chosen))
        told = list(await visible(actor, ReleaseFact).filter(period=chosen))
        agreed = {str(each.id): each for each in await conventions(actor)}
        names = await _funders(actor, agreed.values())
    return _panel(chosen, found, told, agreed, names)


async def _funders(actor: Actor, agreed: Iterable[Convention]) -> Mapping[str, str]:
    rows = await visible(actor, Organisation).filter(id__in=[each.funder_id for each in agreed])
    return {str(row.id): row.short_name or row.name for row in rows}


def _panel(
    chosen: str,
    found: Sequence[Published],
    told: Sequence[ReleaseFact],
    agreed: Mapping[str, Convention],
    names: Mapping[str, str],
) -> FundersPanel:
    figures = [each for each in found if is_newest(each.figure)]
    columns = _columns(figures, agreed, names)
    shown = columns[:MOST_COLUMNS]
    places = [key for key, _label in shown]
    rows = [
        *(_row(code, figures, places, agreed) for code in _singly()),
        *(_fact_row(item, told, places, agreed) for item in of_providers().values()),
    ]
    return FundersPanel(
        period=period_text(chosen, languages.current()),
        columns=tuple(label for _key, label in shown),
        rows=tuple(row for row in rows if any(row.readings)),
        left_out=len(columns) - len(shown),
    )


def _singly() -> list[str]:
    """Give what is published of single providers."""
    return [code for code, item in CATALOGUE.items() if not item.only_whole]


def _place(each: Published) -> str:
    key = each.figure.key
    return f"{key.convention or ''}|{key.code}"


def _columns(
    figures: Sequence[Published], agreed: Mapping[str, Convention], names: Mapping[str, str]
) -> list[Column]:
    """Name each population by its funder, the provider's own first, and by département if it has several."""
    places = sorted({_place(each) for each in figures}, key=lambda place: (place[0] != "|", place))
    is_wide = len({place.rpartition("-")[2] for place in places}) > 1
    return [(place, _title(place, agreed, names, is_wide=is_wide)) for place in places]


def _title(place: str, agreed: Mapping[str, Convention], names: Mapping[str, str], *, is_wide: bool) -> str:
    convention, _bar, code = place.partition("|")
    of = agreed.get(convention)
    who = names.get(str(of.funder_id), of.title) if of else _("Vous")
    return f"{who}, {DEPARTEMENTS[code.rpartition('-')[2]].name}" if is_wide else who


def _row(
    code: str, figures: Sequence[Published], places: Sequence[str], agreed: Mapping[str, Convention]
) -> ViewRow:
    by_place = {_place(each): each.figure for each in figures if each.figure.key.indicator == code}
    readings = tuple(
        reading(by_place.get(place)) if place in by_place or _follows(place, code, agreed) else None
        for place in places
    )
    return ViewRow(f"/indicateurs/{code}", label_of(CATALOGUE[code]), readings)


def _fact_row(
    item: OfProviders, told: Sequence[ReleaseFact], places: Sequence[str], agreed: Mapping[str, Convention]
) -> ViewRow:
    """Give what was published of the provider itself: without it, a convention that follows it reads so."""
    by_convention = {str(each.convention_id or ""): each for each in told if each.indicator == item.code}
    readings = (
        fact_reading(by_convention.get(place.partition("|")[0])) if _names(place, item.code, agreed) else None
        for place in places
    )
    return ViewRow("/indicateurs", in_language(item.label), tuple(readings))


def _names(place: str, code: str, agreed: Mapping[str, Convention]) -> bool:
    convention = place.partition("|")[0]
    return not convention or (convention in agreed and code in agreed[convention].indicators)


def _follows(place: str, code: str, agreed: Mapping[str, Convention]) -> bool:
    """Tell whether the convention of a place follows an indicator: without answer, it reads so."""
    of = agreed.get(place.partition("|")[0])
    return of is not None and code in {*of.indicators, *RESPONSE}


PANELS = (HomePanel(PROVIDER, panel, rank=20),)
