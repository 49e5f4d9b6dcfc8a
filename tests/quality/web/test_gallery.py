"""/admin/composants: every component on samples, for those who administer; every chart with its table."""

import re

import httpx
import pytest

from quality.web.gallery import gallery
from quality.web.languages import using
from tests.quality.access.test_pages_are_clean import problems
from tests.quality.web.drawings import check
from tests.quality.web.pages import TEMPLATES, read
from tests.world import World, sign_in

PATH = "/admin/composants"
MACRO = re.compile(r"\{%-? macro (\w+)")
# Shown on the pages of their own subject: answer pages, the number of the platform, attributes of a field.
ELSEWHERE = {
    "option",
    "language",
    "call_us",
    "csrf",
    "message",
    "described",
    "body_cell",
    "figure_cell",
    "hidden_reason",
    "values",
    "mark",
}
SHARED = ("forms", "parts", "tables", "charts", "icons", "sms")


async def opened(client: httpx.AsyncClient, world: World, role: str = "admin") -> httpx.Response:
    await sign_in(client, world, role)
    return await client.get(PATH)


async def test_it_is_a_clean_page(client: httpx.AsyncClient, world: World):
    page = await opened(client, world)
    assert page.status_code == 200
    found = [each for each in problems(read(page.text)) if "'radio'" not in each]  # its label holds it
    assert found == []


async def test_it_says_that_all_figures_are_samples(client: httpx.AsyncClient, world: World):
    assert "Tous les chiffres et noms sont des exemples." in (await opened(client, world)).text


async def test_gironde_never_sees_it(client: httpx.AsyncClient, world: World):
    await sign_in(client, world, "funder", world.gironde)
    answer = await client.get(PATH)
    assert answer.status_code in {403, 404}
    assert "Boutons et liens" not in answer.text


async def test_its_contents_lead_to_every_section(client: httpx.AsyncClient, world: World):
    page = read((await opened(client, world, "platform")).text)
    ids = {element.attributes["id"] for element in page.with_attribute("id")}
    links = [a for a in page.all("a") if any(p.attributes.get("aria-label") == "Sommaire" for p in a.parents)]
    targets = [link.attributes["href"][1:] for link in links]
    assert len(targets) >= 20
    assert set(targets) <= ids


@pytest.mark.parametrize("role", ["admin", "platform"])
async def test_no_sample_leads_to_a_page_that_its_reader_may_not_open(
    client: httpx.AsyncClient, world: World, role: str
):
    page = read((await opened(client, world, role)).text)
    main = [each for each in page.all("a") if any(parent.tag == "main" for parent in each.parents)]
    assert len(main) >= 20
    addresses = {each.attributes["href"].partition("#")[0] or PATH for each in main}
    for href in (each for each in addresses if not each.startswith("tel:")):
        assert (await client.get(href)).status_code == 200, href


async def test_each_chart_is_followed_by_its_table(client: httpx.AsyncClient, world: World):
    page = read((await opened(client, world)).text)
    captions = [caption.text for caption in page.all("caption")]
    assert [chart.title for chart in gallery().charts if chart.title not in captions] == []


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_sample_is_drawn_whole_in_both_languages_and_themes(lang: str):
    with using(lang):
        found = gallery().charts
    for chart in found:
        assert check(chart.light).attrib["aria-labelledby"] != check(chart.dark).attrib["aria-labelledby"]
        assert chart.rows


@pytest.mark.parametrize("name", SHARED)
async def test_every_shared_macro_is_shown(client: httpx.AsyncClient, world: World, name: str):
    macros = set(MACRO.findall((TEMPLATES / f"macros/{name}.html").read_text(encoding="utf-8")))
    shown = (TEMPLATES / "quality/component_gallery.html").read_text(encoding="utf-8")
    assert {macro for macro in macros - ELSEWHERE if not re.search(rf"\b{macro}\b\(", shown)} == set()


async def test_its_english_is_english(client: httpx.AsyncClient, world: World):
    await sign_in(client, world, "admin")
    page = (await client.get(PATH, params={"langue": "en"})).text
    assert "All figures and names are samples." in page
    assert "Organisme 1" not in page
