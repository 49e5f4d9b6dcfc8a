"""Letters of the campaigns, by mail, each once: the invitation, a session tomorrow, the end that comes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from quality import clock
from quality.component import Job
from quality.db import fetch, transaction
from quality.mail import outbox
from quality.web import languages
from quality.web.format import day_text, moment_text
from quality.web.languages import gettext as _
from quality.web.platform import card_of

if TYPE_CHECKING:
    from quality.app import House

BATCH = 200
READERS = """
JOIN membership m ON m.organisation_id = t.provider_id AND m.role = 'provider'
JOIN account a ON a.id = m.account_id AND a.is_active
"""
# The update claims what its letter tells: another process finds nothing left.
INVITED = f"""
WITH told AS (
    UPDATE campaign_invitation i SET told_at = $1 FROM charter_campaign c
    WHERE c.id = i.campaign_id AND i.id IN (
        SELECT w.id FROM campaign_invitation w JOIN charter_campaign k ON k.id = w.campaign_id
        WHERE w.told_at IS NULL AND k.closed_at IS NULL AND k.ends_on >= $1::timestamptz::date
        ORDER BY w.id LIMIT $2 FOR UPDATE OF w SKIP LOCKED)
    RETURNING i.id, i.platform_id, i.provider_id, c.name, c.ends_on
)
SELECT t.*, a.email, a.language FROM told t {READERS} ORDER BY t.id, a.email
"""
SESSIONS = f"""
WITH told AS (
    UPDATE campaign_session s SET reminded_at = $1 FROM charter_campaign c
    WHERE c.id = s.campaign_id AND s.id IN (
        SELECT w.id FROM campaign_session w JOIN charter_campaign k ON k.id = w.campaign_id
        WHERE w.reminded_at IS NULL AND w.starts_at > $1 AND w.starts_at <= $1 + interval '1 day'
          AND k.closed_at IS NULL
        ORDER BY w.id LIMIT $2 FOR UPDATE OF w SKIP LOCKED)
    RETURNING s.id, s.platform_id, s.campaign_id, s.starts_at, s.place, s.topic, c.name
), t AS (SELECT told.*, i.provider_id FROM told JOIN campaign_invitation i USING (campaign_id))
SELECT t.*, a.email, a.language FROM t {READERS} ORDER BY t.id, a.email
"""
ENDING = f"""
WITH told AS (
    UPDATE campaign_invitation i SET reminded_at = $1 FROM charter_campaign c
    WHERE c.id = i.campaign_id AND i.id IN (
        SELECT w.id FROM charter_campaign k JOIN campaign_invitation w ON w.campaign_id = k.id
        WHERE w.reminded_at IS NULL AND k.closed_at IS NULL
          AND $1::timestamptz::date BETWEEN k.ends_on - k.remind_days AND k.ends_on
          AND NOT EXISTS (SELECT FROM campaign_progress(k.id) p
                          WHERE p.provider_id = w.provider_id AND p.sent_at IS NOT NULL)
        ORDER BY w.id LIMIT $2 FOR UPDATE OF w SKIP LOCKED)
    RETURNING i.id, i.platform_id, i.provider_id, c.name, c.ends_on
)
SELECT t.*, a.email, a.language FROM told t {READERS} ORDER BY t.id, a.email
"""
Letter = Callable[[dict[str, Any], ZoneInfo], tuple[str, str]]


async def remind(house: "House") -> None:
    """Write the invitations, then remind of sessions within a day and of campaigns about to end."""
    now = clock.now()
    link = f"{house.settings.base_url.rstrip('/')}/charte"
    for sql, letter in ((INVITED, invitation), (SESSIONS, session), (ENDING, ending)):
        await _tell(sql, letter, now, link)


async def _tell(sql: str, letter: Letter, now: datetime, link: str) -> None:
    async with transaction("work") as db:
        for row in await fetch(db, sql, now, BATCH):
            card = await card_of(row["platform_id"])
            with languages.using(row["language"]):
                subject, words = letter(row, card.zone)
                text = "\n\n".join(
                    (_("Bonjour,"), words, _("Votre charte : {link}").format(link=link), card.name)
                )
            await outbox.write(db, row["platform_id"], row["email"], subject, text)


def invitation(row: dict[str, Any], _zone: ZoneInfo) -> tuple[str, str]:
    """Write the subject and the words that invite to a campaign."""
    sentence = _(
        "Votre plateforme vous invite à la campagne « {name} ». "
        "Envoyez votre auto-évaluation au plus tard le {day}."
    )
    return _("Charte : une campagne vous invite"), sentence.format(name=row["name"], day=_last_day(row))


def session(row: dict[str, Any], zone: ZoneInfo) -> tuple[str, str]:
    """Write the subject and the words about a session that comes."""
    sentence = _("Séance de la campagne « {name} » : {topic}\n{moment}\n{place}")
    moment = moment_text(row["starts_at"].astimezone(zone), languages.current())
    words = sentence.format(name=row["name"], topic=row["topic"], moment=moment, place=row["place"])
    return _("Charte : une séance a lieu bientôt"), words


def ending(row: dict[str, Any], _zone: ZoneInfo) -> tuple[str, str]:
    """Write the subject and the words about a campaign that ends, to whoever has not submitted."""
    sentence = _("La campagne « {name} » prend fin le {day}. Votre auto-évaluation n’est pas encore envoyée.")
    return _("Charte : une campagne prend bientôt fin"), sentence.format(name=row["name"], day=_last_day(row))


def _last_day(row: dict[str, Any]) -> str:
    return day_text(row["ends_on"], languages.current(), year=True)


JOBS = (Job("charter-campaigns", remind, timedelta(minutes=15)),)
