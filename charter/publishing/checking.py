"""A file of an edition checked: what is wrong with it, where, and what to do (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from charter.definition import Edition
from charter.editions import decode
from charter.source import EditionRefused, Fault

LARGEST = 1024 * 1024  # bytes: 300 criteria take some 200,000


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file holds: an edition, or its faults."""

    name: str
    edition: Edition | None
    faults: tuple[Fault, ...] = ()


def checked(name: str, raw: bytes, published: Mapping[str, Edition]) -> Checked:
    """Check the file of this name beside the editions that are published, by code; nothing is written.

    >>> from charter.editions import FOLDER, load
    >>> raw = (FOLDER / "national-2012.yaml").read_bytes()
    >>> checked("national-2012.yaml", raw, {"national-2012": load("national-2012")}).faults
    ()
    """
    code = PurePath(name).name.removesuffix(".yaml").removesuffix(".yml")
    if not _is_utf8(raw):
        message = "ce fichier n’est pas en UTF-8\u202f: enregistrez-le avec ce codage"
        return Checked(f"{code}.yaml", None, (Fault(1, "$", message),))
    try:
        edition = decode(raw, code)
    except EditionRefused as refusal:
        return Checked(refusal.name, None, refusal.faults)
    fault = _rewritten(edition, published.get(code), raw)
    return Checked(f"{code}.yaml", None if fault else edition, (fault,) if fault else ())


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _rewritten(edition: Edition, known: Edition | None, raw: bytes) -> Fault | None:
    """Refuse what would change a version that is published: what was answered and issued names it."""
    if known is None or edition == known or edition.version > known.version:
        return None
    message = (
        f"la version {edition.version} est publiée et ne change plus : "
        f"écrivez « version: {known.version + 1} » pour la nouvelle"
    )
    lines = raw.decode().splitlines()
    line = next((rank for rank, each in enumerate(lines, start=1) if each.startswith("version")), 1)
    return Fault(line, "$.version", message)
