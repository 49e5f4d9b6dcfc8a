"""People who live some weeks of visits, messages, answers and refusals, by a virtual clock.

Everything is drawn from one seed. The days hold a night of daylight saving, two public holidays, an outage of
36 hours that ends on a Friday at 19:25, and a clock that jumps an hour forwards, an hour back and a day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from unittest.mock import patch
from uuid import UUID

from quality.app import House
from quality.db import execute, fetch, pool
from surveys.channels.message import ChannelError
from surveys.dispatch import recovery, rerouting, settling
from surveys.dispatch.claims import Claimed, claim, release, start
from surveys.protocol import deciding
from surveys.protocol.caps import Cap
from surveys.protocol.strata import StratumKey
from tests.surveys.dispatch.asking import set_clock
from tests.surveys.visits import Someone, someone, visit
from tests.world import World

FIRST, LAST = datetime(2026, 10, 12, 4, tzinfo=UTC), datetime(2026, 11, 25, 4, tzinfo=UTC)
# Friday 6 November 2026, 19:25 in Paris; the outage began 36 hours before.
OUTAGE_ENDS = datetime(2026, 11, 6, 18, 25, tzinfo=UTC)
OUTAGE = timedelta(hours=36)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLACES = ("34", "34", "75", "67", "971", "972", "973", "974", "976")
# Caps lower than the four of all: the oldest get two messages, and a visit that Cnav pays for stops at three.
OLDEST, OLDEST_CAP, CNAV_CAP = "85+", 2, 3
CAPS = (Cap(contacts=OLDEST_CAP, age_from=85), Cap(contacts=CNAV_CAP, funder="CNAV"))
AGES = (None, "<60", "75-84", OLDEST)
REASONS = (None, None, None, "no", "phone", "sms", "email")


@dataclass(frozen=True)
class Sent:
    """One message or call that began: when, to what, and whether it left or may have."""

    attempt: UUID
    invitation: UUID
    endpoint: UUID
    channel: str
    audience: str
    at: datetime
    has_left: bool = True


@dataclass
class Lives:
    """What was lived: visits to come by their arrival, what was sent, what people did."""

    world: World
    drawn: Random
    coming: list[tuple[datetime, Someone, dict]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    is_down: bool = False
    refused: dict[UUID, int] = field(default_factory=dict)  # how much was sent before: the clock goes back
    dead: dict[tuple[UUID, str], bool] = field(default_factory=dict)  # those that do not exist


async def live(world: World, house: House, people: int, seed: int) -> Lives:
    """Let some people live from FIRST to LAST: one seed is one story, identifiers, waits and draws too."""
    lives = Lives(world, Random(seed))
    with (
        patch("secrets.randbits", Random(seed).getrandbits),
        patch.object(settling, "_random", Random(seed)),
        patch.object(deciding, "seed_of", partial(_seed_of, world, seed)),
    ):
        return await _live(lives, house, people)


def _seed_of(world: World, seed: int, key: StratumKey, secret: bytes) -> bytes:
    """Give the seed of a stratum by the rank of its organisations: their identifiers change each time."""
    _, quarter, provider, funders, group = key
    cast = (world.aide34, world.cap, world.herault, world.cnav)
    ranks = [cast.index(each) for each in (provider, *sorted(funders, key=cast.index))]
    return f"{seed}|{quarter}|{ranks}|{group}".encode()


async def _live(lives: Lives, house: House, people: int) -> Lives:
    await _settle(lives, people)
    await execute(
        pool("work"), "INSERT INTO carrier_pace (channel, free_at) VALUES ('sms', now()), ('email', now())"
    )
    for now in _instants(lives.drawn):
        set_clock(now)
        await _arrive(lives, now)
        while await deciding.decide_pending(house):
            pass
        await _recover(now)
        await _send(lives, now)
        await _people_act(lives, now)
    return lives


def _instants(drawn: Random) -> Iterator[datetime]:
    """Give the ticks of the clock: every hour of use at some minute, the outage left out, with its jumps."""
    now = FIRST
    while now < LAST:
        at = now + timedelta(minutes=drawn.randrange(60))
        if at.hour >= 5 and not _is_out(at):
            yield at
        jump = drawn.random()
        if jump < 0.004 and not _is_out(at - HOUR):
            yield at - HOUR  # a clock put right
        following = now + (DAY if jump > 0.998 else 2 * HOUR if jump > 0.99 else HOUR)
        if now < OUTAGE_ENDS <= following:
            yield OUTAGE_ENDS
        now = following


def _is_out(at: datetime) -> bool:
    return OUTAGE_ENDS - OUTAGE < at < OUTAGE_ENDS


async def _settle(lives: Lives, people: int) -> None:
    """Write people: alone, in couples on one number, with a relative of several clients, hard to reach."""
    drawn = lives.drawn
    for n in range(people):
        given = dict(_contacts(drawn, n), departement=drawn.choice(PLACES), contact=drawn.choice(REASONS))
        given["age_band"] = drawn.choice(AGES)
        providers = (lives.world.aide34, lives.world.cap)
        first = await someone(
            lives.world, provider=providers[n % 2], id=_uuid(drawn), person=_uuid(drawn), **given
        )
        clients = [first]
        if drawn.random() < 0.2:  # the same person, of another provider
            given["age_band"] = drawn.choice(AGES)
            clients.append(
                await someone(lives.world, provider=providers[(n + 1) % 2], person=first.person, **given)
            )
        for client in clients:
            _plan_visits(lives, client)
    lives.coming.sort(key=lambda each: each[0], reverse=True)


def _uuid(drawn: Random) -> UUID:
    return UUID(int=drawn.getrandbits(128), version=4)


def _contacts(drawn: Random, n: int) -> dict[str, str]:
    number = n - 1 if n and drawn.random() < 0.15 else n  # a couple has one number
    every = {
        "mobile": f"+3363998{number:04}",
        "phone": f"+3346799{number:04}",
        "email": f"personne{number}@exemple.invalid",
        "relative_phone": f"+3363999{number // 3:04}",  # a daughter who helps three clients
    }
    return {name: value for name, value in every.items() if drawn.random() < 0.6}


def _plan_visits(lives: Lives, client: Someone) -> None:
    drawn = lives.drawn
    for _ in range(drawn.randrange(1, 9)):
        ended_at = FIRST + DAY * drawn.random() * 40
        late = drawn.choice((0, 0, 0, 1, 3, 6, 9)) * DAY + HOUR * drawn.random()
        status = drawn.choice(("done",) * 8 + ("not_done", "cancelled"))
        given = {
            "status": status,
            "incident": drawn.random() < 0.05,
            "worker_reference": drawn.choice(("W1", "W1", "W1", "W2")),
            "received_at": ended_at + late,
            "funders": drawn.choice(([], [lives.world.herault], [lives.world.herault, lives.world.cnav])),
        }
        lives.coming.append((ended_at + late, client, {"ended_at": ended_at, **given}))


async def _arrive(lives: Lives, now: datetime) -> None:
    while lives.coming and lives.coming[-1][0] <= now:
        _, client, given = lives.coming.pop()
        await visit(client, **given)


async def _recover(now: datetime) -> None:
    db = pool("work")
    await recovery.recover(db, now)
    await recovery.close_over(db, now)
    await recovery.withdraw(db, now)
    while await rerouting.reroute(now):
        pass
    while await recovery.reschedule(now):
        pass


async def _send(lives: Lives, now: datetime) -> None:
    """Claim by each channel what may leave, as often as a worker would; carriers are down at some ticks."""
    lives.is_down = lives.drawn.random() < 0.2
    for channel in ("sms", "email", "phone"):
        while claimed := await claim(pool("send"), [channel], "test", 20, now):
            for one in claimed:
                await _leave(lives, one, now)


async def _leave(lives: Lives, one: Claimed, now: datetime) -> None:
    db, luck = pool("send"), lives.drawn.random()
    if luck < 0.03:
        await release(db, [one], not_before=now + HOUR)
        return
    if not await start(db, [one], now):
        await release(db, [one])
        return
    began = Sent(one.id, one.invitation_id, one.endpoint_id, one.channel, one.audience, now)
    error = _error(lives, one, luck)
    lives.sent.append(replace(began, has_left=error is None or error.uncertain))
    if error is None:
        await settling.sent(db, [(one, None)], now)
    else:
        await settling.refused(db, one, error, now)


def _error(lives: Lives, one: Claimed, luck: float) -> ChannelError | None:
    """Give what the carrier refuses, cannot take now or leaves in doubt."""
    is_dead = lives.dead.setdefault((one.endpoint_id, one.channel), lives.drawn.random() < 0.1)
    if luck < 0.06 or (is_dead and one.channel != "phone"):
        return ChannelError("refused", permanent=True)
    if luck < 0.09 or (lives.is_down and one.channel != "phone"):
        return ChannelError("busy")
    return ChannelError("timeout", uncertain=True) if luck < 0.12 and one.channel == "sms" else None


async def _people_act(lives: Lives, now: datetime) -> None:
    """Let some of those who were written to answer, as themselves or as a relative, and a few refuse."""
    drawn = lives.drawn
    for one in [each for each in lives.sent if now - 2 * HOUR < each.at <= now]:
        luck = drawn.random()
        if luck < 0.12:
            await _answer(one.invitation, drawn.choice(("client", "client", "relative")), now)
        elif luck < 0.14:
            await _refuse(lives, one, now)


async def _answer(invitation: UUID, respondent: str, now: datetime) -> None:
    rank = {"client": 1, "relative": 2}[respondent]
    await execute(
        pool("work"),
        """
        WITH opened AS (
            UPDATE invitation SET answered_at = coalesce(answered_at, $2) WHERE id = $1 AND closed_at IS NULL
            RETURNING *
        )
        INSERT INTO response (id, platform_id, invitation_id, provider_id, questionnaire_id, respondent,
            channel, answers, cells, version, created_at, updated_at)
        SELECT child_id(id, $3), platform_id, id, provider_id, questionnaire_id, $4, 'web', '{}', '{}', 1,
            $2, $2 FROM opened ON CONFLICT (id) DO NOTHING
        """,
        invitation,
        now,
        rank,
        respondent,
    )


async def _refuse(lives: Lives, one: Sent, now: datetime) -> None:
    rows = await fetch(pool("work"), "SELECT person_id FROM attempt WHERE id = $1", one.attempt)
    await fetch(pool("work"), "SELECT refuse($1, 'sms', $2)", one.invitation, now)
    if one.audience == "client":
        lives.refused.setdefault(rows[0]["person_id"], len(lives.sent))
