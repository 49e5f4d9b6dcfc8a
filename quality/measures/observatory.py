"""What observers read: the released figures of the whole country and of its regions, and nothing finer."""

from collections.abc import Sequence
from dataclasses import dataclass

from quality.access.actor import Actor
from quality.access.scope import visible
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical
from quality.errors import NotFound
from quality.measures.catalogue import CATALOGUE
from quality.measures.dashboard import release_words
from quality.measures.figures import Figure, Published
from quality.measures.lattice import Scope
from quality.measures.models import ReleaseCell
from quality.measures.periods import first_shown, newest
from quality.measures.reading import dressed
from quality.measures.wording import Reading, label_of, reading
from quality.web import languages
from quality.web.format import period_text
from quality.web.languages import gettext as _

REGIONS = {each.region: each.region_name for each in DEPARTEMENTS.values()}


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One territory: a reading for each indicator, None where nothing is measured."""

    name: str
    readings: tuple[Reading | None, ...]


@dataclass(frozen=True, slots=True)
class Observatory:
    """One period of national and regional figures."""

    title: str
    release_words: str
    period: str
    period_options: tuple[tuple[str, str], ...]
    indicators: tuple[str, ...]
    rows: tuple[PlaceRow, ...]


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
    lang = languages.current()
    return Observatory(
        title=_("Observatoire, {period}").format(period=period_text(period, lang))
        if period
        else _("Observatoire"),
        release_words=release_words(found),
        period=period,
        period_options=tuple((code, period_text(code, lang)) for code in periods),
        indicators=tuple(label_of(CATALOGUE[code]) for code in _measured(found)),
        rows=_rows(found),
    )


def _measured(found: Sequence[Published]) -> list[str]:
    """List the indicators that have a figure at their version of today, in the catalogue's order."""
    keys = {(each.figure.key.indicator, each.figure.key.version) for each in found}
    return [code for code, item in CATALOGUE.items() if (code, item.version) in keys]


def _rows(found: Sequence[Published]) -> tuple[PlaceRow, ...]:
    """Give the whole country, then the regions by name."""
    codes = _measured(found)
    places: dict[str, dict[str, Reading]] = {}
    for figure in (each.figure for each in found):
        if figure.key.version == CATALOGUE[figure.key.indicator].version:
            places.setdefault(_place(figure), {})[figure.key.indicator] = reading(figure)
    return tuple(
        PlaceRow(name, tuple(places[name].get(code) for code in codes)) for name in sorted(places, key=_order)
    )


def _order(name: str) -> tuple[bool, tuple[str, str]]:
    return name != _("France entière"), alphabetical(name)


def _place(figure: Figure) -> str:
    return _("France entière") if figure.key.scope is Scope.FRANCE else REGIONS[figure.key.code]
