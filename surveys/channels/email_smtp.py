"""E-mail through an SMTP server: a text and an HTML part, one-click refusal, one Message-ID for every try."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr

from quality.mail.smtp import SmtpError, SmtpPool, SmtpUrl
from surveys.channels.message import ChannelError, Outgoing, Receipt
from surveys.channels.opening import DriverRefused, Opening
from surveys.channels.verp import with_token


class SmtpDriver:
    """Send by one SMTP server; `sender` is used when a message names none."""

    name = "smtp"
    channel = "email"
    repeats = True

    def __init__(self, pool: SmtpPool, sender: str) -> None:
        self._pool = pool
        self._sender = sender

    async def send(self, message: Outgoing) -> Receipt:
        composed = compose(message, self._sender)
        envelope_sender = with_token(parseaddr(str(composed["From"]))[1], message.return_token)
        try:
            await self._pool.send(composed, envelope_sender, [message.to])
        except SmtpError as error:
            raise ChannelError(
                error.message, permanent=error.permanent, repeatable=error.may_have_arrived
            ) from error
        return Receipt(reference=str(composed["Message-ID"]))

    async def close(self) -> None:
        await self._pool.close()


def open_smtp(opening: Opening) -> SmtpDriver:
    """Open `smtp://user:password@host:587/?from=avis@example.org[&tls=auto|starttls|implicit|none]`."""
    url = SmtpUrl.parse(opening.url)
    if "@" not in parseaddr(url.sender)[1]:
        raise DriverRefused("L’adresse smtp:// doit nommer l’expéditeur : ajoutez ?from=avis@exemple.fr.")
    return SmtpDriver(SmtpPool(url), url.sender)


def compose(message: Outgoing, sender: str) -> EmailMessage:
    """Return the e-mail of one attempt; what cannot be written as one is refused for good."""
    try:
        return _composed(message, message.sender or sender)
    except (ValueError, IndexError, MessageError) as error:
        raise ChannelError(f"This e-mail cannot be written: {error}", permanent=True) from error


def _composed(message: Outgoing, sender: str) -> EmailMessage:
    email = EmailMessage(policy=SMTP)
    email["From"] = sender
    email["To"] = Address(addr_spec=message.to)
    email["Subject"] = message.subject
    email["Date"] = formatdate(usegmt=True)
    email["Message-ID"] = message.message_id or _message_id(message, sender)
    email["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answer
    if message.unsubscribe_url:
        email["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    email.set_content(message.text, cte="quoted-printable")
    if message.html:
        email.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return email


def _message_id(message: Outgoing, sender: str) -> str:
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{message.id}@{domain}>"
