"""A replay decides visits as they arrive, sends what the gate would, and gives up what the gate would."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from surveys.protocol.caps import Cap
from surveys.protocol.definition import Channel, Protocol, load
from surveys.protocol.ledger import Row
from surveys.protocol.occasion import Reason
from surveys.simulation.figures import days_of, figures_of, hours_of
from surveys.simulation.reading import endpoint_keys
from surveys.simulation.replay import Replayed, Trial, replay
from surveys.simulation.source import Complaining, Party, Source

PARIS = ZoneInfo("Europe/Paris")
PLATFORM, PROVIDER = UUID(int=34), UUID(int=3400)
TUESDAY = datetime(2026, 11, 24, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DEFAULT = Trial(load("default"))
EVERYBODY = dict.fromkeys(Channel, 1.0)


def visit(client: int = 1, ended_at: datetime = TUESDAY, **given: object) -> Row:
    """Give a visit of a client who has a mobile, arrived at its end."""
    return {
        "id": uuid4(),
        "platform_id": PLATFORM,
        "provider_id": PROVIDER,
        "client_id": UUID(int=client),
        "person_id": UUID(int=1000 + client),
        "departement": "34",
        "activity": "I-3",
        "funders": [],
        "status": "done",
        "status_reason": None,
        "incident": False,
        "worker": "W1",
        "ended_at": ended_at,
        "left_at": ended_at,
        "arrived_at": ended_at,
        "client_status": "active",
        "status_since": None,
        "contact": None,
        "client_departement": "34",
        "has_identity": True,
        "mobile_key": b"m%d" % client,
        "phone_key": None,
        "email_key": None,
        "relative_phone_key": None,
        "relative_phone_is_mobile": False,
        "relative_email_key": None,
        "age_bands": frozenset(),
        "interval_days": 30,
        "stratum_target": 40,
        **given,
    }


def source(visits: Sequence[Row], **given: object) -> Source:
    ordered = sorted(visits, key=lambda each: (each["arrived_at"], each["ended_at"], each["id"]))
    keys = sorted(endpoint_keys(ordered))
    endpoints = {key: Party(UUID(int=5000 + rank)) for rank, key in enumerate(keys)}
    made = Source(platform=PLATFORM, visits=ordered, secret=b"secret", endpoints=endpoints)
    return replace(made, **given)


def reasons(found: Replayed) -> Counter[Reason]:
    return Counter(each.reason for each in found.ruled)


def channels(found: Replayed) -> list[str]:
    return [str(contact.channel) for contact in sorted(found.contacts, key=lambda each: each.at)]


def test_one_visit_goes_through_every_step_when_nobody_answers() -> None:
    found = replay(source([visit()]), DEFAULT)
    assert reasons(found) == {Reason.FIRST_INTERVENTION: 1}
    assert channels(found) == ["sms", "sms", "phone", "phone"]
    assert found.answers == []


def test_an_answer_withdraws_the_steps_that_follow() -> None:
    found = replay(source([visit()]), replace(DEFAULT, rates=EVERYBODY))
    assert channels(found) == ["sms"]
    assert [answer.channel for answer in found.answers] == [Channel.SMS]
    assert found.lost == {"answered": 3}


def test_two_replays_agree_whoever_answers() -> None:
    visits = [visit(client) for client in range(1, 60)]
    some = replace(DEFAULT, rates=dict.fromkeys(Channel, 0.3))
    first, second = replay(source(visits), some), replay(source(visits), some)
    assert first == second
    assert 20 < len(first.answers) < 59


def test_contacts_made_before_the_replay_count_under_the_cap() -> None:
    recent = tuple(TUESDAY - n * DAY for n in range(1, 5))
    people = {UUID(int=1001): Party(UUID(int=1001), recent=recent)}
    assert reasons(replay(source([visit()], people=people), DEFAULT)) == {Reason.CAP: 1}
    people = {UUID(int=1001): Party(UUID(int=1001), recent=recent[:3])}
    found = replay(source([visit()], people=people), DEFAULT)
    assert channels(found) == ["sms"]
    assert sum(found.lost.values()) == 3


def test_a_couple_on_one_phone_gets_four_contacts_in_all() -> None:
    shared = {"mobile_key": b"couple"}
    found = replay(source([visit(1, **shared), visit(2, **shared)]), DEFAULT)
    assert len(found.contacts) == 4


def test_caps_by_attribute_hold_each_request_to_its_own() -> None:
    caps = (Cap(contacts=2, age_from=85), Cap(contacts=3, funder="CNAV"))
    trial = Trial(msgspec.structs.replace(load("default"), caps=caps))
    cnav, oldest = UUID(int=77), frozenset({"85+"})
    visits = [visit(1), visit(2, funders=[cnav]), visit(3, age_bands=oldest), visit(4, funders=[cnav])]
    given = {"funders": {cnav: "CNAV"}, "age_bands": {UUID(int=1004): oldest}}
    assert len(replay(source(visits, **given), trial).contacts) == 4 + 3 + 2 + 2
    recent = (TUESDAY - DAY, TUESDAY - 2 * DAY)
    people = {UUID(int=1003): Party(UUID(int=1003), recent=recent)}
    assert reasons(replay(source(visits[2:3], people=people), trial)) == {Reason.OWN_CAP: 1}


def test_a_message_held_by_the_cap_leaves_when_it_frees() -> None:
    freed_at = TUESDAY + 2 * DAY + timedelta(hours=2, minutes=30)  # Thursday, 11:30
    recent = (TUESDAY - DAY, TUESDAY - 2 * DAY, freed_at - 30 * DAY)
    people = {UUID(int=1001): Party(UUID(int=1001), recent=recent)}
    found = replay(source([visit()], people=people), DEFAULT)
    assert [contact.at for contact in found.contacts[:2]] == [TUESDAY + timedelta(hours=5), freed_at]


def test_a_complaint_open_holds_messages_back_until_it_is_closed() -> None:
    complaints = {UUID(int=1): [Complaining(TUESDAY + timedelta(hours=1), TUESDAY + DAY)]}
    found = replay(source([visit()], complaints=complaints), DEFAULT)
    assert reasons(found) == {Reason.FIRST_INTERVENTION: 1}
    assert found.contacts[0].at > TUESDAY + DAY


def test_a_death_told_by_a_later_line_stops_what_was_planned() -> None:
    later = visit(ended_at=TUESDAY + DAY, client_status="deceased")
    found = replay(source([visit(), later]), DEFAULT)
    assert reasons(found) == {Reason.FIRST_INTERVENTION: 1, Reason.DECEASED: 1}
    assert channels(found) == ["sms"]
    assert found.lost["deceased"] == 3


def test_a_refusal_counts_from_its_instant_only() -> None:
    people = {UUID(int=1001): Party(UUID(int=1001), refused_at=TUESDAY + DAY)}
    found = replay(source([visit()], people=people), DEFAULT)
    assert channels(found) == ["sms"]


def test_a_number_that_dies_meanwhile_is_lost_for_that_reason() -> None:
    made = source([visit()])
    died = {key: Party(party.id, wrong_at=TUESDAY + DAY) for key, party in made.endpoints.items()}
    found = replay(replace(made, endpoints=died), DEFAULT)
    assert channels(found) == ["sms"]
    assert found.lost == {"dead_endpoint": 3}


@pytest.mark.parametrize("hours", [1, 3])  # the reminder leaves on Thursday, at 10:00
@pytest.mark.parametrize(
    ("other", "left", "lost"),
    [
        ({}, ["sms", "sms", "phone", "phone"], {"rerouted": 2}),
        ({"email_key": b"mail"}, ["sms", "sms", "email", "email"], {"rerouted": 2}),
        ({"phone_key": b"home"}, ["sms", "sms", "phone", "phone"], {"rerouted": 2}),
    ],
)
def test_what_is_left_goes_round_a_number_that_takes_no_message_and_rings_all_the_same(
    other: Row, left: list[str], lost: dict[str, int], hours: int
) -> None:
    made = source([visit(**other)])
    mobile, at = (PLATFORM, "phone", b"m1"), TUESDAY + 2 * DAY + hours * HOUR
    died = made.endpoints | {mobile: replace(made.endpoints[mobile], stopped_at=at)}
    found = replay(replace(made, endpoints=died), replace(DEFAULT, rates={Channel.SMS: 1.0}))
    assert channels(found) == left
    assert found.lost == lost
    assert found.answers == []


@pytest.mark.parametrize("found_after", [26 * HOUR, 5 * DAY])  # the first call is on Wednesday, at 10:00
@pytest.mark.parametrize(
    ("other", "left", "lost"),
    [
        ({}, ["phone"], {"dead_endpoint": 1}),
        ({"email_key": b"mail"}, ["phone", "email", "email"], {"dead_endpoint": 1}),
        ({"mobile_key": b"m1"}, ["phone"], {"answered": 1}),
    ],
)
def test_a_call_finds_that_its_number_is_another_s_and_what_is_left_goes_round_it(
    other: Row, left: list[str], lost: dict[str, int], found_after: timedelta
) -> None:
    made = source([visit(**{"contact": "phone", "mobile_key": None, "phone_key": b"home"} | other)])
    home = (PLATFORM, "phone", b"home")
    died = made.endpoints | {home: replace(made.endpoints[home], wrong_at=TUESDAY + found_after)}
    found = replay(replace(made, endpoints=died), replace(DEFAULT, rates={Channel.PHONE: 1.0}))
    assert channels(found) == left
    assert found.lost == lost
    assert len(found.answers) == ("mobile_key" in other)


def test_nobody_answers_the_messages_to_a_number_that_is_another_s() -> None:
    made = source([visit()])
    wrong = {key: replace(party, wrong_at=TUESDAY + 5 * DAY) for key, party in made.endpoints.items()}
    found = replay(replace(made, endpoints=wrong), replace(DEFAULT, rates=EVERYBODY))
    assert channels(found) == ["sms", "sms", "phone"]
    assert found.answers == []
    assert found.lost == {"dead_endpoint": 1}


def test_the_quarter_after_is_drawn_from_what_this_one_counted() -> None:
    september = datetime(2026, 9, 28, 8, tzinfo=UTC)
    october = datetime(2026, 10, 1, 8, tzinfo=UTC)
    given = {"stratum_target": 20, "interval_days": 0}
    before = [visit(client, september - 40 * DAY, **given) for client in range(400)]
    visits = [*before, *(visit(client, october, **given) for client in range(400))]
    protocol = load("integral")
    drawn = Trial(drawing(protocol))
    found = replay(source(visits), drawn)
    kept = reasons(found)
    assert kept[Reason.FIRST_INTERVENTION] == 400
    assert kept[Reason.DRAWN] + kept[Reason.NOT_DRAWN] == 400
    assert 5 < kept[Reason.DRAWN] < 45


def drawing(protocol: Protocol) -> Protocol:
    return msgspec.structs.replace(protocol, draws=True)


def test_a_change_of_worker_is_seen_among_the_visits_that_have_arrived() -> None:
    late = visit(ended_at=TUESDAY - DAY, worker="W2", arrived_at=TUESDAY + 2 * DAY)
    found = replay(source([visit(), visit(ended_at=TUESDAY + DAY), late]), DEFAULT)
    assert reasons(found) == {Reason.FIRST_INTERVENTION: 1, Reason.INTERVAL: 2}


def test_days_the_platform_is_shut_have_no_call() -> None:
    shut = frozenset({date(2026, 11, 27), date(2026, 11, 30)})
    found = replay(source([visit()], closed=shut), DEFAULT)
    calls = [each.at.date() for each in found.contacts if each.channel is Channel.PHONE]
    assert calls
    assert not shut & set(calls)


def test_calls_are_spread_over_their_hours_and_need_whole_agents() -> None:
    found = replay(source([visit(client) for client in range(90)]), Trial(load("integral")))
    hours = [hour for hour in hours_of(found.contacts, PARIS, 8) if hour.day == date(2026, 11, 25)]
    assert [(hour.hour, hour.calls, hour.agents) for hour in hours] == [
        (10, 36.0, 5),
        (11, 36.0, 5),
        (12, 18.0, 3),
    ]
    days = days_of(found.contacts, PARIS)
    assert [day.calls for day in days] == [90, 90, 90]


def test_figures_count_each_client_once_and_say_no_cost_without_a_price() -> None:
    found = replay(source([visit(client) for client in range(40)]), replace(DEFAULT, rates=EVERYBODY))
    figures = figures_of(found, PARIS, 8, {})
    assert figures.cents is None
    (provider,) = figures.providers
    assert (provider.visits, provider.answers, provider.clients) == (40, 40, 40)
    assert provider.width is not None
    assert round(provider.width, 3) == 0.296
    priced = figures_of(found, PARIS, 8, {Channel.SMS: 4})
    assert priced.cents == 160


def test_nothing_to_replay_is_nothing() -> None:
    assert replay(source([]), DEFAULT) == Replayed([], [], [], Counter())


def test_each_message_of_a_client_who_moved_has_the_hours_of_the_new_place() -> None:
    reunion = visit(ended_at=TUESDAY, departement="974", client_departement="974")
    moved = visit(ended_at=TUESDAY + timedelta(hours=1), departement="34", status="cancelled")
    found = replay(source([reunion, moved]), DEFAULT)
    assert channels(found) == ["sms", "sms", "phone", "phone"]
    there = [each.at.astimezone(PARIS).time() for each in found.contacts]
    assert [at for at in there if not time(10) <= at < time(19)] == []
    assert {each.departement for each in found.contacts} == {"34"}
