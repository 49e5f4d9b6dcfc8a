"""A real SMTP server on loopback that keeps what it receives and refuses what it is told to."""

import asyncio
import email
import email.policy
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "suivi", "mot de passe & @"


@dataclass(frozen=True)
class Mail:
    """One e-mail as it arrived, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    raw: bytes


@dataclass
class Postbox:
    """What the server keeps and how it behaves; `answers` maps a recipient, or "DATA", to a refusal."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    hangs_up_after_data: bool = False
    hangs_up_before_data: bool = False
    sessions: list[SMTP] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}/?from=avis@pleiades.example"

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.hangs_up_before_data:
            server.transport.abort()
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        self._keep(envelope)
        if self.hangs_up_after_data:
            server.transport.abort()
        return "250 OK"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: LoginPassword
    ) -> AuthResult:
        self.logins.append(login.login.decode())
        known = login == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False)

    def hang_up(self) -> None:
        """Close every connection, as a server does with idle clients."""
        for session in self.sessions:
            if session.transport is not None:
                session.transport.close()

    def _keep(self, envelope: Envelope) -> None:
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        self.mails.append(
            Mail(envelope.mail_from, tuple(envelope.rcpt_tos), message, envelope.original_content)
        )


@asynccontextmanager
async def running_smtp(tls: ssl.SSLContext | None = None) -> AsyncIterator[Postbox]:
    """Run the server; with `tls` it offers STARTTLS and takes passwords only after it."""
    postbox = Postbox()
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        opened = SMTP(
            postbox,
            hostname="smtp.test",
            tls_context=tls,
            authenticator=postbox.authenticate,
            auth_require_tls=tls is not None,
            loop=loop,
        )
        postbox.sessions.append(opened)
        return opened

    server = await loop.create_server(session, "127.0.0.1", 0)
    postbox.port = server.sockets[0].getsockname()[1]
    try:
        yield postbox
    finally:
        server.close()
        postbox.hang_up()
        await asyncio.sleep(0)  # let the closed connections say so
