"""What a provider is told of its own visit says nothing of what it did not send itself."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from surveys.protocol.definition import load
from surveys.protocol.occasion import Visit
from surveys.protocol.planning import Reach
from surveys.protocol.telling import Told, told, told_again

ENDED = datetime(2026, 11, 3, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 3, 17, tzinfo=UTC)
DEFAULT, INTEGRAL = load("default"), load("integral")
REACHED, NOT_REACHED = Reach(sms=True, email=False, phone=True), Reach(sms=False, email=False, phone=False)
VISIT = Visit(
    id=UUID("019a4a0e-7f00-7000-8000-000000000001"),
    departement="34",
    status="done",
    ended_at=ENDED,
    received_at=NOW,
    reach=REACHED,
    worker="A",
)


def word(protocol=DEFAULT, *, now=NOW, has_contact=True, has_identity=True, **changes):
    return told(replace(VISIT, **changes), protocol, now, has_contact=has_contact, has_identity=has_identity)


def test_of_a_visit_planned_again_nothing_is_told_but_its_line() -> None:
    assert word(status="planned", client_status="hospital") is Told.NOTED


own_lines = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["done", "not_done", "cancelled"]),
        "status_reason": st.sampled_from([None, "hospital", "client_cancelled", "worker_absent"]),
        "incident": st.booleans(),
        "worker": st.sampled_from([None, "A", "B"]),
        "client_status": st.sampled_from(["active", "hospital", "moved", "ended", "deceased"]),
        "client_status_since": st.sampled_from([None, date(2026, 11, 1), date(2026, 11, 20)]),
    }
)
ages = st.sampled_from([timedelta(), timedelta(days=5), timedelta(days=7), timedelta(days=20)])


@given(own_lines, ages, st.booleans(), st.booleans())
def test_the_word_is_the_same_whatever_is_drawn_or_always_asked(line, age, has_contact, has_identity):
    others = (DEFAULT, replace(DEFAULT, draws=False), replace(DEFAULT, always_ask=()))
    sheet = {"has_contact": has_contact, "has_identity": has_identity}
    assert len({word(each, now=NOW + age, **sheet, **line) for each in others}) == 1


@pytest.mark.parametrize("contact", [None, "no", "phone"])
@pytest.mark.parametrize("reach", [REACHED, NOT_REACHED])
@pytest.mark.parametrize("changes", [{}, {"incident": True}, {"status": "not_done"}, {"worker": "B"}])
def test_whom_nobody_may_ask_reads_as_whom_everybody_asks(contact, reach, changes):
    assert word(contact=contact, reach=reach, **changes) == Told.NOTED


@pytest.mark.parametrize("protocol", [DEFAULT, INTEGRAL])
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "cancelled"}, Told.CANCELLED),
        ({"status": "not_done", "status_reason": "client_cancelled"}, Told.CANCELLED),
        ({"status": "not_done", "status_reason": "hospital"}, Told.SPARED),
        ({"client_status": "hospital"}, Told.SPARED),
        ({"client_status": "deceased"}, Told.SPARED),
        ({"client_status": "moved"}, Told.SPARED),
        ({"client_status": "ended"}, Told.SPARED),
    ],
)
def test_what_the_provider_sent_is_told_back_whatever_the_protocol(protocol, changes, said):
    assert word(protocol, **changes) == said


def test_a_line_without_number_nor_address_is_told_and_a_refused_one_is_not():
    assert word(reach=NOT_REACHED, has_contact=False) == Told.NO_CHANNEL
    assert word(reach=NOT_REACHED) == Told.NOTED


def test_a_line_that_came_too_late_is_told_from_the_day_nobody_can_be_asked():
    # Closed seven days after the end of the visit's day, in Paris: the 10th, at midnight.
    end = datetime(2026, 11, 10, 23, tzinfo=UTC)
    assert word(INTEGRAL, now=end - timedelta(seconds=1), received_at=ENDED) == Told.NOTED
    assert word(INTEGRAL, now=end, received_at=ENDED) == Told.TOO_LATE


def test_an_erased_client_is_told_too_late():
    assert word(has_identity=False, has_contact=False) == Told.TOO_LATE


def word_again(before, *, now=NOW, has_contact=True, protocol=DEFAULT, **changes):
    visit = replace(VISIT, **changes)
    return told_again(before, visit, protocol, now, has_contact=has_contact, has_identity=True)


@pytest.mark.parametrize("before", list(Told))
def test_a_line_that_changes_in_time_is_told_as_it_is_now(before):
    assert word_again(before) == Told.NOTED
    assert word_again(before, client_status="hospital") == Told.SPARED
    assert word_again(before, has_contact=False) == Told.NO_CHANNEL
    assert word_again(before, status="cancelled") == Told.CANCELLED


@pytest.mark.parametrize("before", [Told.NOTED, Told.SPARED])
def test_once_a_visit_is_over_its_line_says_no_more_than_that_it_was_not_held(before):
    later = NOW + timedelta(days=40)
    for news in ({}, {"client_status": "deceased"}, {"has_contact": False}):
        assert word_again(before, now=later, **news) == before
    assert word_again(before, now=later, status="cancelled") == Told.CANCELLED
    assert word_again(before, now=later, status="not_done", status_reason="hospital") == Told.SPARED


@pytest.mark.parametrize("before", [Told.CANCELLED, Told.NO_CHANNEL, Told.TOO_LATE])
def test_a_visit_that_could_be_asked_about_once_it_is_over_came_too_late(before):
    assert word_again(before, now=NOW + timedelta(days=40)) == Told.TOO_LATE


def test_without_a_protocol_no_line_is_late():
    assert word(None, now=NOW + timedelta(days=40)) == Told.NOTED
    assert word_again(Told.TOO_LATE, now=NOW + timedelta(days=40), protocol=None) == Told.NOTED


def test_a_visit_whose_end_nobody_knows_is_not_told_too_late():
    assert word(INTEGRAL, ended_at=None, now=NOW + timedelta(days=40)) == Told.NOTED
