"""The page of one indicator: its figure, its months, its providers, how it is computed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from quality.access.actor import Actor
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical
from quality.errors import NotFound
from quality.measures.catalogue import CATALOGUE, Indicator, card
from quality.measures.disclosure.status import Unit
from quality.measures.releases.charting import newest_chart
from quality.measures.releases.figures import Figure, Published
from quality.measures.views.choices import Choice
from quality.measures.views.compared import Asked, Peers, order_of, peers
from quality.measures.views.dashboard import (
    TargetLine,
    coverage_of,
    main_figures,
    own_months,
    provider_figures,
    release_words,
    shown_codes,
    target_line,
)
from quality.measures.views.own_place import OwnPlace, own_places
from quality.measures.views.places import PlaceMap, place_map
from quality.measures.views.reading import RESPONSE_RATE, Sight, mains, names_of, published
from quality.measures.views.series import Series, series
from quality.measures.views.spread import Spread, spread
from quality.measures.views.summary import Unseen, unseen
from quality.measures.views.weighted import Weighted, weighted
from quality.measures.views.wording import Reading, in_language, is_shown, label_of, reading
from quality.web import languages
from quality.web.format import day_text, period_text
from quality.web.languages import gettext as _
from quality.web.paging import Slice, sliced

WHICHEVER = Asked()


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """One provider in a département and its figure, to be written if it is on the page."""

    name: str
    place: str
    figure: Figure | None

    @property
    def is_shown(self) -> bool:
        return self.figure is not None and is_shown(self.figure)


@dataclass(frozen=True, slots=True)
class ProviderRow:
    name: str
    place: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """One indicator for one population and period."""

    code: str
    label: str
    sentence: str
    release_words: str
    choice: Choice
    period_words: str
    reading: Reading
    response: Reading
    target: TargetLine | None
    series: Series | None
    places: PlaceMap | None
    peers: Peers | None
    own: tuple[OwnPlace, ...]
    weighted: Weighted | None
    spread: Spread | None
    providers: Slice[ProviderRow]
    unpublished: tuple[ProviderRow, ...]
    method: tuple[tuple[str, str], ...]
    unseen: tuple[Unseen, ...]


def known(choice: Choice, code: str) -> Indicator:
    """Give an indicator that this population shows, or answer 404."""
    if code not in shown_codes(choice.sight):
        raise NotFound
    return CATALOGUE[code]


async def indicator_page(
    actor: Actor, choice: Choice, code: str, page: str = "", asked: Asked = WHICHEVER
) -> IndicatorPage:
    """Read one indicator, and a page of its providers; inside `scoped(actor)`."""
    item = known(choice, code)
    if choice.period is None:
        raise NotFound
    when = {"period": choice.period, "activity": ""}
    found = await published(actor, choice.sight, indicator=code, **when)
    if code != RESPONSE_RATE:  # asked for apart: an OR of both would be read through another index
        found += await published(actor, choice.sight, mains(choice.sight), indicator=RESPONSE_RATE, **when)
    months = await own_months(actor, choice, item)
    chart = await newest_chart(actor, [each.id for each in months])
    main = main_figures(choice.sight, found)
    convention, is_drawn = choice.sight.convention, item.unit is Unit.PERCENT
    singles = [] if choice.sight.provider_code else provider_figures(found, code)
    address = f"/indicateurs/{code}?{choice.query}&"
    of, lines = coverage_of(choice.sight, singles), await _providers(actor, choice.sight, singles)
    shown = sliced([each for each in lines if each.is_shown], page, address, "#organismes")
    return IndicatorPage(
        code=code,
        label=label_of(item),
        sentence=in_language(item.sentence),
        release_words=release_words(found),
        choice=choice,
        period_words=period_text(choice.period, languages.current()),
        reading=reading(main.get(code)),
        response=reading(main.get(RESPONSE_RATE)),
        target=target_line(choice.sight, code, main.get(code)),
        series=series(label_of(item), months, chart),
        places=place_map(item, found) if is_drawn and not choice.sight.provider_code else None,
        peers=await peers(actor, choice.sight, item, choice.period, replace(asked, address=address)),
        own=await own_places(actor, choice.sight, item, choice.period),
        weighted=await weighted(actor, item, found),
        spread=spread(label_of(item), singles, of) if is_drawn else None,
        providers=Slice(tuple(map(_row, shown.rows)), shown.previous, shown.following, shown.position),
        unpublished=tuple(_row(each) for each in lines if not each.is_shown),
        method=method_rows(item, found),
        unseen=tuple(
            unseen(
                label_of(item),
                of,
                main.get(RESPONSE_RATE),
                excludes_mandataire=bool(convention and convention.excludes_mandataire),
            )
        ),
    )


async def _providers(actor: Actor, sight: Sight, figures: Sequence[Figure]) -> Sequence[ProviderLine]:
    """Name the providers, by name: an order by result would say what is hidden."""
    if sight.provider_code:
        return ()
    wanted = {figure.provider for figure in figures} | set(
        sight.convention.providers if sight.convention else ()
    )
    named = {each for each in wanted if each} - sight.individuals
    names = await names_of(actor, named)
    lines = [*_measured(names, figures), *_silent(names, figures)]
    return sorted(lines, key=lambda each: (alphabetical(each.name), order_of(each.place)))


def _row(of: ProviderLine) -> ProviderRow:
    return ProviderRow(of.name, of.place, reading(of.figure))


def _measured(names: Mapping[UUID | None, str], figures: Iterable[Figure]) -> Iterable[ProviderLine]:
    for figure in figures:
        name = names.get(figure.provider, "") if figure.provider else _("Particuliers employeurs")
        where = DEPARTEMENTS[figure.key.code.rpartition("-")[2]].name
        yield ProviderLine(name, where, figure)


def _silent(names: Mapping[UUID | None, str], figures: Sequence[Figure]) -> Iterable[ProviderLine]:
    seen = {figure.provider for figure in figures}
    for provider, name in names.items():
        if provider not in seen:
            yield ProviderLine(name, "", None)


def method_rows(item: Indicator, found: Sequence[Published]) -> tuple[tuple[str, str], ...]:
    """Say how it is computed, in words."""
    of = card(item)
    lang = languages.current()
    since = _("Version {number}, en vigueur depuis le {day}").format(
        number=of.version, day=day_text(of.effective_on, lang, year=True)
    )
    publishing = ", ".join(sorted({each.method for each in found}))
    return (
        (_("On compte"), in_language(of.counted)),
        (_("Sur"), in_language(of.over)),
        *(((_("On laisse de côté"), in_language(of.left_out)),) if of.left_out else ()),
        (_("Formule"), in_language(of.formula)),
        (_("Intervalle"), in_language(of.interval)),
        (_("Source"), in_language(of.source)),
        (_("Exemple"), in_language(of.example)),
        (_("Définition"), since),
        (_("Méthode de publication"), _("Version {number}").format(number=publishing or "1")),
        (
            _("Protection"),
            _("Un résultat de moins de 11 clients est caché, avec ce qui le rendrait par soustraction"),
        ),
        (
            _("Arrondi"),
            _("Nombres de clients à 5 près, jamais sous 15 ; pourcentages entiers sous 400 clients"),
        ),
    )
