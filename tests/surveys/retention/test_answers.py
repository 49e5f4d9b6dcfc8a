"""Answers leave after five years; the cells that they fed stay, and are not recomputed any more."""

import asyncpg
import pytest

from quality import clock
from quality.errors import Refused
from surveys.retention.answers import forget_answers
from surveys.verification import verify
from tests.quality.complaints.opened import CLOSE, filed
from tests.surveys.invited import invited
from tests.surveys.retention.test_contacts import CELLS, pass_months
from tests.surveys.test_collect import say
from tests.world import World

Owner = asyncpg.Connection


@pytest.mark.parametrize(("days", "left"), [(-1, 2), (1, 0)])
async def test_answers_leave_after_five_years_and_no_figure_moves(
    world: World, owner: Owner, days: int, left: int
) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=2)
    await say(invitation, globale=4)
    await say(invitation, respondent="relative", globale=5)
    cells = await owner.fetch(CELLS)
    pass_months(60, days)
    assert await forget_answers(world.house) == 2 - left
    assert await owner.fetchval("SELECT count(*) FROM response") == left
    assert await owner.fetchval("SELECT count(*) FROM response_change") == left / 2
    assert await owner.fetch(CELLS) == cells
    await verify(world.house)


async def test_a_younger_month_is_still_recomputed(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=4)
    pass_months(58, 0)
    await owner.execute("UPDATE cell SET x = x + 1")
    with pytest.raises(Refused):
        await verify(world.house)


async def test_an_open_complaint_keeps_the_answer_that_it_came_from(world: World, owner: Owner) -> None:
    _, invitation = await invited(world)
    await say(invitation, globale=1)
    complaint = await filed(world)
    await owner.execute(
        "UPDATE complaint SET source_id = (SELECT id FROM response) WHERE id = $1", complaint.id
    )
    pass_months(61, 0)
    assert await forget_answers(world.house) == 0
    await owner.execute(CLOSE, clock.now())
    assert await forget_answers(world.house) == 1


@pytest.mark.parametrize(("erased", "left"), [("NULL", 1), ("now()", 0)])
async def test_a_request_about_a_complaint_leaves_with_who_was_behind_it(
    world: World, owner: Owner, erased: str, left: int
) -> None:
    complaint = await filed(world)
    await invited(world, planned=False)
    await owner.execute(f"UPDATE complaint SET erased_at = {erased}")
    await owner.execute(
        "UPDATE invitation SET purpose = 'news', occasion_id = NULL, complaint_id = $1", complaint.id
    )
    assert await forget_answers(world.house) == 1 - left
    assert await owner.fetchval("SELECT count(*) FROM invitation") == left
