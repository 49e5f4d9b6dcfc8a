"""What stands beside a complaint for whoever handles it: files, who follows it, whom to call, funders."""

from dataclasses import dataclass
from datetime import datetime

from quality.access.actor import STAFF, Actor
from quality.access.scope import scoped
from quality.complaints.pages.attachments import Attachment, joined
from quality.complaints.reading import Read
from quality.complaints.resolving.moves import MANAGERS
from quality.db import Connection, fetch, fetch_one, fetch_value


@dataclass(frozen=True, slots=True)
class Contact:
    """The provider's on-call contact, who confirms a promise."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A transmission, as its sender reads it."""

    funder: str
    at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Beside:
    """`colleagues` and `funders` are (id, name) pairs, read by managers; `owner` is "" where not known."""

    files: tuple[Attachment, ...]
    owner: str
    contact: Contact
    colleagues: tuple[tuple[str, str], ...]
    funders: tuple[tuple[str, str], ...]
    sent: tuple[Sent, ...]
    merged_into: int | None


async def beside(actor: Actor, read: Read) -> Beside:
    """Read what stands beside a complaint that the actor has read."""
    is_manager = actor.role in MANAGERS
    async with scoped(actor) as db:
        return Beside(
            files=await joined(db, read.id),
            owner=await _owner(db, actor, read, is_manager=is_manager),
            contact=await _contact(db, actor, read),
            colleagues=await _colleagues(db, actor) if is_manager else (),
            funders=await _funders(db, read) if is_manager else (),
            sent=await _sent(db, read) if is_manager else (),
            merged_into=await fetch_value(
                db, "SELECT number FROM complaint WHERE id = $1", read.merged_into_id
            ),
        )


async def _owner(db: Connection, actor: Actor, read: Read, *, is_manager: bool) -> str:
    """Name who follows the complaint: an account's own name, a colleague's for a manager only."""
    if read.owner_id is None:
        return ""
    if read.owner_id == actor.account:
        return actor.name
    if not is_manager:
        return ""
    return await fetch_value(db, "SELECT name FROM account WHERE id = $1", read.owner_id) or ""


async def _contact(db: Connection, actor: Actor, read: Read) -> Contact:
    row = await fetch_one(
        db,
        """
        SELECT o.on_call_name AS name, coalesce(nullif(o.on_call_phone, ''), o.phone) AS phone
        FROM organisation o JOIN complaint c ON c.provider_id = o.id WHERE c.id = $1 AND c.platform_id = $2
        """,
        read.id,
        actor.platform,
    )
    return Contact(row["name"], row["phone"]) if row else Contact("", "")


async def _colleagues(db: Connection, actor: Actor) -> tuple[tuple[str, str], ...]:
    rows = await fetch(
        db,
        """
        SELECT DISTINCT a.id, a.name FROM membership m JOIN account a ON a.id = m.account_id AND a.is_active
        WHERE m.platform_id = $1 AND m.role = ANY ($2::text[]) AND a.id <> $3 ORDER BY a.name, a.id LIMIT 200
        """,
        actor.platform,
        sorted(STAFF),
        actor.account,
    )
    return tuple((str(row["id"]), row["name"]) for row in rows)


async def _funders(db: Connection, read: Read) -> tuple[tuple[str, str], ...]:
    """List the funders of the visit to which the complaint was not transmitted yet."""
    rows = await fetch(
        db,
        """
        SELECT o.id, o.name FROM organisation o WHERE o.id = ANY ($1::uuid[]) AND NOT EXISTS
            (SELECT 1 FROM complaint_transmission t WHERE t.complaint_id = $2 AND t.funder_id = o.id)
        ORDER BY o.name
        """,
        list(read.funders),
        read.id,
    )
    return tuple((str(row["id"]), row["name"]) for row in rows)


async def _sent(db: Connection, read: Read) -> tuple[Sent, ...]:
    rows = await fetch(
        db,
        """
        SELECT o.name AS funder, t.at, t.answer, t.answered_at FROM complaint_transmission t
        JOIN organisation o ON o.id = t.funder_id WHERE t.complaint_id = $1 ORDER BY t.at
        """,
        read.id,
    )
    return tuple(Sent(**row) for row in rows)
