"""Any definition on the real pages of a call: the same questions in order, the same answers stored."""

import html
import re
from collections.abc import Mapping
from itertools import count

import asyncpg
import httpx
import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from quality import clock
from quality.ids import uuid7
from surveys.questionnaire.coding import OUTSIDE
from surveys.questionnaire.definition import Item, Kind, Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.reading import library
from tests.surveys.desk.waiting import Called, survey_call
from tests.surveys.questionnaire.strategies import any_answer, any_definition, any_facts
from tests.surveys.questionnaire.walking import Answers, expected, posted
from tests.surveys.respond.test_walking import ABOUT, PUBLISH
from tests.world import World, sign_in

HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
SCRIPT = re.compile(r'<form method="post" action="[^"]+/reponse".*?</form>', re.DOTALL)
WISH = re.compile(r'action="(/appels/[^"]+/souhait)"')
CONTROL = re.compile(
    r'<(?:input|textarea)(?![^>]* type="hidden")[^>]* name="([a-z0-9_-]+)"(?:[^>]*? value="([^"]*)")?'
)
KEYED = re.compile(r'value="([^"]*)"[^>]*? data-key="([^"]+)"')
NUMBERS = count(library("default").version + 1)
LATER = """
UPDATE call_case SET state = 'open', agent_id = NULL, lease_until = NULL,
    next_due_at = next_due_at + interval '9 days', closes_at = closes_at + interval '9 days'
WHERE state <> 'done'
"""


ASKED_OF = """
WITH relative AS (
    UPDATE client SET relative_phone_key = mobile_key, relative_phone_cipher = $4 WHERE id = $2
)
UPDATE attempt SET audience = $3 WHERE invitation_id = $1
"""


class Talking:
    """An agent in a call, who clicks and types what the page offers and nothing else."""

    def __init__(self, client: httpx.AsyncClient, questionnaire: Questionnaire, page: httpx.Response) -> None:
        self._client, self._questionnaire, self._page = client, questionnaire, page

    async def asked(self) -> str | None:
        """Name the question that is read; a low mark asks first what the person wishes."""
        while wish := WISH.search(self._page.text):
            await self._post(wish[1], {**self._hidden(self._page.text), "souhait": "rien"})
        found = SCRIPT.search(self._page.text)
        return dict(HIDDEN.findall(found[0]))["question"] if found else None

    async def give(self, answer: object) -> None:
        form = self._form()
        hidden = self._hidden(form)
        item = self._questionnaire.item(hidden["question"])
        filled = fields(item, answer)
        offered = [(name, html.unescape(value)) for name, value in CONTROL.findall(form)]
        for name, value in filled.items():
            for each in [value] if isinstance(value, str) else value:
                is_typed = item.kind is Kind.TEXT or (
                    item.kind in {Kind.NUMBER, Kind.DATE} and each not in OUTSIDE
                )
                assert name in dict(offered) if is_typed else (name, each) in offered
        keys = [key for _, key in KEYED.findall(form)]
        assert len(keys) == len(set(keys))
        address = re.search(r'action="([^"]+)"', form)
        assert address
        await self._post(address[1], {**hidden, **filled})

    def _form(self) -> str:
        found = SCRIPT.search(self._page.text)
        assert found
        return found[0]

    def _hidden(self, form: str) -> dict[str, str]:
        return dict(HIDDEN.findall(form))

    async def _post(self, address: str, data: Mapping[str, str | list[str]]) -> None:
        sent = await self._client.post(address, data=data)
        assert sent.status_code == 303, sent.text
        self._page = await self._client.get(sent.headers["location"])


def fields(item: Item, answer: object) -> dict[str, str | list[str]]:
    """Fill in the fields of a question as the page of a call has them."""
    if item.kind is Kind.DATE and answer not in OUTSIDE:
        year, month, day = str(answer).split("-")
        return {f"{item.alias}-jour": day, f"{item.alias}-mois": month, f"{item.alias}-annee": year}
    if isinstance(answer, float):
        return {item.alias: str(answer).replace(".", ",")}
    return {item.alias: posted(answer)}


async def called_about(
    owner: asyncpg.Connection, world: World, questionnaire: Questionnaire, facts: Facts
) -> Called:
    """Write a call about a visit with a version of its own; no other call waits."""
    await owner.execute(LATER)
    number = next(NUMBERS)
    version, now = uuid7(clock.now()), clock.now()
    written = structs.replace(questionnaire, code="default", version=number)
    await owner.execute(PUBLISH, version, world.platform, number, msgspec.json.encode(written).decode(), now)
    mobile = f"+33639{number:06d}"
    called = await survey_call(world, mobile=mobile)
    theirs = world.house.keyring.encrypt(mobile, "client.relative_phone", called.client)
    await owner.execute(ASKED_OF, called.invitation, called.client, facts.audience, theirs)
    about = (facts.organisation, facts.day, facts.activity, facts.mode, facts.audience)
    await owner.execute(ABOUT, called.invitation, version, *about)
    return called


async def walked(talking: Talking, wanted: Answers) -> list[str]:
    """Answer all that the agent asks; give what was asked, in order."""
    asked: list[str] = []
    while (alias := await talking.asked()) is not None:
        assert alias not in asked, f"{alias} is asked twice"
        asked.append(alias)
        await talking.give(wanted[alias])
    return asked


@st.composite
def any_case(draw: st.DrawFn) -> tuple[Questionnaire, Facts, Answers]:
    """Draw a definition, a visit and an answer to each question.

    What a condition refuses, and a text left empty, are tried with each kind in test_call_kinds.py.
    """
    drawn, facts = draw(any_definition()), draw(any_facts())
    items = tuple(structs.replace(item, constraint=None, constraint_message=None) for item in drawn.items)
    wanted = {item.alias: draw(any_answer(item)) for item in items}
    said = {alias: "rien" if answer == "" else answer for alias, answer in wanted.items()}
    return structs.replace(drawn, items=items), facts, said


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(case=any_case())
async def test_an_agent_asks_and_stores_what_any_channel_would(
    world: World,
    client: httpx.AsyncClient,
    owner: asyncpg.Connection,
    case: tuple[Questionnaire, Facts, Answers],
) -> None:
    questionnaire, facts, wanted = case
    called = await called_about(owner, world, questionnaire, facts)
    token = await sign_in(client, world, "agent")
    taken = await client.post("/appels", data={"jeton": token})
    page = await client.get(taken.headers["location"])
    asked = await walked(Talking(client, questionnaire, page), wanted)
    stored = await owner.fetchval("SELECT answers FROM response WHERE invitation_id = $1", called.invitation)
    assert (asked, msgspec.json.decode(stored or "{}")) == expected(questionnaire, facts, wanted, "phone")
