"""A serious event (maltreatment, danger): supervisors at once, its own steps, never the provider alone."""

from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints.events import Audience
from quality.complaints.opening import Opened, Wish
from quality.complaints.resolving import desk_opening
from quality.complaints.resolving.moves import ALIVE, MANAGERS, Move, change, only, worded
from quality.complaints.resolving.restarting import restart
from quality.keys import Keyring
from quality.web.languages import gettext as _

# The national number against the maltreatment of elderly people and adults with a handicap.
HELPLINE = "3977"
STEP = Move(ALIVE, "handled_at = coalesce(handled_at, $3)", "protected", "is_serious")
SHARE = Move(ALIVE, "is_shared = true", "shared", "is_serious AND NOT is_shared")


async def report(
    actor: Actor,
    keyring: Keyring,
    *,
    client: UUID,
    intervention: UUID | None,
    text: str,
    form: UUID | None = None,
) -> Opened:
    """Open a serious event: supervisors are told at once, and nobody else reads it."""
    return await desk_opening.open_by_staff(
        actor,
        keyring,
        client=client,
        kind="serious",
        disclosure=Wish.ANONYMOUS,
        text=text,
        intervention=intervention,
        serious=True,
        form=form,
    )


async def protect(actor: Actor, number: int, step: str) -> None:
    """Write a step taken to protect the person; the first one says that the event is handled."""
    only(actor, MANAGERS)
    said = worded("mesure", step, _("Écrivez ce qui a été fait pour protéger la personne."))
    async with scoped(actor) as db:
        await change(db, actor, number, STEP, text=said, audience=Audience.serious)


async def share(actor: Actor, number: int) -> None:
    """Let the provider read the event, without the client's name; its delays start now."""
    only(actor, MANAGERS)
    async with scoped(actor) as db:
        await restart(db, await change(db, actor, number, SHARE))
