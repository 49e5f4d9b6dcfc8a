"""One provider's whole way through the charter, by the virtual clock."""

from dataclasses import replace

import asyncpg
import pytest

from charter.adhesion.life import APPEAL_DELAY, MENDING, Event, State
from charter.adhesion.moving import appeal, decide, today
from charter.declaring import EDITION, review
from charter.evidence.checkup import Finding
from charter.review.deciding import Judgement, accept, give_back, judge, reply, settle
from charter.review.life import ANSWER_DELAY, PointEvent
from charter.runs.sharing import share_out
from charter.submitting import checkup, send, submit
from charter.waiting import tasks
from quality.access.scope import scoped
from quality.errors import Conflict, Invalid, NotFound
from tests.charter.campaigns.running import aide34_alone, told
from tests.charter.declared import declare, edition
from tests.charter.reviewed import (
    BASE,
    a_file,
    after,
    an_account,
    doers,
    failing_complaints,
    remedied_complaints,
    subjects,
    suspend,
    the_adhesion,
    trail,
)
from tests.world import World

PLATFORM, PROVIDER, NOBODY = "platform", "provider", ""  # nobody: what time or silence did
INVITED = "Charte : une campagne vous invite"
ENDING = "Charte : une campagne prend bientôt fin"


async def state_of(owner: asyncpg.Connection) -> str:
    return str(await owner.fetchval("SELECT state FROM adhesion"))


async def contradicted(world: World) -> list[str]:
    async with scoped(world.provider) as db:
        found = await checkup(db, world.provider, await review(world.provider, ""), today())
    return [each.criterion.code for each in found if each.finding is Finding.CONTRADICTED]


async def declare_a_part(world: World, chapters: set[int]) -> None:
    codes = [
        each.code for chapter in edition().chapters if chapter.number in chapters for each in chapter.criteria
    ]
    await declare(world, dict.fromkeys(codes, "yes"))


async def test_a_whole_life_writes_each_letter_once_and_each_change_in_the_trail(
    world: World, owner: asyncpg.Connection
) -> None:
    colleague = await an_account(world, world.aide34)
    whoever = replace(world.provider, account=colleague)
    staff = replace(world.staff, account=await an_account(world, None, "platform"))
    await aide34_alone(world)
    assert await told(world, owner) == [INVITED]
    await share_out(world.provider, EDITION, {3: (str(colleague),)})
    assert [task.title for task in await tasks(whoever)] == ["Chapitre à remplir\u00a0: 8 critères restent"]

    await declare_a_part(world, {3})
    assert await tasks(whoever) == ()
    with pytest.raises(Conflict, match=r"1\.1"):
        await send(whoever, EDITION, today(), is_confirmed=True)
    await after(world, 30)
    assert (await told(world, owner), await told(world, owner)) == ([ENDING], [])
    await declare_a_part(world, {1, 2, 4, 5, 6})
    await failing_complaints(owner, world)
    assert await contradicted(world) == ["3.8"]
    with pytest.raises(Invalid):
        await send(whoever, EDITION, today(), is_confirmed=False)
    await declare(world, {"3.8": "no"})
    assert await contradicted(world) == []
    await send(whoever, EDITION, today(), is_confirmed=True)

    file = await owner.fetchval("SELECT id FROM review_file WHERE decided_at IS NULL")
    await judge(staff, file, "1.1", Judgement("accepter"), BASE)
    await judge(staff, file, "1.2", Judgement("contester", "no", "Un client a attendu trois jours."), BASE)
    await reply(whoever, file, "1.2", "Le registre des appels le montre.")
    await settle(staff, file, "1.2", PointEvent.maintain, "Le registre s’arrête en juin.")
    with pytest.raises(Conflict, match=r"1\.2"):
        await accept(staff, file)
    await give_back(staff, file, "Le critère 1.2 n’est pas tenu.")
    await remedied_complaints(owner)

    await declare(world, {"1.2": "yes", "3.8": "yes"})
    await submit(whoever)
    again = await owner.fetchval("SELECT id FROM review_file WHERE decided_at IS NULL")
    await judge(staff, again, "1.4", Judgement("contester", "no", "La preuve manque."), BASE)
    await reply(whoever, again, "1.4", "La voici : planning d’astreinte.")
    await after(world, ANSWER_DELAY.days)
    await accept(staff, again)
    assert await state_of(owner) == State.valid

    await failing_complaints(owner, world)
    for days in (1, 1, MENDING.days - 2):
        await after(world, days)
        assert await state_of(owner) == State.warned
    for days in (1, 1):
        await after(world, days)
        assert await state_of(owner) == State.suspended
    await appeal(whoever, await the_adhesion(owner), "Douze réclamations viennent d’une même panne.")
    await decide(staff, await the_adhesion(owner), Event.lift, "La panne est prouvée.")
    assert await state_of(owner) == State.valid

    ends_on = await owner.fetchval("SELECT ends_on FROM adhesion")
    for days in (500, 60, 1):
        await after(world, days)
    await submit(whoever)
    renewal = await owner.fetchval("SELECT id FROM review_file WHERE decided_at IS NULL")
    await accept(staff, renewal)
    later = await owner.fetchval("SELECT ends_on FROM adhesion")
    assert (await state_of(owner), later.year - ends_on.year) == (State.valid, 2)
    await after(world, 1)

    assert await subjects(owner) == [
        INVITED,
        ENDING,
        "Charte : un point de votre dossier est contesté",
        "Charte : votre dossier vous est renvoyé",
        "Charte : un point de votre dossier est contesté",
        "Charte : votre adhésion est acceptée",
        "Charte : un engagement n’est pas tenu",
        "Charte : votre adhésion est suspendue",
        "Charte : votre appel est accepté",
        "Charte : votre adhésion est à renouveler",
        "Charte : votre adhésion est renouvelée",
    ]
    begun = [row["action"] for row in await owner.fetch("SELECT action FROM audit ORDER BY id")]
    assert [each for each in begun if each.startswith(("campaign.", "assessment."))] == [
        "campaign.create",
        "assessment.share",
    ]
    assert await doers(owner) == [
        ("file.submit", PROVIDER),
        ("file.open", PLATFORM),
        ("point.accepted", PLATFORM),
        ("file.contest", PLATFORM),
        ("point.contested", PLATFORM),
        ("point.reply", PROVIDER),
        ("point.maintain", PLATFORM),
        ("file.settle", PLATFORM),
        ("file.return", PLATFORM),
        ("file.submit", PROVIDER),
        ("file.open", PLATFORM),
        ("file.contest", PLATFORM),
        ("point.contested", PLATFORM),
        ("point.reply", PROVIDER),
        ("point.silence", NOBODY),
        ("file.settle", NOBODY),
        ("file.accept", PLATFORM),
        ("adhesion.open", PLATFORM),
        ("adhesion.warn", NOBODY),
        ("adhesion.suspend", NOBODY),
        ("adhesion.appeal", PROVIDER),
        ("adhesion.lift", PLATFORM),
        ("adhesion.remind", NOBODY),
        ("file.submit", PROVIDER),
        ("file.open", PLATFORM),
        ("file.accept", PLATFORM),
        ("adhesion.renew", PLATFORM),
    ]
    done = await trail(owner)
    why = dict(done)
    assert "Critère 3.8" in why["adhesion.warn"]
    assert why["adhesion.lift"] == "La panne est prouvée."
    assert why["point.silence"] == "Sans réponse dans les délais."


async def test_a_provider_that_stays_silent_loses_the_point_and_the_file_goes_on(
    world: World, owner: asyncpg.Connection
) -> None:
    file = await a_file(world, owner)
    await judge(world.staff, file, "1.2", Judgement("contester", "partly", "La preuve manque."), BASE)
    await after(world, ANSWER_DELAY.days - 1)
    assert await owner.fetchval("SELECT state FROM review_file") == "contested"
    await after(world, 1)
    assert await owner.fetchval("SELECT state FROM review_point") == "maintained"
    assert await owner.fetchval("SELECT state FROM review_file") == "under_review"
    with pytest.raises(Conflict):
        await reply(world.provider, file, "1.2", "Trop tard.")


async def test_an_appeal_that_nobody_decides_lifts_the_suspension(
    world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    await failing_complaints(owner, world)
    await after(world, 1)
    await after(world, MENDING.days)
    await appeal(world.provider, await the_adhesion(owner), "La panne est réparée.")
    await after(world, APPEAL_DELAY.days)
    assert await state_of(owner) == State.valid
    assert (await trail(owner))[-1] == (
        "adhesion.lift",
        "Votre appel n’a pas reçu de réponse dans les délais\u00a0: il est accepté.",
    )


async def test_complaints_that_nobody_answers_warn_too(world: World, owner: asyncpg.Connection) -> None:
    await accept(world.staff, await a_file(world, owner))
    await failing_complaints(owner, world, count=3, is_heard=False)
    await after(world, 1)
    assert (await trail(owner))[-1][1] == "Plusieurs réclamations restent sans aucune réponse de votre part."


async def test_another_provider_replies_to_no_point_and_appeals_for_nobody(
    world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    await suspend(owner)
    file = await a_file(world, owner)
    await judge(world.staff, file, "1.2", Judgement("contester", "no", "La preuve manque."), BASE)
    neighbour = world.actor("provider", world.cap)
    with pytest.raises(NotFound):
        await reply(neighbour, file, "1.2", "Pas la mienne.")
    with pytest.raises(NotFound):
        await appeal(neighbour, await the_adhesion(owner), "Pas la mienne.")
    with pytest.raises(NotFound):
        await accept(world.stranger, file)
    assert await owner.fetchval("SELECT reply FROM review_point") == ""
