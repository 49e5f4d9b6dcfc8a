"""One door for every answer: what follows from it, exactly, however many answer at once."""

import asyncio
import random
from functools import partial

import asyncpg
import msgspec
import pytest
from msgspec import structs

from quality import clock
from quality.app import House
from quality.db import pool, transaction
from quality.errors import NotFound
from quality.measures.recounting import CellsDiffer
from surveys import verification
from surveys.callbacks import ask, half_days
from surveys.collect import Recorded, record
from surveys.questionnaire.reading import library
from surveys.response import InvitedVisit, by_id, response_id
from surveys.verification import recomputed
from tests.kannel import until
from tests.surveys.invited import Choices, attempt_id, invited, write_client
from tests.surveys.respond.defined import second_version
from tests.world import World

Owner = asyncpg.Connection


async def visit_of(invitation: object) -> InvitedVisit:
    found = await by_id(pool("answer"), invitation)
    assert found is not None
    return found


async def say(
    invitation: object, respondent: str = "client", channel: str = "web", **answers: object
) -> Recorded:
    visit = await visit_of(invitation)
    return await record(
        pool("answer"), visit, answers, channel=channel, respondent=respondent, now=clock.now()
    )


@pytest.mark.parametrize(("channel", "is_kept"), [("web", False), ("sms", False), ("phone", True)])
@pytest.mark.parametrize("sets", ["closed_at = now(), closed_reason = 'deceased'", "closes_at = created_at"])
async def test_once_a_request_is_over_only_the_desk_finishes_what_it_hears(
    world: World, owner: Owner, sets: str, channel: str, is_kept: bool
) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    await owner.execute(f"UPDATE invitation SET {sets}")
    if is_kept:
        assert (await say(invitation, channel=channel, respect=4)).version == 2
    else:
        with pytest.raises(NotFound):
            await say(invitation, channel=channel, respect=4)


async def cells_of(owner: Owner) -> dict[tuple[str, str], tuple[int, int]]:
    rows = await owner.fetch("SELECT indicator, respondent, n, x FROM cell WHERE n <> 0 OR x <> 0")
    return {(row["indicator"], row["respondent"]): (row["n"], row["x"]) for row in rows}


async def answers_of(owner: Owner, invitation: object, respondent: str = "client") -> dict[str, object]:
    stored = await owner.fetchval(
        "SELECT answers FROM response WHERE id = $1", response_id(invitation, respondent)
    )
    return msgspec.json.decode(stored) if stored else {}


async def differences() -> list[verification.Difference]:
    async with transaction("work") as db:
        return await recomputed(db)


async def test_the_first_answer_counts_alone(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    assert await say(invitation, globale=4) == Recorded(1, True, (), False)
    assert await cells_of(owner) == {("GLOB", "client"): (1, 1), ("RR2", ""): (1, 1)}
    answered_at = await owner.fetchval("SELECT answered_at FROM invitation WHERE id = $1", invitation)
    assert answered_at is not None


async def test_a_cell_carries_every_fact_of_its_visit(world: World, owner: Owner) -> None:
    _, invitation = await invited(
        world, funders=(world.herault, world.cnav), mode="mandataire", activity="II-1"
    )
    await say(invitation, globale=4)
    cell = await owner.fetchrow("SELECT * FROM cell WHERE indicator = 'GLOB'")
    asked = await owner.fetchrow("SELECT * FROM invitation WHERE id = $1", invitation)
    same = (
        *("platform_id", "pseudonym", "month", "provider_id", "activity", "mode", "departement"),
        *("territory", "first_mode", "collector", "age_band"),
    )
    assert {name: cell[name] for name in same} == {name: asked[name] for name in same}
    assert set(cell["funders"]) == {world.herault, world.cnav}
    assert (cell["respondent"], cell["admissible"], cell["version"]) == ("client", "yes", 1)


async def test_later_answers_are_merged_and_nothing_is_lost(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    recorded = await say(invitation, ponctualite=5, commentaire="Merci à Nadia")
    assert (recorded.version, recorded.is_first) == (2, False)
    assert await answers_of(owner, invitation) == {
        "globale": 4,
        "ponctualite": 5,
        "commentaire": "Merci à Nadia",
    }


async def test_a_correction_subtracts_exactly(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=5, conseil="yes")
    await say(invitation, globale=1)
    assert await cells_of(owner) == {
        ("GLOB", "client"): (1, 0),
        ("RECO", "client"): (1, 1),
        ("RR2", ""): (1, 1),
    }
    await say(invitation, globale="nsp", conseil="no")
    assert await cells_of(owner) == {("RECO", "client"): (1, 0), ("RR2", ""): (1, 1)}
    assert await differences() == []


async def test_the_same_answer_twice_counts_once(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    await say(invitation, globale=4)
    assert (await cells_of(owner))["GLOB", "client"] == (1, 1)
    assert await owner.fetchval("SELECT count(*) FROM response") == 1


async def test_two_visits_of_one_person_meet_in_one_cell(world: World, owner: Owner) -> None:
    async with transaction("work") as db:
        client = await write_client(db, world, Choices())
    for _ in range(2):
        _, invitation = await invited(world, client=client)
        await say(invitation, globale=4)
    assert await cells_of(owner) == {("GLOB", "client"): (2, 2), ("RR2", ""): (2, 2)}


async def test_nothing_said_is_no_response(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    assert await say(invitation, commentaire="") == Recorded(0, False, (), False)
    assert await owner.fetchval("SELECT count(*) FROM response") == 0
    assert await cells_of(owner) == {("RR2", ""): (1, 0)}


# ---- what was still going to be sent ----


async def test_an_answer_withdraws_what_was_still_going_to_be_sent(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    states = await owner.fetch("SELECT step, state, reason FROM attempt ORDER BY id")
    assert [tuple(row) for row in states] == [
        (0, "sent", None),
        (1, "suppressed", "answered"),
        (2, "suppressed", "answered"),
        (2, "suppressed", "answered"),
    ]
    assert await owner.fetchval("SELECT outcome FROM call_case") == "answered"


async def test_an_answer_withdraws_nothing_of_another_invitation(world: World, owner: Owner) -> None:
    _, mine = await invited(world)
    _, other = await invited(world, mobile="+33639980002", name="M. Petit")
    await say(mine, globale=4)
    still = await owner.fetchval(
        "SELECT count(*) FROM attempt WHERE invitation_id = $1 AND state = 'planned'", other
    )
    assert still == 3
    assert await owner.fetchval("SELECT state FROM call_case WHERE invitation_id = $1", other) == "open"


async def test_a_message_already_claimed_is_withdrawn_and_one_being_sent_is_left(
    world: World, owner: Owner
) -> None:
    _, invitation = await invited(world)
    leased = "UPDATE attempt SET state = $2, lease_until = now() + interval '1 minute' WHERE id = $1"
    await owner.execute(leased, attempt_id(invitation, 1), "claimed")
    await owner.execute(leased, attempt_id(invitation, 2, 1), "sending")
    await say(invitation, globale=4)
    rows = await owner.fetch(
        "SELECT state, lease_until IS NULL AS free FROM attempt WHERE step > 0 ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [("suppressed", True), ("sending", False), ("suppressed", True)]


async def test_an_answer_by_web_takes_the_call_from_the_agent(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await hold(owner, invitation)
    await say(invitation, globale=4)
    row = await owner.fetchrow("SELECT state, agent_id, lease_until FROM call_case")
    assert tuple(row) == ("done", None, None)


async def test_an_agent_who_types_the_answers_keeps_the_call(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await hold(owner, invitation)
    await say(invitation, channel="phone", globale=4)
    assert await owner.fetchval("SELECT state FROM call_case") == "held"
    rows = await owner.fetch("SELECT state FROM attempt WHERE step > 0 ORDER BY id")
    assert [row["state"] for row in rows] == ["suppressed", "planned", "suppressed"]


async def hold(owner: Owner, invitation: object) -> None:
    await owner.execute(
        """
        UPDATE call_case SET state = 'held', agent_id = gen_random_uuid(), attempt_id = $2,
            lease_until = now() + interval '1 hour' WHERE invitation_id = $1
        """,
        invitation,
        attempt_id(invitation, 2, 1),
    )


# ---- client and relative ----


async def test_a_relative_counts_while_the_client_has_not_answered(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, respondent="relative", globale=5)
    assert await cells_of(owner) == {("GLOB", "relative"): (1, 1), ("RR2", ""): (1, 1)}
    assert await differences() == []


async def test_the_client_replaces_the_relative_exactly(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, respondent="relative", globale=5, respect=5)
    await say(invitation, respondent="relative", globale=4)
    await say(invitation, globale=2)
    assert await cells_of(owner) == {("GLOB", "client"): (1, 0), ("RR2", ""): (1, 1)}
    await say(invitation, respondent="relative", conseil="yes")
    await say(invitation, ponctualite=5)
    assert await cells_of(owner) == {
        ("GLOB", "client"): (1, 0),
        ("PONCT", "client"): (1, 1),
        ("RR2", ""): (1, 1),
    }
    assert (await answers_of(owner, invitation, "relative"))["respect"] == 5
    assert await differences() == []


async def test_a_relative_who_corrects_while_the_client_answers_is_replaced_exactly(
    world: World, owner: Owner
) -> None:
    _, invitation = await invited(world)
    await say(invitation, respondent="relative", globale=5)
    shown = await visit_of(invitation)
    await say(invitation, respondent="relative", globale=1, conseil="yes")
    await record(pool("answer"), shown, {"globale": 4}, channel="web", now=clock.now())
    assert await cells_of(owner) == {("GLOB", "client"): (1, 1), ("RR2", ""): (1, 1)}
    assert await differences() == []


async def test_a_relative_after_the_client_adds_nothing(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=2)
    before = await cells_of(owner)
    await say(invitation, respondent="relative", globale=5)
    assert await cells_of(owner) == before
    assert await answers_of(owner, invitation) == {"globale": 2}


async def test_a_relative_does_not_withdraw_what_the_client_will_get(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, respondent="relative", globale=5)
    assert await owner.fetchval("SELECT count(*) FROM attempt WHERE state = 'planned'") == 3
    assert await owner.fetchval("SELECT state FROM call_case") == "open"


async def test_a_relative_who_was_asked_is_not_asked_again(world: World, owner: Owner) -> None:
    _, invitation = await invited(world, audience="relative")
    await say(invitation, respondent="relative", globale=5)
    assert await owner.fetchval("SELECT count(*) FROM attempt WHERE state = 'planned'") == 0
    assert await owner.fetchval("SELECT state FROM call_case") == "done"


# ---- signals ----


async def signals(owner: Owner) -> list[tuple[object, ...]]:
    rows = await owner.fetch("SELECT item, value, wish FROM signal ORDER BY item")
    return [tuple(row) for row in rows]


async def test_low_marks_are_noted_once(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    assert await say(invitation, globale=2) == Recorded(1, True, ("globale",), True)
    assert await say(invitation, globale=1, ponctualite=3) == Recorded(2, False, ("globale",), True)
    assert await signals(owner) == [("globale", 1, None)]
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 0


async def test_a_mark_corrected_upwards_asks_for_nothing(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=2, respect=1)
    assert not (await say(invitation, globale=4, respect="nsp")).asks_wish
    assert await signals(owner) == [("globale", 4, None), ("respect", 0, None)]


async def test_a_later_low_mark_shares_the_wish_already_given(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=2)
    await owner.execute("UPDATE signal SET wish = 'nothing'")
    assert not (await say(invitation, respect=1)).asks_wish
    assert await signals(owner) == [("globale", 2, "nothing"), ("respect", 1, "nothing")]


async def test_a_relatives_signal_is_its_own(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=2)
    await say(invitation, respondent="relative", globale=1)
    sources = await owner.fetch("SELECT source_id FROM signal")
    assert {row["source_id"] for row in sources} == {
        response_id(invitation, "client"),
        response_id(invitation, "relative"),
    }


# ---- the wish to be called back ----


async def callbacks(owner: Owner) -> list[str]:
    return [row["state"] for row in await owner.fetch("SELECT state FROM call_case WHERE kind = 'callback'")]


async def test_a_wish_to_be_called_back_is_a_call_and_no_complaint(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=5, rappel="yes")
    await say(invitation, rappel="yes")
    assert await callbacks(owner) == ["open"]
    due_at = await owner.fetchval("SELECT next_due_at FROM call_case WHERE kind = 'callback'")
    assert due_at == clock.now().replace(microsecond=due_at.microsecond, second=due_at.second)
    assert await owner.fetchval("SELECT count(*) FROM complaint") == 0


async def test_a_wish_taken_back_withdraws_the_call(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=5, rappel="yes")
    await say(invitation, rappel="no")
    assert await callbacks(owner) == ["done"]
    await say(invitation, rappel="yes")
    assert sorted(await callbacks(owner)) == ["done", "open"]


async def test_a_half_day_already_chosen_is_kept_when_the_wish_is_said_again(
    world: World, owner: Owner
) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=5, rappel="yes")
    visit = await visit_of(invitation)
    chosen = half_days(clock.now(), "34")[3]
    await ask(pool("answer"), visit, chosen, clock.now())
    await say(invitation, rappel="yes")
    due_at = await owner.fetchval("SELECT next_due_at FROM call_case WHERE kind = 'callback'")
    assert due_at == chosen.opens_at


async def test_a_call_asked_for_elsewhere_survives_a_no_at_the_last_question(
    world: World, owner: Owner
) -> None:
    _, invitation = await invited(world)
    await ask(pool("answer"), await visit_of(invitation), half_days(clock.now(), "34")[0], clock.now())
    await say(invitation, globale=5, rappel="no")
    assert await callbacks(owner) == ["open"]


# ---- many at once ----


async def test_twenty_posts_at_once_lose_none(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    items = ("globale", "ponctualite", "travail", "respect")
    posts = [{items[number % 4]: 4 if number % 2 else 5} for number in range(12)]
    posts += [{"commentaire": f"texte {number}"} for number in range(4)]
    posts += [{"conseil": "yes"}, {"conseil": "yes"}, {"rappel": "no"}, {"rappel": "no"}]
    visit = await visit_of(invitation)  # all of them read the page before anybody posts
    now = clock.now()
    recorded = await asyncio.gather(
        *(record(pool("answer"), visit, post, channel="web", now=now) for post in posts)
    )
    assert sorted(each.version for each in recorded) == list(range(1, 21))
    assert sum(each.is_first for each in recorded) == 1
    assert set(await answers_of(owner, invitation)) == {*items, "commentaire", "conseil", "rappel"}
    assert await cells_of(owner) == {
        **{(code, "client"): (1, 1) for code in ("GLOB", "PONCT", "QUAL", "RESP", "RECO")},
        ("RR2", ""): (1, 1),
    }
    assert await differences() == []


async def test_who_wishes_a_call_waits_for_the_request_before_any_answer_is_locked(
    world: World, owner: Owner
) -> None:
    """Answers are locked after their request, by everybody: the other way round, two would wait for ever."""
    _, invitation = await invited(world)
    now = clock.now()
    await record(pool("answer"), await visit_of(invitation), {"globale": 4}, channel="web", now=now)
    read_before = await visit_of(invitation)
    await record(pool("answer"), read_before, {"globale": 5}, channel="web", now=now)
    async with owner.transaction():
        await owner.execute("SELECT id FROM invitation WHERE id = $1 FOR NO KEY UPDATE", invitation)
        wishing = asyncio.create_task(
            record(pool("answer"), read_before, {"rappel": "no"}, channel="web", now=now)
        )
        await until(partial(owner.fetchval, WAITING), "the wish to wait for the request")
        await owner.execute(
            "SELECT id FROM response WHERE invitation_id = $1 FOR NO KEY UPDATE NOWAIT", invitation
        )
    assert (await wishing).version == 3


# Locks, and not the activity of connections: what a transaction reads of that stands still.
WAITING = "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted"


@pytest.mark.parametrize("seed", range(4))
async def test_client_and_relative_at_once_never_count_both(world: World, owner: Owner, seed: int) -> None:
    draw = random.Random(seed)
    _, invitation = await invited(world)
    visit = await visit_of(invitation)
    posts = [
        (draw.choice(("client", "relative", "guardian")), {"globale": draw.randint(1, 5)}) for _ in range(9)
    ]
    await asyncio.gather(
        *(
            record(pool("answer"), visit, post, channel="web", respondent=who, now=clock.now())
            for who, post in [*posts, ("client", {"respect": 4})]
        )
    )
    found = await cells_of(owner)
    assert {who for _, who in found} == {"client", ""}
    assert found["RR2", ""] == (1, 1)
    assert await differences() == []


async def test_a_long_random_story_recomputes_bit_for_bit(world: World, owner: Owner) -> None:
    draw = random.Random(20261124)
    invitations = [(await invited(world, mobile=f"+3363998000{n}"))[1] for n in range(4)]
    marks = (1, 2, 3, 4, 5, "nsp")
    for _ in range(60):
        answers: dict[str, object] = {draw.choice(("globale", "ponctualite", "respect")): draw.choice(marks)}
        if draw.random() < 0.3:
            answers["conseil"] = draw.choice(("yes", "no", "nsp"))
        if draw.random() < 0.2:
            answers = {"commentaire": draw.choice(("", "Bien"))}
        await say(draw.choice(invitations), draw.choice(("client", "client", "relative", "other")), **answers)
    assert await differences() == []


async def test_an_answer_inside_a_transaction_that_fails_leaves_nothing(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    visit = await visit_of(invitation)

    async def fail_afterwards() -> None:
        async with transaction("answer") as db:
            await record(db, visit, {"globale": 5}, channel="web", now=clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_afterwards()
    assert await owner.fetchval("SELECT count(*) FROM response") == 0
    assert await cells_of(owner) == {("RR2", ""): (1, 0)}


# ---- verification ----

BEST = (0, 0, 0, 0, 1)  # one mark of 5


async def test_a_cell_tampered_with_is_found(world: World, owner: Owner, house: House) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=5)
    await verification.verify(house)
    await owner.execute("UPDATE cell SET x = x + 1 WHERE indicator = 'GLOB'")
    (found,) = await differences()
    assert (found.place, found.stored, found.recomputed) == ("cell", (1, 2, *BEST), (1, 1, *BEST))
    with pytest.raises(CellsDiffer):
        await verification.verify(house)


async def test_a_cell_that_is_missing_is_found(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=5)
    await owner.execute("DELETE FROM cell WHERE indicator = 'GLOB'")
    (found,) = await differences()
    assert (found.stored, found.recomputed) == ((0, 0), (1, 1, *BEST))


async def test_a_response_that_keeps_something_else_of_itself_is_found(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=5)
    await owner.execute("UPDATE response SET answers = answers || '{\"globale\": 1}'")
    assert {found.place for found in await differences()} == {"cell", "response"}


async def test_figures_that_no_answer_feeds_are_left_alone(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=5)
    await owner.execute(
        """
        INSERT INTO cell SELECT gen_random_uuid(), platform_id, 'RECL_T', 1, pseudonym, month, provider_id,
            activity, mode, departement, territory, funders, first_mode, respondent, collector, admissible,
            age_band, 1, 0
        FROM cell WHERE indicator = 'GLOB'
        """
    )
    assert await differences() == []


# ---- questions that depend on others ----


async def dependent(world: World, owner: Owner, invitation: object) -> None:
    """Ask about respect only of those who were not content."""
    default = library("default")
    items = tuple(
        structs.replace(item, relevant="${globale} <= 2") if item.alias == "respect" else item
        for item in default.items
    )
    definition = structs.replace(default, version=default.version + 1, items=items)
    version = await second_version(owner, world, definition)
    await owner.execute("UPDATE invitation SET questionnaire_id = $1 WHERE id = $2", version, invitation)


async def test_an_answer_to_what_is_no_longer_asked_counts_for_nothing(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await dependent(world, owner, invitation)
    await say(invitation, globale=1, respect=2)
    both = {("GLOB", "client"): (1, 0), ("RESP", "client"): (1, 0), ("RR2", ""): (1, 1)}
    assert await cells_of(owner) == both
    assert (await say(invitation, globale=4)).low == ()
    assert await cells_of(owner) == {("GLOB", "client"): (1, 1), ("RR2", ""): (1, 1)}
    assert await signals(owner) == [("globale", 4, None), ("respect", 0, None)]
    assert await answers_of(owner, invitation) == {"globale": 4, "respect": 2}
    assert await differences() == []


async def test_an_answer_asked_again_counts_again(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await dependent(world, owner, invitation)
    await say(invitation, globale=1, respect=2)
    await say(invitation, globale=4)
    assert (await say(invitation, globale=2)).low == ("globale", "respect")
    assert (await cells_of(owner))["RESP", "client"] == (1, 0)
    assert await signals(owner) == [("globale", 2, None), ("respect", 2, None)]
    assert await differences() == []


async def test_an_answer_that_nobody_asked_for_does_not_begin_a_response(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await dependent(world, owner, invitation)
    assert (await say(invitation, respect=2)).version == 0
    assert await answers_of(owner, invitation) == {}
