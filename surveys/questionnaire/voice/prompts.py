"""What the voice says: who calls and for how long, then each question with the words before the key.

Contact.md, section 4 asks for at most four closed questions and two minutes, and for the way to refuse within
twelve seconds. Lengths are estimated: see `seconds`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product
from math import ceil

import msgspec

from surveys.questionnaire.definition import Item, Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.wording import Asked, asked

# French read to be understood by everybody: 150 words a minute, of 4.7 letters and a space.
LETTERS_A_SECOND = 14
FINDING_THE_KEY = 3  # seconds, at each question
LONGEST_CALL, LATEST_REFUSAL = 120, 12  # seconds
HASH = "#"
PEOPLE = tuple(product(("prestataire", "mandataire", "mise_a_disposition"), ("client", "relative")))


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words said in one language."""

    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is said to one person about one visit."""

    questionnaire: Questionnaire
    facts: Facts
    platform: str
    language: str = "fr"

    @property
    def tongue(self) -> str:
        """Give the language of what is said around the questions."""
        return self.language if self.language in self.questionnaire.languages else "fr"

    def asked(self, item: Item) -> Asked:
        return asked(
            item,
            self.facts,
            channel="voice",
            language=self.language,
            fallback=self.questionnaire.languages,
        )


@cache
def _words() -> dict[str, dict[str, str]]:
    text = resources.files(__package__).joinpath("words.yaml").read_text("utf-8")
    return msgspec.yaml.decode(text, type=dict[str, dict[str, str]])


def phrase(name: str, language: str, **facts: str) -> Spoken:
    """Say one of the sentences that stand around the questions."""
    return Spoken(language, _words()[language][name].format_map(facts))


def opening(script: Script) -> tuple[Spoken, ...]:
    """Say who calls, why, for how long and how to refuse; never of which provider: a machine may listen."""
    tongue = script.tongue
    length = phrase("one_minute" if minutes(script) < 2 else "two_minutes", tongue).text
    begun = phrase("opening", tongue, platform=script.platform, length=length)
    return (begun, phrase("refuse", tongue), phrase("begin", tongue))


def trust(script: Script) -> tuple[Spoken, ...]:
    """Say who gave the number, to whoever began."""
    return (phrase("trust", script.tongue, organisme=script.facts.organisation),)


def help_(script: Script) -> tuple[Spoken, ...]:
    return (phrase("help", script.tongue),)


def question(script: Script, item: Item) -> tuple[Spoken, ...]:
    """Say a question, then each answer before its key."""
    words = script.asked(item)
    answers = (
        phrase("choice", words.language, words=each.words, key=_key(each.digit, words.language))
        for each in words.options
        if each.digit
    )
    texts = [Spoken(words.language, text) for text in (words.label, words.hint) if text]
    return (*texts, *answers)


def confirmation(script: Script, item: Item, value: str) -> tuple[Spoken, ...]:
    """Say a low mark again, so that a slip of the finger does not count."""
    words = script.asked(item)
    said = next(each.words for each in words.options if each.value == value)
    return (phrase("confirm", words.language, words=said),)


def _key(digit: str, language: str) -> str:
    return phrase("hash", language).text if digit == HASH else digit


def seconds(parts: Iterable[Spoken]) -> float:
    """Estimate how long words take to be said.

    >>> seconds([Spoken("fr", "a" * 28)])
    2.0
    """
    return sum(len(part.text) for part in parts) / LETTERS_A_SECOND


def lengths(script: Script) -> list[tuple[Item, float]]:
    """Estimate how long the call has lasted at the end of each question, when all are asked."""
    tongue = script.tongue
    opened = phrase("opening", tongue, platform=script.platform, length=phrase("two_minutes", tongue).text)
    begun = (opened, phrase("refuse", tongue), phrase("begin", tongue), *trust(script), *help_(script))
    at, found = seconds(begun) + FINDING_THE_KEY, []
    for item in script.questionnaire.asked_on("voice"):
        at += seconds(question(script, item)) + FINDING_THE_KEY
        found.append((item, at))
    return found


def minutes(script: Script) -> int:
    """Estimate the minutes of a call in which all is asked, begun ones counted."""
    lasted = [at for _, at in lengths(script)]
    return ceil((lasted[-1] if lasted else 0) / 60)
