"""Whom to ask and where: the client first, the relative who answers for them, never against a refusal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from surveys.protocol.definition import Channel
from surveys.protocol.reaching import CAP_DAYS, Contacts, Endpoint, line_of

MOBILE, PHONE, EMAIL, THEIRS = (Endpoint(UUID(int=n)) for n in range(1, 5))


def refused(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, is_refused=True)


def failed(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, has_failed=True)


def wrong(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, is_wrong=True)


def test_each_channel_has_its_endpoint() -> None:
    line = line_of(Contacts(mobile=MOBILE, phone=PHONE, email=EMAIL), "sms")
    assert line.endpoints == {Channel.SMS: MOBILE, Channel.EMAIL: EMAIL, Channel.PHONE: PHONE}
    assert (line.reach.preference, line.reach.audience) == ("sms", "client")
    assert line.reach.channels == (Channel.SMS, Channel.EMAIL, Channel.PHONE)


def test_only_the_channels_that_have_an_endpoint_are_offered() -> None:
    assert line_of(Contacts(email=EMAIL), None).reach.channels == (Channel.EMAIL,)
    assert line_of(Contacts(phone=PHONE), None).reach.channels == (Channel.PHONE,)
    assert line_of(Contacts(), None).reach.channels == ()


def test_contacts_count_for_thirty_days() -> None:
    assert timedelta(days=30) == CAP_DAYS


def test_a_mobile_takes_calls_where_there_is_no_landline() -> None:
    assert line_of(Contacts(mobile=MOBILE), None).endpoints[Channel.PHONE] == MOBILE


def test_a_wrong_landline_leaves_its_calls_to_the_mobile() -> None:
    assert line_of(Contacts(mobile=MOBILE, phone=wrong(PHONE)), None).endpoints[Channel.PHONE] == MOBILE


def test_a_telephone_that_takes_no_message_is_called_all_the_same() -> None:
    assert line_of(Contacts(mobile=failed(MOBILE)), "sms").endpoints == {Channel.PHONE: failed(MOBILE)}
    line = line_of(Contacts(mobile=failed(MOBILE), email=failed(EMAIL), relative_phone=THEIRS), None)
    assert (line.endpoints, line.reach.audience) == ({Channel.PHONE: failed(MOBILE)}, "client")


def test_a_wrong_number_takes_neither_message_nor_call() -> None:
    assert line_of(Contacts(mobile=wrong(MOBILE)), None).endpoints == {}


def test_a_client_who_can_be_reached_is_asked_rather_than_the_relative() -> None:
    line = line_of(Contacts(phone=PHONE, relative_phone=THEIRS), None)
    assert line.endpoints == {Channel.PHONE: PHONE}


def test_a_relative_is_asked_where_the_client_s_own_endpoints_fail() -> None:
    contacts = Contacts(phone=wrong(PHONE), relative_phone=THEIRS, relative_phone_is_mobile=True)
    line = line_of(contacts, "phone")
    assert line.endpoints == {Channel.SMS: THEIRS, Channel.PHONE: THEIRS}
    assert (line.reach.audience, line.reach.preference) == ("relative", None)


def test_a_refused_client_is_not_replaced_by_the_relative() -> None:
    line = line_of(Contacts(mobile=refused(MOBILE), relative_phone=THEIRS), None)
    assert line.is_refused
    assert line.endpoints == {}


def test_nobody_to_reach_is_no_refusal() -> None:
    line = line_of(Contacts(), None)
    assert (line.endpoints, line.is_refused) == ({}, False)


def test_the_busiest_endpoint_counts_its_contacts_after_an_instant() -> None:
    since = datetime(2026, 11, 1, 9, tzinfo=UTC)
    twice = replace(MOBILE, recent=(since + timedelta(days=2), since + timedelta(days=1), since))
    once = replace(EMAIL, recent=(since + timedelta(days=3),))
    line = line_of(Contacts(mobile=twice, email=once), None)
    assert line.contacts_since(since) == 2
    assert line.contacts_since(since + timedelta(days=2)) == 1
    assert line_of(Contacts(), None).contacts_since(since) == 0


def test_an_arm_begins_the_same_way_by_its_channel() -> None:
    line = line_of(Contacts(mobile=MOBILE, phone=PHONE), None)
    begun = line.begun_by("phone/sms")
    assert (begun.reach.first, begun.arm, begun.endpoints) == (Channel.PHONE, "phone/sms", line.endpoints)
    assert line.begun_by("") is line
