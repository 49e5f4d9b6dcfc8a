"""Reminders of the charter: evidence that expires and actions that are due, by mail, each once."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from charter.letters import REACHABLE
from charter.telling import Row, tell_each
from quality import clock
from quality.complaints.ladder.recipients import Recipient, Who, recipients
from quality.component import Job
from quality.db import Connection, fetch, fetch_one, pool
from quality.mail import outbox
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _
from quality.web.platform import card_of

if TYPE_CHECKING:
    from quality.app import House

# `reminded` counts: 1 once what comes was told, 2 once what is past was. Claimed by the update itself, once
# somebody can read it.
EVIDENCE = f"""
UPDATE evidence e SET reminded = CASE WHEN e.expires_on < $3 THEN 2 ELSE 1 END
WHERE e.id = (
    SELECT w.id FROM evidence w
    WHERE w.platform_id = $2 AND w.withdrawn_at IS NULL AND w.expires_on <= $3::date + 30
      AND w.reminded < CASE WHEN w.expires_on < $3 THEN 2 ELSE 1 END AND w.id <> ALL ($1::uuid[])
      AND {REACHABLE}
    ORDER BY w.expires_on, w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
RETURNING e.id, e.platform_id, e.provider_id, e.title, e.expires_on AS day, NULL::uuid AS owner_id
"""
ACTIONS = f"""
UPDATE charter_action c SET reminded = CASE WHEN c.due_on < $3 THEN 2 ELSE 1 END
WHERE c.id = (
    SELECT w.id FROM charter_action w
    WHERE w.platform_id = $2 AND w.state IN ('todo', 'doing') AND w.due_on <= $3::date + 7
      AND w.reminded < CASE WHEN w.due_on < $3 THEN 2 ELSE 1 END AND w.id <> ALL ($1::uuid[])
      AND {REACHABLE}
    ORDER BY w.due_on, w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
RETURNING c.id, c.platform_id, c.provider_id, c.title, c.due_on AS day, c.owner_id
"""
OWNER = """
SELECT a.email, a.language FROM account a JOIN membership m ON m.account_id = a.id
WHERE a.id = $1 AND a.is_active AND m.organisation_id = $2 AND m.role = 'provider' LIMIT 1
"""
PLATFORMS = "SELECT id FROM platform ORDER BY id"
Letter = Callable[[Row, date, str], tuple[str, str]]


async def remind(house: "House") -> None:
    """Tell of what expires within 30 days and of actions due within 7, then again once they are past."""
    base_url = house.settings.base_url.rstrip("/")
    for platform in await fetch(pool("work"), PLATFORMS):
        today = clock.now().astimezone((await card_of(platform["id"])).zone).date()
        for claim, letter in ((EVIDENCE, evidence_letter), (ACTIONS, action_letter)):
            write = partial(_write, letter=letter, today=today, base_url=base_url)
            await tell_each(claim, write, platform["id"], today)


async def _write(db: Connection, row: Row, *, letter: Letter, today: date, base_url: str) -> None:
    for each in await _readers(db, row):
        with languages.using(each.language):
            subject, text = letter(row, today, base_url)
        await outbox.write(db, row["platform_id"], each.email, subject, text)


async def _readers(db: Connection, row: Row) -> tuple[Recipient, ...]:
    """List who is told: whoever has the action, while the account is open, else everybody of the provider."""
    owner = await fetch_one(db, OWNER, row["owner_id"], row["provider_id"]) if row["owner_id"] else None
    if owner:
        return (Recipient(**owner),)
    return await recipients(db, row["platform_id"], Who.provider, row["provider_id"])


def evidence_letter(row: Row, today: date, base_url: str) -> tuple[str, str]:
    """Write the subject and the text about one evidence."""
    is_past = row["day"] < today
    subject = _("Une preuve vient d’expirer") if is_past else _("Une preuve expire bientôt")
    when = _("Expirée depuis le {day}.") if is_past else _("Valable jusqu’au {day}.")
    link = f"{base_url}/charte/preuves/{row['id']}"
    return subject, _text(row, when, _("Remplacez-la ici : {link}").format(link=link))


def action_letter(row: Row, today: date, base_url: str) -> tuple[str, str]:
    """Write the subject and the text about one action."""
    is_past = row["day"] < today
    subject = _("Une action a pris du retard") if is_past else _("Une action arrive à son terme")
    when = _("Elle était prévue pour le {day}.") if is_past else _("Elle est prévue pour le {day}.")
    link = f"{base_url}/charte/actions/{row['id']}"
    return subject, _text(row, when, _("Dites où elle en est ici : {link}").format(link=link))


def _text(row: Row, when: str, what: str) -> str:
    day = day_text(row["day"], languages.current(), year=True)
    return f"{row['title']}\n{when.format(day=day)}\n\n{what}\n"


JOBS = (Job("charter-reminders", remind, timedelta(hours=1)),)
