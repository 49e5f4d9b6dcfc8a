"""What an SMS sent back means: a mark, a refusal, a call for help, or something for a person to read."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class ReplyKind(StrEnum):
    RATING = "rating"
    STOP = "stop"
    HELP = "help"
    DONT_KNOW = "dont_know"
    AMBIGUOUS = "ambiguous"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reply:
    """The meaning of a reply; `value` is the mark of a rating."""

    kind: ReplyKind
    value: int | None = None


FIVE_POINTS = range(1, 6)

_POLITENESS = """
bonjour bonsoir merci beaucoup svp stp s il vous te plait madame monsieur mme m cordialement bonne journee
soiree au revoir de rien c est etait ca tout passe je mets donne ma note reponse pour
hello hi thanks thank you please it was
"""
_REFUSAL = "stop stopper arret arreter arretez desabonnement desabonner desabonnez unsubscribe"
_REFUSED = "les des vos ces sms message messages envoyer d me moi"
_POLITE, _STOP_WORDS, _STOP_OBJECTS = (
    frozenset(words.split()) for words in (_POLITENESS, _REFUSAL, _REFUSED)
)
# A missed refusal is an offence, a false one loses an answer: these decide wherever they open a reply.
_STOP_OPENINGS = ("stop", "stopper", "desabonnement", "non merci", "unsubscribe", "no thanks", "no thank you")
_HELP = frozenset({"contact", "aide", "help"})
_DONT_KNOW = frozenset(
    {"nsp", "jsp", "sais pas", "ne sais pas", "ne sait pas", "aucune idee"}
    | {"don t know", "i don t know", "dont know", "i do not know"}
)
_NUMBERS = {
    "zero": 0, "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5,
    "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
}  # fmt: skip
_ARTICLES = frozenset({"un", "one"})
_SCALE_WORDS = {
    "tres mal": 1, "plutot mal": 2, "moyen": 3, "plutot bien": 4, "tres bien": 5,
    "very badly": 1, "rather badly": 2, "so so": 3, "rather well": 4, "very well": 5,
    "very bad": 1, "very good": 5,
}  # fmt: skip
_PRAISE = re.compile(r"(?<!pas )\b(?:(?:tres|plutot) bien|(?:very|rather) (?:well|good))\b")
_BLAME = re.compile(r"(?<!pas )\b(?:(?:tres|plutot) mal|(?:very|rather) bad(?:ly)?)\b")
_OUT_OF = re.compile(rf"\b(\d+|{'|'.join(_NUMBERS)}) (?:sur|out of) (\d+|{'|'.join(_NUMBERS)})\b")
# Hours, counts and telephone numbers hold digits that are no mark.
_NO_MARK = re.compile(
    r"\b\d+ ?h ?\d*\b|\b\d+ (?:heures?|hours?|mi?n|minutes?|jours?|days?|semaines?|mois|ans?|fois|times"
    r"|personnes?|people|euros?)\b|(?:\d ?){9,}"
)


def read_reply(text: str, scale: range = FIVE_POINTS) -> Reply:
    """Read a reply; two marks that disagree or one outside the scale are ambiguous, the rest is for a person.

    >>> read_reply("4 merci").value, read_reply("5/5").value, read_reply("Très bien").value
    (4, 5, 5)
    >>> [read_reply(text).kind.value for text in ("4 ou 5", "ARRÊT !", "Rappelez-moi")]
    ['ambiguous', 'stop', 'other']
    """
    sentence = _plain(text)
    words = sentence.split()
    phrase = " ".join(word for word in words if word not in _POLITE)
    if _is_stop(sentence, phrase):
        return Reply(ReplyKind.STOP)
    if phrase in _HELP:
        return Reply(ReplyKind.HELP)
    if phrase in _DONT_KNOW or (not words and "?" in text):
        return Reply(ReplyKind.DONT_KNOW)
    return _mark(sentence, phrase, scale)


def _plain(text: str) -> str:
    """Keep lower-case words and numbers, one space apart, accents and punctuation gone; « / » is « sur »."""
    decomposed = unicodedata.normalize("NFKD", text.replace("/", " sur ")).casefold()
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z]+|[0-9]+", bare))


def _is_stop(sentence: str, phrase: str) -> bool:
    opens = any(f"{sentence} ".startswith(f"{opening} ") for opening in _STOP_OPENINGS)
    if opens or sentence.endswith(" stop"):
        return True
    said = set(phrase.split()) - _STOP_OBJECTS
    return bool(said) and said <= _STOP_WORDS


def _mark(sentence: str, phrase: str, scale: range) -> Reply:
    top = scale[-1]
    marks = _written(sentence, top) or _spelled(phrase, top)
    if not marks and scale == FIVE_POINTS and phrase in _SCALE_WORDS:
        marks = {_SCALE_WORDS[phrase]}
    if not marks:
        return Reply(ReplyKind.OTHER)
    mark = min(marks)
    if len(marks) > 1 or mark not in scale or (scale == FIVE_POINTS and _contradicts(sentence, mark)):
        return Reply(ReplyKind.AMBIGUOUS)
    return Reply(ReplyKind.RATING, mark)


def _without_denominator(sentence: str, top: int) -> str:
    return _OUT_OF.sub(lambda m: m[1] if _NUMBERS.get(m[2], m[2]) in (top, str(top)) else m[0], sentence)


def _written(sentence: str, top: int) -> set[int]:
    """Collect the marks of a reply that writes at least one in digits."""
    words = _NO_MARK.sub(" ", _without_denominator(sentence, top)).split()
    digits = {int(word) for word in words if word.isdigit()}
    spelled = {_NUMBERS[word] for word in words if word in _NUMBERS and word not in _ARTICLES}
    return digits | spelled if digits else set()


def _spelled(phrase: str, top: int) -> set[int]:
    """Read a mark in letters only where it is the whole reply: « un » is an article elsewhere."""
    word = _without_denominator(phrase, top)
    return {_NUMBERS[word]} if word in _NUMBERS else set()


def _contradicts(sentence: str, mark: int) -> bool:
    """Notice a scale read upside down, as in « 1 très bien »."""
    return bool((mark <= 2 and _PRAISE.search(sentence)) or (mark >= 4 and _BLAME.search(sentence)))
