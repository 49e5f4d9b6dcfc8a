"""What carriers call: signed reports, incoming messages under a secret, and HEAD never."""

from datetime import timedelta
from urllib.parse import quote, urlencode
from uuid import UUID

import asyncpg
import httpx
import pytest
from msgspec import structs
from msgspec.json import encode

from quality import clock
from quality.app import House
from quality.db import fetch, fetch_one, fetch_value, pool
from surveys.channels.signature import sign
from surveys.dispatch.hooks import incoming_secret, incoming_url
from surveys.dispatch.sending import send_due
from surveys.dispatch.writing import REPORT_LABEL
from surveys.questionnaire.definition import Channel
from surveys.questionnaire.reading import library
from tests.surveys.dispatch.asking import (
    NOON,
    Phone,
    asked,
    attempts,
    carried_by,
    change,
    first_attempt,
    set_clock,
)
from tests.surveys.visits import MOBILE, someone
from tests.world import World

Owner = asyncpg.Connection
REPORT = "/hooks/sms/kannel/report"


@pytest.fixture
async def message(world: World, house: House) -> dict:
    """The first SMS of a request, sent."""
    await asked(world)
    set_clock(NOON)
    await send_due(house, carried_by(Phone()), "test")
    return await first_attempt()


def report_query(house: House, attempt: dict, kind: str = "1") -> dict[str, str]:
    signature = sign(house.keyring.subkey(REPORT_LABEL), attempt["id"])
    return {"attempt": attempt["id"].hex, "sig": signature, "type": kind}


async def reply(
    client: httpx.AsyncClient,
    house: House,
    text: str,
    *,
    sender: str = MOBILE,
    reference: str = "",
    method: str = "GET",
) -> httpx.Response:
    query = urlencode(
        {"id": reference, "from": sender, "to": "38000", "text": text, "charset": "UTF-8", "coding": "0"}
    )
    path = f"/hooks/sms/kannel/incoming/{incoming_secret(house.keyring)}?{query}"
    return await client.request(method, path)


async def ask_more_by_sms(owner: Owner, version: UUID) -> None:
    """Give the requests a questionnaire that also asks by SMS whether the client would recommend."""
    whole = library("default")
    asks = structs.replace(whole.item("conseil"), channels=(Channel.WEB, Channel.SMS))
    first = structs.replace(whole.items[0], channels=())
    more = structs.replace(whole, version=90, items=(first, asks))
    identity = await owner.fetchval(
        """
        INSERT INTO questionnaire_version (id, platform_id, code, version, definition, published_at)
        SELECT gen_random_uuid(), platform_id, code, 90, $2::jsonb, now()
        FROM questionnaire_version WHERE id = $1 RETURNING id
        """,
        version,
        encode(more).decode(),
    )
    await owner.execute("UPDATE invitation SET questionnaire_id = $1", identity)


async def kept() -> list[str]:
    return [row["kind"] for row in await fetch(pool("work"), "SELECT kind FROM inbound ORDER BY received_at")]


async def answers() -> list[dict]:
    import msgspec

    rows = await fetch(pool("work"), "SELECT answers, respondent, channel FROM response")
    return [row | {"answers": msgspec.json.decode(row["answers"])} for row in rows]


async def test_a_signed_report_is_applied(client: httpx.AsyncClient, house: House, message: dict) -> None:
    answer = await client.get(REPORT, params=report_query(house, message))
    assert answer.status_code == 200
    assert (await first_attempt())["state"] == "delivered"


async def test_an_unsigned_report_is_refused(client: httpx.AsyncClient, house: House, message: dict) -> None:
    answer = await client.get(REPORT, params=report_query(house, message) | {"sig": "a" * 24})
    assert answer.status_code == 403
    assert (await first_attempt())["state"] == "sent"


async def test_an_incomplete_report_is_said_so(client: httpx.AsyncClient, message: dict) -> None:
    assert (await client.get(REPORT)).status_code == 422


async def test_head_never_changes_anything(client: httpx.AsyncClient, house: House, message: dict) -> None:
    reported = await client.head(REPORT, params=report_query(house, message))
    stopped = await reply(client, house, "STOP", method="HEAD")
    assert (reported.status_code, stopped.status_code) == (405, 405)
    assert (await first_attempt())["state"] == "sent"
    assert await kept() == []
    assert await fetch_value(pool("work"), "SELECT count(*) FROM person WHERE refused_at IS NOT NULL") == 0


async def test_a_wrong_secret_is_an_unknown_page(client: httpx.AsyncClient, message: dict) -> None:
    answer = await client.get(f"/hooks/sms/kannel/incoming/{'a' * 32}?from={quote(MOBILE)}&text=STOP")
    assert answer.status_code == 404
    assert await kept() == []


async def test_the_gateway_s_address_holds_the_secret_and_kannel_s_own_escapes(house: House) -> None:
    url = incoming_url(house)
    assert url.startswith(
        f"http://testserver/hooks/sms/kannel/incoming/{incoming_secret(house.keyring)}?id=%I&"
    )
    assert "text=%b" in url


async def test_a_digit_answers_the_first_question(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    answer = await reply(client, house, "5")
    assert (answer.status_code, answer.content) == (200, b"")
    assert await answers() == [{"answers": {"globale": 5}, "respondent": "client", "channel": "sms"}]
    assert await kept() == ["rating"]
    assert {row["state"] for row in await attempts() if row["step"] > 1} == {"suppressed"}


async def test_a_number_without_its_plus_is_the_same_number(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    await reply(client, house, "4", sender="0" + MOBILE.removeprefix("+33"))
    assert (await answers())[0]["answers"] == {"globale": 4}


async def test_what_was_received_is_kept_encrypted(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    await reply(client, house, "Merci pour Nadia")
    row = await fetch_one(pool("work"), "SELECT * FROM inbound")
    assert b"Nadia" not in row["text_cipher"]
    assert house.keyring.decrypt(row["text_cipher"], "inbound.text", row["id"]) == "Merci pour Nadia"
    assert row["invitation_id"] == message["invitation_id"]


async def test_stop_refuses_every_channel_within_the_request(
    client: httpx.AsyncClient, world: World, house: House, message: dict
) -> None:
    await change("platform", "interval_days = 0")
    who = await fetch_value(pool("work"), "SELECT person_id FROM client")
    elsewhere = await someone(world, provider=world.cap, person=who, email="martin@example.invalid")
    await asked(world, elsewhere)
    await reply(client, house, "Stop !")
    assert await kept() == ["stop"]
    open_ = [row["channel"] for row in await attempts() if row["state"] in {"planned", "deferred", "claimed"}]
    assert open_ == []
    assert await fetch_value(pool("work"), "SELECT refused_at IS NOT NULL FROM person") is True
    how = await fetch(pool("work"), "SELECT refused_how FROM endpoint WHERE refused_at IS NOT NULL")
    assert [row["refused_how"] for row in how] == ["sms"]
    for table in ("person", "endpoint"):
        at = await fetch_value(pool("work"), f"SELECT max(refused_at) FROM {table}")
        assert timedelta(0) <= clock.now() - at < timedelta(minutes=5)  # business time, not the server's
    assert {row["outcome"] for row in await fetch(pool("work"), "SELECT outcome FROM call_case")} == {
        "refused"
    }


async def test_stop_from_a_number_never_written_to_refuses_that_number(
    client: httpx.AsyncClient, world: World, house: House
) -> None:
    await asked(world)
    await reply(client, house, "STOP")
    assert await fetch_value(pool("work"), "SELECT refused_how FROM endpoint") == "sms"


async def test_a_low_mark_gets_one_question_back_and_its_answer_is_kept(
    client: httpx.AsyncClient, world: World, house: House, message: dict
) -> None:
    await reply(client, house, "1")
    await reply(client, house, "2", reference="a re-rating")
    phone = Phone()
    await send_due(house, carried_by(phone), "test")
    (question,) = phone.received
    assert question.text.startswith("Merci de nous l'avoir dit. 1 retard, 2 travail non fait")
    assert await fetch_value(pool("work"), "SELECT count(*) FROM contact_event") == 1
    await reply(client, house, "2", reference="the motive")
    assert (await answers())[0]["answers"] == {"globale": 2, "motif": "not_done"}
    assert await send_due(house, carried_by(phone), "test") == 0


@pytest.mark.parametrize(("text", "motive"), [("?", "nsp"), ("nsp", "nsp"), ("4 merci", "other")])
async def test_the_answer_to_the_question_after_a_low_mark_never_takes_the_mark_away(
    client: httpx.AsyncClient, house: House, message: dict, text: str, motive: str
) -> None:
    await reply(client, house, "1")
    await send_due(house, carried_by(Phone()), "test")
    await reply(client, house, text)
    assert (await answers())[0]["answers"] == {"globale": 1, "motif": motive}
    assert await fetch_value(pool("work"), "SELECT value FROM signal") == 1


async def test_a_digit_that_no_motive_has_is_asked_once_more_then_read_by_somebody(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    phone = Phone()
    await reply(client, house, "2")
    await send_due(house, carried_by(phone), "test")
    await reply(client, house, "5", reference="outside the motives")
    await send_due(house, carried_by(phone), "test")
    assert (await answers())[0]["answers"] == {"globale": 2}
    assert "1 retard, 2 travail non fait" in phone.received[-1].text
    assert "Un seul chiffre" in phone.received[-1].text
    await reply(client, house, "5", reference="outside again")
    assert await kept() == ["rating", "ambiguous", "ambiguous"]
    assert await send_due(house, carried_by(phone), "test") == 0
    assert await fetch_value(pool("work"), "SELECT count(*) FROM call_case WHERE kind = 'inbound'") == 1


async def test_what_a_low_mark_is_about_is_also_said_in_words(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    await reply(client, house, "1")
    await send_due(house, carried_by(Phone()), "test")
    await reply(client, house, "Elle était en retard")
    assert (await answers())[0]["answers"] == {"globale": 1, "motif": "late"}


async def test_a_question_asked_by_sms_follows_the_first_and_is_read_in_words(
    client: httpx.AsyncClient, house: House, message: dict, owner: Owner
) -> None:
    version = await fetch_value(pool("work"), "SELECT questionnaire_id FROM invitation")
    await ask_more_by_sms(owner, version)
    await reply(client, house, "5")
    phone = Phone()
    await send_due(house, carried_by(phone), "test")
    assert phone.received[0].text.startswith("Le conseilleriez-vous à un proche ? Répondez 1 (oui)")
    await reply(client, house, "4", reference="no such answer")
    await send_due(house, carried_by(phone), "test")
    assert phone.received[1].text.startswith("Un seul chiffre : 1 (oui) ou 2 (non). Ou voyez ")
    await reply(client, house, "Oui bien sûr", reference="clear")
    assert (await answers())[0]["answers"] == {"globale": 5, "conseil": "yes"}


async def test_a_mark_made_better_before_the_question_left_is_asked_nothing(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    phone = Phone()
    await reply(client, house, "1")
    await reply(client, house, "4", reference="a better mark")
    assert await send_due(house, carried_by(phone), "test") == 0
    await reply(client, house, "2", reference="low again")
    assert await send_due(house, carried_by(phone), "test") == 1
    assert phone.received[0].text.startswith("Merci de nous l'avoir dit.")


async def test_a_clear_answer_takes_back_the_question_asked_again(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    phone = Phone()
    await reply(client, house, "5", reference="clear")
    await reply(client, house, "4 ou 5", reference="unclear")
    await reply(client, house, "2", reference="low")
    assert await send_due(house, carried_by(phone), "test") == 1
    assert "1 retard" in phone.received[0].text


async def test_an_answer_sent_at_night_gets_its_question_in_the_morning(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    set_clock(NOON + timedelta(hours=10))
    await reply(client, house, "1")
    phone = Phone()
    assert await send_due(house, carried_by(phone), "test") == 0
    set_clock(NOON + timedelta(hours=22))
    assert await send_due(house, carried_by(phone), "test") == 1


async def test_an_unclear_mark_is_asked_once_more_then_read_by_somebody(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    await reply(client, house, "4 ou 5")
    phone = Phone()
    await send_due(house, carried_by(phone), "test")
    assert "quelle réponse" in phone.received[0].text
    assert await fetch_value(pool("work"), "SELECT count(*) FROM call_case WHERE kind = 'inbound'") == 0
    await reply(client, house, "7")
    assert await send_due(house, carried_by(phone), "test") == 0
    assert await fetch_value(pool("work"), "SELECT count(*) FROM call_case WHERE kind = 'inbound'") == 1


@pytest.mark.parametrize(("text", "kind"), [("CONTACT", "help"), ("Rappelez-moi ce soir", "other")])
async def test_a_call_for_help_and_anything_else_go_to_a_person(
    client: httpx.AsyncClient, house: House, message: dict, text: str, kind: str
) -> None:
    await reply(client, house, text)
    row = await fetch_one(
        pool("work"),
        "SELECT k.kind, k.state, b.kind AS message FROM call_case k JOIN inbound b ON b.id = k.id",
    )
    assert row == {"kind": "inbound", "state": "open", "message": kind}


async def test_several_messages_in_a_row_are_one_call(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    waiting = "SELECT count(*) FROM call_case WHERE kind = 'inbound'"
    for number, text in enumerate(("Bonjour", "Qui êtes-vous ?", "Appelez-moi")):
        await reply(client, house, text, reference=f"in-a-row-{number}")
    assert (await kept(), await fetch_value(pool("work"), waiting)) == (["other"] * 3, 1)
    await change("call_case", "state = 'done', outcome = 'answered', closed_at = now()")
    await reply(client, house, "Encore une chose", reference="later")
    assert await fetch_value(pool("work"), waiting) == 2


async def test_a_reply_to_a_closed_request_is_kept_as_late(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    await change("invitation", "closed_at = now(), closed_reason = 'expired'")
    await reply(client, house, "5")
    assert await kept() == ["late"]
    assert await answers() == []


async def test_a_message_of_an_unknown_sender_is_kept(
    client: httpx.AsyncClient, house: House, world: World
) -> None:
    await reply(client, house, "5", sender="36111")
    row = await fetch_one(pool("work"), "SELECT kind, platform_id, invitation_id FROM inbound")
    assert row == {"kind": "unknown", "platform_id": None, "invitation_id": None}


async def test_a_message_called_twice_is_taken_once(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    for _ in range(2):
        await reply(client, house, "Bonjour", reference="0f4c")
    assert await kept() == ["other"]
    assert await fetch_value(pool("work"), "SELECT count(*) FROM call_case WHERE kind = 'inbound'") == 1


async def test_an_accented_stop_in_ucs2_is_read(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    text = quote("ARRÊT".encode("utf-16-be"))
    path = f"/hooks/sms/kannel/incoming/{incoming_secret(house.keyring)}"
    await client.get(f"{path}?from={quote(MOBILE)}&to=38000&text={text}&charset=UTF-16BE&coding=2")
    assert await kept() == ["stop"]


async def test_somebody_who_does_not_know_has_answered(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    await reply(client, house, "nsp")
    assert await kept() == ["dont_know"]
    assert (await answers())[0]["answers"] == {"globale": "nsp"}


async def test_a_low_mark_just_before_the_end_gets_no_question(
    client: httpx.AsyncClient, house: House, message: dict
) -> None:
    end = await fetch_value(pool("work"), "SELECT closes_at FROM invitation")
    set_clock(end - timedelta(minutes=30))
    await reply(client, house, "1")
    assert (await answers())[0]["answers"] == {"globale": 1}
    assert [row["template"] for row in await attempts() if row["purpose"] == "reply"] == []
