"""A provider reads an answer with its client's name when the client says so, and nothing of it otherwise."""

import re
from uuid import UUID

import asyncpg
import httpx
import pytest

from quality import clock
from quality.db import execute, pool
from quality.errors import Forbidden
from surveys.collect import record
from surveys.disclosing import disclose
from surveys.response import InvitedVisit, by_id
from surveys.reviews.named import named_reviews
from tests.quality.complaints.test_confidentiality import leaks, paths
from tests.quality.measures.views.test_pages import seen
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.surveys.reviews.test_review_list import CLOSE, marked, waiting
from tests.world import World, sign_in

Owner = asyncpg.Connection
NAME, WORDS = "Mme Zoé Nogaret", "Les chaussettes vertes"
SECRETS = re.compile("chaussettes vertes|Nogaret")


async def visit_of(invitation: UUID) -> InvitedVisit:
    found = await by_id(pool("answer"), invitation)
    assert found is not None
    return found


async def said(world: World, mark: int = 4, **chosen: object) -> tuple[str, UUID]:
    token, invitation = await invited(world, **{"name": NAME, "mobile": "+33639980090", **chosen})
    answers = {"globale": mark, "commentaire": WORDS}
    await record(pool("answer"), await visit_of(invitation), answers, channel="web", now=clock.now())
    return token, invitation


async def share(invitation: UUID, wanted: str = "named") -> None:
    await disclose(pool("answer"), await visit_of(invitation), "client", wanted, clock.now())


async def avis(client: httpx.AsyncClient, world: World, provider: UUID | None = None) -> str:
    await sign_in(client, world, "provider", provider or world.aide34)
    return seen(await client.get("/avis"))


async def test_nothing_is_shared_unless_the_person_says_so(client: httpx.AsyncClient, world: World) -> None:
    await said(world)
    await sign_in(client, world, "provider", world.aide34)
    own = [each for each in paths(1, [world.aide34]) if not each.startswith("/recherche")]
    assert len(own) > 30
    assert await leaks(client, own, re.compile("chaussettes vertes")) == {}


async def test_a_shared_answer_is_read_with_the_name(client: httpx.AsyncClient, world: World) -> None:
    _, invitation = await said(world)
    await share(invitation)
    page = await avis(client, world)
    assert f"{NAME} Visite du lundi 23 novembre 2026." in page
    assert "4 Plutôt bien" in page
    assert WORDS in page


async def test_it_is_taken_back_until_the_request_closes(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    _, invitation = await said(world)
    await share(invitation)
    await share(invitation, "platform")
    assert not SECRETS.search(await avis(client, world))
    await execute(
        pool("work"), "UPDATE invitation SET closed_at = $1, closed_reason = 'answered'", clock.now()
    )
    await share(invitation)
    assert await owner.fetchval("SELECT disclosure FROM response") == "recalled"


async def test_another_provider_and_gironde_read_nothing(client: httpx.AsyncClient, world: World) -> None:
    _, invitation = await said(world)
    await share(invitation)
    assert not SECRETS.search(await avis(client, world, world.cap))
    with pytest.raises(Forbidden):
        await named_reviews(world.stranger, world.house.keyring, clock.now())


@pytest.mark.parametrize("wish", ["sans", "appel"])
async def test_a_request_without_the_name_keeps_the_answer_without_it(
    client: httpx.AsyncClient, world: World, wish: str
) -> None:
    token, invitation = await said(world, mark=1)
    await share(invitation)
    person = Person(client, token)
    await person.post("souhait", souhait=wish)
    await person.open("lecteurs")
    assert "Votre réponse reste donc sans nom, elle aussi." in person.words()
    assert not SECRETS.search(await avis(client, world))


async def test_a_serious_event_keeps_the_answer_without_its_name(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    token, invitation = await said(world, mark=1)
    await share(invitation)
    await Person(client, token).post("souhait", souhait="nom")
    assert SECRETS.search(await avis(client, world))
    await owner.execute("UPDATE complaint SET is_serious = true, kind = 'serious'")
    assert not SECRETS.search(await avis(client, world))


@pytest.mark.parametrize("choices", [("named",), ("named", "platform")])
async def test_what_others_share_does_not_tell_the_mark_of_the_fifth(
    client: httpx.AsyncClient, world: World, owner: Owner, choices: tuple[str, ...]
) -> None:
    await waiting(world, 5, 5, 5, 5, 1)
    for each in await owner.fetch("SELECT invitation_id FROM response WHERE answers ->> 'globale' = '5'"):
        for wanted in choices:
            await share(each["invitation_id"], wanted)
    await execute(pool("work"), CLOSE, clock.now())
    page = await avis(client, world)
    assert "Moins de cinq avis" in page
    assert "Très mal" not in page


async def test_nothing_of_a_group_that_is_shown_can_be_shared_any_more(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await marked(world, 5, 5, 5, 5, 1)
    before = await avis(client, world)
    assert "Les notes de 5 clients" in before
    for each in await owner.fetch("SELECT invitation_id FROM response"):
        await share(each["invitation_id"])
    assert await avis(client, world) == before


async def test_an_answer_set_apart_is_not_shared(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    _, invitation = await said(world)
    await share(invitation)
    await owner.execute("UPDATE response SET admissible = 'worker_filled_in'")
    assert not SECRETS.search(await avis(client, world))
