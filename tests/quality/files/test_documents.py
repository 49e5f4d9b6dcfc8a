"""Documents: told by what they hold, and refused when opening them could do something."""

import io
import tracemalloc
import zipfile
from contextlib import suppress

import pytest

from quality.files.documents import CSV, DOCX, JPEG, ODT, PDF, PNG, TEXT, XLSX, DocumentRefused, document_type
from quality.files.names import clean_name
from tests.quality.files.test_archives import naming


def packed(entries: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in entries.items():
            archive.writestr(name, held)
    return content.getvalue()


TYPES = b"<Types></Types>"
WORD = {"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>"}
SHEET = {"[Content_Types].xml": TYPES, "xl/workbook.xml": b"<x/>"}
OPEN = {"mimetype": ODT.encode(), "content.xml": b"<o/>"}
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", b"%PDF-1.7\n", PDF),
        ("a.PNG", b"\x89PNG\r\n\x1a\n\x00", PNG),
        ("a.jpeg", b"\xff\xd8\xff\xe0\x00", JPEG),
        ("a.docx", packed(WORD), DOCX),
        ("a.xlsx", packed(SHEET), XLSX),
        ("a.odt", packed(OPEN), ODT),
        ("a.txt", "Relevé d’appels".encode("cp1252"), TEXT),
        ("a.csv", b"\xef\xbb\xbfnom;note\n", CSV),
    ],
)
def test_a_document_is_told_by_what_it_holds(name: str, content: bytes, media_type: str) -> None:
    assert document_type(name, io.BytesIO(content)) == media_type


BOMB = packed({**WORD, "word/media/a.bin": b"\0" * 30_000_000})
HOSTILE: dict[str, tuple[str, bytes]] = {
    "nothing": ("a.pdf", b""),
    "a program": ("a.exe", b"MZ\x90\x00"),
    "a program named pdf": ("a.pdf", b"MZ\x90\x00"),
    "a page named pdf": ("a.pdf", b"<html><script>alert(1)</script>"),
    "a page named txt": ("a.txt", b"\n  <script>alert(1)</script>"),
    "a drawing with a script": ("a.svg", SVG),
    "a drawing named png": ("a.png", SVG),
    "a drawing named txt, after a mark": ("a.txt", b"\xef\xbb\xbf " + SVG),
    "a pdf named html": ("a.html", b"%PDF-1.7"),
    "a text with a null": ("a.txt", b"abc\x00"),
    "a text with a null far away": ("a.txt", b"a" * 200_000 + b"\x00"),
    "an old word file": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    "an archive": ("a.zip", packed({"a.txt": b"a"})),
    "an archive named docx": ("a.docx", packed({"a.txt": b"a"})),
    "macros": ("a.docx", packed({**WORD, "word/vbaProject.bin": b"x"})),
    "macros, said in its types": (
        "a.docx",
        packed({**WORD, "[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml"}),
    ),
    "macros of an open document": ("a.odt", packed({**OPEN, "Basic/Standard/script.xml": b"x"})),
    "macros of an old sheet": ("a.xlsx", packed({**SHEET, "xl/macrosheets/sheet1.xml": b"x"})),
    "an embedded object": ("a.docx", packed({**WORD, "word/embeddings/oleObject1.bin": b"x"})),
    "a bomb": ("a.docx", BOMB),
    "a thousand entries and more": ("a.docx", packed({**WORD, **{f"w/{n}": b"" for n in range(2_001)}})),
    "a hundred thousand entries": ("a.docx", naming(100_000)),
    "another open document": (
        "a.odt",
        packed({**OPEN, "mimetype": b"application/vnd.oasis.opendocument.base"}),
    ),
    "half of an archive": ("a.docx", packed(WORD)[:60]),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_could_act_or_is_something_else_is_refused(what: str) -> None:
    name, content = HOSTILE[what]
    with pytest.raises(DocumentRefused):
        document_type(name, io.BytesIO(content))


def test_a_bomb_that_lies_about_its_size_is_never_unpacked() -> None:
    content = bytearray(packed({**WORD, "[Content_Types].xml": b" " * 20_000_000}))
    central = content.rindex(b"PK\x01\x02", 0, content.rindex(b"PK\x01\x02"))
    content[central + 24 : central + 28] = (100).to_bytes(4, "little")
    tracemalloc.start()
    with suppress(DocumentRefused):
        document_type("a.docx", io.BytesIO(bytes(content)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\plan.pdf", "plan.pdf"),
        ("..\\..\\a.pdf", "a.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ("/", ""),
        ("....", ""),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_a_name_loses_its_path_and_what_a_header_would_read(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept
