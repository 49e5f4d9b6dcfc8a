"""Pages drawn by Typst: letters and sheets that a screen reader reads too."""

from pathlib import Path

import msgspec
import typst


def drawn(source: Path, name: str, said: object) -> bytes:
    """Draw a PDF from a Typst source, which reads `said` as JSON under `name`.

    It is tagged (PDF/UA-1) and holds the same bytes for the same words.
    """
    made = typst.compile(
        source.read_bytes(),
        sys_inputs={name: msgspec.json.encode(said).decode()},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    if not isinstance(made, bytes):
        raise TypeError(made)
    return made
