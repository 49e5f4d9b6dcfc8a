"""Decide every visit that waits: load in bulk, decide in order, write ledger, requests, attempts."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from quality import clock
from quality.cycles import unsearched
from quality.db import Connection, transaction
from quality.ids import uuid7
from quality.keys import Keyring
from quality.measures import record
from surveys.dispatch.links import token_key, token_of
from surveys.protocol import arms, ledger
from surveys.protocol.addressing import TOLD, contacts_of, has_contact
from surveys.protocol.caps import NO_TRAITS
from surveys.protocol.definition import Protocol
from surveys.protocol.isolating import VISITS, each_apart
from surveys.protocol.known import RULED, Known, Rules, history_of, load_rules, rules_of, visit_of
from surveys.protocol.ledger import Row
from surveys.protocol.occasion import (
    Decision,
    Reason,
    Stratum,
    Visit,
    decide,
    is_over,
    reason_not_held,
    stands,
)
from surveys.protocol.planning import Base, Reach
from surveys.protocol.reaching import Line, line_of
from surveys.protocol.remembering import completed
from surveys.protocol.requesting import InvitationRows, Terms, invitation_rows
from surveys.protocol.strata import StratumKey, previous_quarter, seed_of, stratum_key
from surveys.protocol.telling import Told, told, told_again
from surveys.protocol.withdrawing import resume, withdraw

if TYPE_CHECKING:
    from quality.app import House

NOBODY = Line(Reach(sms=False, email=False, phone=False))
BATCH = 500  # people: each holds a lock of the server until the batch is written
FARTHEST_INTERVAL = timedelta(days=91)


class Decided(msgspec.Struct, frozen=True):
    """One visit with its decision, the way to whom it is asked, its draw, and what its provider is told.

    `stands` when the ledger keeps what was decided before; without `rules` nobody can be asked.
    """

    visit: Row
    rules: Rules | None
    decision: Decision
    line: Line
    stratum: Row
    told: Told
    stands: bool = False


async def decide_pending(house: "House", limit: int = BATCH) -> int:
    """Decide the visits of at most `limit` people; return how many visits were looked at."""
    with unsearched():
        async with transaction("send") as db:
            return await _decide_some(db, house, limit)


async def _decide_some(db: Connection, house: "House", limit: int) -> int:
    people = await ledger.claim_people(db, limit)
    visits = await completed(db, await ledger.visits_of(db, people)) if people else []
    if visits:
        await each_apart(db, visits, lambda some: _decide(db, house, some), VISITS)
    return len(visits)


async def _decide(db: Connection, house: "House", visits: Sequence[Row]) -> None:
    # One that is planned after all is decided once it is held; until then, what its ledger says stays.
    fresh = [visit for visit in visits if visit["decided"] != "asked" and visit["status"] != "planned"]
    asked_before = [visit for visit in visits if visit["decided"] == "asked"]
    await _follow(db, asked_before, clock.now())
    known = await _load(db, house.keyring, visits, fresh, clock.now())
    decided = decide_all(fresh, known)
    await ledger.write(db, "occasion", [_occasion(d, known) for d in decided if not d.stands])
    asked = [invitation_rows(d.visit, d.line, _terms(d, known)) for d in decided if d.decision.asked]
    await write_requests(db, house.keyring, asked)
    await record.add(db, [row for request in asked for row in record.cells(request.facts, record.ASKED)])
    kept = {
        v["id"]: _told(v, visit_of(v, NOBODY, known), rules_of(v, known), known.now) for v in asked_before
    }
    await ledger.tell_again(db, kept | {d.visit["id"]: d.told for d in decided if d.stands})
    await ledger.settle(db, visits)


async def _follow(db: Connection, asked_before: Sequence[Row], now: datetime) -> None:
    """Take back the requests about which there is nothing to ask now, before others are decided.

    Those about the other visits, withdrawn before, are taken up.
    """
    why = {visit["id"]: reason_not_held(visit["status"], visit["status_reason"]) for visit in asked_before}
    not_held = {identity: reason for identity, reason in why.items() if reason is not None}
    held = [identity for identity, reason in why.items() if reason is None]
    if not_held:
        await withdraw(db, not_held, now)
    if held:
        await resume(db, held, now)


async def write_requests(db: Connection, keyring: Keyring, asked: Sequence[InvitationRows]) -> None:
    """Write what somebody is asked: the request, every attempt, the desk's case."""
    await ledger.write(db, "invitation", [_with_token(request.invitation, keyring) for request in asked])
    await ledger.write(db, "attempt", [attempt for request in asked for attempt in request.attempts])
    await ledger.write(db, "call_case", [request.call for request in asked if request.call])


def decide_all(visits: Sequence[Row], known: Known) -> list[Decided]:
    """Decide visits in the order (ended_at, id): one that is asked counts for the person's next ones."""
    asked = {person: dict(ends) for person, ends in known.asked.items()}
    lines: dict[tuple[object, ...], Line] = {}
    ruled: dict[tuple[object, ...], Rules | None] = {}
    decided = []
    for visit in visits:
        of_person = asked.setdefault(visit["person_id"], {})
        rules, line = _rules(visit, known, ruled), _line(visit, known, lines)
        others = tuple(end for identity, end in of_person.items() if identity != visit["id"])
        decided.append(_decide_one(visit, rules, line, others, known))
        if decided[-1].decision.asked:
            of_person[visit["id"]] = visit["ended_at"]
    return decided


def _line(visit: Row, known: Known, lines: dict[tuple[object, ...], Line]) -> Line:
    """Find whom to ask, once for all the visits that tell the same endpoints."""
    told = TOLD(visit)
    if told not in lines:
        lines[told] = line_of(contacts_of(visit, known.endpoints), visit["contact"])
    return lines[told]


def _rules(visit: Row, known: Known, ruled: dict[tuple[object, ...], Rules | None]) -> Rules | None:
    """Find what decides, once for all the visits for which the same is chosen."""
    told = RULED(visit)
    if told not in ruled:
        ruled[told] = rules_of(visit, known)
    return ruled[told]


def _decide_one(
    visit: Row, rules: Rules | None, line: Line, others: tuple[datetime, ...], known: Known
) -> Decided:
    """Decide one visit; a platform without protocol or questionnaire asks nobody and stops no other."""
    judged, stratum, now = visit_of(visit, line, known), known.strata[stratum_key(visit)], known.now
    word = _told(visit, judged, rules, now)
    if rules is None:
        nothing = Decision(False, Reason.NOT_CONFIGURED)
        return Decided(visit, rules, nothing, line, stratum, word)
    history, protocol = history_of(visit, line, others, now), rules.protocol
    drawn = Stratum(seed=stratum["seed"], target=stratum["target"], expected=stratum["expected"])
    decision = decide(judged, history, drawn, protocol, now)
    before = visit.get("reason_before")  # what is simulated is decided once
    is_kept = before is not None and is_over(judged, protocol, now) and stands(before, judged, decision)
    way = line.begun_by(_arm(visit, judged, protocol, known)) if decision.asked else line
    return Decided(visit, rules, decision, way, stratum, word, is_kept)


def _arm(visit: Row, judged: Visit, protocol: Protocol, known: Known) -> str:
    """Draw the first contact of whoever is asked; the decision to ask knows nothing of it."""
    if not protocol.experiment.is_on:
        return arms.NO_ARM
    base = Base(visit["ended_at"], judged.received_at)
    case = arms.Case(visit["person_id"], judged.reach, judged.traits, base, judged.departement)
    return arms.arm_of(case, protocol, known.mode_seeds.get(visit["platform_id"]), known.now)


def _told(visit: Row, judged: Visit, rules: Rules | None, now: datetime) -> Told:
    protocol = rules.protocol if rules else None
    sheet = {"has_contact": has_contact(visit), "has_identity": visit["has_identity"]}
    before = visit.get("told_before")
    if before is None:
        return told(judged, protocol, now, **sheet)
    return told_again(before, judged, protocol, now, **sheet)


async def _load(
    db: Connection, keyring: Keyring, visits: Sequence[Row], fresh: Sequence[Row], now: datetime
) -> Known:
    """Read what decides of the `fresh` visits, and what their providers are told of all."""
    rules = await load_rules(db, visits, now)
    return replace(
        rules,
        asked=await _asked(db, fresh),
        strata=await _strata(db, fresh, keyring.subkey("draw"), now),
        mode_seeds=await _mode_seeds(db, rules, keyring.subkey("draw")),
    )


async def _mode_seeds(db: Connection, rules: Known, secret: bytes) -> dict[UUID, bytes]:
    """Give the seed of each platform one of whose protocols has an experiment."""
    platforms = {row["platform_id"] for row in rules.protocols.values() if row["has_experiment"]}
    if not platforms:
        return {}
    derived = {platform: arms.seed_of(platform, secret) for platform in sorted(platforms)}
    return await ledger.freeze_mode_seeds(db, derived, rules.now)


async def _asked(db: Connection, visits: Sequence[Row]) -> dict[UUID, dict[UUID, datetime]]:
    if not visits:
        return {}
    since, until = visits[0]["ended_at"] - FARTHEST_INTERVAL, visits[-1]["ended_at"] + FARTHEST_INTERVAL
    rows = await ledger.asked_of(db, sorted({visit["person_id"] for visit in visits}), since, until)
    ordered = sorted(rows, key=lambda row: row["person_id"])
    return {
        person: {row["id"]: row["ended_at"] for row in group}
        for person, group in groupby(ordered, key=lambda row: row["person_id"])
    }


async def _strata(
    db: Connection, visits: Iterable[Row], secret: bytes, now: datetime
) -> dict[StratumKey, Row]:
    wanted = [_wanted(key, target, secret, now) for key, target in _targets(visits)]
    if not wanted:
        return {}
    rows = await ledger.freeze_strata(db, wanted, now)
    return {
        (
            row["platform_id"],
            row["quarter"],
            row["provider_id"],
            tuple(row["funders"]),
            row["activity_group"],
        ): row
        for row in rows
    }


def _targets(visits: Iterable[Row]) -> list[tuple[StratumKey, int]]:
    """List the strata once, in one order for every planner."""
    return sorted({stratum_key(visit): int(visit["stratum_target"]) for visit in visits}.items())


def _wanted(key: StratumKey, target: int, secret: bytes, now: datetime) -> Row:
    platform, quarter, provider, funders, group = key
    return {
        "id": uuid7(now),
        "platform_id": platform,
        "quarter": quarter,
        "previous": previous_quarter(quarter),
        "provider_id": provider,
        "funders": funders,
        "activity_group": group,
        "target": target,
        "seed": seed_of(key, secret).hex(),
    }


def _occasion(decided: Decided, known: Known) -> Row:
    visit, decision = decided.visit, decided.decision
    return {
        "id": visit["id"],
        "platform_id": visit["platform_id"],
        "provider_id": visit["provider_id"],
        "client_id": visit["client_id"],
        "person_id": visit["person_id"],
        "decision": "asked" if decision.asked else "not_asked",
        "reason": decision.reason.value,
        "told": decided.told.value,
        "stratum_id": None if decision.reason is Reason.CANCELLED else decided.stratum["id"],
        "draw": decision.draw,
        "ended_at": visit["ended_at"],
        "decided_at": known.now,
    }


def _terms(decided: Decided, known: Known) -> Terms:
    rules = decided.rules
    if rules is None:
        raise LookupError(decided.visit["protocol"])
    protocol = rules.protocol.capped_for(known.traits.get(decided.visit["id"], NO_TRAITS))
    return Terms(protocol, rules.version, rules.questionnaire, known.now)


def _with_token(invitation: Row, keyring: Keyring) -> Row:
    return invitation | {"token_key": token_key(keyring, token_of(keyring, invitation["id"])).hex()}
