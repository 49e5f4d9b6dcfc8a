"""One thing found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found, what tells it from others, and its page ("" when it has none for the reader)."""

    title: str
    detail: str
    href: str
