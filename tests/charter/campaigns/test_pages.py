"""/charte/campagnes: what the platform runs, what a provider and the funder that pays read, and no other."""

import asyncpg
import httpx
import pytest

from charter.waiting import campaign_tasks
from quality import clock
from tests.charter.campaigns.running import a_campaign, at, more_providers, sent
from tests.charter.declared import declare
from tests.quality.web.pages import read
from tests.world import AIDE_34, CAP_DOMICILE, World, sign_in

FORM = {
    "nom": "Cohorte de l’Hérault",
    "edition": "national-2012",
    "etendue": "full",
    "debut": "2026-11-01",
    "fin": "2026-12-31",
    "relance": "7",
    "financeur": "D34",
    "invites": "chosen",
    "organisme": [AIDE_34],
}
SESSION = {
    "geste": "seance",
    "jour": "2026-12-01",
    "heure": "14:30",
    "lieu": "Montpellier, salle 2",
    "sujet": "Les preuves",
}


@pytest.fixture
async def token(client: httpx.AsyncClient, world: World) -> str:
    at("2026-11-24")
    return await sign_in(client, world, "platform")


def said(page: httpx.Response) -> str:
    return " ".join(read(page.text).all("main")[0].text.replace("\u00a0", " ").split())


async def test_a_campaign_is_opened_met_widened_and_closed_by_forms(
    client: httpx.AsyncClient, token: str, owner: asyncpg.Connection
) -> None:
    opened = await client.post("/charte/campagnes/nouvelle", data={"jeton": token, **FORM})
    assert opened.status_code == 303, opened.text
    address = opened.headers["location"]
    assert address in (await client.get("/charte/campagnes")).text
    shown = await client.get(address)
    assert "Aide 34" in shown.text
    assert f'value="{CAP_DOMICILE}"' in shown.text
    for form in (SESSION, {"geste": "inviter", "organisme": CAP_DOMICILE}, {"geste": "clore"}):
        assert (await client.post(address, data={"jeton": token, **form})).status_code == 303
    shown = await client.get(address)
    assert "Les preuves" in shown.text
    assert "Cap Domicile" in shown.text
    assert 'name="geste"' not in shown.text
    assert (await client.post(address, data={"jeton": token, "geste": "clore"})).status_code == 409
    assert (await client.post(address, data={"jeton": token, "geste": "x"})).status_code == 404
    assert await owner.fetchval("SELECT closed_at FROM charter_campaign") is not None


async def test_a_refused_form_keeps_what_was_typed(
    client: httpx.AsyncClient, token: str, world: World
) -> None:
    form = {"jeton": token, **FORM, "fin": "2026-01-01"}
    refused = await client.post("/charte/campagnes/nouvelle", data=form)
    assert refused.status_code == 422
    assert "La fin doit venir après" in refused.text
    assert 'value="Cohorte de l’Hérault"' in refused.text
    campaign = await a_campaign(world)
    late = {"jeton": token, **SESSION, "jour": "2026-11-01"}
    refused = await client.post(f"/charte/campagnes/{campaign}", data=late)
    assert refused.status_code == 422
    assert 'value="Montpellier, salle 2"' in refused.text
    again = {"jeton": token, "geste": "inviter", "organisme": AIDE_34}
    refused = await client.post(f"/charte/campagnes/{campaign}", data=again)
    assert "pas encore invité" in refused.text


async def test_results_are_shown_together_from_eleven_and_never_by_name(
    client: httpx.AsyncClient, token: str, world: World, owner: asyncpg.Connection
) -> None:
    assert token
    others = await more_providers(world, owner, 11)
    campaign = await a_campaign(world)
    for provider in others[:10]:
        await sent(world, owner, provider, "80.00", clock.now())
    page = said(await client.get(f"/charte/campagnes/{campaign}"))
    assert "Il faut au moins 11 résultats envoyés" in page
    await sent(world, owner, others[10], "40.00", clock.now())
    page = said(await client.get(f"/charte/campagnes/{campaign}"))
    assert "de 25 à 50 %1de 50 à 75 %0de 75 à 100 %10" in page


async def test_a_provider_reads_its_campaign_on_its_charter_and_at_home(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    campaign = await a_campaign(world)
    await client.post(f"/charte/campagnes/{campaign}", data={"jeton": token, **SESSION})
    await sign_in(client, world, "provider", world.aide34)
    page = said(await client.get("/charte"))
    assert "Campagne « Cohorte de l’Hérault »" in page
    assert "Montpellier, salle 2" in page
    (task,) = await campaign_tasks(world.provider)
    assert "Prochaine séance" in task.sentence
    assert (await client.get(f"/charte/campagnes/{campaign}")).status_code == 403
    await sent(world, owner, world.aide34, "80.00", clock.now())
    assert await campaign_tasks(world.provider) == ()
    assert "est envoyée" in said(await client.get("/charte"))
    at("2027-01-01")
    assert "Campagne" not in said(await client.get("/charte"))


async def test_a_provider_that_is_not_invited_reads_nothing_of_it(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await client.post("/charte/campagnes/nouvelle", data={"jeton": token, **FORM})
    other = world.actor("provider", world.cap)
    assert await campaign_tasks(other) == ()
    await sign_in(client, world, "provider", world.cap)
    assert "Campagne" not in said(await client.get("/charte"))


async def test_the_funder_that_pays_reads_rounded_counts_and_gironde_nothing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    others = await more_providers(world, owner, 30)
    campaign = await a_campaign(world)
    address = f"/charte/campagnes/{campaign}"
    await sign_in(client, world, "funder", world.herault)
    assert address in (await client.get("/charte/campagnes")).text
    page = said(await client.get(address))
    assert "Invités30Pas commencé30En coursnon montréEnvoyénon montré" in page
    for provider in others[:12]:
        await sent(world, owner, provider, "80.00", clock.now())
    await declare(world, {"1.1": "no"})
    page = said(await client.get(address))
    assert "Invités30Pas commencé20En coursnon montréEnvoyénon montré" in page
    assert not {"Aide", "Cap", "80"} & set(page.split())
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(address)).status_code == 404
    assert "Aucune campagne ici" in (await client.get("/charte/campagnes")).text
    await sign_in(client, world, "funder", world.cnav)
    assert (await client.get(address)).status_code == 404


async def test_a_supervisor_reads_and_does_nothing(client: httpx.AsyncClient, world: World) -> None:
    campaign = await a_campaign(world)
    token = await sign_in(client, world, "supervisor")
    assert 'name="geste"' not in (await client.get(f"/charte/campagnes/{campaign}")).text
    form = {"jeton": token, "geste": "clore"}
    assert (await client.post(f"/charte/campagnes/{campaign}", data=form)).status_code == 403


async def test_states_of_a_campaign_are_said_in_the_list(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    assert token
    await a_campaign(world)
    for moment, words in (
        ("2026-11-24", "En cours"),
        ("2027-01-01", "Terme passé"),
        ("2026-10-30", "À venir"),
    ):
        at(moment)
        await sign_in(client, world, "platform")
        assert words in said(await client.get("/charte/campagnes"))
