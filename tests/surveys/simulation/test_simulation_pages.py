"""/protocoles and the page of a simulation: two protocols side by side, a file, and who may read them."""

from datetime import timedelta

import asyncpg
import httpx
import msgspec
import pytest

from quality.db import execute, fetch_value, pool
from surveys.protocol.deciding import decide_pending
from surveys.protocol.definition import load
from surveys.protocol.editing import drafts
from surveys.protocol.editing.forms import form_of
from tests.surveys.simulation.asking import asked, compute, simulated
from tests.surveys.simulation.sending_file import lines, written
from tests.surveys.visits import MOBILE, MORNING, how_many_wait, someone, visit
from tests.world import World, sign_in

PAGE = "/protocoles/default/simulation"
DAYS = {"du": "2026-11-01", "au": "2026-11-30"}


def plain(page: httpx.Response) -> str:
    """Give a page with plain spaces only."""
    return page.text.replace("\xa0", " ")


@pytest.fixture
async def token(client: httpx.AsyncClient, world: World) -> str:
    return await sign_in(client, world, "supervisor")


async def test_the_page_of_a_protocol_leads_to_its_simulation(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    page = await client.get("/protocoles/integral")
    assert 'href="/protocoles/integral/simulation?version=1"' in page.text


async def test_two_protocols_stand_side_by_side(client: httpx.AsyncClient, world: World, token: str) -> None:
    await visit(await someone(world, mobile=MOBILE))
    chosen = DAYS | {"comparer": "integral", "prix-sms": "4,5", "prix-phone": "200", "jeton": token}
    page = await simulated(client, world, PAGE, chosen)
    assert "Suivi allégé : 2 appels ; Suivi intégral par téléphone : 3 appels" in page.text
    assert "2 messages et 2 appels." in page.text
    assert "Coût : 4,09 €." in page.text
    assert page.text.count("1 visite suivie sur 1.") == 2
    assert "Aide 34" in page.text


async def test_nothing_is_simulated_before_it_is_asked(client: httpx.AsyncClient, token: str) -> None:
    page = await client.get(PAGE)
    assert "Simuler « Suivi allégé »" in page.text
    assert "Messages par jour" not in page.text
    assert token


async def test_a_draft_is_simulated_beside_the_version_in_use(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await visit(await someone(world, mobile=MOBILE))
    assert (await client.get(f"{PAGE}?version=brouillon")).status_code == 404
    await drafts.begin(world.staff, "default")
    form = msgspec.structs.replace(form_of(load("default")), contact_cap="1")
    await drafts.save(world.staff, "default", 1, form)
    review = await client.get("/protocoles/default/brouillon/relecture")
    assert 'href="/protocoles/default/simulation?version=brouillon"' in review.text
    page = await client.get(f"{PAGE}?version=brouillon")
    assert '<option value="brouillon" selected>' in page.text
    assert '<option value="default:1" selected>' in page.text
    both = DAYS | {"version": "brouillon", "comparer": "default:1", "jeton": token}
    page = await simulated(client, world, PAGE, both)
    assert "Suivi allégé, brouillon : 0 appel ; Suivi allégé, version 1 : 2 appels" in plain(page)
    alone = await simulated(client, world, PAGE, both | {"comparer": ""})
    assert "1 message et 0 appel" in plain(alone)
    await drafts.save(world.staff, "default", 2, msgspec.structs.replace(form, contact_cap="beaucoup"))
    assert (await client.post(PAGE, data=both)).status_code == 404


async def test_a_protocol_that_is_only_a_draft_is_simulated_alone(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await drafts.create(world.staff, "Suivi du soir", "integral")
    page = await client.get("/protocoles/suivi-du-soir/simulation")
    assert "Simuler « Suivi du soir »" in plain(page)
    assert '<option value="" selected>Aucun autre' in page.text
    assert token


async def test_answers_withdraw_what_follows_and_say_the_precision(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await visit(await someone(world, mobile=MOBILE))
    page = await simulated(client, world, PAGE, DAYS | {"reponses-sms": "100", "jeton": token})
    assert "1 message et 0 appel." in page.text
    assert "1 réponse attendue." in page.text
    assert "± 45" in page.text


async def test_a_number_that_died_meanwhile_is_gone_round_and_said_so(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await visit(await someone(world, mobile=MOBILE))
    words = "puis la suite passe par un autre moyen, quand il y en a un."
    assert words not in (await simulated(client, world, PAGE, DAYS | {"jeton": token})).text
    await execute(
        pool("work"),
        """
        INSERT INTO endpoint (id, platform_id, kind, key, failed_at)
        VALUES (gen_random_uuid(), $1, 'phone', $2, $3)
        """,
        world.platform,
        world.house.keyring.lookup("phone", MOBILE),
        MORNING + timedelta(days=1),
    )
    page = await simulated(client, world, PAGE, DAYS | {"jeton": token})
    assert words in page.text
    assert "1 message et 2 appels." in page.text


async def test_a_file_is_simulated_and_nothing_of_it_is_kept(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    file = {"fichier": ("visites.csv", written(lines()), "text/csv")}
    chosen = {"organisme": str(world.aide34), "arrivee": "daily", "jeton": token}
    page = await simulated(client, world, PAGE, chosen, file)
    assert "visites suivies sur 210." in page.text
    for table in ("intervention", "client", "person", "endpoint", "occasion", "import_batch", "file"):
        assert await owner.fetchval(f"SELECT count(*) FROM {table}") == 0
    assert await owner.fetchval("SELECT file_cipher FROM simulation") is None


async def test_a_file_needs_its_provider_and_a_form_its_days(client: httpx.AsyncClient, token: str) -> None:
    file = {"fichier": ("visites.csv", written(lines()), "text/csv")}
    page = await client.post(PAGE, data={"jeton": token}, files=file)
    assert page.status_code == 422
    assert "Choisissez l’organisme qui a fait ces visites." in page.text
    page = await client.post(PAGE, data={"du": "hier", "au": "", "prix-sms": "beaucoup", "jeton": token})
    assert page.status_code == 422
    assert page.text.count("Choisissez un jour.") == 4
    assert "Écrivez un nombre entre 0 et" in page.text


async def test_a_file_that_is_none_is_refused_in_words(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    file = {"fichier": ("visites.csv", b"a;b\n1;2\n", "text/csv")}
    page = await simulated(client, world, PAGE, {"organisme": str(world.aide34), "jeton": token}, file)
    assert "<title>Erreur" in page.text
    assert "La simulation n’a pas pu être faite" in page.text
    assert 'href="#fichier"' in page.text
    assert "Il manque la colonne" in page.text


async def test_an_error_of_no_field_leads_to_none(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    form = DAYS | {"jeton": token}
    addresses = [await asked(client, PAGE, form) for _ in range(3)]
    refused = await client.post(PAGE, data=form)
    assert refused.status_code == 409
    await execute(pool("work"), """UPDATE simulation SET written = written || '{"organisme": "nobody"}'""")
    await compute(world)
    broken = await client.get(addresses[0])
    for page, words in ((refused, "Trois de vos simulations"), (broken, "Le calcul s’est arrêté")):
        assert f"<li>{words}" in page.text
        assert 'href="#' not in page.text.partition('role="alert"')[2].partition("</div>")[0]
        assert 'class="field wrong"' not in page.text
    assert "Réessayez, ou prévenez la personne qui tient l’installation." in broken.text


async def test_an_unknown_protocol_or_provider_is_not_found(client: httpx.AsyncClient, token: str) -> None:
    assert (await client.get("/protocoles/inconnu/simulation")).status_code == 404
    unknown = DAYS | {"organisme": "01a20ce4-05c0-79e6-9416-1bde96961503", "jeton": token}
    assert (await client.post(PAGE, data=unknown)).status_code == 404


async def test_gironde_and_providers_see_nothing_of_it(client: httpx.AsyncClient, world: World) -> None:
    await visit(await someone(world, mobile=MOBILE))
    await decide_pending(world.house)
    for role, organisation in (("funder", world.gironde), ("provider", world.aide34)):
        await sign_in(client, world, role, organisation)
        assert (await client.get("/protocoles")).status_code == 403
        assert (await client.get(PAGE)).status_code == 403


async def test_a_simulation_changes_nothing(client: httpx.AsyncClient, world: World, token: str) -> None:
    await visit(await someone(world, mobile=MOBILE))
    await simulated(client, world, PAGE, DAYS | {"jeton": token})
    assert await fetch_value(pool("work"), "SELECT count(*) FROM occasion") == 0
    assert await fetch_value(pool("work"), "SELECT count(*) FROM stratum") == 0
    assert await how_many_wait() == 1
