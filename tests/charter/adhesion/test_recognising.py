"""A certificate gives an adhesion for its dates; the platform withdraws one that is suspended."""

from datetime import UTC, datetime

import asyncpg
import httpx
import pytest

from charter.adhesion.life import State
from charter.review.deciding import accept
from tests.charter.register.test_badge import is_withheld
from tests.charter.reviewed import a_file, an_account, subjects, trail
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
    assert "Acquise par un certificat, depuis le jeudi 15\u00a0janvier 2026" in shown
    assert str(world.aide34) not in (await client.get("/charte/dossiers")).text
    assert (await client.post("/charte/dossiers", data=form)).status_code == 409


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
    form = {"jeton": token, "geste": "retirer", "organisme": str(world.aide34), "motif": "Rien n’a changé."}
    assert (await client.post("/charte/dossiers", data=form)).status_code == 409
    await owner.execute("UPDATE adhesion SET state = 'suspended', reason = 'Critère 3.8.'")
    assert "Critère 3.8." in (await client.get("/charte/dossiers")).text
    empty = await client.post("/charte/dossiers", data={**form, "motif": ""})
    assert (empty.status_code, f'href="#motif-{world.aide34}"' in empty.text) == (422, True)
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


async def test_a_supervisor_recognises_and_withdraws_nothing(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "supervisor")
    assert 'name="geste"' not in (await client.get("/charte/dossiers")).text
    form = {**CERTIFIED, "jeton": token, "organisme": str(world.aide34), "fin": "2027-01-14"}
    assert (await client.post("/charte/dossiers", data=form)).status_code == 403
