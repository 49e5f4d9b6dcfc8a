"""A certificate gives an adhesion for its dates; the platform withdraws one that is suspended."""

from dataclasses import replace
from datetime import UTC, date, datetime

import asyncpg
import httpx
import pytest

from charter.adhesion.life import State
from charter.adhesion.recognising import Certificate, recognise
from charter.adhesion.ticking import tick
from charter.review.deciding import accept
from quality import clock
from quality.errors import Invalid
from tests.charter.register.test_badge import is_withheld
from tests.charter.reviewed import a_file, an_account, subjects, suspend, the_adhesion, trail
from tests.quality.web.pages import read
from tests.world import World, sign_in

LATER = datetime(2030, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
CERTIFIED = {"geste": "reconnaitre", "certificat": "Certificat, organisme d’essai", "debut": "2026-01-15"}


async def test_a_certificate_is_recognised_for_its_dates_and_its_provider_is_told(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.aide34)
    token = await sign_in(client, world, "platform")
    form = {**CERTIFIED, "jeton": token, "organisme": str(world.aide34), "fin": "2027-01-14"}
    assert (await client.post("/charte/dossiers", data=form)).status_code == 303
    row = await owner.fetchrow("SELECT id, state, starts_on::text, ends_on::text FROM adhesion")
    assert tuple(row)[1:] == ("valid", "2026-01-15", "2027-01-14")
    assert await trail(owner) == [("adhesion.open", CERTIFIED["certificat"])]
    assert await subjects(owner) == ["Charte : votre adhésion est acquise par votre certificat"]
    shown = (await client.get(f"/registre/{row['id']}")).text
    assert f"Acquise par un certificat\u00a0: {CERTIFIED['certificat']}." in shown
    assert "L’adhésion a commencé le jeudi 15\u00a0janvier 2026." in shown
    assert (
        "Aide 34, adhésion jusqu’au jeudi 14\u00a0janvier 2027" in (await client.get("/charte/dossiers")).text
    )
    again = await client.post("/charte/dossiers", data=form)
    assert (again.status_code, 'href="#fin"' in again.text) == (422, True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"certificat": " "}, "certificat"),
        ({"certificat": "x" * 121}, "certificat"),
        ({"organisme": ""}, "organisme"),
        ({"organisme": "0190aaaa-0000-7000-8000-000000000001"}, "organisme"),
        ({"debut": "hier"}, "debut"),
        ({"debut": "2026-11-25"}, "debut"),
        ({"fin": ""}, "fin"),
        ({"fin": "2026-11-24"}, "fin"),
        ({"fin": "2031-01-15"}, "fin"),
        ({"fin": "9999-12-31"}, "fin"),
    ],
)
async def test_a_certificate_that_cannot_be_is_refused_at_its_field_and_what_was_typed_stays(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, wrong: dict[str, str], field: str
) -> None:
    token = await sign_in(client, world, "platform")
    form = {**CERTIFIED, "jeton": token, "organisme": str(world.aide34), "fin": "2027-01-14", **wrong}
    refused = await client.post("/charte/dossiers", data=form)
    page = read(refused.text)
    assert refused.status_code == 422
    assert [each.attributes["href"] for each in page.all("a") if each.attributes["href"][0] == "#"][1:] == [
        f"#{field}"
    ]
    assert (
        next(e for e in page.elements if e.attributes.get("id") == "debut").attributes["value"]
        == form["debut"]
    )
    assert await owner.fetchval("SELECT count(*) FROM adhesion") == 0


async def test_the_platform_withdraws_an_adhesion_that_is_suspended_and_its_badge_goes(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.aide34)
    await accept(world.staff, await a_file(world, owner))
    token = await sign_in(client, world, "platform")
    adhesion = await suspend(owner)
    form = {"jeton": token, "geste": "retirer", "adhesion": str(adhesion), "motif": "Rien n’a changé."}
    assert "Critère 3.8." in (await client.get("/charte/dossiers")).text
    empty = await client.post("/charte/dossiers", data={**form, "motif": ""})
    assert (empty.status_code, f'href="#motif-{adhesion}"' in empty.text) == (422, True)
    assert (await client.post("/charte/dossiers", data=form)).status_code == 303
    row = await owner.fetchrow("SELECT id, rank, state FROM adhesion")
    assert row["state"] == State.revoked
    assert (await trail(owner))[-1] == ("adhesion.revoke", "Rien n’a changé.")
    assert (await subjects(owner))[-1] == "Charte : votre adhésion est retirée"
    key = (await client.get("/registre/emetteur.json")).json()["keys"][0]
    assert is_withheld((await client.get("/registre/etats.jwt")).text, key, row["rank"], LATER)
    page = f"/registre/{row['id']}"
    assert "L’adhésion a été retirée le" in (await client.get(page)).text
    assert (await client.get(f"{page}/badge.jwt")).status_code == 404


async def test_a_certificate_recognised_by_mistake_is_withdrawn_with_a_reason(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    form = {**CERTIFIED, "jeton": token, "organisme": str(world.aide34), "fin": "2027-01-14"}
    await client.post("/charte/dossiers", data=form)
    adhesion = await owner.fetchval("SELECT id FROM adhesion")
    assert f'<option value="{adhesion}">Aide 34, ' in (await client.get("/charte/dossiers")).text
    wrong = {"jeton": token, "geste": "retirer", "de": "liste", "adhesion": str(adhesion), "motif": ""}
    refused = await client.post("/charte/dossiers", data=wrong)
    assert (refused.status_code, 'href="#motif-retrait"' in refused.text) == (422, True)
    nobody = await client.post("/charte/dossiers", data={**wrong, "adhesion": "", "motif": "Erreur."})
    assert (nobody.status_code, 'href="#adhesion"' in nobody.text) == (422, True)
    right = {**wrong, "motif": "Ce certificat est celui d’un autre organisme."}
    assert (await client.post("/charte/dossiers", data=right)).status_code == 303
    assert await owner.fetchval("SELECT state FROM adhesion") == State.revoked
    assert (await trail(owner))[-1] == ("adhesion.revoke", right["motif"])
    await client.post("/charte/dossiers", data=form)
    assert await owner.fetchval("SELECT count(*) FROM adhesion WHERE state = 'valid'") == 1


async def test_what_is_refused_takes_no_rank(world: World, owner: asyncpg.Connection) -> None:
    given = Certificate(world.aide34, "Certificat", date(2026, 1, 15), date(2027, 1, 14))
    await recognise(world.staff, given)
    for _ in range(3):
        with pytest.raises(Invalid):
            await recognise(world.staff, given)
    await recognise(world.staff, replace(given, provider=world.cap))
    ranks = [row["rank"] for row in await owner.fetch("SELECT rank FROM adhesion ORDER BY rank")]
    assert ranks[1] - ranks[0] == 1


async def test_a_supervisor_recognises_and_withdraws_nothing(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "supervisor")
    assert 'name="geste"' not in (await client.get("/charte/dossiers")).text
    form = {**CERTIFIED, "jeton": token, "organisme": str(world.aide34), "fin": "2027-01-14"}
    assert (await client.post("/charte/dossiers", data=form)).status_code == 403


FIRST = date(2025, 1, 15), date(2027, 1, 14)
FOLLOWING = {
    "certificat": "Certificat suivant, organisme d’essai",
    "debut": "2027-01-15",
    "fin": "2032-01-14",
}


async def test_the_certificate_that_follows_renews_the_adhesion_before_it_ends(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.aide34)
    await recognise(world.staff, Certificate(world.aide34, "Certificat", *FIRST))
    before = await the_adhesion(owner)
    token = await sign_in(client, world, "platform")
    form = {**CERTIFIED, **FOLLOWING, "jeton": token, "organisme": str(world.aide34)}
    for wrong, field in (
        ({"debut": "2027-01-16"}, "debut"),
        ({"debut": "2026-01-15", "fin": "2027-01-14"}, "fin"),
    ):
        refused = await client.post("/charte/dossiers", data={**form, **wrong})
        assert (refused.status_code, f'href="#{field}"' in refused.text) == (422, True)
    assert (await client.post("/charte/dossiers", data=form)).status_code == 303
    clock.set_offset(datetime(2027, 1, 20, 9, tzinfo=UTC) - datetime.now(UTC))
    await tick(world.house)
    row = await owner.fetchrow("SELECT id, state, starts_on, ends_on, certificate FROM adhesion")
    assert tuple(row) == (before, "valid", FIRST[0], date(2032, 1, 14), FOLLOWING["certificat"])
    assert (await trail(owner))[-1] == ("adhesion.renew", FOLLOWING["certificat"])
    assert (await subjects(owner))[-1] == "Charte : votre adhésion est renouvelée"
    assert "L’adhésion est en cours." in (await client.get(f"/registre/{before}")).text


async def test_a_certificate_takes_over_from_a_file_and_lifts_a_suspension_with_a_reason(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    await suspend(owner)
    token = await sign_in(client, world, "platform")
    form = {**CERTIFIED, "fin": "2030-01-14", "jeton": token, "organisme": str(world.aide34)}
    refused = await client.post("/charte/dossiers", data=form)
    assert (refused.status_code, 'href="#levee"' in refused.text) == (422, True)
    assert await owner.fetchval("SELECT state FROM adhesion") == State.suspended
    told = {**form, "levee": "L’audit a vu les réponses."}
    assert (await client.post("/charte/dossiers", data=told)).status_code == 303
    row = await owner.fetchrow("SELECT state, reason, file_id, ends_on::text FROM adhesion")
    assert tuple(row) == ("valid", told["levee"], None, "2030-01-14")


async def test_a_provider_that_a_certificate_made_adhere_is_asked_for_the_next_one(
    world: World, owner: asyncpg.Connection
) -> None:
    await an_account(world, world.aide34)
    await recognise(world.staff, Certificate(world.aide34, "Certificat", *FIRST))
    for day in (date(2026, 12, 1), date(2027, 1, 20)):
        clock.set_offset(datetime(day.year, day.month, day.day, 9, tzinfo=UTC) - datetime.now(UTC))
        await tick(world.house)
    texts = [row["text"] for row in await owner.fetch("SELECT text FROM mail_outbox ORDER BY id")]
    assert "Envoyez le suivant à la plateforme." in texts[-2]
    assert "envoyez votre nouveau certificat à la plateforme." in texts[-1]
    assert not any("auto-évaluation" in each for each in texts)
