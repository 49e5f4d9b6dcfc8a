"""What a channel carries: a message, its receipt, what comes back, and the one error of this boundary."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message of one attempt; `id` is the attempt's, so that a report finds it again.

    `return_token` goes into the envelope sender of an e-mail, so that a bounce does.
    """

    id: UUID
    to: str
    sender: str
    text: str
    subject: str = ""
    html: str = ""
    valid_until: datetime | None = None
    report_url: str = ""
    message_id: str = ""
    unsubscribe_url: str = ""
    return_token: str = ""


Write = Callable[[Outgoing, str], Awaitable[None]]
"""Keep a message of the memory carrier: the message, then its channel."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The carrier has the message; `reference` is its own name for it, if it gives one."""

    reference: str | None = None


class ReportState(StrEnum):
    """What a delivery report says, from the least to the most certain."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    FAILED = "failed"
    DELIVERED = "delivered"

    @property
    def rank(self) -> int:
        """Reports arrive in any order: only a higher rank replaces a lower one.

        >>> max(ReportState.DELIVERED, ReportState.ACCEPTED, key=lambda state: state.rank).value
        'delivered'
        """
        return tuple(ReportState).index(self) + 1


@dataclass(frozen=True, slots=True)
class Report:
    attempt: UUID
    state: ReportState

    @property
    def rank(self) -> int:
        return self.state.rank


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message from a person; `reference` is the carrier's own, the same when it calls twice."""

    sender: str
    to: str
    text: str
    reference: str = ""


class ChannelError(Exception):
    """A message that was not accepted, with what to do about it.

    permanent: this message will never pass.
    uncertain: the carrier may have it, never send it again blindly.
    repeatable: it may have arrived, and sending it again with the same Message-ID is safe.
    none of them: it did not leave; try again, after `retry_after` seconds if the carrier says so.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        uncertain: bool = False,
        repeatable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.uncertain = uncertain
        self.repeatable = repeatable
        self.retry_after = retry_after


class Driver(Protocol):
    """One carrier: `channel` is sms, email or voice, `name` its part of a hook's address.

    `repeats` says that the same attempt given twice makes one message: the carrier takes the attempt's id as
    a key, or the reader's mail program knows the Message-ID.
    """

    name: str
    channel: str
    repeats: bool

    async def send(self, message: Outgoing) -> Receipt:
        """Give one message to the carrier, or raise ChannelError."""

    async def close(self) -> None: ...
