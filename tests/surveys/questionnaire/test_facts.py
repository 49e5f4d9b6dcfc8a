"""What a question may say and ask of the visit."""

from dataclasses import replace
from datetime import UTC, date, datetime

from quality.db import pool
from surveys.questionnaire.definition import PIPED, Words
from surveys.questionnaire.facts import NAMES, Facts
from surveys.response import by_id, facts_of
from tests.surveys.invited import invited
from tests.world import World

VISIT = Facts(organisation="Aide 34", day=date(2026, 11, 17))


def test_every_fact_that_texts_may_name_is_given():
    assert VISIT.piped("fr").keys() == PIPED


def test_every_fact_that_expressions_may_name_is_given():
    assert replace(VISIT, today=date(2026, 11, 20)).values().keys() == NAMES


def test_today_is_unknown_where_only_what_is_stored_may_decide():
    assert VISIT.values().keys() == NAMES - {"today"}


async def test_the_facts_of_a_visit_are_those_of_its_invitation(world: World) -> None:
    _, invitation = await invited(world, mode="mandataire", activity="II-1", departement="34")
    visit = await by_id(pool("answer"), invitation)
    assert visit is not None
    now = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # half past midnight in Paris
    facts = facts_of(visit, now)
    assert facts == Facts(
        organisation="Aide 34",
        day=visit.visit_on,
        activity="II-1",
        activity_words=Words(
            fr="Entretien de la maison et travaux ménagers", en=facts.piped("en")["activite"]
        ),
        mode="mandataire",
        audience="client",
        departement="34",
        today=date(2026, 11, 25),
    )
    assert facts.piped("en")["activite"] != facts.piped("fr")["activite"]
    assert facts_of(visit).today is None


async def test_whoever_answers_for_a_client_is_asked_as_a_relative(world: World) -> None:
    _, invitation = await invited(world)
    visit = await by_id(pool("answer"), invitation)
    assert visit is not None
    found = {who: facts_of(visit, respondent=who).audience for who in ("", "client", "guardian", "other")}
    assert found == {"": "client", "client": "client", "guardian": "relative", "other": "relative"}
