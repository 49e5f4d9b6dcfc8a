"""/admin: settings, accesses and the trail of one platform."""

from uuid import UUID

import asyncpg
import httpx
import pytest

from quality.access.accounts import checked, create_account
from quality.access.actor import operator
from quality.access.founding import create_platform
from quality.app import House
from tests.quality.access.conftest import BASE, Joined, outbox_of
from tests.quality.access.test_platform_settings import FORM
from tests.quality.web.pages import read
from tests.world import World, sign_in

INVITE = {"email": "nadia@demo.invalid", "nom": "Nadia Essai", "role": "agent", "organisme": ""}


async def test_the_settings_come_filled_in_and_are_saved(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "platform")
    page = read((await client.get("/admin")).text)
    held = {f.attributes["name"]: f.attributes.get("value", "") for f in page.all("input")}
    assert (held["nom"], held["intervalle"]) == ("Pléiades Services", "30")
    answer = await client.post("/admin", data={**FORM, "jeton": token})
    assert answer.headers["location"] == "/admin?fait=oui"
    after = (await client.get("/admin?fait=oui")).text
    assert "enregistrés" in after
    assert "15/05/2026\n24/12/2026" in after
    assert "04\u00a067\u00a012\u00a034\u00a056" in (await client.get("/")).text


async def test_refused_settings_come_back_as_typed_and_nothing_is_saved(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    typed = {**FORM, "nom": "Autre nom", "telephone": "0 899 12 34 56", "jeton": token}
    answer = await client.post("/admin", data=typed)
    page = read(answer.text)
    assert answer.status_code == 422
    assert {f.attributes["name"]: f.attributes.get("value") for f in page.all("input")}["nom"] == "Autre nom"
    assert [a.attributes["href"] for a in page.all("a") if a.attributes["href"] == "#telephone"]
    assert await owner.fetchval("SELECT name FROM platform") == "Pléiades Services"


async def test_somebody_is_invited_and_waits(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    answer = await client.post("/admin/comptes", data={**INVITE, "jeton": token})
    page = (await client.get(answer.headers["location"])).text
    assert "invitation est partie" in page
    assert "Nadia Essai" in page
    assert "Invitation envoyée" in page
    assert len(await outbox_of(owner, "nadia@demo.invalid")) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nadia"}, "email"),
        ({"nom": ""}, "nom"),
        ({"role": "reine"}, "role"),
        ({"role": "provider"}, "organisme"),
    ],
)
async def test_a_refused_invitation_says_which_field(
    client: httpx.AsyncClient, world: World, change: dict[str, str], field: str
) -> None:
    token = await sign_in(client, world, "platform")
    answer = await client.post("/admin/comptes", data={**INVITE, **change, "jeton": token})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text


async def test_a_manager_gives_no_administrator_s_role(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "platform")
    assert 'value="admin"' not in (await client.get("/admin/comptes")).text
    answer = await client.post("/admin/comptes", data={**INVITE, "role": "admin", "jeton": token})
    assert answer.status_code == 403


async def test_a_closed_access_no_longer_opens(
    client: httpx.AsyncClient, world: World, joined: Joined, owner: asyncpg.Connection
) -> None:
    account = await joined()
    token = await sign_in(client, world, "admin")
    await client.post(f"/admin/comptes/{account}/fermer", data={"jeton": token})
    page = (await client.get("/admin/comptes?fait=fermeture")).text
    assert "camille@demo.invalid" not in page
    assert await owner.fetchval("SELECT count(*) FROM membership WHERE account_id = $1", account) == 0


async def test_another_platform_s_people_are_neither_seen_nor_closed(
    client: httpx.AsyncClient, house: House, world: World
) -> None:
    elsewhere = operator(await create_platform(house, "AUTRE", "Autre plateforme"))
    stranger = await create_account(elsewhere, checked("x@autre.invalid", "Personne", "agent"), BASE)
    token = await sign_in(client, world, "admin")
    assert "x@autre.invalid" not in (await client.get("/admin/comptes")).text
    for account in (stranger.account, UUID(int=1)):
        answer = await client.post(f"/admin/comptes/{account}/fermer", data={"jeton": token})
        assert answer.status_code == 404
    invited = {**INVITE, "role": "provider", "organisme": str(UUID(int=1)), "jeton": token}
    assert (await client.post("/admin/comptes", data=invited)).status_code == 404
    assert "Autre plateforme" not in (await client.get("/admin/journal")).text


async def test_the_list_goes_by_pages(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await sign_in(client, world, "platform")
    await owner.execute(
        """
        WITH made AS (INSERT INTO account (id, email, name, language, is_active, created_at)
            SELECT gen_random_uuid(), 'p' || n || '@demo.invalid', 'Personne ' || n, 'fr', true, now()
            FROM generate_series(1, 120) n RETURNING id)
        INSERT INTO membership (id, platform_id, account_id, role)
            SELECT gen_random_uuid(), $1, id, 'agent' FROM made
        """,
        world.platform,
    )
    first, second = [(await client.get(f"/admin/comptes{query}")).text for query in ("", "?page=2")]
    assert "121 accès ouverts" in first
    assert first.count("Fermer l’accès<") == 99
    assert second.count("Fermer l’accès<") == 21
    for odd in ("0", "-1", "x", "99999999999999999999"):
        assert (await client.get(f"/admin/comptes?page={odd}")).status_code == 200


async def test_the_trail_says_who_did_what(client: httpx.AsyncClient, world: World, joined: Joined) -> None:
    await joined()
    token = await sign_in(client, world, "platform")
    await client.post("/admin", data={**FORM, "jeton": token})
    page = read((await client.get("/admin/journal")).text)
    rows = [row.text for row in page.all("tr")]
    assert "Réglages changés" in rows[1]
    assert "Camille Essai" in rows[1]
    assert any("Accès ouvert" in row and "Ligne de commande" in row for row in rows)


@pytest.mark.parametrize("path", ["/admin", "/admin/comptes", "/admin/journal"])
async def test_gironde_opens_no_page_of_the_administration(
    client: httpx.AsyncClient, world: World, path: str
) -> None:
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(path)).status_code == 403
