"""Editions of the charter: data files read strictly, and all that a platform has of them, by version.

What ships is in `data/editions`: `<code>.yaml`, and the versions before it as `<code>.<version>.yaml`. What a
platform publishes itself is read from its table (charter/library.py) into the same `Library`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import msgspec

from charter.checking.structure import faults
from charter.crossing import Place, groups
from charter.definition import Edition
from charter.source import SourceText, translated
from quality.errors import NotFound
from quality.french import french

FOLDER = Path(__file__).parent / "data" / "editions"
LONGEST_NUMBER = 4  # digits of a version


class EditionUnknown(NotFound):
    title = french("Cette édition de la charte n’existe pas")


@dataclass(frozen=True)
class Library:
    """The editions that a platform has, each version of each: what ships, and its own.

    `own` holds the codes of its own; no new run may follow what is `withdrawn`, nor what is `coming`, dated
    from a later day: (code, version) each. An edition is named by its code, and by `code.version` where there
    are several.
    """

    every: tuple[Edition, ...]
    own: frozenset[str] = frozenset()
    withdrawn: frozenset[tuple[str, int]] = frozenset()
    coming: frozenset[tuple[str, int]] = frozenset()

    @cached_property
    def _by_version(self) -> Mapping[tuple[str, int], Edition]:
        return {(each.code, each.version): each for each in self.every}

    @cached_property
    def offered(self) -> tuple[Edition, ...]:
        """List what a new run may follow: of each code, the newest version that is open."""
        newest = {each.code: each for each in self.every if not self.is_closed(each)}
        return tuple(newest.values())

    @cached_property
    def groups(self) -> Mapping[Place, frozenset[Place]]:
        """Give for each criterion those that ask the same thing (charter/crossing.py)."""
        return groups(self.every)

    def is_closed(self, edition: Edition) -> bool:
        return (edition.code, edition.version) in self.withdrawn | self.coming

    def find(self, code: str, version: int) -> Edition:
        """Find what a row names, or answer 404."""
        found = self._by_version.get((code, version))
        if found is None:
            raise EditionUnknown
        return found

    def current(self, code: str) -> Edition:
        """Find the version of a code that is offered, else the newest, or answer 404."""
        found = [each for each in self.every if each.code == code]
        if not found:
            raise EditionUnknown
        return next((each for each in self.offered if each.code == code), found[-1])

    def called(self, name: str) -> Edition:
        """Find what `code` (its current version) or `code.version` names, or answer 404.

        >>> shipped().called("national-2012") is shipped().called("national-2012.1")
        True
        """
        code, version = reference(name)
        return self.find(code, version) if version else self.current(code)

    def name(self, edition: Edition) -> str:
        """Name an edition as addresses and forms do.

        >>> shipped().name(load("national-2012"))
        'national-2012'
        """
        return edition.code if self.is_alone(edition) else edition.reference

    def is_alone(self, edition: Edition) -> bool:
        """Say whether an edition has one version only, so that its code names it."""
        return sum(each.code == edition.code for each in self.every) == 1


def reference(name: str) -> tuple[str, int]:
    """Split the name of an edition into its code and its version, 0 when it names none; 404 otherwise.

    >>> reference("national-2012.2"), reference("national-2012")
    (('national-2012', 2), ('national-2012', 0))
    """
    code, dot, version = name.partition(".")
    if not dot:
        return code, 0
    if not (version.isascii() and version.isdigit() and len(version) <= LONGEST_NUMBER and int(version)):
        raise EditionUnknown
    return code, int(version)


def joined(
    base: Iterable[Edition],
    own: Iterable[Edition] = (),
    withdrawn: Iterable[tuple[str, int]] = (),
    coming: Iterable[tuple[str, int]] = (),
) -> Library:
    """Put a platform's own editions beside those that ship (`base`); a code of its own hides theirs."""
    kept = tuple(own)
    codes = frozenset(each.code for each in kept)
    beside = (each for each in base if each.code not in codes)
    every = sorted((*kept, *beside), key=lambda each: (each.code, each.version))
    return Library(tuple(every), codes, frozenset(withdrawn), frozenset(coming))


def editions() -> tuple[str, ...]:
    """List the codes of the editions that ship.

    >>> "national-2012" in editions()
    True
    """
    return tuple(sorted({reference(path.stem)[0] for path in FOLDER.glob("*.yaml")}))


@cache
def shipped() -> Library:
    """Give what every platform has: each version that ships."""
    return joined(load(code, version) for code, version in _files(FOLDER))


@cache
def load(code: str, version: int = 0) -> Edition:
    """Return an edition that ships, read and checked once: this version, or the newest.

    >>> load("national-2012").counts.criteria
    45
    """
    path = _path(code, version)
    return decode(path.read_bytes(), path.stem)


def content(code: str, version: int = 0) -> bytes:
    """Return the file of an edition that ships, as it is published."""
    return _path(code, version).read_bytes()


def _path(code: str, version: int) -> Path:
    versions = [each for each in _files(FOLDER) if each[0] == code]
    wanted = (code, version) if version else max(versions, default=(code, 0))
    if wanted not in _files(FOLDER):
        raise EditionUnknown
    return _files(FOLDER)[wanted]


@cache
def _files(folder: Path) -> Mapping[tuple[str, int], Path]:
    """Find the file of each version that ships."""
    found = ((read(path), path) for path in folder.glob("*.yaml"))
    return {(edition.code, edition.version): path for edition, path in found}


def decode(raw: bytes, name: str, others: Iterable[Edition] | None = None) -> Edition:
    """Read the edition that `<name>.yaml` holds, beside those that ship, or raise EditionRefused."""
    source = SourceText(f"{name}.yaml")
    edition = shaped(raw, source)
    every = map(read, _files(FOLDER).values()) if others is None else others
    beside = [each for each in every if each.reference != edition.reference]
    found = list(faults(edition, name, beside))
    if found:
        raise source.refusal(found)
    return edition


def shaped(raw: bytes, source: SourceText) -> Edition:
    """Read an edition without comparing what it says with anything."""
    document = source.read(raw)
    try:
        return msgspec.convert(document, Edition, strict=True)
    except msgspec.ValidationError as error:
        raise source.refusal([translated(str(error))]) from error


@cache
def read(path: Path) -> Edition:
    """Read a file that ships without crossing it with others, so that two may name each other."""
    return shaped(path.read_bytes(), SourceText(path.name))
