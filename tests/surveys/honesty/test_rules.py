"""The rules that set an answer apart are total, ordered, and never speak against a person."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.honesty.rules import (
    ADMISSIBLE,
    DEVICE_WINDOW,
    MANY_CLIENTS,
    OF_PAPER,
    QUICK,
    QUICK_QUESTIONS,
    SAID,
    SEVERAL,
    Circumstances,
    Reason,
    Verdict,
    admissible,
    doubts_after,
    reasons,
)

MOMENT = timedelta(microseconds=1)
circumstances = st.builds(
    Circumstances,
    worker=st.sampled_from(["", "present", "filled_in", "?"]),
    channel=st.sampled_from(["web", "sms", "email", "phone", "voice", "paper"]),
    questions=st.integers(0, 40),
    lasted=st.timedeltas(timedelta(0), timedelta(days=12)),
    device_clients=st.integers(0, 60),
    number_clients=st.integers(0, 60),
)
doubts = st.lists(st.sampled_from([reason.value for reason in Reason]), unique=True)
standing = st.sampled_from([ADMISSIBLE, *OF_PAPER, *(reason.value for reason in Reason)])


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, ()),
        ({"worker": "present"}, ("worker_present",)),
        ({"worker": "filled_in"}, ("worker_filled_in",)),
        ({"device_clients": MANY_CLIENTS - 1}, ()),
        ({"device_clients": MANY_CLIENTS}, ("one_device",)),
        ({"number_clients": MANY_CLIENTS - 1}, ()),
        ({"number_clients": MANY_CLIENTS}, ("one_number",)),
        ({"questions": QUICK_QUESTIONS, "lasted": QUICK - MOMENT}, ("too_fast",)),
        ({"questions": QUICK_QUESTIONS, "lasted": QUICK}, ()),
        ({"questions": QUICK_QUESTIONS - 1, "lasted": MOMENT}, ()),
        ({"questions": QUICK_QUESTIONS, "lasted": MOMENT, "channel": "phone"}, ()),
    ],
)
def test_each_rule_begins_at_its_threshold(how: dict[str, object], expected: tuple[str, ...]) -> None:
    assert reasons(Circumstances(**how)) == expected


@given(circumstances, circumstances)
def test_rules_do_not_depend_on_each_other(one: Circumstances, other: Circumstances) -> None:
    mixed = Circumstances(
        worker=one.worker,
        channel=one.channel,
        questions=one.questions,
        lasted=one.lasted,
        device_clients=other.device_clients,
        number_clients=other.number_clients,
    )
    said = {Reason.WORKER_FILLED_IN, Reason.WORKER_PRESENT, Reason.TOO_FAST}
    assert set(reasons(mixed)) == {r for r in reasons(one) if r in said} | {
        r for r in reasons(other) if r not in said
    }


@given(circumstances)
def test_more_clients_or_less_time_never_clears_an_answer(how: Circumstances) -> None:
    worse = Circumstances(
        worker=how.worker,
        channel=how.channel,
        questions=how.questions + 1,
        lasted=how.lasted / 2,
        device_clients=how.device_clients + 1,
        number_clients=how.number_clients + 1,
    )
    assert set(reasons(how)) <= set(reasons(worse))


@given(standing, doubts, st.sampled_from(list(Verdict)))
def test_what_counts_is_named_once_and_for_all(now: str, noted: list[str], verdict: Verdict) -> None:
    counted = admissible(now, noted, verdict)
    assert admissible(counted, noted, verdict) == counted
    assert counted in {ADMISSIBLE, *OF_PAPER, *noted}
    assert counted == admissible(now, noted[::-1], verdict)


@given(standing, doubts)
def test_taking_in_leaving_out_and_taking_in_again_comes_back_to_the_same(now: str, noted: list[str]) -> None:
    once = admissible(now, noted, Verdict.IN)
    out = admissible(once, noted, Verdict.OUT)
    assert admissible(out, noted, Verdict.IN) == once
    assert admissible(once, noted, Verdict.NONE) == out
    assert (out == ADMISSIBLE) == (not noted and now not in OF_PAPER)


@given(doubts)
def test_a_supervisor_who_takes_an_answer_in_is_obeyed_whatever_is_found_later(noted: list[str]) -> None:
    assert admissible(ADMISSIBLE, noted, Verdict.IN) == ADMISSIBLE
    assert admissible(SEVERAL, noted, Verdict.IN) == SEVERAL


@given(doubts, circumstances, st.sampled_from(list(Verdict)))
def test_what_was_found_stays_but_for_what_the_respondent_takes_back(
    before: list[str], how: Circumstances, verdict: Verdict
) -> None:
    found = reasons(how)
    after = doubts_after(before, found, verdict)
    assert set(found) <= set(after) <= {*before, *found}
    gone = set(before) - set(after)
    assert gone <= SAID
    assert not gone or verdict == Verdict.NONE
    assert list(after) == sorted(after, key=list(Reason).index)
    assert doubts_after(after, found, verdict) == after


def test_the_thresholds_are_those_that_the_platform_tells() -> None:
    assert (5, timedelta(days=7)) == (MANY_CLIENTS, DEVICE_WINDOW)
    assert (5, timedelta(seconds=5)) == (QUICK_QUESTIONS, QUICK)
