"""The SMTP pool on a real server: connections kept, encryption asked for, errors told apart."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from quality.errors import Refused
from quality.mail.smtp import CONNECTIONS, SmtpError, SmtpPool, SmtpUrl, Tls
from tests.kannel import until
from tests.smtp import PASSWORD, USER, Postbox, running_smtp

SENDER = "suivi@pleiades.example"
CREDENTIALS = f"{USER}:{quote(PASSWORD, safe='')}"


def letter(subject: str = "Bonjour") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, "a@client.example", subject
    message.set_content("Bonjour")
    return message


@asynccontextmanager
async def pool_on(url: str, connections: int = CONNECTIONS) -> AsyncIterator[SmtpPool]:
    pool = SmtpPool(SmtpUrl.parse(url), connections=connections, timeout=5.0)
    try:
        yield pool
    finally:
        await pool.close()


async def refusal(pool: SmtpPool, *recipients: str) -> SmtpError:
    with pytest.raises(SmtpError) as caught:
        await pool.send(letter(), SENDER, recipients or ("a@client.example",))
    return caught.value


@pytest.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with running_smtp() as running:
        yield running


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """A certificate that nobody signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


# --- the address ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example", 587, Tls.AUTO),
        ("smtp://u:p@mail.example", 587, Tls.STARTTLS),
        ("smtp://u:p@mail.example:465", 465, Tls.IMPLICIT),
        ("smtps://u:p@mail.example", 465, Tls.IMPLICIT),
        ("smtps://u:p@mail.example:2465", 2465, Tls.IMPLICIT),
        ("smtp://u:p@mail.example:25/?tls=none", 25, Tls.NONE),
    ],
)
def test_a_password_is_encrypted_unless_the_address_says_otherwise(url: str, port: int, tls: Tls) -> None:
    parsed = SmtpUrl.parse(url)
    assert (parsed.host, parsed.port, parsed.tls) == ("mail.example", port, tls)


def test_the_user_and_the_password_are_unquoted_and_never_printed() -> None:
    parsed = SmtpUrl.parse(f"smtp://u%40x:{quote('p/@ é', safe='')}@mail.example/?from=avis@pleiades.example")
    assert (parsed.user, parsed.password, parsed.sender) == ("u@x", "p/@ é", "avis@pleiades.example")
    assert "é" not in repr(parsed)


@pytest.mark.parametrize(
    "url",
    ["", "http://mail.example", "smtp://", "smtp://mail.example:abc", "smtp://mail.example/?tls=perhaps"],
)
def test_an_address_that_makes_no_sense_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="smtp://"):
        SmtpUrl.parse(url)


# --- connections ---------------------------------------------------------------------------------


async def test_one_connection_serves_one_message_after_the_other(postbox: Postbox) -> None:
    async with pool_on(postbox.url) as pool:
        for subject in ("un", "deux", "trois"):
            await pool.send(letter(subject), SENDER, ["a@client.example"])
    assert [mail.message["Subject"] for mail in postbox.mails] == ["un", "deux", "trois"]
    assert len(postbox.sessions) == 1


async def test_never_more_than_four_connections_are_open(postbox: Postbox) -> None:
    async with pool_on(postbox.url) as pool:
        await asyncio.gather(*(pool.send(letter(str(n)), SENDER, ["a@client.example"]) for n in range(12)))
    assert sorted(int(mail.message["Subject"]) for mail in postbox.mails) == list(range(12))
    assert 1 < len(postbox.sessions) <= CONNECTIONS


async def test_a_connection_closed_by_the_server_is_replaced(postbox: Postbox) -> None:
    async with pool_on(postbox.url) as pool:
        await pool.send(letter(), SENDER, ["a@client.example"])
        postbox.hang_up()
        [idle] = pool._idle
        await until(lambda: not idle.connection.is_connected, "the client to see that the server hung up")
        await pool.send(letter(), SENDER, ["a@client.example"])
    assert len(postbox.mails) == len(postbox.sessions) == 2


async def test_a_connection_idle_for_too_long_is_replaced(postbox: Postbox) -> None:
    pool = SmtpPool(SmtpUrl.parse(postbox.url), idle=0.0)
    await pool.send(letter(), SENDER, ["a@client.example"])
    await pool.send(letter(), SENDER, ["a@client.example"])
    await pool.close()
    assert len(postbox.mails) == len(postbox.sessions) == 2


async def test_a_refused_message_leaves_its_connection_usable(postbox: Postbox) -> None:
    postbox.answers["a@client.example"] = "550 No such person"
    async with pool_on(postbox.url) as pool:
        assert (await refusal(pool)).permanent
        await pool.send(letter(), SENDER, ["b@client.example"])
    assert (len(postbox.sessions), len(postbox.mails)) == (1, 1)


async def test_a_cancelled_message_gives_its_place_to_the_next(postbox: Postbox) -> None:
    async with pool_on(postbox.url, connections=1) as pool:
        await pool.send(letter(), SENDER, ["a@client.example"])
        cut = asyncio.create_task(pool.send(letter("cut"), SENDER, ["a@client.example"]))
        await asyncio.sleep(0)
        cut.cancel()
        await asyncio.gather(cut, return_exceptions=True)
        await pool.send(letter("next"), SENDER, ["a@client.example"])
    assert cut.cancelled()
    assert postbox.mails[-1].message["Subject"] == "next"
    assert len(postbox.sessions) == 2


# --- refusals ------------------------------------------------------------------------------------


async def test_one_refused_among_several_recipients_is_named(postbox: Postbox) -> None:
    postbox.answers["b@client.example"] = "550 No such person"
    async with pool_on(postbox.url) as pool:
        refused = await pool.send(letter(), SENDER, ["a@client.example", "b@client.example"])
    assert refused == ("b@client.example",)
    assert postbox.mails[0].recipients == ("a@client.example",)


@pytest.mark.parametrize(("second", "permanent"), [("550 Never", True), ("450 Later", False)])
async def test_all_recipients_refused_is_final_only_if_each_is(
    postbox: Postbox, second: str, permanent: bool
) -> None:
    postbox.answers |= {"a@client.example": "550 Never", "b@client.example": second}
    async with pool_on(postbox.url) as pool:
        error = await refusal(pool, "a@client.example", "b@client.example")
    assert error.permanent == permanent


async def test_an_address_that_cannot_be_written_is_final(postbox: Postbox) -> None:
    async with pool_on(postbox.url) as pool:
        assert (await refusal(pool, "élise@client.example")).permanent


async def test_a_server_that_hangs_up_is_tried_again(postbox: Postbox) -> None:
    postbox.hangs_up_after_data = True
    async with pool_on(postbox.url) as pool:
        assert not (await refusal(pool)).permanent


# --- encryption ----------------------------------------------------------------------------------


async def test_the_password_opens_the_server(postbox: Postbox) -> None:
    async with pool_on(f"smtp://{CREDENTIALS}@127.0.0.1:{postbox.port}/?tls=none") as pool:
        await pool.send(letter(), SENDER, ["a@client.example"])
    assert postbox.logins == [USER]
    assert len(postbox.mails) == 1


async def test_a_wrong_password_does_not_condemn_the_message(postbox: Postbox) -> None:
    async with pool_on(f"smtp://{USER}:wrong@127.0.0.1:{postbox.port}/?tls=none") as pool:
        error = await refusal(pool)
    assert not error.permanent
    assert "535" in error.message


async def test_a_password_is_not_given_to_a_server_without_encryption(postbox: Postbox) -> None:
    async with pool_on(f"smtp://{CREDENTIALS}@127.0.0.1:{postbox.port}/") as pool:
        error = await refusal(pool)
    assert not error.permanent
    assert postbox.logins == []


async def test_a_password_is_not_given_to_a_server_that_proves_nothing(certificate: ssl.SSLContext) -> None:
    async with running_smtp(certificate) as postbox:
        async with pool_on(f"smtp://{CREDENTIALS}@127.0.0.1:{postbox.port}/") as pool:
            error = await refusal(pool)
        assert not error.permanent
        assert postbox.logins == []
