"""One line of an interventions file once every value has been understood."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import blake2b
from operator import attrgetter
from typing import Final, Literal, TypeAlias, TypeVar
from uuid import UUID

import msgspec

T = TypeVar("T")
DIGEST_LENGTH = 16
DIGEST_KEY = "digest"  # the label of the subkey of digests


class Clear(Enum):
    """What a cell holding `-` asks for."""

    CLEAR = "-"


CLEAR: Final = Clear.CLEAR
# None leaves the stored value, CLEAR removes it.
Maybe: TypeAlias = T | Literal[Clear.CLEAR] | None


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An intervention and its client: instants in UTC, phones in E.164, funders as sorted ids."""

    line: int
    reference: str
    client_reference: str
    departement: str
    activity: str
    mode: str
    client_name: Maybe[str] = None
    phone: Maybe[str] = None
    mobile: Maybe[str] = None
    email: Maybe[str] = None
    language: Maybe[str] = None
    postcode: Maybe[str] = None
    commune: Maybe[str] = None
    age_band: Maybe[str] = None
    client_status: str | None = None
    client_status_since: Maybe[date] = None
    contact: Maybe[str] = None
    relative_name: Maybe[str] = None
    relative_phone: Maybe[str] = None
    relative_phone_is_mobile: bool = False
    relative_email: Maybe[str] = None
    plan_reference: Maybe[str] = None
    hours_notified: Maybe[Decimal] = None
    referral_reference: Maybe[str] = None
    planned_start: Maybe[datetime] = None
    planned_end: Maybe[datetime] = None
    started_at: Maybe[datetime] = None
    ended_at: Maybe[datetime] = None
    worker_reference: Maybe[str] = None
    funders: Maybe[tuple[UUID, ...]] = None
    status: str | None = None
    status_reason: Maybe[str] = None
    incident: Maybe[bool] = None


CLIENT_FIELDS = (
    "client_reference",
    "departement",
    "client_name",
    "phone",
    "mobile",
    "email",
    "language",
    "postcode",
    "commune",
    "age_band",
    "client_status",
    "client_status_since",
    "contact",
    "relative_name",
    "relative_phone",
    "relative_phone_is_mobile",
    "relative_email",
)

_encode = msgspec.msgpack.Encoder().encode
_facts = attrgetter(*CLIENT_FIELDS)


def digest(line: Line, key: bytes) -> bytes:
    """Return 16 bytes that change when anything but the line's number does; keyed, as phones are few."""
    return _keyed(_encode(msgspec.structs.astuple(line)[1:]), key)


def client_digest(line: Line, key: bytes) -> bytes:
    """Return 16 bytes that change when something said of the client does."""
    return _keyed(_encode(_facts(line)), key)


def joined_digest(first: bytes, second: bytes, key: bytes) -> bytes:
    """Return the digest of two lines on the same client, in their order."""
    return _keyed(first + second, key)


def _keyed(content: bytes, key: bytes) -> bytes:
    return blake2b(content, key=key, digest_size=DIGEST_LENGTH).digest()


def first_status(line: Line) -> str:
    """Return the status of a visit never seen before: the line's, else done once it has a real start."""
    if line.status is not None:
        return line.status
    return "planned" if line.started_at in {None, CLEAR} else "done"
