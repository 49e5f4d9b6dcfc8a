"""CHARTE: what each provider held of the charter at the end of a period, as published facts.

It is the national charter's, whatever other editions a provider answers: their figures would not add up.
Only what the platform verified counts: the last file that it accepted by then, with the answers that its
review retained, and evidence that was still valid. What a provider declares without an accepted file is in no
figure, and what is declared is told beside what is verified, never added to it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from charter.assessment import Answers, stances, unmet
from charter.crossing import Place
from charter.declaring import ALONE, EDITION, Kind, asked_by, establishment
from charter.definition import Answer, Edition, Source
from charter.editions import Library
from charter.evidence.proving import Reach
from charter.library import library
from charter.review.life import Point, PointState, retained
from quality.db import Connection, fetch
from quality.measures.catalogue import of_providers
from quality.measures.releases.facts import Fact
from quality.web.platform import PARIS

CODE = "CHARTE"
Row = Mapping[str, Any]
# An adhesion that was written down later opened as valid, for the days that it names.
ACCEPTED = """
SELECT DISTINCT ON (f.provider_id) f.id, f.provider_id, f.assessment_id, a.edition, a.edition_version,
       a.kind, o.activities,
       EXISTS (SELECT FROM adhesion h LEFT JOIN adhesion_at(h.id, $3) t ON true
           WHERE h.provider_id = f.provider_id AND h.edition = a.edition AND h.starts_on <= $2
           AND coalesce(t.ends_on, h.ends_on) >= $2
           AND coalesce(t.state, 'valid') IN ('valid', 'warned')) AS holds
FROM review_file f JOIN assessment a ON a.id = f.assessment_id JOIN organisation o ON o.id = f.provider_id
WHERE f.platform_id = $1 AND f.state = 'accepted' AND f.decided_at < $3
  AND o.legal_form IS DISTINCT FROM $4 AND a.edition = $5
ORDER BY f.provider_id, f.decided_at DESC
"""
DECLARED = """
SELECT assessment_id AS file, criterion, answer FROM assessment_answer WHERE assessment_id = ANY ($1::uuid[])
"""
POINTS = """
SELECT file_id AS file, criterion, state, answer FROM review_point WHERE file_id = ANY ($1::uuid[])
"""
# What served on the last day, by the date that it bears now.
PROOFS = """
SELECT DISTINCT provider_id, document, edition, edition_version, criterion FROM evidence
WHERE provider_id = ANY ($1::uuid[]) AND created_at < $3 AND (withdrawn_at IS NULL OR withdrawn_at >= $3)
  AND (expires_on IS NULL OR expires_on >= $2)
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an edition: criteria that are kept and proven, of those that count."""

    asked: int
    held: int
    misses: bool


def kept(asked: Edition, answers: Answers, proven: Collection[str]) -> Kept:
    """Count what is kept and proven of what an edition asks; « non concerné » counts for nothing.

    >>> from charter.editions import load
    >>> edition = load("national-2012")
    >>> every = {each.code: Answer.YES for each in edition.criteria}
    >>> kept(edition, {**every, "1.2": Answer.NOT_CONCERNED, "1.1": Answer.PARTLY}, {"1.1", "1.3"})
    Kept(asked=44, held=1, misses=True)
    """
    counted = [each.code for each in asked.criteria if answers.get(each.code) is not Answer.NOT_CONCERNED]
    held = [code for code in counted if answers.get(code) is Answer.YES and code in proven]
    return Kept(len(counted), len(held), bool(unmet(asked, answers)))


async def count(db: Connection, platform: UUID, day: date) -> Sequence[Fact]:
    """Count, for each provider with an accepted file of the national charter, what it held on a day."""
    after = datetime.combine(day + timedelta(days=1), time(), PARIS)
    files = await fetch(db, ACCEPTED, platform, day, after, ALONE, EDITION)
    declared = _by_file(await fetch(db, DECLARED, [each["assessment_id"] for each in files]))
    points = _by_file(await fetch(db, POINTS, [each["id"] for each in files]))
    known = await library(db, platform)
    proofs = await fetch(db, PROOFS, [each["provider_id"] for each in files], day, after)
    proven = _proven(proofs, known)
    return [
        _fact(
            each,
            known.find(each["edition"], each["edition_version"]),
            declared[each["assessment_id"]],
            points[each["id"]],
            proven[each["provider_id"], each["edition"], each["edition_version"]],
        )
        for each in files
    ]


def _by_file(rows: Iterable[Row]) -> Mapping[UUID, list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["file"]].append(row)
    return found


def _proven(rows: Iterable[Row], known: Library) -> Mapping[tuple[UUID, str, int], set[str]]:
    """Give the criteria that each provider proves, by edition; what proves the same is looked at once."""
    whose: defaultdict[tuple[str, Place], list[UUID]] = defaultdict(list)
    for row in rows:
        place = Place(row["edition"], row["criterion"], row["edition_version"])
        whose[row["document"], place].append(row["provider_id"])
    found: defaultdict[tuple[UUID, str, int], set[str]] = defaultdict(set)
    reach = Reach(known)
    for (document, given_for), providers in whose.items():
        for place in reach.of(document, given_for):
            for provider in providers:
                found[provider, place.edition, place.version].add(place.criterion)
    return found


def _fact(
    file: Row, edition: Edition, rows: Iterable[Row], judged: Iterable[Row], proven: Collection[str]
) -> Fact:
    asked = asked_by(edition, Kind(file["kind"]), establishment(file["activities"]))
    said = {each["criterion"]: each["answer"] for each in rows}
    points = [Point(each["criterion"], PointState(each["state"]), each["answer"]) for each in judged]
    declared, verified = stances(asked, said), stances(asked, retained(said, points))
    found = kept(asked, verified, proven)
    return Fact(
        provider=file["provider_id"],
        indicator=CODE,
        version=of_providers()[CODE].version,
        asked=found.asked,
        held=found.held,
        is_whole=file["holds"] and not found.misses,
        told={
            "edition": edition.code,
            "version": edition.version,
            "answers": _measured(asked, declared, verified),
        },
    )


def _measured(asked: Edition, declared: Answers, verified: Answers) -> Mapping[str, tuple[str, str]]:
    """Tell what was declared and what the review retained of the criteria that clients' answers measure."""
    return {
        each.code: (declared[each.code], verified[each.code])
        for each in asked.criteria
        if each.measured
        and each.measured.source is Source.ANSWERS
        and each.code in declared
        and each.code in verified
    }
