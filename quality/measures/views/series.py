"""A figure month after month: its control chart, the months out of the ordinary, and the table of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from quality.measures.releases.charting import KeptChart, KeptPoint
from quality.measures.releases.figures import Published, digits_of
from quality.measures.statistics.control import SHORTEST, Flag, Rule, Side
from quality.measures.views.wording import Reading, reading
from quality.web import charts, languages
from quality.web import format as text
from quality.web.languages import gettext as _

MOST_TOLD = 3


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
        """The newest months that a rule found; the table has them all."""
        return tuple(row for row in self.rows if row.is_flagged)[-MOST_TOLD:]

    @property
    def is_called(self) -> bool:
        """Tell whether a rule found the newest month: of a steady provider, three times in a hundred."""
        return any(row.is_flagged for row in self.rows) and _newest(self.rows).is_flagged

    @property
    def told(self) -> tuple[tuple[str, tuple[MonthRow, ...]], ...]:
        """Those months by what the rules say of them, said once."""
        groups = groupby(self.flagged, key=lambda row: row.words)
        return tuple((text.capital(words), tuple(rows)) for words, rows in groups)

    @property
    def untold(self) -> int:
        return sum(row.is_flagged for row in self.rows) - len(self.flagged)


def series(label: str, months: Sequence[Published], chart: KeptChart | None) -> Series | None:
    """Draw the published months in order, with the chart kept with them; None when there is none."""
    if chart is None:
        return None
    judged = {point.period: point for point in chart.points}
    is_short = len(judged) < SHORTEST
    rows = tuple(_row(month, judged.get(month.period), is_short=is_short) for month in months)
    finding = _finding(label, rows, is_short=is_short)
    return Series(
        finding=finding,
        drawing=_drawing(months, chart, finding, is_short=is_short),
        rows=rows,
        too_short=is_short,
        missing=max(0, SHORTEST - len(judged)),
    )


def _row(month: Published, point: KeptPoint | None, *, is_short: bool) -> MonthRow:
    lang = languages.current()
    known = None if is_short else point
    return MonthRow(
        label=text.period_text(month.period, lang),
        reading=reading(month.figure),
        limits=_limits(known) if known else "",
        words=_words(known) if known else "",
        is_flagged=bool(known and known.flags),
    )


def _limits(point: KeptPoint) -> str:
    digits = digits_of(None, point.low, point.high)
    return text.interval_text(point.low, point.high, digits, languages.current())


def _words(point: KeptPoint) -> str:
    return ", ".join(map(flag_words, point.flags)) if point.flags else _("dans les limites")


def flag_words(flag: Flag) -> str:
    """Say what a rule found."""
    return {
        (Rule.LIMIT, Side.HIGH): _("au-dessus de la limite haute"),
        (Rule.LIMIT, Side.LOW): _("sous la limite basse"),
        (Rule.SIDE, Side.HIGH): _("sept mois publiés de suite au-dessus de la moyenne"),
        (Rule.SIDE, Side.LOW): _("sept mois publiés de suite sous la moyenne"),
        (Rule.TREND, Side.HIGH): _("sept mois publiés de suite en hausse"),
        (Rule.TREND, Side.LOW): _("sept mois publiés de suite en baisse"),
        (Rule.NEAR, Side.HIGH): _("deux mois publiés sur trois près de la limite haute"),
        (Rule.NEAR, Side.LOW): _("deux mois publiés sur trois près de la limite basse"),
    }[flag.rule, flag.side]


def _finding(label: str, rows: Sequence[MonthRow], *, is_short: bool) -> str:
    if is_short:
        return _("{label} : trop court pour juger").format(label=label)
    if not any(row.is_flagged for row in rows):
        return _("{label} : rien d’inhabituel d’un mois à l’autre").format(label=label)
    newest = _newest(rows)
    if not newest.is_flagged:
        return _("{label} : rien d’inhabituel en {month}").format(label=label, month=newest.label)
    return _("{label} : {month}, {words}").format(label=label, month=newest.label, words=newest.words)


def _newest(rows: Sequence[MonthRow]) -> MonthRow:
    """Give the last month that was judged: an older flag tells a story and calls nobody."""
    return next(row for row in reversed(rows) if row.words)


def _drawing(months: Sequence[Published], chart: KeptChart, finding: str, *, is_short: bool) -> Markup:
    lang = languages.current()
    judged = {point.period: point for point in chart.points}
    values = [month.figure.value if month.period in judged else None for month in months]
    points = [
        charts.Point(
            text.short_period_text(month.period, lang),
            None if value is None else float(value),
            bool(value is not None and judged[month.period].flags),
        )
        for month, value in zip(months, values, strict=True)
    ]
    return charts.control_chart(
        points,
        float(chart.centre),
        () if is_short else _band(months, judged),
        "%",
        title=finding,
        desc=_("Un point par mois publié. Les valeurs sont dans le tableau qui suit."),
        name="suite",
        lang=lang,
        digits=max(digits_of(value, None, chart.centre) for value in values),
    )


def _band(months: Sequence[Published], judged: Mapping[str, KeptPoint]) -> list[tuple[float, float]]:
    """Give limits to every month; a hidden one borrows those of its neighbour."""
    last = next(judged[month.period] for month in months if month.period in judged)
    band = []
    for month in months:
        last = judged.get(month.period, last)
        band.append((float(last.low), float(last.high)))
    return band
