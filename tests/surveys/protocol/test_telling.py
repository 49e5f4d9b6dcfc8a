"""What a provider is told of its own visit says nothing of what it did not send itself."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from surveys.protocol.definition import load
from surveys.protocol.occasion import History, Stratum, Visit, decide
from surveys.protocol.planning import Reach
from surveys.protocol.telling import Told, told, told_again

ENDED = datetime(2026, 11, 3, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 3, 17, tzinfo=UTC)
DEFAULT, INTEGRAL = load("default"), load("integral")
FIRST_QUARTER = Stratum(seed=b"2026-Q4")
WIDE = Stratum(seed=b"2026-Q4", target=40, expected=79)
DRAWN = Stratum(seed=b"2026-Q4", target=40, expected=400)
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
KNOWN = History(last_worker="A")
# What was told elsewhere, or is known of the person only: a provider's own file says none of it.
HIDDEN = [
    KNOWN,
    replace(KNOWN, refused=True),
    replace(KNOWN, deceased=True),
    replace(KNOWN, complaint_open=True),
    replace(KNOWN, recent_contacts=4),
    replace(KNOWN, asked=(ENDED - timedelta(days=2),)),
]


def word(history=KNOWN, stratum=DRAWN, protocol=DEFAULT, *, now=NOW, has_contact=True, **changes):
    visit = replace(VISIT, **changes)
    decision = decide(visit, history, stratum, protocol, now)
    return told(visit, history, stratum, protocol, decision, now=now, has_contact=has_contact)


histories = st.builds(
    History,
    is_first=st.just(False),
    last_worker=st.just("A"),
    asked=st.sampled_from([(), (ENDED - timedelta(days=2),)]),
    recent_contacts=st.integers(0, 5),
    refused=st.booleans(),
    deceased=st.booleans(),
    complaint_open=st.booleans(),
)
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
hidden = st.tuples(histories, st.sampled_from([REACHED, NOT_REACHED]), st.sampled_from([None, "no"]))
kept_apart = st.sampled_from(
    [(INTEGRAL, DRAWN), (INTEGRAL, FIRST_QUARTER), (DEFAULT, FIRST_QUARTER), (DEFAULT, WIDE)]
)
late = st.sampled_from([timedelta(), timedelta(days=5), timedelta(days=7), timedelta(days=20)])


@given(own_lines, hidden, hidden, kept_apart, late, st.booleans())
def test_where_nothing_hides_it_the_word_depends_on_the_line_alone(line, one, other, rules, age, has_contact):
    protocol, stratum = rules
    words = {
        word(
            history,
            stratum,
            protocol,
            now=NOW + age,
            has_contact=has_contact,
            reach=reach,
            contact=contact,
            **line,
        )
        for history, reach, contact in (one, other)
    }
    assert len(words) == 1
    assert not words & {Told.ASKED, Told.NOT_KEPT}


@given(own_lines, hidden, late, st.booleans())
def test_under_a_draw_the_word_tells_of_the_rest_asked_or_not_alone(line, known, age, has_contact):
    history, reach, contact = known
    said = word(history, now=NOW + age, has_contact=has_contact, reach=reach, contact=contact, **line)
    plain = word(now=NOW + age, has_contact=has_contact, **line)
    assert said == plain or {said, plain} == {Told.ASKED, Told.NOT_KEPT}


def drawn_id(is_drawn):
    ids = (uuid5(VISIT.id, f"{n}") for n in range(1000))
    return next(
        each for each in ids if decide(replace(VISIT, id=each), KNOWN, DRAWN, DEFAULT, NOW).asked is is_drawn
    )


@pytest.mark.parametrize("history", HIDDEN)
def test_a_protocol_without_draw_has_one_word(history):
    assert word(history, protocol=INTEGRAL) == Told.NOTED


@pytest.mark.parametrize("history", HIDDEN)
def test_what_was_not_drawn_and_what_was_refused_read_alike(history):
    assert word(history, id=drawn_id(False)) == Told.NOT_KEPT


def test_a_visit_that_was_drawn_is_said_asked():
    assert word(id=drawn_id(True)) == Told.ASKED


@pytest.mark.parametrize("history", HIDDEN)
def test_the_quarter_that_asks_everybody_has_one_word(history):
    assert word(history, FIRST_QUARTER) == Told.NOTED


def test_a_draw_hides_the_rest_once_it_leaves_out_half_of_the_visits():
    assert word(stratum=WIDE, id=drawn_id(True)) == Told.NOTED
    assert word(stratum=replace(WIDE, expected=80), id=drawn_id(True)) == Told.ASKED


@pytest.mark.parametrize(
    ("changes", "history"),
    [({"incident": True}, {}), ({"status": "not_done"}, {}), ({"worker": "B"}, {}), ({}, {"is_first": True})],
)
@pytest.mark.parametrize("known", HIDDEN)
def test_what_is_always_asked_has_one_word_under_a_draw_too(changes, history, known):
    assert word(replace(known, **history), id=drawn_id(False), **changes) == Told.NOTED


@pytest.mark.parametrize("history", HIDDEN)
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
def test_what_the_provider_sent_is_told_back_whatever_else_is_known(history, protocol, changes, said):
    assert word(history, protocol=protocol, **changes) == said


@pytest.mark.parametrize("history", HIDDEN)
def test_a_line_without_number_nor_address_is_told_and_a_refused_one_is_not(history):
    assert word(history, protocol=INTEGRAL, reach=NOT_REACHED, has_contact=False) == Told.NO_CHANNEL
    assert word(history, protocol=INTEGRAL, reach=NOT_REACHED) == Told.NOTED


@pytest.mark.parametrize("history", HIDDEN)
def test_a_line_that_came_too_late_is_told_from_the_day_nobody_can_be_asked(history):
    # Closed seven days after the end of the visit's day, in Paris: the 10th, at midnight.
    end = datetime(2026, 11, 10, 23, tzinfo=UTC)
    late = {"protocol": INTEGRAL, "received_at": ENDED}
    assert word(history, now=end - timedelta(seconds=1), **late) == Told.NOTED
    assert word(history, now=end, **late) == Told.TOO_LATE


def test_an_erased_client_is_told_too_late():
    assert word(replace(KNOWN, eligible=False), has_contact=False) == Told.TOO_LATE


def test_a_line_changed_after_its_decision_says_its_own_reason_and_no_more():
    assert told_again(VISIT, NOW, has_contact=True, has_identity=True) == Told.NOTED
    again = replace(VISIT, status="cancelled")
    assert told_again(again, NOW, has_contact=True, has_identity=True) == Told.CANCELLED
    assert told_again(VISIT, NOW, has_contact=False, has_identity=True) == Told.NO_CHANNEL


def test_a_visit_whose_end_nobody_knows_is_not_told_too_late():
    assert word(protocol=INTEGRAL, ended_at=None, now=NOW + timedelta(days=40)) == Told.NOTED
