"""The question that a message asks, in the questionnaire's words: its label, the answers offered (pure)."""

from dataclasses import dataclass
from typing import NamedTuple

from surveys.questionnaire import coding
from surveys.questionnaire.coding import OUTSIDE
from surveys.questionnaire.days import weekday
from surveys.questionnaire.definition import Item, Kind, Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.paths import path
from surveys.questionnaire.wording import Said, asked
from surveys.respond.dialogue import MOTIVE, SMS, spoken

# Messages about what followed a low mark; all others ask the first question.
OF_MOTIVE = frozenset({"low_mark", "motive_again"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortFacts(Facts):
    """A visit as an SMS names it: by the day of the week alone."""

    def piped(self, language: str) -> dict[str, str]:
        return {**Facts.piped(self, language), "jour": weekday(self.day, language)}


class Link(NamedTuple):
    """An answer that a link pre-checks."""

    query: str
    words: str


class Question(NamedTuple):
    """What a message says of its question: `notes` lists the digits, `links` the answers to choose from."""

    words: str
    notes: str
    links: tuple[Link, ...]


def first_of(questionnaire: Questionnaire, facts: Facts, channel: str) -> Item:
    """Give the question that a first message asks; where the channel asks none, that of the web."""
    whole = spoken(questionnaire) if channel == SMS else questionnaire
    return next(iter(path(whole, {}, facts, channel)), questionnaire.items[0])


def item_of(template: str, questionnaire: Questionnaire, facts: Facts, channel: str) -> Item:
    """Give the question of a sample message."""
    if template not in OF_MOTIVE:
        return first_of(questionnaire, facts, channel)
    return next(iter(spoken(questionnaire).asked_on(SMS)[1:]), MOTIVE)


def question(item: Item, facts: Facts, channel: str, language: str) -> Question:
    """Word a question for a channel; a sentence's own full stop is left to the message.

    >>> from datetime import date
    >>> from surveys.questionnaire.reading import library
    >>> facts = ShortFacts(organisation="Aide 34", day=date(2026, 11, 23))
    >>> question(library("default").items[0], facts, "sms", "fr")[:2]
    ('visite Aide 34 lundi', 'de 1 (très mal) à 5 (très bien)')
    >>> question(library("default").item("conseil"), facts, "email", "fr").links[0]
    Link(query='reponse=yes', words='Oui')
    """
    found = asked(item, facts, channel=channel, language=language)
    offered = [each for each in found.options if each.value not in OUTSIDE]
    return Question(
        found.label.rstrip(". "),
        _notes(item, offered, found.language),
        tuple(_link(item, each) for each in offered),
    )


def _link(item: Item, said: Said) -> Link:
    if item.kind is Kind.RATING:
        return Link(f"note={said.value}", f"{said.value} {said.words}")
    return Link(f"reponse={said.value}", said.words)


def _notes(item: Item, offered: list[Said], language: str) -> str:
    """List the digits and what they mean: the two ends of a scale, all of the others."""
    digits = [(each.digit, each.words[:1].lower() + each.words[1:]) for each in offered if each.digit]
    if not digits:
        return ""
    if item.kind in coding.NUMBERED:
        (low, worst), (high, best) = digits[0], digits[-1]
        return (
            f"{low} ({worst}) to {high} ({best})"
            if language == "en"
            else f"de {low} ({worst}) à {high} ({best})"
        )
    if item.kind is Kind.YES_NO:
        return (" or " if language == "en" else " ou ").join(f"{digit} ({words})" for digit, words in digits)
    return ", ".join(f"{digit} {words}" for digit, words in digits)
