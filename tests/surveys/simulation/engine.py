"""The true engine on the simulated file: each morning brings its visits, each step of the clock its sends."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from quality import clock
from quality.access.actor import Actor
from quality.db import fetch, fetch_one, fetch_value, pool
from quality.directory.intake.batch_rows import Delivery
from quality.directory.intake.batches import load_file
from quality.directory.intake.receiving import Source
from surveys.channels.message import Report, ReportState
from surveys.collect import record
from surveys.desk import calls
from surveys.desk.ending.outcomes import Code
from surveys.desk.queueing.picking import pick
from surveys.dispatch import reports, worker
from surveys.dispatch.carriers import Carrier
from surveys.dispatch.sending import send_due
from surveys.protocol.deciding import decide_pending
from surveys.protocol.definition import Channel
from surveys.response import by_id
from surveys.simulation.sending import answers
from tests.surveys.desk.waiting import agent
from tests.surveys.dispatch.asking import Phone, carried_by, serves_others, set_clock
from tests.surveys.simulation.sending_file import DAYS, FIRST_DAY, written
from tests.world import World

PARIS = ZoneInfo("Europe/Paris")
AFTER = datetime(2026, 10, 26, 9, tzinfo=UTC)
Rates = Mapping[Channel, float]


@dataclass
class Engine:
    """Import, decisions, dispatch, recovery and the desk, on a clock that the test moves."""

    world: World
    folder: Path
    rates: Rates
    lines: Sequence[dict[str, str]]
    dead: frozenset[str] = frozenset()  # numbers that the carrier, or the agent who calls, finds dead

    def __post_init__(self) -> None:
        self._phone = Phone("sms")
        self._dead_keys = {self.world.house.keyring.lookup("phone", number) for number in self.dead}

    async def run(self) -> None:
        nadia, carriers = agent(self.world), carried_by(self._phone, Phone("email", "smtp"))
        by_day: dict[str, list[dict[str, str]]] = {}
        for line in self.lines:
            by_day.setdefault(line["planned_start"][:10], []).append(line)
        for offset in range(1, DAYS + 14):
            day = FIRST_DAY + timedelta(days=offset)
            set_clock(_at(day, 6))
            arriving = by_day.get(f"{day - timedelta(days=1):%d/%m/%Y}")
            if arriving:
                await self._receive(arriving)
            instant, tomorrow = _at(day, 6), _at(day + timedelta(days=1), 6)
            while (instant := await fetch_value(pool("work"), NEXT, instant)) and instant < tomorrow:
                set_clock(instant)
                await self._tick(nadia, carriers)

    async def _receive(self, arriving: list[dict[str, str]]) -> None:
        path = self.folder / "jour.csv"
        path.write_bytes(written(arriving))
        source = Source(path, Delivery("cli", path.name), BytesIO())
        report = await load_file(self.world.staff, self.world.house, self.world.aide34, source)
        assert (report.refused, report.created) == (0, len(arriving))
        while await decide_pending(self.world.house):
            pass

    async def _tick(self, nadia: Actor, carriers: dict[str, Carrier]) -> None:
        """Let all that is due leave; what goes round a dead number may be due at once."""
        while await self._round(nadia, carriers):
            pass

    async def _round(self, nadia: Actor, carriers: dict[str, Carrier]) -> int:
        """Give how many messages and calls left."""
        left = 0
        await worker.recover(self.world.house)
        while sent := await send_due(self.world.house, carriers, "test", 50):
            left += sent
            await self._answer_messages()
        while case := await pick(nadia, clock.now()):
            left += 1
            await self._call(nadia, case)
        if self.dead:
            await self._report()
        return left

    async def _report(self) -> None:
        """Let the carrier say which messages it delivered, to others too, then which it could not."""
        await serves_others(clock.now())
        for message in sorted(self._phone.received, key=lambda each: each.to in self.dead):
            state = ReportState.FAILED if message.to in self.dead else ReportState.DELIVERED
            await reports.apply(pool("work"), Report(message.id, state), clock.now())
        self._phone.received.clear()

    async def _answer_messages(self) -> None:
        for row in await fetch(pool("work"), JUST_SENT, clock.now() - timedelta(minutes=10)):
            if self._answers(row):
                visit = await by_id(pool("answer"), row["invitation_id"])
                assert visit is not None
                who = row["audience"]
                await record(
                    pool("answer"), visit, {"globale": 5}, channel="web", respondent=who, now=clock.now()
                )

    async def _call(self, nadia: Actor, case: UUID) -> None:
        row = await fetch_one(pool("work"), IN_HAND, case)
        assert row is not None
        if row["key"] in self._dead_keys:
            await calls.conclude(nadia, case, Code.wrong_number)
        elif self._answers(row):
            await calls.answer(nadia, case, "globale", "5", row["audience"])
            await calls.conclude(nadia, case, Code.answered)
        else:
            await calls.conclude(nadia, case, Code.no_answer)

    def _answers(self, row: dict) -> bool:
        one = Tried(Channel(row["channel"]), row["step"], row["try_number"])
        rate = 0.0 if row["key"] in self._dead_keys else self.rates.get(one.channel, 0.0)
        return answers(row["occasion_id"], one, rate)


@dataclass(frozen=True)
class Tried:
    """What the draw of an answer reads of an attempt."""

    channel: Channel
    step: int
    try_number: int


TRIED = """
SELECT a.channel, a.step, a.try_number, a.audience, a.invitation_id, i.occasion_id, e.key
FROM attempt a JOIN invitation i ON i.id = a.invitation_id JOIN endpoint e ON e.id = a.endpoint_id
"""
JUST_SENT = (
    f"{TRIED} WHERE a.state = 'sent' AND a.sent_at > $1 AND a.channel <> 'phone' AND i.answered_at IS NULL"
)
# When something is due next, or the window of what could not leave ends.
NEXT = """
SELECT min(at) FROM attempt CROSS JOIN unnest(ARRAY[opens_at, closes_at]) AS at
WHERE state IN ('planned', 'deferred') AND at > $1
"""
IN_HAND = f"{TRIED} JOIN call_case k ON k.attempt_id = a.id WHERE k.id = $1"


def _at(day: date, hour: int) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=PARIS)
    return (midnight + timedelta(hours=hour)).astimezone(UTC)


async def reasons() -> Counter[str]:
    """Count the ledger by reason."""
    return Counter(row["reason"] for row in await fetch(pool("work"), "SELECT reason FROM occasion"))


async def days() -> dict[date, tuple[int, int, int]]:
    """Count SMS, e-mails and calls by local day, as the contacts were counted."""
    rows = await fetch(pool("work"), "SELECT channel, at FROM contact_event")
    found = Counter((row["at"].astimezone(PARIS).date(), row["channel"]) for row in rows)
    every = sorted({day for day, _ in found})
    return {day: (found[day, "sms"], found[day, "email"], found[day, "phone"]) for day in every}
