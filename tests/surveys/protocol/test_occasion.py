"""Every visit is decided, with its reason."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from surveys.protocol.caps import Cap, Traits
from surveys.protocol.definition import Trigger, load
from surveys.protocol.occasion import (
    UNASKED,
    Decision,
    History,
    Reason,
    Stratum,
    Visit,
    Volume,
    decide,
    draw,
    is_over,
    stands,
)
from surveys.protocol.planning import Base, Reach, closing_at

ENDED = datetime(2026, 11, 3, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 3, 17, tzinfo=UTC)
DEFAULT, INTEGRAL = load("default"), load("integral")
FULL = Stratum(seed=b"2026-Q4")
SMALL = Stratum(seed=b"2026-Q4", target=40, expected=400)
VISIT = Visit(
    id=UUID("019a4a0e-7f00-7000-8000-000000000001"),
    departement="34",
    status="done",
    ended_at=ENDED,
    received_at=NOW,
    reach=Reach(sms=True, email=False, phone=True),
)
KNOWN = History(last_worker="A")


def decided(history=KNOWN, stratum=FULL, protocol=DEFAULT, now=NOW, **changes):
    decision = decide(replace(VISIT, **changes), history, stratum, protocol, now)
    return decision.asked, decision.reason


def some_id(number, below=None, expected=400):
    """Give an id that is drawn, or is not, by 40 out of `expected`."""
    ids = (uuid5(VISIT.id, f"{number}-{n}") for n in range(1000))
    return next(found for found in ids if (draw(SMALL.seed, found) < 40 / expected) is below)


def test_the_first_quarter_of_a_stratum_asks_everybody():
    assert decided() == (True, Reason.QUARTER_FULL_ASK)


def test_the_draw_asks_below_target_over_expected():
    assert decided(stratum=SMALL, id=some_id(1, below=True)) == (True, Reason.DRAWN)
    assert decided(stratum=SMALL, id=some_id(1, below=False)) == (False, Reason.NOT_DRAWN)


def test_a_stratum_smaller_than_its_target_asks_everybody():
    assert decided(stratum=replace(SMALL, expected=40)) == (True, Reason.DRAWN)
    assert decided(stratum=replace(SMALL, expected=0)) == (True, Reason.DRAWN)


def test_the_number_drawn_is_kept_with_the_decision():
    decision = decide(VISIT, KNOWN, SMALL, DEFAULT, NOW)
    assert decision.draw == draw(SMALL.seed, VISIT.id)
    assert decide(VISIT, KNOWN, FULL, DEFAULT, NOW).draw is None


ALWAYS = [
    (Reason.NOT_DONE, {"status": "not_done", "status_reason": "worker_absent"}, KNOWN),
    (Reason.NOT_DONE, {"status": "not_done"}, KNOWN),
    (Reason.INCIDENT, {"incident": True}, KNOWN),
    (Reason.FIRST_INTERVENTION, {}, History(is_first=True)),
    (Reason.WORKER_CHANGED, {"worker": "B"}, KNOWN),
]


@pytest.mark.parametrize(("reason", "changes", "history"), ALWAYS)
def test_what_always_asks_bypasses_interval_and_draw(reason, changes, history):
    history = replace(history, asked=(ENDED - timedelta(days=2),))
    changes = {"id": some_id(2, below=False), **changes}
    assert decided(history, SMALL, **changes) == (True, reason)


@pytest.mark.parametrize(("reason", "changes", "history"), ALWAYS)
def test_what_always_asks_never_passes_the_cap(reason, changes, history):
    assert decided(replace(history, recent_contacts=4), **changes) == (False, Reason.CAP)
    assert decided(replace(history, recent_contacts=3), **changes) == (True, reason)


@pytest.mark.parametrize(
    ("recent", "asked", "reason"),
    [
        (1, True, Reason.INCIDENT),
        (2, False, Reason.OWN_CAP),
        (3, False, Reason.OWN_CAP),
        (4, False, Reason.CAP),
    ],
)
def test_a_lower_cap_is_told_from_the_one_of_all(recent, asked, reason):
    protocol = msgspec.structs.replace(DEFAULT, caps=(Cap(contacts=2, age_from=85),))
    history, oldest = replace(KNOWN, recent_contacts=recent), Traits(age_bands=frozenset({"85+"}))
    assert decided(history, protocol=protocol, incident=True, traits=oldest) == (asked, reason)
    assert decided(history, protocol=protocol, incident=True)[0] is (recent < 4)


@pytest.mark.parametrize(("reason", "changes", "history"), ALWAYS)
def test_what_always_asks_never_passes_a_refusal(reason, changes, history):
    assert decided(replace(history, refused=True), **changes) == (False, Reason.REFUSED)
    assert decided(history, contact="no", **changes) == (False, Reason.CONTACT_NO)


def test_a_protocol_may_always_ask_about_less():
    protocol = msgspec.structs.replace(DEFAULT, always_ask=(Trigger.INCIDENT,))
    visit = {"id": some_id(3, below=False), "worker": "B"}
    assert decided(stratum=SMALL, protocol=protocol, **visit) == (False, Reason.NOT_DRAWN)


@pytest.mark.parametrize("worker", [None, "A"])
def test_an_unknown_or_same_worker_is_no_change(worker):
    assert decided(worker=worker) == (True, Reason.QUARTER_FULL_ASK)
    assert decided(replace(KNOWN, last_worker=None), worker="B") == (True, Reason.QUARTER_FULL_ASK)


@pytest.mark.parametrize(("days", "asked"), [(0, False), (1, False), (29, False), (30, True), (31, True)])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_client_is_asked_once_in_the_interval(days, asked, sign):
    history = replace(KNOWN, asked=(ENDED + sign * timedelta(days=days, hours=3),))
    expected = (True, Reason.QUARTER_FULL_ASK) if asked else (False, Reason.INTERVAL)
    assert decided(history) == expected


def test_the_integral_protocol_asks_about_every_visit():
    history = replace(KNOWN, asked=(ENDED,))
    assert decided(history, SMALL, INTEGRAL, id=some_id(4, below=False)) == (True, Reason.EVERY_VISIT)


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        (Reason.PLANNED, {"status": "planned"}),
        (Reason.PLANNED, {"ended_at": None}),
        (Reason.CANCELLED, {"status": "cancelled"}),
        (Reason.CANCELLED, {"status": "not_done", "status_reason": "client_cancelled"}),
        (Reason.HOSPITAL, {"status": "not_done", "status_reason": "hospital"}),
        (Reason.DECEASED, {"client_status": "deceased"}),
        (Reason.HOSPITAL, {"client_status": "hospital"}),
        (Reason.MOVED, {"client_status": "moved"}),
        (Reason.ENDED, {"client_status": "ended"}),
        (Reason.NO_CHANNEL, {"reach": Reach(sms=False, email=False, phone=False)}),
    ],
)
def test_a_visit_that_cannot_be_asked_about_says_why(reason, changes):
    history = replace(KNOWN, is_first=True)
    assert decided(history, incident=True, **changes) == (False, reason)


def test_an_open_complaint_and_a_client_who_is_not_eligible_are_left_alone():
    assert decided(replace(KNOWN, complaint_open=True)) == (False, Reason.COMPLAINT_OPEN)
    assert decided(replace(KNOWN, eligible=False)) == (False, Reason.CLIENT_NOT_ELIGIBLE)


def test_a_state_dated_later_does_not_hold_yet():
    ends = {"client_status": "ended", "client_status_since": date(2026, 11, 4)}
    assert decided(**ends) == (True, Reason.QUARTER_FULL_ASK)
    assert decided(**ends, now=NOW + timedelta(days=1)) == (False, Reason.ENDED)
    assert decided(**(ends | {"client_status": "deceased"})) == (False, Reason.DECEASED)


def test_the_day_of_a_state_is_the_client_s_own_day():
    moved = {"client_status": "moved", "client_status_since": date(2026, 11, 4)}
    evening = datetime(2026, 11, 3, 21, tzinfo=UTC)
    assert decided(**moved, now=evening)[1] == Reason.QUARTER_FULL_ASK
    assert decided(**moved, now=evening, departement="974") == (False, Reason.MOVED)


def test_a_visit_too_old_is_too_late():
    received = ENDED + timedelta(days=11)
    assert decided(received_at=received, now=received) == (False, Reason.TOO_LATE)
    assert decided(received_at=ENDED + timedelta(days=6), now=ENDED + timedelta(days=6))[0]


LATE = Decision(False, Reason.TOO_LATE)


@pytest.mark.parametrize("before", ["not_drawn", "interval", "no_channel", "too_late"])
def test_a_line_that_would_have_been_asked_about_in_time_is_too_late(before):
    assert not stands(before, VISIT, LATE)


@pytest.mark.parametrize("before", ["cap", "own_cap", "refused", "complaint_open", "not_configured"])
def test_no_line_lifts_a_cap_a_refusal_or_a_complaint_once_it_is_over(before):
    assert stands(before, VISIT, LATE)


@pytest.mark.parametrize("again", [Reason.DECEASED, Reason.CONTACT_NO, Reason.REFUSED, *UNASKED[:3]])
def test_what_is_known_today_is_no_reason_of_a_visit_that_is_over(again):
    assert stands("interval", VISIT, Decision(False, again))
    assert not stands("cancelled", VISIT, Decision(False, again))


def test_a_visit_that_was_not_held_says_so_even_once_it_is_over():
    cancelled = replace(VISIT, status="cancelled")
    assert not stands("refused", cancelled, Decision(False, Reason.CANCELLED))


def test_a_death_told_of_the_person_holds_though_the_client_s_line_says_nothing():
    assert decided(replace(KNOWN, deceased=True)) == (False, Reason.DECEASED)
    assert decided(replace(KNOWN, deceased=True), client_status="hospital") == (False, Reason.HOSPITAL)


@pytest.mark.parametrize("protocol", [DEFAULT, INTEGRAL])
@pytest.mark.parametrize(("place", "hour"), [("34", 9), ("34", 22), ("974", 19), ("971", 3)])
def test_a_visit_is_over_when_its_request_would_close(protocol, place, hour):
    """Late in the evening a request lasts some minutes more than its days; early, a day more."""
    ended = datetime(2026, 11, 3, hour, 40, tzinfo=UTC)
    visit = replace(VISIT, departement=place, ended_at=ended, received_at=ended + timedelta(minutes=5))
    closes = closing_at(Base(ended, visit.received_at), place, protocol)
    assert is_over(visit, protocol, closes) is True
    assert is_over(visit, protocol, closes - timedelta(seconds=1)) is False
    assert is_over(visit, protocol, ended) is False


def test_a_visit_without_end_is_not_over():
    assert is_over(replace(VISIT, ended_at=None), DEFAULT, NOW + timedelta(days=99)) is False


def test_a_target_of_nobody_asks_nobody():
    assert decided(stratum=Stratum(b"2026-Q4", target=0, expected=0)) == (False, Reason.NOT_DRAWN)


def test_a_quarter_counts_who_was_asked_who_was_not_and_whom_the_interval_held_back():
    volume = Volume()
    for reason in (Reason.DRAWN, Reason.INCIDENT):
        volume.add(Decision(True, reason))
    for reason in (Reason.NOT_DRAWN, Reason.CAP, Reason.OWN_CAP, Reason.TOO_LATE, Reason.INTERVAL):
        volume.add(Decision(False, reason))
    for _ in range(3):
        volume.add(Decision(False, Reason.REFUSED))
    assert volume == Volume(asked=2, unasked=4, held=1)


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        (Volume(asked=40, unasked=2400, held=1160), 2440),
        (Volume(asked=120, unasked=0, held=3480), 2440),
        (Volume(asked=50, unasked=100, held=203), 190),
        (Volume(asked=10, unasked=5, held=30), 15),
        (Volume(), 0),
    ],
)
def test_a_quarter_foresees_the_eligible_visits_of_the_next(volume, expected):
    assert volume.expected(40) == expected


def test_the_draw_is_replayed_the_same():
    assert draw(b"seed", VISIT.id) == draw(b"seed", VISIT.id)
    assert draw(b"seed", VISIT.id) != draw(b"other", VISIT.id)


def test_the_draw_is_spread_evenly():
    draws = [draw(b"2026-Q4", UUID(int=n)) for n in range(4000)]
    for tenth in range(10):
        share = sum(tenth / 10 <= u < (tenth + 1) / 10 for u in draws) / len(draws)
        assert 0.08 < share < 0.12


@given(st.binary(max_size=40), st.uuids())
@settings(max_examples=60)
def test_a_draw_lies_from_zero_to_one_excluded(seed, intervention_id):
    assert 0 <= draw(seed, intervention_id) < 1


@given(
    st.builds(
        History,
        is_first=st.booleans(),
        last_worker=st.sampled_from([None, "A", "B"]),
        recent_contacts=st.integers(0, 6),
        refused=st.booleans(),
        complaint_open=st.booleans(),
        eligible=st.booleans(),
    ),
    st.sampled_from(["planned", "done", "cancelled", "not_done"]),
    st.sampled_from(["active", "hospital", "moved", "ended", "deceased"]),
    st.sampled_from([None, "no", "phone", "sms"]),
    st.booleans(),
)
@settings(max_examples=60)
def test_whoever_is_asked_may_be(history, status, client_status, contact, incident):
    decision = decide(
        replace(VISIT, status=status, client_status=client_status, contact=contact, incident=incident),
        history,
        SMALL,
        DEFAULT,
        NOW,
    )
    assert isinstance(decision, Decision)
    if decision.asked:
        assert history.recent_contacts < 4
        assert not history.refused
        assert contact != "no"
        assert client_status == "active"
        assert status in {"done", "not_done"}
