"""From what is due to what the carrier has: hours, words, and every way a carrier answers."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from quality.app import House
from quality.db import execute, fetch, fetch_value, pool
from surveys.channels.gsm7 import count
from surveys.channels.message import ChannelError, Outgoing, Receipt
from surveys.channels.signature import verify
from surveys.channels.verp import token_of
from surveys.dispatch.carriers import Answer, Pace, open_carriers
from surveys.dispatch.recovery import reschedule
from surveys.dispatch.sending import send_due
from surveys.dispatch.writing import BOUNCE_LABEL, REPORT_LABEL, compose, words_for
from surveys.protocol.deciding import decide_pending
from tests.surveys.dispatch.asking import (
    NOON,
    Phone,
    asked,
    attempt_of,
    carried_by,
    change,
    claim_at,
    first_attempt,
    follow_up,
    messages,
    recent,
    serves_others,
    set_clock,
)
from tests.surveys.visits import MOBILE, someone, visit
from tests.world import World


async def send(house: House, *drivers: object) -> int:
    return await send_due(house, carried_by(*drivers), "test")


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("provider_short_name", "Autre 30"),
        ("visit_on", date(2026, 11, 19)),
        ("mode", "mandataire"),
        ("audience", "relative"),
        ("activity", "I-1"),
        ("language", "en"),
        ("try_number", 2),
        ("invitation_id", UUID(int=7)),
    ],
)
async def test_a_message_says_the_same_alone_as_after_others_of_its_batch(
    world: World, house: House, field: str, other: object
) -> None:
    await asked(world)
    (one,) = await claim_at()
    words = await words_for(pool("send"), [one])
    changed = msgspec.structs.replace(one, **{field: other})
    alone = compose(changed, replace(words, unlinked={}), house, Phone(), NOON)
    compose(one, words, house, Phone(), NOON)
    assert compose(changed, words, house, Phone(), NOON) == alone


async def test_a_visit_becomes_an_sms_on_the_memory_carrier(world: World, house: House) -> None:
    await asked(world)
    set_clock(NOON)
    assert await send_due(house, open_carriers(house), "test") == 1
    (message,) = await messages(house)
    assert (message["channel"], message["recipient"]) == ("sms", MOBILE)
    assert message["text"].startswith("Pleiades : visite Aide 34 mardi. Répondez de 1 (très mal) à 5")
    assert "http://testserver/s/" in message["text"]
    assert count(message["text"]).segments == 1
    sent = await first_attempt()
    assert (sent["state"], sent["lease_until"], sent["claims"]) == ("sent", None, 0)
    assert sent["sent_at"] is not None
    assert sent["carrier_reference"] == str(sent["id"])


@pytest.mark.parametrize(
    ("reached", "words"),
    [
        ({"mobile": MOBILE}, "Pleiades : travail Aide 34 mardi. Répondez de 1 (très mal) à 5"),
        (
            {"mobile": "", "email": "martin@example.invalid"},
            "Comment s’est passé le travail chez vous",
        ),
    ],
)
async def test_an_employer_is_asked_about_the_work_by_sms_and_by_email(
    world: World, house: House, reached: dict, words: str
) -> None:
    client = await someone(world, **{name: value for name, value in reached.items() if value})
    await visit(client, mode="mandataire")
    await decide_pending(house)
    set_clock(NOON)
    assert await send_due(house, open_carriers(house), "test") == 1
    (message,) = await messages(house)
    assert f"{message['subject'] or ''} {message['text']}".strip().startswith(words)
    assert words in message["text"]


async def test_the_link_of_the_message_finds_its_request(world: World, house: House) -> None:
    from surveys.dispatch.links import token_key

    await asked(world)
    set_clock(NOON)
    phone = Phone()
    await send(house, phone)
    token = phone.received[0].text.split("/s/")[1].split()[0]
    found = await fetch_value(
        pool("work"), "SELECT count(*) FROM invitation WHERE token_key = $1", token_key(house.keyring, token)
    )
    assert found == 1


async def test_a_client_without_a_mobile_gets_an_e_mail_that_can_be_refused_in_one_click(
    world: World, house: House
) -> None:
    client = await someone(world, email="martin@example.invalid", language="en")
    await visit(client)
    await decide_pending(house)
    set_clock(NOON)
    box = Phone(channel="email", name="smtp")
    await send(house, box)
    (mail,) = box.received
    assert mail.to == "martin@example.invalid"
    assert mail.subject.startswith("How did the visit of Aide 34 go")
    assert mail.unsubscribe_url.startswith("http://testserver/s/")
    assert mail.unsubscribe_url.endswith("/stop")
    assert mail.sender == "avis@pleiades.invalid"
    assert mail.return_token == token_of(house.keyring.subkey(BOUNCE_LABEL), mail.id)
    assert "<a href=" in mail.html


async def test_the_report_s_address_is_signed_and_the_validity_ends_before_the_window(
    world: World, house: House
) -> None:
    await asked(world)
    set_clock(NOON)
    phone = Phone()
    await send(house, phone)
    (message,) = phone.received
    address, _, query = message.report_url.partition("?")
    assert address == "http://testserver/hooks/sms/kannel/report"
    signature = dict(part.split("=") for part in query.split("&"))["sig"]
    assert verify(house.keyring.subkey(REPORT_LABEL), message.id, signature)
    assert message.valid_until < (await first_attempt())["closes_at"]


async def test_a_message_is_written_before_the_carrier_is_called(world: World, house: House) -> None:
    await asked(world)
    set_clock(NOON)
    seen: list[str] = []

    class Watcher(Phone):
        async def send(self, message: Outgoing) -> Receipt:
            seen.append(
                await fetch_value(pool("work"), "SELECT state FROM attempt WHERE id = $1", message.id)
            )
            return Receipt()

    await send(house, Watcher())
    assert seen == ["sending"]


HOURS = [
    ("a Tuesday at 21:00", datetime(2026, 11, 24, 20, 0, tzinfo=UTC), "34"),
    ("a Sunday", datetime(2026, 11, 22, 11, 0, tzinfo=UTC), "34"),
    ("15 August", datetime(2026, 8, 15, 11, 0, tzinfo=UTC), "34"),
    ("20:30 in La Réunion, 17:30 in Paris", datetime(2026, 11, 24, 16, 30, tzinfo=UTC), "974"),
    ("lunch, between the two spans", datetime(2026, 11, 24, 12, 30, tzinfo=UTC), "34"),
    ("26 December in Alsace", datetime(2025, 12, 26, 11, 0, tzinfo=UTC), "67"),
]


@pytest.mark.parametrize(
    ("instant", "departement"), [row[1:] for row in HOURS], ids=[row[0] for row in HOURS]
)
async def test_nothing_is_sent_outside_the_hours_of_the_place(
    world: World, house: House, instant: datetime, departement: str
) -> None:
    """Whatever is due stays: the attempt is decided five hours before, then the clock is put there."""
    set_clock(instant - timedelta(hours=5))
    client = await someone(world, mobile=MOBILE, email="a@example.invalid", departement=departement)
    await visit(client, instant - timedelta(hours=6))
    assert await decide_pending(house) == 1
    set_clock(instant)
    phone, box = Phone(), Phone(channel="email", name="smtp")
    await send(house, phone, box)
    assert await reschedule(instant) >= 0
    await send(house, phone, box)
    assert phone.received == []
    assert box.received == []
    kept = await attempt_of("step IN (1, 2)")
    assert kept["state"] == "planned"
    assert kept["opens_at"] > instant


async def test_the_same_instant_is_open_in_paris_when_it_is_over_in_la_reunion(
    world: World, house: House
) -> None:
    await asked(world)
    set_clock(datetime(2026, 11, 24, 16, 30, tzinfo=UTC))
    await reschedule(datetime(2026, 11, 24, 16, 30, tzinfo=UTC))
    phone = Phone()
    assert await send(house, phone) == 1


@pytest.mark.parametrize("status", ["deceased", "hospital", "moved", "ended"])
async def test_nothing_is_sent_after_a_death_a_stay_in_hospital_or_a_move(
    world: World, house: House, status: str
) -> None:
    await asked(world)
    await change("client", "status = $1", status)
    set_clock(NOON)
    phone = Phone()
    await send(house, phone)
    assert phone.received == []


async def test_nothing_is_sent_after_a_refusal_at_another_provider(world: World, house: House) -> None:
    client = await asked(world)
    await change("platform", "interval_days = 0")
    await asked(world, await someone(world, provider=world.cap, person=client.person, mobile="+33639980007"))
    refused = await fetch_value(pool("work"), "SELECT id FROM invitation WHERE provider_id = $1", world.cap)
    await execute(pool("answer"), "SELECT refuse($1, 'web', $2)", refused, NOON)
    set_clock(NOON)
    phone = Phone()
    await send(house, phone)
    assert phone.received == []


async def failing(world: World, house: House, error: ChannelError, **asked_with: object) -> dict:
    await asked(world, **asked_with)
    set_clock(NOON)
    await send(house, Phone(fails=lambda _: error))
    return await first_attempt()


async def test_a_permanent_refusal_fails_and_the_next_steps_stay(world: World, house: House) -> None:
    row = await failing(world, house, ChannelError("no", permanent=True))
    assert (row["state"], row["reason"], row["counted_at"]) == ("failed", "refused_by_carrier", None)
    assert await recent("person") == []
    assert (await attempt_of("step = 3"))["state"] == "planned"


async def test_an_sms_that_may_have_left_is_never_repeated(world: World, house: House) -> None:
    row = await failing(world, house, ChannelError("silence", uncertain=True))
    assert (row["state"], row["lease_until"]) == ("uncertain", None)
    assert len(await recent("person")) == 1
    phone = Phone()
    assert await send(house, phone) == 0
    assert phone.received == []


async def test_a_carrier_that_is_down_is_tried_again_later(world: World, house: House) -> None:
    row = await failing(world, house, ChannelError("down"))
    assert (row["state"], row["reason"], row["errors"]) == ("deferred", "carrier", 1)
    assert NOON + timedelta(seconds=30) <= row["not_before"] <= NOON + timedelta(minutes=3)
    phone = Phone()
    assert await send(house, phone) == 0
    set_clock(row["not_before"])
    assert await send(house, phone) == 1
    assert len(await recent("person")) == 1


async def test_the_carrier_s_own_delay_is_obeyed(world: World, house: House) -> None:
    row = await failing(world, house, ChannelError("busy", retry_after=900.0))
    assert row["not_before"] >= NOON + timedelta(seconds=900)


async def test_eight_errors_are_retried_and_the_ninth_is_final(world: World, house: House) -> None:
    await asked(world)
    for n in range(9):
        set_clock(NOON)
        await change("attempt", "not_before = NULL", where="step = 1")
        await send(house, Phone(fails=lambda _: ChannelError("down")))
        assert (await first_attempt())["state"] == ("deferred" if n < 8 else "failed")
    assert (await first_attempt())["reason"] == "carrier_down"
    assert await recent("person") == []


async def test_an_e_mail_that_may_have_left_goes_again_with_the_same_identity(
    world: World, house: House
) -> None:
    await visit(await someone(world, email="martin@example.invalid"))
    await decide_pending(house)
    set_clock(NOON)
    lost = Phone(channel="email", name="smtp", fails=lambda _: ChannelError("lost", repeatable=True))
    await send(house, lost)
    deferred = await attempt_of("channel = 'email'")
    assert (deferred["state"], deferred["reason"]) == ("deferred", "unsure")
    set_clock(deferred["not_before"])
    box = Phone(channel="email", name="smtp")
    await send(house, box)
    assert [mail.id for mail in box.received] == [deferred["id"]]
    assert len(await recent("person")) == 1


async def test_an_e_mail_that_may_have_left_stays_counted_when_it_fails_for_good(
    world: World, house: House
) -> None:
    await visit(await someone(world, email="martin@example.invalid"))
    await decide_pending(house)
    set_clock(NOON)
    await send(house, Phone(channel="email", fails=lambda _: ChannelError("lost", repeatable=True)))
    await change("attempt", "not_before = NULL", where="channel = 'email'")
    await send(house, Phone(channel="email", fails=lambda _: ChannelError("unknown", permanent=True)))
    row = await attempt_of("channel = 'email'")
    assert (row["state"], row["reason"]) == ("failed", "unsure")
    assert len(await recent("person")) == 1


async def test_two_refusals_in_a_row_put_an_endpoint_aside(world: World, house: House) -> None:
    await failing(world, house, ChannelError("no such number", permanent=True))
    assert await fetch_value(pool("work"), "SELECT failed_at FROM endpoint") is None
    again = (await attempt_of("step = 3"))["opens_at"] + timedelta(minutes=1)
    await serves_others(again - timedelta(hours=11))
    set_clock(again)
    await send(house, Phone(fails=lambda _: ChannelError("no such number", permanent=True)))
    assert await fetch_value(pool("work"), "SELECT failed_at FROM endpoint") is not None


async def test_a_carrier_that_refuses_everything_puts_no_endpoint_aside(world: World, house: House) -> None:
    """A mistyped sender: the number is refused twice, and so is everybody's for half a day."""
    await failing(world, house, ChannelError("no such sender", permanent=True))
    again = (await attempt_of("step = 3"))["opens_at"] + timedelta(minutes=1)
    await serves_others(again - timedelta(hours=13))
    set_clock(again)
    await send(house, Phone(fails=lambda _: ChannelError("no such sender", permanent=True)))
    assert (await attempt_of("step = 3"))["state"] == "failed"
    assert await fetch_value(pool("work"), "SELECT failed_at FROM endpoint") is None


async def test_what_a_carrier_takes_is_noted_to_the_minute(world: World, house: House) -> None:
    await asked(world)
    set_clock(NOON)
    await send(house, Phone())
    noted = await fetch_value(pool("work"), "SELECT accepted_at FROM carrier_pace")
    assert NOON <= noted < NOON + timedelta(minutes=1)


async def test_a_delay_that_makes_no_sense_is_a_day(world: World, house: House) -> None:
    row = await failing(world, house, ChannelError("busy", retry_after=1e300))
    assert row["not_before"] < NOON + timedelta(days=1, minutes=1)


async def test_a_number_that_changed_since_planning_is_not_written_to(world: World, house: House) -> None:
    await asked(world)
    await change("client", "mobile_key = '\\x01'")
    set_clock(NOON)
    phone = Phone()
    await send(house, phone)
    row = await first_attempt()
    assert phone.received == []
    assert (row["state"], row["claims"], row["counted_at"]) == ("planned", 0, None)


async def test_news_of_a_complaint_do_not_go_to_a_number_that_changed(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await asked(world)
    await follow_up(world, owner)
    await change("client", "mobile_key = '\\x01'")
    set_clock(NOON)
    phone = Phone()
    await send(house, phone)
    row = await first_attempt()
    assert phone.received == []
    assert (row["state"], row["reason"], row["counted_at"]) == ("failed", "address_changed", None)


async def test_the_last_minutes_of_a_window_wait_for_the_next_one(world: World, house: House) -> None:
    await asked(world)
    end = (await first_attempt())["closes_at"]
    set_clock(end - timedelta(seconds=90))
    phone = Phone()
    await send(house, phone)
    row = await first_attempt()
    assert phone.received == []
    assert (row["state"], row["not_before"], row["counted_at"]) == ("planned", end, None)


async def test_after_an_outage_a_reminder_of_nothing_is_a_first_message(world: World, house: House) -> None:
    await asked(world)
    reminder = await attempt_of("step = 3")
    set_clock(reminder["opens_at"] + timedelta(minutes=1))
    phone = Phone()
    assert await send(house, phone) == 1
    assert "rappel" not in phone.received[0].text
    assert phone.received[0].id == reminder["id"]


async def test_a_reminder_says_that_it_reminds(world: World, house: House) -> None:
    await asked(world)
    set_clock(NOON)
    await send(house, Phone())
    set_clock((await attempt_of("step = 3"))["opens_at"] + timedelta(minutes=1))
    phone = Phone()
    await send(house, phone)
    assert "rappel" in phone.received[0].text


UNREADABLE = {
    "protocol": """
        INSERT INTO protocol_version SELECT (jsonb_populate_record(p, jsonb_build_object(
            'id', gen_random_uuid(), 'version', 99, 'definition', p.definition || '{"closes_after_days": 0}'
        ))).* FROM protocol_version p LIMIT 1;
        UPDATE invitation SET protocol_id = (SELECT id FROM protocol_version WHERE version = 99)
        WHERE id = (SELECT min(id::text)::uuid FROM invitation)
        """,
    "questionnaire": """
        INSERT INTO questionnaire_version SELECT (jsonb_populate_record(v, jsonb_build_object(
            'id', gen_random_uuid(), 'version', 99, 'definition', '{"items": 3}'::jsonb
        ))).* FROM questionnaire_version v LIMIT 1;
        UPDATE invitation SET questionnaire_id = (SELECT id FROM questionnaire_version WHERE version = 99)
        WHERE id = (SELECT min(id::text)::uuid FROM invitation)
        """,
}


@pytest.mark.parametrize("version", UNREADABLE)
async def test_a_version_that_cannot_be_read_stops_its_own_message_and_no_other(
    world: World, house: House, owner: asyncpg.Connection, version: str
) -> None:
    await asked(world)
    await asked(world, await someone(world, mobile="+33639980008"))
    await owner.execute(UNREADABLE[version])
    set_clock(NOON)
    phone = Phone()
    await send(house, phone)
    assert len(phone.received) == 1
    rows = await fetch(
        pool("work"), "SELECT state, reason, counted_at FROM attempt WHERE step = 1 ORDER BY state"
    )
    assert [(row["state"], row["reason"]) for row in rows] == [
        ("failed", "unreadable_version"),
        ("sent", None),
    ]
    assert rows[0]["counted_at"] is None


async def test_one_message_that_cannot_be_written_does_not_hold_back_the_others(
    world: World, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await asked(world)
    await asked(world, await someone(world, mobile="+33639980008"))
    await change("client", "mobile_cipher = '\\x0102'", where="id = (SELECT client_id FROM attempt LIMIT 1)")
    set_clock(NOON)
    phone = Phone()
    await send(house, phone)
    assert len(phone.received) == 1
    left = await fetch(pool("work"), "SELECT state FROM attempt WHERE step = 1 ORDER BY state")
    assert [row["state"] for row in left] == ["claimed", "sent"]
    assert "failed" in caplog.text


async def test_a_cancelled_batch_gives_back_what_was_not_started(world: World, house: House) -> None:
    for n in range(3):
        await asked(world, await someone(world, mobile=f"+3363998{n:04d}"))
    set_clock(NOON)
    reached = asyncio.Event()

    class Stuck(Phone):
        async def send(self, message: Outgoing) -> Receipt:
            reached.set()
            await asyncio.Event().wait()
            return Receipt()

    carriers = carried_by(Stuck())
    carriers["sms"].at_once = 1  # the others wait for the line
    sending = asyncio.create_task(send_due(house, carriers, "test"))
    await reached.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    rows = await fetch(pool("work"), "SELECT state, counted_at FROM attempt WHERE step = 1 ORDER BY state")
    assert [row["state"] for row in rows] == ["planned", "planned", "sending"]
    assert [row["counted_at"] is None for row in rows] == [True, True, False]


async def test_an_open_breaker_claims_nothing(world: World, house: House) -> None:
    await asked(world)
    set_clock(NOON)
    carriers = carried_by(Phone())
    now = asyncio.get_running_loop().time()
    for _ in range(20):
        carriers["sms"].breaker.note(Answer.FAILED, now=now, begun=0)
    assert await send_due(house, carriers, "test") == 0
    assert (await first_attempt())["state"] == "planned"


async def test_a_receipt_that_comes_after_the_report_keeps_what_the_report_said(
    world: World, house: House
) -> None:
    from surveys.channels.message import Report, ReportState
    from surveys.dispatch import reports

    await asked(world)
    set_clock(NOON)

    class Quick(Phone):
        async def send(self, message: Outgoing) -> Receipt:
            await reports.apply(pool("work"), Report(message.id, ReportState.DELIVERED), NOON)
            return Receipt("late")

    await send(house, Quick())
    row = await first_attempt()
    assert (row["state"], row["carrier_reference"]) == ("delivered", "late")


async def test_a_refusal_that_comes_while_a_message_waits_its_turn_stops_it(
    world: World, house: House
) -> None:
    await asked(world)
    set_clock(NOON)
    carriers = carried_by(phone := Phone())

    class Refused(Pace):
        async def turns(self, channel: str, count: int) -> list[float]:
            await change("person", "refused_at = now()")
            return await super().turns(channel, count)

    carriers["sms"].pace = Refused(1.0)
    await send_due(house, carriers, "test")
    row = await first_attempt()
    assert phone.received == []
    assert (row["state"], row["counted_at"]) == ("planned", None)
    assert await recent("person") == []


@pytest.mark.parametrize(
    ("table", "sets", "reason"),
    [
        ("client", "mobile_cipher = NULL", "address_purged"),
        ("attempt", "template = 'unheard_of'", "no_words"),
    ],
)
async def test_a_message_without_address_or_words_fails_with_the_reason(
    world: World, house: House, table: str, sets: str, reason: str
) -> None:
    await asked(world)
    await change(table, sets)
    set_clock(NOON)
    phone = Phone()
    await send(house, phone)
    row = await first_attempt()
    assert phone.received == []
    assert (row["state"], row["reason"]) == ("failed", reason)


async def test_a_language_that_is_not_written_is_answered_in_french(world: World, house: House) -> None:
    await asked(world, language="pt")
    set_clock(NOON)
    phone = Phone()
    await send(house, phone)
    assert "Répondez de 1" in phone.received[0].text


async def test_numbers_that_the_carrier_refuses_are_no_failure_of_the_carrier(
    world: World, house: House
) -> None:
    await asked(world)
    set_clock(NOON)
    carriers = carried_by(Phone(fails=lambda _: ChannelError("no such number", permanent=True)))
    breaker, now = carriers["sms"].breaker, asyncio.get_running_loop().time()
    for n in range(19):
        breaker.note((Answer.ACCEPTED, Answer.FAILED)[n % 2], now=now, begun=0)
    await send_due(house, carriers, "test")
    assert (await first_attempt())["reason"] == "refused_by_carrier"
    assert breaker.room(50, now) == 50


async def test_what_was_claimed_when_the_breaker_opens_is_given_back(world: World, house: House) -> None:
    for n in range(3):
        await asked(world, await someone(world, mobile=f"+3363998{n:04d}"))
    set_clock(NOON)
    calls: list[Outgoing] = []

    def down(message: Outgoing) -> ChannelError:
        calls.append(message)
        return ChannelError("Kannel does not answer")

    carriers = carried_by(Phone(fails=down))
    carriers["sms"].at_once = 1
    now = asyncio.get_running_loop().time()
    for _ in range(19):
        carriers["sms"].breaker.note(Answer.FAILED, now=now, begun=0)
    assert await send_due(house, carriers, "test") == 3
    assert len(calls) == 1
    rows = await fetch(
        pool("work"), "SELECT state, claims, counted_at FROM attempt WHERE step = 1 ORDER BY state"
    )
    assert [row["state"] for row in rows] == ["deferred", "planned", "planned"]
    assert [(row["claims"], row["counted_at"]) for row in rows[1:]] == [(0, None)] * 2


async def test_the_probe_of_an_open_breaker_is_sent(world: World, house: House) -> None:
    await asked(world)
    set_clock(NOON)
    phone = Phone()
    carriers = carried_by(phone)
    now = asyncio.get_running_loop().time()
    for _ in range(20):
        carriers["sms"].breaker.note(Answer.FAILED, now=now - 31, begun=0)
    assert await send_due(house, carriers, "test") == 1
    assert len(phone.received) == 1
    assert carriers["sms"].breaker.room(50, now) == 50
