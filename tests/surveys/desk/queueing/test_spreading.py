"""No case is called twice in the same part of the day before the other was tried, nor above the protocol.

Months are simulated under the virtual clock: first the planner alone, then the desk on its database.
"""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality import clock
from quality.directory.geography import zone_of
from surveys.desk import calls
from surveys.desk.ending.outcomes import MOST_TRIES, OUTCOMES, Again, Code, next_call
from surveys.desk.queueing import queue
from surveys.desk.queueing.spreading import Parts, spread
from surveys.dispatch.recovery import reschedule
from surveys.protocol.calendar import DayPart, Slot, Window, day_part, next_slot
from surveys.protocol.definition import Audience, Channel, load
from surveys.protocol.planning import Base, PlannedAttempt, Reach, plan
from tests.surveys.desk.waiting import agent, case_of, go_to, survey_call
from tests.world import World

PLACES = ("34", "67", "972", "974")
UNREACHED = (Code.no_answer, Code.voicemail, Code.relative, Code.busy, Code.not_now)
PHONE = Reach(sms=False, email=False, phone=True)
FIRST_DAY = datetime(2026, 11, 2, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """One call that was made: when, in which part, what was tried before it, and until when it could wait."""

    at: datetime
    part: DayPart
    tries: Parts
    until: datetime
    is_same: bool


def windows_left(made: Made, part: DayPart, departement: str, window: Window) -> list[Slot]:
    """List the stretches of a part that were left when the call was made."""
    found, slot = [], next_slot(made.at, departement, window, made.until)
    while slot is not None:
        if day_part(slot.opens_at, zone_of(departement)) is part:
            found.append(slot)
        slot = next_slot(slot.closes_at, departement, window, made.until)
    return found


def check_spread(calls_made: list[Made], departement: str, window: Window) -> None:
    for made in calls_made:
        if made.is_same or not made.tries.is_uneven(made.part):
            continue
        other = DayPart.AFTERNOON if made.part is DayPart.MORNING else DayPart.MORNING
        assert windows_left(made, other, departement, window) == [], made


class Simulated:
    """One visit followed by phone: its planned calls, made late or early within their windows."""

    def __init__(self, drawn: random.Random, name: str, departement: str, ended: datetime) -> None:
        self.drawn, self.departement = drawn, departement
        protocol = load(name)
        self.window = protocol.window(Channel.PHONE, Audience.CLIENT)
        self.attempts = list(plan(Base(ended, ended), departement, PHONE, protocol, ended))
        self.most = sum(step.attempts for step in protocol.steps if step.channel is Channel.PHONE)
        self.made: list[Made] = []
        self.tries, self.dials = Parts(), 0

    def run(self) -> None:
        while self.attempts and self.dials < MOST_TRIES["survey"]:
            self._call(self.attempts.pop(0), is_same=False)

    def _call(self, attempt: PlannedAttempt, *, is_same: bool) -> None:
        """Make a call somewhere in its window, or in a later one when nobody had the time."""
        slot: Slot | None = Slot(attempt.opens_at, attempt.closes_at)
        if self.drawn.random() < 0.3:
            slot = next_slot(attempt.closes_at, self.departement, self.window, attempt.give_up_at)
        if slot is None:
            return
        at = slot.opens_at + self.drawn.random() * (slot.closes_at - slot.opens_at)
        if not is_same:
            chosen = spread(at, self.departement, self.window, attempt.give_up_at, self.tries)
            if chosen is None:
                return
            at = max(at, chosen.opens_at)
        part = day_part(at, zone_of(self.departement))
        self.made.append(Made(at, part, self.tries, attempt.give_up_at, is_same))
        self.dials += 1
        self._follow(attempt, self.drawn.choice(UNREACHED), at, part)

    def _follow(self, attempt: PlannedAttempt, code: Code, at: datetime, part: DayPart) -> None:
        outcome = OUTCOMES[code]
        if outcome.again is Again.same and self.dials < MOST_TRIES["survey"]:
            slot = next_call(outcome, at, self.departement, self.window, attempt.give_up_at)
            if slot is not None:
                again = replace(attempt, opens_at=slot.opens_at, closes_at=slot.closes_at)
                self._call(again, is_same=True)
                return
        self.tries = self.tries.after(part)
        if not self.attempts:
            return
        following = self.attempts.pop(0)
        slot = next_call(
            outcome,
            at,
            self.departement,
            self.window,
            following.give_up_at,
            tries=self.tries,
            after=following.opens_at,
        )
        if slot is not None:
            moved = replace(following, opens_at=slot.opens_at, closes_at=slot.closes_at)
            self.attempts.insert(0, moved)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from(("default", "integral")),
    st.sampled_from(PLACES),
    st.integers(0, 180 * 24 * 60),
)
def test_over_months_the_parts_of_the_day_are_tried_in_turn(
    seed: int, name: str, departement: str, minutes: int
) -> None:
    visit = Simulated(random.Random(seed), name, departement, FIRST_DAY + timedelta(minutes=minutes))
    visit.run()
    check_spread(visit.made, visit.departement, visit.window)
    assert sum(not made.is_same for made in visit.made) <= visit.most
    assert len(visit.made) <= MOST_TRIES["survey"]


@pytest.mark.parametrize("seed", range(3))
async def test_over_months_the_desk_spreads_its_calls(
    world: World, owner: asyncpg.Connection, seed: int
) -> None:
    drawn, nadia = random.Random(seed), agent(world)
    window = load("default").window(Channel.PHONE, Audience.CLIENT)
    give_up = clock.now() + timedelta(days=9)
    visits = [
        await survey_call(world, mobile=f"+3363998{number:04d}", give_up=give_up) for number in range(8)
    ]
    await owner.execute("UPDATE call_case SET closes_at = $1", give_up)
    for _ in range(200):
        await reschedule(clock.now())
        case = await queue.pick(nadia, clock.now())
        if case is not None:
            await calls.conclude(nadia, case, drawn.choice(UNREACHED))
        go_to(clock.now() + timedelta(minutes=drawn.choice((10, 45, 240))))
        if await owner.fetchval("SELECT count(*) FROM call_case WHERE state <> 'done'") == 0:
            break
    made = [await made_of(owner, visit.id, give_up) for visit in visits]
    assert sum(len(each) for each in made) > len(visits)
    for each in made:
        check_spread(each, "34", window)
        assert sum(not call.is_same for call in each) <= 2
        assert len(each) <= MOST_TRIES["survey"]
    assert {(await case_of(owner, visit))["state"] for visit in visits} == {"done"}


async def made_of(owner: asyncpg.Connection, case: object, until: datetime) -> list[Made]:
    """Read the calls of one case in the log, with what had been tried before each."""
    rows = await owner.fetch(
        "SELECT part, ended_at, outcome FROM call_log WHERE case_id = $1 ORDER BY ended_at", case
    )
    made, tries, is_same = [], Parts(), False
    for row in rows:
        part, outcome = DayPart(row["part"]), OUTCOMES[Code(row["outcome"])]
        made.append(Made(row["ended_at"], part, tries, until, is_same))
        is_same = outcome.again is Again.same
        tries = tries if is_same else tries.after(part)
    return made
