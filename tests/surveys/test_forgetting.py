"""What was written is erased after twelve months, what answers were before too, and no figure moves."""

import asyncpg
import msgspec
import pytest

from surveys.forgetting import forget_words
from surveys.questionnaire.coding import ERASED
from surveys.questionnaire.definition import Kind
from surveys.questionnaire.reading import library
from surveys.questionnaire.wording import words_of
from surveys.verification import verify
from tests.surveys.invited import invited
from tests.surveys.test_collect import say
from tests.world import World

Owner = asyncpg.Connection
AGED = """
WITH aged AS (UPDATE response SET created_at = created_at - interval '{age}' RETURNING id)
UPDATE response_change SET at = at - interval '{age}'
"""
CELLS = "SELECT * FROM cell ORDER BY id"
WORDS = "Les chaussettes vertes"


async def told(owner: Owner) -> list[dict[str, object]]:
    rows = await owner.fetch("SELECT answers FROM response ORDER BY respondent")
    return [msgspec.json.decode(row["answers"]) for row in rows]


@pytest.mark.parametrize(
    ("age", "left", "changes"), [("11 months", WORDS, 1), ("12 months 1 day", ERASED, 0)]
)
async def test_words_and_former_answers_leave_after_twelve_months(
    world: World, owner: Owner, age: str, left: str, changes: int
) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=2)
    await say(invitation, globale=4, commentaire=WORDS)
    await say(invitation, respondent="relative", globale=5, commentaire="")
    await owner.execute(AGED.format(age=age))
    before = await owner.fetch(CELLS)
    for _ in range(2):
        await forget_words(world.house)
        assert await told(owner) == [{"globale": 4, "commentaire": left}, {"globale": 5, "commentaire": ""}]
        assert await owner.fetchval("SELECT count(*) FROM response_change") == changes
    assert await owner.fetch(CELLS) == before
    await verify(world.house)


async def test_a_recent_correction_of_an_erased_text_is_erased_with_it(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4, commentaire=WORDS)
    await say(invitation, commentaire="Rien")
    await owner.execute("UPDATE response SET created_at = created_at - interval '13 months'")
    await forget_words(world.house)
    assert await owner.fetchval("SELECT count(*) FROM response_change") == 0


def test_an_erased_text_says_so() -> None:
    (item,) = (each for each in library("complaint").items if each.kind is Kind.TEXT)
    assert words_of(item, ERASED, "en") == "text erased after twelve months"
    assert words_of(item, "", "en") == ""
