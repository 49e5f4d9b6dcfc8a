"""How answers divide, as published: by the way of the first contact, and by marks; parts are never judged."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from markupsafe import Markup

from quality.french import french
from quality.measures.releases.figures import Figure
from quality.measures.views.response import step
from quality.measures.views.wording import reading
from quality.web import format as text
from quality.web import languages
from quality.web.bars import interval_bars
from quality.web.languages import gettext as _
from quality.web.svg import SLIM

MODES = ("MODE_SMS", "MODE_MAIL", "MODE_TEL")
MARKS = ("NPS_HIGH", "NPS_LOW")
MOST = {
    "MODE_SMS": french("{rate} des réponses suivent un premier SMS"),
    "MODE_MAIL": french("{rate} des réponses suivent un premier e-mail"),
    "MODE_TEL": french("{rate} des réponses suivent un premier appel"),
}
SHORT = {
    "MODE_SMS": french("SMS"),
    "MODE_MAIL": french("E-mail"),
    "MODE_TEL": french("Appel"),
    "NPS_HIGH": french("Notes 9 et 10"),
    "NPS_LOW": french("Notes de 0 à 6"),
}
ALL = Decimal(100)
Figures = Mapping[str, Figure]


def modes_finding(main: Figures) -> str:
    """Say after which first contact most answers come."""
    known = [(_share(main[code]), code) for code in MODES if reading(main.get(code)).is_shown]
    if not known:
        return _("Premier contact : {why}").format(why=reading(main.get(MODES[0])).value)
    _most, code = max(known)
    return text.capital(_(MOST[code]).format(rate=reading(main[code]).value))


def _share(figure: Figure) -> Decimal:
    """Give a share, or what stands for it when all of a few clients came by one way."""
    if figure.value is not None:
        return figure.value
    return ALL if figure.high == ALL else Decimal()


def modes_sentences() -> tuple[str, ...]:
    """Say what the way of asking may do to answers, and that nothing is adjusted for it."""
    return (
        _("Le moyen du premier contact peut changer les avis. Aucun résultat n’est corrigé pour cela."),
        _("Une personne d’abord contactée par SMS a pu répondre plus tard à un appel."),
    )


def modes_drawing(main: Figures) -> Markup:
    """Draw the answers after each first contact, as shares of all answers."""
    return _drawing(MODES, main, modes_finding(main), "contacts-parts")


def marks_finding(main: Figures) -> str:
    """Say how many gave the highest marks, and the low ones."""
    high, low = (reading(main.get(code)) for code in MARKS)
    if not (high.is_shown and low.is_shown):
        return _("Notes de 0 à 10 : {why}").format(why=(low if high.is_shown else high).value)
    return text.capital(
        _("{high} de notes 9 et 10, {low} de notes de 0 à 6").format(high=high.value, low=low.value)
    )


def marks_sentences() -> tuple[str, ...]:
    """Say what stands between, and why no mark is published alone, nor the marks of other questions."""
    return (
        _("Les autres notes sont 7 et 8."),
        _(
            "Note par note, trop peu de clients seraient réunis. Des autres questions, on publie la part "
            "des bonnes réponses, et de deux d’entre elles une note sur 100."
        ),
    )


def marks_drawing(main: Figures) -> Markup:
    return _drawing(MARKS, main, marks_finding(main), "notes-parts")


def _drawing(codes: Sequence[str], main: Figures, finding: str, name: str) -> Markup:
    if not any(reading(main.get(code)).is_shown for code in codes):
        return Markup("")
    return interval_bars(
        [step(_(SHORT[code]), main.get(code)) for code in codes],
        title=finding,
        desc=_("Une barre par part, avec son intervalle. Mêmes valeurs au tableau."),
        name=name,
        width=SLIM,
        lang=languages.current(),
    )
