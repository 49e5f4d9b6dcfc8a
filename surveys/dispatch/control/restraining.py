"""Hold a channel, let it go on, and give its day a budget; the gate of dispatch reads it at each claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_value, transaction
from quality.errors import Conflict, FieldError, Invalid
from quality.french import french
from quality.ids import uuid7
from quality.web.platform import PARIS

CHANNELS = ("sms", "email", "phone")
BUDGETED = ("sms", "email")
LONGEST_REASON = 200
MOST_A_DAY = 1_000_000
NO_REASON = french("Dites pourquoi, en une phrase\u00a0: vos collègues la liront.")
TOO_LONG = french("200 caractères au plus.")
NO_BUDGET = french("Donnez un nombre de messages de 0 à un million, ou rien\u00a0: aucune limite.")
HELD_ALREADY = french("Ce canal est déjà suspendu.")
GOES_ALREADY = french("Ce canal n’est pas suspendu.")


@dataclass(frozen=True, slots=True)
class Restraint:
    """What restrains a channel: who holds it since when and why, and how much of its budget the day spent."""

    channel: str
    held_at: datetime | None = None
    held_by: UUID | None = None
    held_why: str = ""
    per_day: int | None = None
    spent: int = 0

    @property
    def is_held(self) -> bool:
        return self.held_at is not None


async def read(actor: Actor) -> Mapping[str, Restraint]:
    """Read what restrains each channel of the actor's platform today."""
    today = clock.now().astimezone(PARIS).date()
    async with scoped(actor) as db:
        rows = await fetch(db, READ, actor.platform, today.isoformat())
    return {channel: Restraint(channel) for channel in CHANNELS} | {
        row["channel"]: Restraint(**row) for row in rows
    }


READ = """
SELECT channel, held_at, held_by, held_why, per_day, coalesce((spent ->> $2)::integer, 0) AS spent
FROM channel_setting WHERE platform_id = $1
"""


async def hold(actor: Actor, channel: str, why: str) -> None:
    """Let nothing more leave by a channel until somebody says so; raise Invalid without a reason."""
    said = " ".join(why.split())
    if not said or len(said) > LONGEST_REASON:
        raise Invalid(NO_REASON, (FieldError(f"pourquoi-{channel}", TOO_LONG if said else NO_REASON),))
    async with transaction("work") as db:
        await _known(db, actor, channel)
        held = await fetch_value(db, HOLD, actor.platform, channel, clock.now(), actor.account, said)
        if held is None:
            raise Conflict(HELD_ALREADY)
        await audit.record(db, actor, "channel.hold", channel, {"why": said})


HOLD = """
UPDATE channel_setting SET held_at = $3, held_by = $4, held_why = $5
WHERE platform_id = $1 AND channel = $2 AND held_at IS NULL RETURNING id
"""


async def resume(actor: Actor, channel: str) -> None:
    """Let a channel that was held go on."""
    async with transaction("work") as db:
        resumed = await fetch_value(db, RESUME, actor.platform, channel)
        if resumed is None:
            raise Conflict(GOES_ALREADY)
        await audit.record(db, actor, "channel.resume", channel)


RESUME = """
UPDATE channel_setting SET held_at = NULL, held_by = NULL, held_why = ''
WHERE platform_id = $1 AND channel = $2 AND held_at IS NOT NULL RETURNING id
"""


async def give_budget(actor: Actor, channel: str, typed: str) -> None:
    """Say how many messages may leave in a day (of Paris); nothing typed is no limit."""
    per_day = budget_of(channel, typed)
    async with transaction("work") as db:
        await _known(db, actor, channel)
        await execute(db, BUDGET, actor.platform, channel, per_day)
        await audit.record(db, actor, "channel.budget", channel, {"per_day": per_day})


BUDGET = "UPDATE channel_setting SET per_day = $3 WHERE platform_id = $1 AND channel = $2"


def budget_of(channel: str, typed: str) -> int | None:
    """Read a budget as it is typed, thousands apart or not.

    >>> budget_of("sms", "1 500"), budget_of("sms", ""), budget_of("email", "0")
    (1500, None, 0)
    """
    digits = "".join(typed.split())
    if not digits:
        return None
    if not digits.isascii() or not digits.isdigit() or len(digits) > 7 or int(digits) > MOST_A_DAY:
        raise Invalid(NO_BUDGET, (FieldError(f"budget-{channel}", NO_BUDGET),))
    return int(digits)


async def _known(db: Connection, actor: Actor, channel: str) -> None:
    """Write the line of a channel that nothing restrained so far."""
    await execute(
        db,
        """
        INSERT INTO channel_setting (id, platform_id, channel) VALUES ($1, $2, $3)
        ON CONFLICT (platform_id, channel) DO NOTHING
        """,
        uuid7(clock.now()),
        actor.platform,
        channel,
    )
