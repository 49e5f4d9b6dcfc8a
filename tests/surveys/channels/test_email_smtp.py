"""E-mail through a real SMTP server: what arrives, and what to do when it does not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from uuid import UUID

import pytest

from quality.errors import Refused
from surveys.channels.email_smtp import SmtpDriver, compose
from surveys.channels.message import ChannelError, Outgoing
from surveys.channels.opening import DriverRefused
from surveys.channels.registry import open_driver
from tests.kannel import free_ports
from tests.smtp import Mail, Postbox

TEXT = "Bonjour,\n\nComment s’est passée la visite de mardi ?\nhttps://suivi.example/s/ABCDEFGH2345\n"
STOP = "https://suivi.example/s/ABCDEFGH2345/stop"


def message(**fields: object) -> Outgoing:
    given = {
        "id": UUID(int=9),
        "to": "martin@client.example",
        "sender": "Pléiades Services <avis@pleiades.example>",
        "text": TEXT,
        "subject": "Votre visite de mardi : votre avis",
        "html": "<p>Comment s’est passée la visite de mardi ?</p>",
        "message_id": "<attempt-9@pleiades.example>",
        "unsubscribe_url": STOP,
        "return_token": "abc234",
    }
    return Outgoing(**given | fields)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SmtpDriver]:
    driver = open_driver(url, channel="email")
    try:
        yield driver
    finally:
        await driver.close()


async def sent(postbox: Postbox, **fields: object) -> Mail:
    async with opened(postbox.url) as driver:
        await driver.send(message(**fields))
    return postbox.mails[-1]


async def refusal(url: str, **fields: object) -> ChannelError:
    async with opened(url) as driver:
        with pytest.raises(ChannelError) as caught:
            await driver.send(message(**fields))
    return caught.value


async def test_the_text_comes_first_and_the_html_is_its_alternative(postbox: Postbox) -> None:
    mail = await sent(postbox)
    text, html = mail.message.iter_parts()
    assert mail.message.get_content_type() == "multipart/alternative"
    assert text.get_content_type() == "text/plain"
    assert text.get_content().splitlines() == TEXT.splitlines()
    assert html.get_content_type() == "text/html"
    assert "s’est passée" in html.get_content()


async def test_a_message_without_html_is_plain_text(postbox: Postbox) -> None:
    mail = await sent(postbox, html="")
    assert mail.message.get_content_type() == "text/plain"


async def test_the_headers_say_who_what_and_that_a_machine_wrote(postbox: Postbox) -> None:
    headers = (await sent(postbox)).message
    assert headers["From"] == "Pléiades Services <avis@pleiades.example>"
    assert headers["To"] == "martin@client.example"
    assert headers["Subject"] == "Votre visite de mardi : votre avis"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(headers["Date"]).tzinfo is not None


async def test_what_travels_is_ascii_only(postbox: Postbox) -> None:
    assert (await sent(postbox)).raw.isascii()


async def test_one_click_refuses(postbox: Postbox) -> None:
    headers = (await sent(postbox)).message
    assert headers["List-Unsubscribe"] == f"<{STOP}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_without_an_address_to_refuse_no_header_promises_one(postbox: Postbox) -> None:
    headers = (await sent(postbox, unsubscribe_url="")).message
    assert "List-Unsubscribe" not in headers
    assert "List-Unsubscribe-Post" not in headers


async def test_bounces_return_to_the_attempts_own_address(postbox: Postbox) -> None:
    mail = await sent(postbox)
    assert mail.sender == "avis+abc234@pleiades.example"
    assert mail.recipients == ("martin@client.example",)


async def test_without_a_return_token_bounces_go_to_the_sender(postbox: Postbox) -> None:
    assert (await sent(postbox, return_token="")).sender == "avis@pleiades.example"


async def test_the_address_of_the_server_names_the_sender_of_the_others(postbox: Postbox) -> None:
    mail = await sent(postbox, sender="")
    assert (mail.message["From"], mail.sender) == ("avis@pleiades.example", "avis+abc234@pleiades.example")


async def test_the_receipt_is_the_message_id_given(postbox: Postbox) -> None:
    async with opened(postbox.url) as driver:
        receipt = await driver.send(message())
    assert receipt.reference == "<attempt-9@pleiades.example>"
    assert postbox.mails[0].message["Message-ID"] == receipt.reference


@pytest.mark.parametrize("message_id", ["<attempt-9@pleiades.example>", ""])
async def test_a_repeated_message_keeps_its_message_id(postbox: Postbox, message_id: str) -> None:
    first = await sent(postbox, message_id=message_id)
    second = await sent(postbox, message_id=message_id)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert first.message["Message-ID"].endswith("@pleiades.example>")


@pytest.mark.parametrize("where", ["martin@client.example", "DATA"])
@pytest.mark.parametrize(("answer", "permanent"), [("550 No such person", True), ("451 Later", False)])
async def test_the_servers_code_says_whether_to_try_again(
    postbox: Postbox, where: str, answer: str, permanent: bool
) -> None:
    postbox.answers[where] = answer
    error = await refusal(postbox.url)
    assert (error.permanent, error.uncertain, error.repeatable) == (permanent, False, False)
    assert answer[:3] in error.message


async def test_a_connection_lost_after_the_text_may_be_repeated(postbox: Postbox) -> None:
    postbox.hangs_up_after_data = True
    error = await refusal(postbox.url)
    assert (error.permanent, error.uncertain, error.repeatable) == (False, False, True)
    assert len(postbox.mails) == 1


async def test_a_connection_lost_before_the_text_is_a_message_that_never_left(postbox: Postbox) -> None:
    postbox.hangs_up_before_data = True
    error = await refusal(postbox.url)
    assert (error.permanent, error.uncertain, error.repeatable) == (False, False, False)


async def test_what_was_lost_before_says_nothing_of_the_next_message(postbox: Postbox) -> None:
    async with opened(postbox.url) as driver:
        await driver.send(message())
        postbox.hangs_up_before_data = True
        with pytest.raises(ChannelError) as caught:
            await driver.send(message())
    assert not caught.value.repeatable


async def test_a_closed_port_is_tried_again() -> None:
    error = await refusal(f"smtp://127.0.0.1:{free_ports(1)[0]}/?from=avis@pleiades.example")
    assert (error.permanent, error.uncertain, error.repeatable) == (False, False, False)


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "nobody"},
        {"to": ""},
        {"to": "a@client.example, b@client.example"},
        {"to": "a@client.example\nBcc: b@client.example"},
        {"subject": "Bonjour\nBcc: b@client.example"},
        {"unsubscribe_url": "https://x\r\nBcc: b@client.example"},
    ],
)
async def test_a_message_that_cannot_be_written_is_final(postbox: Postbox, fields: dict[str, str]) -> None:
    error = await refusal(postbox.url, **fields)
    assert error.permanent
    assert postbox.mails == []


def test_the_html_holds_no_more_than_it_was_given() -> None:
    html = compose(message(), "").get_body(("html",))
    assert html.get_content().strip() == message().html


@pytest.mark.parametrize(
    "url", ["smtp://localhost/", "smtp://localhost/?from=nobody", "smtp:///?from=a@b.example"]
)
def test_an_incomplete_address_is_refused(url: str) -> None:
    with pytest.raises((DriverRefused, Refused)):
        open_driver(url)
