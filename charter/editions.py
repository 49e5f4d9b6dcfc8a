"""Editions of the charter: data files read strictly, each fault with its line and what to do."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from charter.checking.structure import faults
from charter.definition import Edition
from charter.source import SourceText, translated
from quality.errors import NotFound
from quality.french import french

FOLDER = Path(__file__).parent / "data" / "editions"


class EditionUnknown(NotFound):
    title = french("Cette édition de la charte n’existe pas")


def editions() -> tuple[str, ...]:
    """List the codes of the editions at hand.

    >>> "national-2012" in editions()
    True
    """
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def load(code: str) -> Edition:
    """Return the edition of this code, read and checked once.

    >>> load("national-2012").counts.criteria
    45
    """
    if code not in editions():
        raise EditionUnknown
    return decode(content(code), code)


def content(code: str) -> bytes:
    """Return the file of an edition at hand, as it is published."""
    return (FOLDER / f"{code}.yaml").read_bytes()


def decode(raw: bytes, code: str, others: Mapping[str, Edition] | None = None) -> Edition:
    """Read the edition that `<code>.yaml` holds, beside those at hand, or raise EditionRefused."""
    source = SourceText(f"{code}.yaml")
    edition = _shaped(source, raw)
    found = list(faults(edition, code, _others(code) if others is None else others))
    if found:
        raise source.refusal(found)
    return edition


def _shaped(source: SourceText, raw: bytes) -> Edition:
    document = source.read(raw)
    try:
        return msgspec.convert(document, Edition, strict=True)
    except msgspec.ValidationError as error:
        raise source.refusal([translated(str(error))]) from error


def _others(code: str) -> Mapping[str, Edition]:
    """Read the other editions at hand without crossing them, so that two may name each other."""
    return {each: _read(FOLDER / f"{each}.yaml") for each in editions() if each != code}


@cache
def _read(path: Path) -> Edition:
    return _shaped(SourceText(path.name), path.read_bytes())
