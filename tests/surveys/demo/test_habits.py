"""Who answers, and what: a client's answers resemble each other, a provider's follow its quality."""

from datetime import UTC, datetime, timedelta
from statistics import mean, pvariance

import pytest

from quality.complaints.opening import Wish
from quality.demo import people
from quality.demo.providers import PROVIDERS
from surveys.demo.habits import Approach, Reply, Visit, fitted, is_left, opinion, reply_to, wish_after
from surveys.questionnaire.logic import parse
from surveys.questionnaire.reading import library

OPENS = datetime(2026, 11, 24, 9, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=10)
SMS = Approach("sms", OPENS, OPENS + timedelta(hours=3))
CALL = Approach("phone", OPENS + timedelta(days=3), OPENS + timedelta(days=3, hours=2))
CLIENTS = [client for group in people.clients().values() for client in group]


def visit(client: people.Client = CLIENTS[50], reference: str = "", **facts: object) -> Visit:
    told = {"month": 3, "progress": 0.5, "is_missed": False, "is_recent": False, **facts}
    reference = reference or client.reference
    return Visit(client=client, provider=client.provider, reference=reference, **told)  # type: ignore[arg-type]


def marks(client: people.Client, count: int = 30, **facts: object) -> list[int]:
    return [int(opinion(visit(client, f"V{n:05d}", **facts))["globale"]) for n in range(count)]


def test_the_same_visit_is_answered_alike_at_every_run() -> None:
    assert opinion(visit()) == opinion(visit())
    assert reply_to(visit(), [SMS, CALL], CLOSES) == reply_to(visit(), [SMS, CALL], CLOSES)


@pytest.mark.parametrize(("code", "is_missed"), [("default", False), ("first", False), ("no_show", True)])
def test_every_answer_is_one_that_the_questionnaire_takes(code: str, *, is_missed: bool) -> None:
    questionnaire = library(code)
    for client in CLIENTS[::97]:
        whole = Reply(OPENS, "web", opinion(visit(client, is_missed=is_missed)))
        answers = fitted(whole, questionnaire).answers
        assert {item.alias for item in questionnaire.items if item.core} <= answers.keys()
        for alias, answer in answers.items():
            assert parse(questionnaire.item(alias), str(answer)) == answer


def test_answers_cluster_by_client() -> None:
    groups = [marks(client) for client in CLIENTS[100:160]]
    within = mean(pvariance(group) for group in groups)
    between = pvariance([mean(group) for group in groups])
    assert between > 0.3 * within


def test_most_visits_go_well_and_some_do_not() -> None:
    given = [mark for client in CLIENTS[::31] for mark in marks(client, 10)]
    assert 0.78 < mean(mark >= 4 for mark in given) < 0.93
    assert 0.02 < mean(mark <= 2 for mark in given) < 0.12


def test_a_missed_visit_is_judged_harshly() -> None:
    clients = CLIENTS[100:140]
    missed = mean(mark for client in clients for mark in marks(client, 5, is_missed=True))
    held = mean(mark for client in clients for mark in marks(client, 5))
    assert missed < held - 1


def test_a_bad_month_shows() -> None:
    spoilt = next(provider for provider in PROVIDERS if provider.bad_month)
    clients = [client for client in CLIENTS if client.provider == spoilt]
    bad = mean(m for client in clients for m in marks(client, 5, month=spoilt.bad_month))
    assert bad < mean(m for client in clients for m in marks(client, 5)) - 0.3


def replies(approaches: list[Approach]) -> list[Reply]:
    found = (reply_to(visit(client), approaches, CLOSES) for client in CLIENTS)
    return [reply for reply in found if reply is not None]


def test_nobody_answers_before_being_asked_nor_after_the_end() -> None:
    for reply in replies([SMS, CALL]):
        assert OPENS < reply.at < CLOSES
        if reply.channel == "phone":
            assert CALL.opens_at < reply.at < CALL.closes_at
    assert reply_to(visit(), [], CLOSES) is None


def test_about_a_third_answer_a_message_and_a_call() -> None:
    said = replies([SMS, CALL])
    assert 0.25 < len(said) / len(CLIENTS) < 0.5
    assert {reply.channel for reply in said} == {"sms", "web", "phone"}


def test_a_digit_sent_by_sms_answers_the_first_question_only() -> None:
    by_sms = [reply for reply in replies([SMS]) if reply.channel == "sms" and reply.answers]
    assert by_sms
    assert all(set(reply.answers) == {"globale"} for reply in by_sms)


def test_after_a_low_mark_most_wish_nothing_more() -> None:
    wishes = [wish_after(visit(client)) for client in CLIENTS]
    opened = sum(wish not in (None, Wish.NOTHING) for wish in wishes)
    assert 0 < opened < 0.15 * len(wishes)


def test_those_whose_story_is_a_complaint_complain() -> None:
    for story in ("named", "anonymous", "call_first"):
        client = next(each for each in CLIENTS if each.story == story)
        last = visit(client, is_recent=True)
        reply = reply_to(last, [SMS], CLOSES)
        assert reply is not None
        assert reply.answers["globale"] == 2
        assert wish_after(last) == Wish(story)
        assert not is_left(last)


def test_mme_martin_and_her_daughter_are_left_to_the_visitor() -> None:
    for story in ("martin", "daughter"):
        client = next(each for each in CLIENTS if each.story == story)
        assert is_left(visit(client))
    left = mean(is_left(visit(client)) for client in CLIENTS)
    assert 0.4 < left < 0.6
