"""The charter of the demonstration: Aide 34 in its own words, others begun, all accepted by the checks."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import asyncpg
import pytest

from charter.answering import Draft, checked
from charter.assessment import Progress, chapter_scores, score, unmet
from charter.declaring import review
from charter.definition import Answer
from charter.demo import declaring as demo
from quality.access.scope import scoped
from quality.demo.cast import AIDE_34
from quality.demo.moments import Moment
from quality.demo.providers import PROVIDERS, Provider
from quality.demo.stage import Stage
from tests.charter.declared import criterion, edition
from tests.conftest import TUESDAY
from tests.world import World


def stage_of(world: World, providers: dict[UUID, Provider]) -> Stage:
    return Stage(world.house, world.platform, TUESDAY, Moment(TUESDAY, is_live=False), providers)


@pytest.fixture
async def told(world: World) -> World:
    stage = stage_of(world, {world.aide34: AIDE_34, world.cap: PROVIDERS[3]})
    await demo.tell(stage)
    await demo.tell(stage)
    return world


async def test_aide_34_is_half_way_with_two_principles_done_and_one_to_begin(told: World) -> None:
    async with scoped(told.provider):
        of = await review(told.provider, "")
    progress = [each.progress for _, each in chapter_scores(edition(), of.answers)]
    assert progress == [*[Progress.done] * 2, *[Progress.ongoing] * 3, Progress.todo]
    assert 24 <= len(of.answers) < 45
    assert of.answers["2.8"] is Answer.YES
    assert [each.code for each in unmet(edition(), of.answers)] == ["2.4", "3.2", "3.8"]
    assert all(each.comment for each in of.declared.values())


async def test_somebody_who_employs_their_own_carer_declares_nothing(
    world: World, owner: asyncpg.Connection
) -> None:
    alone = replace(PROVIDERS[3], legal_form="particulier_employeur")
    await demo.tell(stage_of(world, {world.cap: alone}))
    assert await owner.fetchval("SELECT count(*) FROM assessment") == 0


async def test_it_is_told_once_and_before_the_demonstration_starts(
    told: World, owner: asyncpg.Connection
) -> None:
    assert await owner.fetchval("SELECT count(*) FROM assessment WHERE provider_id = $1", told.aide34) == 1
    latest: datetime = await owner.fetchval("SELECT max(answered_at) FROM assessment_answer")
    assert latest < TUESDAY
    hours = await owner.fetch("SELECT DISTINCT extract(hour FROM answered_at)::int FROM assessment_answer")
    assert {row[0] for row in hours} <= {9, 10, 11}


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda each: each.name)
def test_what_a_provider_of_the_story_declares_is_what_the_form_accepts(provider: Provider) -> None:
    for line in demo.lines(edition(), provider, TUESDAY):
        draft = Draft(line.answer, line.comment, line.reason)
        assert checked(edition(), {line.criterion.code: draft}) == {line.criterion.code: draft}


def test_some_have_not_begun_some_are_half_way_and_some_are_done() -> None:
    found = {
        score(
            edition().criteria,
            {line.criterion.code: line.answer for line in demo.lines(edition(), provider, TUESDAY)},
            edition().scoring,
        ).progress
        for provider in PROVIDERS
    }
    assert found == set(Progress)


def test_nobody_but_aide_34_declares_less_than_kept_what_clients_measure() -> None:
    for provider in PROVIDERS:
        for line in demo.lines(edition(), provider, TUESDAY):
            if line.criterion.measured and provider != AIDE_34:
                assert line.answer is Answer.YES


def test_the_reasons_are_those_of_criteria_that_may_not_concern_a_provider() -> None:
    assert all(criterion(code).allows_not_concerned for code in demo.REASONS)
