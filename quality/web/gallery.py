"""/admin/composants: every component of the pages with its call, and every chart with its table, on samples.

The figures are samples, said to be so on the page: nothing here is read from the database.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import Role
from quality.web import bars, charts, distribution, funnel, languages, radar, svg, tiles
from quality.web import format as text
from quality.web.languages import gettext as _
from quality.web.plot import Point
from quality.web.rendering import render
from quality.web.routing import page

READERS = frozenset({Role.admin, Role.platform})
MONTHS = (88, 87, 89, 86, 88, 90, 87, 88, 86, 89, 88, 87, 88, 74, 85, 88)
PROVIDERS = (
    (12, 92),
    (15, 73),
    (19, 84),
    (24, 79),
    (33, 88),
    (41, 86),
    (58, 81),
    (72, 84),
    (96, 80),
    (150, 83),
    (210, 84),
)
FLAGGED = (120, 66)
PLACES = {"34": 84.0, "30": 79.0, "11": 88.0, "66": 91.0, "12": 76.0, "48": None, "81": 71.0, "13": 86.0}
MEAN = 83.0
WIDE = 600  # eight columns inside a card

Drawn = Callable[[str], Markup]


@dataclass(frozen=True, slots=True)
class SampleChart:
    """A chart drawn for both themes, the call that makes it, and the table that says the same."""

    id: str
    title: str
    call: str
    light: Markup
    dark: Markup
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ComponentGallery:
    """/admin/composants."""

    long_name: str
    charts: tuple[SampleChart, ...]
    swatches: tuple[tuple[str, Markup], ...]
    bar_rows: tuple[tuple[str, Markup, str], ...]
    target_drawings: tuple[tuple[str, Markup], ...]
    trend: Markup


async def component_gallery(request: Request) -> Response:
    return await render(request, gallery())


def gallery() -> ComponentGallery:
    """Draw every sample in the reader's language."""
    names = (
        "ink",
        "muted",
        "brand",
        "signal",
        "hair",
        "line",
        "control",
        *(f"seq-{step}" for step in range(1, 6)),
    )
    shares = ((_("À l’heure"), 0.86), (_("En retard"), 0.11), (_("Visite manquée"), 0.03))
    return ComponentGallery(
        long_name=_long_name(),
        charts=(_control(), _funnel(), _tiles(), _spread(), _intervals(), _steps(), _radar()),
        swatches=tuple((name, _swatch(name)) for name in names),
        bar_rows=tuple((label, charts.hbar(share), _percent(100 * share)) for label, share in shares),
        target_drawings=(
            (_("Atteint"), charts.interval_dot(90, 87, 93, charts.Aim(85, is_met=True))),
            (_("On ne peut pas conclure"), charts.interval_dot(84, 79, 89, charts.Aim(85, is_met=None))),
            (_("Non atteint"), charts.interval_dot(70, 66, 74, charts.Aim(85, is_met=False))),
        ),
        trend=charts.sparkline(
            MONTHS,
            _("La tendance est stable, sauf un mois"),
            _("Seize mois, de 74 à 90 sur 100."),
            name="tendance",
        ),
    )


def _swatch(name: str) -> Markup:
    return svg.ornament([svg.bar((120, 40), name)], (120, 40), "swatch", preserveAspectRatio="none")


def _long_name() -> str:
    return _("Association intercommunale d’aide à domicile du bassin de Thau")


def _percent(value: float) -> str:
    return text.percent(value, 0, languages.current())


def _sample(
    id_: str,
    title: str,
    call: str,
    draw: Drawn,
    *,
    columns: Sequence[tuple[str, bool]],
    rows: Sequence[tuple[str, ...]],
) -> SampleChart:
    return SampleChart(id_, title, call, draw(id_), draw(f"{id_}-sombre"), tuple(columns), tuple(rows))


def _control() -> SampleChart:
    lang = languages.current()
    months = [f"{2025 + (place + 6) // 12}-{(place + 6) % 12 + 1:02}" for place in range(len(MONTHS))]
    points = [
        Point(text.short_period_text(month, lang), value, value < 78)
        for month, value in zip(months, MONTHS, strict=True)
    ]
    title = _("Un mois sous la limite basse")
    return _sample(
        "controle",
        title,
        'control_chart(points, centre, limits, "%", title=…, desc=…)',
        lambda name: charts.control_chart(
            points,
            87,
            [(79.0, 95.0)] * len(points),
            "%",
            title=title,
            desc=_("Seize mois, de 74 à 90 sur 100."),
            name=name,
            lang=lang,
            digits=0,
        ),
        columns=((_("Mois"), False), (_("Mesuré"), True)),
        rows=[
            (text.period_text(month, lang), _percent(value))
            for month, value in zip(months, MONTHS, strict=True)
        ],
    )


def _funnel() -> SampleChart:
    lang = languages.current()
    ordinary = [
        funnel.FunnelPoint(_numbered(place), n, value) for place, (n, value) in enumerate(PROVIDERS, 1)
    ]
    points = [*ordinary, funnel.FunnelPoint(_long_name(), *FLAGGED, is_flagged=True)]
    limits = [
        funnel.FunnelLimit(n, max(0.0, MEAN - 300 * spread), min(100.0, MEAN + 300 * spread))
        for n in range(10, 231, 10)
        if (spread := sqrt(MEAN / 100 * (1 - MEAN / 100) / n))
    ]
    title = _("Un organisme est hors des limites du hasard")
    return _sample(
        "entonnoir",
        title,
        'funnel_plot(points, centre, limits, "%", title=…, desc=…)',
        lambda name: funnel.funnel_plot(
            points,
            MEAN,
            limits,
            "%",
            title=title,
            desc=_("Douze organismes, selon leur nombre de clients."),
            name=name,
            lang=lang,
        ),
        columns=((_("Organisme"), False), (_("Clients"), True), (_("Mesuré"), True)),
        rows=[(point.name, text.count(point.clients, lang), _percent(point.value)) for point in points],
    )


def _numbered(place: int) -> str:
    return _("Organisme {number}").format(number=place)


def _tiles() -> SampleChart:
    lang = languages.current()
    title = _("De 71 à 91 sur 100 selon le département")
    return _sample(
        "tuiles",
        title,
        'tile_map({"34": 84, "48": None}, "%", title=…, desc=…)',
        lambda name: tiles.tile_map(
            PLACES, "%", title=title, desc=_("Une case par département."), name=name, lang=lang
        ),
        columns=((_("Département"), False), (_("Mesuré"), True)),
        rows=[
            (code, _("moins de 11 clients") if value is None else _percent(value))
            for code, value in PLACES.items()
        ],
    )


def _spread() -> SampleChart:
    lang = languages.current()
    values = [float(value) for _clients, value in PROVIDERS]
    title = _("La moitié des organismes à 84 sur 100 ou plus")
    return _sample(
        "repartition",
        title,
        'distribution(values, "%", own=(86, "…"), title=…, desc=…)',
        lambda name: distribution.distribution(
            values,
            "%",
            title=title,
            desc=_("Un point par organisme."),
            own=(86, f"{_('Vous')}, {_percent(86)}"),
            name=name,
            lang=lang,
        ),
        columns=((_("Organisme"), False), (_("Mesuré"), True)),
        rows=[(_numbered(place), _percent(value)) for place, value in enumerate(values, 1)],
    )


def _intervals() -> SampleChart:
    lang = languages.current()
    figures = ((_long_name(), 84, 80, 88), (_numbered(1), 71, 58, 82), (_numbered(2), 96, 90, 99))
    shown = [
        bars.IntervalBar(
            label, f"{_percent(value)} ({text.interval_text(low, high, 0, lang)})", value, low, high
        )
        for label, value, low, high in figures
    ]
    rows = [*shown, bars.IntervalBar(_numbered(3), _("moins de 11 clients"))]
    title = _("Trois organismes publiés, un caché")
    return _sample(
        "intervalles",
        title,
        "interval_bars([IntervalBar(label, words, value, low, high)], title=…, desc=…)",
        lambda name: bars.interval_bars(
            rows,
            title=title,
            desc=_("Une barre par organisme et son intervalle."),
            width=WIDE,
            name=name,
            lang=lang,
        ),
        columns=((_("Organisme"), False), (_("Mesuré"), False)),
        rows=[(row.label, row.words) for row in rows],
    )


def _steps() -> SampleChart:
    lang = languages.current()
    counts = (
        (_("Visites terminées"), 12400),
        (_("Demandes d’avis"), 4100),
        (_("Réponses"), 2390),
        (_("Réclamations"), 46),
    )
    title = _("Plus d’une demande sur deux reçoit une réponse")
    return _sample(
        "etapes",
        title,
        "step_bars([(label, number)], title=…, desc=…)",
        lambda name: bars.step_bars(
            counts, title=title, desc=_("Ce qui reste à chaque étape."), width=WIDE, name=name, lang=lang
        ),
        columns=((_("Étape"), False), (_("Combien"), True)),
        rows=[(label, text.count(number, lang)) for label, number in counts],
    )


def _radar() -> SampleChart:
    figures = (("1", 92, 85), ("2", 78, 80), ("3", 41, 75), ("4", 88, 82), ("5", 64, 70), ("6", 95, 90))
    axes = [radar.Axis(label, value, other, is_weak=value < 50) for label, value, other in figures]
    title = _("Cinq principes sur six au-dessus de la moitié")
    return _sample(
        "radar",
        title,
        "radar([Axis(label, value, other, is_weak)], title, desc)",
        lambda name: radar.radar(axes, title, _("Six principes, de 41 à 95 sur 100."), name=name),
        columns=((_("Principe"), False), (_("Vous"), True), (_("Les autres"), True)),
        rows=[(label, _percent(value), _percent(other)) for label, value, other in figures],
    )


ROUTES = (page("/admin/composants", component_gallery, roles=READERS),)
