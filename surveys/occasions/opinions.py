"""What a client said of the handling of their complaint: for the staff, and for its provider if they say so.

The provider reads no response: this statement reads for it what is to be read with the name, of a complaint
that it answers by name itself.
"""

from collections.abc import Sequence
from uuid import UUID

from quality.access import audit
from quality.access.actor import STAFF, Actor, Role
from quality.access.scope import scoped
from quality.complaints.pages.opinions import Opinion
from quality.db import fetch, pool
from quality.web.format import capital
from quality.web.languages import gettext as _
from surveys.disclosing import NAMED, nameless
from surveys.occasions.answers import how, ranked, said
from surveys.respondents import told
from surveys.response import InvitedVisit, KnownResponse, by_ids

FOR_STAFF = """
SELECT i.id FROM invitation i JOIN complaint c ON c.id = i.complaint_id
WHERE i.complaint_id = $1 AND i.platform_id = $2 AND i.purpose = 'complaint'
"""
FOR_PROVIDER = f"""
SELECT r.id, r.invitation_id FROM invitation i JOIN response r ON r.invitation_id = i.id
WHERE i.complaint_id = $1 AND i.platform_id = $2 AND i.provider_id = $3 AND i.purpose = 'complaint'
  AND r.disclosure = '{NAMED}' AND NOT {nameless("r.id")}
"""


async def opinions(actor: Actor, complaint: UUID) -> Sequence[Opinion]:
    """Tell what was answered about a complaint; that staff read it is in the audit."""
    if actor.role in STAFF:
        return await _of_staff(actor, complaint)
    return await _of_provider(actor, complaint) if actor.role == Role.provider else ()


async def _of_staff(actor: Actor, complaint: UUID) -> Sequence[Opinion]:
    async with scoped(actor) as db:
        asked = await fetch(db, FOR_STAFF, complaint, actor.platform)
        found = [each for each in await by_ids(db, [row["id"] for row in asked]) if each.responses]
        if found:
            await audit.record(db, actor, "answers.read", str(complaint))
    return [_opinion(visit, known) for visit in found for known in ranked(visit)]


async def _of_provider(actor: Actor, complaint: UUID) -> Sequence[Opinion]:
    db = pool("answer")
    rows = await fetch(db, FOR_PROVIDER, complaint, actor.platform, actor.organisation)
    shared = {row["id"] for row in rows}
    found = await by_ids(db, [row["invitation_id"] for row in rows])
    return [_opinion(visit, known) for visit in found for known in ranked(visit) if known.id in shared]


def _opinion(visit: InvitedVisit, known: KnownResponse) -> Opinion:
    return Opinion(
        title=_("Ce que la personne pense du suivi\u00a0: {who}").format(
            who=capital(_(told(known.respondent, known.who)))
        ),
        lines=how(visit, known),
        rows=tuple((question, words) for question, words, _was in said(visit, known)),
    )
