"""A supervisor reads what is apart, takes one in or leaves it out and says why; nobody else sees it."""

import asyncio
import re
from uuid import UUID

import asyncpg
import httpx
import pytest

from quality.access.scope import scoped
from quality.db import fetch_value, pool, transaction
from quality.errors import Conflict, Invalid, NotFound
from surveys.honesty import reviewing
from surveys.honesty.comparing import compared
from surveys.honesty.judging import judge, judge_answers
from surveys.honesty.reviewing import Choice
from surveys.honesty.rules import Reason
from surveys.response import response_id
from surveys.verification import verify
from tests.quality.measures.views.test_pages import seen
from tests.surveys.honesty.answers import CELLS, COUNTED, answered
from tests.world import World, sign_in

Owner = asyncpg.Connection
HREF = "/interventions/reponses-a-part"
CALLED = "Appelée : elle a répondu seule, sur la tablette de la résidence."


@pytest.fixture
async def apart(world: World) -> UUID:
    """Give the response of Mme Martin, set apart for the device it came from."""
    asked = await answered(world)
    await found(asked, Reason.ONE_DEVICE)
    return response_id(asked, "client")


async def found(asked: UUID, *reasons: Reason) -> None:
    async with transaction("work") as db:
        await judge(db, [asked], {response_id(asked, "client"): reasons})


async def decide(world: World, response: UUID, verdict: str, seen: int, why: str = CALLED) -> None:
    await reviewing.decide(world.actor("supervisor"), response, verdict, why, seen=seen)


async def test_in_then_out_then_in_again_gives_the_same_cells_to_the_byte(
    world: World, owner: Owner, apart: UUID
) -> None:
    left_out = await owner.fetch(CELLS)
    await decide(world, apart, "in", 0)
    taken_in = await owner.fetch(CELLS)
    assert await owner.fetchval(COUNTED, "yes") == 1
    assert await owner.fetchval(COUNTED, "one_device") == 0
    await verify(world.house)
    await decide(world, apart, "out", 1)
    assert await owner.fetch(CELLS) == left_out
    await decide(world, apart, "in", 2)
    assert await owner.fetch(CELLS) == taken_in != left_out
    await verify(world.house)


async def test_a_decision_stands_whatever_is_found_later(world: World, owner: Owner, apart: UUID) -> None:
    await decide(world, apart, "in", 0)
    await owner.execute("UPDATE response SET updated_at = created_at")
    await judge_answers(world.house)
    row = await owner.fetchrow("SELECT admissible, doubts FROM response")
    assert (row["admissible"], row["doubts"]) == ("yes", ["one_device", "too_fast"])
    await verify(world.house)


async def test_each_decision_is_kept_with_its_reason_and_is_in_the_audit(
    world: World, owner: Owner, apart: UUID
) -> None:
    await decide(world, apart, "in", 0)
    await decide(world, apart, "out", 1, "Rappelée : elle ne se souvient pas d’avoir répondu.")
    read = await reviewing.read(world.actor("supervisor"), apart)
    assert [(each.verdict, each.why) for each in read.judgements] == [
        ("out", "Rappelée : elle ne se souvient pas d’avoir répondu."),
        ("in", CALLED),
    ]
    rows = await owner.fetch("SELECT subject, detail FROM audit WHERE action = 'answers.judge' ORDER BY id")
    assert [row["subject"] for row in rows] == [str(apart)] * 2
    assert all("elle" not in row["detail"] for row in rows)


@pytest.mark.parametrize(
    ("verdict", "why", "fields"),
    [
        ("", CALLED, ["choix"]),
        ("yes", CALLED, ["choix"]),
        ("in", "  ", ["pourquoi"]),
        ("out", "a" * 1001, ["pourquoi"]),
        ("", "", ["choix", "pourquoi"]),
    ],
)
async def test_nothing_is_decided_without_a_choice_and_a_reason(
    world: World, owner: Owner, apart: UUID, verdict: str, why: str, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await decide(world, apart, verdict, 0, why)
    assert [error.field for error in refused.value.errors] == fields
    assert await owner.fetchval("SELECT count(*) FROM response_judgement") == 0
    assert await owner.fetchval("SELECT verdict FROM response") == ""


async def test_of_two_who_decide_at_once_one_reads_again(world: World, owner: Owner, apart: UUID) -> None:
    results = await asyncio.gather(
        *(decide(world, apart, verdict, 0) for verdict in ("in", "out")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["Conflict", "NoneType"]
    assert await owner.fetchval("SELECT count(*) FROM response_judgement") == 1
    await verify(world.house)


async def test_an_answer_whose_code_served_several_times_is_settled_there_first(
    world: World, owner: Owner, apart: UUID
) -> None:
    await owner.execute("UPDATE response SET admissible = 'several_answers', cells = '{}'")
    await owner.execute("DELETE FROM cell WHERE indicator <> 'RR2'")
    with pytest.raises(Conflict, match="plusieurs fois"):
        await decide(world, apart, "in", 0)


async def test_an_answer_that_counts_is_no_business_of_this_page(world: World) -> None:
    asked = await answered(world)
    for act in (
        reviewing.read(world.actor("supervisor"), response_id(asked, "client")),
        decide(world, response_id(asked, "client"), "out", 0),
    ):
        with pytest.raises(NotFound):
            await act


async def test_lists_are_cut_by_reason_provider_and_decision(world: World, apart: UUID) -> None:
    other = await answered(world, mobile="+33639980002", provider=world.cap)
    await found(other, Reason.TOO_FAST)
    await decide(world, apart, "in", 0)
    staff = world.actor("supervisor")

    async def ids(choice: Choice) -> list[UUID]:
        return [row.id for row in (await reviewing.listed(staff, choice, "")).rows]

    second = response_id(other, "client")
    assert set(await ids(Choice())) == {apart, second}
    assert await ids(Choice(reason="too_fast")) == [second]
    assert await ids(Choice(provider=world.aide34)) == [apart]
    assert await ids(Choice(verdict="")) == [second]
    assert await ids(Choice(verdict="in")) == [apart]
    everything = await reviewing.listed(staff, Choice(), "")
    assert (everything.total, everything.waiting) == (2, 1)
    assert set(everything.providers) == {world.aide34, world.cap}


async def test_both_figures_are_given_with_and_without_what_is_apart(world: World, apart: UUID) -> None:
    await answered(world, mobile="+33639980002", globale=1)
    since = (await fetch_value(pool("work"), "SELECT min(month) FROM cell")).replace(day=1)
    figures = {each.indicator.code: each for each in await compared(world.staff, since, None)}
    without, everything = figures["GLOB"].without, figures["GLOB"].everything
    assert without is not None
    assert (without.clients, without.n, without.x) == (1, 1, 0)
    assert (everything.clients, everything.n, everything.x) == (2, 2, 1)
    assert await compared(world.staff, since, world.cap) == ()
    await decide(world, apart, "in", 0)
    assert await compared(world.staff, since, None) == ()


async def test_answers_by_a_code_are_never_mixed_with_those_that_were_asked(
    world: World, owner: Owner
) -> None:
    asked = await answered(world)
    await owner.execute("UPDATE invitation SET collector = 'self', first_mode = 'web'")
    await owner.execute("UPDATE cell SET collector = 'self', admissible = 'several_answers'")
    since = (await fetch_value(pool("work"), "SELECT min(month) FROM cell")).replace(day=1)
    assert asked
    assert await compared(world.staff, since, None) == ()


async def test_the_page_tells_why_and_takes_a_decision(
    client: httpx.AsyncClient, world: World, owner: Owner, apart: UUID
) -> None:
    token = await sign_in(client, world, "supervisor")
    assert HREF in (await client.get("/interventions")).text
    assert "Une réponse à part est à lire. En attendant" in seen(await client.get("/appels/pilotage"))
    words = seen(await client.get(HREF))
    assert "Une réponse à part est à lire" in words
    assert "Un même appareil pour de nombreux clients" in words
    assert "Visite bien passée" in words
    page = seen(await client.get(f"{HREF}/{apart}"))
    assert "au moins cinq clients de cet organisme ont répondu" in page
    assert "Très bien" in page
    refused = await client.post(f"{HREF}/{apart}", data={"jeton": token, "vues": "0", "pourquoi": CALLED})
    assert refused.status_code == 422
    assert '<a href="#choix-in">' in refused.text
    assert CALLED in seen(refused)
    sent = {"jeton": token, "vues": "0", "choix": "in", "pourquoi": CALLED}
    done = await client.post(f"{HREF}/{apart}", data=sent)
    after = seen(await client.get(done.headers["location"]))
    assert "La réponse compte désormais" in after
    assert CALLED in after
    again = await client.post(f"{HREF}/{apart}", data=sent)
    assert again.status_code == 409
    assert "Aucune réponse à part ne reste à lire" in seen(await client.get(HREF))
    empty = seen(await client.get(f"{HREF}?raison=vitesse"))
    assert "Aucune réponse à part de cette sorte" in empty


async def test_the_story_of_the_visit_leads_to_the_answer_set_apart(
    client: httpx.AsyncClient, world: World, owner: Owner, apart: UUID
) -> None:
    await sign_in(client, world, "platform")
    visit = await owner.fetchval("SELECT occasion_id FROM invitation")
    page = (await client.get(f"/interventions/{visit}")).text
    assert f'href="{HREF}/{apart}"' in page
    assert "À part\u00a0: Un même appareil pour de nombreux clients" in page
    await decide(world, apart, "in", 0)
    taken_in = (await client.get(f"/interventions/{visit}")).text
    assert "Reprise\u00a0: elle compte" in taken_in
    assert "À part\u00a0:" not in taken_in
    back = (await client.get(f"{HREF}/{apart}")).text
    assert f'href="/interventions/{visit}"' in back


async def test_another_platform_finds_nothing(world: World, owner: Owner, apart: UUID) -> None:
    from dataclasses import replace
    from uuid import uuid4

    other = replace(world.actor("supervisor"), platform=uuid4())
    assert (await reviewing.listed(other, Choice(), "")).total == 0
    with pytest.raises(NotFound):
        await reviewing.read(other, apart)
    with pytest.raises(NotFound):
        await reviewing.decide(other, apart, "in", CALLED, seen=0)


async def test_a_long_list_is_read_in_pages(client: httpx.AsyncClient, world: World, owner: Owner) -> None:
    first = await answered(world)
    await found(first, Reason.TOO_FAST)
    await owner.execute(
        """
        INSERT INTO response (id, platform_id, invitation_id, provider_id, questionnaire_id, respondent,
            channel, answers, cells, doubts, admissible, created_at, updated_at)
        SELECT child_id(v.id, 1), r.platform_id, v.id, r.provider_id, r.questionnaire_id, 'client', 'web',
            '{}', '{}', r.doubts, r.admissible, r.created_at, r.updated_at
        FROM response r, LATERAL (
            SELECT (left(r.invitation_id::text, 32) || lpad(to_hex(n), 2, '0') || '00')::uuid AS id
            FROM generate_series(1, 61) n
            WHERE lpad(to_hex(n), 2, '0') <> substr(r.invitation_id::text, 33, 2) LIMIT 60) v
        """
    )
    await owner.execute(
        """
        INSERT INTO invitation SELECT (jsonb_populate_record(i, jsonb_build_object('id', r.invitation_id,
            'token_key', '\\x' || encode(sha256(r.invitation_id::text::bytea), 'hex'), 'occasion_id', NULL,
            'purpose', 'yearly', 'month', make_date(1900 + (row_number() OVER ())::int, 1, 1)))).*
        FROM response r, invitation i WHERE r.invitation_id <> i.id
        """
    )
    await sign_in(client, world, "supervisor")
    page = (await client.get(HREF)).text
    assert "1 à 50 sur 61" in page
    following = re.search(r'href="([^"]*page=2[^"]*)"', page)
    assert following is not None
    assert "51 à 61 sur 61" in (await client.get(following[1])).text


@pytest.mark.parametrize(("role", "organisation"), [("provider", "aide34"), ("funder", "gironde")])
async def test_neither_provider_nor_funder_learns_that_an_answer_is_apart(
    client: httpx.AsyncClient, world: World, owner: Owner, apart: UUID, role: str, organisation: str
) -> None:
    visit = await owner.fetchval("SELECT occasion_id FROM invitation")
    await sign_in(client, world, role, getattr(world, organisation))
    pages = ["/accueil", "/indicateurs", "/interventions", "/avis", f"/interventions/{visit}"]
    before = [(await client.get(each)).text for each in pages]
    await decide(world, apart, "in", 0)
    for address, page in zip(pages, before, strict=True):
        assert "reponses-a-part" not in page, address
        assert str(apart) not in page, address
        assert "de nombreux clients" not in page, address
    assert (await client.get(HREF)).status_code in {403, 404}
    assert (await client.get(f"{HREF}/{apart}")).status_code in {403, 404}
    async with scoped(world.actor(role, getattr(world, organisation))) as db:
        for table in ("response", "response_judgement"):
            assert await fetch_value(db, f"SELECT count(*) FROM {table}") == 0
