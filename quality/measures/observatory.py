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
class PlaceTable:
    """One indicator: the whole country first, then the regions by name."""

    id: str
    label: str
    rows: tuple[tuple[str, Reading], ...]


@dataclass(frozen=True, slots=True)
class Observatory:
    """One period of national and regional figures."""

    title: str
    release_words: str
    period: str
    period_options: tuple[tuple[str, str], ...]
    tables: tuple[PlaceTable, ...]


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
        tables=tuple(_tables(found)),
    )


def _tables(found: Sequence[Published]) -> list[PlaceTable]:
    tables = []
    for code, item in CATALOGUE.items():
        keys = (code, item.version)
        figures = [
            each.figure for each in found if (each.figure.key.indicator, each.figure.key.version) == keys
        ]
        rows = sorted(map(_row, figures), key=_order)
        if rows:
            tables.append(PlaceTable(code.lower(), label_of(item), tuple(rows)))
    return tables


def _order(row: tuple[str, Reading]) -> tuple[bool, tuple[str, str]]:
    return row[0] != _("France entière"), alphabetical(row[0])


def _row(figure: Figure) -> tuple[str, Reading]:
    is_whole = figure.key.scope is Scope.FRANCE
    return _("France entière") if is_whole else REGIONS[figure.key.code], reading(figure)
