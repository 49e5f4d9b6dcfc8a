"""One walk through a questionnaire by any channel, to be the same by all.

A driver is one channel: it says which question it asks now and takes an answer in the channel's own way, by a
click, a digit, a key or a text. `walk` answers what it asks; `expected` says what should have been asked and
stored, worked out by the oracle. To try a channel, write its driver and add it to those of test_walking.py.
"""

from collections.abc import Mapping
from typing import Protocol

from surveys.questionnaire import coding
from surveys.questionnaire.definition import Item, Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import parse
from surveys.questionnaire.paths import next_item
from tests.surveys.questionnaire import oracle

Answers = dict[str, object]


class Driver(Protocol):
    """One person on one channel; `stored` is what the channel stored of what they did."""

    channel: str
    stored: Answers

    def begin(self, questionnaire: Questionnaire, facts: Facts) -> None: ...

    def asked(self) -> str | None:
        """Name the question that is asked now, None at the end."""

    def give(self, answer: object) -> None:
        """Do what gives this answer on the channel: the value that should come to be stored."""


def walk(
    driver: Driver, questionnaire: Questionnaire, facts: Facts, wanted: Mapping[str, object]
) -> tuple[list[str], Answers]:
    """Answer all that a channel asks; give what was asked, in order, and what was stored."""
    driver.begin(questionnaire, facts)
    asked: list[str] = []
    while (alias := driver.asked()) is not None:
        assert alias not in asked, f"{alias} is asked twice"
        asked.append(alias)
        driver.give(wanted[alias])
    return asked, driver.stored


def expected(
    questionnaire: Questionnaire, facts: Facts, wanted: Mapping[str, object], channel: str
) -> tuple[list[str], Answers]:
    """Say what a walk should ask and store."""
    said: Answers = {}
    while True:
        left = [a for a in oracle.path(questionnaire, said, facts, channel) if a not in said]
        if not left:
            return list(said), said
        said[left[0]] = wanted[left[0]]


class PlainDriver:
    """A channel as its pure parts alone: the path, the table of digits, the reading of what is posted."""

    def __init__(self, channel: str) -> None:
        self.channel = channel
        self.stored: Answers = {}

    def begin(self, questionnaire: Questionnaire, facts: Facts) -> None:
        self._questionnaire, self._facts, self.stored = questionnaire, facts, {}

    def asked(self) -> str | None:
        item = self._next()
        return item.alias if item else None

    def give(self, answer: object) -> None:
        item = self._next()
        assert item is not None
        digit = digit_of(item, answer, self.channel)
        value = coding.by_digit(item, digit, self.channel) if digit else posted(answer)
        assert value is not None
        self.stored[item.alias] = parse(item, value)

    def _next(self) -> Item | None:
        return next_item(self._questionnaire, self.stored, self._facts, self.channel)


def digit_of(item: Item, answer: object, channel: str) -> str:
    """Give the digit that stands for an answer on a channel, empty where there is none."""
    found = {option.value: option.digit for option in coding.options(item, channel)}
    return found.get(str(answer), "")


def posted(answer: object) -> str | list[str]:
    """Give an answer as a form posts it."""
    return [str(each) for each in answer] if isinstance(answer, list) else str(answer)
