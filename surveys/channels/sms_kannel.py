"""SMS through Kannel, the self-hosted gateway: sending, delivery reports, incoming messages.

Parameters and reports: Kannel 1.4.5 User's Guide, chapters "Setting up a SMS Gateway" and "Delivery Reports".
A text of several segments needs `max-messages` (with `concatenation`) in the gateway's sendsms-user group:
its default of 1 cuts the text silently.
"""

import codecs
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes, urlencode
from uuid import UUID

import httpx

from quality import clock
from quality.errors import Forbidden, Invalid
from surveys.channels.calls import NOTHING_SENT, Calls
from surveys.channels.gsm7 import is_gsm7
from surveys.channels.message import ChannelError, Incoming, Outgoing, Receipt, Report, ReportState
from surveys.channels.opening import DriverRefused, Opening
from surveys.channels.signature import verify

SENDSMS = "/cgi-bin/sendsms"
DEFAULT_PORT = 13013
TIMEOUT = 10.0
ACCEPTED = 202  # any other success is the page of something in between
ALL_REPORTS = "31"
INCOMING_QUERY = "id=%I&from=%p&to=%P&text=%b&charset=%C&coding=%c"
"""The query of the gateway's get-url; `incoming_of` reads it."""

RETRIED = frozenset({408, 425, 429})
OUR_FAULT = frozenset({401, 403})  # a wrong password says nothing of the number: it waits until it is mended
NO_ROUTE = "Do not try again"  # Kannel also answers 403 for a number that no carrier of its own takes
UNKNOWN_TO_PROXY = frozenset({502, 504})

CODECS = frozenset({"utf-8", "utf-16-be", "iso8859-1", "iso8859-15", "cp1252", "ascii"})

STATES = {
    "1": ReportState.DELIVERED,
    "2": ReportState.FAILED,
    "4": ReportState.QUEUED,
    "8": ReportState.ACCEPTED,
    "16": ReportState.REJECTED,
    "34": ReportState.EXPIRED,
    "66": ReportState.FAILED,
}


@dataclass(frozen=True, slots=True)
class KannelAccount:
    """Where the gateway listens and who we are to it."""

    api: str
    username: str
    password: str = field(repr=False)
    sender: str


class KannelDriver:
    """Send by the gateway's sendsms page."""

    name = "kannel"
    channel = "sms"
    repeats = False

    def __init__(self, account: KannelAccount, *, timeout: float = TIMEOUT) -> None:
        self._account = account
        self._calls = Calls(account.api.rstrip("/") + SENDSMS, timeout=timeout)

    async def send(self, message: Outgoing) -> Receipt:
        parameters = sendsms_parameters(message, self._account)
        try:
            response = await self._calls.get(urlencode(parameters))
        except NOTHING_SENT as error:
            raise ChannelError(f"Kannel does not answer: {type(error).__name__}") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise ChannelError(f"Kannel said nothing: {type(error).__name__}", uncertain=True) from error
        if response.status_code != ACCEPTED:
            raise _refusal(response)
        return Receipt()  # Kannel names no message: its reports come back to our own address

    async def close(self) -> None:
        await self._calls.close()


def open_kannel(opening: Opening) -> KannelDriver:
    """Open `kannel://user:password@host:13013/?from=38000[&api=https://gateway.example][&timeout=10]`."""
    if not opening.user:
        raise DriverRefused("L’adresse kannel:// doit nommer un utilisateur et son mot de passe.")
    api = opening.option("api") or f"http://{opening.host or '127.0.0.1'}:{opening.port or DEFAULT_PORT}"
    if not api.startswith(("http://", "https://")):
        raise DriverRefused("L’option « api » de l’adresse kannel:// commence par http:// ou https://.")
    _keep_addresses_out_of_logs()
    account = KannelAccount(api, opening.user, opening.password, opening.option("from"))
    return KannelDriver(account, timeout=opening.number("timeout", TIMEOUT))


def _keep_addresses_out_of_logs() -> None:
    # httpx logs each address, and this one holds the password, the number and the text.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def sendsms_parameters(message: Outgoing, account: KannelAccount) -> dict[str, str]:
    """Return the query of one sendsms request; only a pure GSM-7 text goes with coding 0."""
    parameters = {
        "username": account.username,
        "password": account.password,
        "from": message.sender or account.sender,
        "to": message.to,
        "text": message.text,
        "charset": "UTF-8",
        "coding": "0" if is_gsm7(message.text) else "2",
    }
    return parameters | _validity(message) | _reports(message)


def _validity(message: Outgoing) -> dict[str, str]:
    if message.valid_until is None:
        return {}
    minutes = int((message.valid_until - clock.now()).total_seconds() // 60)
    if minutes < 1:
        raise ChannelError("The window of this message is over", permanent=True)
    return {"validity": str(minutes)}


def _reports(message: Outgoing) -> dict[str, str]:
    if not message.report_url:
        return {}
    return {"dlr-mask": ALL_REPORTS, "dlr-url": f"{message.report_url}&type=%d"}


def _refusal(response: httpx.Response) -> ChannelError:
    status = response.status_code
    # A machine in between gave up, or answered for the gateway, which may have the message.
    uncertain = status in UNKNOWN_TO_PROXY or response.is_success
    return ChannelError(
        f"Kannel answered {status}: {response.text[:120]}",
        permanent=_is_final(status, response.text),
        uncertain=uncertain,
        retry_after=_retry_after(response.headers),
    )


def _is_final(status: int, said: str) -> bool:
    if status in OUR_FAULT:
        return NO_ROUTE in said
    return 400 <= status < 500 and status not in RETRIED


def _retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds to wait: a number, or a date compared with Date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after", "")
    if value.isdecimal():
        return float(value)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return max(wait.total_seconds(), 0.0)


def report_of(query: Mapping[str, str], key: bytes) -> Report:
    """Read a delivery report called by the gateway; refuse one that our key did not sign.

    >>> from surveys.channels.signature import sign
    >>> attempt = UUID(int=1)
    >>> report_of({"attempt": attempt.hex, "sig": sign(b"key", attempt), "type": "1"}, b"key").state.value
    'delivered'
    """
    try:
        attempt = UUID(query["attempt"])
        signature = query["sig"]
        state = STATES[query["type"]]
    except (KeyError, ValueError) as error:
        raise Invalid("Ce compte rendu est incomplet.") from error
    if not verify(key, attempt, signature):
        raise Forbidden("Ce compte rendu n’est pas signé par cette installation.")
    return Report(attempt, state)


def incoming_of(raw_query: bytes) -> Incoming:
    """Read an incoming message; a UCS-2 text is percent-encoded UTF-16BE, so only the raw query has it whole.

    >>> incoming_of(b"from=%2B33600000001&to=38000&text=%00O%00%EA&charset=UTF-16BE&coding=2").text
    'Oê'
    """
    fields = _fields(raw_query)
    if not fields.get("from") or "text" not in fields:
        raise Invalid("Ce message entrant est incomplet.")
    codec = _codec(fields.get("charset", b""), fields.get("coding", b""))
    return Incoming(
        sender=_plain(fields["from"], "utf-8").strip(),
        to=_plain(fields.get("to", b""), "utf-8").strip(),
        text=_plain(fields["text"], codec),
        reference=_plain(fields.get("id", b""), "utf-8"),
    )


def _fields(raw_query: bytes) -> dict[str, bytes]:
    pairs = (part.partition(b"=") for part in raw_query.split(b"&"))
    return {
        name.decode("ascii", "replace"): unquote_to_bytes(value.replace(b"+", b" "))
        for name, _, value in pairs
    }


def _codec(charset: bytes, coding: bytes) -> str:
    if not charset:
        return "utf-16-be" if coding == b"2" else "utf-8"
    try:
        name = codecs.lookup(charset.decode("ascii", "replace")).name
    except LookupError:
        name = ""
    return name if name in CODECS else "latin-1"  # Kannel calls a binary message « 8-BIT »


def _plain(value: bytes, codec: str) -> str:
    return value.decode(codec, "replace").replace("\x00", "")  # PostgreSQL keeps no NUL
