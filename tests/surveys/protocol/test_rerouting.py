"""What is left of a request when an endpoint dies: other ways, in their own hours, never twice by a step."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.protocol.definition import Channel, When, load
from surveys.protocol.planning import Base, Reach, closing_at, plan
from surveys.protocol.reaching import Endpoint, Line
from surveys.protocol.requesting import attempts_of
from surveys.protocol.rerouting import LEFT, STOPPED, WAITING, has_begun, rest_of
from tests.surveys.engine import hours

DEFAULT, INTEGRAL = load("default"), load("integral")
ENDED = datetime(2026, 11, 24, 7, tzinfo=UTC)  # Tuesday, 8:00 in Paris
THURSDAY = ENDED + timedelta(days=2, hours=3)
MOBILE, LANDLINE, MAIL = (Endpoint(UUID(int=n)) for n in (1, 2, 3))
REQUEST = {
    "id": UUID("01a19467-e800-7000-8000-000000000000"),
    "platform_id": UUID(int=34),
    "client_id": UUID(int=5),
    "person_id": UUID(int=6),
    "audience": "client",
    "arm": "",
    "language": "fr",
    "departement": "34",
    "ended_at": ENDED,
    "arrived_at": ENDED,
}


def line(sms=None, email=None, phone=None, audience="client"):
    found = {Channel.SMS: sms, Channel.EMAIL: email, Channel.PHONE: phone}
    reach = Reach(bool(sms), bool(email), bool(phone), audience=audience)
    return Line(reach, {channel: each for channel, each in found.items() if each})


def asked(protocol=DEFAULT, before=None):
    """Give a request as it was planned, every attempt waiting."""
    before = before or line(MOBILE, MAIL, MOBILE)
    base = Base(ENDED, ENDED)
    request = REQUEST | {"closes_at": closing_at(base, "34", protocol)}
    request |= {"arm": before.arm}
    planned = plan(base, "34", before.reach, protocol, ENDED)
    rows = attempts_of(request, request, before, planned, protocol.contact_cap)
    return request, [row | {"reason": None, "counted_at": None, "lost": None} for row in rows]


def dead(attempts, endpoint=MOBILE):
    why = {endpoint.id: "dead_endpoint"}
    return [row | {"lost": why.get(row["endpoint_id"])} for row in attempts]


def failed(attempts, *steps, reason="undelivered"):
    """Let the messages of some steps fail; one that the carrier refused counts for nobody."""
    counts = reason == "undelivered"
    return [
        row | {"state": "failed", "reason": reason, "counted_at": row["opens_at"] if counts else None}
        if row["step"] in steps
        else row
        for row in attempts
    ]


def steps(rows):
    return [(row["channel"].value, row["step"]) for row in rows]


def test_an_email_takes_the_place_of_a_dead_mobile_in_its_own_window_then_nobody_calls_it():
    request, attempts = asked()
    rest = rest_of(request, dead(failed(attempts, 1, 3)), line(email=MAIL), DEFAULT, THURSDAY)
    assert steps(rest.planned) == [("email", 2), ("email", 4)]
    first, second = rest.planned
    assert first["opens_at"] == THURSDAY
    assert first["endpoint_id"] == MAIL.id
    assert second["opens_at"] >= first["opens_at"] + timedelta(days=1)
    calls = [row["id"] for row in attempts if row["step"] == 5]
    assert rest.stopped == tuple((call, "dead_endpoint") for call in calls)
    assert rest.call is None


def test_calls_to_the_landline_stay_after_the_email():
    request, attempts = asked(before=line(MOBILE, MAIL, LANDLINE))
    rest = rest_of(
        request,
        dead(failed(attempts, 1, reason="refused_by_carrier")),
        line(None, MAIL, LANDLINE),
        DEFAULT,
        THURSDAY,
    )
    assert steps(rest.planned) == [("email", 2), ("email", 4), ("phone", 5), ("phone", 5)]
    assert rest.stopped == ((attempts[1]["id"], "dead_endpoint"),)
    assert rest.call["attempt_id"] == rest.planned[2]["id"]


def test_without_an_email_who_cannot_be_written_to_is_called_as_such():
    request, attempts = asked(before=line(MOBILE, None, LANDLINE))
    rest = rest_of(request, dead(failed(attempts, 1, 3)), line(phone=LANDLINE), DEFAULT, THURSDAY)
    assert steps(rest.planned) == [("phone", 6), ("phone", 6)]
    assert rest.planned[0]["opens_at"] == THURSDAY
    assert {why for _, why in rest.stopped} == {"rerouted"}


def test_who_was_written_to_stays_one_who_was():
    request, attempts = asked(before=line(MOBILE, None, LANDLINE))
    attempts[0] |= {"state": "delivered", "counted_at": attempts[0]["opens_at"]}
    rest = rest_of(request, dead(attempts), line(phone=LANDLINE), DEFAULT, THURSDAY)
    assert steps(rest.planned) == [("phone", 5), ("phone", 5)]


def test_what_is_left_at_a_number_that_changed_goes_to_the_new_one_in_its_own_steps():
    request, attempts = asked(before=line(MOBILE, None, MOBILE))
    attempts[0] |= {"state": "sent", "counted_at": attempts[0]["opens_at"]}
    changed = [row | {"lost": "address_changed"} for row in attempts]
    rest = rest_of(request, changed, line(LANDLINE, None, LANDLINE), DEFAULT, THURSDAY)
    assert steps(rest.planned) == [("sms", 3), ("phone", 5), ("phone", 5)]
    assert {row["endpoint_id"] for row in rest.planned} == {LANDLINE.id}
    assert rest.stopped == ()
    cleared = rest_of(request, changed, line(), DEFAULT, THURSDAY)
    assert {why for _, why in cleared.stopped} == {"address_changed"}
    stopped = [row | {"state": "suppressed", "reason": "address_changed"} for row in changed[1:]]
    again = rest_of(request, [attempts[0], *stopped], line(phone=LANDLINE), DEFAULT, THURSDAY)
    assert steps(again.planned) == [("phone", 5), ("phone", 5)]


def test_with_nothing_left_each_attempt_says_that_the_number_is_dead():
    request, attempts = asked(before=line(MOBILE, None, MOBILE))
    rest = rest_of(request, dead(failed(attempts, 1)), line(), DEFAULT, THURSDAY)
    assert rest.planned == ()
    assert [why for _, why in rest.stopped] == ["dead_endpoint"] * 3


def test_a_reminder_by_email_is_sent_when_its_opening_is_over():
    request, attempts = asked()
    sunday_past = ENDED + timedelta(days=5, hours=3)
    rest = rest_of(request, dead(failed(attempts, 1, 3)), line(email=MAIL), DEFAULT, sunday_past)
    assert steps(rest.planned) == [("email", 4)]


def test_nobody_is_reminded_of_a_message_that_was_never_meant():
    request, attempts = asked(before=line(phone=LANDLINE))
    sunday_past = ENDED + timedelta(days=5, hours=3)
    rest = rest_of(request, dead(attempts, LANDLINE), line(email=MAIL), DEFAULT, sunday_past)
    assert rest.planned == ()


def test_nobody_is_asked_by_a_step_before_the_last_that_left():
    request, attempts = asked()
    attempts = failed(attempts, 1)
    attempts[1] |= {"state": "uncertain", "counted_at": attempts[1]["opens_at"]}
    rest = rest_of(request, dead(attempts), line(email=MAIL), DEFAULT, THURSDAY)
    assert steps(rest.planned) == [("email", 4)]


def test_a_call_that_goes_on_keeps_its_step_at_the_other_number():
    request, attempts = asked(INTEGRAL, line(None, None, MOBILE))
    attempts[0] |= {"state": "sent", "counted_at": attempts[0]["opens_at"]}
    rest = rest_of(request, dead(attempts), line(phone=LANDLINE), INTEGRAL, THURSDAY)
    assert rest.moved == tuple((row["id"], LANDLINE.id) for row in attempts[1:])
    assert (rest.planned, rest.stopped, rest.call) == ((), (), None)


def test_an_email_comes_after_a_wrong_number_that_nobody_can_be_called_at():
    request, attempts = asked(before=line(MOBILE, MAIL, MOBILE))
    attempts = failed(attempts, 1, 3, reason="refused_by_carrier")
    attempts[2] |= {"state": "failed", "reason": "wrong_number", "counted_at": attempts[2]["opens_at"]}
    attempts[3] |= {"state": "suppressed", "reason": "wrong_number"}
    now = attempts[2]["opens_at"]
    rest = rest_of(request, dead(attempts), line(email=MAIL), DEFAULT, now)
    assert steps(rest.planned) == [("email", 2), ("email", 4)]


def test_calls_that_a_wrong_number_stopped_before_they_began_are_planned_at_the_other_one():
    request, attempts = asked(INTEGRAL, line(None, None, MOBILE))
    stopped = [row | {"state": "suppressed", "reason": "wrong_number"} for row in attempts]
    rest = rest_of(request, dead(stopped), line(phone=LANDLINE), INTEGRAL, THURSDAY)
    assert {row["id"] for row in rest.planned} <= {row["id"] for row in attempts}
    assert steps(rest.planned) == [("phone", 1)] * 3


def test_an_appointment_is_not_undone_by_the_calls_it_replaced():
    request, attempts = asked(INTEGRAL, line(None, None, MOBILE))
    attempts[0] |= {"state": "deferred", "reason": "appointment", "counted_at": attempts[0]["opens_at"]}
    for row in attempts[1:]:
        row |= {"state": "suppressed", "reason": "appointment"}
    rest = rest_of(request, dead(attempts), line(phone=LANDLINE), INTEGRAL, THURSDAY)
    assert rest.moved == ((attempts[0]["id"], LANDLINE.id),)
    assert rest.planned == ()


def test_a_relative_is_not_asked_in_the_client_s_place():
    request, attempts = asked(before=line(MOBILE, None, MOBILE))
    theirs = line(None, MAIL, LANDLINE, audience="relative")
    rest = rest_of(request, dead(failed(attempts, 1)), theirs, DEFAULT, THURSDAY)
    assert rest.planned == ()
    assert {why for _, why in rest.stopped} == {"dead_endpoint"}


def test_a_contact_stays_a_day_after_the_last_one_that_left_and_not_the_first():
    request, attempts = asked()
    attempts[0] |= {"state": "sent", "counted_at": ENDED}
    attempts[1] |= {"state": "delivered", "counted_at": THURSDAY}
    rest = rest_of(request, dead(attempts), line(email=MAIL), DEFAULT, THURSDAY)
    assert steps(rest.planned) == [("email", 4)]
    assert rest.planned[0]["opens_at"] >= THURSDAY + timedelta(hours=21)


def test_what_was_counted_counts_under_the_cap_and_what_was_not_does_not():
    request, attempts = asked(before=line(MOBILE, MAIL, LANDLINE))
    capped = msgspec.structs.replace(DEFAULT, contact_cap=2)
    now_without = line(None, MAIL, LANDLINE)
    lost = rest_of(request, dead(failed(attempts, 1, 3)), now_without, capped, THURSDAY)
    refused = failed(attempts, 1, 3, reason="refused_by_carrier")
    kept = rest_of(request, dead(refused), now_without, capped, THURSDAY)
    assert (len(lost.planned), len(kept.planned)) == (0, 2)


@pytest.mark.parametrize(
    ("state", "reason", "has"),
    [
        ("planned", None, False),
        ("claimed", None, True),
        ("failed", "refused_by_carrier", True),
        ("failed", "wrong_number", True),
        ("suppressed", "late", True),
        ("suppressed", "rerouted", False),
    ],
)
def test_a_step_begins_unless_it_waits_or_was_stopped_for_its_number(state, reason, has):
    assert has_begun({"state": state, "reason": reason, "counted_at": None}) is has
    assert has_begun({"state": state, "reason": reason, "counted_at": ENDED}) is True


WAYS = st.builds(
    line,
    st.sampled_from([None, MOBILE]),
    st.sampled_from([None, MAIL]),
    st.sampled_from([None, MOBILE, LANDLINE]),
)
STATES = st.sampled_from(
    [("planned", None)] * 3
    + [("deferred", "carrier"), ("claimed", None), ("sent", None), ("delivered", None), ("uncertain", None)]
    + [("failed", "undelivered"), ("failed", "refused_by_carrier"), ("suppressed", "late")]
    + [("suppressed", "wrong_number"), ("expired", "window_over")]
)
UNCOUNTED = {"refused_by_carrier", "late", "wrong_number", "window_over"}


@given(
    before=WAYS.filter(lambda each: each.endpoints),
    after=WAYS,
    protocol=st.sampled_from([DEFAULT, INTEGRAL]),
    cap=st.integers(1, 4),
    states=st.lists(STATES, min_size=4, max_size=4),
    elapsed=st.integers(0, 13 * 24),
)
def test_whatever_came_before_the_promises_of_the_request_hold(before, after, protocol, cap, states, elapsed):
    protocol = msgspec.structs.replace(protocol, contact_cap=cap)
    request, attempts = asked(protocol, before)
    attempts = dead(attempts)
    for row, (state, reason) in zip(attempts, states, strict=False):
        counts = state != "planned" and reason not in UNCOUNTED
        row |= {"state": state, "reason": reason, "counted_at": row["opens_at"] if counts else None}
    now = ENDED + timedelta(hours=elapsed)
    usable = {channel: each for channel, each in after.endpoints.items() if each is not MOBILE}
    after = line(usable.get(Channel.SMS), usable.get(Channel.EMAIL), usable.get(Channel.PHONE))
    rest = rest_of(request, attempts, after, protocol, now)
    look_at(request, attempts, rest, protocol, now)
    again = rest_of(request, applied(attempts, rest), after, protocol, now)
    assert (again.planned, again.moved, again.stopped) == (rest.planned, (), ())


def applied(attempts, rest):
    """Give the attempts as they are once the rest is written."""
    stopped, moved = dict(rest.stopped), dict(rest.moved)
    new = {row["id"]: row | {"reason": None, "counted_at": None, "lost": None} for row in rest.planned}
    known = []
    for row in attempts:
        is_stopped, is_moved = row["id"] in stopped, row["id"] in moved
        ends = {"state": "suppressed", "reason": stopped[row["id"]], "counted_at": None} if is_stopped else {}
        goes = {"endpoint_id": moved[row["id"]], "lost": None} if is_moved else {}
        known.append(new.pop(row["id"], row | ends | goes))
    return sorted([*known, *new.values()], key=lambda row: row["id"])


def look_at(request, attempts, rest, protocol, now):
    over = [row for row in attempts if row["state"] not in WAITING and row["reason"] not in STOPPED]
    begun = {row["step"] for row in over if row["state"] in LEFT or row["counted_at"] is not None}
    assert begun.isdisjoint(row["step"] for row in rest.planned)
    assert len({row["id"] for row in rest.planned}) == len(rest.planned)
    stops = {identity for identity, _ in rest.stopped}
    stays = [row for row in attempts if row["state"] in WAITING and row["id"] not in stops]
    coming = {row["id"] for row in (*stays, *rest.planned)}
    counted = [row for row in attempts if row["counted_at"] is not None and row["id"] not in coming | stops]
    if rest.planned:
        assert len(counted) + len(coming) <= protocol.contact_cap
    moved = dict(rest.moved)
    assert not [
        row
        for row in stays
        if row["lost"] and row["id"] not in moved | dict.fromkeys(each["id"] for each in rest.planned)
    ]
    for row in rest.planned:
        step = protocol.steps[row["step"] - 1]
        assert step.channel is row["channel"]
        assert now <= row["opens_at"] < row["closes_at"] <= row["give_up_at"] <= request["closes_at"]
        assert row["endpoint_id"] != MOBILE.id
        assert hours.allowed(row["channel"], "client").allow(row["opens_at"], "34")
        assert step.when in (When.ALWAYS, When.WRITTEN, When.UNWRITTEN)
    for one, following in zip(rest.planned, rest.planned[1:], strict=False):
        assert following["opens_at"] - one["opens_at"] >= timedelta(hours=23)


def test_a_channel_that_was_drawn_still_begins_at_another_number_of_theirs():
    before = line(MOBILE, MAIL, LANDLINE).begun_by("phone/sms")
    request, attempts = asked(before=before)
    assert steps(attempts) == [("phone", 6), ("phone", 6)]
    rest = rest_of(request, dead(attempts, LANDLINE), line(MOBILE, MAIL, MOBILE), DEFAULT, ENDED)
    assert steps(rest.planned) == [("phone", 6), ("phone", 6)]
    assert {row["endpoint_id"] for row in rest.planned} == {MOBILE.id}
    assert rest.stopped == ()


def test_once_the_channel_that_was_drawn_is_dead_they_are_asked_as_anybody():
    before = line(MOBILE, MAIL, LANDLINE).begun_by("phone/sms")
    request, attempts = asked(before=before)
    rest = rest_of(request, dead(attempts, LANDLINE), line(MOBILE, MAIL), DEFAULT, ENDED)
    assert steps(rest.planned) == [("sms", 1), ("sms", 3)]
