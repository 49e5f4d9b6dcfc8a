"""What the client of a closed complaint thinks of its handling: each component says what it knows."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from quality.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person said: who and how, then each question beside its answer."""

    title: str
    lines: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


# Called with a complaint that the actor may read; gives only what they may.
Source = Callable[[Actor, UUID], Awaitable[Sequence[Opinion]]]
SOURCES: list[Source] = []


def register(source: Source) -> None:
    """Let a component say what clients answered about the handling of their complaint."""
    if source not in SOURCES:
        SOURCES.append(source)


async def opinions(actor: Actor, complaint: UUID) -> tuple[Opinion, ...]:
    return tuple([each for source in SOURCES for each in await source(actor, complaint)])
