"""What an answer is, what it counts for, and when a response is complete."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Literal

from quality.errors import Invalid
from quality.french import french
from surveys.questionnaire.coding import NSP
from surveys.questionnaire.definition import Item, Kind, Questionnaire, Rule

Answer = int | float | str | list[str]
DONT_KNOW = NSP
LONGEST_TEXT = 2_000

MISSING_MARK = french("Choisissez une réponse, de 1 à 5")
MISSING_MARK_OR_DONT_KNOW = french("Choisissez une réponse, de 1 à 5, ou « Je ne sais pas »")
MISSING_YES_NO = french("Choisissez « Oui » ou « Non »")
MISSING_YES_NO_OR_DONT_KNOW = french("Choisissez « Oui », « Non » ou « Je ne sais pas »")
TOO_LONG = french("Votre texte est trop long : 2 000 caractères au plus")

_MARKS: dict[str, Answer] = {str(mark): mark for mark in range(1, 6)}
_YES_NO: dict[str, Answer] = {"oui": "yes", "yes": "yes", "non": "no", "no": "no"}
_CLOSED = {
    Kind.RATING: (_MARKS, MISSING_MARK, MISSING_MARK_OR_DONT_KNOW),
    Kind.YES_NO: (_YES_NO, MISSING_YES_NO, MISSING_YES_NO_OR_DONT_KNOW),
}
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

FAVOURABLE: dict[Rule, Callable[[Answer], bool]] = {
    Rule.TOP2: lambda answer: answer in (4, 5),
    Rule.YES: lambda answer: answer == "yes",
}


class AnswerRefused(Invalid):
    """An answer that the item cannot take; the message is for the respondent."""

    title = french("Il manque votre réponse")


def parse(item: Item, raw: str) -> Answer:
    """Turn what was posted into the value that is stored: 1–5, "yes", "no", "nsp" or a text (maybe empty).

    >>> from surveys.questionnaire.reading import library
    >>> parse(library("default").items[0], " 4 ")
    4
    """
    return _parse_text(raw) if item.kind is Kind.TEXT else _parse_closed(item, raw)


def _parse_closed(item: Item, raw: str) -> Answer:
    word = raw.strip().casefold()
    if word == DONT_KNOW and item.dont_know:
        return DONT_KNOW
    answers, missing, missing_or_dont_know = _CLOSED[item.kind]
    if word not in answers:
        raise AnswerRefused(missing_or_dont_know if item.dont_know else missing)
    return answers[word]


def _parse_text(raw: str) -> Answer:
    lines = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(letter for letter in lines if letter in "\n\t" or not _is_control(letter)).strip()
    if len(text) > LONGEST_TEXT:
        raise AnswerRefused(TOO_LONG)
    return text


def _is_control(letter: str) -> bool:
    # Cc: controls; Cs: half a pair; marks of direction would let a text show as what it is not.
    return unicodedata.category(letter) in {"Cc", "Cs"} or letter in _DIRECTION_MARKS


def is_answered(item: Item, answers: Mapping[str, Answer]) -> bool:
    """Tell whether something was said, « je ne sais pas » included (AAPOR, Standard Definitions)."""
    return answers.get(item.alias, "") != ""


def contributions(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> dict[str, tuple[int, int]]:
    """Give (n, x) for each series fed: answers that count, and those favourable among them.

    >>> from surveys.questionnaire.reading import library
    >>> contributions(library("default"), {"globale": 4, "ponctualite": "nsp", "conseil": "no"})
    {'GLOB:1': (1, 1), 'RECO:1': (1, 0)}
    """
    sums: dict[str, tuple[int, int]] = {}
    for item in questionnaire.items:
        answer = answers.get(item.alias, DONT_KNOW)
        if answer == DONT_KNOW:
            continue
        for feed in item.measures:
            n, x = sums.get(feed.series, (0, 0))
            sums[feed.series] = n + 1, x + FAVOURABLE[feed.rule](answer)
    return sums


def is_low(item: Item, value: Answer) -> bool:
    """Tell a signal: 1 or 2 on an item flagged so."""
    return item.signal and value in (1, 2)


def completeness(
    questionnaire: Questionnaire, answers: Mapping[str, Answer]
) -> Literal["complete", "partial", "none"]:
    """Complete from half of the core items on; one answer of any item is partial.

    >>> from surveys.questionnaire.reading import library
    >>> completeness(library("default"), {"globale": 5})
    'partial'
    """
    core = [item for item in questionnaire.items if item.core]
    if 2 * sum(is_answered(item, answers) for item in core) >= len(core):
        return "complete"
    return "partial" if any(is_answered(item, answers) for item in questionnaire.items) else "none"


def wants_callback(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> bool:
    """Tell whether the person asked to be called back."""
    return any(item.callback and answers.get(item.alias) == "yes" for item in questionnaire.items)
