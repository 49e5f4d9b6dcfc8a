"""A photo or a PDF that a client adds by the link: few, of known content, under a name that tells nobody."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import BinaryIO
from uuid import UUID

from quality.complaints.events import Audience, tell
from quality.db import Connection, fetch_one, fetch_value
from quality.directory.geography import zone_of
from quality.errors import Conflict
from quality.files import storage
from quality.keys import Keyring

MOST_A_DAY, MOST = 5, 10
LARGEST_MB = 10
LARGEST_BYTES = LARGEST_MB * 1024 * 1024
LOCK = """
SELECT platform_id, departement, disclosure FROM complaint WHERE id = $1 AND state <> 'merged' FOR UPDATE
"""
SENT = """
SELECT count(*) FILTER (WHERE at >= $2) AS today, count(*) AS ever
FROM complaint_event WHERE complaint_id = $1 AND kind = 'client_file'
"""
KNOWN = "SELECT EXISTS (SELECT FROM file WHERE complaint_id = $1 AND sha256 = $2)"
# What a client sent with the name is the staff's alone once the name is taken back: it may tell who they are.
HIDE_LINES = """
UPDATE complaint_event SET audience = 'staff'
WHERE complaint_id = $1 AND kind IN ('message', 'client_file') AND audience = 'client' RETURNING id
"""
HIDE_FILES = """
UPDATE file SET audience = 'staff' WHERE complaint_id = $1 AND audience = 'client' AND name ~ $2 RETURNING id
"""
OWN_NAMES = r"^(photo|document)-\d+\.(jpg|png|heic|pdf)$"


@dataclass(frozen=True, slots=True)
class Content:
    """What the first bytes of a file are."""

    media_type: str
    word: str
    ending: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A file whose content is known."""

    stream: BinaryIO
    content: Content


JPEG, PNG = Content("image/jpeg", "photo", "jpg"), Content("image/png", "photo", "png")
HEIC, PDF = Content("image/heic", "photo", "heic"), Content("application/pdf", "document", "pdf")
STARTS = ((b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG), (b"%PDF-", PDF))
HEIC_BRANDS = frozenset({b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1"})


def content_of(start: bytes) -> Content | None:
    r"""Recognise a photo or a PDF by its first bytes, whatever its name says.

    >>> content_of(b"%PDF-1.7").ending, content_of(b"\x00\x00\x00\x18ftypheic").ending, content_of(b"<html>")
    ('pdf', 'heic', None)
    """
    if start[4:12] in HEIC_BRANDS:
        return HEIC
    return next((content for signature, content in STARTS if start.startswith(signature)), None)


async def join(db: Connection, keyring: Keyring, complaint: UUID, sent: Sent, now: datetime) -> bool:
    """Keep a file (pool `answer`); False once the day has its five or the complaint its ten.

    The same file sent twice is one. Its own name is not kept, as it may name the client.
    """
    row = await fetch_one(db, LOCK, complaint)
    if row is None:
        raise Conflict("Cette réclamation est jointe à une autre.")
    _size, sha256 = storage.measure(sent.stream)
    if await fetch_value(db, KNOWN, complaint, sha256):
        return True
    zone = zone_of(row["departement"])
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    counted = await fetch_one(db, SENT, complaint, midnight) or {}
    if counted["today"] >= MOST_A_DAY or counted["ever"] >= MOST:
        return False
    name = f"{sent.content.word}-{counted['ever'] + 1}.{sent.content.ending}"
    audience = Audience.client if row["disclosure"] == "named" else Audience.staff
    owner = storage.Owner(row["platform_id"], complaint=complaint, audience=audience.value)
    await storage.put(db, keyring, owner, sent.stream, name=name, media_type=sent.content.media_type)
    await tell(db, (row["platform_id"], complaint), "client_file", now, audience=audience, text=name)
    return True


async def hide(db: Connection, complaint: UUID) -> None:
    """Keep to the staff what the client wrote and sent while their name was given (pool `answer`)."""
    await fetch_value(db, HIDE_LINES, complaint)
    await fetch_value(db, HIDE_FILES, complaint, OWN_NAMES)
