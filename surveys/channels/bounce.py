"""An e-mail that came back: what its delivery status notification says of the message (RFC 3464, RFC 3463).

Anything else says nothing: an answer written by an absent person's program, a delay, a warning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from surveys.channels.message import ReportState

# Where a server writes the envelope recipient that it delivers to, the surest first.
RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
UNDEFINED = (0, 0)
# RFC 3463: undefined, addressing, mailbox, network. The others speak of the system, the protocol, the content
# or a policy: a server that we are barred from says nothing of its mailboxes.
OF_THE_ADDRESS = frozenset({0, 1, 2, 4})
# The sender's own address, a message too long, a network that failed for too long.
OF_SOMETHING_ELSE = frozenset({(1, 7), (1, 8), (2, 3), (4, 7)})
ARRIVED = frozenset({"delivered", "relayed", "expanded"})
# Exim before its notifications followed RFC 3464.
EXIM_RECIPIENTS = "X-Failed-Recipients"
EXIM_COPY = re.compile(r"^-+ This is a copy of", re.MULTILINE)
EXIM_GAVE_UP = "retry timeout exceeded"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the message for one recipient: an action, a status, and what the other server said."""

    action: str
    status: str
    diagnostic: str = ""


def recipients_of(raw: bytes) -> tuple[str, ...]:
    """Return the addresses to which a message was delivered, the surest first."""
    message = _parsed(raw)
    written = (str(value) for name in RECIPIENT_HEADERS for value in message.get_all(name, ()))
    return tuple(address for _, address in getaddresses(list(written)) if address)


def state_of(raw: bytes) -> ReportState | None:
    """Say what a message that came back reports: not delivered, too late, or nothing.

    One that was forwarded to several people, and that one of them has, arrived.
    """
    outcomes = tuple(_outcomes(_parsed(raw)))
    if any(each.action in ARRIVED for each in outcomes):
        return None
    states = [state for each in outcomes if (state := reported(each))]
    return max(states, key=lambda state: state.rank, default=None)


def reported(outcome: Outcome) -> ReportState | None:
    """Read one outcome; a failure that says nothing of the address is a message that came too late.

    >>> reported(Outcome("failed", "5.1.1")), reported(Outcome("delayed", "4.4.1"))
    (<ReportState.FAILED: 'failed'>, None)
    >>> reported(Outcome("failed", "5.0.0", "smtp; 550 5.7.1 Blocked"))
    <ReportState.EXPIRED: 'expired'>
    """
    if outcome.action != "failed":
        return None
    kind, detail = _code(outcome.status)
    if detail == UNDEFINED and outcome.diagnostic:
        said, found = _code(outcome.diagnostic)
        kind, detail = (said, found) if said == kind else (kind, detail)
    is_dead = kind == "5" and detail[0] in OF_THE_ADDRESS and detail not in OF_SOMETHING_ELSE
    return ReportState.FAILED if is_dead else ReportState.EXPIRED


def _code(text: str) -> tuple[str, tuple[int, int]]:
    """Find a status code (RFC 3463) in a text: its class, then its subject and detail.

    >>> _code("550 5.1.1 No such user"), _code("nothing")
    (('5', (1, 1)), ('', (0, 0)))
    """
    found = STATUS.search(text)
    return (found[1], (int(found[2]), int(found[3]))) if found else ("", UNDEFINED)


def _parsed(raw: bytes) -> Message:
    """Read a message; one nested beyond reason is none."""
    try:
        return message_from_bytes(raw)
    except RecursionError:
        return Message()


def _outcomes(message: Message) -> Iterator[Outcome]:
    if message.get_content_type() == "multipart/report":
        parts = message.get_payload()
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, Message) and part.get_content_type() == "message/delivery-status":
                yield from _of_report(part)
    elif message[EXIM_RECIPIENTS]:
        yield _of_exim(message)


def _of_report(part: Message) -> Iterator[Outcome]:
    """Read the fields of each recipient; those of the message come first and name none."""
    groups = part.get_payload()
    for group in groups if isinstance(groups, list) else ():
        if isinstance(group, Message) and group["Final-Recipient"] and group["Action"]:
            yield Outcome(
                str(group["Action"]).split()[0].lower(),
                str(group["Status"] or ""),
                str(group["Diagnostic-Code"] or ""),
            )


def _of_exim(message: Message) -> Outcome:
    """Read what the text says before the copy of the message; Exim writes of a delay without that header."""
    content = message.get_payload(decode=True)
    text = EXIM_COPY.split(content.decode("utf-8", "replace") if isinstance(content, bytes) else "")[0]
    return Outcome("failed", "4.4.7" if EXIM_GAVE_UP in text else "5.0.0", text)
