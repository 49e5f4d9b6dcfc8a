"""Any definition on the real pages: the same questions in the same order, and the same answers stored."""

import re
from itertools import count
from uuid import UUID

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
from tests.surveys.invited import invited
from tests.surveys.questionnaire.strategies import any_answer, any_definition, any_facts
from tests.surveys.questionnaire.walking import Answers, expected, posted
from tests.surveys.respond.browsing import Person
from tests.world import World

FIELD = re.compile(
    r'<(?:input type="(?:radio|checkbox|text)"[^>]*|textarea[^>]*) name="([a-z0-9_]+)(?:-jour)?"'
)
NUMBER = re.compile(r'action="/s/\w+/(\d+)"')
NUMBERS = count(library("default").version + 1)  # of the versions published and of the telephones asked
PUBLISH = """
INSERT INTO questionnaire_version (id, platform_id, code, version, definition, published_at)
VALUES ($1, $2, 'default', $3, $4::jsonb, $5)
"""
ABOUT = """
UPDATE invitation SET questionnaire_id = $2, provider_name = $3, visit_on = $4, activity = $5, mode = $6,
    audience = $7 WHERE id = $1
"""


class Browsing:
    """Somebody who clicks through the pages of a link, and says no more than what is asked."""

    def __init__(self, person: Person, questionnaire: Questionnaire) -> None:
        self.person, self._questionnaire = person, questionnaire

    async def asked(self) -> str | None:
        """Name the question of the page; from a page that asks something else, go on by the link."""
        if not NUMBER.search(self.person.text()):
            await self.person.open()
        found = FIELD.search(self.person.text()) if NUMBER.search(self.person.text()) else None
        return found[1] if found else None

    async def give(self, answer: object) -> None:
        number = NUMBER.search(self.person.text())
        assert number
        item = self._questionnaire.items[int(number[1]) - 1]
        await self.person.post(number[1], **fields(item, answer))


def fields(item: Item, answer: object) -> dict[str, str]:
    """Fill in the fields of a question as its page has them."""
    if item.kind is Kind.DATE and answer not in OUTSIDE:
        year, month, day = str(answer).split("-")
        return {f"{item.alias}-jour": day, f"{item.alias}-mois": month, f"{item.alias}-annee": year}
    return {item.alias: posted(answer)}  # type: ignore[dict-item]


async def link(
    owner: asyncpg.Connection, world: World, questionnaire: Questionnaire, facts: Facts
) -> tuple[str, UUID]:
    """Ask somebody about a visit with a version of its own."""
    number = next(NUMBERS)
    version, now = uuid7(clock.now()), clock.now()
    written = structs.replace(questionnaire, code="default", version=number)
    await owner.execute(PUBLISH, version, world.platform, number, msgspec.json.encode(written).decode(), now)
    token, invitation = await invited(world, mobile=f"+33639{number:06d}")
    about = (facts.organisation, facts.day, facts.activity, facts.mode, facts.audience)
    await owner.execute(ABOUT, invitation, version, *about)
    return token, invitation


async def walked(browsing: Browsing, wanted: Answers) -> list[str]:
    """Answer all that the pages ask; give what was asked, in order."""
    asked: list[str] = []
    while (alias := await browsing.asked()) is not None:
        assert alias not in asked, f"{alias} is asked twice"
        asked.append(alias)
        await browsing.give(wanted[alias])
    return asked


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_the_pages_ask_and_store_what_any_channel_would(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection, data: st.DataObject
) -> None:
    drawn, facts = data.draw(any_definition(), label="definition"), data.draw(any_facts(), label="facts")
    # What a condition refuses is asked again: tried with each kind in test_kinds.py.
    items = tuple(structs.replace(item, constraint=None, constraint_message=None) for item in drawn.items)
    questionnaire = structs.replace(drawn, items=items)
    wanted = {item.alias: data.draw(any_answer(item)) for item in items}
    wanted = {alias: said.strip() if isinstance(said, str) else said for alias, said in wanted.items()}
    token, invitation = await link(owner, world, questionnaire, facts)
    asked = await walked(Browsing(Person(client, token), questionnaire), wanted)
    stored = await owner.fetchval("SELECT answers FROM response WHERE invitation_id = $1", invitation)
    assert (asked, msgspec.json.decode(stored)) == expected(questionnaire, facts, wanted, "web")
