"""A figure month after month: its control chart, the months out of the ordinary, and the table of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from markupsafe import Markup

from quality.measures.control import SHORTEST, Chart, ChartPoint, Flag, PlottedPoint, Rule, Side
from quality.measures.control import control_chart as judge
from quality.measures.disclosure import round_half_up
from quality.measures.figures import Published, digits_of
from quality.measures.statistics import Moments, share
from quality.measures.wording import Reading, reading
from quality.web import charts, languages
from quality.web import format as text
from quality.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month in words, as in the table under the chart."""

    label: str
    reading: Reading
    limits: str
    words: str
    is_flagged: bool


@dataclass(frozen=True, slots=True)
class Series:
    """The chart of a figure; `finding` is its title, `too_short` says that nothing can be judged yet."""

    finding: str
    drawing: Markup
    rows: tuple[MonthRow, ...]
    too_short: bool
    missing: int

    @property
    def flagged(self) -> tuple[MonthRow, ...]:
        return tuple(row for row in self.rows if row.is_flagged)


def series(label: str, months: Sequence[Published], bases: Mapping[UUID, Moments]) -> Series | None:
    """Draw the published months in order; None when none has a value to draw.

    The rules are judged on unrounded bases; what is drawn and written is rounded as published.
    """
    known = [month for month in months if month.figure.value is not None and month.id in bases]
    if not known:
        return None
    chart = judge([_point(month, bases[month.id]) for month in known])
    digits = max(digits_of(each.figure.value, each.figure.low, each.figure.high) for each in known)
    judged = {month.id: point for month, point in zip(known, chart.points, strict=True)}
    rows = tuple(_row(month, judged.get(month.id), digits, is_short=chart.too_short) for month in months)
    finding = _finding(label, rows, is_short=chart.too_short)
    return Series(
        finding=finding,
        drawing=_drawing(months, judged, chart, digits, finding),
        rows=rows,
        too_short=chart.too_short,
        missing=max(0, SHORTEST - len(known)),
    )


def _point(month: Published, moments: Moments) -> ChartPoint:
    estimate = share(moments)
    if estimate is None:
        raise ValueError("a shown figure has answers")
    return ChartPoint(month.period, estimate.n_eff, estimate.exact)


def _row(month: Published, point: PlottedPoint | None, digits: int, *, is_short: bool) -> MonthRow:
    lang = languages.current()
    is_judged = point is not None and not is_short
    limits = _limits(point, digits) if point else (Decimal(0), Decimal(0))
    return MonthRow(
        label=text.period_text(month.period, lang),
        reading=reading(month.figure),
        limits=text.interval_text(*limits, digits, lang) if is_judged else "",
        words=_words(point) if point and is_judged else "",
        is_flagged=bool(point and point.flags),
    )


def _limits(point: PlottedPoint, digits: int) -> tuple[Decimal, Decimal]:
    """Round the limits like the values: unrounded ones would give the number of answers back."""
    return round_half_up(100 * point.low, digits), round_half_up(100 * point.high, digits)


def _words(point: PlottedPoint) -> str:
    return ", ".join(map(flag_words, point.flags)) if point.flags else _("dans les limites")


def flag_words(flag: Flag) -> str:
    """Say what a rule found."""
    return {
        (Rule.LIMIT, Side.HIGH): _("au-dessus de la limite haute"),
        (Rule.LIMIT, Side.LOW): _("sous la limite basse"),
        (Rule.SIDE, Side.HIGH): _("sept mois de suite au-dessus de la moyenne"),
        (Rule.SIDE, Side.LOW): _("sept mois de suite sous la moyenne"),
        (Rule.TREND, Side.HIGH): _("sept mois de suite en hausse"),
        (Rule.TREND, Side.LOW): _("sept mois de suite en baisse"),
        (Rule.NEAR, Side.HIGH): _("deux mois sur trois près de la limite haute"),
        (Rule.NEAR, Side.LOW): _("deux mois sur trois près de la limite basse"),
    }[flag.rule, flag.side]


def _finding(label: str, rows: Sequence[MonthRow], *, is_short: bool) -> str:
    if is_short:
        return _("{label} : trop court pour juger").format(label=label)
    flagged = [row for row in rows if row.is_flagged]
    if not flagged:
        return _("{label} : rien d’inhabituel d’un mois à l’autre").format(label=label)
    return _("{label} : {month}, {words}").format(
        label=label, month=flagged[-1].label, words=flagged[-1].words
    )


def _drawing(
    months: Sequence[Published], judged: Mapping[UUID, PlottedPoint], chart: Chart, digits: int, finding: str
) -> Markup:
    lang = languages.current()
    points = [
        charts.Point(
            text.short_period_text(month.period, lang),
            float(month.figure.value) if month.figure.value is not None and month.id in judged else None,
            bool(month.id in judged and judged[month.id].flags),
        )
        for month in months
    ]
    return charts.control_chart(
        points,
        None if chart.centre is None else float(round_half_up(100 * chart.centre, digits)),
        () if chart.too_short else _band(months, judged, digits),
        "%",
        title=finding,
        desc=_("Un point par mois publié. Les valeurs sont dans le tableau qui suit."),
        name="suite",
        lang=lang,
        digits=digits,
    )


def _band(
    months: Sequence[Published], judged: Mapping[UUID, PlottedPoint], digits: int
) -> list[tuple[float, float]]:
    """Give limits to every month; a hidden one borrows those of its neighbour."""
    last = next(judged[month.id] for month in months if month.id in judged)
    band = []
    for month in months:
        last = judged.get(month.id, last)
        low, high = _limits(last, digits)
        band.append((float(low), float(high)))
    return band
