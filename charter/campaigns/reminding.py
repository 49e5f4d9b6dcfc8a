"""Letters of the campaigns, by mail, each once: the invitation, a session tomorrow, the end that comes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from charter.letters import REACHABLE
from quality import clock
from quality.complaints.ladder.recipients import Who, recipients
from quality.component import Job
from quality.db import fetch, pool, transaction
from quality.mail import outbox
from quality.web import languages
from quality.web.format import day_text, moment_text
from quality.web.languages import gettext as _
from quality.web.platform import PlatformCard, card_of

if TYPE_CHECKING:
    from quality.app import House

BATCH = 200
# The update claims what its letter tells, once somebody can read it: another process finds nothing left.
INVITED = f"""
UPDATE campaign_invitation i SET told_at = $1 FROM charter_campaign c
WHERE c.id = i.campaign_id AND i.id IN (
    SELECT w.id FROM campaign_invitation w JOIN charter_campaign k ON k.id = w.campaign_id
    WHERE w.platform_id = $3 AND w.told_at IS NULL AND k.closed_at IS NULL AND k.ends_on >= $4
      AND {REACHABLE}
    ORDER BY w.id LIMIT $2 FOR UPDATE OF w SKIP LOCKED)
RETURNING i.id, i.platform_id, i.provider_id, c.name, c.ends_on
"""
SESSIONS = """
WITH told AS (
    UPDATE campaign_session s SET reminded_at = $1 FROM charter_campaign c
    WHERE c.id = s.campaign_id AND s.id IN (
        SELECT w.id FROM campaign_session w JOIN charter_campaign k ON k.id = w.campaign_id
        WHERE w.platform_id = $3 AND w.reminded_at IS NULL AND w.starts_at > $1
          AND w.starts_at <= $1 + interval '1 day' AND k.closed_at IS NULL
        ORDER BY w.id LIMIT $2 FOR UPDATE OF w SKIP LOCKED)
    RETURNING s.id, s.platform_id, s.campaign_id, s.starts_at, s.place, s.topic, c.name
)
SELECT told.*, i.provider_id FROM told JOIN campaign_invitation i USING (campaign_id)
"""
ENDING = f"""
UPDATE campaign_invitation i SET reminded_at = $1 FROM charter_campaign c
WHERE c.id = i.campaign_id AND i.id IN (
    SELECT w.id FROM charter_campaign k JOIN campaign_invitation w ON w.campaign_id = k.id
    WHERE w.platform_id = $3 AND w.reminded_at IS NULL AND k.closed_at IS NULL
      AND $4 BETWEEN k.ends_on - k.remind_days AND k.ends_on AND {REACHABLE}
      AND NOT EXISTS (SELECT FROM campaign_progress(k.id) p
                      WHERE p.provider_id = w.provider_id AND p.sent_at IS NOT NULL)
    ORDER BY w.id LIMIT $2 FOR UPDATE OF w SKIP LOCKED)
RETURNING i.id, i.platform_id, i.provider_id, c.name, c.ends_on
"""
PLATFORMS = "SELECT DISTINCT platform_id FROM charter_campaign WHERE closed_at IS NULL ORDER BY platform_id"
Letter = Callable[[dict[str, Any], ZoneInfo], tuple[str, str]]


async def remind(house: "House") -> None:
    """Write the invitations, then remind of sessions within a day and of campaigns about to end."""
    link = f"{house.settings.base_url.rstrip('/')}/charte"
    for row in await fetch(pool("work"), PLATFORMS):
        card = await card_of(row["platform_id"])
        today = clock.now().astimezone(card.zone).date()  # the days of a campaign are those of its platform
        await _tell(row["platform_id"], card, INVITED, invitation, link, today)
        await _tell(row["platform_id"], card, SESSIONS, session, link)
        await _tell(row["platform_id"], card, ENDING, ending, link, today)


async def _tell(
    platform: UUID, card: PlatformCard, sql: str, letter: Letter, link: str, *values: date
) -> None:
    async with transaction("work") as db:
        rows = await fetch(db, sql, clock.now(), BATCH, platform, *values)
        for row in sorted(rows, key=lambda row: (row["id"], row["provider_id"])):
            for each in await recipients(db, platform, Who.provider, row["provider_id"]):
                with languages.using(each.language):
                    subject, words = letter(row, card.zone)
                    text = "\n\n".join(
                        (_("Bonjour,"), words, _("Votre charte : {link}").format(link=link), card.name)
                    )
                await outbox.write(db, platform, each.email, subject, text)


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
