"""What was sent, as on a telephone and as JSON: newest first, with links that lead to this demonstration."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from quality import clock
from quality.app import House, create_app
from quality.db import execute, pool
from quality.demo import cast, people
from quality.web.format import phone_text
from surveys.demo import scene
from surveys.demo.pages import LATEST, PER_PAGE
from tests.quality.web.pages import read
from tests.surveys.invited import invited
from tests.world import AIDE_34, World

KEYS = {"channel", "to", "subject", "text", "html", "links", "sent_at"}


@pytest.fixture
async def visitor(house: House, world: World) -> AsyncIterator[httpx.AsyncClient]:
    demo = replace(house, settings=house.settings.changed(demo=True, base_url="http://127.0.0.1:8009"))
    transport = httpx.ASGITransport(app=create_app(demo))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        yield browser


async def send(number: int, text: str = "Bonjour", **facts: str) -> None:
    told = {"channel": "sms", "recipient": "+33639980001", "subject": "", "html": "", **facts}
    await execute(
        pool("work"),
        """
        INSERT INTO memory_message (id, attempt_id, channel, recipient, subject, text, html, sent_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        uuid4(),
        uuid4(),
        told["channel"],
        told["recipient"],
        told["subject"],
        text,
        told["html"],
        clock.now() + timedelta(minutes=number),
    )


async def listed(visitor: httpx.AsyncClient) -> list[dict[str, object]]:
    answer = await visitor.get("/demo/messages?format=json")
    assert answer.headers["content-type"] == "application/json"
    found: list[dict[str, object]] = answer.json()
    return found


async def test_the_json_has_exactly_its_keys_and_the_newest_first(visitor: httpx.AsyncClient) -> None:
    for number in range(3):
        await send(number, f"Message {number}")
    found = await listed(visitor)
    assert [message["text"] for message in found] == ["Message 2", "Message 1", "Message 0"]
    assert all(set(message) == KEYS for message in found)


async def test_links_lead_to_where_the_demonstration_answers_now(visitor: httpx.AsyncClient) -> None:
    old = "http://127.0.0.1:8000/s/K7M42Q9DX3PV"
    await send(0, f"Répondez : {old}?note=1 ou {old}?note=2 ou {old}?note=1", channel="email", html=old)
    message = (await listed(visitor))[0]
    now = "http://127.0.0.1:8009/s/K7M42Q9DX3PV"
    assert message["links"] == [f"{now}?note=1", f"{now}?note=2"]
    assert message["html"] == now


async def test_a_message_shows_its_words_and_a_link_to_follow(visitor: httpx.AsyncClient) -> None:
    await send(0, "Bonjour <b>\n\nhttp://127.0.0.1:8000/s/K7M42Q9DX3PV STOP", subject="Votre avis")
    page = read((await visitor.get("/demo/messages")).text)
    bubble = next(each for each in page.all("li") if "Votre avis" in each.text)
    assert "Bonjour <b>" in bubble.text
    links = [each.attributes["href"] for each in page.all("a") if bubble in each.parents]
    assert links == ["http://127.0.0.1:8009/s/K7M42Q9DX3PV"]


async def test_people_are_given_page_by_page(visitor: httpx.AsyncClient) -> None:
    for number in range(PER_PAGE + 1):
        await send(number, recipient=f"+336399801{number:02d}")
    first, second = [(await visitor.get(f"/demo/messages?page={page}")).text for page in (1, 2)]
    newest, oldest = phone_text(f"+336399801{PER_PAGE:02d}"), phone_text("+33639980100")
    assert newest in first
    assert oldest not in first
    assert oldest in second
    assert 'rel="next"' in first
    assert 'rel="next"' not in second


async def test_a_telephone_shows_its_own_messages_the_newest_last(visitor: httpx.AsyncClient) -> None:
    for number in range(LATEST + 1):
        await send(number, f"Message {number}.")
    await send(99, "À une autre", recipient="+33639980002")
    shown = (await visitor.get("/demo/messages", params={"vers": "+33639980001"})).text
    assert "À une autre" not in shown
    assert "Message 0." not in shown
    assert shown.index("Message 1.") < shown.index(f"Message {LATEST}.")
    assert "À une autre" in (await visitor.get("/demo/messages")).text


async def test_mme_martin_is_named_and_a_mailbox_by_its_address(visitor: httpx.AsyncClient) -> None:
    await send(0)
    await send(1, channel="email", recipient="paul.durand@exemple.invalid")
    shown = (await visitor.get("/demo/messages")).text
    assert "Mme Martin" in shown
    assert "paul.durand@exemple.invalid" in shown


@pytest.mark.parametrize("page", ["0", "99", "x", "²", "-1", "9" * 30])
async def test_a_page_that_does_not_exist_shows_one_that_does(visitor: httpx.AsyncClient, page: str) -> None:
    await send(0)
    answer = await visitor.get("/demo/messages", params={"page": page})
    assert answer.status_code == 200
    assert "Bonjour" in answer.text


async def test_without_a_message_the_page_says_what_to_do(visitor: httpx.AsyncClient) -> None:
    assert "Avancez l’horloge" in (await visitor.get("/demo/messages")).text


async def test_the_door_of_mme_martin_is_her_newest_open_request(house: House, world: World) -> None:
    assert cast.AIDE_34.siret == AIDE_34
    token, invitation = await invited(world)
    await execute(
        pool("work"),
        "UPDATE client SET reference = $1 WHERE id = (SELECT client_id FROM invitation WHERE id = $2)",
        people.MARTIN,
        invitation,
    )
    assert (await scene.show(house)).links == {people.MARTIN: f"/s/{token}"}
    await execute(pool("work"), "UPDATE invitation SET closes_at = $1", clock.now())
    assert (await scene.show(house)).links == {}


async def test_the_telephone_shows_mme_martin_s_last_messages(house: House, world: World) -> None:
    for number in range(5):
        await send(number, f"Message {number}")
    await send(9, "À une autre", recipient="+33639980002")
    shown = await scene.show(house)
    assert [bubble.text for bubble in shown.talk] == ["Message 2", "Message 3", "Message 4"]
