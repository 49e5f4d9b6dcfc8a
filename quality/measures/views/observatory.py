"""What observers read: the released figures of the whole country and of its regions, and nothing finer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import visible
from quality.directory.matching import alphabetical
from quality.errors import NotFound
from quality.measures.catalogue import CATALOGUE, followable
from quality.measures.disclosure.lattice import Scope
from quality.measures.models import ReleaseCell, ReleaseWeighted
from quality.measures.releases.figures import Figure, Published
from quality.measures.releases.periods import first_shown, newest
from quality.measures.views.dashboard import release_words
from quality.measures.views.places import REGIONS
from quality.measures.views.reading import dressed
from quality.measures.views.weighted import weighted_reading
from quality.measures.views.wording import Reading, label_of, reading
from quality.web import languages
from quality.web.format import period_text
from quality.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One territory: a reading for each indicator, None where nothing is; `absent` says so."""

    name: str
    readings: tuple[Reading | None, ...]
    absent: str


@dataclass(frozen=True, slots=True)
class Observatory:
    """One period of national and regional figures."""

    title: str
    release_words: str
    period: str
    period_options: tuple[tuple[str, str], ...]
    indicators: tuple[str, ...]
    rows: tuple[PlaceRow, ...]
    is_weighted: bool


async def observatory(actor: Actor, wanted: str | None) -> Observatory:
    """Read a released period, the newest quarter by default; inside `scoped(actor)`."""
    cells = visible(actor, ReleaseCell).filter(
        convention_id__isnull=True, scope_type__in=[Scope.FRANCE, Scope.REGION], activity=""
    )
    periods = newest([str(each) for each in await cells.distinct().values_list("period", flat=True)])
    if wanted and wanted not in periods:
        raise NotFound
    period = wanted or first_shown(periods) or ""
    found = await dressed(actor, await cells.filter(period=period))
    codes = _measured(found)
    twin = _weighted_row(codes, found, await _weighted(actor, found))
    lang = languages.current()
    return Observatory(
        title=_("Observatoire, {period}").format(period=period_text(period, lang))
        if period
        else _("Observatoire"),
        release_words=release_words(found),
        period=period,
        period_options=tuple((code, period_text(code, lang)) for code in periods),
        indicators=tuple(label_of(CATALOGUE[code]) for code in codes),
        rows=_beside(_rows(found), twin),
        is_weighted=twin is not None,
    )


def _measured(found: Sequence[Published]) -> list[str]:
    """List the indicators that have a figure at their version of today, in the catalogue's order."""
    keys = {(each.figure.key.indicator, each.figure.key.version) for each in found}
    return [code for code in followable() if (code, CATALOGUE[code].version) in keys]


def _rows(found: Sequence[Published]) -> tuple[PlaceRow, ...]:
    """Give the whole country, then the regions by name."""
    codes = _measured(found)
    places: dict[str, dict[str, Reading]] = {}
    for figure in (each.figure for each in found):
        if figure.key.version == CATALOGUE[figure.key.indicator].version:
            places.setdefault(_place(figure), {})[figure.key.indicator] = reading(figure)
    return tuple(
        PlaceRow(name, tuple(places[name].get(code) for code in codes), _("pas de mesure"))
        for name in sorted(places, key=_order)
    )


async def _weighted(actor: Actor, found: Sequence[Published]) -> Mapping[UUID, ReleaseWeighted]:
    national = [each.id for each in found if each.figure.key.scope is Scope.FRANCE]
    rows = await visible(actor, ReleaseWeighted).filter(id__in=national) if national else []
    return {row.id: row for row in rows}


def _weighted_row(
    codes: Sequence[str], found: Sequence[Published], kept: Mapping[UUID, ReleaseWeighted]
) -> PlaceRow | None:
    """Give the national totals weighted, those that are; None without any."""
    readings = {
        each.figure.key.indicator: weighted_reading(kept[each.id])
        for each in found
        if each.id in kept and each.figure.key.version == CATALOGUE[each.figure.key.indicator].version
    }
    if not readings:
        return None
    return PlaceRow(
        _("France entière, redressé"), tuple(readings.get(code) for code in codes), _("non redressé")
    )


def _beside(rows: tuple[PlaceRow, ...], twin: PlaceRow | None) -> tuple[PlaceRow, ...]:
    """Put the weighted totals under the raw ones."""
    return rows if twin is None else (*rows[:1], twin, *rows[1:])


def _order(name: str) -> tuple[bool, tuple[str, str]]:
    return name != _("France entière"), alphabetical(name)


def _place(figure: Figure) -> str:
    return _("France entière") if figure.key.scope is Scope.FRANCE else REGIONS[figure.key.code]
