"""How a figure spreads among providers: a dot for each published one, and no ranking.

Only published values are drawn, never compared one by one: a gap may be chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from markupsafe import Markup

from quality.measures.figures import Figure, digits_of
from quality.web import distribution, languages
from quality.web import format as text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

FEWEST = 5  # fewer dots are read in the table


@dataclass(frozen=True, slots=True)
class Spread:
    """The drawing, its finding as title, and how many providers it does not show."""

    finding: str
    drawing: Markup
    shown_words: str
    hidden_words: str


def spread(label: str, figures: Sequence[Figure]) -> Spread | None:
    """Draw the published values of providers; None when they are too few."""
    values = [figure.value for figure in figures if figure.value is not None]
    if len(values) < FEWEST:
        return None
    lang = languages.current()
    digits = max(digits_of(value, None, None) for value in values)
    finding = _finding(label, values, digits)
    drawing = distribution.distribution(
        [float(value) for value in values],
        "%",
        title=finding,
        desc=_("Un point par organisme publié. Les valeurs sont dans le tableau « Par organisme »."),
        name="repartition",
        lang=lang,
        digits=digits,
    )
    return Spread(finding, drawing, _shown_words(len(values)), _hidden_words(len(figures) - len(values)))


def _finding(label: str, values: Sequence[Decimal], digits: int) -> str:
    middle = median(values)
    written = text.percent(middle, max(digits, int(middle % 1 != 0)), languages.current())
    return _("{label} : la moitié des organismes publiés à {median} ou plus").format(
        label=label, median=written
    )


def _shown_words(count: int) -> str:
    number = text.count(count, languages.current())
    return _("{num} organismes ont un résultat publié.").format(num=number)


def _hidden_words(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(num)s autre n’a pas de valeur publiée : moins de 11 clients, ou tous du même avis.",
        "%(num)s autres n’ont pas de valeur publiée : moins de 11 clients, ou tous du même avis.",
        count,
    ) % {"num": text.count(count, languages.current())}
