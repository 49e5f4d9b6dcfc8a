"""The follow-up of a past: the same at every run, and kept inside the lines of the real gate."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, pairwise
from uuid import UUID

import pytest

from quality.complaints.delays import Delays, due
from quality.complaints.opening import Wish
from quality.demo import cast
from quality.demo.complaints import ENDS, course
from quality.demo.moments import PARIS, is_working
from quality.demo.past import Member
from quality.demo.providers import PROVIDERS, Provider
from quality.demo.resolving import ACTS
from quality.demo.stage import chance
from quality.demo.visits import Calendar, Visit, visits_of
from surveys.demo.asks import Ask, Terms
from surveys.demo.following import Following
from surveys.protocol.definition import load
from surveys.protocol.planning import Base, plan
from surveys.questionnaire.reading import library

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
CALENDAR = Calendar(START)
FUNDERS = {body.code: UUID(int=rank) for rank, body in enumerate(cast.BODIES, start=1)}
MIDDLING = PROVIDERS[13]
ASKED = {"default": UUID(int=10), "first": UUID(int=11), "no_show": UUID(int=12)}
VERSIONS = {"visit": ASKED["default"], "first": ASKED["first"], "no_show": ASKED["no_show"]}


def members_of(provider: Provider) -> list[Member]:
    visits = sorted(visits_of(provider, CALENDAR), key=lambda visit: visit.client.reference)
    groups = groupby(visits, key=lambda visit: visit.client.reference)
    return [_member(number, list(group)) for number, (_, group) in enumerate(groups, start=1)]


def _member(number: int, visits: Sequence[Visit]) -> Member:
    client, drawn = visits[0].client, chance("test", number)
    given = [name for name in ("phone", "mobile", "email", "relative_phone") if getattr(client, name)]
    ends = {name: UUID(int=chance("end", getattr(client, name)).getrandbits(128)) for name in given}
    identity, person = UUID(int=drawn.getrandbits(128)), UUID(int=drawn.getrandbits(128))
    return Member(client, identity, person, ends, visits[0].arrives_at or START, visits)


def follow(provider: Provider) -> Following:
    terms = Terms(
        platform=UUID(int=1),
        provider=UUID(int=2),
        siret=provider.siret,
        calendar=CALENDAR,
        protocol=load("default"),
        versions=VERSIONS,
        questionnaires={version: library(code) for code, version in ASKED.items()},
        target=cast.STRATUM_TARGET,
        until=START,
        calls_until=START - timedelta(hours=2, minutes=30),
        funders=FUNDERS,
    )
    following = Following(terms, members_of(provider))
    following.live()
    return following


@pytest.fixture(scope="module")
def followed() -> Following:
    return follow(MIDDLING)


def told(ask: Ask) -> tuple[object, ...]:
    tries = [(each.state, each.reason, each.sent_at) for each in ask.tries]
    return ask.id, ask.asked_at, ask.answered_at, ask.reply, tries


def test_the_follow_up_is_the_same_at_every_run(followed: Following) -> None:
    again = follow(MIDDLING)
    assert [told(ask) for ask in again.asks] == [told(ask) for ask in followed.asks]
    assert [o.decision for o in again.occasions] == [o.decision for o in followed.occasions]


def test_every_visit_has_one_decision(followed: Following) -> None:
    decided = [occasion.visit.identity for occasion in followed.occasions]
    assert len(decided) == len(set(decided))
    assert set(decided) == {visit.identity for visit in visits_of(MIDDLING, CALENDAR)}


def test_attempts_are_those_of_the_protocol(followed: Following) -> None:
    protocol = load("default")
    for ask in list(followed.asks)[::40]:
        base = Base(ask.visit.ended_at, ask.asked_at)
        planned = plan(base, ask.person.client.departement, ask.line.reach, protocol, ask.asked_at)
        assert tuple(each.planned for each in ask.tries) == planned


def test_a_first_visit_and_a_missed_one_are_asked_about_in_their_own_words(followed: Following) -> None:
    missed = {ask.visit.status != "done" for ask in followed.asks if ask.questionnaire == ASKED["no_show"]}
    firsts = [ask for ask in followed.asks if ask.questionnaire == ASKED["first"]]
    assert missed == {True}
    assert len(firsts) == len({ask.person.member.id for ask in firsts}) > 0
    assert all(ask.visit.status == "done" for ask in firsts)


def test_every_answer_is_one_that_its_questionnaire_takes(followed: Following) -> None:
    for ask in followed.asks:
        items = {item.alias for item in followed.terms.questionnaires[ask.questionnaire].items}
        assert ask.reply is None or ask.reply.answers.keys() <= items


def test_nothing_leaves_before_its_window_nor_after_an_answer(followed: Following) -> None:
    for ask in followed.asks:
        for each in ask.tries:
            if each.sent_at is not None:
                assert each.opens_at <= each.sent_at < each.closes_at
                assert ask.answered_at is None or each.sent_at <= ask.answered_at
                assert each.sent_at < START


def test_four_contacts_in_thirty_days_are_the_most(followed: Following) -> None:
    for household in followed.households:
        for person in household.members:
            times = sorted(person.recent)
            assert all(b - a >= timedelta(days=30) for a, b in zip(times, times[4:], strict=False))


def test_nobody_is_asked_while_their_complaint_is_open() -> None:
    found = follow(cast.AIDE_34)
    opened = [ask for ask in found.asks if ask.grievance is not None]
    assert len(opened) > 5
    for ask in opened:
        closed_at = ask.grievance.closed_at or START
        others = [other for other in found.asks if other.person is ask.person]
        assert [o for o in others if ask.answered_at < o.asked_at < closed_at] == []


def test_the_couple_shares_the_contacts_of_its_telephone() -> None:
    found = follow(cast.AIDE_34)
    couple = next(house for house in found.households if len(house.members) == 2)
    assert {person.client.name for person in couple.members} == {"M. André Garcia", "Mme Paulette Garcia"}
    times = sorted(at for each in couple.recent.values() for at in each)
    assert times == sorted(at for person in couple.members for at in person.recent)
    assert all(b - a >= timedelta(days=30) for a, b in zip(times, times[4:], strict=False))


@pytest.mark.parametrize("number", range(40))
def test_a_complaint_is_followed_in_working_hours(number: int) -> None:
    at = datetime(2026, 3, 5, 9, tzinfo=UTC) + timedelta(hours=7 * number)
    steps = course(Wish.CALL_FIRST, at, ("test", str(number)), START)
    assert [step.kind for step in steps[:2]] == ["open", "call"]
    assert steps[-1].kind in ENDS
    times = [step.at for step in steps]
    assert times == sorted(set(times))
    for step in steps[1:]:
        local = step.at.astimezone(PARIS)
        assert is_working(local.date())
        assert 10 <= local.hour < 18


@pytest.mark.parametrize("wish", [Wish.NAMED, Wish.ANONYMOUS, Wish.CALL_FIRST])
def test_a_verdict_is_asked_seven_days_after_the_solution(wish: Wish) -> None:
    for number in range(60):
        steps = course(wish, datetime(2026, 3, 5, 9, tzinfo=UTC), ("test", str(number)), START)
        pairs = pairwise(steps)
        waits = [b.at - a.at for a, b in pairs if b.kind in {"settled", "not_settled", "asked"}]
        assert waits
        assert min(waits) >= timedelta(days=7)


@pytest.mark.parametrize("hours", range(1, 40 * 24, 7))
def test_nothing_of_aide_34_is_due_before_what_a_visitor_starts(hours: int) -> None:
    opened = START - timedelta(hours=hours)
    delays = Delays(solution_days=10)
    visitors = due(START, delays, "34").acknowledge_at
    for wish in (Wish.NAMED, Wish.ANONYMOUS):
        kinds = [step.kind for step in course(wish, opened, (cast.AIDE_34.siret, str(hours)), START)]
        dates = due(opened, delays, "34")
        assert "acknowledge" in kinds
        assert "remedy" in kinds or dates.solution_at > visitors


def test_a_newcomer_is_left_for_whoever_opens_the_door() -> None:
    steps = course(Wish.NAMED, START - timedelta(days=4), ("test", ""), START)
    assert [step.kind for step in steps] == ["open"]


def test_the_complaint_told_to_its_end_is_that_of_one_day() -> None:
    assert isinstance(CALENDAR.settled_on, date)
    asks = [ask for ask in follow(cast.AIDE_34).asks if ask.told.is_told]
    assert [ask.visit_on for ask in asks] == [CALENDAR.settled_on]
    assert asks[0].grievance is not None
    assert asks[0].grievance.closed_at is not None


def test_every_kind_of_course_is_drawn_and_most_are_plain() -> None:
    drawn = [
        [step.kind for step in course(wish, datetime(2026, 3, 5, 9, tzinfo=UTC), ("kinds", str(n)), START)]
        for wish in (Wish.NAMED, Wish.CALL_FIRST)
        for n in range(200)
    ]
    seen = {kind for kinds in drawn for kind in kinds}
    assert seen == ACTS.keys() - {"note"}
    assert sum("contest" in kinds for kinds in drawn) < 60
    assert sum(kinds[-1] == "silence" for kinds in drawn) < 90
