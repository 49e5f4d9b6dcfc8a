"""/appels/absence: what changed while somebody was away: instructions, questions, powers, complaints."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import STAFF, Actor
from quality.access.scope import scoped
from quality.complaints import words
from quality.complaints.resolving.authority import granted_words
from quality.db import Connection, fetch, fetch_value
from quality.web import languages
from quality.web.format import day_text, time_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk.screen.screens import CallAbsence, Change
from surveys.desk.situations import MINE

CHOICES = (7, 14, 30)
UNKNOWN = timedelta(days=14)  # somebody who never called yet reads the last two weeks
SHOWN = 40
Row = dict[str, Any]


async def show(request: Request) -> Response:
    """Show what changed since one's last call, or since the days chosen."""
    actor, days = signed_in(request), request.query_params.get("jours", "")
    zone = (await card_of(actor.platform)).zone
    async with scoped(actor) as db:
        since = await _since(db, actor, days)
        changes = await fetch(db, CHANGES, actor.platform, since, clock.now(), SHOWN)
        events = await fetch(db, EVENTS, actor.platform, actor.account, since, SHOWN)
    shown = CallAbsence(
        since=_moment(since.astimezone(zone)),
        days=days if days in {str(each) for each in CHOICES} else "",
        choices=(
            ("", _("mon dernier appel")),
            *((str(each), _("%(days)s jours") % {"days": each}) for each in CHOICES),
        ),
        changes=tuple(_change(row, _moment(row["at"].astimezone(zone))) for row in changes),
        complaints=tuple(_event(row, _moment(row["at"].astimezone(zone))) for row in events),
    )
    return await render(request, shown)


async def count(actor: Actor) -> int:
    """Count what changed since one's last call, for the bar of the desk."""
    async with scoped(actor) as db:
        since = await _since(db, actor, "")
        return len(await fetch(db, CHANGES, actor.platform, since, clock.now(), SHOWN))


async def _since(db: Connection, actor: Actor, days: str) -> datetime:
    now = clock.now()
    if days in {str(each) for each in CHOICES}:
        return now - timedelta(days=int(days))
    last = await fetch_value(db, LAST_CALL, actor.platform, actor.account)
    return last if isinstance(last, datetime) else now - UNKNOWN


LAST_CALL = "SELECT max(ended_at) FROM call_log WHERE platform_id = $1 AND agent_id = $2"
IN_FORCE = """v.status IN ('experimental', 'in_force')
            AND coalesce(v.ends_on >= ($3::timestamptz AT TIME ZONE 'Europe/Paris')::date, true)"""
# Each on the day on which it really changed: a grid when it was written, not when its provider came.
CHANGES = f"""
SELECT kind, title, text, at FROM (
    SELECT 'notice' AS kind, title, text, at FROM desk_notice WHERE platform_id = $1
    UNION ALL SELECT 'questionnaire', code, version::text, published_at FROM questionnaire_version
        WHERE platform_id = $1
    UNION ALL SELECT 'protocol', name, version::text, published_at FROM protocol_version
        WHERE platform_id = $1
    UNION ALL SELECT 'messages', count(*)::text, min(text), changed_at FROM message_template
        WHERE platform_id = $1 GROUP BY changed_at
    UNION ALL SELECT 'powers', o.name, r.authority::text, r.authority_at FROM referencing r
        JOIN organisation o ON o.id = r.provider_id WHERE r.platform_id = $1
    UNION ALL SELECT 'convention', o.name, v.title, v.starts_on::timestamptz FROM convention v
        JOIN organisation o ON o.id = v.funder_id WHERE v.platform_id = $1 AND {IN_FORCE}
    UNION ALL SELECT 'convention_powers', o.name, v.authority::text, v.authority_at FROM convention v
        JOIN organisation o ON o.id = v.funder_id
        WHERE v.platform_id = $1 AND {IN_FORCE} AND v.authority <> '{{}}' AND v.authority_at > v.starts_on
) AS changed WHERE at > $2 AND at <= $3
ORDER BY at DESC, title LIMIT $4
"""
EVENTS = f"""
SELECT c.number, c.kind AS motive, e.kind, e.at
FROM complaint c JOIN complaint_event e ON e.complaint_id = c.id
WHERE c.platform_id = $1 AND {MINE} AND e.at > $3 AND e.account_id IS DISTINCT FROM $2
  AND e.kind NOT IN ('told', 'opened', 'message', 'client_file')
  AND e.kind NOT LIKE 'wish%' ORDER BY e.at DESC LIMIT $4
"""


def _change(row: Row, when: str) -> Change:
    """Say in words what changed, and where it is read."""
    title, version = row["title"], row["text"]
    told = {
        "notice": (title, row["text"], ""),
        "questionnaire": (_("Nouvelles questions : version %(version)s") % {"version": version}, "", ""),
        "protocol": (
            _("Nouveau protocole « %(name)s » : version %(version)s") % {"name": title, "version": version},
            "",
            "",
        ),
        "convention": (_("Nouvelle convention : %(funder)s") % {"funder": title}, version, ""),
    }
    words_, text, href = told.get(row["kind"]) or _written(row)
    return Change(when, words_, text, href)


def _written(row: Row) -> tuple[str, str, str]:
    """Say which messages or powers were written again, with their words when they are few."""
    if row["kind"] == "messages":
        count = int(row["title"])
        title = ngettext(
            "Le texte d’un message a changé", "Les textes de %(count)s messages ont changé", count
        )
        return title % {"count": count}, row["text"] if count == 1 else "", ""
    named = {
        "powers": _("%(name)s : ce que vous pouvez accorder a changé"),
        "convention_powers": _("Convention : %(name)s. Ce que vous pouvez accorder a changé"),
    }
    granted = ". ".join(granted_words(msgspec.json.decode(row["text"])))
    nothing = _("Vous ne pouvez plus rien accorder au-delà d’une explication et d’un rappel.")
    return named[row["kind"]] % {"name": row["title"]}, f"{granted}." if granted else nothing, ""


def _event(row: Row, when: str) -> Change:
    heading = words.heading(row["number"], row["motive"])
    return Change(when, heading, words.event_title(row["kind"]), f"/reclamations/{row['number']}")


def _moment(local: datetime) -> str:
    lang = languages.current()
    return f"{day_text(local, lang)}, {time_text(local, lang)}"


ROUTES = (page("/appels/absence", show, roles=STAFF, name="call-absence"),)
