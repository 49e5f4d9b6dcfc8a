"""A file of an edition checked: what is wrong with it, where, and what to do (pure)."""

from dataclasses import dataclass
from pathlib import PurePath

from charter.definition import Edition
from charter.editions import Library, decode
from charter.source import EditionRefused, Fault, Found, at
from quality.french import french

LARGEST = 1024 * 1024  # bytes: 300 criteria take some 200,000
NOT_UTF8 = french("ce fichier n’est pas en UTF-8 : enregistrez-le avec ce codage")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file holds: an edition, published already or not, or its faults."""

    name: str
    edition: Edition | None
    faults: tuple[Fault, ...] = ()
    is_published: bool = False


def checked(name: str, raw: bytes, known: Library) -> Checked:
    """Check the file of this name beside the editions that are published; nothing is written.

    >>> from charter.editions import content, shipped
    >>> found = checked("national-2012.yaml", content("national-2012"), shipped())
    >>> found.faults, found.is_published
    ((), True)
    """
    stem = PurePath(name).name.removesuffix(".yaml").removesuffix(".yml")
    if not _is_utf8(raw):
        return Checked(f"{stem}.yaml", None, (Fault(1, "$", NOT_UTF8),))
    try:
        edition = decode(raw, stem, known.every)
    except EditionRefused as refusal:
        return Checked(refusal.name, None, refusal.faults)
    if edition in known.every:
        return Checked(f"{stem}.yaml", edition, is_published=True)
    found = _refused(edition, known)
    if found is None:
        return Checked(f"{stem}.yaml", edition)
    fault = Fault(_line(raw, found.place.removeprefix("$.")), *found)
    return Checked(f"{stem}.yaml", None, (fault,))


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refused(edition: Edition, known: Library) -> Found | None:
    """Refuse what would change a published version: what was answered and issued names it.

    The code of an edition that ships stays its own: it names the same text for every platform, and its next
    version is not ours to number.
    """
    versions = [each.version for each in known.every if each.code == edition.code]
    if not versions:
        return None
    if edition.code not in known.own:
        sentence = french(
            "« {code} » est une édition fournie avec le logiciel : "
            "donnez un autre code à la vôtre, et à son fichier"
        )
        return at("$.code", sentence, code=edition.code)
    if edition.version > max(versions):
        return None
    sentence = french(
        "la version {version} est publiée et ne change plus : écrivez « {yaml} » pour la nouvelle"
    )
    return at("$.version", sentence, version=edition.version, yaml=f"version: {max(versions) + 1}")


def _line(raw: bytes, field: str) -> int:
    """Find the line of a field at the root of a file; a file may begin with what is not a letter."""
    lines = raw.decode("utf-8-sig", errors="replace").splitlines()
    return next((rank for rank, each in enumerate(lines, start=1) if each.startswith(field)), 1)
