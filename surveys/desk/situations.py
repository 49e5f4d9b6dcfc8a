"""/appels/regles: the situations that somebody took in hand on the telephone, and what became of them."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import STAFF, Actor
from quality.access.scope import scoped
from quality.complaints import words
from quality.complaints.opening import WITHDRAWN_CAUSE
from quality.db import fetch
from quality.directory.geography import zone_of
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk.screen.screens import CallSituations, Situation

SHOWN = 50
Row = dict[str, Any]
# Mine: opened while I was on the line with its client, or promised something by me.
MINE = """
(EXISTS (SELECT 1 FROM complaint_promise p WHERE p.complaint_id = c.id AND p.made_by = $2)
 OR EXISTS (SELECT 1 FROM call_log l JOIN complaint_subject s ON s.client_id = l.client_id
            WHERE l.agent_id = $2 AND s.id = c.id AND c.opened_at BETWEEN l.started_at AND l.ended_at))
"""
SITUATIONS = f"""
SELECT c.number, c.kind, c.state, c.disclosure, c.opened_at, c.solution_due_at, c.verdict, c.remedy,
       c.departement, o.name AS provider, m.number AS joined_to,
       c.cause = '{WITHDRAWN_CAUSE}' AS is_withdrawn,
       (SELECT count(*) FROM complaint_promise p WHERE p.complaint_id = c.id AND p.made_by = $2) AS promises,
       (SELECT count(*) FROM complaint_promise p WHERE p.complaint_id = c.id AND p.made_by = $2
            AND p.state = 'done' AND p.done_at <= p.due_at) AS kept
FROM complaint c JOIN organisation o ON o.id = c.provider_id
LEFT JOIN complaint m ON m.id = c.merged_into_id
WHERE c.platform_id = $1 AND {MINE} ORDER BY c.opened_at DESC LIMIT {SHOWN}
"""


async def read(actor: Actor) -> list[Row]:
    """Read the situations of somebody, the newest first."""
    async with scoped(actor) as db:
        return await fetch(db, SITUATIONS, actor.platform, actor.account)


async def show(request: Request) -> Response:
    rows = await read(signed_in(request))
    shown = CallSituations(
        rows=tuple(_situation(row) for row in rows),
        resolved=sum(row["verdict"] == "settled" for row in rows),
        promises=sum(row["promises"] for row in rows),
        kept=sum(row["kept"] for row in rows),
    )
    return await render(request, shown)


def _situation(row: Row) -> Situation:
    is_call_first = row["disclosure"] == "call_first"
    return Situation(
        href=f"/reclamations/{row['number']}",
        heading=words.heading(row["number"], row["kind"]),
        when=_day(row["opened_at"], row),
        provider=row["provider"],
        state=words.state_tag(row["state"], is_call_first=is_call_first),
        became=_became(row),
    )


def _became(row: Row) -> str:
    """Say what became of a situation, in one sentence."""
    if over := _over(row):
        return over
    if row["state"] == "remedied":
        return row["remedy"] or _("Une solution est apportée.")
    if row["verdict"] == "not_settled":
        return _("La personne dit que ce n’est pas réglé.")
    return _("Une solution est attendue au plus tard le %(day)s.") % {
        "day": _day(row["solution_due_at"], row)
    }


def _over(row: Row) -> str:
    """Say how a situation ended; nothing while it goes on."""
    if row["state"] == "merged":
        return _("Ce dossier est joint à la réclamation %(number)s.") % {"number": row["joined_to"]}
    if row["is_withdrawn"]:
        return _("La personne a retiré sa réclamation.")
    if row["verdict"] == "settled":
        return _("La personne dit que c’est réglé.")
    return _("Le dossier est clos, sans nouvelle de la personne.") if row["state"] == "closed" else ""


def _day(at: datetime, row: Row) -> str:
    return words.day_words(at, zone_of(row["departement"]))


ROUTES = (page("/appels/regles", show, roles=STAFF, name="call-situations"),)
