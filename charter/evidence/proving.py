"""Which criteria an evidence proves, and how fresh it is; which a measure proves of itself (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from charter.assessment import Bounds, Comparison, compare
from charter.crossing import Place, place_of, served
from charter.definition import Answer, Criterion, Edition, Link, Measured
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
        return freshness(self.expires_on, today)


def freshness(expires_on: date | None, today: date) -> Freshness:
    """Say how long serves what expires on a day, None for never."""
    if expires_on is None or expires_on > today + SOON:
        return Freshness.VALID
    return Freshness.SOON if expires_on >= today else Freshness.EXPIRED


def is_measured(criterion: Criterion, bounds: Bounds | None) -> bool:
    """Say whether a measure proves a criterion: a direct one, its whole interval at the threshold or above.

    >>> from decimal import Decimal
    >>> from charter.editions import load
    >>> of = {each.code: each for each in load("national-2012").criteria}
    >>> high, low = Bounds(Decimal(84), Decimal(93), 60), Bounds(Decimal(70), Decimal(93), 60)
    >>> [is_measured(of["3.8"], high), is_measured(of["3.8"], low), is_measured(of["2.8"], high)]
    [True, False, False]
    """
    asked = criterion.measured
    if asked is None or asked.link is not Link.DIRECT:
        return False
    return compare(Answer.YES, bounds, asked.threshold, asked.minimum) is Comparison.confirmed


def last_day(asked: Measured, ends_on: date) -> date | None:
    """Give the last day on which a figure whose period ended then serves; None where a newer one takes over.

    >>> from msgspec.structs import replace
    >>> from charter.editions import load
    >>> seen = next(each.measured for each in load("national-2012").criteria if each.code == "2.8")
    >>> last_day(seen, date(2026, 9, 30)), last_day(replace(seen, fresh_months=6), date(2026, 9, 30))
    (None, datetime.date(2027, 3, 31))
    """
    if asked.fresh_months is None:
        return None
    year, month = divmod(12 * ends_on.year + ends_on.month + asked.fresh_months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


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
