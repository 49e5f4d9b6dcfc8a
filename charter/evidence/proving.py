"""Which criteria an evidence proves, and how fresh it is (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from charter.crossing import Place, place_of, served
from charter.definition import Edition
from charter.editions import Library

SOON = timedelta(days=30)


class Freshness(StrEnum):
    """How long an evidence still serves."""

    VALID = "valid"
    SOON = "soon"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Proof:
    """An evidence in its newest state: a stored file (`name`, `media_type`, `size`), or an address.

    It proves what asks for its `document` in any edition, and the criterion it was given for with those that
    ask the same thing.
    """

    id: UUID
    title: str
    document: str
    edition: str
    edition_version: int
    criterion: str
    expires_on: date | None
    number: int
    name: str
    media_type: str
    size: int
    sha256: bytes
    url: str

    def freshness(self, today: date) -> Freshness:
        """Say how long it serves: it still does on its last day.

        >>> from dataclasses import replace
        >>> one = Proof(UUID(int=1), "", "", "", 0, "", date(2026, 11, 24), 1, "", "", 0, b"", "")
        >>> [str(one.freshness(date(2026, month, 25))) for month in (9, 11, 12)]
        ['valid', 'expired', 'expired']
        """
        if self.expires_on is None or self.expires_on > today + SOON:
            return Freshness.VALID
        return Freshness.SOON if self.expires_on >= today else Freshness.EXPIRED


def proven(proof: Proof, library: Library) -> frozenset[Place]:
    """Give every criterion that an evidence proves, in every version of every edition.

    >>> from charter.editions import shipped
    >>> log = Proof(UUID(int=1), "", "complaint_log", "", 0, "", None, 1, "", "", 0, b"", "")
    >>> len({place.edition for place in proven(log, shipped())})
    3
    """
    return proven_of(proof, Reach(library))


class Reach:
    """What documents and criteria prove across a library; made once for all the evidence of a page."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._served: dict[str, frozenset[Place]] = {}

    def of(self, document: str, place: Place) -> frozenset[Place]:
        """Give every criterion that a document proves, given for a place; either may be empty."""
        if document and document not in self._served:
            self._served[document] = frozenset(served(document, self._library.every))
        same = self._library.groups.get(place, frozenset({place})) if place.criterion else frozenset()
        return self._served.get(document, frozenset()) | same


def proven_of(proof: Proof, reach: Reach) -> frozenset[Place]:
    """Give every criterion that an evidence proves."""
    return reach.of(proof.document, Place(proof.edition, proof.criterion, proof.edition_version))


def by_criterion(
    proofs: Iterable[Proof], edition: Edition, library: Library
) -> Mapping[str, tuple[Proof, ...]]:
    """Group proofs by the criteria of an edition that they prove."""
    reach = Reach(library)
    found: dict[str, list[Proof]] = {}
    for proof in proofs:
        proved = proven_of(proof, reach)
        for criterion in edition.criteria:
            if place_of(edition, criterion) in proved:
                found.setdefault(criterion.code, []).append(proof)
    return {code: tuple(each) for code, each in found.items()}
