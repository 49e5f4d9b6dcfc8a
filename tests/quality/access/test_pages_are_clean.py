"""Every page of access is whole HTML, labelled, without anything inline, in good French typography."""

import httpx
import pytest

from quality.access import accounts
from tests.quality.access.conftest import BASE
from tests.quality.web.pages import Reading, read
from tests.quality.web.test_templates_render import PLAIN_TYPOGRAPHY
from tests.world import World, sign_in

PUBLIC = ("/", "/connexion", "/mot-de-passe", "/mot-de-passe?envoye=oui", "/mot-de-passe/x", "/invitation/x")
SIGNED = (
    *("/accueil", "/compte", "/compte?fait=langue", "/connexion/espaces", "/deconnexion"),
    *("/admin", "/admin?fait=oui", "/admin/comptes", "/admin/comptes?fait=invitation", "/admin/journal"),
)


def problems(reading: Reading) -> list[str]:
    ids = [element.attributes["id"] for element in reading.with_attribute("id")]
    found = [f"id {name} twice" for name in set(ids) if ids.count(name) > 1]
    found += [f"h1 {len(reading.all('h1'))}"] if len(reading.all("h1")) != 1 else []
    labelled = {label.attributes.get("for") for label in reading.all("label")}
    controls = [c for tag in ("input", "select", "textarea") for c in reading.all(tag)]
    visible = [control for control in controls if control.attributes.get("type") != "hidden"]
    found += [f"no label {c.attributes}" for c in visible if c.attributes.get("id") not in labelled]
    names = [name for element in reading.elements for name in element.attributes]
    found += [name for name in names if name == "style" or name.startswith("on")]
    for attribute in ("aria-labelledby", "aria-describedby"):
        for element in reading.with_attribute(attribute):
            found += [f"{attribute} {x}" for x in element.attributes[attribute].split() if x not in ids]
    ours = [
        text for text in reading.texts if "Du lundi" not in text
    ]  # the hours are the platform's own words
    return found + [text for text in ours if PLAIN_TYPOGRAPHY.search(text)]


@pytest.mark.parametrize("path", PUBLIC)
async def test_a_public_page_is_clean(client: httpx.AsyncClient, world: World, path: str) -> None:
    assert problems(read((await client.get(path)).text)) == []


async def test_the_page_of_an_invitation_is_clean(client: httpx.AsyncClient, world: World) -> None:
    newcomer = accounts.checked("camille@demo.invalid", "Camille", "agent")
    link = (await accounts.create_account(world.staff, newcomer, BASE)).link or ""
    for answer in (await client.get(link), await client.post(link, data={"mot-de-passe": "court"})):
        assert problems(read(answer.text)) == []


@pytest.mark.parametrize("path", SIGNED)
async def test_a_page_of_one_s_own_is_clean(client: httpx.AsyncClient, world: World, path: str) -> None:
    await sign_in(client, world, "admin")
    assert problems(read((await client.get(path)).text)) == []


@pytest.mark.parametrize("path", ["/admin", "/admin/comptes", "/compte/langue", "/compte/mot-de-passe"])
async def test_a_refused_form_is_clean(client: httpx.AsyncClient, world: World, path: str) -> None:
    token = await sign_in(client, world, "admin")
    answer = await client.post(path, data={"jeton": token})
    reading = read(answer.text)
    assert answer.status_code == 422
    assert problems(reading) == []
    assert reading.all("title")[0].text.startswith("Erreur\u00a0:")
    ids = {element.attributes["id"] for element in reading.with_attribute("id")}
    anchors = [a.attributes["href"][1:] for a in reading.all("a") if a.attributes["href"].startswith("#")]
    assert set(anchors) <= ids
