"""How far a provider of a campaign is (pure)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from charter.definition import Edition


class Stage(StrEnum):
    """Where a provider stands: nothing answered, something, or submitted."""

    TO_DO = "todo"
    ONGOING = "ongoing"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Progress:
    """A stage, and how many of the `chapters` that are asked are wholly answered."""

    stage: Stage
    done: int
    chapters: int


def progress(asked: Edition, answered: Collection[str], *, is_sent: bool) -> Progress:
    """Say how far a provider is, from the codes that it answered; what was submitted is done.

    >>> from charter.editions import load
    >>> edition = load("national-2012")
    >>> first = [code for each in edition.chapters[0].criteria for code in each.asked]
    >>> progress(edition, first[1:], is_sent=False)
    Progress(stage=<Stage.ONGOING: 'ongoing'>, done=0, chapters=6)
    >>> progress(edition, first, is_sent=False).done, progress(edition, [], is_sent=True).done
    (1, 6)
    """
    chapters = len(asked.chapters)
    if is_sent:
        return Progress(Stage.SENT, chapters, chapters)
    found = set(answered)
    if not found:
        return Progress(Stage.TO_DO, 0, chapters)
    done = sum(
        all(code in found for each in chapter.criteria for code in each.asked) for chapter in asked.chapters
    )
    return Progress(Stage.ONGOING, done, chapters)
