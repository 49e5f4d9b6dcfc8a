"""Signing in, spaces, passwords and one's own account, in a browser without script."""

from dataclasses import replace

import asyncpg
import httpx
import pytest

from quality.access import accounts
from quality.access.home import Heading, Task
from quality.access.installation import InstallationPanel
from quality.app import House, create_app
from quality.component import Component, HomePanel, HomeSection
from tests.quality.access.conftest import BASE, SECRET_WORDS, Joined, outbox_of
from tests.quality.web.pages import read
from tests.world import World, sign_in

EMAIL = "camille@demo.invalid"


async def enter(client: httpx.AsyncClient, password: str = SECRET_WORDS, **fields: str) -> httpx.Response:
    return await client.post("/connexion", data={"email": EMAIL, "mot-de-passe": password, **fields})


async def test_signing_in_leads_where_one_was_going(client: httpx.AsyncClient, joined: Joined) -> None:
    await joined()
    led = await client.get("/admin/journal")
    assert led.headers["location"] == "/connexion?suite=%2Fadmin%2Fjournal"
    form = read((await client.get(led.headers["location"])).text)
    asked = {field.attributes["name"]: field.attributes.get("value", "") for field in form.all("input")}
    answer = await enter(client, suite=asked["suite"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/journal")
    assert (await client.get("/admin/journal")).status_code == 200


@pytest.mark.parametrize(
    "suite", ["//ailleurs.invalid", "https://ailleurs.invalid/", "/\\ailleurs.invalid", "/\t/a.fr"]
)
async def test_signing_in_never_leads_to_another_site(
    client: httpx.AsyncClient, joined: Joined, suite: str
) -> None:
    await joined()
    assert (await enter(client, suite=suite)).headers["location"] == "/accueil"


async def test_a_refused_sign_in_keeps_the_address_and_says_what_to_do(
    client: httpx.AsyncClient, joined: Joined
) -> None:
    await joined()
    answer = await enter(client, "quatre mots de travers", suite="/admin")
    page = read(answer.text)
    assert answer.status_code == 422
    assert page.all("title")[0].text.startswith("Erreur")
    values = {field.attributes["name"]: field.attributes.get("value") for field in page.all("input")}
    assert values == {"suite": "/admin", "email": EMAIL, "mot-de-passe": None}
    assert "session" not in client.cookies


async def test_a_refusal_speaks_the_reader_s_language(client: httpx.AsyncClient, joined: Joined) -> None:
    await joined()
    client.cookies.set("langue", "en")
    answer = await enter(client, "quatre mots de travers")
    assert answer.headers["content-language"] == "en"


async def test_too_many_tries_is_said_as_such(client: httpx.AsyncClient, joined: Joined) -> None:
    await joined()
    statuses = [(await enter(client, "quatre mots de travers")).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


async def test_the_cookie_is_closed_to_scripts_and_new_at_each_entry(
    client: httpx.AsyncClient, joined: Joined
) -> None:
    await joined()
    first = await enter(client)
    held = client.cookies["session"]
    assert "HttpOnly" in first.headers["set-cookie"]
    assert "samesite=lax" in first.headers["set-cookie"].lower()
    await enter(client)
    assert client.cookies["session"] != held
    client.cookies.set("session", held)
    assert (await client.get("/accueil")).status_code == 303


async def test_opening_the_sign_out_page_signs_nobody_out(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "agent")
    assert "Se déconnecter" in (await client.get("/deconnexion")).text
    assert (await client.get("/accueil")).status_code == 200
    await client.post("/deconnexion", data={"jeton": token})
    assert (await client.get("/accueil")).status_code == 303


async def test_somebody_with_two_spaces_chooses_one(
    client: httpx.AsyncClient, world: World, joined: Joined
) -> None:
    await joined()
    await accounts.create_account(
        world.staff, accounts.checked(EMAIL, "Camille", "provider", world.aide34), BASE
    )
    answer = await enter(client, suite="/compte")
    assert answer.headers["location"] == "/connexion/espaces?suite=/compte"
    page = read((await client.get(answer.headers["location"])).text)
    spaces = [
        field.attributes["value"] for field in page.all("input") if field.attributes["name"] == "espace"
    ]
    tokens = [field.attributes["value"] for field in page.all("input") if field.attributes["name"] == "jeton"]
    assert len(spaces) == 2
    assert "Aide 34" in page.all("main")[0].text
    chosen = {"espace": spaces[1], "suite": "/compte", "jeton": tokens[0]}
    answer = await client.post("/connexion/espaces", data=chosen)
    assert answer.headers["location"] == "/compte"
    assert "Organisme" in (await client.get("/accueil")).text


async def test_another_s_space_is_not_entered(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, joined: Joined
) -> None:
    await joined()
    other = await owner.fetchval("SELECT id::text FROM membership")
    token = await sign_in(client, world, "agent")
    answer = await client.post("/connexion/espaces", data={"espace": other, "jeton": token})
    assert answer.status_code == 404


async def test_a_lost_password_is_found_again_by_mail(
    client: httpx.AsyncClient, joined: Joined, owner: asyncpg.Connection
) -> None:
    await joined()
    answers = [
        await client.post("/mot-de-passe", data={"email": email}) for email in (EMAIL, "nul@demo.invalid")
    ]
    assert len({(answer.status_code, answer.headers["location"]) for answer in answers}) == 1
    assert "une heure" in (await client.get(answers[0].headers["location"])).text
    link = (await outbox_of(owner, EMAIL))[0]["text"].partition(BASE)[2].split()[0]
    for _ in range(3):
        assert EMAIL in (await client.get(link)).text
    assert (await client.post(link, data={"mot-de-passe": "court"})).status_code == 422
    answer = await client.post(link, data={"mot-de-passe": "un autre secret bien long"})
    assert answer.headers["location"] == "/accueil"
    assert (await client.get("/accueil")).status_code == 200
    assert (await client.get(link)).status_code == 404
    assert (await client.post(link, data={"mot-de-passe": "encore un autre secret"})).status_code == 404


async def test_an_invitation_welcomes(client: httpx.AsyncClient, world: World) -> None:
    invitation = await accounts.create_account(world.staff, accounts.checked(EMAIL, "Camille", "agent"), BASE)
    link = (invitation.link or "").removeprefix(BASE)
    assert "Bienvenue" in (await client.get(link)).text
    assert (await client.get(link.replace("/invitation/", "/mot-de-passe/"))).status_code == 404
    answer = await client.post(link, data={"mot-de-passe": SECRET_WORDS})
    assert answer.headers["location"] == "/accueil"


async def test_changing_one_s_password_ends_the_other_sessions_only(
    client: httpx.AsyncClient, joined: Joined, house: House
) -> None:
    await joined()
    await enter(client)
    elsewhere = client.cookies["session"]
    client.cookies.clear()
    await enter(client)
    page = read((await client.get("/compte")).text)
    assert "Fermer les autres sessions" in page.all("main")[0].text
    token = next(f.attributes["value"] for f in page.all("input") if f.attributes["name"] == "jeton")
    wrong = {"jeton": token, "actuel": "faux", "nouveau": "un autre secret bien long"}
    assert (await client.post("/compte/mot-de-passe", data=wrong)).status_code == 422
    answer = await client.post("/compte/mot-de-passe", data={**wrong, "actuel": SECRET_WORDS})
    assert answer.headers["location"] == "/compte?fait=mot-de-passe"
    assert "est changé" in (await client.get("/compte?fait=mot-de-passe")).text
    client.cookies.set("session", elsewhere)
    assert (await client.get("/compte")).status_code == 303


async def test_the_other_sessions_are_ended_by_a_button(client: httpx.AsyncClient, joined: Joined) -> None:
    await joined()
    await enter(client)
    elsewhere = client.cookies["session"]
    client.cookies.clear()
    await enter(client)
    page = read((await client.get("/compte")).text)
    token = next(f.attributes["value"] for f in page.all("input") if f.attributes["name"] == "jeton")
    await client.post("/compte/sessions", data={"jeton": token})
    assert "Fermer les autres" not in (await client.get("/compte")).text
    client.cookies.set("session", elsewhere)
    assert (await client.get("/compte")).status_code == 303


async def test_the_language_of_an_account_is_kept(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "agent")
    assert (await client.post("/compte/langue", data={"jeton": token, "langue": "de"})).status_code == 422
    await client.post("/compte/langue", data={"jeton": token, "langue": "en"})
    assert (await client.get("/compte")).headers["content-language"] == "en"


async def test_a_home_without_anything_to_do_says_so(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "supervisor")
    page = read((await client.get("/accueil")).text)
    assert page.all("h1")[0].text == "Rien ne vous attend aujourd’hui"


async def test_a_home_shows_three_things_first_for_its_role_only(house: House, world: World) -> None:
    async def load(actor: object) -> list[Task]:
        return [Task(f"Tâche {number}", "Pourquoi.", f"/t/{number}", "Lire") for number in range(5)]

    part = Component(name="essai", home=(HomeSection(frozenset({"agent"}), load),))
    app = create_app(replace(house, components=(*house.components, part)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as client:
        await sign_in(client, world, "agent")
        page = read((await client.get("/accueil")).text)
        assert page.all("h1")[0].text == "Trois choses à faire aujourd’hui"
        assert [h2.text for h2 in page.all("h2")][:4] == ["Tâche 0", "Tâche 1", "Tâche 2", "Ensuite"]
        await sign_in(client, world, "admin")
        assert "Tâche" not in (await client.get("/accueil")).text


async def test_a_component_may_head_the_home_of_a_role(house: House, world: World) -> None:
    async def load(actor: object) -> InstallationPanel:
        return InstallationPanel(Heading("Hérault, 3ᵉ trimestre 2026", "Publication du 15 octobre."), ())

    part = Component(name="essai", panels=(HomePanel(frozenset({"admin"}), load, rank=1, heads=True),))
    app = create_app(replace(house, components=(part, *house.components)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as client:
        await sign_in(client, world, "admin")
        assert read((await client.get("/accueil")).text).all("h1")[0].text == "Hérault, 3ᵉ trimestre 2026"
        await sign_in(client, world, "agent")
        assert "Hérault" not in read((await client.get("/accueil")).text).all("h1")[0].text


async def test_gironde_s_home_shows_nothing_of_herault(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "funder", world.gironde)
    text = (await client.get("/accueil")).text
    assert "Département de la Gironde" in text
    for stranger in ("Hérault", "Aide 34", "Cap Domicile"):
        assert stranger not in text


async def test_the_first_page_says_what_is_never_asked(client: httpx.AsyncClient, world: World) -> None:
    text = (await client.get("/")).text
    assert "Pléiades Services" in text
    assert "ni numéro de carte" in text
    assert "04\u00a067" in text


async def test_the_legal_notice_is_the_platform_s(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE platform SET legal_notice = 'Pléiades, association.'")
    assert "Pléiades, association." in (await client.get("/mentions-legales")).text
    assert "donnees@pleiades.invalid" in (await client.get("/confidentialite")).text
    assert (await client.get("/accessibilite")).status_code == 200
