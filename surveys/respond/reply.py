"""What an SMS sent back means to a question: one of its answers, a refusal, or something for a person."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveys.questionnaire.coding import NSP, OUTSIDE, SO, Option
from surveys.questionnaire.definition import SCALE
from surveys.respond.spelled import (
    is_help,
    is_not_concerned,
    is_not_known,
    is_stop,
    meant,
    numbers,
    plain,
)


class ReplyKind(StrEnum):
    """The kind under which a message is kept; an answer of any question is a `rating`."""

    ANSWER = "rating"
    STOP = "stop"
    HELP = "help"
    DONT_KNOW = "dont_know"
    AMBIGUOUS = "ambiguous"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reply:
    """The meaning of a reply; `value` is that of the option chosen, None where there is none."""

    kind: ReplyKind
    value: str | None = None


MOST_WORDS = 8  # a longer text without a digit says more than one of the answers: somebody reads it
_SCALE_SYNONYMS = {"very bad": "1", "very good": "5", "tb": "5"}
_SCALE_WORDS = {plain(words.fr) for words in SCALE}
_PRAISE = re.compile(r"(?<!pas )\b(?:(?:tres|plutot) bien|(?:very|rather) (?:well|good))\b")
_BLAME = re.compile(r"(?<!pas )\b(?:(?:tres|plutot) mal|(?:very|rather) bad(?:ly)?)\b")
_SAYS_YES = """
o, oui, ouais, ok, d accord, bien sur, bien entendu, absolument, certainement, evidemment, tout a fait,
volontiers, avec plaisir, sans hesiter, sans hesitation,
y, yes, yep, yeah, sure, of course, certainly, definitely
"""
_SAYS_NO = """
n, non, nan, jamais, pas du tout, surtout pas, bien sur que non, certainement pas, absolument pas,
no, nope, never, not at all, certainly not, of course not
"""
_YES, _NO = (frozenset(meant(plain(each)) for each in said.split(",")) for said in (_SAYS_YES, _SAYS_NO))
_YES_OPENS, _NO_OPENS = frozenset({"oui", "ouais", "yes", "yep"}), frozenset({"non", "nan", "no", "nope"})
_CONTRAST = frozenset({"mais", "sauf", "pourtant", "but", "except", "et", "and"})
_NEGATION = frozenset({"non", "jamais", "aucun", "aucune", "sans", "ni", "not", "no", "never"})
_ARTICLES = "un une le la l les du des de d en y a au son sa ses trop grand gros the of his her their"
_SMALL = frozenset(_ARTICLES.split())


def read_answer(text: str, options: Sequence[Option]) -> Reply:
    """Read a reply to the question that offers these options; a refusal is heard before all else.

    Two answers that disagree, or a number that none has, are ambiguous; the rest is for a person.

    >>> from surveys.questionnaire.coding import options
    >>> from surveys.questionnaire.reading import library
    >>> marks, yes_no = (options(library("default").item(alias), "sms") for alias in ("globale", "conseil"))
    >>> [read_answer(text, marks).value for text in ("4 merci", "5/5", "Très bien", "?")]
    ['4', '5', '5', 'nsp']
    >>> [read_answer(text, marks).kind.value for text in ("4 ou 5", "ARRÊT !", "Rappelez-moi")]
    ['ambiguous', 'stop', 'other']
    >>> [read_answer(text, yes_no).value for text in ("1", "Oui, bien sûr", "2 non")]
    ['yes', 'yes', 'no']
    """
    sentence = plain(text)
    if is_stop(sentence):
        return Reply(ReplyKind.STOP)
    if is_help(sentence):
        return Reply(ReplyKind.HELP)
    offered = {option.value for option in options}
    if is_not_known(sentence, text):
        return Reply(ReplyKind.DONT_KNOW, NSP if NSP in offered else None)
    if SO in offered and is_not_concerned(sentence):
        return Reply(ReplyKind.ANSWER, SO)
    return _chosen(sentence, [option for option in options if option.value not in OUTSIDE])


def _chosen(sentence: str, options: Sequence[Option]) -> Reply:
    by_digit = {int(option.digit): option.value for option in options if option.digit}
    if not by_digit:
        return Reply(ReplyKind.OTHER)
    given = numbers(sentence, max(by_digit))
    named = _reader(options)(sentence, options)
    if not given and not named:
        return Reply(ReplyKind.OTHER)
    if len(given) > 1 or not given <= set(by_digit):
        return Reply(ReplyKind.AMBIGUOUS)
    values = {by_digit[digit] for digit in given} | named
    is_clear = len(values) == 1 and not (given and _is_upside_down(sentence, options, min(given)))
    return Reply(ReplyKind.ANSWER, min(values)) if is_clear else Reply(ReplyKind.AMBIGUOUS)


def _reader(options: Sequence[Option]) -> Callable[[str, Sequence[Option]], set[str]]:
    """Choose how words are read: marks as a whole, yes and no by their opening, others by what they name."""
    values = {option.value for option in options}
    if values == {"yes", "no"}:
        return _said_yes_or_no
    return _said_mark if all(value.isdigit() for value in values) else _named


def _said_mark(sentence: str, options: Sequence[Option]) -> set[str]:
    phrase = meant(sentence)
    found = {option.value for option in options if phrase and phrase in _labels(option)}
    if not found and _is_usual_scale(options) and phrase in _SCALE_SYNONYMS:
        return {_SCALE_SYNONYMS[phrase]}
    return found


def _said_yes_or_no(sentence: str, _options: Sequence[Option]) -> set[str]:
    words = meant(re.sub(r"\d+", " ", sentence)).split()
    rest, said = " ".join(words[1:]), set(words)
    if " ".join(words) in _YES or (words[:1] and words[0] in _YES_OPENS and rest in _YES):
        return {"yes"}
    if " ".join(words) in _NO or (words[:1] and words[0] in _NO_OPENS and rest in _NO):
        return {"no"}
    if said & _YES_OPENS and said & _NO_OPENS:
        return {"yes", "no"}
    if len(words) > MOST_WORDS or said & _CONTRAST:
        return set()
    if words[:1] and words[0] in _YES_OPENS and not said & (_NEGATION | {"pas", "plus"}):
        return {"yes"}
    return {"no"} if words[:1] and words[0] in _NO_OPENS else set()


def _named(sentence: str, options: Sequence[Option]) -> set[str]:
    """Find the answers that a short reply names; one that denies something names none but what is so worded.

    >>> from surveys.questionnaire.definition import Words
    >>> late, undone = Option("late", Words("Retard")), Option("undone", Words("Travail non fait"))
    >>> [_named(said, (late, undone)) for said in ("en retard", "pas de retard", "le travail pas fait")]
    [{'late'}, set(), {'undone'}]
    """
    words = ["non" if word == "pas" else _singular(word) for word in meant(sentence).split()]
    if len(words) > MOST_WORDS:
        return set()
    said = set(words)
    keys = [(_key(label), option.value) for option in options for label in _labels(option)]
    named = [(key, value) for key, value in keys if key and key <= said]
    denied = (said & _NEGATION).difference(*(key for key, _ in named))
    return set() if denied else {value for _, value in named}


def _labels(option: Option) -> set[str]:
    texts = (getattr(option.words, language) for language in option.words.__struct_fields__)
    return {meant(plain(text)) for text in texts if text} - {""}


def _key(label: str) -> set[str]:
    return {_singular(word) for word in label.split() if word not in _SMALL}


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > len("pas") else word


def _is_usual_scale(options: Sequence[Option]) -> bool:
    return {plain(option.words.fr) for option in options} == _SCALE_WORDS


def _is_upside_down(sentence: str, options: Sequence[Option], mark: int) -> bool:
    """Notice the usual scale read the wrong way, as in « 1 très bien »."""
    if not _is_usual_scale(options):
        return False
    return bool((mark <= 2 and _PRAISE.search(sentence)) or (mark >= 4 and _BLAME.search(sentence)))
