"""/charte/{chapter}/{rank}: one criterion a screen, its answer kept, and what clients say beside it."""

import re

import asyncpg
import httpx
import pytest

from charter.declaring import review
from quality import clock
from quality.access.scope import scoped
from tests.charter.declared import declare, edition, punctuality
from tests.quality.complaints.learning.test_keeping import DAY, DUE_ON
from tests.quality.complaints.opened import filed
from tests.quality.web.pages import Reading, read
from tests.world import AIDE_34, World, sign_in


@pytest.fixture
async def token(client: httpx.AsyncClient, world: World) -> str:
    return await sign_in(client, world, "provider", world.aide34)


async def opened(client: httpx.AsyncClient, path: str) -> Reading:
    page = await client.get(path)
    assert page.status_code == 200
    return read(page.text)


def main(page: Reading) -> str:
    return page.all("main")[0].text


def radios(page: Reading) -> dict[str, bool]:
    found = [each.attributes for each in page.all("input") if each.attributes.get("name") == "reponse"]
    return {each["value"]: "checked" in each for each in found}


async def answers(world: World) -> dict[str, str]:
    async with scoped(world.provider):
        return dict((await review(world.provider, "")).answers)


async def test_an_answer_is_kept_and_leads_to_the_next_criterion_to_review(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await declare(world, {"1.2": "yes"})
    form = {"jeton": token, "reponse": "partly", "commentaire": "Deux sur trois."}
    saved = await client.post("/charte/1/1", data=form)
    assert (saved.status_code, saved.headers["location"]) == (303, "/charte/1/3?fait=1.1")
    assert await answers(world) == {"1.1": "partly", "1.2": "yes"}
    following = await opened(client, saved.headers["location"])
    assert "Critère 1.1 enregistré." in main(following)
    back = await opened(client, "/charte/1/1")
    assert radios(back) == {"yes": False, "partly": True, "no": False}
    assert back.all("textarea")[0].text == "Deux sur trois."
    assert "Enregistré\u00a0: mardi 24\u00a0novembre 2026, 10\u00a0h\u00a030." in main(back)


async def test_an_answer_saved_in_the_background_leaves_its_reader_where_they_are(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    quietly = {"prefer": "return=minimal"}
    form = {"jeton": token, "reponse": "partly"}
    saved = await client.post("/charte/1/1", data=form, headers=quietly)
    assert (saved.status_code, saved.text) == (204, "")
    assert await answers(world) == {"1.1": "partly"}
    refused = await client.post("/charte/1/1", data={"jeton": token}, headers=quietly)
    assert refused.status_code == 422


async def test_the_last_answer_leads_to_the_result(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await declare(world, {each.code: "yes" for each in edition().criteria if each.code != "3.4"})
    saved = await client.post("/charte/3/4", data={"jeton": token, "reponse": "no"})
    assert saved.headers["location"] == "/charte?fait=3.4"
    assert (await client.get(saved.headers["location"])).status_code == 200


async def test_an_empty_answer_is_refused_first_in_the_page_and_the_text_is_kept(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    page = await client.post("/charte/1/3", data={"jeton": token, "commentaire": "Déjà écrit."})
    reading = read(page.text)
    assert page.status_code == 422
    assert reading.all("title")[0].text.startswith("Erreur\u00a0:")
    alert = next(each for each in reading.elements if each.attributes.get("role") == "alert")
    assert "Choisissez une réponse." in alert.text
    assert 'href="#reponse-yes"' in page.text
    assert 'id="reponse-yes"' in page.text
    assert reading.all("textarea")[0].text == "Déjà écrit."
    assert await answers(world) == {}


async def test_not_concerned_without_a_reason_is_refused_and_kept_chosen(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    page = await client.post("/charte/1/3", data={"jeton": token, "reponse": "not_concerned"})
    assert page.status_code == 422
    assert 'href="#motif"' in page.text
    assert radios(read(page.text))["not_concerned"]


async def test_not_concerned_is_neither_offered_nor_accepted_on_an_imperative(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    assert "not_concerned" not in radios(await opened(client, "/charte/1/1"))
    assert "not_concerned" in radios(await opened(client, "/charte/2/5"))
    form = {"jeton": token, "reponse": "not_concerned", "motif": "Aucun"}
    page = await client.post("/charte/1/1", data=form)
    assert page.status_code == 422
    assert "Ce critère est obligatoire" in page.text
    assert await answers(world) == {}


async def test_declared_and_measured_stand_side_by_side(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await punctuality(world, 95, 59)
    await declare(world, {"2.8": "yes"})
    page = await opened(client, "/charte/2/8")
    texts = main(page)
    assert "Déclaré, et un indice" in texts
    assert "Ce n’est qu’un indice\u00a0: le critère lui-même n’est pas mesuré." in texts
    assert "On ne leur demande pas s’ils ont été prévenus." in texts
    sides = [each.text for each in page.all("dd")]
    assert sides[0] == "Oui"
    assert sides[1] == "62\u00a0% de 52 à 71\u00a0%, 95 clients, Hérault, 3ᵉ\u00a0trimestre 2026"
    assert "Tout l’intervalle reste sous le seuil de 80\u00a0%." in texts
    assert "«\u00a0À peu près à l’heure\u00a0»" in texts
    drawing = next(each for each in page.all("svg") if each.attributes.get("role") == "img")
    assert drawing.attributes["aria-labelledby"] == "mesure-t mesure-d"
    assert page.all("title")[-1].text == "Mesuré\u00a0: 62\u00a0%, seuil 80\u00a0%"


@pytest.mark.parametrize(
    ("good", "answer", "tag", "conclusion"),
    [
        (90, "yes", "Indice favorable", "Tout l’intervalle atteint le seuil"),
        (90, "no", "Indice favorable", "Tout l’intervalle atteint le seuil"),
        (74, "yes", "On ne peut pas conclure", "ne permet pas de trancher"),
        (59, "yes", "Indice contraire\u00a0: à vérifier", "Tout l’intervalle reste sous le seuil"),
        (59, "partly", "Indice dans le même sens", "Tout l’intervalle reste sous le seuil"),
    ],
)
async def test_a_hint_says_which_way_it_goes_and_neither_confirms_nor_contradicts(
    client: httpx.AsyncClient, world: World, token: str, good: int, answer: str, tag: str, conclusion: str
) -> None:
    await punctuality(world, 95, good)
    await declare(world, {"2.8": answer})
    texts = main(await opened(client, "/charte/2/8"))
    assert tag in texts
    assert conclusion in texts
    assert not {"Confirmé", "Contredit"} & set(re.findall(r"\w+", texts))


async def test_under_forty_clients_nothing_is_concluded(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await punctuality(world, 20, 4)
    await declare(world, {"2.8": "yes"})
    texts = main(await opened(client, "/charte/2/8"))
    assert "Trop peu de réponses pour conclure\u00a0: il en faut 40." in texts
    assert "Indice contraire" not in texts


async def test_a_hidden_figure_says_why_and_draws_nothing(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await punctuality(world, 8, 8)
    page = await opened(client, "/charte/2/8")
    assert "moins de 11 clients" in main(page)
    assert "%" not in [each.text for each in page.all("dd")][1]
    assert not [each for each in page.all("svg") if each.attributes.get("role") == "img"]


async def test_a_bound_stands_for_the_value_that_a_few_clients_agree_on(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await punctuality(world, 20, 20)
    page = await opened(client, "/charte/2/8")
    assert re.match("de 84 à 100\u00a0%", page.all("dd")[1].text)
    assert "84 à 100\u00a0%" in [each.text for each in page.all("text")]


async def test_complaints_measure_their_criterion_in_complaints(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    made = await filed(world)
    await owner.execute(DUE_ON, made.id, clock.now() - DAY)
    page = await opened(client, "/charte/3/8")
    assert page.all("dd")[1].text == "0\u00a0% de 0 à 79\u00a0%, 1 réclamation, 12 derniers mois"
    assert "Trop peu de réclamations pour conclure\u00a0: il en faut 10." in main(page)


async def test_an_interval_that_holds_the_threshold_says_so_before_anything_is_declared(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await punctuality(world, 95, 74)
    assert "L’intervalle contient le seuil de 80\u00a0%." in main(await opened(client, "/charte/2/8"))


async def test_a_measure_is_read_before_anything_is_declared(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await punctuality(world, 95, 59)
    page = await opened(client, "/charte/2/8")
    assert page.all("dd")[0].text == "Pas encore revu"
    assert "Rien à comparer encore" in main(page)


async def test_what_is_not_measured_says_so_and_what_is_not_yet_too(
    client: httpx.AsyncClient, token: str
) -> None:
    assert "Non mesuré" in main(await opened(client, "/charte/1/1"))
    assert "Pas encore mesuré" in main(await opened(client, "/charte/2/8"))


async def test_every_criterion_opens_and_leads_to_its_neighbours(
    client: httpx.AsyncClient, token: str
) -> None:
    every = [f"/charte/{each.code.replace('.', '/')}" for each in edition().criteria]
    for place, path in enumerate(every):
        links = {
            each.attributes["rel"]: each.attributes["href"]
            for each in (await opened(client, path)).all("a")
            if "rel" in each.attributes
        }
        expected = {"prev": every[place - 1] if place else None, "next": (*every, None)[place + 1]}
        assert links == {rel: href for rel, href in expected.items() if href}


@pytest.mark.parametrize("path", ["/charte/1/8", "/charte/7/1", "/charte/0/1", "/charte/7", "/charte/0"])
async def test_an_unknown_criterion_or_chapter_is_not_found(
    client: httpx.AsyncClient, token: str, path: str
) -> None:
    assert (await client.get(path)).status_code == 404
    if path.count("/") == 3:
        assert (await client.post(path, data={"jeton": token, "reponse": "yes"})).status_code == 404


async def test_the_platform_reads_a_criterion_and_has_no_form(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare(world, {"1.3": "not_concerned", "1.1": "partly"})
    await sign_in(client, world, "platform")
    page = await opened(client, f"/charte/1/1?organisme={AIDE_34}")
    assert "Ce que déclare Aide 34" in main(page)
    assert "Ce que nous faisons, 1.1." in main(page)
    assert radios(page) == {}
    assert "Aucun client fragile." in main(await opened(client, f"/charte/1/3?organisme={AIDE_34}"))
    assert (await client.get("/charte/1/1")).status_code == 404


async def test_the_platform_may_not_answer_for_a_provider(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    for role in ("platform", "supervisor", "agent"):
        token = await sign_in(client, world, role)
        form = {"jeton": token, "reponse": "yes"}
        page = await client.post(f"/charte/1/1?organisme={AIDE_34}", data=form)
        assert page.status_code == 403
    assert await owner.fetchval("SELECT count(*) FROM assessment") == 0


async def test_gironde_opens_no_criterion(client: httpx.AsyncClient, world: World) -> None:
    await declare(world, {"1.1": "yes"})
    token = await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(f"/charte/1/1?organisme={AIDE_34}")).status_code == 403
    refused = await client.post("/charte/1/1", data={"jeton": token, "reponse": "no"})
    assert refused.status_code == 403
    assert await answers(world) == {"1.1": "yes"}


async def test_a_file_sent_as_an_answer_is_refused_as_no_answer(
    client: httpx.AsyncClient, token: str
) -> None:
    page = await client.post(
        "/charte/1/1", data={"jeton": token}, files={"reponse": ("a.txt", b"yes", "text/plain")}
    )
    assert page.status_code == 422


async def test_an_unknown_criterion_is_not_announced_as_saved(client: httpx.AsyncClient, token: str) -> None:
    texts = main(await opened(client, "/charte/1/1?fait=9.9"))
    assert "enregistré" not in texts


async def test_a_criterion_shows_its_good_practice_where_the_edition_has_one(
    client: httpx.AsyncClient, token: str
) -> None:
    assert "Appelez dès que vous savez" in main(await opened(client, "/charte/2/8"))
    assert "Bonne pratique" not in main(await opened(client, "/charte/2/1"))
