"""The tick of the charter: what time and measures move, over all platforms (pool `work`)."""

import logging
from datetime import date
from typing import TYPE_CHECKING, Any

from charter.adhesion.life import IGNORED_COMPLAINTS, Event, Standing, State, due
from charter.adhesion.moving import NAMED, NOTHING, Why, move, today
from charter.assessment import Comparison, compare
from charter.definition import Answer, Criterion, Link
from charter.editions import load
from charter.measuring import bounds_of, measures
from charter.review.silence import settle_silent
from charter.words import label_of
from quality import clock
from quality.access.actor import Actor, Role, operator
from quality.access.scope import scoped
from quality.component import Job
from quality.db import fetch, fetch_value, pool, transaction
from quality.errors import Conflict
from quality.web import languages
from quality.web.languages import gettext as _

if TYPE_CHECKING:
    from quality.app import House

from datetime import timedelta

log = logging.getLogger(__name__)
LIVING = f"""
SELECT {NAMED}, certificate, reminded_at, cleared_at, appeal_due_at FROM adhesion
WHERE state NOT IN ('ended', 'revoked') ORDER BY id
"""
# Past the day of the alert, and the provider has not even acknowledged them.
IGNORED = """
SELECT count(*) FROM complaint WHERE platform_id = $1 AND provider_id = $2 AND is_shared
AND disclosure <> 'call_first' AND alert_due_at <= $3 AND acknowledged_at IS NULL AND remedied_at IS NULL
AND closed_at IS NULL AND state <> 'merged'
"""


async def tick(house: "House") -> None:  # noqa: ARG001 - a job's signature
    """Let silence decide the contested points, then move each adhesion that time or measures move."""
    await settle_silent(clock.now())
    for row in await fetch(pool("work"), LIVING):
        try:
            await _move(row, today())
        except Conflict as moved:
            log.info("adhesion %s moved meanwhile: %s", row["id"], moved)


async def _move(row: dict[str, Any], day: date) -> None:
    failing = await _failing(row)
    of = Standing(
        State(row["state"]),
        row["ends_on"],
        row["reminded_at"],
        row["warned_at"],
        row["cleared_at"],
        row["appeal_due_at"],
    )
    event = due(of, clock.now(), day, failing.kept)
    if event is not None:
        async with transaction("work") as db:
            await move(db, operator(row["platform_id"]), row, event, _why(event, failing))


def _why(event: Event, failing: Why) -> Why:
    if event in {Event.warn, Event.suspend}:
        return failing
    return SILENT if event is Event.lift else NOTHING


def _silent() -> str:
    return _("Votre appel n’a pas reçu de réponse dans les délais : il est accepté.")


def _ignored() -> str:
    return _("Plusieurs réclamations restent sans aucune réponse de votre part.")


def _kept(said: Any) -> Why:
    with languages.using("fr"):
        return Why(said(), said)


SILENT = _kept(_silent)


async def _failing(row: dict[str, Any]) -> Why:
    """Say what fails today: complaints that nobody answers, else a measured imperative."""
    ignored = await fetch_value(pool("work"), IGNORED, row["platform_id"], row["provider_id"], clock.now())
    if ignored >= IGNORED_COMPLAINTS:
        return _kept(_ignored)
    for criterion in await _contradicted(row):
        return _kept(lambda of=criterion: _measured(of))
    return NOTHING


def _measured(of: Criterion) -> str:
    sentence = _("Critère {code}, obligatoire : {label} Ce que nous mesurons dit le contraire.")
    return sentence.format(code=of.code, label=label_of(of))


async def _contradicted(row: dict[str, Any]) -> list[Criterion]:
    """List the imperatives that a direct measure contradicts, as the provider reads it; no hint counts."""
    edition = load(row["edition"])
    reader = Actor(Role.provider, platform=row["platform_id"], organisation=row["provider_id"])
    async with scoped(reader) as db:
        bounds = bounds_of(await measures(db, reader, row["provider_id"], edition))
    return [
        each
        for each in edition.criteria
        if each.imperative
        and each.measured
        and each.measured.link is Link.DIRECT
        and each.code in bounds
        and compare(Answer.YES, bounds[each.code], each.measured.threshold, each.measured.minimum)
        is Comparison.contradicted
    ]


JOBS = (Job("charter", tick, timedelta(hours=1)),)
