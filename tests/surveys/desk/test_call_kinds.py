"""Each kind of question in a call: its fields and keys, what is refused, what is shown again."""

import re

import asyncpg
import httpx
import msgspec
import pytest

from tests.surveys.desk.test_call import taken
from tests.surveys.desk.waiting import survey_call
from tests.surveys.respond.defined import MARK, published
from tests.world import World

HOW = {"fr": "Combien ?"}
NIGHTS = {
    "alias": "nuits",
    "kind": "number",
    "label": HOW,
    "dont_know": True,
    "not_applicable": True,
    "constraint": ". <= 7",
    "constraint_message": {"fr": "Une semaine a sept nuits", "en": "A week has seven nights"},
    "agent": {"fr": "Comptez aussi la nuit de la visite", "en": "Count the night of the visit too"},
    "probe": {"fr": "À peu près, sur une semaine"},
}
NIGHTS_TOLD = {"agent": NIGHTS["agent"], "probe": NIGHTS["probe"]}
DAY = {"alias": "jour", "kind": "date", "label": HOW, "dont_know": True}
SCALE = {"alias": "echelle", "kind": "scale", "label": HOW, "dont_know": True, "not_applicable": True}
SEVERAL = {
    "alias": "plusieurs",
    "kind": "multiple",
    "label": HOW,
    "choices": [
        {"label": {"fr": "Repas"}, "value": "repas"},
        {"label": {"fr": "Ménage"}, "value": "refus"},
        {"label": {"fr": "Rien"}, "value": "rien", "exclusive": True},
    ],
}
WORDS = {"alias": "mots", "kind": "text", "label": HOW}
MARKS_ONLY = {**MARK, "not_applicable": True, "dont_know": True}


class Call:
    """A call whose questionnaire is one question after an overall mark, answered by the agent."""

    def __init__(self, client: httpx.AsyncClient, owner: asyncpg.Connection, href: str, token: str) -> None:
        self.client, self._owner, self.href, self._token = client, owner, href, token

    async def page(self, number: int = 2) -> str:
        return (await self.client.get(f"{self.href}?q={number}")).text

    async def post(self, item: dict[str, object], **fields: str | list[str]) -> httpx.Response:
        alias, kind = str(item["alias"]), str(item["kind"])
        form = {"jeton": self._token, "question": alias, "genre": kind, "numero": "2", "repondant": "client"}
        named = {name.replace("__", "-"): value for name, value in fields.items()}
        return await self.client.post(f"{self.href}/reponse", data={**form, **named})

    async def stored(self) -> dict[str, object]:
        return msgspec.json.decode(await self._owner.fetchval("SELECT answers FROM response") or "{}")


async def asking(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, item: dict[str, object]
) -> Call:
    called = await survey_call(world)
    version = await published(owner, world, MARK, item)
    await owner.execute(
        "UPDATE invitation SET questionnaire_id = $1 WHERE id = $2", version, called.invitation
    )
    return Call(client, owner, *await taken(client, world))


def keys(page: str) -> dict[str, str]:
    """Give the key of each answer of the question."""
    script = page[page.index("/reponse") :]
    return dict(re.findall(r'value="([^"]*)"[^>]*? data-key="([^"]+)"', script[: script.index("</form>")]))


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (SCALE, {**{str(n): str(n) for n in range(10)}, "10": "+", "nsp": "N", "so": "S", "-refus": "Z"}),
        (NIGHTS, {"nsp": "N", "so": "S", "-refus": "Z"}),
        (DAY, {"nsp": "N", "-refus": "Z"}),
        (SEVERAL, {"repas": "1", "refus": "2", "rien": "3", "-refus": "0"}),
        (WORDS, {}),
    ],
    ids=lambda each: each.get("kind"),
)
async def test_each_answer_has_a_key_that_nothing_else_on_the_page_has(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, item: dict[str, object], shown: object
) -> None:
    call = await asking(client, world, owner, item)
    page = await call.page()
    assert keys(page) == shown
    everywhere = re.findall(r'data-key="([^"]*)"', page)
    assert len(everywhere) == len(set(everywhere))
    assert "" not in everywhere
    assert page.count("<kbd>Z</kbd>") == page.count('data-key="Z"') + 1  # the list of all keys
    assert "Pas maintenant" in page


@pytest.mark.parametrize(
    ("item", "fields", "given", "again"),
    [
        (NIGHTS, {"nuits": "3"}, 3, 'value="3"'),
        (NIGHTS, {"nuits": ["", "so"]}, "so", 'value="so" checked'),
        ({**NIGHTS, "decimals": True}, {"nuits": "2,5"}, 2.5, 'value="2,5"'),
        (DAY, {"jour__jour": "5", "jour__mois": "11", "jour__annee": "2026"}, "2026-11-05", 'value="11"'),
        (SCALE, {"echelle": "10"}, 10, 'value="10" checked'),
        (SEVERAL, {"plusieurs": ["refus", "repas"]}, ["repas", "refus"], 'value="refus" checked'),
        (WORDS, {"mots": "refus"}, "refus", ">refus</textarea>"),
        (WORDS, {"mots": "-refus"}, "-refus", ">-refus</textarea>"),
    ],
)
async def test_what_is_said_is_stored_and_shown_again_when_going_back(
    client: httpx.AsyncClient,
    world: World,
    owner: asyncpg.Connection,
    item: dict[str, object],
    fields: dict[str, str],
    given: object,
    again: str,
) -> None:
    call = await asking(client, world, owner, item)
    assert (await call.post(item, **fields)).status_code == 303
    assert await call.stored() == {item["alias"]: given}
    page = await call.page()
    assert re.search(re.escape(again).replace('"\\ checked', '"[^>]* checked'), page)


@pytest.mark.parametrize(
    ("item", "fields", "message", "kept"),
    [
        (NIGHTS, {"nuits": "9"}, "Une semaine a sept nuits", 'value="9"'),
        (NIGHTS, {"nuits": ["3", "nsp"]}, "Donnez une seule réponse", 'value="nsp"[^>]* checked'),
        (NIGHTS, {"nuits": ["3", "-refus"]}, "Donnez une seule réponse", 'value="-refus"[^>]* checked'),
        (
            DAY,
            {"jour__jour": "31", "jour__mois": "2", "jour__annee": "2026"},
            "Écrivez une date",
            'value="31"',
        ),
        (SCALE, {}, "Choisissez une des réponses", ""),
        (SEVERAL, {"plusieurs": ["repas", "rien"]}, "exclut les autres", 'value="repas"[^>]* checked'),
        (SEVERAL, {"plusieurs": ["repas", "-refus"]}, "exclut les autres", 'value="-refus"[^>]* checked'),
        (WORDS, {"mots": "x" * 2_001}, "trop long", "xxx</textarea>"),
    ],
)
async def test_what_is_refused_comes_back_with_its_message_and_nothing_is_lost(
    client: httpx.AsyncClient,
    world: World,
    owner: asyncpg.Connection,
    item: dict[str, object],
    fields: dict[str, str],
    message: str,
    kept: str,
) -> None:
    call = await asking(client, world, owner, item)
    refused = await call.post(item, **fields)
    assert refused.status_code == 422
    assert message in refused.text
    assert re.search(kept, refused.text)
    assert f'href="#{item["alias"]}"' in refused.text
    assert f'id="{item["alias"]}"' in refused.text
    assert await call.stored() == {}


@pytest.mark.parametrize("item", [NIGHTS, DAY, SCALE, SEVERAL, MARKS_ONLY], ids=lambda each: each["kind"])
async def test_nothing_is_stored_of_whoever_does_not_want_to_answer(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, item: dict[str, object]
) -> None:
    call = await asking(client, world, owner, {**item, "alias": "autre"})
    assert (await call.post({**item, "alias": "autre"}, autre=["", "-refus"])).status_code == 303
    assert await call.stored() == {}


async def test_a_text_that_is_emptied_is_stored_empty_and_may_be_taken_back(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    call = await asking(client, world, owner, WORDS)
    await call.post(WORDS, mots="Trop tard")
    await call.post(WORDS, mots=" ")
    assert await call.stored() == {"mots": ""}
    assert "texte vide" in await call.page()


@pytest.mark.parametrize("item", [NIGHTS, DAY, SCALE, SEVERAL, WORDS], ids=lambda each: each["kind"])
async def test_each_field_has_its_label_and_what_describes_it(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, item: dict[str, object]
) -> None:
    call = await asking(client, world, owner, {**NIGHTS_TOLD, **item})
    for page in (await call.page(), (await call.post(item, **{str(item["alias"]): "x" * 2_001})).text):
        ids = re.findall(r' id="([^"]*)"', page)
        assert len(ids) == len(set(ids))
        assert set(" ".join(re.findall(r'aria-describedby="([^"]*)"', page)).split()) <= set(ids)
        assert set(re.findall(r'<label for="([^"]*)"', page)) <= set(ids)


async def test_what_is_for_the_agent_stands_apart_in_the_agent_s_language(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    call = await asking(client, world, owner, NIGHTS)
    page = await call.page()
    aloud = re.search(r'<p class="say".*?</p>', page)
    assert aloud
    assert "Combien" in aloud[0]
    assert "nuit de la visite" not in aloud[0]
    assert "Pour vous, sans le lire\u00a0: Comptez aussi la nuit de la visite" in page
    assert "À peu près, sur une semaine" in page


async def test_a_question_of_the_web_alone_takes_no_answer_in_a_call(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    call = await asking(client, world, owner, {**WORDS, "channels": ["web"]})
    assert (await call.post(WORDS, mots="x")).status_code == 404
