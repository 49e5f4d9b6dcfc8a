"""Pages drawn by Typst: letters and sheets that a screen reader reads too.

They are drawn in a process apart (quality/typesetter.py): what Typst keeps of documents that differ grows
(437 MB after ten long reports), so that process is replaced after some of them.
"""

import atexit
import subprocess
import sys
from pathlib import Path
from threading import Lock

import msgspec

from quality import typesetter

DOCUMENTS = 25  # drawn by one process before another takes its place


class NotDrawn(RuntimeError):
    """A source that Typst refuses, with what it says: a fault of ours, never of a reader."""


class Typesetter:
    """The process that draws, for all threads of this one: started when needed, replaced in time."""

    def __init__(self, documents: int = DOCUMENTS) -> None:
        self._documents = documents
        self._turn = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._left = 0

    def draw(self, source: bytes, name: str, said: bytes) -> bytes:
        """Give the PDF; a process that died is replaced once."""
        with self._turn:
            try:
                return self._ask(source, name, said)
            except (BrokenPipeError, EOFError):
                self._end()
                return self._ask(source, name, said)

    def close(self) -> None:
        """End the process; the next document starts another."""
        with self._turn:
            self._end()

    def _ask(self, source: bytes, name: str, said: bytes) -> bytes:
        process = self._ready()
        if process.stdin is None or process.stdout is None:
            raise EOFError
        for part in (source, name.encode(), said):
            typesetter.write_frame(process.stdin, part)
        outcome, content = typesetter.read_frame(process.stdout), typesetter.read_frame(process.stdout)
        if outcome is None or content is None:
            raise EOFError
        self._left -= 1
        if self._left <= 0:
            self._end()
        if outcome != typesetter.DRAWN:
            raise NotDrawn(content.decode())
        return content

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._left = self._documents
            command = [sys.executable, "-I", typesetter.__file__]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


TYPESETTER = Typesetter()
atexit.register(TYPESETTER.close)


def drawn(source: Path, name: str, said: object) -> bytes:
    """Draw a PDF from a Typst source, which reads `said` as JSON under `name`.

    It is tagged (PDF/UA-1) and holds the same bytes for the same words. It waits for its turn:
    call it off the event loop.
    """
    return TYPESETTER.draw(source.read_bytes(), name, msgspec.json.encode(said))
