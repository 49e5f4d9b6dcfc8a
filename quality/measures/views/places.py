"""A figure by département: the map of the published ones and the table that says the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical
from quality.directory.territories import Names
from quality.measures.catalogue import Indicator
from quality.measures.disclosure.lattice import ELSEWHERE, Scope, departement_of
from quality.measures.disclosure.status import Status, Unit
from quality.measures.releases.figures import Figure, Published, digits_of
from quality.measures.views.wording import Reading, label_of, reading, territory_words
from quality.web import format as text
from quality.web import languages, tiles
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

FEWEST = 2  # a map of one place says no more than its figure
REGIONS = {each.region: each.region_name for each in DEPARTEMENTS.values()}
MOST_BESIDE = 10  # more rows stand under the map, not beside it


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place in words."""

    code: str
    name: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class PlaceMap:
    """The map and its rows, by name; `finding` is its title."""

    finding: str
    drawing: Markup
    rows: tuple[PlaceRow, ...]
    hidden_words: str

    @property
    def is_short(self) -> bool:
        return len(self.rows) <= MOST_BESIDE


def place_map(item: Indicator, found: Iterable[Published]) -> PlaceMap | None:
    """Draw the départements of a period; None when fewer than two are followed."""
    figures = figures_in(item, found, Scope.DEPARTEMENT)
    if len(figures) < FEWEST:
        return None
    rows = place_rows(figures)
    finding = _finding(label_of(item), list(figures.values()))
    hidden = sum(not row.reading.is_shown for row in rows)
    return PlaceMap(finding, _drawing(figures, finding), rows, _hidden_words(hidden))


def figures_in(item: Indicator, found: Iterable[Published], scope: Scope) -> dict[str, Figure]:
    """Give an indicator's figures of one kind of place, by its code, in the version of today."""
    return {
        each.figure.key.code: each.figure
        for each in found
        if each.figure.key.scope is scope
        and (each.figure.key.indicator, each.figure.key.version) == (item.code, item.version)
    }


def by_departement(figures: Mapping[str, Figure]) -> tuple[tuple[str, Mapping[str, Figure]], ...]:
    """Part the figures of territories by the name of their département, in order."""
    found: dict[str, dict[str, Figure]] = defaultdict(dict)
    for code, figure in figures.items():
        found[DEPARTEMENTS[departement_of(Scope.TERRITORY, code)].name][code] = figure
    return tuple((where, found[where]) for where in sorted(found, key=alphabetical))


def territory_rows(figures: Mapping[str, Figure], names: Names) -> tuple[PlaceRow, ...]:
    """Write the territories of a département by name; what is outside of them stands last."""
    rows = (
        PlaceRow(code.partition("-")[2], territory_words(code, names), reading(figure))
        for code, figure in figures.items()
    )
    return tuple(sorted(rows, key=lambda row: (row.code == ELSEWHERE, alphabetical(row.name))))


def place_rows(figures: Mapping[str, Figure]) -> tuple[PlaceRow, ...]:
    """Write places by name: an order by result would say what is hidden."""
    rows = (
        PlaceRow(code, _name(code, is_region=figure.key.scope is Scope.REGION), reading(figure))
        for code, figure in figures.items()
    )
    return tuple(sorted(rows, key=lambda row: alphabetical(row.name)))


def _name(code: str, *, is_region: bool) -> str:
    return REGIONS[code] if is_region else DEPARTEMENTS[code].name


def _finding(label: str, figures: Sequence[Figure]) -> str:
    shown = sorted((bound, _digits(figure)) for figure in figures if (bound := _bound(figure)) is not None)
    if not shown:
        return _("{label} : aucun département n’est publié").format(label=label)
    low, high = (text.percent(*each, languages.current()) for each in (shown[0], shown[-1]))
    if shown[0][0] == shown[-1][0]:
        return _("{label} : {value} dans les départements publiés").format(label=label, value=low)
    return _("{label} : de {low} à {high} selon le département").format(label=label, low=low, high=high)


def _digits(figure: Figure) -> int:
    return digits_of(figure.value, figure.low, figure.high)


def _bound(figure: Figure) -> Decimal | None:
    """Give the value shown, or the bound that stands for it when all of a few clients said the same."""
    if figure.value is not None or figure.low is None:
        return figure.value
    return figure.low if _is_least(figure) else figure.high


def _sign(figure: Figure) -> str:
    if figure.value is not None or figure.low is None:
        return ""
    return "≥" if _is_least(figure) else "≤"


def _is_least(figure: Figure) -> bool:
    """Tell whether a bound is the least that a figure can be: all said so. A rate has no greatest."""
    return figure.high == 100 and figure.unit is not Unit.PER_THOUSAND


def _drawing(figures: dict[str, Figure], finding: str) -> Markup:
    bounds = {code: _bound(figure) for code, figure in figures.items()}
    return tiles.tile_map(
        {code: None if bound is None else float(bound) for code, bound in bounds.items()},
        "%",
        title=finding,
        desc=_(
            "Une case par département, avec son numéro et sa valeur. "
            "Un coin plié marque un résultat fragile. Les mêmes valeurs sont dans le tableau."
        ),
        name="carte",
        lang=languages.current(),
        digits={code: _digits(figure) for code, figure in figures.items()},
        signs={code: _sign(figure) for code, figure in figures.items()},
        is_near=True,
        fragile={code for code, figure in figures.items() if figure.status is Status.L},
    )


def _hidden_words(hidden: int) -> str:
    if not hidden:
        return _("Tous les départements suivis sont publiés.")
    return ngettext(
        "%(num)s département suivi n’est pas publié : trop peu de clients, ou le total le révélerait.",
        "%(num)s départements suivis ne sont pas publiés : trop peu de clients, ou le total les révélerait.",
        hidden,
    ) % {"num": text.count(hidden, languages.current())}
