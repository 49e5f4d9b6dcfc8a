"""SMTP: a server's address, a few persistent connections, and one error that says whether to try again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from quality.errors import Refused

CONNECTIONS = 4
TIMEOUT = 30.0
IDLE_SECONDS = 60.0  # RFC 5321 lets a server hang up after five minutes; many do so sooner
QUIT_SECONDS = 2.0
PORTS = {"smtp": 587, "smtps": 465}


ANSWERED = (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused)


class Tls(StrEnum):
    AUTO = "auto"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"
    NONE = "none"


START_TLS = {Tls.AUTO: None, Tls.STARTTLS: True, Tls.IMPLICIT: False, Tls.NONE: False}


@dataclass(frozen=True, slots=True)
class SmtpUrl:
    """One server: `smtp://user:password@host:587/?tls=starttls&from=avis@example.org`."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: Tls
    sender: str

    @classmethod
    def parse(cls, url: str) -> "SmtpUrl":
        """Read an address; a password never travels in clear unless it says `tls=none`.

        >>> SmtpUrl.parse("smtp://u:p@mail.example.org/?from=avis@example.org").tls.value
        'starttls'
        """
        try:
            return cls._parsed(url)
        except ValueError as error:
            raise Refused("L’adresse du serveur d’e-mail s’écrit smtp://hôte:587/?from=…") from error

    @classmethod
    def _parsed(cls, url: str) -> "SmtpUrl":
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        port = parts.port or PORTS[parts.scheme] if parts.scheme in PORTS else 0
        if not port or not parts.hostname:
            raise ValueError(parts.scheme)
        user = unquote(parts.username or "")
        tls = options.get("tls", [_default_tls(parts.scheme, port, user)])[0]
        sender = options.get("from", [""])[0]
        return cls(parts.hostname, port, user, unquote(parts.password or ""), Tls(tls), sender)


def _default_tls(scheme: str, port: int, user: str) -> Tls:
    if scheme == "smtps" or port == PORTS["smtps"]:
        return Tls.IMPLICIT
    return Tls.STARTTLS if user else Tls.AUTO


class SmtpError(Exception):
    """A message the server did not take; permanent when the refusal is a 5yz (RFC 5321, 4.2.1).

    It may have arrived when the connection was lost while the text was given, without an answer.
    """

    def __init__(self, message: str, *, permanent: bool, may_have_arrived: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.may_have_arrived = may_have_arrived


class _Session(aiosmtplib.SMTP):
    """A connection that knows whether it began to give a text."""

    has_begun = False

    async def data(self, *given: Any, **named: Any) -> aiosmtplib.SMTPResponse:
        self.has_begun = True
        return await super().data(*given, **named)


@dataclass(slots=True)
class _Idle:
    connection: _Session
    since: float


class SmtpPool:
    """At most four connections to one server, opened when needed and kept for the next message."""

    def __init__(
        self,
        url: SmtpUrl,
        *,
        connections: int = CONNECTIONS,
        timeout: float = TIMEOUT,
        idle: float = IDLE_SECONDS,
    ) -> None:
        self.url = url
        self._timeout = timeout
        self._idle_seconds = idle
        self._free = asyncio.Semaphore(connections)
        self._idle: list[_Idle] = []

    async def send(self, message: EmailMessage, sender: str, recipients: Sequence[str]) -> tuple[str, ...]:
        """Send with the envelope address `sender`; return those refused among several, or raise SmtpError.

        A connection lost after the text may have delivered it: repeat with the same Message-ID.
        """
        async with self._free, self._connection() as connection:
            connection.has_begun = False
            try:
                refused, _ = await connection.send_message(
                    message, sender=sender, recipients=list(recipients)
                )
            except (aiosmtplib.SMTPException, OSError, ValueError) as error:
                is_permanent = _is_permanent(error)
                is_unsure = connection.has_begun and not (is_permanent or isinstance(error, ANSWERED))
                raise SmtpError(_words(error), permanent=is_permanent, may_have_arrived=is_unsure) from error
            return tuple(refused)

    async def close(self) -> None:
        while self._idle:
            connection = self._idle.pop().connection
            with suppress(aiosmtplib.SMTPException, OSError):
                await connection.quit(timeout=QUIT_SECONDS)
            connection.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[_Session]:
        connection = self._reusable() or await self._connected()
        try:
            yield connection
        except SmtpError as error:
            self._keep_if_sound(connection, error)
            raise
        except BaseException:
            connection.close()  # cut in the middle of a command: its state is unknown
            raise
        self._idle.append(_Idle(connection, _instant()))

    def _keep_if_sound(self, connection: _Session, error: SmtpError) -> None:
        if isinstance(error.__cause__, ANSWERED) and connection.is_connected:
            self._idle.append(_Idle(connection, _instant()))
        else:
            connection.close()

    def _reusable(self) -> _Session | None:
        while self._idle:
            idle = self._idle.pop()
            if idle.connection.is_connected and _instant() - idle.since < self._idle_seconds:
                return idle.connection
            idle.connection.close()
        return None

    async def _connected(self) -> _Session:
        url = self.url
        connection = _Session(
            hostname=url.host,
            port=url.port,
            username=url.user or None,
            password=url.password or None,
            use_tls=url.tls is Tls.IMPLICIT,
            start_tls=START_TLS[url.tls],
            timeout=self._timeout,
        )
        try:
            await connection.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            connection.close()
            # A server that refuses us has not refused this message: a wrong password is mended, then it goes.
            raise SmtpError(_words(error), permanent=False) from error
        return connection


def _instant() -> float:
    return asyncio.get_running_loop().time()


def _is_permanent(error: Exception) -> bool:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return all(refusal.code >= 500 for refusal in error.recipients)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code >= 500
    return isinstance(error, aiosmtplib.SMTPNotSupported | ValueError)


def _words(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return "; ".join(_words(refusal) for refusal in error.recipients)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return f"{type(error).__name__}: {error}"
