"""The experiment on first contacts: its draw, whom it leaves alone, what those drawn are sent."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

import asyncpg
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.app import House
from quality.db import execute, fetch, fetch_one, fetch_value, pool, transaction
from surveys.dispatch import rerouting
from surveys.protocol.arms import Case, arm_of, drawn, may_be_drawn, seed_of
from surveys.protocol.caps import NO_TRAITS, Cap, Traits
from surveys.protocol.deciding import decide_pending
from surveys.protocol.definition import Channel, Protocol, ProtocolRefused, decode, load, stored
from surveys.protocol.draw_commands import replay
from surveys.protocol.experiment import Experiment
from surveys.protocol.planning import Base, Reach, plan
from surveys.verification import recomputed
from tests.surveys.protocol.capped import publish_next, with_experiment
from tests.surveys.protocol.decided import crowd, ledger
from tests.surveys.protocol.test_the_draw import drawn_world
from tests.surveys.visits import MOBILE, MORNING, someone, visit, wait
from tests.world import World

SEED = b"first contacts"
BOTH = Experiment(share=100, channels=("sms", "phone"))
REACH = Reach(sms=True, email=True, phone=True)
BASE = Base(MORNING, MORNING)
PEOPLE = [UUID(int=Random(n).getrandbits(128)) for n in range(4000)]
DAY = timedelta(days=1)


def case(
    person: UUID = PEOPLE[0], reach: Reach = REACH, traits: Traits = NO_TRAITS, base: Base = BASE
) -> Case:
    return Case(person, reach, traits, base, "34")


def refused(**experiment: object) -> list[tuple[str, str]]:
    with pytest.raises(ProtocolRefused) as caught:
        decode(stored(load("default")) | {"experiment": experiment})
    return [(error.field, error.message.replace("\xa0", " ")) for error in caught.value.errors]


# ---- the draw ----


@pytest.mark.parametrize("share", [1, 10, 37, 90])
def test_the_share_drawn_is_the_one_asked_for_within_its_binomial_interval(share: int) -> None:
    """Within 4.5 standard errors, which chance passes once in 150,000 runs."""
    found = sum(
        drawn(Experiment(share=share, channels=("sms", "phone")), SEED, p) is not None for p in PEOPLE
    )
    part, people = share / 100, len(PEOPLE)
    assert abs(found - people * part) <= 4.5 * (people * part * (1 - part)) ** 0.5


def test_nobody_is_drawn_at_nought_and_everybody_at_a_hundred() -> None:
    none, all_ = Experiment(share=0, channels=("sms", "phone")), BOTH
    assert {drawn(none, SEED, person) for person in PEOPLE} == {None}
    assert None not in {drawn(all_, SEED, person) for person in PEOPLE}


@pytest.mark.parametrize("channels", [("sms", "phone"), ("sms", "email", "phone")])
def test_each_channel_is_as_likely_whatever_the_share(channels: tuple) -> None:
    for share in (20, 100):
        found = [drawn(Experiment(share=share, channels=channels), SEED, person) for person in PEOPLE]
        kept = [channel for channel in found if channel is not None]
        part = 1 / len(channels)
        for channel in channels:
            count = sum(each == channel for each in kept)
            assert abs(count - len(kept) * part) <= 4.5 * (len(kept) * part * (1 - part)) ** 0.5


def test_a_larger_share_keeps_those_drawn_and_their_channel() -> None:
    small, large = (Experiment(share=share, channels=("sms", "phone")) for share in (15, 60))
    before = {person: channel for person in PEOPLE if (channel := drawn(small, SEED, person))}
    assert before
    assert before == {person: drawn(large, SEED, person) for person in before}


def test_the_order_in_which_channels_are_written_changes_nothing() -> None:
    other = Experiment(share=100, channels=("phone", "sms"))
    assert [drawn(BOTH, SEED, p) for p in PEOPLE[:200]] == [drawn(other, SEED, p) for p in PEOPLE[:200]]


def test_another_seed_draws_other_people() -> None:
    few = Experiment(share=50, channels=("sms", "phone"))
    assert [drawn(few, SEED, p) for p in PEOPLE[:50]] != [drawn(few, b"another", p) for p in PEOPLE[:50]]
    assert seed_of(PEOPLE[0], b"key") != seed_of(PEOPLE[1], b"key") != seed_of(PEOPLE[1], b"other key")


# ---- whom it leaves alone ----


def test_whoever_every_channel_reaches_may_be_drawn() -> None:
    protocol = with_experiment(100)
    assert may_be_drawn(case(), protocol, MORNING)
    assert {arm_of(case(person), protocol, SEED, MORNING) for person in PEOPLE[:50]} == {
        "phone/sms",
        "sms/phone",
    }


@pytest.mark.parametrize("preference", ["sms", "phone", "email"])
def test_a_wish_is_never_overridden(preference: str) -> None:
    protocol = with_experiment(100)
    wishing = case(reach=replace(REACH, preference=preference))
    assert not may_be_drawn(wishing, protocol, MORNING)
    assert arm_of(wishing, protocol, SEED, MORNING) == ""


def test_even_a_wish_that_cannot_be_met_is_not_drawn_over() -> None:
    reach = Reach(sms=True, email=False, phone=True, preference="email")
    assert not may_be_drawn(case(reach=reach), with_experiment(100), MORNING)


@pytest.mark.parametrize("without", ["sms", "phone"])
def test_nobody_is_drawn_whom_one_channel_compared_does_not_reach(without: str) -> None:
    assert not may_be_drawn(case(reach=replace(REACH, **{without: False})), with_experiment(100), MORNING)


def test_whom_a_lower_cap_protects_is_not_drawn() -> None:
    protocol = with_experiment(100, caps=(Cap(contacts=2, age_from=85),))
    old, young = (Traits(age_bands=frozenset({band})) for band in ("85+", "60-74"))
    assert not may_be_drawn(case(traits=old), protocol, MORNING)
    assert may_be_drawn(case(traits=young), protocol, MORNING)


def test_without_time_for_one_of_the_channels_nobody_is_drawn() -> None:
    """Who is compared does not depend on the channel drawn: those who would be called are left out too."""
    steps = load("default").steps
    short = msgspec.structs.replace(steps[0], delay_hours=120, give_up_after_days=5)  # a Sunday
    protocol = msgspec.structs.replace(with_experiment(100), steps=(short, *steps[4:]))
    assert plan(BASE, "34", replace(REACH, first=Channel.PHONE), protocol, MORNING)
    assert not may_be_drawn(case(), protocol, MORNING)


# ---- what those drawn are sent ----


def sent(first: Channel | None, protocol: Protocol, reach: Reach = REACH) -> list[tuple[str, str]]:
    attempts = plan(BASE, "34", replace(reach, first=first), protocol, MORNING)
    return [(each.channel.value, each.template) for each in attempts]


def test_those_drawn_are_asked_like_those_whom_only_that_channel_reaches() -> None:
    protocol = load("default")
    calls, texts = [("phone", "call")] * 2, [("sms", "opening"), ("sms", "reminder")]
    assert sent(Channel.PHONE, protocol) == sent(None, protocol, Reach(False, False, True)) == calls
    assert sent(Channel.EMAIL, protocol) == [("email", "opening_email"), ("email", "reminder_email"), *calls]
    assert sent(Channel.SMS, protocol) == sent(None, protocol) == [*texts, *calls]


def test_a_wish_comes_before_what_was_drawn() -> None:
    wishing = replace(REACH, preference="phone")
    assert {channel for channel, _ in sent(Channel.SMS, load("default"), wishing)} == {"phone"}


@given(st.sampled_from(Channel), st.integers(1, 4))
def test_the_cap_and_the_hours_hold_whatever_is_drawn(first: Channel, cap: int) -> None:
    protocol = msgspec.structs.replace(load("default"), contact_cap=cap)
    attempts = plan(BASE, "34", replace(REACH, first=first), protocol, MORNING)
    assert 0 < len(attempts) <= cap
    alone = plan(BASE, "34", Reach(first is Channel.SMS, first is Channel.EMAIL, True), protocol, MORNING)
    assert attempts == alone


# ---- as data ----


def test_an_experiment_is_read_and_none_is_the_default() -> None:
    tried = decode(stored(load("default")) | {"experiment": {"share": 20, "channels": ["sms", "phone"]}})
    assert tried.experiment == Experiment(share=20, channels=("sms", "phone"))
    assert not load("default").experiment.is_on
    old = {name: value for name, value in stored(load("default")).items() if name != "experiment"}
    assert decode(old) == load("default")


@pytest.mark.parametrize(
    ("experiment", "field", "message"),
    [
        ({"share": 101}, "experiment.share", "attendu : un nombre ≤ 100"),
        ({"share": -1}, "experiment.share", "attendu : un nombre ≥ 0"),
        ({"share": 10}, "experiment.channels", "choisissez deux moyens à comparer, ou trois"),
        (
            {"share": 10, "channels": ["sms", "sms"]},
            "experiment.channels",
            "choisissez deux moyens à comparer, ou trois",
        ),
        (
            {"share": 10, "channels": ["sms", "phone", "sms"]},
            "experiment.channels",
            "chaque moyen se donne une fois",
        ),
        (
            {"share": 10, "channels": ["sms", "fax"]},
            "experiment.channels[1]",
            "« fax » n’est pas une valeur possible",
        ),
    ],
)
def test_an_experiment_that_compares_nothing_is_refused(experiment: dict, field: str, message: str) -> None:
    assert refused(**experiment) == [(field, message)]


def test_a_channel_by_which_no_step_begins_cannot_be_compared() -> None:
    with pytest.raises(ProtocolRefused) as caught:
        decode(stored(load("integral")) | {"experiment": {"share": 10, "channels": ["sms", "phone"]}})
    [error] = caught.value.errors
    assert error.field == "experiment.channels"
    assert "aucune étape ne commence par ce moyen" in error.message
    without_calls_first = [step for step in stored(load("default"))["steps"] if step["when"] != "unwritten"]
    with pytest.raises(ProtocolRefused, match="aucune étape ne commence par ce moyen"):
        decode(
            stored(load("default"))
            | {"steps": without_calls_first, "experiment": {"share": 10, "channels": ["sms", "phone"]}}
        )


# ---- as the engine does it ----


REQUESTS = "SELECT occasion_id, pseudonym, first_mode, arm FROM invitation ORDER BY id"


async def requests() -> dict[UUID, tuple[str, str]]:
    return {
        row["occasion_id"]: (row["first_mode"], row["arm"]) for row in await fetch(pool("work"), REQUESTS)
    }


@pytest.mark.parametrize("planners", [1, 10])
async def test_planners_at_once_draw_what_the_pure_function_draws(
    world: World, house: House, owner: asyncpg.Connection, planners: int
) -> None:
    protocol = await publish_next(owner, with_experiment(60))
    await owner.execute("UPDATE platform SET interval_days = 0, stratum_target = 10")
    await crowd(world)
    while any(await asyncio.gather(*(decide_pending(house, 3) for _ in range(planners)))):
        pass
    seed = await fetch_value(pool("work"), "SELECT seed FROM mode_seed")
    assert seed == seed_of(world.platform, house.keyring.subkey("draw"))
    rows = await fetch(pool("work"), REQUESTS)
    for row in rows:
        said = drawn(protocol.experiment, seed, row["pseudonym"])
        assert (row["arm"] != "") == (said is not None)
        assert row["first_mode"] == (said or Channel.SMS)
    assert {row["arm"] for row in rows} == {"", "sms/phone", "phone/sms"}
    by_person: dict[UUID, set[str]] = {}
    for row in rows:
        by_person.setdefault(row["pseudonym"], set()).add(row["arm"])
    assert {len(arms) for arms in by_person.values()} == {1}


async def test_the_experiment_changes_neither_who_is_asked_nor_their_draw(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE platform SET interval_days = 0, stratum_target = 10")
    await drawn_world(world, house)
    without = {key: (row["decision"], row["reason"], row["draw"]) for key, row in (await ledger()).items()}
    for table in ("call_case", "attempt", "invitation", "occasion", "cell"):
        await owner.execute(f"DELETE FROM {table}")
    await publish_next(owner, with_experiment(100))
    await wait()
    while await decide_pending(house):
        pass
    tried = {key: (row["decision"], row["reason"], row["draw"]) for key, row in (await ledger()).items()}
    assert tried == without
    assert {arm for _, arm in (await requests()).values()} == {"sms/phone", "phone/sms"}


async def test_without_an_experiment_no_seed_is_kept(world: World, house: House) -> None:
    await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    assert await fetch_value(pool("work"), "SELECT count(*) FROM mode_seed") == 0
    assert {arm for _, arm in (await requests()).values()} == {""}


async def test_the_arm_is_that_of_the_seed_that_was_kept_first(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    """A key that turned since draws nobody into another arm."""
    protocol = await publish_next(owner, with_experiment(100))
    await owner.execute(
        "INSERT INTO mode_seed (id, platform_id, seed, created_at) VALUES (gen_random_uuid(), $1, $2, now())",
        world.platform,
        b"kept",
    )
    people = [await someone(world, mobile=f"+3363998{n:04d}") for n in range(12)]
    for each in people:
        await visit(each)
    await decide_pending(house)
    rows = await fetch(pool("work"), REQUESTS)
    assert {row["pseudonym"]: row["first_mode"] for row in rows} == {
        each.person: drawn(protocol.experiment, b"kept", each.person) for each in people
    }


async def test_the_engine_leaves_alone_a_wish_a_refused_mobile_and_a_lower_cap(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await publish_next(owner, with_experiment(100, caps=(Cap(contacts=2, age_from=85),)))
    await execute(
        pool("work"),
        """INSERT INTO endpoint (id, platform_id, kind, key, refused_at)
           VALUES (gen_random_uuid(), $1, 'phone', $2, now())""",
        world.platform,
        house.keyring.lookup("phone", "+33639980009"),
    )
    wishing = [await someone(world, mobile=f"+3363999{n:04d}", contact="sms") for n in range(4)]
    old = [await someone(world, mobile=f"+3363997{n:04d}", age_band="85+") for n in range(4)]
    refusing = await someone(world, mobile="+33639980009", phone="+33467000000")
    only = await someone(world, phone="+33467000001")
    visits = [await visit(each) for each in (*wishing, *old, refusing, only)]
    usual = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    found = await requests()
    assert {found[each][1] for each in visits} == {""}
    assert found[usual][1] != ""


async def test_the_request_and_its_answers_count_in_cells_of_their_arm(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await publish_next(owner, with_experiment(100))
    done = await visit(await someone(world, mobile=MOBILE))
    await decide_pending(house)
    mode, arm = (await requests())[done]
    cell = await fetch_one(pool("work"), "SELECT arm, first_mode, n, x FROM cell")
    assert (cell["arm"], cell["first_mode"], cell["n"], cell["x"]) == (arm, mode, 1, 0)
    async with transaction("work") as db:
        assert await recomputed(db) == []


async def test_a_number_that_dies_moves_nobody_to_another_arm(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    protocol = await publish_next(owner, with_experiment(100))
    seed = seed_of(world.platform, house.keyring.subkey("draw"))
    called = next(p for p in PEOPLE if drawn(protocol.experiment, seed, p) is Channel.PHONE)
    await visit(await someone(world, person=called, mobile=MOBILE, phone="+33467000000"))
    await decide_pending(house)
    await execute(
        pool("work"),
        "UPDATE endpoint SET wrong_at = $2 WHERE key = $1",
        house.keyring.lookup("phone", "+33467000000"),
        MORNING,
    )
    assert await rerouting.reroute(MORNING + timedelta(hours=1)) == 1
    rows = await fetch(pool("work"), "SELECT channel, state FROM attempt")
    assert {(row["channel"], row["state"]) for row in rows} == {("phone", "planned")}


async def test_the_replay_of_a_quarter_draws_its_first_contacts_again(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await publish_next(owner, with_experiment(50))
    await owner.execute("UPDATE platform SET interval_days = 0, stratum_target = 10")
    await drawn_world(world, house)
    found = await replay(pool("work"), world.platform, "2026-Q4")
    assert found.differences == found.moved == ()
    assert found.first_contacts == len([arm for _, arm in (await requests()).values() if arm])
    assert found.first_contacts > 0
    changed = await owner.fetchval(
        """
        UPDATE invitation SET arm = CASE first_mode WHEN 'sms' THEN 'phone/sms' ELSE 'sms/phone' END,
            first_mode = CASE first_mode WHEN 'sms' THEN 'phone' ELSE 'sms' END
        WHERE id = (SELECT id FROM invitation WHERE arm <> '' ORDER BY id DESC LIMIT 1) RETURNING occasion_id
        """
    )
    again = await replay(pool("work"), world.platform, "2026-Q4")
    assert [each.id for each in again.moved] == [changed]
