"""The French sentence of a condition read again, in another way, to be compared with the condition itself.

« seulement si » is cut at « , ou bien », then at « et »; each piece is read by a pattern.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from surveys.questionnaire.days import day_words
from surveys.questionnaire.definition import Item, Kind

BLANK = ("", "nsp", "so")
CHOICE = re.compile(r"vous (n’)?avez (?:pas )?répondu (.+) à la question (\d+)")
ANSWERED = re.compile(r"vous (n’)?avez (?:pas )?répondu à la question (\d+)")
WORTH = re.compile(r"votre réponse à la question (\d+) (.+?)(, ou manque)?")
SIGNS = (
    (re.compile(r"est plus petite que (.+)|est avant (.+)"), lambda a, b: a < b),
    (re.compile(r"est plus grande que (.+)|est après (.+)"), lambda a, b: a > b),
    (re.compile(r"ne dépasse pas (.+)|est (.+) ou avant"), lambda a, b: a <= b),
    (re.compile(r"est (.+) ou plus|est (.+) ou après"), lambda a, b: a >= b),
    (re.compile(r"est autre que (.+)"), lambda a, b: a != b),
    (re.compile(r"est (.+)"), lambda a, b: a == b),
)
DAYS = {
    f"{day_words(day, 'fr')} {day.year}".replace("\xa0", " "): day
    for day in (date(2026, 1, 1) + timedelta(days=number) for number in range(365))
}


def holds(sentence: str, sheet: Mapping[int, tuple[Item, object, Mapping[str, str]]]) -> bool:
    """Tell whether a sentence is true of a filled sheet: number → question, answer, words by value."""
    text = sentence.replace("\xa0", " ")
    return any(all(_true(part, sheet) for part in case.split(" et ")) for case in text.split(", ou bien "))


def _true(part: str, sheet) -> bool:
    if found := ANSWERED.fullmatch(part):
        return (sheet[int(found[2])][1] != "") is not bool(found[1])
    if found := CHOICE.fullmatch(part):
        return _chosen(found[2], *sheet[int(found[3])]) is not bool(found[1])
    found = WORTH.fullmatch(part)
    left = _number(sheet[int(found[1])])
    if left is None:
        return bool(found[3])
    for pattern, decide in SIGNS:
        if said := pattern.fullmatch(found[2]):
            right = _right(next(group for group in said.groups() if group), sheet)
            return bool(found[3]) if right is None else decide(left, right)
    raise AssertionError(part)


def _chosen(said: str, item: Item, answer: object, words: Mapping[str, str]) -> bool:
    if run := re.fullmatch(r"de (\d+) à (\d+)", said):
        return isinstance(answer, int) and int(run[1]) <= answer <= int(run[2])
    given = answer if isinstance(answer, list) else [answer]
    return any(f"« {words.get(str(each))} »" in said for each in given if each != "")


def _number(line) -> object:
    item, answer, _words = line
    if item.kind is Kind.TEXT:
        return answer or None
    if answer in BLANK:
        return None
    return date.fromisoformat(answer) if item.kind is Kind.DATE else answer


def _right(said: str, sheet) -> object:
    if found := re.fullmatch(r"celle de la question (\d+)", said):
        return _number(sheet[int(found[1])])
    if said in DAYS:
        return DAYS[said]
    if found := re.fullmatch(r"« (.*) »", said):
        return found[1]
    return float(said.replace(",", "."))
