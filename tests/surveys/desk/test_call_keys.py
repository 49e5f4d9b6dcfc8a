"""/appels/touches: every key, and the switch that turns them off (WCAG 2.1.4)."""

import httpx

from surveys.desk.ending.outcomes import OUTCOMES
from tests.world import World, sign_in


async def test_the_page_lists_every_key(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "agent")
    page = await client.get("/appels/touches")
    assert page.status_code == 200
    assert all(f"<kbd>{outcome.key}</kbd>" in page.text for outcome in OUTCOMES.values())


async def test_the_keys_are_turned_off_and_on_again(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "agent")
    for value, words in (("non", "Les touches sont coupées"), ("oui", "Les touches sont actives")):
        answer = await client.post("/appels/touches", data={"jeton": token, "touches": value})
        assert answer.status_code == 303
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert words in (await client.get("/appels/touches")).text
