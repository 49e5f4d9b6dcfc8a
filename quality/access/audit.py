"""The audit trail: who did or read what, each line sealing the one before."""

from collections.abc import Mapping

import msgspec

from quality import clock
from quality.access.actor import Actor
from quality.db import Connection, execute, fetch

# A statement that writes something else first takes its own values from $7 on.
LINE = """
INSERT INTO audit (id, platform_id, account_id, at, action, subject, detail)
VALUES (0, $1, $2, $3, $4, $5, $6::jsonb)
"""


async def record(
    db: Connection, actor: Actor, action: str, subject: str = "", detail: Mapping[str, object] | None = None
) -> None:
    """Write a line in the transaction of its cause; call it last, as the chain is one lock until the commit.

    `action` is `noun.verb` (`account.create`); `subject` the id or code it is about, never a client's name.
    """
    await execute(db, LINE, *values(actor, action, subject, detail))


def values(
    actor: Actor, action: str, subject: str = "", detail: Mapping[str, object] | None = None
) -> tuple[object, ...]:
    """Give the values of `LINE`."""
    written = msgspec.json.encode(detail or {}).decode()
    return (actor.platform, actor.account, clock.now(), action, subject[:200], written)


async def breaks(db: Connection) -> list[int]:
    """Return the lines whose seal no longer holds, all platforms together."""
    return [row["id"] for row in await fetch(db, "SELECT id FROM audit_breaks()")]
