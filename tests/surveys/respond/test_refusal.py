"""One press refuses on every channel, from the page or from the mail program."""

from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import World

Owner = asyncpg.Connection


async def refusal(owner: Owner) -> tuple[bool, bool, str | None, int]:
    person = await owner.fetchval("SELECT refused_at IS NOT NULL FROM person")
    endpoint = await owner.fetchrow("SELECT refused_at IS NOT NULL, refused_how FROM endpoint")
    planned = await owner.fetchval("SELECT count(*) FROM attempt WHERE state = 'planned'")
    return person, endpoint[0], endpoint[1], planned


async def test_the_page_asks_before_it_refuses(person: Person, owner: Owner) -> None:
    await person.open()
    await person.follow("Je ne veux plus recevoir de message")
    assert person.heading() == "Ne plus recevoir de message ?"
    assert await refusal(owner) == (False, False, None, 3)


async def test_one_press_refuses_everything(person: Person, owner: Owner) -> None:
    await person.open("stop")
    await person.post("stop")
    assert person.heading() == "Votre refus est enregistré"
    assert "Enregistré mardi 24 novembre à 10 h 30" in person.words()
    assert await refusal(owner) == (True, True, "page", 0)
    case = await owner.fetchrow("SELECT outcome, closed_at FROM call_case")
    at = await owner.fetchval("SELECT refused_at FROM person")
    assert tuple(case) == ("refused", at)
    assert timedelta(0) <= clock.now() - at < timedelta(minutes=5)  # business time, not the server's


async def test_pressing_twice_is_one_refusal(person: Person, owner: Owner) -> None:
    await person.post("stop")
    first = await owner.fetchval("SELECT refused_at FROM person")
    assert (await person.post("stop")).status_code == 200
    assert await owner.fetchval("SELECT refused_at FROM person") == first


async def test_the_refusal_is_told_again_on_a_second_visit(person: Person) -> None:
    await person.post("stop")
    await person.open("stop")
    assert person.heading() == "Votre refus est enregistré"
    assert "Enregistré mardi 24 novembre à 10 h 30" in person.words()


async def test_who_refused_may_still_answer_this_visit(person: Person, owner: Owner) -> None:
    await person.post("stop")
    await person.post("1", globale="4")
    assert await owner.fetchval("SELECT count(*) FROM response") == 1


@pytest.mark.parametrize("origin", [None, "null", "https://mail.invalid"])
async def test_a_mail_program_refuses_in_one_click(
    world: World, client: httpx.AsyncClient, owner: Owner, origin: str | None
) -> None:
    token, _ = await invited(world)
    answer = await client.post(
        f"/s/{token}/stop",
        data={"List-Unsubscribe": "One-Click"},
        headers={"origin": origin} if origin else {},
    )
    assert answer.status_code == 200
    assert await refusal(owner) == (True, True, "one_click", 0)


@pytest.mark.parametrize("one_click", [True, False])
@pytest.mark.parametrize("sets", ["closed_at = now(), closed_reason = 'expired'", "closes_at = created_at"])
async def test_who_refuses_after_the_end_is_refused_all_the_same(
    person: Person, owner: Owner, sets: str, one_click: bool
) -> None:
    await owner.execute(f"UPDATE invitation SET {sets}")
    form = {"List-Unsubscribe": "One-Click"} if one_click else {}
    answer = await person.post("stop", **form)
    assert answer.status_code == 200
    assert person.heading() == "Votre demande est reçue"
    assert await refusal(owner) == (True, True, "one_click" if one_click else "page", 0)
    unknown = await Person(person.client, "0" * 12).post("stop", **form)
    assert (unknown.status_code, without_token(unknown)) == (answer.status_code, without_token(answer))


def without_token(answer: httpx.Response) -> str:
    return answer.text.replace(answer.request.url.path, "")


async def test_one_click_may_come_as_multipart(person: Person, owner: Owner) -> None:
    answer = await person.client.post(
        f"/s/{person.token}/stop", files={"List-Unsubscribe": (None, "One-Click")}
    )
    assert answer.status_code == 200
    assert (await refusal(owner))[0]


async def test_another_site_cannot_refuse_for_somebody(person: Person, owner: Owner) -> None:
    answer = await person.client.post(
        f"/s/{person.token}/stop", headers={"origin": "https://elsewhere.invalid"}
    )
    assert answer.status_code == 403
    assert not (await refusal(owner))[0]


async def test_another_persons_messages_go_on(world: World, client: httpx.AsyncClient, owner: Owner) -> None:
    token, _ = await invited(world)
    _, other = await invited(world, mobile="+33639980002", name="M. Petit")
    await Person(client, token).post("stop")
    planned = "SELECT count(*) FROM attempt WHERE invitation_id = $1 AND state = 'planned'"
    assert await owner.fetchval(planned, other) == 3
