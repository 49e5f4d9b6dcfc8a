"""What is wrong between editions: criteria said to be the same, evidence that two editions share."""

from collections.abc import Iterable, Iterator, Sequence

from charter.definition import Criterion, Edition, Same, Text
from charter.source import Found, at
from quality.french import french


def crossed(
    edition: Edition, placed: Iterable[tuple[str, Criterion]], others: Sequence[Edition]
) -> Iterator[Found]:
    """Check what an edition says of others; `placed` are its criteria with their places."""
    for place, criterion in placed:
        seen: set[str] = set()
        for rank, same in enumerate(criterion.same_as):
            inner = f"{place}.same_as[{rank}]"
            if same.edition in seen:
                yield at(
                    inner,
                    french("deux critères de « {edition} » pour un seul : gardez-en un"),
                    edition=same.edition,
                )
            seen.add(same.edition)
            yield from _referred(edition, same, inner, others)
    yield from _shared(edition, others)


def _referred(edition: Edition, same: Same, place: str, others: Sequence[Edition]) -> Iterator[Found]:
    if same.edition == edition.code:
        yield at(
            f"{place}.edition", french("un critère ne renvoie pas à sa propre édition : retirez ce renvoi")
        )
        return
    versions = {each.version: each for each in others if each.code == same.edition}
    if not versions:
        known = ", ".join(sorted({each.code for each in others}))
        yield at(
            f"{place}.edition",
            french("édition inconnue « {edition} » : choisissez parmi {known}"),
            edition=same.edition,
            known=known,
        )
        return
    found = versions.get(same.version)
    if found is None:
        yield at(
            f"{place}.version",
            french("l’édition {edition} est à la version {newest} : relisez son critère, puis corrigez"),
            edition=same.edition,
            newest=max(versions),
        )
    elif same.criterion not in {each.code for each in found.criteria}:
        yield at(
            f"{place}.criterion",
            french("l’édition {edition} n’a pas de critère {criterion} : corrigez-le"),
            edition=same.edition,
            criterion=same.criterion,
        )


def _shared(edition: Edition, others: Sequence[Edition]) -> Iterator[Found]:
    """One code is one document in every edition, so that what is kept once serves them all."""
    labels: dict[str, tuple[str, Text]] = {}
    for other in sorted(others, key=lambda each: (each.code, -each.version)):
        for item in other.evidence:
            labels.setdefault(item.code, (other.code, item.label))
    for rank, item in enumerate(edition.evidence):
        where, label = labels.get(item.code, ("", item.label))
        if label != item.label:
            yield at(
                f"$.evidence[{rank}].label",
                french(
                    "« {document} » se dit « {label} » dans {where} : reprenez ces mots ou changez de code"
                ),
                document=item.code,
                label=label.fr,
                where=where,
            )
