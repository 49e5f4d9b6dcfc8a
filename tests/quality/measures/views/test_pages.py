"""Each reader of figures reads its own, the same everywhere, and what is hidden is hidden in every output."""

import csv
import html
import io
import re
from dataclasses import replace
from datetime import date
from uuid import UUID

import httpx
import pytest

from quality.access import keys
from quality.db import fetch, fetch_value, pool
from quality.measures.catalogue import CATALOGUE
from quality.measures.releases.releasing import create
from tests.quality.measures.cells import answers, convene, herault_october, write
from tests.world import AIDE_34, World, sign_in

PAGES = (
    "/indicateurs",
    "/indicateurs/GLOB",
    "/indicateurs/GLOB.csv",
    "/conventions",
    "/conventions/herault-2025",
)


def seen(response: httpx.Response) -> str:
    """Give the words of a page, spaces made plain."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.text))
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def lines_of(response: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.text.lstrip("\ufeff")), delimiter=";"))


async def published_october(world: World) -> None:
    await herault_october(world)
    await write(world, answers(world.cap, [world.herault], 4, 1, name="few", departement="30"))
    await create(world.platform, "2026-10")


async def bearer(world: World, organisation: UUID) -> dict[str, str]:
    key = await keys.create_key(world.staff, "essai", organisation)
    return {"Authorization": f"Bearer {key}"}


async def test_the_funder_reads_sentences_values_and_verdicts(
    client: httpx.AsyncClient, world: World
) -> None:
    await herault_october(world)
    await create(world.platform, "2026-10")
    await sign_in(client, world, "funder", world.herault)
    page = await client.get("/indicateurs")
    words = seen(page)
    assert page.status_code == 200
    assert (
        "Octobre 2026 : 100 clients interrogés, et 100 % des demandes d’avis ont reçu une réponse." in words
    )
    assert "On ne peut pas conclure sur les objectifs de « Visite bien passée », «" in words
    assert "100 % de 96 à 100 %, 100 clients" in words
    assert "sans objectif" not in words  # the rates of the requests stand in a table of their own
    assert "84 % de 76 à 90 %, 100 clients" in words
    assert "≥ 80 %" in words
    assert "On ne peut pas conclure" in words
    assert "Publication du mardi 24 novembre 2026. Un résultat publié ne change plus." in words


@pytest.mark.parametrize(
    ("target", "conclusion"), [(70, "Atteint"), (80, "On ne peut pas conclure"), (95, "Non atteint")]
)
async def test_a_target_is_met_only_by_the_whole_interval(
    client: httpx.AsyncClient, world: World, target: int, conclusion: str
) -> None:
    await convene(world, world.herault, targets={"GLOB": target})
    await write(world, answers(world.aide34, [world.herault], 100, 84))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "funder", world.herault)
    words = seen(await client.get("/indicateurs/GLOB"))
    assert f"{conclusion} " in words.partition("Objectif de la convention")[2][:60]


@pytest.mark.parametrize("path", PAGES)
async def test_gironde_gets_404_on_each_address_of_herault(
    client: httpx.AsyncClient, world: World, path: str
) -> None:
    await published_october(world)
    await sign_in(client, world, "funder", world.gironde)
    response = await client.get(path, params={"population": "herault-2025"})
    if path in {"/indicateurs", "/conventions"}:
        response = await client.get(path)
        assert "Vous ne financez" in seen(response) or "Aucune convention ne vous lie" in seen(response)
        assert "84 %" not in seen(response)
        assert "Aide 34" not in response.text
    else:
        assert response.status_code == 404


async def test_another_funder_with_a_convention_cannot_ask_for_herault_s(
    client: httpx.AsyncClient, world: World
) -> None:
    await published_october(world)
    await convene(world, world.gironde, code="gironde-2026")
    await sign_in(client, world, "funder", world.gironde)
    for path in ("/indicateurs", "/indicateurs/GLOB", "/indicateurs/GLOB.csv"):
        assert (await client.get(path, params={"population": "herault-2025"})).status_code == 404
    assert (await client.get("/conventions/herault-2025")).status_code == 404


async def test_before_the_first_release_the_page_says_from_when(
    client: httpx.AsyncClient, world: World
) -> None:
    await herault_october(world)
    await sign_in(client, world, "funder", world.herault)
    words = seen(await client.get("/indicateurs"))
    assert "Aucun résultat n’est encore publié" in words
    assert "12 décembre 2026" in words
    assert "12 décembre 2026" in seen(await client.get("/indicateurs/GLOB"))
    assert lines_of(await client.get("/indicateurs/GLOB.csv")) == []


async def test_a_hidden_figure_is_in_no_output(client: httpx.AsyncClient, world: World) -> None:
    await published_october(world)
    await sign_in(client, world, "funder", world.herault)
    page, file = await client.get("/indicateurs/GLOB"), await client.get("/indicateurs/GLOB.csv")
    answer = await client.get("/api/v1/figures?indicator=GLOB", headers=await bearer(world, world.herault))
    hidden_csv = [row for row in lines_of(file) if row["status"] in "CD"]
    hidden_json = [row for row in answer.json()["figures"] if row["status"] in "CD"]
    assert len(hidden_csv) == len(hidden_json) > 4
    for row in hidden_csv:
        assert {row[name] for name in ("n_clients", "value", "ci_low", "ci_high")} == {""}
    for row in hidden_json:
        assert {row[name] for name in ("n_clients", "value", "ci_low", "ci_high")} == {None}
    words = seen(page)
    assert "Cap Domicile Gard moins de 11 clients" in words
    assert "Cap Domicile Hérault non publié, pour protéger les personnes" in words
    assert "60 clients" in words
    for never in ("40 clients", "75 %", "25 %"):
        assert never not in words
    assert not re.findall(r"(?<!\d)0 %", words)


async def test_page_file_and_api_say_the_same_figure(client: httpx.AsyncClient, world: World) -> None:
    await herault_october(world)
    await write(world, answers(world.aide34, [world.herault], 400, 331, name="more"))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "funder", world.herault)
    page, file = await client.get("/indicateurs/GLOB"), await client.get("/indicateurs/GLOB.csv")
    answer = await client.get(
        "/api/v1/figures?indicator=GLOB&scope_type=fund", headers=await bearer(world, world.herault)
    )
    row = next(row for row in lines_of(file) if (row["scope_type"], row["activity"]) == ("fund", ""))
    (line,) = [line for line in answer.json()["figures"] if line["activity"] == ""]
    assert "," in row["value"]
    assert (float(row["value"].replace(",", ".")), row["n_clients"]) == (line["value"], "500")
    assert f"{row['value']} % de {row['ci_low']} à {row['ci_high']} %, 500 clients" in seen(page)
    assert [*row] == list(line)
    assert (line["version"], line["convention"]) == (1, "herault-2025")
    assert file.text.startswith("\ufeffindicator;scope_type;")


async def test_a_provider_sees_exactly_what_its_funders_see(client: httpx.AsyncClient, world: World) -> None:
    await convene(world, world.herault)
    await write(world, answers(world.aide34, [world.herault], 60, 54))
    await write(world, answers(world.cap, [world.herault], 40, 30))
    await write(world, answers(world.aide34, [], 30, 0, name="nobody pays"))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "funder", world.herault)
    theirs = [
        row
        for row in lines_of(await client.get("/indicateurs/GLOB.csv"))
        if row["scope_code"] == f"{AIDE_34}-34"
    ]
    await sign_in(client, world, "provider", world.aide34)
    mine = lines_of(await client.get("/indicateurs/GLOB.csv"))
    assert mine == theirs
    assert len(mine) == 2
    assert "90 % de 80 à 95 %, 60 clients" in seen(await client.get("/indicateurs"))
    answer = await client.get("/api/v1/figures?indicator=GLOB", headers=await bearer(world, world.aide34))
    assert [(row["value"], row["n_clients"]) for row in answer.json()["figures"]] == [(90.0, 60), (90.0, 60)]
    assert "Cap Domicile" not in (await client.get("/indicateurs/GLOB")).text


async def test_a_provider_of_two_departements_reads_them_apart(
    client: httpx.AsyncClient, world: World
) -> None:
    await convene(world, world.herault)
    await write(world, answers(world.aide34, [world.herault], 60, 54))
    await write(world, answers(world.aide34, [world.herault], 40, 20, name="far", departement="30"))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "provider", world.aide34)
    for name, code, value in (("herault-2025~34", "34", "90 %"), ("herault-2025~30", "30", "50 %")):
        page = await client.get("/indicateurs/GLOB", params={"population": name})
        assert f"Visite bien passée {value}" in seen(page)
        file = await client.get("/indicateurs/GLOB.csv", params={"population": name})
        assert {row["scope_code"] for row in lines_of(file)} == {f"{AIDE_34}-{code}"}


async def test_a_provider_without_figures_reads_why(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "provider", world.aide34)
    assert "ce que voient vos financeurs" in seen(await client.get("/indicateurs"))
    assert "Aucune convention ne vous cite" in seen(await client.get("/conventions"))
    assert (await client.get("/indicateurs/GLOB")).status_code == 404
    assert (await client.get("/indicateurs/GLOB.csv")).status_code == 404


async def test_the_platform_chooses_between_all_visits_and_a_convention(
    client: httpx.AsyncClient, world: World
) -> None:
    await herault_october(world)
    await write(world, answers(world.cap, [], 100, 0, name="unfunded"))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "platform")
    assert "42 % " in seen(await client.get("/indicateurs"))
    assert "84 % " in seen(await client.get("/indicateurs?population=herault-2025"))
    assert (await client.get("/indicateurs?population=inconnue")).status_code == 404


async def test_an_unpublished_period_and_an_unknown_indicator_answer_404(
    client: httpx.AsyncClient, world: World
) -> None:
    await published_october(world)
    await sign_in(client, world, "funder", world.herault)
    for path in (
        *("/indicateurs?periode=2026-09", "/indicateurs/RECO", "/indicateurs/RECO.csv", "/indicateurs/NOPE"),
        "/conventions/inconnue",
    ):
        assert (await client.get(path)).status_code == 404


async def test_a_population_without_the_chosen_period_shows_its_own(
    client: httpx.AsyncClient, world: World
) -> None:
    """One form sends the population and the period together: the new population may lack the old period."""
    await published_october(world)
    await convene(world, world.cnav, code="cnav-2027", starts_on=date(2027, 1, 1))
    september = [
        replace(each, month=date(2026, 9, 1)) for each in answers(world.cap, [], 40, 20, name="sept")
    ]
    await write(world, september)
    await create(world.platform, "2026-09")
    await sign_in(client, world, "platform")
    asked = {"population": "herault-2025", "periode": "2026-09"}
    for path in ("/indicateurs", "/indicateurs/GLOB", "/rapports", "/indicateurs/territoires"):
        words = seen(await client.get(path, params=asked))
        assert "pour la période demandée, septembre 2026 : voici octobre 2026." in words, path
        never = await client.get(path, params=asked | {"population": "cnav-2027"})
        assert never.status_code == 200, path
        assert "pour la période demandée, septembre 2026." in seen(never), path
        assert "pour la période demandée" not in seen(await client.get(path)), path
    assert (await client.get("/rapports/herault-2025/2026-09.csv")).status_code == 404
    await sign_in(client, world, "funder", world.herault)  # nothing of September is published for Hérault
    for path in ("/indicateurs", "/rapports", "/indicateurs/territoires"):
        assert (await client.get(path, params=asked)).status_code == 404, path


async def test_a_population_that_does_not_follow_an_indicator_shows_what_it_follows(
    client: httpx.AsyncClient, world: World
) -> None:
    await published_october(world)
    await sign_in(client, world, "platform")
    asked = {"population": "herault-2025", "periode": "2026-10"}
    page = seen(await client.get("/indicateurs/RECO", params=asked))
    assert "n’est pas suivi sur ces visites : voici ce qui l’est." in page
    assert "Visite bien passée" in page
    places = seen(await client.get("/indicateurs/territoires", params=asked | {"indicateur": "RECO"}))
    assert "Visite bien passée par territoire" in places
    assert "n’est pas suivi sur ces visites" in places


async def test_the_news_lead_to_a_population_that_has_them(client: httpx.AsyncClient, world: World) -> None:
    """The first convention by name has nothing in the newest period."""
    await convene(world, world.herault, code="herault-2020", ends_on=date(2025, 12, 31))
    await convene(world, world.herault, starts_on=date(2026, 1, 1))
    await write(world, answers(world.aide34, [world.herault], 60, 54))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "provider", world.aide34)
    (href,) = re.findall(r'href="(/indicateurs\?population=[^"]+)"', (await client.get("/accueil")).text)
    assert "octobre 2026" in seen(await client.get(html.unescape(href)))


async def test_each_read_of_a_funder_is_logged(client: httpx.AsyncClient, world: World) -> None:
    await published_october(world)
    await sign_in(client, world, "funder", world.herault)
    for path in PAGES:
        await client.get(path)
    await client.get("/api/v1/figures", headers=await bearer(world, world.herault))
    rows = await fetch(pool("work"), "SELECT subject FROM audit WHERE action = 'figures.read' ORDER BY id")
    assert [row["subject"] for row in rows] == [*PAGES, "/api/v1/figures"]


async def test_the_months_are_drawn_and_too_short_a_series_says_so(
    client: httpx.AsyncClient, world: World
) -> None:
    await convene(world, world.herault)
    for month in (8, 9):
        await write(world, answers(world.aide34, [world.herault], 60, 50, month=date(2026, month, 1)))
    await create(world.platform)
    await sign_in(client, world, "funder", world.herault)
    page = await client.get("/indicateurs/GLOB")
    words = seen(page)
    assert 'class="chart' in page.text
    assert "Visite bien passée : trop court pour juger" in words
    assert "Il en manque 11." in words
    assert "août 2026 83 % de 72 à 91 % 60 clients" in words


async def test_a_convention_is_read_in_plain_words(client: httpx.AsyncClient, world: World) -> None:
    await convene(
        world,
        world.herault,
        departements=("34",),
        authority={"replan_hours": 48, "replace_worker": True, "refund_cents": 5000, "mediation": True},
    )
    await sign_in(client, world, "funder", world.herault)
    assert "Convention 2025-2027" in seen(await client.get("/conventions"))
    words = seen(await client.get("/conventions/herault-2025"))
    for said in (
        *("en vigueur, du mercredi 1er janvier 2025 au vendredi 31 décembre 2027", "Départements Hérault"),
        *("Visite bien passée ≥ 80 %", "Aide 34", "Cap Domicile", "2 jours ouvrés", "15 jours"),
        *("Reprogrammer la visite dans les 48 heures", "Rembourser jusqu’à 50 €", "Proposer une médiation"),
        "Hors de la convention : le client est l’employeur",
    ):
        assert said in words
    await sign_in(client, world, "provider", world.aide34)
    assert "Ce que mes financeurs voient" in seen(await client.get("/conventions/herault-2025"))


async def test_a_convention_without_an_end_or_promises_says_so(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "platform")
    assert "Aucune convention n’est écrite" in seen(await client.get("/conventions"))
    await convene(world, world.herault, ends_on=None, acknowledge_days=None, solution_days=None, targets={})
    words = seen(await client.get("/conventions/herault-2025"))
    assert "depuis le mercredi 1er janvier 2025" in words
    assert "Rien sans l’accord de l’organisme" in words
    assert "Visite bien passée suivi, sans objectif" in words
    assert "Accusé de réception" not in words


async def test_a_draft_is_read_by_the_platform_only(client: httpx.AsyncClient, world: World) -> None:
    await convene(world, world.herault, status="draft")
    await sign_in(client, world, "funder", world.herault)
    assert (await client.get("/conventions/herault-2025")).status_code == 404
    await sign_in(client, world, "platform")
    assert (await client.get("/conventions/herault-2025")).status_code == 200


async def test_an_observer_reads_national_and_regional_figures_only(
    client: httpx.AsyncClient, world: World
) -> None:
    await herault_october(world)
    await write(world, answers(world.cap, [], 50, 10, name="far", departement="33"))
    await sign_in(client, world, "observer", world.observer)
    assert "Aucun résultat n’est encore publié" in seen(await client.get("/observatoire"))
    await create(world.platform, "2026-10")
    words = seen(await client.get("/observatoire"))
    assert "France entière Visite bien passée 63 % de 55 à 70 %, 150 clients" in words
    assert "Nouvelle-Aquitaine Visite bien passée 20 %" in words
    assert "Aide 34" not in words
    assert (await client.get("/observatoire?periode=2026-09")).status_code == 404
    assert (await client.get("/indicateurs")).status_code == 403
    answer = await client.get("/api/v1/figures", headers=await bearer(world, world.observer))
    assert {row["scope_type"] for row in answer.json()["figures"]} == {"france", "region"}


async def test_the_home_page_says_what_was_published(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "provider", world.aide34)
    assert "Résultats publiés" not in seen(await client.get("/accueil"))
    await published_october(world)
    assert "Résultats publiés : octobre 2026" in seen(await client.get("/accueil"))
    await sign_in(client, world, "funder", world.gironde)
    assert "octobre 2026" not in seen(await client.get("/accueil"))


async def test_the_page_of_each_indicator_says_how_it_is_computed(
    client: httpx.AsyncClient, world: World
) -> None:
    await write(world, answers(world.aide34, [], 60, 50))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "platform")
    for code, item in CATALOGUE.items():
        words = seen(await client.get(f"/indicateurs/{code}"))
        assert "Comment c’est calculé" in words
        assert item.numerator.fr.replace("\u00a0", " ").replace("\u202f", " ") in words


async def test_the_api_pages_by_cursor_and_loses_nothing(client: httpx.AsyncClient, world: World) -> None:
    await published_october(world)
    header = await bearer(world, world.herault)
    everything = (await client.get("/api/v1/figures?limit=1000", headers=header)).json()
    assert everything["next"] is None
    found: list[object] = []
    cursor = ""
    while cursor is not None:
        page = (await client.get(f"/api/v1/figures?limit=7&cursor={cursor}", headers=header)).json()
        assert len(page["figures"]) <= 7
        found += page["figures"]
        cursor = page["next"]
    assert found == everything["figures"]
    assert len(found) == await fetch_value(
        pool("work"), "SELECT count(*) FROM release_cell WHERE funder_id = $1", world.herault
    )


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "cursor=!", "release=x"])
async def test_the_api_refuses_what_it_cannot_read(
    client: httpx.AsyncClient, world: World, query: str
) -> None:
    response = await client.get(f"/api/v1/figures?{query}", headers=await bearer(world, world.herault))
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


async def test_gironde_s_key_reads_nothing(client: httpx.AsyncClient, world: World) -> None:
    await published_october(world)
    answer = await client.get("/api/v1/figures", headers=await bearer(world, world.gironde))
    assert answer.json() == {"figures": [], "next": None}
    assert (await client.get("/api/v1/figures")).status_code == 401


async def test_every_page_opens_on_the_newest_quarter(client: httpx.AsyncClient, world: World) -> None:
    await convene(world, world.herault)
    for month in (7, 10):
        await write(world, answers(world.aide34, [world.herault], 60, 50, month=date(2026, month, 1)))
    await create(world.platform)
    await sign_in(client, world, "funder", world.herault)
    for path in ("/accueil", "/indicateurs", "/indicateurs/GLOB"):
        assert "3ᵉ trimestre 2026" in seen(await client.get(path))
        assert "octobre 2026, par" not in seen(await client.get(path))
    assert re.findall(r'<option value="([^"]*)" selected', (await client.get("/indicateurs")).text) == [
        "2026-Q3"
    ]
    await sign_in(client, world, "observer", world.observer)
    assert "Observatoire, 3ᵉ trimestre 2026" in seen(await client.get("/observatoire"))


async def test_published_providers_come_first_and_the_others_are_folded_with_their_reasons(
    client: httpx.AsyncClient, world: World
) -> None:
    await herault_october(world)
    await write(world, answers(world.cap, [world.herault], 4, 1, name="few", departement="30"))
    await create(world.platform, "2026-10")
    await sign_in(client, world, "funder", world.herault)
    html_text = (await client.get("/indicateurs/GLOB")).text
    shown, _summary, folded = html_text.partition('id="organismes"')[2].partition("<details")
    assert "Aide 34" in shown
    assert "moins de 11 clients" not in shown
    assert "moins de 11 clients" in folded.partition("</details>")[0]


async def test_an_indicator_of_a_population_without_a_result_says_from_when(
    client: httpx.AsyncClient, world: World
) -> None:
    await convene(world, world.herault, providers=(world.aide34,))
    await sign_in(client, world, "funder", world.herault)
    page = await client.get("/indicateurs/GLOB", params={"population": "herault-2025"})
    assert "Aucun résultat n’est encore publié" in page.text
    assert (await client.get("/indicateurs/XXX", params={"population": "herault-2025"})).status_code == 404
