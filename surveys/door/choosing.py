"""Several answers by one paper, read side by side by a supervisor: those of one link are kept, or none."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, pool, transaction
from quality.errors import Conflict, NotFound
from quality.french import french
from surveys.door.doubting import settle
from surveys.door.entering import ALONE
from surveys.door.finding import day_in_id
from surveys.honesty.rules import SEVERAL
from surveys.protocol.ledger import Row
from surveys.response import InvitedVisit, by_ids

DECIDED = french("Quelqu’un d’autre a déjà choisi. Rien n’a changé.")
CHANGED = french(
    "Les réponses ont changé depuis l’ouverture de cette page. Relisez-les toutes, puis choisissez."
)
MOST = 500  # answers looked at: what is chosen leaves the list


@dataclass(frozen=True, slots=True)
class Paper:
    """The paper of a client's day: `id` is its first invitation, `answers` how many people used it."""

    id: UUID
    day: date
    provider: str
    reference: str
    answers: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A paper with the links that wait for a choice, the first that answered first."""

    paper: Paper
    links: tuple[InvitedVisit, ...]


async def count_doubted(actor: Actor) -> int:
    """Count the papers that wait for a choice."""
    return len(await doubted(actor))


async def doubted(actor: Actor) -> tuple[Paper, ...]:
    """List the papers that wait for a choice, the oldest first."""
    async with scoped(actor) as db:
        rows = await fetch(db, DOUBTED, actor.platform, MOST)
    return tuple(sorted(_papers(rows), key=lambda paper: paper.id))


COLUMNS = "i.id, i.client_id, i.occasion_id, i.departement, i.visit_on, i.provider_name, c.reference"
DOUBTED = f"""
SELECT DISTINCT {COLUMNS}
FROM response r JOIN invitation i ON i.id = r.invitation_id JOIN client c ON c.id = i.client_id
WHERE r.platform_id = $1 AND r.admissible = '{SEVERAL}' ORDER BY i.id LIMIT $2
"""


def _papers(rows: Sequence[Row]) -> list[Paper]:
    ordered = sorted(rows, key=lambda row: (*_of(row), row["id"]))
    return [_paper(list(group)) for _, group in groupby(ordered, key=_of)]


def _of(row: Row) -> tuple[UUID, date]:
    """Name a paper: that of a client, for the visits of one day."""
    return row["client_id"], day_in_id(row["occasion_id"], row["departement"])


def _paper(rows: Sequence[Row]) -> Paper:
    first = rows[0]
    return Paper(first["id"], first["visit_on"], first["provider_name"], first["reference"], len(rows))


async def read(actor: Actor, invitation: UUID) -> Doubt:
    """Read what was answered by the paper of an invitation; that it was read is in the audit."""
    async with scoped(actor) as db:
        rows = await _of_paper(db, actor, invitation)
        if not rows:
            raise NotFound
        await audit.record(db, actor, "answers.read", str(rows[0]["id"]))
    return Doubt(_paper(rows), await _waiting(pool("answer"), rows))


async def _waiting(db: Connection, rows: Sequence[Row]) -> tuple[InvitedVisit, ...]:
    """Read the links of a paper that wait for a choice, the first that answered first."""
    links = await by_ids(db, [row["id"] for row in rows])
    waiting = [link for link in links if any(each.admissible == SEVERAL for each in link.responses.values())]
    return tuple(sorted(waiting, key=lambda link: link.id))


async def _of_paper(db: Connection, actor: Actor, invitation: UUID) -> list[Row]:
    """Find the answers by the same paper as one of them, the first one first."""
    one = await fetch_one(db, ONE, invitation, actor.platform)
    if one is None:
        return []
    rows = await fetch(db, OF_CLIENT, one["client_id"])
    return sorted((row for row in rows if _of(row) == _of(one)), key=itemgetter("id"))


ONE = f"""
SELECT {COLUMNS} FROM invitation i JOIN client c ON c.id = i.client_id
WHERE i.id = $1 AND i.platform_id = $2 AND i.collector = 'self'
"""
OF_CLIENT = f"""
SELECT {COLUMNS} FROM invitation i JOIN client c ON c.id = i.client_id
WHERE i.client_id = $1 AND i.collector = 'self'
"""


async def choose(actor: Actor, invitation: UUID, kept: UUID | None, shown: Collection[UUID]) -> None:
    """Keep the answers of one link, or of none: they count like the others, those left aside count apart.

    `shown` are the links that were read. Raise Conflict when others wait for a choice now: nothing is set
    aside unread, and a link set aside before is not kept.
    """
    async with scoped(actor) as db:
        rows = await _of_paper(db, actor, invitation)
    if not rows:
        raise NotFound
    async with transaction("work") as db:
        # What was read before this lock may be out of date: it is read again behind it.
        await execute(db, ALONE, str(rows[0]["client_id"]))
        rows = await _of_paper(db, actor, invitation)
        if kept is not None and kept not in {row["id"] for row in rows}:
            raise NotFound
        waiting = {link.id for link in await _waiting(db, rows)}
        _refuse(waiting, shown, kept)
        moved = await settle(db, waiting, kept)
        detail = {"kept": str(kept) if kept else None, "answers": moved}
        await audit.record(db, actor, "answers.choose", str(rows[0]["id"]), detail)


def _refuse(waiting: Set[UUID], shown: Collection[UUID], kept: UUID | None) -> None:
    if not waiting:
        raise Conflict(DECIDED)
    if waiting != set(shown) or (kept is not None and kept not in waiting):
        raise Conflict(CHANGED)


def entered_at(link: InvitedVisit) -> datetime:
    """Read in its identifier when a link was written: at its first answer."""
    return datetime.fromtimestamp((link.id.int >> 80) / 1000, UTC)
