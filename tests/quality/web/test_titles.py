"""Each page has a title of its own, and each page below the first level says where it stands."""

import re
from collections import defaultdict

import httpx
import pytest

from quality.access.actor import Role
from tests.quality.web.pages import read
from tests.quality.web.test_english_pages import Told, pages_of, told
from tests.world import World, sign_in

__all__ = ["told"]
ORGANISATIONS = {Role.provider: "aide34", Role.funder: "herault", Role.observer: "observer"}
# These stand alone: reached by signing in, or an entry of the menu for the staff.
ALONE = ("/connexion/espaces", "/avis/messages")


async def enter(client: httpx.AsyncClient, world: World, role: Role) -> None:
    name = ORGANISATIONS.get(role)
    await sign_in(client, world, role, getattr(world, name) if name else None)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("role", list(Role))
async def test_no_two_pages_of_a_role_have_one_title(
    client: httpx.AsyncClient, world: World, told: Told, role: Role, language: str
) -> None:
    await enter(client, world, role)
    titles = defaultdict(list)
    for path in pages_of(role, told):
        page = await client.get(path, params={"langue": language})
        if page.status_code == 200:  # nothing of the kind exists: every such page is one and the same
            titles[read(page.text).all("title")[0].text.strip()].append(path)
    assert {title: paths for title, paths in titles.items() if len(paths) > 1} == {}


@pytest.mark.parametrize("role", list(Role))
async def test_a_page_below_the_first_level_says_what_stands_above(
    client: httpx.AsyncClient, world: World, told: Told, role: Role
) -> None:
    await enter(client, world, role)
    lost = []
    for path in pages_of(role, told):
        page = await client.get(path)
        is_staff = 'class="side"' in page.text
        if is_staff and path.count("/") > 1 and path not in ALONE and 'class="crumbs"' not in page.text:
            lost.append(path)
    assert lost == []


@pytest.mark.parametrize("role", list(Role))
async def test_the_menu_leads_to_pages_that_open_and_marks_the_one_that_is_open(
    client: httpx.AsyncClient, world: World, role: Role
) -> None:
    await enter(client, world, role)
    home = await client.get("/accueil")
    menu = home.text.partition('aria-label="Principale"')[2].partition("</nav>")[0]
    hrefs = re.findall(r'href="([^"]+)"', menu)
    assert hrefs[0] == "/accueil"
    assert len(hrefs) == len(set(hrefs))
    for href in hrefs:
        page = await client.get(href)
        assert page.status_code == 200, href
        current = re.findall(r'href="([^"]+)" aria-current="page"', page.text.partition("</nav>")[0])
        assert current == [href]
