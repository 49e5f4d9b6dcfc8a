"""Documents recognised by what they hold, whatever their name says; what could act when opened is refused.

Nothing is unpacked: an archive is judged by its directory, and a few kilobytes of two of its entries.
"""

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from quality.errors import Refused
from quality.files import archives
from quality.french import french

PDF, PNG, JPEG, TEXT, CSV = "application/pdf", "image/png", "image/jpeg", "text/plain", "text/csv"
ODT = "application/vnd.oasis.opendocument.text"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDINGS: Mapping[str, frozenset[str]] = {
    PDF: frozenset({"pdf"}),
    PNG: frozenset({"png"}),
    JPEG: frozenset({"jpg", "jpeg"}),
    ODT: frozenset({"odt"}),
    DOCX: frozenset({"docx"}),
    XLSX: frozenset({"xlsx"}),
    TEXT: frozenset({"txt"}),
    CSV: frozenset({"csv"}),
}
MOST_ENTRIES, LARGEST_UNPACKED, MOST_TIMES = 2_000, 200 * 1024 * 1024, 200
SMALL = 1024 * 1024  # unpacked, an archive of less is no bomb whatever its ratio
FEW_BYTES = 64 * 1024
MACROS = (
    "vbaproject",
    "vbadata",
    "activex",
    "basic/",
    "scripts/",
    "xl/macrosheets",
    "embeddings/",
    "oleobject",
)
MARKUP = (b"<", b"%!")  # HTML, SVG, XML and PostScript begin so
KINDS = french("Envoyez un PDF, une image PNG ou JPEG, un ODT, un DOCX, un XLSX, un TXT ou un CSV.")
TOO_PACKED = french("Ce fichier est trop comprimé pour être ouvert sans risque.")
ACTIVE = french("Ce document contient des macros ou un objet incorporé : enregistrez-le sans, ou en PDF.")


class DocumentRefused(Refused):
    """A file that is not kept; the message says why and what to do."""

    title = french("Ce fichier ne peut pas être gardé")


@dataclass(frozen=True, slots=True)
class _Part:
    """How an office document is told from other archives, and where it says what it is."""

    media_type: str
    entry: str
    said_in: str


_OFFICE = (
    _Part(DOCX, "word/document.xml", "[Content_Types].xml"),
    _Part(XLSX, "xl/workbook.xml", "[Content_Types].xml"),
    _Part(ODT, "content.xml", "mimetype"),
)


def document_type(name: str, content: BinaryIO) -> str:
    r"""Give the media type of a document, or raise DocumentRefused.

    >>> import io
    >>> document_type("plan.pdf", io.BytesIO(b"%PDF-1.7 ..."))
    'application/pdf'
    >>> document_type("plan.pdf", io.BytesIO(b"<svg onload='alert(1)'/>"))
    Traceback (most recent call last):
    quality.files.documents.DocumentRefused: ...
    """
    found = _recognised(content)
    ending = name.rpartition(".")[2].lower()
    if found is TEXT and ending in ENDINGS[CSV]:
        found = CSV
    if ending not in ENDINGS[found]:
        raise DocumentRefused(french("Le nom du fichier ne dit pas ce qu’il contient : renommez-le."))
    content.seek(0)
    return found


def _recognised(content: BinaryIO) -> str:
    content.seek(0)
    start = content.read(FEW_BYTES)
    if not start:
        raise DocumentRefused(french("Ce fichier est vide."))
    for signature, check in _SIGNATURES.items():
        if start.startswith(signature):
            return check(content)
    return _text(content)


def _office(content: BinaryIO) -> str:
    try:
        with archives.opened(content) as archive:
            return _checked(archive)
    except archives.ListTooLong as error:
        raise DocumentRefused(TOO_PACKED) from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise DocumentRefused(french("Ce fichier est abîmé : enregistrez-le à nouveau.")) from error


def _checked(archive: zipfile.ZipFile) -> str:
    entries = archive.infolist()
    names = {each.filename for each in entries}
    _refuse_bomb(entries)
    if any(sign in each.lower() for each in names for sign in MACROS):
        message = french(
            "Ce document contient des macros ou un objet incorporé : enregistrez-le sans, ou en PDF."
        )
        raise DocumentRefused(message)
    for part in _OFFICE:
        if {part.entry, part.said_in} <= names:
            _refuse_disguise(archive, part)
            return part.media_type
    raise DocumentRefused(KINDS)


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(each.file_size for each in entries)
    packed = sum(each.compress_size for each in entries)
    is_bomb = unpacked > LARGEST_UNPACKED or (unpacked > SMALL and unpacked > MOST_TIMES * max(packed, 1))
    if is_bomb or len(entries) > MOST_ENTRIES:
        raise DocumentRefused(TOO_PACKED)


def _refuse_disguise(archive: zipfile.ZipFile, part: _Part) -> None:
    """Refuse a document that says itself that it holds macros, or that it is something else."""
    with archive.open(part.said_in) as entry:
        said = entry.read(FEW_BYTES).decode("utf-8", "replace")
    if "macroenabled" in said.lower():
        message = french(
            "Ce document contient des macros ou un objet incorporé : enregistrez-le sans, ou en PDF."
        )
        raise DocumentRefused(message)
    if part.media_type == ODT and said.strip() != ODT:
        raise DocumentRefused(KINDS)


def _text(content: BinaryIO) -> str:
    content.seek(0)
    is_first = True
    while block := content.read(FEW_BYTES):
        if is_first and block.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(MARKUP):
            raise DocumentRefused(KINDS)
        if any(byte < 32 and byte not in b"\t\n\r\f" for byte in set(block)):
            raise DocumentRefused(KINDS)
        is_first = False
    return TEXT


_SIGNATURES: Mapping[bytes, Callable[[BinaryIO], str]] = {
    b"%PDF-": lambda _: PDF,
    b"\x89PNG\r\n\x1a\n": lambda _: PNG,
    b"\xff\xd8\xff": lambda _: JPEG,
    b"PK\x03\x04": _office,
}
