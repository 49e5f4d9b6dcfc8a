"""How a figure spreads among providers: a dot for each published one, and no ranking.

Only published values are drawn, never compared one by one: a gap may be chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from markupsafe import Markup

from quality.measures.disclosure.status import Status
from quality.measures.releases.figures import Figure, digits_of
from quality.measures.views.coverage import Coverage
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


def spread(label: str, figures: Sequence[Figure], of: Coverage) -> Spread | None:
    """Draw the published values of providers; None when they are too few."""
    drawn = [figure for figure in figures if figure.value is not None]
    values = [figure.value for figure in drawn if figure.value is not None]
    if len(values) < FEWEST:
        return None
    digits = _digits(drawn, median(values))
    finding = _finding(label, median(values), digits)
    drawing = distribution.distribution(
        [float(value) for value in values],
        "%",
        title=finding,
        desc=_("Un point par organisme publié. Les valeurs sont dans le tableau « Par organisme »."),
        name="repartition",
        lang=languages.current(),
        digits=digits,
    )
    bounds = sum(figure.low is not None and figure.value is None for figure in figures)
    return Spread(finding, drawing, _shown_words(of), " ".join((*bound_words(bounds), *_hidden_words(of))))


def _digits(drawn: Sequence[Figure], middle: Decimal) -> int:
    """Write the median as the figure that it is, or between two figures as finely as it needs."""
    own = [digits_of(each.value, each.low, each.high) for each in drawn if each.value == middle]
    return min(own, default=int(middle % 1 != 0))


def _finding(label: str, middle: Decimal, digits: int) -> str:
    return _("{label} : la moitié des organismes publiés à {median} ou plus").format(
        label=label, median=text.percent(middle, digits, languages.current())
    )


def _shown_words(of: Coverage) -> str:
    lang = languages.current()
    return _("{num} organismes sur {followed} ont un résultat publié.").format(
        num=text.count(of.shown, lang), followed=text.count(of.followed, lang)
    )


def bound_words(count: int) -> tuple[str, ...]:
    """Say why a shown figure has no dot."""
    if not count:
        return ()
    words = ngettext(
        "%(num)s résultat n’a pas de point, mais une borne : tous les clients sont du même avis.",
        "%(num)s résultats n’ont pas de point, mais une borne : tous les clients sont du même avis.",
        count,
    )
    return (words % {"num": text.count(count, languages.current())},)


def _hidden_words(of: Coverage) -> tuple[str, ...]:
    """Count the others by reason, so that the parts make the whole."""
    reasons = {
        Status.C: _("moins de 11 clients ({num})"),
        Status.D: _("protégés, car le total les révélerait ({num})"),
        Status.M: _("aucune réponse ({num})"),
    }
    lang = languages.current()
    parts = [
        words.format(num=text.count(of.hidden[status], lang))
        for status, words in reasons.items()
        if of.hidden[status]
    ]
    return (_("Les autres : {reasons}.").format(reasons=", ".join(parts)),) if parts else ()
