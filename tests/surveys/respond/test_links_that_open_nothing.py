"""Unknown, expired, closed and used links tell nothing of themselves: same status, same size, same words."""

from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.app import House
from tests.surveys.invited import invited
from tests.surveys.respond.addresses import paths
from tests.surveys.respond.browsing import Person
from tests.world import World

UNKNOWN = "K7M42Q9DX3PV"
SENT = {"globale": "4", "souhait": "nom", "creneau": "202611251130"}
CLOSE = "UPDATE invitation SET closed_at = $2, closed_reason = $3 WHERE id = $1"
REASONS = ("expired", "cancelled")


async def over(world: World, owner: asyncpg.Connection, client: httpx.AsyncClient) -> list[str]:
    """Give links of every fate: never made, run out, closed, and answered before they closed."""
    tokens = [UNKNOWN]
    for number, (reason, is_used) in enumerate([(r, u) for r in (None, *REASONS) for u in (False, True)]):
        token, invitation = await invited(world, mobile=f"+3363998010{number}")
        if is_used:
            await Person(client, token).post("1", globale="2")
        if reason:
            await owner.execute(CLOSE, invitation, clock.now(), reason)
        else:
            await owner.execute(
                "UPDATE invitation SET closes_at = $2 WHERE id = $1",
                invitation,
                clock.now() - timedelta(days=1),
            )
        tokens.append(token)
    return tokens


def look(answer: httpx.Response) -> tuple[object, ...]:
    return answer.status_code, sorted(answer.headers.items()), len(answer.content), answer.content


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("language", ["", "fr", "en", "klingon"])
async def test_links_that_open_nothing_look_alike(
    world: World,
    client: httpx.AsyncClient,
    owner: asyncpg.Connection,
    house: House,
    method: str,
    language: str,
) -> None:
    tokens = await over(world, owner, client)
    query = f"?langue={language}" if language else ""
    for path in paths(house, method):
        sent = {"data": SENT, "headers": {"origin": "http://testserver"}} if method == "POST" else {}
        looks = [look(await client.request(method, f"/s/{token}{path}{query}", **sent)) for token in tokens]
        assert all(each == looks[0] for each in looks), (path, [each[:1] + each[2:3] for each in looks])
        assert looks[0][0] in {404, 200 if path == "/stop" and method == "POST" else 404}, path


async def test_a_used_link_opens_again_until_it_closes(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    token, invitation = await invited(world)
    person = Person(client, token)
    await person.post("1", globale="4")
    assert (await person.open("1")).status_code == 200
    assert person.checked() == ["4"]
    await owner.execute(CLOSE, invitation, clock.now(), "expired")
    assert (await person.open("1")).status_code == 404


@pytest.mark.parametrize("sent", [{"langue": "en"}, {}])
async def test_a_form_sent_too_late_is_answered_in_the_language_of_its_page(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection, sent: dict[str, str]
) -> None:
    token, invitation = await invited(world)
    page = f"http://testserver/s/{token}/1?langue=en"
    await owner.execute(CLOSE, invitation, clock.now(), "expired")
    for each in (token, UNKNOWN):
        headers = {"origin": "http://testserver", "referer": page.replace(token, each)}
        late = await client.post(f"/s/{each}/1", data={"globale": "4", **sent}, headers=headers)
        assert (late.status_code, late.headers["content-language"]) == (404, "en")
