"""A form that came too late is given back: sent again once signed in, or copied; never to another site."""

import httpx
import pytest

from surveys.authoring.editing import drafts
from tests.sent import sent_by
from tests.surveys.authoring.editing.test_draft_pages import DRAFT, QUESTION, opened
from tests.surveys.authoring.test_questionnaire_pages import plain
from tests.world import World, sign_in

OURS = {"origin": "http://testserver"}
TYPED = "Ma <version>, sur\ndeux lignes"


async def typed(client: httpx.AsyncClient) -> dict[str, list[str]]:
    return sent_by((await client.get(QUESTION)).text) | {"label": [TYPED]}


async def test_what_was_typed_before_a_session_ended_is_sent_again(
    client: httpx.AsyncClient, world: World
) -> None:
    await opened(client, world)
    fields = await typed(client)
    client.cookies.clear()
    over = await client.post(QUESTION, data=fields, headers=OURS)
    assert over.status_code == 401
    assert "rien de ce que vous avez écrit n’est perdu" in plain(over)
    assert 'href="/connexion" target="_blank"' in over.text
    await sign_in(client, world, "platform")
    stale = await client.post(QUESTION, data=sent_by(over.text), headers=OURS)
    assert stale.status_code == 403
    assert "Cette page date d’avant votre dernière connexion" in stale.text
    again = await client.post(QUESTION, data=sent_by(stale.text), headers=OURS)
    assert again.status_code == 303
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert draft.questionnaire.item("commentaire").label.fr == TYPED


async def test_what_was_typed_in_a_draft_that_is_gone_may_be_copied(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    fields = await typed(client)
    await client.post(f"{DRAFT}/supprimer", data={"jeton": token, "revision": "1"})
    gone = await client.post(QUESTION, data=fields, headers=OURS)
    assert gone.status_code == 404
    assert "readonly>Ma &lt;version&gt;, sur" in gone.text
    assert "<form" not in gone.text.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (QUESTION, {}),
        (QUESTION, {"origin": "https://ailleurs.example"}),
        (QUESTION, OURS | {"content-type": "text/plain"}),
        ("/compte/mot-de-passe", OURS),
    ],
)
async def test_nothing_is_given_back_to_another_site_nor_a_password(
    client: httpx.AsyncClient, world: World, path: str, headers: dict[str, str]
) -> None:
    answer = await client.post(path, data={"label": TYPED}, headers=headers)
    assert answer.status_code == 401
    assert "version" not in answer.text
    assert world
