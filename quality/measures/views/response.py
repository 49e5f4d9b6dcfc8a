"""Who was asked, who was reached and who answered, as published: sentences first, then the steps."""

from collections.abc import Mapping

from markupsafe import Markup

from quality.measures.releases.figures import Figure
from quality.measures.views.reading import RESPONSE_RATE
from quality.measures.views.wording import Reading, reading
from quality.web import languages
from quality.web.bars import IntervalBar, interval_bars
from quality.web.format import capital, percent
from quality.web.languages import gettext as _
from quality.web.svg import SLIM

REACHED, REFUSED = "CON1", "REF1"
ALL = 100.0
Figures = Mapping[str, Figure]


def response_finding(main: Figures) -> str:
    """Say in one line how far the requests went; what is not published is not said."""
    answered, reached = reading(main.get(RESPONSE_RATE)), reading(main.get(REACHED))
    if not answered.is_shown:
        return _("Demandes d’avis : {why}").format(why=answered.value)
    if not reached.is_shown:
        words = _("{answered} des demandes d’avis ont reçu une réponse").format(answered=answered.value)
    else:
        words = _("{reached} des demandes ont joint quelqu’un, {answered} ont reçu une réponse").format(
            reached=reached.value, answered=answered.value
        )
    return capital(words)


def response_sentences(main: Figures) -> tuple[str, ...]:
    """Say what those who did not answer are known to have done."""
    refused, reached = reading(main.get(REFUSED)), reading(main.get(REACHED))
    found = []
    if reached.is_shown:
        found.append(
            _(
                "Joint : quelqu’un a répondu, refusé, ou dit ne pas pouvoir répondre. Pour les autres "
                "demandes, ni réponse ni refus : on ne sait pas si le message a été lu."
            )
        )
    if refused.is_shown:
        found.append(
            _("Refus : {rate} des demandes ({detail}).").format(rate=refused.value, detail=refused.detail)
        )
    return tuple(found)


def response_drawing(main: Figures) -> Markup:
    """Draw the steps from the requests to the answers, as shares of the requests."""
    asked = main.get(RESPONSE_RATE)
    if asked is None or not reading(asked).is_shown:
        return Markup("")
    whole = percent(ALL, 0, languages.current())
    return interval_bars(
        [
            IntervalBar(_("Demandes d’avis"), whole, ALL),
            step(_("Contact établi"), main.get(REACHED)),
            step(_("Une réponse"), asked),
        ],
        title=response_finding(main),
        desc=_("Une barre par étape, en part des demandes, avec son intervalle. Mêmes valeurs au tableau."),
        name="parcours",
        width=SLIM,
        lang=languages.current(),
    )


def step(label: str, figure: Figure | None) -> IntervalBar:
    """Give a step; hidden it has no bar, and a bound has one without interval."""
    shown: Reading = reading(figure)
    if figure is None or figure.low is None or figure.high is None:
        return IntervalBar(label, shown.value.partition(",")[0])  # the page says beside it why
    if figure.value is None:
        return IntervalBar(label, shown.value, float(figure.low if figure.high == ALL else figure.high))
    return IntervalBar(label, shown.value, float(figure.value), float(figure.low), float(figure.high))
