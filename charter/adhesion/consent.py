"""A provider's agreement that the register shows its published figures, given and taken back."""

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import execute
from quality.ids import uuid7

GIVE = """
INSERT INTO register_consent (id, platform_id, provider_id, given_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""


async def show_figures(actor: Actor, *, is_shown: bool) -> None:
    """Let the register show the figures of the actor's organisation, or no longer."""
    now = clock.now()
    async with scoped(actor) as db:
        if is_shown:
            await execute(db, GIVE, uuid7(now), actor.platform, actor.organisation, now)
        else:
            await execute(db, "DELETE FROM register_consent WHERE provider_id = $1", actor.organisation)
        await audit.record(db, actor, "register.figures", str(actor.organisation), {"shown": is_shown})
