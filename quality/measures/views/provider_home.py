"""What the funders of a provider see of it, on its first page: the released figures, hidden as hidden."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.component import HomePanel
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical
from quality.directory.models import Organisation
from quality.measures.catalogue import CATALOGUE, RESPONSE, OfProviders, of_providers
from quality.measures.disclosure.lattice import Scope
from quality.measures.models import Convention, ReleaseCell, ReleaseFact
from quality.measures.releases.figures import Published
from quality.measures.releases.periods import first_shown
from quality.measures.views.conventions import conventions
from quality.measures.views.dashboard import is_newest
from quality.measures.views.facts import fact_reading
from quality.measures.views.reading import dressed, periods_of, sights
from quality.measures.views.whole_months import part_counted
from quality.measures.views.wording import Reading, in_language, label_of, reading
from quality.web import languages
from quality.web.format import period_text
from quality.web.languages import gettext as _

PROVIDER = frozenset({Role.provider})
MOST_COLUMNS = 4
Place = tuple[str, str]  # a convention, and the provider in a département


@dataclass(frozen=True, slots=True)
class ViewRow:
    """One indicator, as each funder reads it; None where its convention does not follow it."""

    href: str
    label: str
    readings: tuple[Reading | None, ...]


@dataclass(frozen=True, slots=True)
class FundersPanel:
    """« Ce que vos financeurs voient »: one column for each convention and département, funder by funder.

    Where there is no room for all, `columns_left` are not shown, and `funders_left` funders have none.
    `notes` say which months count where a convention covers a part of the period.
    """

    period: str
    columns: tuple[str, ...]
    rows: tuple[ViewRow, ...]
    columns_left: int
    funders_left: int
    notes: tuple[str, ...]


async def panel(actor: Actor) -> FundersPanel | None:
    """Read the newest quarter, or period, that funders read of the provider; None where they read nothing."""
    async with scoped(actor):
        agreed = {str(each.id): each for each in await conventions(actor)}
        cells = visible(actor, ReleaseCell).filter(
            scope_type=Scope.PROVIDER, activity="", convention_id__in=[each.id for each in agreed.values()]
        )
        chosen = first_shown(await periods_of(actor, *await sights(actor)))
        if chosen is None:
            return None
        found = await dressed(actor, await cells.filter(period=chosen))
        told = list(await visible(actor, ReleaseFact).filter(period=chosen, convention_id__isnull=False))
        names = await _funders(actor, agreed.values())
    return _panel(chosen, found, told, agreed, names)


async def _funders(actor: Actor, agreed: Iterable[Convention]) -> Mapping[UUID, str]:
    rows = await visible(actor, Organisation).filter(id__in=[each.funder_id for each in agreed])
    return {row.id: row.short_name or row.name for row in rows}


def _panel(
    chosen: str,
    found: Sequence[Published],
    told: Sequence[ReleaseFact],
    agreed: Mapping[str, Convention],
    names: Mapping[UUID, str],
) -> FundersPanel:
    figures = [each for each in found if is_newest(each.figure)]
    every = _places(figures, agreed, names)
    places = _with_room(every, agreed)
    rows = [
        *(_row(code, figures, places, agreed) for code in _singly()),
        *(_fact_row(item, told, places, agreed) for item in of_providers().values()),
    ]
    left = _funders_of(every, agreed) - _funders_of(places, agreed)
    return FundersPanel(
        period=period_text(chosen, languages.current()),
        columns=tuple(_title(place, every, agreed, names) for place in places),
        rows=tuple(row for row in rows if any(row.readings)),
        columns_left=len(every) - len(places),
        funders_left=len(left),
        notes=tuple(_notes(chosen, places, agreed)),
    )


def _notes(period: str, places: Iterable[Place], agreed: Mapping[str, Convention]) -> Iterator[str]:
    words = _("« {title} » ne couvre pas toute la période. Mois comptés : {months}.")
    for convention in dict.fromkeys(convention for convention, _code in places):
        if months := part_counted(agreed[convention], period):
            yield words.format(title=agreed[convention].title, months=months)


def _singly() -> list[str]:
    """Give what is published of single providers."""
    return [code for code, item in CATALOGUE.items() if not item.only_whole]


def _place(each: Published) -> Place:
    return str(each.figure.key.convention or ""), each.figure.key.code


def _places(
    figures: Iterable[Published], agreed: Mapping[str, Convention], names: Mapping[UUID, str]
) -> list[Place]:
    """Give what each funder reads apart, funder by funder."""

    found = {_place(each) for each in figures}
    named = {place: agreed[place[0]] for place in found}
    return sorted(
        found,
        key=lambda at: (
            alphabetical(names.get(named[at].funder_id, "")),
            named[at].code,
            _departement(at[1]),
        ),
    )


def _with_room(places: Sequence[Place], agreed: Mapping[str, Convention]) -> list[Place]:
    """Keep as many columns as there is room for: the first of each funder comes before any second one."""
    ranked: dict[UUID, list[Place]] = defaultdict(list)
    for place in places:
        ranked[agreed[place[0]].funder_id].append(place)
    rank = {place: number for each in ranked.values() for number, place in enumerate(each)}
    kept = sorted(places, key=lambda place: rank[place])[:MOST_COLUMNS]
    return [place for place in places if place in kept]


def _funders_of(places: Iterable[Place], agreed: Mapping[str, Convention]) -> set[UUID]:
    return {agreed[convention].funder_id for convention, _code in places}


def _title(
    place: Place, every: Iterable[Place], agreed: Mapping[str, Convention], names: Mapping[UUID, str]
) -> str:
    """Name a funder; its convention too where it has several, and the département where there are several."""
    of, code = agreed[place[0]], place[1]
    of_funder = {convention for convention, _code in every if agreed[convention].funder_id == of.funder_id}
    parts = [names.get(of.funder_id, "") or of.title]
    parts += [of.title] if len(of_funder) > 1 else []
    parts += [_departement(code)] if len({_departement(each) for _of, each in every}) > 1 else []
    return ", ".join(parts)


def _departement(code: str) -> str:
    return DEPARTEMENTS[code.rpartition("-")[2]].name


def _row(
    code: str, figures: Sequence[Published], places: Sequence[Place], agreed: Mapping[str, Convention]
) -> ViewRow:
    by_place = {_place(each): each.figure for each in figures if each.figure.key.indicator == code}
    readings = tuple(
        reading(by_place.get(place)) if place in by_place or _follows(place, code, agreed) else None
        for place in places
    )
    return ViewRow(f"/indicateurs/{code}", label_of(CATALOGUE[code]), readings)


def _fact_row(
    item: OfProviders, told: Sequence[ReleaseFact], places: Sequence[Place], agreed: Mapping[str, Convention]
) -> ViewRow:
    """Give what was published of the provider itself: without it, a convention that follows it reads so."""
    by_convention = {str(each.convention_id or ""): each for each in told if each.indicator == item.code}
    readings = (
        fact_reading(by_convention.get(place[0])) if _names(place, item.code, agreed) else None
        for place in places
    )
    return ViewRow("/indicateurs", in_language(item.label), tuple(readings))


def _names(place: Place, code: str, agreed: Mapping[str, Convention]) -> bool:
    return code in agreed[place[0]].indicators


def _follows(place: Place, code: str, agreed: Mapping[str, Convention]) -> bool:
    """Tell whether the convention of a place follows an indicator: without answer, it reads so."""
    return code in {*agreed[place[0]].indicators, *RESPONSE}


PANELS = (HomePanel(PROVIDER, panel, rank=20),)
