"""The stage on which the story is told: what each component finds at each of its moments."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from quality.app import House
from quality.demo.clockwork import travel
from quality.demo.moments import Moment
from quality.demo.people import Client
from quality.demo.providers import SEED, Provider

BEFORE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Stage:
    """The present moment of the story, the people in it, and what a component keeps until the next one.

    `providers` are all of them; `clients` are those of the providers whose last days go through the real
    verbs. Both are found by the ids of their rows. `grievances` are the story's complaints (complaints.py).
    """

    house: House
    platform: UUID
    start: datetime
    moment: Moment
    providers: dict[UUID, Provider] = field(default_factory=dict)
    clients: dict[UUID, Client] = field(default_factory=dict)
    grievances: list[Any] = field(default_factory=list)
    told_until: datetime = BEFORE
    kept: dict[str, Any] = field(default_factory=dict)

    def travel(self, moment: Moment) -> None:
        """Bring this process's clock to a moment; the stored one is set when the story ends."""
        self.moment = moment
        travel(moment.at)

    def travel_to(self, at: datetime) -> None:
        """Bring this process's clock to an instant before the present moment."""
        travel(at)


def chance(*words: object) -> Random:
    """Return the same draws for the same words at every run, whatever was drawn before.

    >>> chance("Mme Martin").random() == chance("Mme Martin").random()
    True
    """
    return Random("|".join((SEED, *_texts(words))))  # noqa: S311 - a story, not a secret


def _texts(words: Iterable[object]) -> list[str]:
    return [str(word) for word in words]
