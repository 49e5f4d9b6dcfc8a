"""Lines in chunks: each is read and checked in a thread while the one before is being used."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from quality.directory.intake.checking import Checker
from quality.directory.intake.line import Line, digest
from quality.directory.intake.reading import Row
from quality.directory.intake.refusals import LineError

CHUNK_LINES = 5_000
Reject = Callable[[Row, Sequence[LineError]], None]


class Good(msgspec.Struct, frozen=True, gc=False):
    """A line that was understood, with the row it comes from."""

    row: Row
    line: Line
    digest: bytes


@dataclass(slots=True)
class Chunk:
    """Some lines of a file, the good ones and the refused ones, by number."""

    good: dict[int, Good] = field(default_factory=dict)
    refused: dict[int, tuple[Row, Sequence[LineError]]] = field(default_factory=dict)

    def refuse(self, line: int, *errors: LineError) -> None:
        """Set aside a line that was good until now."""
        self.refused[line] = (self.good.pop(line).row, errors)


def chunks_of(rows: Iterator[Row], checker: Checker, key: bytes) -> Iterator[Chunk]:
    while taken := list(islice(rows, CHUNK_LINES)):
        chunk = Chunk()
        for row in taken:
            outcome = checker.check(row)
            if isinstance(outcome, Line):
                chunk.good[row.line] = Good(row, outcome, digest(outcome, key))
            else:
                chunk.refused[row.line] = (row, outcome)
        yield chunk


async def ahead(chunks: Iterator[Chunk]) -> AsyncGenerator[Chunk, None]:
    """Yield chunks, the next one being prepared meanwhile."""
    pending = asyncio.create_task(asyncio.to_thread(next, chunks, None))
    try:
        while (chunk := await pending) is not None:
            pending = asyncio.create_task(asyncio.to_thread(next, chunks, None))
            yield chunk
    finally:
        # A thread cannot be stopped: the file stays open until it is done with it.
        await asyncio.gather(pending, return_exceptions=True)
