"""Two complaints of one client about one provider become one."""

from quality import clock
from quality.access import audit
from quality.access.actor import STAFF, Actor
from quality.access.scope import scoped
from quality.complaints.events import Audience, tell
from quality.complaints.milestones import State
from quality.complaints.resolving.moves import Move, change, only
from quality.db import execute, fetch_one
from quality.errors import Conflict, NotFound

MERGE = Move(
    (State.opened, State.acknowledged, State.remedied),
    "state = 'merged', merged_into_id = $9, awaits_contact = false, closed_at = $3",
    "merged",
    "true",
)
# What a provider may not know of one would be told by the other: both were confided in the same way.
BOTH = """
SELECT kept.id, kept.platform_id, kept.disclosure,
       kept.state IN ('opened', 'acknowledged', 'remedied') AS is_alive, gone.holder = 'funder' AS is_beyond,
       gone.provider_id = kept.provider_id AND g.client_id = k.client_id
       AND gone.disclosure = kept.disclosure AND gone.is_serious = kept.is_serious AS is_alike
FROM complaint gone JOIN complaint_subject g ON g.id = gone.id
JOIN complaint kept ON kept.platform_id = gone.platform_id AND kept.number = $3
JOIN complaint_subject k ON k.id = kept.id
WHERE gone.platform_id = $1 AND gone.number = $2 AND gone.id <> kept.id
"""

# What was promised stays promised, where it is now followed, with the notices that say it was told: nobody
# reads of it twice; what could not be granted is counted there too. What a client allowed, what its funder
# read and what was joined stay with the complaint to which they were given: they are read there, and consent
# to one is no consent to the other.
MOVE_PROMISES = "UPDATE complaint_promise SET complaint_id = $2 WHERE complaint_id = $1"
MOVE_TOLD = "SELECT join_complaint($1, $2)"


async def merge(actor: Actor, number: int, into: int) -> None:
    """Join a complaint to another of the same client, confided in the same way."""
    only(actor, STAFF)
    async with scoped(actor) as db:
        both = await fetch_one(db, BOTH, actor.platform, number, into)
        if both is None:
            raise NotFound
        if not (both["is_alike"] and both["is_alive"]):
            raise Conflict(
                "Seules deux réclamations en cours d’une même personne, pour un même organisme et avec le "
                "même choix de donner son nom, deviennent une seule."
            )
        if both["is_beyond"]:
            raise Conflict(
                "Le financeur a la main sur cette réclamation. Attendez sa réponse pour la joindre."
            )
        audience = Audience.all if both["disclosure"] == "named" else Audience.staff
        gone = await change(db, actor, number, MERGE, both["id"], text=str(into), audience=audience)
        await execute(db, MOVE_PROMISES, gone, both["id"])
        await execute(db, MOVE_TOLD, gone, both["id"])
        kept = both["platform_id"], both["id"]
        line, text = "staff_merged_in", str(number)
        await tell(db, kept, line, clock.now(), account=actor.account, audience=audience, text=text)
        await audit.record(db, actor, "complaint.merged_in", str(into))
