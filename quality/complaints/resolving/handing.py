"""The hand given by a manager: taken over by the platform, given back to the provider, or to the mediator."""

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints.events import Audience
from quality.complaints.milestones import State
from quality.complaints.resolving.moves import MANAGERS, Move, change, only
from quality.errors import FieldError, Invalid
from quality.web.languages import gettext as _

OPEN = (State.opened, State.acknowledged)
KNOWN = "disclosure <> 'call_first' AND is_shared"
HANDS = {
    "platform": Move(OPEN, "holder = 'platform'", "took_over", f"{KNOWN} AND holder <> 'platform'"),
    "provider": Move(OPEN, "holder = 'provider'", "gave_back", f"{KNOWN} AND holder <> 'provider'"),
    "mediator": Move(OPEN, "holder = 'mediator'", "mediator_asked", f"{KNOWN} AND holder <> 'mediator'"),
}


async def hand_to(actor: Actor, number: int, holder: str) -> None:
    """Give the hand to the platform, the provider or the mediator; a funder gets it by a transmission."""
    only(actor, MANAGERS)
    move = HANDS.get(holder)
    if move is None:
        raise Invalid(errors=(FieldError("vers", _("Choisissez à qui vous donnez la main.")),))
    async with scoped(actor) as db:
        await change(db, actor, number, move, audience=Audience.client)
