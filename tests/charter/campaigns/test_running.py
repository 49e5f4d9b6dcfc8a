"""A campaign is created, invites, meets and is closed by the platform; each step is in the audit trail."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from charter.campaigns.progress import Progress, Stage
from charter.campaigns.running import Meeting, add_session, close, create, invite
from charter.campaigns.standing import standings
from charter.declaring import Kind
from charter.submitting import submit
from quality import clock
from quality.access.scope import scoped
from quality.db import fetch
from quality.errors import Conflict, Invalid, NotFound
from tests.charter.campaigns.running import PLAN, TODAY, a_campaign, aide34_alone, at, more_providers, sent
from tests.charter.declared import declare, declare_everything, edition
from tests.world import CAP_DOMICILE, World

PARIS = ZoneInfo("Europe/Paris")
MEETING = Meeting("2026-12-01", "14:30", "Montpellier, salle 2", "Les preuves")


async def read(world: World, campaign: object) -> dict[str, Progress]:
    async with scoped(world.staff) as db:
        found = await standings(db, campaign, edition(), Kind.FULL)  # type: ignore[arg-type]
    return {each.name: each.progress for each in found}


async def test_a_campaign_invites_every_provider_and_the_trail_says_so(
    world: World, owner: asyncpg.Connection
) -> None:
    campaign = await a_campaign(world)
    rows = await owner.fetch("SELECT provider_id FROM campaign_invitation")
    assert {row["provider_id"] for row in rows} == {world.aide34, world.cap}
    await add_session(world.staff, campaign, MEETING, PARIS)
    starts_at = await owner.fetchval("SELECT starts_at FROM campaign_session")
    assert starts_at.isoformat() == "2026-12-01T13:30:00+00:00"
    await close(world.staff, campaign)
    trail = await owner.fetch("SELECT action FROM audit WHERE action LIKE 'campaign.%' ORDER BY id")
    assert [row["action"] for row in trail] == ["campaign.create", "campaign.session", "campaign.close"]


async def test_somebody_who_employs_their_own_carer_is_not_invited(
    world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "UPDATE organisation SET legal_form = 'particulier_employeur' WHERE id = $1", world.cap
    )
    await a_campaign(world)
    assert await owner.fetchval("SELECT count(*) FROM campaign_invitation") == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "nom"),
        ({"name": "n" * 121}, "nom"),
        ({"edition": "x"}, "edition"),
        ({"kind": "short"}, "etendue-full"),
        ({"starts_on": "hier"}, "debut"),
        ({"ends_on": ""}, "fin"),
        ({"ends_on": "2026-11-24"}, "fin"),
        ({"starts_on": "2027-01-01"}, "fin"),
        ({"remind_days": "0"}, "relance"),
        ({"remind_days": "²"}, "relance"),
        ({"funder": "XXX"}, "financeur"),
        ({"invites": "chosen"}, "invites-all"),
    ],
)
async def test_a_plan_that_cannot_be_is_refused_and_nothing_is_written(
    world: World, owner: asyncpg.Connection, change: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await a_campaign(world, replace(PLAN, **change))  # type: ignore[arg-type]
    assert [each.field for each in refusal.value.errors] == [field]
    assert await owner.fetchval("SELECT count(*) FROM charter_campaign") == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"day": "demain"}, "jour"),
        ({"day": "2026-11-20"}, "jour"),
        ({"hour": "midi"}, "heure"),
        ({"place": " "}, "lieu"),
        ({"topic": "s" * 201}, "sujet"),
    ],
)
async def test_a_session_that_cannot_be_is_refused(world: World, change: dict[str, str], field: str) -> None:
    campaign = await a_campaign(world)
    with pytest.raises(Invalid) as refusal:
        await add_session(world.staff, campaign, replace(MEETING, **change), PARIS)
    assert [each.field for each in refusal.value.errors] == [field]


async def test_a_provider_is_invited_once(world: World, owner: asyncpg.Connection) -> None:
    campaign = await aide34_alone(world)
    assert await invite(world.staff, campaign, (CAP_DOMICILE,)) == 1
    with pytest.raises(Invalid):
        await invite(world.staff, campaign, (CAP_DOMICILE,))
    assert await owner.fetchval("SELECT count(*) FROM campaign_invitation") == 2


async def test_a_closed_campaign_takes_nothing_more(world: World) -> None:
    campaign = await aide34_alone(world)
    await close(world.staff, campaign)
    for act in (
        close(world.staff, campaign),
        invite(world.staff, campaign, (CAP_DOMICILE,)),
        add_session(world.staff, campaign, MEETING, PARIS),
    ):
        with pytest.raises(Conflict):
            await act
    with pytest.raises(NotFound):
        await close(world.staff, uuid4())


async def test_progress_goes_from_nothing_by_chapters_to_submitted(world: World) -> None:
    campaign = await a_campaign(world)
    todo = Progress(Stage.TO_DO, 0, 6)
    assert await read(world, campaign) == {"Aide 34": todo, "Cap Domicile": todo}
    await declare(world, {each.code: "yes" for each in edition().chapters[0].criteria})
    assert (await read(world, campaign))["Aide 34"] == Progress(Stage.ONGOING, 1, 6)
    await declare_everything(world)
    assert (await read(world, campaign))["Aide 34"] == Progress(Stage.ONGOING, 6, 6)
    await submit(world.provider)
    assert (await read(world, campaign))["Aide 34"] == Progress(Stage.SENT, 6, 6)
    assert (await read(world, campaign))["Cap Domicile"] == todo


async def test_what_was_sent_before_the_first_day_or_after_the_closing_is_not_of_the_campaign(
    world: World, owner: asyncpg.Connection
) -> None:
    campaign = await a_campaign(world)
    await sent(world, owner, world.cap, "80.00", clock.now() - timedelta(days=40))
    await close(world.staff, campaign)
    at("2026-11-26")
    await sent(world, owner, world.aide34, "80.00", clock.now())
    assert {each.stage for each in (await read(world, campaign)).values()} == {Stage.TO_DO}


async def test_a_full_run_is_enough_for_a_compulsory_campaign_and_not_the_other_way(
    world: World, owner: asyncpg.Connection
) -> None:
    campaigns = [await a_campaign(world, replace(PLAN, kind=each)) for each in Kind]
    await sent(world, owner, world.aide34, "80.00", clock.now())
    await sent(world, owner, world.cap, "80.00", clock.now())
    found = [(await read(world, each))["Aide 34"].stage for each in campaigns]
    assert found == [Stage.SENT, Stage.SENT]
    await owner.execute("ALTER TABLE assessment DISABLE TRIGGER assessment_issued_once")
    await owner.execute("UPDATE assessment SET kind = 'compulsory'")
    await owner.execute("ALTER TABLE assessment ENABLE TRIGGER assessment_issued_once")
    found = [(await read(world, each))["Aide 34"].stage for each in campaigns]
    assert found == [Stage.TO_DO, Stage.SENT]


async def test_a_funder_that_pays_reads_counts_and_no_invitation(
    world: World, owner: asyncpg.Connection
) -> None:
    campaign = await a_campaign(world)
    await more_providers(world, owner, 3)
    for actor, counts in ((world.funder, [(2, 0, 0)]), (world.stranger, [(0, 0, 0)])):
        async with scoped(actor) as db:
            rows = await fetch(db, "SELECT * FROM campaign_counts($1)", campaign)
            assert [tuple(row.values()) for row in rows] == counts
            assert await fetch(db, "SELECT * FROM campaign_progress($1)", campaign) == []
            assert await fetch(db, "SELECT id FROM campaign_invitation") == []


async def test_only_the_platform_creates(world: World) -> None:
    with pytest.raises(Exception, match="row-level security"):
        await create(world.provider, replace(PLAN, funder=""), TODAY)
