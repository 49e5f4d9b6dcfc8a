"""When a question is asked and what answers it takes, told of a questionnaire read whole, before any visit.

What is said of questions alone is told as on the printed sheet; a fact of the visit and the answer that a
constraint checks have words of their own.
"""

from dataclasses import dataclass
from datetime import date

from quality.directory.geography import DEPARTEMENTS
from quality.french import french
from quality.web import languages
from quality.web.languages import gettext as _
from surveys.authoring.asked_when import book
from surveys.authoring.specimen import visit_of
from surveys.questionnaire.coding import options
from surveys.questionnaire.days import day_words
from surveys.questionnaire.definition import Item, Kind, Questionnaire
from surveys.questionnaire.expression import (
    Both,
    Compare,
    Either,
    Expression,
    ExpressionRefused,
    Literal,
    Name,
    Not,
    Operand,
    Selected,
    This,
    parse,
)
from surveys.questionnaire.paper.conditions import (
    ALWAYS,
    INVERSE,
    NEVER,
    TURNED,
    Cases,
    Printed,
    Sheet,
    all_of,
    any_of,
    told,
)
from surveys.questionnaire.subjects import is_about_this, names
from surveys.questionnaire.wording import asked
from surveys.response import activity_words

FACTS = {
    "visit_date": french("la date de la visite"),
    "today": french("la date du jour"),
    "mode": french("le mode de la visite"),
    "activity": french("l’activité"),
    "provider": french("l’organisme"),
    "audience": french("la personne qui répond"),
    "departement": french("le département"),
}
MODES = {
    "prestataire": french("prestataire"),
    "mandataire": french("mandataire"),
    "mise_a_disposition": french("mise à disposition"),
}
AUDIENCES = {"client": french("la personne aidée"), "relative": french("un proche")}
WORDED = {"mode": MODES, "audience": AUDIENCES}
DAYS = frozenset({"visit_date", "today"})
EVER, NEVER_SO = french("toujours"), french("jamais")
HAS, HAS_NOT = french("{what} contient {value}"), french("{what} ne contient pas {value}")
OTHER = {"=": french("{what} est {value}"), "!=": french("{what} est autre que {value}")}
OF_NUMBERS = {
    **OTHER,
    "<": french("{what} est plus petite que {value}"),
    ">": french("{what} est plus grande que {value}"),
    "<=": french("{what} ne dépasse pas {value}"),
    ">=": french("{what} est {value} ou plus"),
}
OF_DAYS = {
    **OTHER,
    "<": french("{what} est avant {value}"),
    ">": french("{what} est après {value}"),
    "<=": french("{what} est {value} ou avant"),
    ">=": french("{what} est {value} ou après"),
}


def asked_if(questionnaire: Questionnaire, item: Item) -> str:
    """Say when a question is asked, one that is not always asked."""
    return _words(questionnaire, item, item.relevant or "")


def allowed_if(questionnaire: Questionnaire, item: Item) -> str:
    """Say which answers a question takes, one that does not take all."""
    return _words(questionnaire, item, item.constraint or "")


def _words(questionnaire: Questionnaire, item: Item, expression: str) -> str:
    """Tell a condition of an item by the numbers of the questions; a wrong one, in a draft, as it stands."""
    try:
        read = parse(expression)
    except ExpressionRefused:
        return expression
    if names(read) - FACTS.keys() - {each.alias for each in questionnaire.items}:
        return expression
    sheet = Sheet(languages.current(), {}, _printed(questionnaire), book())
    cases = _Telling(sheet, item).cases(read)
    if cases == NEVER or () in cases:
        return _(NEVER_SO if cases == NEVER else EVER)
    return sheet.phrase("either").join(sheet.phrase("and").join(case) for case in cases)


def _printed(questionnaire: Questionnaire) -> dict[str, Printed]:
    fallback = questionnaire.languages
    said = [
        asked(item, visit_of(""), language=languages.current(), fallback=fallback)
        for item in questionnaire.items
    ]
    numbered = enumerate(zip(questionnaire.items, said, strict=True), start=1)
    return {item.alias: Printed(number, item, words) for number, (item, words) in numbered}


@dataclass(frozen=True, slots=True)
class _Telling:
    """Tells the conditions of one question."""

    sheet: Sheet
    item: Item

    def cases(self, expression: Expression, *, holds: bool = True) -> Cases:
        """List the cases in which a condition holds, or in which it does not."""
        if not names(expression) & FACTS.keys() and not is_about_this(expression):
            return told(expression, self.sheet, holds=holds)
        match expression:
            case Not(inner):
                return self.cases(inner, holds=not holds)
            case Both(parts):
                return (all_of if holds else any_of)(self.cases(part, holds=holds) for part in parts)
            case Either(parts):
                return (any_of if holds else all_of)(self.cases(part, holds=holds) for part in parts)
            case _:
                return self._test(expression, holds=holds)

    def _test(self, test: Expression, *, holds: bool) -> Cases:
        if isinstance(test, Compare):
            return self._compared(test.left, test.sign, test.right, holds=holds)
        if isinstance(test, Selected):
            return self._selected(test.subject, test.value, holds=holds)
        return ALWAYS if holds else NEVER  # a fact of the visit is always known

    def _compared(self, left: Operand, sign: str, right: Operand, *, holds: bool) -> Cases:
        if isinstance(left, Literal):
            left, sign, right = right, TURNED[sign], left
        signs = OF_DAYS if self._is_day(left) or self._is_day(right) else OF_NUMBERS
        words = _(signs[sign if holds else INVERSE[sign]])
        said = words.format(what=self._what(left), value=self._value(left, right))
        if not holds and any(
            isinstance(each, Name) and each.name in self.sheet.printed for each in (left, right)
        ):
            said = self.sheet.phrase("or_blank", condition=said)
        return ((said,),)

    def _selected(self, subject: Name | This, value: str, *, holds: bool) -> Cases:
        if isinstance(subject, This) and self.item.kind is Kind.MULTIPLE:
            words = _(HAS if holds else HAS_NOT)
        else:
            words = _(OTHER["=" if holds else "!="])
        return ((words.format(what=self._what(subject), value=self._value(subject, Literal(value))),),)

    def _is_question(self, operand: Operand) -> bool:
        return isinstance(operand, Name) and operand.name in self.sheet.printed

    def _is_day(self, operand: Operand) -> bool:
        match operand:
            case Name(name) if name in self.sheet.printed:
                return self.sheet.printed[name].item.kind is Kind.DATE
            case Name(name):
                return name in DAYS
            case This():
                return self.item.kind is Kind.DATE
            case Literal(value):
                return isinstance(value, date)

    def _what(self, operand: Operand) -> str:
        match operand:
            case Name(name) if name in self.sheet.printed:
                return _("la réponse à la question {number}").format(number=self.sheet.printed[name].number)
            case Name(name):
                return _(FACTS[name])
            case _:
                return _("la réponse")

    def _value(self, beside: Operand, operand: Operand) -> str:
        """Say what something is compared with: in its own words where `beside` gives it some."""
        if not isinstance(operand, Literal):
            return self._what(operand)
        value = operand.value
        if isinstance(value, date):
            return f"{day_words(value, self.sheet.language)} {value.year}"
        if not isinstance(value, str):
            return f"{value}" if self.sheet.language == "en" else f"{value}".replace(".", ",")
        return self.sheet.phrase("quoted", words=self._worded(beside, value))

    def _worded(self, beside: Operand, value: str) -> str:
        """Give the words of a code: of a mode, a person, an activity, a place, or an answer to choose."""
        if isinstance(beside, This):
            own = [each.words.of(self.sheet.language) for each in options(self.item) if each.value == value]
            return own[0] if own else value
        if not isinstance(beside, Name):
            return value
        if beside.name in WORDED:
            return _(WORDED[beside.name].get(value, value))
        if beside.name == "activity" and (activity := activity_words(value)):
            return activity.of(self.sheet.language)
        if beside.name == "departement" and value in DEPARTEMENTS:
            return DEPARTEMENTS[value].name
        return value
