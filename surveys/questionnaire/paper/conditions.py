"""When a question is asked, in plain words that name the printed questions.

What is known of the visit is settled as the sheet is printed: a sheet says nothing of it. A condition about a
single question is told by its answers, worked out by `evaluate` itself; the others are told part by part, as
cases of which one is enough, so that « et » and « ou » are never read two ways.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, reduce
from importlib import resources

import msgspec

from surveys.questionnaire import coding
from surveys.questionnaire.days import day_words
from surveys.questionnaire.definition import Item, Kind, Questionnaire
from surveys.questionnaire.expression import (
    Both,
    Compare,
    Either,
    Expression,
    Literal,
    Name,
    Not,
    Operand,
    Selected,
    Value,
    evaluate,
    parse,
)
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.paths import value_of
from surveys.questionnaire.subjects import names
from surveys.questionnaire.wording import Asked, asked

CHOSEN = frozenset({Kind.RATING, Kind.SCALE, Kind.YES_NO, Kind.SINGLE})
INVERSE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
SAID = {"=": "is", "!=": "is_not", "<": "below", ">": "above", "<=": "at_most", ">=": "at_least"}
SAID_OF_DAYS = {**SAID, "<": "before", ">": "after", "<=": "until", ">=": "since"}
RUN = 3  # marks that follow each other are told by the first and the last
# Cases, one of which is enough, each of sentences that must all be true.
Cases = tuple[tuple[str, ...], ...]
ALWAYS: Cases = ((),)
NEVER: Cases = ()


@dataclass(frozen=True, slots=True)
class Printed:
    """A question as it stands on the sheet."""

    number: int
    item: Item
    asked: Asked


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a condition may speak of: the facts of the visit, and the questions printed so far by alias.

    `book` holds the phrases that tell it, those of the printed sheet unless others are given.
    """

    language: str
    facts: Mapping[str, Value]
    printed: dict[str, Printed] = field(default_factory=dict)
    book: Mapping[str, str] | None = None

    def phrase(self, name: str, **facts: object) -> str:
        return (self.book or words()[self.language])[name].format_map(facts)


@cache
def words() -> dict[str, dict[str, str]]:
    text = resources.files(__package__).joinpath("words.yaml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=dict[str, dict[str, str]])


def phrase(name: str, language: str, **facts: object) -> str:
    return words()[language][name].format_map(facts)


def in_order(
    questionnaire: Questionnaire, facts: Facts, sheet: Sheet, *, channel: str, language: str
) -> list[tuple[Printed, str]]:
    """List the questions of a channel that the visit does not rule out, each with when it is asked."""
    found: list[tuple[Printed, str]] = []
    for item in questionnaire.asked_on(channel):
        only = condition(parse(item.relevant), sheet) if item.relevant else ""
        if only is None:
            continue
        said = asked(item, facts, channel=channel, language=language, fallback=questionnaire.languages)
        sheet.printed[item.alias] = Printed(len(found) + 1, item, said)
        found.append((sheet.printed[item.alias], only))
    return found


def condition(expression: Expression, sheet: Sheet) -> str | None:
    """Say when a condition holds: nothing where it always does, None where it never does."""
    cases = told(expression, sheet)
    if cases == NEVER or () in cases:
        return None if cases == NEVER else ""
    joined = (sheet.phrase("and").join(case) for case in cases)
    return sheet.phrase("either").join(joined)


def told(expression: Expression, sheet: Sheet, *, holds: bool = True) -> Cases:
    """List the cases in which a condition holds, or in which it does not."""
    about = sorted(names(expression) & sheet.printed.keys())
    if not about:
        return _settled(evaluate(expression, sheet.facts) is holds)
    if len(about) == 1 and sheet.printed[about[0]].item.kind in CHOSEN:
        return _by_answers(expression, sheet, sheet.printed[about[0]], holds=holds)
    match expression:
        case Not(inner):
            return told(inner, sheet, holds=not holds)
        case Both(parts):
            return (all_of if holds else any_of)(told(part, sheet, holds=holds) for part in parts)
        case Either(parts):
            return (any_of if holds else all_of)(told(part, sheet, holds=holds) for part in parts)
        case _:
            return _test(expression, sheet, sheet.printed[about[0]], holds=holds)


def _test(expression: Expression, sheet: Sheet, printed: Printed, *, holds: bool) -> Cases:
    """Tell one test; `printed` is the question it is about, or one of them."""
    if isinstance(expression, Compare):
        return _compared(expression, sheet, holds=holds)
    if isinstance(expression, Selected):
        return _chose(sheet, printed, [expression.value], holds=holds)
    return _one("answered" if holds else "not_answered", sheet, printed)


def _settled(is_true: bool) -> Cases:
    return ALWAYS if is_true else NEVER


def any_of(parts: Iterable[Cases]) -> Cases:
    return tuple(dict.fromkeys(case for cases in parts for case in cases))


def all_of(parts: Iterable[Cases]) -> Cases:
    return reduce(_with, parts, ALWAYS)


def _with(some: Cases, others: Cases) -> Cases:
    return any_of(
        [tuple((*one, *(each for each in other if each not in one)) for one in some for other in others)]
    )


def _one(name: str, sheet: Sheet, printed: Printed, **facts: object) -> Cases:
    return ((sheet.phrase(name, number=printed.number, **facts),),)


def _by_answers(expression: Expression, sheet: Sheet, printed: Printed, *, holds: bool) -> Cases:
    """Tell a condition by the answers of its only question: those that make it hold, or all but those."""
    item = printed.item
    known = {**sheet.facts}
    blank = evaluate(expression, known) is holds
    values = [option.value for option in coding.options(item)]
    fitting = [value for value in values if _fits(expression, known, printed, value) is holds]
    chosen = [value for value in values if value not in fitting] if blank else fitting
    if not chosen:
        return _settled(blank)
    if len(chosen) == len(values):
        return _one("not_answered" if blank else "answered", sheet, printed)
    return _chose(sheet, printed, chosen, holds=not blank)


def _fits(expression: Expression, facts: Mapping[str, Value], printed: Printed, value: str) -> bool:
    item = printed.item
    return evaluate(expression, {**facts, item.alias: value_of(item, coding.stored(item, value))})


def _chose(sheet: Sheet, printed: Printed, values: Sequence[str], *, holds: bool) -> Cases:
    return _one("chose" if holds else "not_chose", sheet, printed, answers=_answers(sheet, printed, values))


def _answers(sheet: Sheet, printed: Printed, values: Sequence[str]) -> str:
    """Name answers as they stand on the sheet; marks that follow each other by their ends."""
    if printed.item.kind is Kind.SCALE and _is_run(values):
        return sheet.phrase("range", first=values[0], last=values[-1])
    found = {option.value: option.words for option in printed.asked.options}
    quoted = [sheet.phrase("quoted", words=found[value]) for value in values]
    return sheet.phrase("or").join(quoted)


def _is_run(values: Sequence[str]) -> bool:
    marks = [int(value) for value in values if value.isdecimal()]
    return RUN <= len(values) == len(marks) == marks[-1] - marks[0] + 1


def _compared(compare: Compare, sheet: Sheet, *, holds: bool) -> Cases:
    """Tell a comparison, its printed question first; what was not printed compares with nothing."""
    left, sign, right = compare.left, compare.sign, compare.right
    if not (isinstance(left, Name) and left.name in sheet.printed):
        left, sign, right = right, TURNED[sign], left
    if not isinstance(left, Name) or not _is_known(right, sheet):
        return _settled(not holds)
    printed = sheet.printed[left.name]
    signs = SAID_OF_DAYS if printed.item.kind is Kind.DATE else SAID
    said = _one(signs[sign if holds else INVERSE[sign]], sheet, printed, value=_value(right, sheet))
    return said if holds else ((sheet.phrase("or_blank", condition=said[0][0]),),)


def _is_known(operand: Operand, sheet: Sheet) -> bool:
    return not isinstance(operand, Name) or operand.name in {*sheet.printed, *sheet.facts}


def _value(operand: Operand, sheet: Sheet) -> str:
    match operand:
        case Name(name) if name in sheet.printed:
            return sheet.phrase("that_of", number=sheet.printed[name].number)
        case Name(name):
            return _plain(sheet.facts[name], sheet)
        case Literal(value):
            return _plain(value, sheet)
    raise TypeError(operand)


def _plain(value: Value, sheet: Sheet) -> str:
    if isinstance(value, date):
        return f"{day_words(value, sheet.language)} {value.year}"
    if isinstance(value, str):
        return sheet.phrase("quoted", words=value)
    return f"{value}" if sheet.language == "en" else f"{value}".replace(".", ",")
