"""What was written is erased after twelve months, what answers were before too, and no figure moves."""

import asyncpg
import msgspec
import pytest

from surveys.questionnaire.coding import ERASED
from surveys.questionnaire.definition import Kind
from surveys.questionnaire.reading import library
from surveys.questionnaire.wording import words_of
from surveys.retention.words import forget_words
from surveys.verification import verify
from tests.surveys.invited import invited
from tests.surveys.retention.test_contacts import pass_months
from tests.surveys.test_collect import say
from tests.world import World

Owner = asyncpg.Connection
CELLS = "SELECT * FROM cell ORDER BY id"
WORDS = "Les chaussettes vertes"


async def told(owner: Owner) -> list[dict[str, object]]:
    rows = await owner.fetch("SELECT answers FROM response ORDER BY respondent")
    return [msgspec.json.decode(row["answers"]) for row in rows]


@pytest.mark.parametrize(("days", "left", "changes"), [(-1, WORDS, 1), (1, ERASED, 0)])
async def test_words_and_former_answers_leave_after_twelve_months(
    world: World, owner: Owner, days: int, left: str, changes: int
) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=2)
    await say(invitation, globale=4, commentaire=WORDS)
    await say(invitation, respondent="relative", globale=5, commentaire="")
    pass_months(12, days)
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
    pass_months(0, 8)
    await say(invitation, commentaire="Rien")
    pass_months(12, -7)
    assert await forget_words(world.house) == 1
    assert await owner.fetchval("SELECT count(*) FROM response_change") == 0


def test_an_erased_text_says_so() -> None:
    (item,) = (each for each in library("complaint").items if each.kind is Kind.TEXT)
    assert words_of(item, ERASED, "en") == "text erased after twelve months"
    assert words_of(item, "", "en") == ""


async def test_a_later_run_looks_through_some_months_only_and_misses_nothing(
    world: World, owner: Owner
) -> None:
    _, first = await invited(world)
    await say(first, globale=4, commentaire=WORDS)
    pass_months(12, 1)
    assert await forget_words(world.house) == 1
    _, late = await invited(world)
    pass_months(0, 8)
    await say(late, globale=4, commentaire=WORDS)
    pass_months(12, -7)  # the request is older than a year, its answer is not
    assert await forget_words(world.house) == 0
    pass_months(0, 8)
    assert await forget_words(world.house) == 1
