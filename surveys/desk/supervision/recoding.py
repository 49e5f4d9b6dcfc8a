"""A call written down wrongly: its outcome is corrected, and what it caused is undone where it can be.

What a refusal, a death, a hospital stay or a wrong number wrote at that call is taken back. The calls and
messages withdrawn then do not come back, and answers stay: the supervisor reads which is which.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_one, transaction
from quality.directory.geography import zone_of
from quality.errors import FieldError, Invalid, NotFound
from quality.french import french
from surveys.desk.ending import effects
from surveys.desk.ending.outcomes import OUTCOMES, Code

CHOOSE = french("Choisissez une autre issue.")
# What each outcome wrote that can be taken back, in words; the others wrote nothing beyond their call.
UNDONE = {
    Code.refusal: french("Le refus noté à cet appel est levé : la personne peut être interrogée de nouveau."),
    Code.deceased: french("Le décès noté à cet appel est effacé : la personne est de nouveau suivie."),
    Code.hospital: french("L’hospitalisation notée à cet appel est effacée."),
    Code.wrong_number: french("Le numéro peut être appelé de nouveau."),
}
DONE = {
    Code.refusal: french("Le refus est enregistré pour tous les moyens de contact."),
    Code.deceased: french("Le décès est enregistré : plus personne n’appelle, pour aucun organisme."),
    Code.hospital: french("L’hospitalisation est enregistrée."),
    Code.unable: french("Plus rien n’est demandé pour cette visite."),
}
STAYS = french(
    "Les appels et les messages retirés à ce moment-là ne reviennent pas. Les réponses données restent."
)
Row = dict[str, Any]


def choose() -> FieldError:
    return FieldError("issue", CHOOSE)


@dataclass(frozen=True, slots=True)
class Recoded:
    """What the correction undid, did, and leaves as it is, in French sentences."""

    sentences: tuple[str, ...]


def sentences(before: Code, after: Code) -> tuple[str, ...]:
    """Say what a correction undoes and does, before it is made.

    >>> len(sentences(Code.refusal, Code.no_answer)), len(sentences(Code.busy, Code.no_answer))
    (2, 1)
    """
    said = [UNDONE[before]] if before in UNDONE else []
    said += [DONE[after]] if after in DONE else []
    return (*said, STAYS)


async def recode(actor: Actor, log: UUID, code: Code) -> Recoded:
    """Correct the outcome of a call; keep the one first written; undo and do what goes with it."""
    async with scoped(actor) as db:
        known = await fetch_one(
            db, "SELECT id FROM call_log WHERE id = $1 AND platform_id = $2", log, actor.platform
        )
    if known is None:
        raise NotFound
    async with transaction("work") as db:
        row = await fetch_one(db, LOGGED, log)
        if row is None:
            raise NotFound
        before = Code(row["outcome"]) if row["outcome"] in OUTCOMES else Code.answered
        if before is code:
            raise Invalid(errors=(choose(),))
        await _undo(db, row, before)
        await execute(db, RECODE, log, code.value, OUTCOMES[code].aapor, actor.account)
        await execute(db, RECODE_CASE, row["case_id"], log, code.value)
        if code in DONE:
            await effects.apply(db, row, code, clock.now())
        await audit.record(db, actor, "call.recode", str(log), {"from": before.value, "to": code.value})
    return Recoded(sentences(before, code))


LOGGED = """
SELECT l.id, l.outcome, l.case_id, l.platform_id, l.client_id, l.ended_at, c.kind, c.invitation_id,
       c.attempt_id, k.person_id, k.departement
FROM call_log l JOIN client k ON k.id = l.client_id LEFT JOIN call_case c ON c.id = l.case_id
WHERE l.id = $1 FOR NO KEY UPDATE OF l
"""
RECODE = """
UPDATE call_log SET recoded_from = coalesce(recoded_from, outcome), outcome = $2, aapor = $3, recoded_by = $4
WHERE id = $1
"""
# The case keeps the outcome of its last call.
RECODE_CASE = """
UPDATE call_case SET outcome = $3 WHERE id = $1 AND outcome IS NOT NULL
  AND $2 = (SELECT l.id FROM call_log l WHERE l.case_id = $1 ORDER BY l.ended_at DESC, l.id DESC LIMIT 1)
"""


async def _undo(db: Connection, row: Row, before: Code) -> None:
    """Take back what this very call wrote, told by its instant; what was said elsewhere since then stays."""
    at: datetime = row["ended_at"]
    if before is Code.refusal:
        await execute(db, UNREFUSE_PERSON, row["person_id"], at)
        await execute(db, UNREFUSE_ENDPOINTS, row["platform_id"], at)
        await execute(db, UNREFUSE_CLIENT, row["client_id"], row["invitation_id"])
    elif before is Code.deceased:
        await execute(db, REVIVE, row["person_id"], at)
        await execute(db, BACK, row["client_id"], "deceased", _day(row))
    elif before is Code.hospital:
        await execute(db, BACK, row["client_id"], "hospital", _day(row))
    elif before is Code.wrong_number:
        await execute(db, WORKS, row["platform_id"], at)


def _day(row: Row) -> date:
    ended_at: datetime = row["ended_at"]
    return ended_at.astimezone(zone_of(row["departement"])).date()


UNREFUSE_PERSON = "UPDATE person SET refused_at = NULL WHERE id = $1 AND refused_at = $2"
UNREFUSE_ENDPOINTS = """
UPDATE endpoint SET refused_at = NULL, refused_how = NULL
WHERE platform_id = $1 AND refused_at = $2 AND refused_how = 'phone'
"""
# Only a refusal that no request could carry was written on the client's line.
UNREFUSE_CLIENT = """
UPDATE client SET contact = NULL WHERE id = $1 AND contact = 'no' AND $2::uuid IS NULL
  AND NOT EXISTS (SELECT 1 FROM invitation i WHERE i.client_id = client.id)
"""
REVIVE = "UPDATE person SET deceased_at = NULL WHERE id = $1 AND deceased_at = $2"
BACK = """
UPDATE client SET status = 'active', status_since = NULL WHERE id = $1 AND status = $2 AND status_since = $3
"""
WORKS = "UPDATE endpoint SET wrong_at = NULL WHERE platform_id = $1 AND wrong_at = $2"
