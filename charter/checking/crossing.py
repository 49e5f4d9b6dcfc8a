"""What is wrong between editions: criteria said to be the same, evidence that two editions share."""

from collections.abc import Iterable, Iterator, Mapping

from charter.definition import Criterion, Edition, Same, Text
from charter.source import Found


def crossed(
    edition: Edition, placed: Iterable[tuple[str, Criterion]], others: Mapping[str, Edition]
) -> Iterator[Found]:
    """Check what an edition says of others; `placed` are its criteria with their places."""
    for place, criterion in placed:
        seen: set[str] = set()
        for rank, same in enumerate(criterion.same_as):
            inner = f"{place}.same_as[{rank}]"
            if same.edition in seen:
                yield inner, f"deux critères de « {same.edition} » pour un seul : gardez-en un"
            seen.add(same.edition)
            yield from _referred(edition, same, inner, others)
    yield from _shared(edition, others)


def _referred(edition: Edition, same: Same, place: str, others: Mapping[str, Edition]) -> Iterator[Found]:
    if same.edition == edition.code:
        yield f"{place}.edition", "un critère ne renvoie pas à sa propre édition : retirez ce renvoi"
        return
    found = others.get(same.edition)
    if found is None:
        known = ", ".join(sorted(others))
        yield f"{place}.edition", f"édition inconnue « {same.edition} » : choisissez parmi {known}"
        return
    if found.version != same.version:
        yield (
            f"{place}.version",
            f"l’édition {same.edition} est à la version {found.version} : relisez son critère, puis corrigez",
        )
    elif same.criterion not in {each.code for each in found.criteria}:
        yield (
            f"{place}.criterion",
            f"l’édition {same.edition} n’a pas de critère {same.criterion} : corrigez-le",
        )


def _shared(edition: Edition, others: Mapping[str, Edition]) -> Iterator[Found]:
    """One code is one document in every edition, so that what is kept once serves them all."""
    labels: dict[str, tuple[str, Text]] = {}
    for code, other in sorted(others.items()):
        for item in other.evidence:
            labels.setdefault(item.code, (code, item.label))
    for rank, item in enumerate(edition.evidence):
        where, label = labels.get(item.code, ("", item.label))
        if label != item.label:
            yield (
                f"$.evidence[{rank}].label",
                f"« {item.code} » se dit « {label.fr} » dans {where} : reprenez ces mots ou changez de code",
            )
