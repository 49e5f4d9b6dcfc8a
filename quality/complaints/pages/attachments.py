"""Files joined to a complaint: each is read by whoever reads lines of its audience, and by nobody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.complaints.events import Audience, tell
from quality.complaints.reading import SCOPE, own_organisation
from quality.complaints.resolving.moves import HANDLERS, MANAGERS, only
from quality.db import Connection, fetch, fetch_one
from quality.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from quality.files import storage
from quality.files.names import clean_name
from quality.keys import Keyring
from quality.web.languages import gettext as _

MOST = 20
# Types that a browser may name when it saves the file; anything else is bytes. None is shown in the page.
KNOWN_TYPES = frozenset(
    {"application/pdf", "image/jpeg", "image/png", "image/heic", "text/plain", "audio/mpeg", "audio/mp4"}
)
PLAIN = "application/octet-stream"
COMPLAINT = f"SELECT c.id, c.platform_id FROM complaint c WHERE {SCOPE} AND c.number = $3"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as a browser sends it."""

    name: str
    media_type: str
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class Attachment:
    """A joined file, as the list of the page says it."""

    id: UUID
    name: str
    size: int
    audience: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A joined file with its content."""

    name: str
    media_type: str
    content: bytes


async def join(actor: Actor, keyring: Keyring, number: int, sent: Sent, audience: Audience) -> None:
    """Store a file beside a complaint, and write its line."""
    only(actor, HANDLERS)
    if actor.role == Role.provider and audience not in (Audience.all, Audience.client):
        raise Forbidden
    if audience is Audience.serious:
        only(actor, MANAGERS)
    name = clean_name(sent.name)
    if not name:
        raise Invalid(errors=(FieldError("fichier", _("Choisissez un fichier, de 20 Mo au plus.")),))
    media_type = sent.media_type if sent.media_type in KNOWN_TYPES else PLAIN
    async with scoped(actor) as db:
        row = await _complaint(db, actor, number)
        if len(await joined(db, row["id"])) >= MOST:
            raise Conflict("Vingt fichiers sont déjà joints : c’est le plus possible.")
        owner = storage.Owner(row["platform_id"], complaint=row["id"], audience=audience.value)
        await storage.put(db, keyring, owner, sent.content, name=name, media_type=media_type)
        line = "file" if actor.role == Role.provider else "staff_file"
        named = row["platform_id"], row["id"]
        await tell(db, named, line, clock.now(), account=actor.account, audience=audience, text=name)
        await audit.record(db, actor, "complaint.file", str(number))


async def joined(db: Connection, complaint: UUID) -> tuple[Attachment, ...]:
    """List the files of a complaint that the scope may read, the oldest first."""
    rows = await fetch(
        db,
        """
        SELECT id, name, size, audience, created_at FROM file WHERE complaint_id = $1 ORDER BY created_at, id
        """,
        complaint,
    )
    return tuple(Attachment(**row) for row in rows)


async def opened(actor: Actor, keyring: Keyring, number: int, file: UUID) -> Opened:
    """Give a joined file; one of another complaint, or of readers one is not among, is not found."""
    async with scoped(actor) as db:
        row = await _complaint(db, actor, number)
        found = await fetch_one(
            db, "SELECT name, media_type FROM file WHERE id = $1 AND complaint_id = $2", file, row["id"]
        )
        if found is None:
            raise NotFound
        content = await storage.read(db, keyring, file)
        await audit.record(db, actor, "complaint.file_read", str(number))
    return Opened(**found, content=content)


async def _complaint(db: Connection, actor: Actor, number: int) -> dict[str, UUID]:
    row = await fetch_one(db, COMPLAINT, actor.platform, own_organisation(actor), number)
    if row is None:
        raise NotFound
    return row
