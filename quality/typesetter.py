"""The process that draws pages: it reads what to draw on its input and writes PDF on its output, one by one.

It imports nothing else of the house, so that a new one is there in a moment, and ends when its input does.
"""

import struct
import sys
from typing import IO

import typst

LENGTH = struct.Struct(">Q")
DRAWN, REFUSED = b"1", b"0"


def read_frame(source: IO[bytes]) -> bytes | None:
    """Read one message: its length in eight bytes, then itself; None at the end."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    size = LENGTH.unpack(head)[0]
    content = source.read(size)
    return content if len(content) == size else None


def write_frame(target: IO[bytes], content: bytes) -> None:
    target.write(LENGTH.pack(len(content)))
    target.write(content)
    target.flush()


def compiled(source: bytes, name: str, said: str) -> bytes:
    """Draw a PDF (PDF/UA-1) from a Typst source that reads `said` as JSON under `name`."""
    made = typst.compile(
        source, sys_inputs={name: said}, ignore_system_fonts=True, pdf_standards=["ua-1"], timestamp=0
    )
    if not isinstance(made, bytes):
        raise TypeError(made)
    return made


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Draw each document that is asked: its source, the name of its words, and its words."""
    while (source := read_frame(requests)) is not None:
        name, said = read_frame(requests) or b"", read_frame(requests) or b""
        try:
            outcome, content = DRAWN, compiled(source, name.decode(), said.decode())
        except (RuntimeError, TypeError) as error:
            outcome, content = REFUSED, str(error).encode()
        write_frame(replies, outcome)
        write_frame(replies, content)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
