"""Conditions and paths worked out a second time, in another way, to be compared with the product's.

A text is cut at its outermost `or`, then `and`, down to single tests read by patterns. Nothing becomes a
tree, and nothing of surveys.questionnaire.expression or paths is used.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from surveys.questionnaire.definition import Item, Kind, Questionnaire
from surveys.questionnaire.facts import Facts

MISSING = object()  # nothing was said
BLANK = object()  # something was said that cannot be compared
Lookup = Callable[[str], object]

REFERENCE = r"\$\{(\w+)\}|\."
TEST = re.compile(rf"(selected|answered)\(\s*({REFERENCE})\s*(?:,\s*(['\"])(.*)\4\s*)?\)", re.DOTALL)
SIGN = re.compile(r"<=|>=|!=|=|<|>")


def holds(text: str, lookup: Lookup) -> bool:
    """Tell whether a condition is true; `lookup` knows each name, and `.`."""
    text = text.strip()
    for word, decide in (("or", any), ("and", all)):
        parts = cut(text, word)
        if len(parts) > 1:
            return decide([holds(part, lookup) for part in parts])
    if text.startswith("not") and encloses(text, 3):
        return not holds(text[text.index("(") + 1 : -1], lookup)
    if encloses(text, 0):
        return holds(text[1:-1], lookup)
    found = TEST.fullmatch(text)
    return tested(found, lookup) if found else compared(text, lookup)


def tested(found: re.Match[str], lookup: Lookup) -> bool:
    said = lookup(found[3] or ".")
    if found[1] == "answered":
        return said is not MISSING
    return found[5] in (said if isinstance(said, list) else [said])


def compared(text: str, lookup: Lookup) -> bool:
    at = next(
        place for place in range(len(text)) if depth_at(text, place) == (0, "") and SIGN.match(text, place)
    )
    sign = SIGN.match(text, at)[0]
    left, right = worth(text[:at], lookup), worth(text[at + len(sign) :], lookup)
    if MISSING in (left, right) or BLANK in (left, right) or isinstance(left, str) != isinstance(right, str):
        return False
    order = (left > right) - (left < right)
    return {
        "=": order == 0,
        "!=": order != 0,
        "<": order < 0,
        ">": order > 0,
        "<=": order <= 0,
        ">=": order >= 0,
    }[sign]


def worth(text: str, lookup: Lookup) -> object:
    """Give what one side of a comparison is worth: a text, or a Decimal for numbers and days alike."""
    text = text.strip()
    if text[0] in "'\"":
        return text[1:-1]
    if text.startswith("date"):
        return Decimal(date.fromisoformat(re.search(r"\d{4}-\d\d-\d\d", text)[0]).toordinal())
    if text == "." or text.startswith("$"):
        return plain(lookup(text.strip("${}")))
    return Decimal(text)


def plain(said: object) -> object:
    if isinstance(said, date):
        return Decimal(said.toordinal())
    return Decimal(repr(said)) if isinstance(said, int | float) else said


def cut(text: str, word: str) -> list[str]:
    """Cut a text at a word that stands outside of parentheses and quotes."""
    places = [
        found.span()
        for found in re.finditer(rf"(?<![\w{{]){word}(?![\w}}])", text)
        if depth_at(text, found.start()) == (0, "")
    ]
    edges = [0, *[edge for span in places for edge in span], len(text)]
    return [text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]


def encloses(text: str, start: int) -> bool:
    """Tell whether the parenthesis that opens after `start` letters closes at the very end."""
    inside = text[start:].strip()
    return inside[:1] == "(" and all(depth_at(inside, place) != (0, "") for place in range(1, len(inside)))


def depth_at(text: str, place: int) -> tuple[int, str]:
    """Count the parentheses open before a place, and name the quote that is."""
    depth, quote = 0, ""
    for letter in text[:place]:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        else:
            depth += (letter == "(") - (letter == ")")
    return depth, quote


def said(item: Item, answers: Mapping[str, object]) -> object:
    """Give an answer as a condition sees it."""
    answer = answers.get(item.alias, "")
    if answer == "":
        return MISSING
    if item.kind is not Kind.TEXT and answer in ("nsp", "so"):
        return BLANK
    return date.fromisoformat(answer) if item.kind is Kind.DATE else answer


def is_relevant(
    questionnaire: Questionnaire, alias: str, answers: Mapping[str, object], facts: Facts
) -> bool:
    """Work backwards: a question is asked when its condition holds on the answers still asked themselves."""
    item = questionnaire.item(alias)
    if item.relevant is None:
        return True
    visit = {
        "visit_date": facts.day,
        "mode": facts.mode,
        "activity": facts.activity,
        "provider": facts.organisation,
        "audience": facts.audience,
        "departement": facts.departement,
    }

    def lookup(name: str) -> object:
        if name in visit:
            return visit[name]
        is_asked = is_relevant(questionnaire, name, answers, facts)
        return said(questionnaire.item(name), answers) if is_asked else MISSING

    return holds(item.relevant, lookup)


def path(
    questionnaire: Questionnaire, answers: Mapping[str, object], facts: Facts, channel: str
) -> list[str]:
    """Name the questions that a channel asks."""
    return [
        item.alias
        for item in questionnaire.items
        if channel in {each.value for each in questionnaire.channels_of(item)}
        and is_relevant(questionnaire, item.alias, answers, facts)
    ]
