"""The doors and the clock exist in the demonstration only, and lead nowhere else."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from quality import clock
from quality.access.accounts import checked, create_account_with_password
from quality.access.actor import operator
from quality.app import House, create_app
from quality.demo import cast, clockwork, pages
from quality.demo.running import demo_settings, serve_demo
from quality.errors import Refused
from quality.settings import Settings
from quality.web.rendering import environment
from tests.quality.web.pages import PUBLIC, TEMPLATES, read
from tests.world import World

DEMO_PATHS = {"/demo/entrer", "/demo/horloge", "/demo/messages", "/demo/reinitialiser"}


@pytest.fixture
def demo_house(house: House) -> House:
    return replace(house, settings=house.settings.changed(demo=True))


@pytest.fixture
async def visitor(demo_house: House, world: World, movable: None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(demo_house))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        yield browser


def paths_of(house: House) -> set[str]:
    return {getattr(route, "path", "") for route in create_app(house).routes}


def test_the_demonstration_s_addresses_exist_nowhere_else(house: House, demo_house: House) -> None:
    assert not DEMO_PATHS & paths_of(house)
    assert paths_of(demo_house) >= DEMO_PATHS


async def test_a_real_house_opens_no_door(client: httpx.AsyncClient, world: World) -> None:
    assert (await client.post("/demo/entrer", data={"porte": "admin"})).status_code == 404
    assert (await client.post("/demo/horloge", data={"avance": "jour"})).status_code == 404


@pytest.mark.parametrize("host", ["192.0.2.1", "::", "exemple.invalid"])
def test_the_demonstration_listens_on_this_machine_only(settings: Settings, host: str) -> None:
    with pytest.raises(Refused, match="cette machine"):
        serve_demo(settings, 8000, host)


def test_no_setting_turns_a_house_into_a_demonstration(house: House, schema_ready: object) -> None:
    made = demo_settings(house.settings.home, schema_ready, 8001, "info")  # type: ignore[arg-type]
    assert made.demo
    assert made.base_url == "http://127.0.0.1:8001"
    assert made.sms_url.startswith("memory:")


async def test_a_door_opens_its_account_without_a_password(visitor: httpx.AsyncClient, world: World) -> None:
    actor = operator(world.platform)
    player = cast.BY_DOOR["gironde"]
    newcomer = checked(player.email, player.name, player.role, world.gironde)
    await create_account_with_password(actor, newcomer, cast.PASSWORD)
    entered = await visitor.post("/demo/entrer", data={"porte": "gironde"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/accueil")
    assert player.name in (await visitor.get("/accueil")).text


@pytest.mark.parametrize("door", ["", "personne", "admin@demo.invalid", "cnav"])
async def test_a_door_without_an_account_opens_nothing(visitor: httpx.AsyncClient, door: str) -> None:
    refused = await visitor.post("/demo/entrer", data={"porte": door})
    assert refused.status_code == 404
    assert "session" not in visitor.cookies


async def test_another_site_opens_no_door(visitor: httpx.AsyncClient) -> None:
    refused = await visitor.post(
        "/demo/entrer", data={"porte": "cnav"}, headers={"origin": "https://ailleurs.invalid"}
    )
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("back", "led"),
    [("/indicateurs", "/indicateurs"), ("//ailleurs.invalid", "/accueil"), ("https://a.invalid", "/accueil")],
)
async def test_the_clock_moves_and_leads_back_to_the_page_read(
    visitor: httpx.AsyncClient, back: str, led: str
) -> None:
    await visitor.get("/")
    before = clock.now()
    moved = await visitor.post("/demo/horloge", data={"avance": "jour", "retour": back})
    assert (moved.status_code, moved.headers["location"]) == (303, led)
    assert (clock.now() - before).days == 1


async def test_the_clock_never_goes_back(visitor: httpx.AsyncClient) -> None:
    await visitor.get("/")
    before = clock.offset()
    assert (await visitor.post("/demo/horloge", data={"avance": "-jour"})).status_code == 404
    assert clock.offset() == before


async def test_starting_again_is_asked_first_and_reading_the_question_forgets_nothing(
    visitor: httpx.AsyncClient, demo_house: House
) -> None:
    again = visitor._transport.app.state.starting_again = clockwork.StartingAgain()  # type: ignore[attr-defined]
    assert (await visitor.get("/demo/reinitialiser")).status_code == 200
    assert (await visitor.head("/demo/reinitialiser")).status_code == 200
    assert not again.is_wanted
    asked = await visitor.post("/demo/reinitialiser")
    assert (asked.status_code, asked.headers["location"]) == (303, "/")
    assert again.is_wanted
    assert asked.headers["connection"] == "close"  # the next page comes from the next server


async def test_every_page_says_that_the_data_are_fictitious(visitor: httpx.AsyncClient) -> None:
    for path in ("/", "/demo/messages", "/connexion", "/confidentialite"):
        strips = read((await visitor.get(path)).text).all("b")
        assert strips[0].text == "Démonstration\u00a0: données fictives", path


def test_the_doors_of_clients_are_there_when_a_request_is_open() -> None:
    page = pages.DemoHome("/s/K7M42Q9DX3PV", "", 14, (), "demonstration", ("admin@demo.invalid",))
    fields = {name: getattr(page, name) for name in page.__dataclass_fields__}
    html = environment(TEMPLATES).get_template("quality/demo_home.html").render(shell=PUBLIC, **fields)
    doors = [each for each in read(html).elements if each.attributes.get("class") == "door"]
    assert [door.attributes.get("href") or door.attributes["value"] for door in doors] == [
        "/s/K7M42Q9DX3PV",
        *("appels", "organisme", "herault", "cnav", "observateur", "plateforme"),
    ]
