"""Editions of the charter: data files read strictly, each fault with its line and what to do."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec

from charter.definition import Chapter, Counts, Criterion, Edition, Measured, Source
from charter.source import Found, SourceText, translated
from quality.errors import NotFound
from quality.measures import catalogue
from quality.measures.catalogue import Direction
from quality.measures.disclosure import Unit

FOLDER = Path(__file__).parent / "data" / "editions"


class EditionUnknown(NotFound):
    title = "Cette édition de la charte n’existe pas"


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
    return decode((FOLDER / f"{code}.yaml").read_bytes(), code)


def decode(raw: bytes, code: str) -> Edition:
    """Read the edition that `<code>.yaml` holds, or raise EditionRefused."""
    source = SourceText(f"{code}.yaml")
    document = source.read(raw)
    try:
        edition = msgspec.convert(document, Edition, strict=True)
    except msgspec.ValidationError as error:
        raise source.refusal([translated(str(error))]) from error
    faults = list(_faults(edition, code))
    if faults:
        raise source.refusal(faults)
    return edition


def count(criteria: Iterable[Criterion]) -> Counts:
    """Count criteria as an edition must declare them.

    >>> count(load("national-2012").criteria) == load("national-2012").counts
    True
    """
    criteria = tuple(criteria)
    compulsory = [criterion for criterion in criteria if criterion.compulsory]
    for_all = [criterion for criterion in compulsory if not criterion.applies_to]
    return Counts(criteria=len(criteria), compulsory=len(compulsory), compulsory_for_all=len(for_all))


def _faults(edition: Edition, code: str) -> Iterator[Found]:
    if edition.code != code:
        yield "$.code", f"le code « {edition.code} » n’est pas le nom du fichier : écrivez « {code} »"
    yield from _repeated("$.scale", edition.scale)
    yield from _repeated("$.evidence", [item.code for item in edition.evidence], ".code")
    yield from _misnumbered(edition)
    yield from _criteria_faults(edition)
    yield from _miscounted(edition)


def _repeated(place: str, codes: Iterable[str], field: str = "") -> Iterator[Found]:
    seen: set[str] = set()
    for rank, code in enumerate(codes):
        if code in seen:
            yield f"{place}[{rank}]{field}", f"« {code} » en double : gardez-en un"
        seen.add(code)


def _misnumbered(edition: Edition) -> Iterator[Found]:
    for rank, chapter in enumerate(edition.chapters):
        if chapter.number != rank + 1:
            place = f"$.chapters[{rank}].number"
            yield place, f"le chapitre {chapter.number} vient au rang {rank + 1} : numérotez de 1 en 1"


def _criteria_faults(edition: Edition) -> Iterator[Found]:
    proofs = {item.code for item in edition.evidence}
    seen: set[str] = set()
    for place, chapter, criterion in _placed(edition):
        if criterion.code in seen:
            yield f"{place}.code", f"critère « {criterion.code} » en double : donnez-lui un autre code"
        seen.add(criterion.code)
        if criterion.code.partition(".")[0] != str(chapter.number):
            yield (
                f"{place}.code",
                f"critère « {criterion.code} » rangé dans le chapitre {chapter.number} : déplacez-le",
            )
        yield from _repeated(f"{place}.evidence", criterion.evidence)
        yield from _repeated(f"{place}.applies_to", criterion.applies_to)
        yield from _dangling(f"{place}.evidence", criterion.evidence, proofs)
        if criterion.measured:
            yield from _measure_faults(f"{place}.measured", criterion.measured)


def _measure_faults(place: str, measured: Measured) -> Iterator[Found]:
    if measured.source is Source.COMPLAINTS:
        if measured.indicator is not None or measured.version is not None:
            yield place, "une mesure des réclamations n’a ni « indicator » ni « version » : retirez-les"
        return
    if measured.indicator is None or measured.version is None:
        yield place, "une mesure des réponses nomme « indicator » et « version » : ajoutez-les"
        return
    yield from _indicator_faults(place, measured.indicator, measured.version)


def _indicator_faults(place: str, code: str, version: int) -> Iterator[Found]:
    if code not in catalogue.CATALOGUE:
        known = ", ".join(sorted(catalogue.CATALOGUE))
        yield f"{place}.indicator", f"indicateur inconnu « {code} » : choisissez parmi {known}"
        return
    try:
        found = catalogue.indicator(code, version)
    except NotFound:
        yield f"{place}.version", f"l’indicateur {code} n’a pas de version {version} : corrigez-la"
        return
    if found.unit is not Unit.PERCENT or found.direction is not Direction.HIGHER:
        yield f"{place}.indicator", f"{code} n’est pas une part à dépasser : choisissez un autre indicateur"


def _placed(edition: Edition) -> Iterator[tuple[str, Chapter, Criterion]]:
    for rank, chapter in enumerate(edition.chapters):
        for row, criterion in enumerate(chapter.criteria):
            yield f"$.chapters[{rank}].criteria[{row}]", chapter, criterion


def _dangling(place: str, codes: Iterable[str], known: set[str]) -> Iterator[Found]:
    for rank, code in enumerate(codes):
        if code not in known:
            yield f"{place}[{rank}]", f"preuve inconnue « {code} » : décrivez-la dans la liste « evidence »"


def _miscounted(edition: Edition) -> Iterator[Found]:
    counted = count(edition.criteria)
    for field in Counts.__struct_fields__:
        declared, found = getattr(edition.counts, field), getattr(counted, field)
        if declared != found:
            yield f"$.counts.{field}", f"{declared} annoncés, {found} comptés : corrigez l’un ou l’autre"
