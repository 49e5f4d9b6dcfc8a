"""News of a complaint: once a round, by the way chosen, in the hours of the place."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from quality.complaints.links import link_of
from quality.db import execute, fetch, fetch_value, pool
from surveys.channels.gsm7 import count
from surveys.dispatch.sending import send_due
from surveys.news.ticks import tell_clients
from tests.surveys.dispatch.asking import Phone, carried_by, change, set_clock
from tests.surveys.news.complaining import NOON, WEEK, complained, tick
from tests.world import World

SUNDAY = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


async def send(world: World, at: datetime, *drivers: Phone) -> int:
    """Send half a minute later: what was planned at that instant on a slow machine is due."""
    set_clock(at + timedelta(seconds=30))
    return await send_due(world.house, carried_by(*drivers), "test")


async def planned() -> list[dict]:
    return await fetch(
        pool("work"), "SELECT * FROM attempt WHERE purpose IN ('news', 'verdict') ORDER BY opens_at, id"
    )


async def calls() -> list[dict]:
    return await fetch(pool("work"), "SELECT * FROM call_case WHERE kind = 'verdict' ORDER BY created_at")


async def contacts() -> int:
    return int(await fetch_value(pool("work"), "SELECT contacts FROM complaint"))


async def asked_at() -> datetime | None:
    return await fetch_value(pool("work"), "SELECT verdict_asked_at FROM complaint")


async def test_a_solution_is_told_by_sms_with_the_link_to_follow(world: World) -> None:
    mine = await complained(world)
    await tick(world, NOON)
    phone = Phone()
    assert await send(world, NOON, phone) == 1
    (message,) = phone.received
    link = link_of(world.house.keyring, world.house.settings.base_url, mine.id)
    told = f"Pleiades : du nouveau sur votre demande (Aide 34). Lisez {link} ou appelez 04 67 00 00 00"
    assert message.text == told
    assert (count(message.text).encoding, count(message.text).segments) == ("gsm7", 1)
    assert await contacts() == 1


async def test_news_and_verdict_are_two_contacts_and_no_more(world: World) -> None:
    await complained(world)
    phone = Phone()
    for at in (NOON, NOON + timedelta(minutes=1), NOON + WEEK, NOON + WEEK + timedelta(minutes=1)):
        await tick(world, at)
        await send(world, at, phone)
    assert [message.text.split(" (")[0] for message in phone.received] == [
        "Pleiades : du nouveau sur votre demande",
        "Pleiades : votre demande",
    ]
    assert await contacts() == 2
    assert (await asked_at() or NOON) - (NOON + WEEK) < timedelta(minutes=1)


async def test_nobody_is_said_to_be_asked_before_the_message_left(world: World) -> None:
    await complained(world, at=NOON - WEEK)
    await tick(world, NOON)
    await tick(world, NOON + timedelta(minutes=1))
    assert await asked_at() is None


async def test_the_third_message_of_a_round_never_leaves(world: World) -> None:
    await complained(world)
    await tick(world, NOON)
    await change("complaint", "contacts = 2")
    assert await send(world, NOON, Phone()) == 0


async def test_a_new_round_is_told_again(world: World) -> None:
    await complained(world)
    phone, later = Phone(), NOON + timedelta(days=2)
    await tick(world, NOON)
    await send(world, NOON, phone)
    await change("complaint", "round = 2, contacts = 0, remedied_at = $1", later)
    await tick(world, later)
    assert await send(world, later, phone) == 1
    assert len(phone.received) == 2


async def test_four_workers_plan_once(world: World) -> None:
    await complained(world)
    set_clock(NOON)
    await asyncio.gather(*(tell_clients(world.house) for _ in range(4)))
    assert len(await planned()) == 1
    assert await fetch_value(pool("work"), "SELECT count(*) FROM invitation WHERE purpose = 'news'") == 1


async def test_four_workers_open_one_call(world: World) -> None:
    await complained(world, answered_by="phone")
    set_clock(NOON)
    await asyncio.gather(*(tell_clients(world.house) for _ in range(4)))
    assert len(await calls()) == 1
    assert await contacts() == 1


async def test_four_workers_send_once(world: World) -> None:
    await complained(world)
    await tick(world, NOON)
    phone = Phone()
    sent = await asyncio.gather(*(send_due(world.house, carried_by(phone), f"w{n}") for n in range(4)))
    assert (sum(sent), len(phone.received)) == (1, 1)
    assert await contacts() == 1


async def test_in_martinique_the_message_waits_for_the_hours_there(world: World) -> None:
    await complained(world, departement="972")
    await tick(world, NOON)  # 7:05 in Martinique
    (attempt,) = await planned()
    opens_at = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)  # 10:00 there
    assert attempt["opens_at"] == opens_at
    phone = Phone()
    assert await send(world, NOON, phone) == 0
    assert await send(world, opens_at, phone) == 1


async def test_nothing_is_told_on_a_sunday(world: World) -> None:
    await complained(world, at=SUNDAY)
    await tick(world, SUNDAY)
    (attempt,) = await planned()
    assert attempt["opens_at"] == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


async def test_who_answered_by_e_mail_hears_by_e_mail_and_cannot_unsubscribe_from_it(world: World) -> None:
    mine = await complained(world, answered_by="email")
    await with_email(world, mine.client)
    await tick(world, NOON)
    box = Phone(channel="email", name="smtp")
    assert await send(world, NOON, box) == 1
    (mail,) = box.received
    link = link_of(world.house.keyring, world.house.settings.base_url, mine.id)
    assert mail.subject == "Du nouveau sur votre demande"
    assert f"Lire où en est votre demande\u00a0: {link}" in mail.text
    assert mail.unsubscribe_url == ""
    assert "note=" not in mail.html


async def with_email(world: World, client: UUID) -> None:
    key = world.house.keyring.lookup("email", "martin@example.invalid")
    cipher = world.house.keyring.encrypt("martin@example.invalid", "client.email", client)
    give = "UPDATE client SET email_key = $2, email_cipher = $3 WHERE id = $1"
    await execute(pool("work"), give, client, key, cipher)
    await endpoint(world, "email", key)


async def endpoint(world: World, kind: str, key: bytes) -> None:
    await execute(
        pool("work"),
        "INSERT INTO endpoint (id, platform_id, kind, key) VALUES (gen_random_uuid(), $1, $2, $3)",
        world.platform,
        kind,
        key,
    )


async def test_an_english_client_is_told_in_english(world: World) -> None:
    await complained(world, language="en")
    await tick(world, NOON)
    phone = Phone()
    await send(world, NOON, phone)
    assert "news about your request (Aide 34)" in phone.received[0].text


async def test_a_platform_that_never_published_these_words_uses_those_of_the_product(
    world: World, owner: asyncpg.Connection
) -> None:
    await complained(world)
    await owner.execute("DELETE FROM message_template WHERE name = 'news'")
    await tick(world, NOON)
    assert await send(world, NOON, Phone()) == 1


async def test_a_refusal_of_surveys_does_not_stop_one_s_own_complaint(world: World) -> None:
    await complained(world)
    await change("person", "refused_at = now()")
    await change("endpoint", "refused_at = now()")
    await tick(world, NOON)
    assert await send(world, NOON, Phone()) == 1


async def test_a_platform_that_took_the_hand_says_so_once_and_the_verdict_keeps_its_place(
    world: World,
) -> None:
    await complained(world)
    await change("complaint", "state = 'acknowledged', remedied_at = NULL, holder = 'platform'")
    phone, later = Phone(), NOON + timedelta(days=1)
    await tick(world, NOON)
    assert await send(world, NOON, phone) == 1
    await change(
        "complaint", "state = 'remedied', remedied_at = $1, verdict_due_at = $2", later, later + WEEK
    )
    await tick(world, later)
    assert await send(world, later, phone) == 0
    await tick(world, later + WEEK)
    assert await send(world, later + WEEK, phone) == 1
    assert await contacts() == 2


async def test_who_is_called_waits_for_the_solution_itself(world: World) -> None:
    await complained(world, answered_by="phone")
    await change("complaint", "state = 'acknowledged', remedied_at = NULL, holder = 'platform'")
    for at in (NOON, NOON + timedelta(minutes=1)):
        await tick(world, at)
    assert (await calls(), await contacts()) == ([], 0)
    later = NOON + timedelta(days=1)
    await change("complaint", "state = 'remedied', remedied_at = $1", later)
    await tick(world, later)
    assert len(await calls()) == 1


async def test_while_the_provider_has_the_hand_nothing_is_told(world: World) -> None:
    await complained(world)
    await change("complaint", "state = 'acknowledged', remedied_at = NULL, verdict_due_at = NULL")
    await tick(world, NOON)
    assert await planned() == []


async def test_what_was_remedied_long_ago_is_no_news(world: World) -> None:
    await complained(world)
    await tick(world, NOON + timedelta(days=4))
    assert await planned() == []


async def test_who_answered_by_telephone_is_called_and_never_sent_to_the_web(world: World) -> None:
    await complained(world, answered_by="phone")
    await tick(world, NOON)
    assert await planned() == []
    (call,) = await calls()
    assert (call["priority"], call["state"], call["language"]) == (30, "open", "fr")
    assert await contacts() == 1


async def test_a_call_that_waits_becomes_that_of_the_verdict(world: World) -> None:
    await complained(world, answered_by="phone")
    await tick(world, NOON)
    await tick(world, NOON + WEEK)
    (call,) = await calls()
    asked = "SELECT purpose FROM invitation WHERE id = $1"
    assert await fetch_value(pool("work"), asked, call["invitation_id"]) == "verdict"
    assert await contacts() == 1


async def test_a_call_that_ends_is_a_verdict_asked(world: World) -> None:
    await complained(world, answered_by="phone", at=NOON - WEEK)
    await tick(world, NOON)
    done = NOON + timedelta(hours=3)
    ended = "state = 'done', outcome = 'no_answer', closed_at = $1"
    await change("call_case", ended, done, where="kind = 'verdict'")
    await tick(world, done)
    assert await asked_at() == done


async def test_a_verdict_that_could_not_leave_is_asked_by_a_call(world: World) -> None:
    await complained(world, at=NOON - WEEK)
    await tick(world, NOON)
    await change("attempt", "state = 'failed', reason = 'carrier_down'", where="purpose = 'verdict'")
    await tick(world, NOON + timedelta(minutes=1))
    await tick(world, NOON + timedelta(minutes=2))
    assert len(await calls()) == 1


async def test_a_verdict_that_was_not_delivered_is_asked_by_a_call_and_counts_from_there(
    world: World,
) -> None:
    await complained(world)
    for at in (NOON, NOON + WEEK):
        await tick(world, at)
        assert await send(world, at, Phone()) == 1
    later = NOON + WEEK + timedelta(minutes=1)
    await tick(world, later)
    assert await asked_at() is not None
    await change("attempt", "state = 'failed', reason = 'undelivered'", where="purpose = 'verdict'")
    await tick(world, later)
    assert (len(await calls()), await contacts(), await asked_at()) == (1, 2, None)


async def test_who_has_no_telephone_and_no_e_mail_is_left_to_a_letter(
    world: World, owner: asyncpg.Connection
) -> None:
    await complained(world, answered_by="phone", at=NOON - WEEK)
    await change("client", "mobile_key = NULL, mobile_cipher = NULL")
    await tick(world, NOON)
    assert await calls() == []
    kinds = await owner.fetch("SELECT kind, audience FROM complaint_event")
    assert [tuple(row) for row in kinds] == [("unreachable", "staff")]
    assert (await asked_at() or NOON - WEEK) - NOON < timedelta(seconds=5)


async def test_the_dead_are_left_in_peace(world: World, owner: asyncpg.Connection) -> None:
    await complained(world, answered_by="phone", at=NOON - WEEK)
    await change("person", "deceased_at = now()")
    await tick(world, NOON)
    assert await calls() == []
    assert await owner.fetchval("SELECT count(*) FROM complaint_event") == 0


async def test_a_serious_event_is_never_written_of(world: World) -> None:
    await complained(world, at=NOON - WEEK)
    await change("complaint", "is_serious = true, is_shared = false")
    await tick(world, NOON)
    assert await planned() == []
    assert len(await calls()) == 1


async def test_what_nobody_awaits_any_more_is_taken_back(world: World) -> None:
    await complained(world, at=NOON - WEEK)
    await tick(world, NOON)
    await change("complaint", "state = 'closed', closed_at = $1, verdict = 'settled'", NOON)
    assert await send(world, NOON, Phone()) == 0
    await tick(world, NOON + timedelta(minutes=1))
    (attempt,) = await planned()
    assert (attempt["state"], attempt["reason"]) == ("suppressed", "closed")


async def test_a_call_nobody_awaits_any_more_is_taken_back(world: World) -> None:
    await complained(world, answered_by="phone", at=NOON - WEEK)
    await tick(world, NOON)
    await change("complaint", "state = 'acknowledged', remedied_at = NULL, round = 2")
    await tick(world, NOON + timedelta(minutes=1))
    (call,) = await calls()
    assert (call["state"], call["outcome"]) == ("done", "withdrawn")


async def test_a_relative_who_answered_hears_by_their_own_telephone(world: World) -> None:
    mine = await complained(world, audience="relative")
    number, keyring = "+33639980077", world.house.keyring
    await execute(
        pool("work"),
        """
        UPDATE client SET relative_phone_key = $2, relative_phone_cipher = $3, relative_phone_is_mobile = true
        WHERE id = $1
        """,
        mine.client,
        keyring.lookup("phone", number),
        keyring.encrypt(number, "client.relative_phone", mine.client),
    )
    await endpoint(world, "phone", keyring.lookup("phone", number))
    await tick(world, NOON)
    phone = Phone()
    assert await send(world, NOON, phone) == 1
    assert phone.received[0].to == number
