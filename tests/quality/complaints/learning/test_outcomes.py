"""What a complaint adds to the figures: nothing before its time, everything once, in every course."""

from datetime import UTC, datetime, timedelta

import pytest

from quality.complaints.learning.outcomes import Course, PromiseCourse, contributions, next_look

OPENED = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
LATER = OPENED + 40 * DAY
OPEN, NEVER = 0, 61  # where a delay is counted that is not over at the first look, nor at the last


def course(**facts: object) -> Course:
    return Course(**{"opened_at": OPENED, "state": "acknowledged", **facts})  # type: ignore[arg-type]


def remedies(of: Course, now: datetime) -> tuple[int, int, int]:
    """Give n and Σx of the remedies in time, and the day on which the delay is counted."""
    n, x, *days = contributions(of, now)["RECL_D:1"]
    assert (sum(days), len(days)) == (1, 62)
    return n, x, days.index(1)


def after(days: float) -> datetime:
    return OPENED + days * DAY


def test_a_complaint_remedied_on_its_first_day_waits_for_its_fifteenth_like_the_others() -> None:
    quick = course(state="remedied", remedied_at=after(1))
    assert "RECL_D:1" not in contributions(quick, after(14.9))
    assert remedies(quick, after(15)) == (1, 1, 1)


def test_one_still_open_at_its_fifteenth_day_counts_and_is_not_in_time() -> None:
    assert remedies(course(), after(15)) == (1, 0, OPEN)
    late = course(state="remedied", remedied_at=after(15.1))
    assert remedies(late, LATER) == (1, 0, OPEN)


def test_the_day_of_a_later_remedy_counts_from_the_sixtieth_on_as_if_nobody_had_looked_before() -> None:
    for remedied_at, day in ((after(15.1), 16), (after(40), 40), (after(60), 60), (after(60.1), NEVER)):
        late = course(state="remedied", remedied_at=remedied_at)
        assert remedies(late, after(59.9)) == (1, 0, OPEN)
        assert remedies(late, after(60)) == (1, 0, day)
    assert remedies(course(), after(60)) == (1, 0, NEVER)
    assert remedies(course(remedied_at=after(3)), after(70)) == (1, 1, 3)


@pytest.mark.parametrize(
    "facts",
    [{"is_withdrawn": True}, {"state": "merged"}, {"disclosure": "call_first"}, {"is_serious": True}],
    ids=lambda facts: next(iter(facts)),
)
def test_what_nobody_wants_done_here_is_counted_in_no_share_of_complaints(facts: dict[str, object]) -> None:
    found = contributions(course(remedied_at=after(1), verdict="settled", **facts), LATER)
    assert not found.keys() & {"RECL_D:1", "RECL_P:1", "RECL_S:1"}


def test_what_is_granted_in_the_first_contact_and_brought_in_time_solves_a_complaint() -> None:
    first: dict[str, object] = {"is_first_contact": True, "remedied_at": after(4)}
    assert contributions(course(**first), after(15))["RECL_P:1"] == (1, 1)
    for short in (
        {"remedied_at": None},
        {"remedied_at": after(15.1)},
        {"round": 2},
        {"verdict": "not_settled"},
        {"promises": (PromiseCourse(after(2), state="refused"),)},
        {"promises": (PromiseCourse(after(2), state="broken"),)},
        {"promises": (PromiseCourse(after(2), after(3), "done", "client"),)},
    ):
        assert contributions(course(**{**first, **short}), after(15.2))["RECL_P:1"] == (1, 0)
    assert contributions(course(), after(15))["RECL_P:1"] == (1, 0)


def test_where_the_desk_had_no_authority_counts_among_those_where_it_granted_or_wanted_something() -> None:
    granted = {"promises": (PromiseCourse(after(2), authority="agent"),)}
    own = {"promises": (PromiseCourse(after(2), authority="provider"),)}
    refused: dict[str, object] = {"is_refused": True}
    cases: tuple[tuple[dict[str, object], object], ...] = (
        (refused, (1, 1)),
        ({**refused, **granted}, (1, 1)),
        ({**refused, **own}, (1, 1)),
        (granted, (1, 0)),
        (own, None),
        ({}, None),
    )
    for facts, sums in cases:
        assert "AUTOR:1" not in contributions(course(**facts), after(14.9))
        assert contributions(course(**facts), after(15)).get("AUTOR:1") == sums, facts
    assert "AUTOR:1" not in contributions(course(is_serious=True, **refused), LATER)


@pytest.mark.parametrize(
    ("facts", "sums"),
    [
        ({"verdict": "settled"}, (1, 1)),
        ({"verdict": "settled", "round": 2}, (1, 1)),
        ({"verdict": "not_settled"}, (1, 0)),
        ({"round": 2}, (1, 0)),
        ({"verdict": "no_answer", "round": 2}, (1, 0)),
        ({"verdict": "no_answer"}, None),
        ({}, None),
    ],
)
def test_the_newest_verdict_counts_and_silence_is_none(
    facts: dict[str, object], sums: tuple[int, int] | None
) -> None:
    assert contributions(course(**facts), OPENED).get("RECL_S:1") == sums


def test_promises_count_from_their_day_kept_or_not() -> None:
    promises = (
        PromiseCourse(after(2), after(2)),
        PromiseCourse(after(2), after(3)),
        PromiseCourse(after(2)),
        PromiseCourse(after(9), after(1)),
    )
    assert contributions(course(promises=promises), after(2))["PROM_T:1"] == (3, 1)
    assert contributions(course(promises=promises), after(9))["PROM_T:1"] == (4, 2)


@pytest.mark.parametrize(
    ("facts", "sums"),
    [
        ({}, None),
        ({"verdict": "no_answer"}, None),
        ({"verdict": "settled"}, (1, 1)),
        ({"verdict": "not_settled"}, (1, 0)),
        ({"round": 2}, (1, 0)),
    ],
)
def test_the_word_of_the_provider_is_worth_what_its_client_says(
    facts: dict[str, object], sums: tuple[int, int] | None
) -> None:
    said = PromiseCourse(after(2), after(1), "done", "provider", "replan")
    assert contributions(course(promises=(said,), **facts), after(9)).get("PROM_T:1") == sums
    late = PromiseCourse(after(2), after(3), "done", "provider", "replan")
    assert contributions(course(promises=(late,), **facts), after(9))["PROM_T:1"] == (1, 0)


def test_a_file_a_client_and_the_desk_that_explains_are_believed() -> None:
    said = (
        PromiseCourse(after(2), after(1), "done", "file", "replan"),
        PromiseCourse(after(2), after(1), "done", "client", "replan"),
        PromiseCourse(after(2), after(1), "done", "desk", "explain"),
        PromiseCourse(after(2), after(1), "done", "desk", "replan"),
    )
    assert contributions(course(promises=said), after(9))["PROM_T:1"] == (3, 3)


def test_a_serious_event_counts_after_a_day_by_its_first_protective_step() -> None:
    in_time, late = after(0.9), after(1.1)
    for handled, x in ((in_time, 1), (late, 0), (None, 0)):
        event = course(is_serious=True, handled_at=handled)
        assert contributions(event, after(0.95)) == {}
        assert contributions(event, after(1.2)) == {"ALERTE:1": (1, x)}


def test_the_next_look_is_the_next_day_that_adds_something() -> None:
    promised = course(promises=(PromiseCourse(after(3)), PromiseCourse(after(20))))
    looks = [after(0)]
    while (at := next_look(promised, looks[-1])) is not None:
        looks.append(at)
    assert looks[1:] == [after(3), after(15), after(20), after(60)]
    assert next_look(course(is_serious=True), OPENED) == after(1)
