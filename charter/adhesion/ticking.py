"""The tick of the charter: what time and measures move, over all platforms (pool `work`)."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from charter.adhesion import causes
from charter.adhesion.life import IGNORED_COMPLAINTS, Event, Measured, Standing, State, due
from charter.adhesion.moving import NAMED, NOTHING, Why, move, today_of
from charter.assessment import Comparison, compare
from charter.definition import Answer, Edition, Link
from charter.library import library
from charter.measuring import bounds_of, measures
from charter.review.silence import settle_silent
from quality import clock
from quality.access.actor import Actor, Role, operator
from quality.access.scope import scoped
from quality.component import Job
from quality.db import Connection, fetch, fetch_one, fetch_value, pool, transaction

if TYPE_CHECKING:
    from quality.app import House

log = logging.getLogger(__name__)
LIVING = """
SELECT id, platform_id, provider_id, edition, edition_version FROM adhesion
WHERE state NOT IN ('ended', 'revoked') ORDER BY id
"""
AT_HAND = f"""
SELECT {NAMED}, reminded_at, warned_at, cleared_at, appeal_due_at FROM adhesion WHERE id = $1 FOR UPDATE
"""
# Past the day of the alert, and the provider has not even acknowledged them.
IGNORED = """
SELECT count(*) FROM complaint WHERE platform_id = $1 AND provider_id = $2 AND is_shared
AND disclosure <> 'call_first' AND alert_due_at <= $3 AND acknowledged_at IS NULL AND remedied_at IS NULL
AND closed_at IS NULL AND state <> 'merged'
"""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is found of an adhesion today: the causes that fail, the gravest first, and those wholly kept."""

    failing: tuple[str, ...]
    kept: frozenset[str]

    def of(self, cause: str) -> Measured:
        """Say what is measured of an adhesion that was warned or suspended for a cause.

        A cause that nothing measures any more is unknown, not kept; nobody was warned of another that fails.

        >>> found = Findings((), frozenset({"measured:3.8"}))
        >>> [str(found.of(cause)) for cause in ("measured:3.8", "measured:2.1", "")]
        ['kept', 'unknown', 'unknown']
        >>> found = Findings(("measured:3.8",), frozenset({"measured:2.1"}))
        >>> [str(found.of(cause)) for cause in ("measured:3.8", "measured:2.1", "")]
        ['failing', 'another', 'another']
        """
        if self.failing:
            return Measured.failing if cause in self.failing else Measured.another
        return Measured.kept if cause in self.kept else Measured.unknown


async def tick(house: "House") -> None:  # noqa: ARG001 - a job's signature
    """Let silence decide the contested points, then move each adhesion that time or measures move."""
    await settle_silent(clock.now())
    for row in await fetch(pool("work"), LIVING):
        try:
            await advance(row, await today_of(row["platform_id"]))
        except Exception:  # the others go on, and this one is tried again at the next tick
            log.exception("adhesion %s was not moved", row["id"])


async def advance(listed: Mapping[str, Any], day: date) -> None:
    """Move one adhesion, read anew: what a person did since it was listed stands."""
    found = await _findings(listed)
    async with transaction("work") as db:
        row = await fetch_one(db, AT_HAND, listed["id"])
        event = due(_standing(row), clock.now(), day, found.of(row["cause"])) if row else None
        if row and event:
            edition = await _followed(db, row)
            await move(
                db, operator(row["platform_id"]), row, event, _why(event, found, row["cause"], edition)
            )


async def _followed(db: Connection, row: Mapping[str, Any]) -> Edition:
    return (await library(db, row["platform_id"])).find(row["edition"], row["edition_version"])


def _standing(row: Mapping[str, Any]) -> Standing:
    return Standing(
        State(row["state"]),
        row["ends_on"],
        row["reminded_at"],
        row["warned_at"],
        row["cleared_at"],
        row["appeal_due_at"],
    )


def _why(event: Event, found: Findings, cause: str, edition: Edition) -> Why:
    if event is Event.warn:
        return Why.found(found.failing[0], edition)
    if event is Event.suspend:
        return Why.found(cause, edition)  # what it was warned of
    return Why.found(causes.SILENT, edition) if event is Event.lift else NOTHING


async def _findings(row: Mapping[str, Any]) -> Findings:
    """Find the complaints that nobody answers, and what is measured of the imperatives."""
    ignored = await fetch_value(pool("work"), IGNORED, row["platform_id"], row["provider_id"], clock.now())
    compared = await _compared(row, await _followed(pool("work"), row))
    found = {causes.measured(code): each for code, each in compared.items()}
    is_ignored = ignored >= IGNORED_COMPLAINTS
    found = {causes.IGNORED: Comparison.contradicted if is_ignored else Comparison.confirmed, **found}
    failing = tuple(cause for cause, each in found.items() if each is Comparison.contradicted)
    kept = frozenset(cause for cause, each in found.items() if each is Comparison.confirmed)
    return Findings(failing, kept)


async def _compared(row: Mapping[str, Any], edition: Edition) -> dict[str, Comparison]:
    """Compare each imperative with its direct measure, as the provider reads it; no hint counts."""
    reader = Actor(Role.provider, platform=row["platform_id"], organisation=row["provider_id"])
    async with scoped(reader) as db:
        bounds = bounds_of(await measures(db, reader, row["provider_id"], edition))
    return {
        each.code: compare(Answer.YES, bounds.get(each.code), each.measured.threshold, each.measured.minimum)
        for each in edition.criteria
        if each.imperative and each.measured and each.measured.link is Link.DIRECT
    }


JOBS = (Job("charter", tick, timedelta(hours=1)),)
