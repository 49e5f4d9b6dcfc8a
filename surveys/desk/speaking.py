"""The language in which somebody is called: the script of the call follows at once."""

from uuid import UUID

from quality.access import audit
from quality.access.actor import Actor
from quality.db import execute, transaction
from quality.errors import Invalid
from quality.web.languages import LANGUAGES
from surveys.desk.queueing.holding import in_hand, locked


async def change_language(actor: Actor, case: UUID, language: str) -> None:
    """Speak another language with the person of this call, from now on."""
    if language not in LANGUAGES:
        raise Invalid("Choisissez une langue.")
    await in_hand(actor, case)
    async with transaction("work") as db:
        held = await locked(db, actor, case)
        await execute(db, "UPDATE client SET language = $2 WHERE id = $1", held["client_id"], language)
        await execute(
            db, "UPDATE invitation SET language = $2 WHERE id = $1", held["invitation_id"], language
        )
        await execute(db, "UPDATE call_case SET language = $2 WHERE id = $1", case, language)
        await audit.record(db, actor, "call.language", str(case), {"language": language})
