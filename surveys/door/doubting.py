"""Answers that one paper gave more than once: all are kept, and counted apart under that reason."""

from collections.abc import Collection, Sequence
from uuid import UUID

from msgspec import structs

from quality.db import Connection
from surveys.honesty.moving import move
from surveys.honesty.rules import ADMISSIBLE, SET_ASIDE, SEVERAL, admissible
from surveys.response import InvitedVisit, KnownResponse


async def mark(db: Connection, invitations: Sequence[UUID]) -> None:
    """Mark the answers of invitations, in a transaction of the answer pool; those set aside stay so."""
    await move(db, invitations, _doubted)


def _doubted(_visit: InvitedVisit, known: KnownResponse) -> KnownResponse:
    return known if known.admissible == SET_ASIDE else structs.replace(known, admissible=SEVERAL)


async def settle(db: Connection, waiting: Collection[UUID], kept: UUID | None) -> int:
    """Let the answers of one link count, or of none, and set the others aside; return how many were waiting.

    What is kept counts as it would have alone: another reason may still set it apart.
    """

    def settled(visit: InvitedVisit, known: KnownResponse) -> KnownResponse:
        if known.admissible != SEVERAL:
            return known
        alone = admissible(ADMISSIBLE, known.doubts, known.verdict)
        return structs.replace(known, admissible=alone if visit.id == kept else SET_ASIDE)

    return await move(db, sorted(waiting), settled)
