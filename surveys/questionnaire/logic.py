"""What an answer is, what it counts for, and when a response is complete."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal

from quality.errors import Invalid
from quality.french import french
from quality.measures.catalogue import composite_series
from quality.measures.sums import Sums, plus
from surveys.questionnaire import coding
from surveys.questionnaire.coding import NSP, OUTSIDE
from surveys.questionnaire.definition import Feed, Item, Kind, Questionnaire, Rule
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.paths import kept, relevant

Answer = coding.Answer
DONT_KNOW = NSP
LONGEST_TEXT = 2_000
LOW = (1, 2)
MARKS, RATINGS = range(11), range(1, 6)
PROMOTERS, DETRACTORS = frozenset({9, 10}), frozenset(range(7))

MISSING_MARK = french("Choisissez une réponse, de 1 à 5")
MISSING_MARK_OR_DONT_KNOW = french("Choisissez une réponse, de 1 à 5, ou « Je ne sais pas »")
MISSING_YES_NO = french("Choisissez « Oui » ou « Non »")
MISSING_YES_NO_OR_DONT_KNOW = french("Choisissez « Oui », « Non » ou « Je ne sais pas »")
MISSING_CHOICE = french("Choisissez une des réponses proposées")
MISSING_CHOICES = french("Cochez au moins une réponse")
ONE_EXCLUDES = french("Une des réponses cochées exclut les autres : décochez-la, ou décochez les autres")
MISSING_NUMBER = french("Écrivez un nombre en chiffres")
MISSING_WHOLE_NUMBER = french("Écrivez un nombre en chiffres, sans virgule")
MISSING_DATE = french("Écrivez une date, comme 31/12/2026")
TWO_ANSWERS = french("Donnez une seule réponse")
TOO_LONG = french("Votre texte est trop long : 2 000 caractères au plus")

_YES_NO = {"oui": "yes", "non": "no"}
_NUMBER = re.compile(r"(-?[0-9]{1,9})(?:[.,]([0-9]{1,6}))?")
_DATE = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})|(?P<D>[0-9]{1,2})/(?P<M>[0-9]{1,2})/(?P<Y>[0-9]{4})"
)
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class AnswerRefused(Invalid):
    """An answer that the item cannot take; the message is for the respondent."""

    title = french("Il manque votre réponse")


def parse(item: Item, raw: str | Sequence[str]) -> Answer:
    """Turn what was posted into the value that is stored; several posted values for a multiple choice.

    A mark is a number, a day "2026-12-31", several choices a list in the order of the definition; "yes",
    "no", "nsp" and "so" are themselves; a text may be empty.

    >>> from surveys.questionnaire.reading import library
    >>> parse(library("default").items[0], " 4 ")
    4
    """
    posted = [raw] if isinstance(raw, str) else list(raw)
    if item.kind is Kind.MULTIPLE:
        return _parse_several(item, posted)
    filled = [each for each in posted if each.strip()]
    if len(filled) > 1:
        raise AnswerRefused(TWO_ANSWERS)
    return _parse_one(item, filled[0] if filled else "")


def _parse_one(item: Item, raw: str) -> Answer:
    if item.kind is Kind.TEXT:
        return _parse_text(raw)
    word = raw.strip()
    outside = {option.value for option in coding.outside(item)}
    if word.casefold() in outside:
        return word.casefold()
    return _PARSERS.get(item.kind, _parse_choice)(item, word)


def _parse_choice(item: Item, word: str) -> Answer:
    known = {option.value for option in coding.choices(item)}
    value = word if item.kind is Kind.SINGLE else _YES_NO.get(word.casefold(), word.casefold())
    if value not in known:
        raise AnswerRefused(_missing(item))
    return coding.stored(item, value)


def _missing(item: Item) -> str:
    if item.not_applicable:
        return MISSING_CHOICE
    if item.kind is Kind.RATING:
        return MISSING_MARK_OR_DONT_KNOW if item.dont_know else MISSING_MARK
    if item.kind is Kind.YES_NO:
        return MISSING_YES_NO_OR_DONT_KNOW if item.dont_know else MISSING_YES_NO
    return MISSING_CHOICE


def _parse_several(item: Item, posted: Sequence[str]) -> Answer:
    options = {option.value: option for option in coding.options(item)}
    chosen = {each.strip() for each in posted if each.strip()}
    if not chosen or chosen - options.keys():
        raise AnswerRefused(MISSING_CHOICES)
    if len(chosen) > 1 and any(options[value].exclusive for value in chosen):
        raise AnswerRefused(ONE_EXCLUDES)
    found = [value for value in options if value in chosen]
    return found[0] if found[0] in OUTSIDE else found


def _parse_number(item: Item, word: str) -> Answer:
    found = _NUMBER.fullmatch(re.sub(r"[\s\u00a0\u202f]", "", word))
    if found is None:
        raise AnswerRefused(MISSING_NUMBER)
    whole, fraction = found[1], (found[2] or "").rstrip("0")
    if not fraction:
        return int(whole)
    if not item.decimals:
        raise AnswerRefused(MISSING_WHOLE_NUMBER)
    return float(f"{whole}.{fraction}")


def _parse_date(item: Item, word: str) -> Answer:  # noqa: ARG001
    found = _DATE.fullmatch(word)
    if found is None:
        raise AnswerRefused(MISSING_DATE)
    year, month, day = (int(found[each] or found[other]) for each, other in ("yY", "mM", "dD"))
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise AnswerRefused(MISSING_DATE) from error


_PARSERS: dict[Kind, Callable[[Item, str], Answer]] = {Kind.NUMBER: _parse_number, Kind.DATE: _parse_date}


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


def contributions(
    questionnaire: Questionnaire, answers: Mapping[str, Answer], facts: Facts
) -> dict[str, Sums]:
    """Give (n, x) for each series fed: relevant answers that count, and those favourable among them.

    Marks from 0 to 10 add how often each was given, x being 2 for a promoter and 1 for whoever is neither
    (Reichheld 2003). So do marks from 1 to 5 whose question says `scale`, for the scores that are drawn of
    them: answers to a version that said `top2` add their share alone, then and now, and no score. A composite
    counts whoever answered once, and adds n and x of each of its questions, in the order of their names.

    >>> from datetime import date
    >>> from surveys.questionnaire.reading import library
    >>> visit = Facts(organisation="Aide 34", day=date(2026, 11, 17))
    >>> contributions(library("default"), {"globale": 4, "ponctualite": "nsp", "conseil": "no"}, visit)
    {'GLOB:1': (1, 1, 0, 0, 0, 1, 0), 'RECO:1': (1, 0)}
    """
    sums: dict[str, Sums] = {}
    counting = kept(questionnaire, answers, facts)
    for item in questionnaire.items:
        answer = counting.get(item.alias, NSP)
        if isinstance(answer, str) and answer in OUTSIDE:
            continue
        for feed in item.measures:
            before = sums.get(feed.series, ())
            sums[feed.series] = plus(
                before, _counted(questionnaire, item, feed, answer, is_more=bool(before))
            )
    return sums


def _counted(questionnaire: Questionnaire, item: Item, feed: Feed, answer: Answer, *, is_more: bool) -> Sums:
    """Give what one answer adds; `is_more` once another question of its series was answered."""
    if feed.rule is Rule.MARK:
        mark = int(str(answer))
        score = int(mark in PROMOTERS) + int(mark not in DETRACTORS)
        return 1, score, *(int(mark == each) for each in MARKS)
    x = int(is_favourable(feed, answer))
    if feed.rule is Rule.SCALE:
        return 1, x, *(int(answer == each) for each in RATINGS)
    if feed.series not in composite_series():
        return 1, x
    questions = _feeders(questionnaire, feed.series)
    return (
        int(not is_more),
        x,
        *(each for alias in questions for each in ((1, x) if alias == item.alias else (0, 0))),
    )


@lru_cache(maxsize=1_000)
def _feeders(questionnaire: Questionnaire, series: str) -> tuple[str, ...]:
    """Name the questions that feed a series, in an order that no new version changes."""
    fed = (item.alias for item in questionnaire.items if series in {feed.series for feed in item.measures})
    return tuple(sorted(fed))


def is_favourable(feed: Feed, answer: Answer) -> bool:
    """Tell whether an answer counts as favourable for the series it feeds."""
    if feed.rule in {Rule.TOP2, Rule.SCALE}:
        return answer in (4, 5)
    return answer == ("yes" if feed.rule is Rule.YES else feed.value)


def is_low(item: Item, value: Answer) -> bool:
    """Tell a signal: 1 or 2 on an item flagged so."""
    return item.signal and value in LOW


def low_items(questionnaire: Questionnaire, answers: Mapping[str, Answer], facts: Facts) -> tuple[Item, ...]:
    """List the questions that are relevant and marked low."""
    counting = kept(questionnaire, answers, facts)
    return tuple(item for item in questionnaire.items if is_low(item, counting.get(item.alias, "")))


def completeness(
    questionnaire: Questionnaire, answers: Mapping[str, Answer], facts: Facts
) -> Literal["complete", "partial", "none"]:
    """Complete from half of the core items asked on; one answer of any relevant item is partial.

    >>> from datetime import date
    >>> from surveys.questionnaire.reading import library
    >>> visit = Facts(organisation="Aide 34", day=date(2026, 11, 17))
    >>> completeness(library("default"), {"globale": 5}, visit)
    'partial'
    """
    asked = relevant(questionnaire, answers, facts)
    core = [item for item in asked if item.core]
    if 2 * sum(is_answered(item, answers) for item in core) >= len(core):
        return "complete"
    return "partial" if any(is_answered(item, answers) for item in asked) else "none"


def wants_callback(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> bool:
    """Tell whether the person asked to be called back."""
    return any(item.callback and answers.get(item.alias) == "yes" for item in questionnaire.items)
