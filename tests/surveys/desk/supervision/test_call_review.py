"""A call is reviewed, and an outcome written wrongly is corrected with what it caused."""

import asyncio
import json

import asyncpg
import httpx
import pytest

from quality.errors import Invalid, NotFound
from surveys.desk import calls
from surveys.desk.ending.outcomes import Code
from surveys.desk.supervision import recoding, reviewing
from tests.surveys.desk.ending.test_ends import LANDLINE, give_number
from tests.surveys.desk.test_calls import held
from tests.surveys.desk.waiting import Called, agent, attempt_of, case_of
from tests.world import World, sign_in


async def ended(world: World, code: Code) -> tuple[Called, object]:
    called, nadia = await held(world)
    if code is Code.answered:
        await calls.answer(nadia, called.id, "globale", "4", "client")
    await calls.conclude(nadia, called.id, code)
    return called, nadia


async def log_of(owner: asyncpg.Connection) -> asyncpg.Record:
    row = await owner.fetchrow("SELECT * FROM call_log ORDER BY id LIMIT 1")
    assert row is not None
    return row


async def test_two_corrections_at_once_come_one_after_the_other(
    world: World, owner: asyncpg.Connection
) -> None:
    await ended(world, Code.refusal)
    log = (await log_of(owner))["id"]
    codes = (Code.no_answer, Code.busy)
    await asyncio.gather(*(recoding.recode(agent(world, "supervisor"), log, code) for code in codes))
    rows = await owner.fetch("SELECT detail FROM audit WHERE action = 'call.recode'")
    read = {step["from"]: step["to"] for step in (json.loads(row["detail"]) for row in rows)}
    assert len(read) == 2
    assert read[read["refusal"]] == (await log_of(owner))["outcome"]


async def test_a_refusal_written_wrongly_is_lifted(world: World, owner: asyncpg.Connection) -> None:
    called, _ = await ended(world, Code.refusal)
    supervisor = agent(world, "supervisor")
    log = await log_of(owner)
    found = await recoding.recode(supervisor, log["id"], Code.no_answer)
    assert found.sentences == (recoding.UNDONE[Code.refusal], recoding.STAYS)
    assert await owner.fetchval("SELECT refused_at FROM person") is None
    assert await owner.fetchval("SELECT count(*) FROM endpoint WHERE refused_at IS NOT NULL") == 0
    log = await log_of(owner)
    assert (log["outcome"], log["recoded_from"], log["aapor"]) == ("no_answer", "refusal", "3.13")
    assert log["recoded_by"] == supervisor.account
    assert (await case_of(owner, called))["outcome"] == "no_answer"
    assert (await attempt_of(owner, called.second))["reason"] == "refused"  # what was withdrawn stays so


async def test_a_refusal_given_elsewhere_too_stays(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await owner.execute("UPDATE person SET refused_at = '2026-11-01'; UPDATE call_case SET state = 'held'")
    await calls.conclude(nadia, called.id, Code.refusal)
    await recoding.recode(agent(world, "supervisor"), (await log_of(owner))["id"], Code.no_answer)
    assert await owner.fetchval("SELECT refused_at IS NOT NULL FROM person") is True


@pytest.mark.parametrize(("code", "told"), [(Code.deceased, "deceased"), (Code.hospital, "hospital")])
async def test_a_death_or_a_stay_written_wrongly_does_not_stay(
    world: World, owner: asyncpg.Connection, code: Code, told: str
) -> None:
    await ended(world, code)
    assert await owner.fetchval("SELECT status FROM client") == told
    await recoding.recode(agent(world, "supervisor"), (await log_of(owner))["id"], Code.no_answer)
    assert await owner.fetchval("SELECT status FROM client") == "active"
    assert await owner.fetchval("SELECT deceased_at FROM person") is None


async def test_a_number_said_wrong_by_mistake_works_again(world: World, owner: asyncpg.Connection) -> None:
    called, nadia = await held(world)
    await give_number(world, owner, "phone", LANDLINE)
    await calls.conclude(nadia, called.id, Code.wrong_number)
    await recoding.recode(agent(world, "supervisor"), (await log_of(owner))["id"], Code.busy)
    assert await owner.fetchval("SELECT count(*) FROM endpoint WHERE wrong_at IS NOT NULL") == 0


async def test_a_refusal_that_was_not_written_is_written(world: World, owner: asyncpg.Connection) -> None:
    await ended(world, Code.no_answer)
    await recoding.recode(agent(world, "supervisor"), (await log_of(owner))["id"], Code.refusal)
    assert await owner.fetchval("SELECT refused_at IS NOT NULL FROM person") is True


async def test_corrected_twice_the_first_outcome_is_kept(world: World, owner: asyncpg.Connection) -> None:
    await ended(world, Code.no_answer)
    supervisor, log = agent(world, "supervisor"), (await log_of(owner))["id"]
    await recoding.recode(supervisor, log, Code.voicemail)
    await recoding.recode(supervisor, log, Code.relative)
    row = await log_of(owner)
    assert (row["outcome"], row["recoded_from"]) == ("relative", "no_answer")
    with pytest.raises(Invalid):
        await recoding.recode(supervisor, log, Code.relative)


async def test_a_funder_who_must_see_nothing_reads_and_corrects_no_call(
    world: World, owner: asyncpg.Connection
) -> None:
    await ended(world, Code.answered)
    gironde, log = world.actor("funder", world.gironde), (await log_of(owner))["id"]
    for act in (
        reviewing.read(gironde, log),
        reviewing.review(gironde, log, "rien"),
        recoding.recode(gironde, log, Code.refusal),
    ):
        with pytest.raises(NotFound):
            await act


async def test_a_review_says_what_was_asked_and_answered(world: World, owner: asyncpg.Connection) -> None:
    await ended(world, Code.answered)
    supervisor, log = agent(world, "supervisor"), (await log_of(owner))["id"]
    found = await reviewing.read(supervisor, log)
    assert [words for _, words in found.answers] == ["4 Plutôt bien"]
    assert await owner.fetchval("SELECT count(*) FROM audit WHERE action = 'call.read'") == 1
    await reviewing.review(supervisor, log, " Bien dit. ")
    row = await log_of(owner)
    assert (row["review"], row["reviewed_by"]) == ("Bien dit.", supervisor.account)
    with pytest.raises(Invalid):
        await reviewing.review(supervisor, log, " ")


async def test_the_sample_shows_what_is_left_to_review(world: World, owner: asyncpg.Connection) -> None:
    await ended(world, Code.answered)
    supervisor = agent(world, "supervisor")
    assert await reviewing.to_review(supervisor) == ()
    await owner.execute("UPDATE call_log SET is_sampled = true")
    assert len(await reviewing.to_review(supervisor)) == 1
    await reviewing.review(supervisor, (await log_of(owner))["id"], "Bien.")
    assert await reviewing.to_review(supervisor) == ()


async def test_the_page_reviews_and_corrects(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await ended(world, Code.refusal)
    await owner.execute("UPDATE call_log SET is_sampled = true")
    href = f"/appels/pilotage/appels/{(await log_of(owner))['id']}"
    token = await sign_in(client, world, "supervisor")
    assert href in (await client.get("/appels/pilotage")).text
    page = await client.get(href)
    assert "Le refus noté à cet appel est levé" in page.text
    assert "Martin" not in page.text
    empty = await client.post(f"{href}/relire", data={"jeton": token, "relecture": " "})
    assert empty.status_code == 422
    saved = await client.post(f"{href}/relire", data={"jeton": token, "relecture": "Bien dit."})
    assert "La relecture est enregistrée." in (await client.get(saved.headers["location"])).text
    unsure = await client.post(f"{href}/corriger", data={"jeton": token, "issue": ""})
    assert (unsure.status_code, "Choisissez une autre issue" in unsure.text) == (422, True)
    corrected = await client.post(f"{href}/corriger", data={"jeton": token, "issue": "no_answer"})
    after = await client.get(corrected.headers["location"])
    assert "L’issue est corrigée." in after.text
    assert "D’abord notée" in after.text
