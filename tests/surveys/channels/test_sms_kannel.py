"""Kannel: a real gateway where it can show, a tiny server of our own where it must misbehave."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count, permutations
from urllib.parse import parse_qsl, quote
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality import clock
from quality.errors import Forbidden, Invalid
from surveys.channels.message import ChannelError, Outgoing, ReportState
from surveys.channels.opening import DriverRefused
from surveys.channels.registry import open_driver
from surveys.channels.signature import sign, signed_url, verify
from surveys.channels.sms_kannel import (
    KannelAccount,
    KannelDriver,
    incoming_of,
    report_of,
    sendsms_parameters,
)
from tests.kannel import REJECTED_PREFIX, Arrived, Callbacks, Kannel, free_ports

KEY = b"a key of the tests"
ATTEMPT = UUID(int=1)
LONGEST = "Pléiades Services : visite Aide 34 mardi 3. Répondez de 1 (très mal) à 5 (très bien) ou "
numbers = count(1)

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def new_number() -> str:
    return f"+3363998{next(numbers):04d}"  # numbers of fiction (ARCEP)


def message(text: str = "Bonjour", **fields: object) -> Outgoing:
    return Outgoing(**{"id": uuid4(), "to": new_number(), "sender": "", "text": text, **fields})


def account(api: str = "http://127.0.0.1:9") -> KannelAccount:
    return KannelAccount(api, "user", "hidden-password", "38000")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[KannelDriver]:
    driver = open_driver(url, channel="sms")
    try:
        yield driver
    finally:
        await driver.close()


@asynccontextmanager
async def sending_to(answer: Answer, patience: float = 5.0) -> AsyncIterator[KannelDriver]:
    """Open a driver on a gateway of our own, which answers a connection as it is told."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    driver = KannelDriver(account(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"), timeout=patience)
    async with server:
        try:
            yield driver
        finally:
            await driver.close()


def answering(head: str, body: str = "") -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
        )
        await writer.drain()
        writer.close()

    return answer


async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()  # until the client gives up
    writer.close()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def refusal(driver: KannelDriver, sent: Outgoing | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        await driver.send(sent or message())
    return caught.value


# --- sending, through a real gateway -------------------------------------------------------------


async def delivered(kannel: Kannel, *messages: Outgoing) -> list[Arrived]:
    """Send all at once (the fake SMSC looks at its line once a second) and return them as they arrived."""
    async with opened(kannel.url) as driver:
        await asyncio.gather(*(driver.send(sent) for sent in messages))
    return [(await kannel.wait_for(1, sent.to))[0] for sent in messages]


@pytest.mark.kannel
async def test_a_gsm7_text_arrives_byte_for_byte_in_one_message(kannel: Kannel) -> None:
    texts = [
        f"{LONGEST}https://suivi.example/s/ABCDEFGH2345 STOP=refus",
        "été à l'école, où rien n'est gêné".replace("ê", "e"),
        "é" * 160,
        "€ [crochets] {accolades} ~ ^ \\ | + % & # = ? ; @ _",
    ]
    arrived = await delivered(kannel, *map(message, texts))
    assert [one.text for one in arrived] == texts
    assert {(one.segments, one.sender) for one in arrived} == {(1, "38000")}


@pytest.mark.kannel
async def test_a_text_outside_gsm7_arrives_whole_in_ucs2(kannel: Kannel) -> None:
    texts = ["Être à l’heure : ça va ?", "😀 + % & ô", "ê" * 70]
    arrived = await delivered(kannel, *map(message, texts))
    assert [(one.text, one.segments) for one in arrived] == [(text, 1) for text in texts]


@pytest.mark.kannel
async def test_a_long_text_arrives_whole_in_segments(kannel: Kannel) -> None:
    texts = ["é" * 161, "ê" * 71]
    arrived = await delivered(kannel, *map(message, texts))
    assert [(one.text, one.segments) for one in arrived] == [(text, 2) for text in texts]


@pytest.mark.kannel
async def test_the_sender_of_the_message_comes_before_the_one_of_the_address(kannel: Kannel) -> None:
    [arrived] = await delivered(kannel, message(sender="Pleiades"))
    assert arrived.sender == "Pleiades"


@pytest.mark.kannel
async def test_many_messages_at_once_all_arrive(kannel: Kannel) -> None:
    sent = [message(f"n{n}") for n in range(20)]
    assert [one.text for one in await delivered(kannel, *sent)] == [one.text for one in sent]


@pytest.mark.kannel
async def test_a_wrong_password_is_our_fault_and_tried_again(kannel: Kannel) -> None:
    wrong = f"kannel://suivi:wrong@127.0.0.1:{kannel.ports['sendsms']}/?from=38000"
    async with opened(wrong) as driver:
        error = await refusal(driver)
    assert (error.permanent, error.uncertain) == (False, False)
    assert "403" in error.message


@pytest.mark.kannel
async def test_a_bad_number_is_final(kannel: Kannel) -> None:
    async with opened(kannel.url) as driver:
        error = await refusal(driver, message(to="nobody"))
    assert (error.permanent, error.uncertain) == (True, False)
    assert "400" in error.message


@pytest.mark.kannel
async def test_the_api_option_moves_the_gateway(kannel: Kannel) -> None:
    real = f"http://127.0.0.1:{kannel.ports['sendsms']}"
    url = kannel.url.replace(str(kannel.ports["sendsms"]), "9") + f"&api={quote(real, safe='')}"
    async with opened(url) as driver:
        await driver.send(message())


# --- sending, to a gateway that misbehaves -------------------------------------------------------


async def test_a_closed_port_is_tried_again() -> None:
    async with opened(f"kannel://u:p@127.0.0.1:{free_ports(1)[0]}/?from=38000") as driver:
        error = await refusal(driver)
    assert (error.permanent, error.uncertain, error.retry_after) == (False, False, None)


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Give an octet of the answer before the client loses patience, and another, and another."""
    await reader.readuntil(b"\r\n\r\n")
    try:
        for octet in b"HTTP/1.1 202 Accepted\r\nContent-Length: 25\r\n\r\n0: Accepted for delivery\n":
            writer.write(bytes([octet]))
            await writer.drain()
            await asyncio.sleep(0.1)
    except ConnectionError:
        writer.close()


@pytest.mark.parametrize("answer", [swallow, hang_up, drip])
async def test_a_request_without_an_answer_is_uncertain(answer: Answer) -> None:
    async with sending_to(answer, patience=0.2) as driver:
        error = await refusal(driver)
    assert (error.permanent, error.uncertain) == (False, True)


@pytest.mark.parametrize(
    "head",
    [
        "401 Who",
        "403 No",
        "408 Late",
        "425 Early",
        "429 Slow down",
        "500 Broken",
        "503 Busy",
        "302 Elsewhere",
    ],
)
async def test_a_temporary_refusal_is_tried_again(head: str) -> None:
    async with sending_to(answering(head)) as driver:
        error = await refusal(driver)
    assert (error.permanent, error.uncertain) == (False, False)


@pytest.mark.parametrize("head", ["502 Bad gateway", "504 Gateway timeout", "200 OK"])
async def test_a_proxy_that_lost_the_gateway_or_answers_for_it_leaves_it_uncertain(head: str) -> None:
    async with sending_to(answering(head)) as driver:
        error = await refusal(driver)
    assert (error.permanent, error.uncertain) == (False, True)


@pytest.mark.parametrize("head", ["404 Where", "410 Gone"])
async def test_another_refusal_is_final(head: str) -> None:
    async with sending_to(answering(head)) as driver:
        assert (await refusal(driver)).permanent


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ("Retry-After: 120", 120.0),
        ("Retry-After: Mon, 16 Nov 2026 10:01:30 GMT\r\nDate: Mon, 16 Nov 2026 10:00:00 GMT", 90.0),
        ("Retry-After: Mon, 16 Nov 2026 09:00:00 GMT\r\nDate: Mon, 16 Nov 2026 10:00:00 GMT", 0.0),
        ("Retry-After: Mon, 16 Nov 2026 10:01:30 GMT", None),
        ("Retry-After: soon", None),
    ],
)
async def test_the_gateway_says_how_long_to_wait(headers: str, seconds: float | None) -> None:
    async with sending_to(answering(f"503 Busy\r\n{headers}")) as driver:
        assert (await refusal(driver)).retry_after == seconds


async def test_a_message_queued_by_the_gateway_is_accepted() -> None:
    async with sending_to(answering("202 Accepted", "3: Queued for later delivery")) as driver:
        await driver.send(message())


async def test_the_log_shows_neither_password_nor_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await (open_driver("kannel://u:p@localhost/?from=38000")).close()
    async with sending_to(answering("202 Accepted")) as driver:
        await driver.send(message("a private text"))
    assert "hidden-password" not in caplog.text
    assert "private" not in caplog.text


@pytest.mark.parametrize("url", ["kannel://localhost/", "kannel://u:p@localhost/?api=ftp://x"])
def test_an_incomplete_address_is_refused(url: str) -> None:
    with pytest.raises(DriverRefused):
        open_driver(url)


# --- the request ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "minutes"), [(60, "1"), (179, "2"), (36_000, "600")])
def test_the_validity_ends_before_the_window(seconds: int, minutes: str) -> None:
    until = clock.now() + timedelta(seconds=seconds, milliseconds=500)
    assert sendsms_parameters(message(valid_until=until), account())["validity"] == minutes


def test_a_message_whose_window_is_over_does_not_leave() -> None:
    with pytest.raises(ChannelError) as caught:
        sendsms_parameters(message(valid_until=clock.now() + timedelta(seconds=59)), account())
    assert caught.value.permanent


@pytest.mark.parametrize(("text", "coding"), [("à é è ù €", "0"), ("ê", "2"), ("c’est", "2")])
def test_only_a_pure_gsm7_text_is_sent_as_such(text: str, coding: str) -> None:
    assert sendsms_parameters(message(text), account())["coding"] == coding


def test_a_message_without_report_address_asks_for_no_report() -> None:
    assert not {"dlr-url", "dlr-mask", "validity"} & set(sendsms_parameters(message(), account()))


# --- delivery reports ----------------------------------------------------------------------------


@pytest.mark.kannel
async def test_the_gateway_reports_a_delivery_to_our_signed_address(
    kannel: Kannel, callbacks: Callbacks
) -> None:
    attempt = uuid4()
    path = f"/report/{attempt}"
    async with opened(kannel.url) as driver:
        await driver.send(message(id=attempt, report_url=signed_url(callbacks.address + path, KEY, attempt)))
    calls = await callbacks.wait_for(path, 2)
    reports = [report_of(dict(parse_qsl(call.decode())), KEY) for call in calls]
    assert {report.state for report in reports} == {ReportState.ACCEPTED, ReportState.DELIVERED}
    assert {report.attempt for report in reports} == {attempt}


@pytest.mark.kannel
async def test_the_gateway_reports_a_rejection(kannel: Kannel, callbacks: Callbacks) -> None:
    attempt = uuid4()
    path = f"/report/{attempt}"
    url = signed_url(callbacks.address + path, KEY, attempt)
    async with opened(kannel.url) as driver:
        error = await refusal(driver, message(id=attempt, to=f"{REJECTED_PREFIX}01", report_url=url))
    [call] = await callbacks.wait_for(path, 1)
    assert error.permanent
    assert report_of(dict(parse_qsl(call.decode())), KEY).state is ReportState.REJECTED


def report_query(kind: str) -> dict[str, str]:
    return {"attempt": ATTEMPT.hex, "sig": sign(KEY, ATTEMPT), "type": kind}


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("1", "delivered"),
        ("2", "failed"),
        ("4", "queued"),
        ("8", "accepted"),
        ("16", "rejected"),
        ("34", "expired"),
    ],
)
def test_a_report_says_what_became_of_an_attempt(kind: str, state: str) -> None:
    report = report_of(report_query(kind), KEY)
    assert (report.attempt, report.state) == (ATTEMPT, state)


def test_reports_in_any_order_end_in_the_same_state() -> None:
    for order in permutations(["8", "4", "1", "2"]):
        current = max((report_of(report_query(kind), KEY) for kind in order), key=lambda report: report.rank)
        assert current.state is ReportState.DELIVERED


def test_a_final_report_outranks_a_provisional_one() -> None:
    provisional = {ReportState.QUEUED.rank, ReportState.ACCEPTED.rank}
    final = {state.rank for state in ReportState} - provisional
    assert max(provisional) < min(final)
    assert max(final) == ReportState.DELIVERED.rank


@pytest.mark.parametrize(
    "change", [{"attempt": UUID(int=2).hex}, {"sig": "é" * 24}, {"sig": sign(b"another key", ATTEMPT)}]
)
def test_a_report_that_we_did_not_sign_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(Forbidden):
        report_of(report_query("1") | change, KEY)


@pytest.mark.parametrize("change", [{"attempt": "x"}, {"type": "3"}, {"type": ""}])
def test_a_report_that_makes_no_sense_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        report_of(report_query("1") | change, KEY)


@given(st.uuids(), st.uuids())
@settings(max_examples=60)
def test_a_signature_holds_for_one_attempt_only(attempt: UUID, other: UUID) -> None:
    assert verify(KEY, attempt, sign(KEY, attempt))
    assert verify(KEY, other, sign(KEY, attempt)) == (attempt == other)
    assert "%" not in signed_url("https://suivi.example/hooks", KEY, attempt)


# --- incoming messages ---------------------------------------------------------------------------


@pytest.mark.kannel
@pytest.mark.parametrize(
    "text", ["STOP", "5", "ARRÊT", "très bien, merci", "4 + 1 & 100 % #", "DÉSABONNEMENT", "ça va + ou - 😀"]
)
async def test_an_incoming_text_is_read_whole(kannel: Kannel, callbacks: Callbacks, text: str) -> None:
    phone = new_number()
    before = len(callbacks.to("/incoming"))
    await kannel.inject(phone, "38000", text)
    incoming = incoming_of((await callbacks.wait_for("/incoming", before + 1))[-1])
    assert (incoming.sender, incoming.to, incoming.text) == (phone, "38000", text)
    assert UUID(incoming.reference)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60))
@settings(max_examples=60)
def test_any_text_is_read_back_in_ucs2_and_in_utf8(text: str) -> None:
    wide = quote(text.encode("utf-16-be"))
    narrow = quote(text.encode())
    assert incoming_of(f"from=1&text={wide}&charset=UTF-16BE&coding=2".encode()).text == text
    assert incoming_of(f"from=1&text={narrow}&charset=UTF-8&coding=0".encode()).text == text


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (b"from=1&text=%00A%00+%00%CA&coding=2", "A Ê"),
        (b"from=1&text=%C3%A9+%2B&coding=0", "é +"),
        (b"from=1&text=%E9&charset=ISO-8859-1", "é"),
        (b"from=1&text=%80&charset=windows-1252", "€"),
        (b"from=1&text=%01%E9%00&charset=8-BIT&coding=1", "\x01é"),
        (b"from=1&text=STOP&charset=base64", "STOP"),
        (b"from=1&text=%FF&charset=UTF-8", "\ufffd"),
        (b"from=1&text=", ""),
    ],
)
def test_the_charset_is_honoured(query: bytes, text: str) -> None:
    assert incoming_of(query).text == text


@pytest.mark.parametrize("query", [b"", b"text=STOP", b"from=&text=STOP", b"from=%2B33639980001"])
def test_an_incomplete_incoming_message_is_refused(query: bytes) -> None:
    with pytest.raises(Invalid):
        incoming_of(query)
