"""Letters of the campaigns, by mail, each once: the invitation, a session tomorrow, the end that comes.

What is sent before the first day of a campaign does not count: nobody is asked for it before then.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from charter.letters import REACHABLE
from charter.telling import Row, tell_each
from quality import clock
from quality.complaints.ladder.recipients import Who, recipients
from quality.component import Job
from quality.db import Connection, fetch, pool
from quality.mail import outbox
from quality.web import languages
from quality.web.format import day_text, moment_text
from quality.web.languages import gettext as _
from quality.web.platform import PlatformCard, card_of

if TYPE_CHECKING:
    from quality.app import House

# The update claims what its letter tells, once somebody can read it: another process finds nothing left.
INVITED = f"""
UPDATE campaign_invitation i SET told_at = $3 FROM charter_campaign c
WHERE c.id = i.campaign_id AND i.id = (
    SELECT w.id FROM campaign_invitation w JOIN charter_campaign k ON k.id = w.campaign_id
    WHERE w.platform_id = $2 AND w.told_at IS NULL AND k.closed_at IS NULL
      AND $4 BETWEEN k.starts_on AND k.ends_on AND w.id <> ALL ($1::uuid[]) AND {REACHABLE}
    ORDER BY w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
RETURNING i.id, i.platform_id, i.provider_id, c.name, c.ends_on
"""
SESSIONS = f"""
UPDATE campaign_invitation i SET sessions_told = i.sessions_told || s.id
FROM campaign_session s JOIN charter_campaign c ON c.id = s.campaign_id
WHERE (i.id, s.id) = (
    SELECT w.id, n.id FROM campaign_invitation w JOIN campaign_session n USING (campaign_id)
    JOIN charter_campaign k ON k.id = w.campaign_id
    WHERE w.platform_id = $2 AND n.id <> ALL (w.sessions_told) AND n.starts_at > $3
      AND n.starts_at <= $3 + interval '1 day' AND k.closed_at IS NULL
      AND w.id <> ALL ($1::uuid[]) AND {REACHABLE}
    ORDER BY n.starts_at, n.id, w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
RETURNING i.id, i.platform_id, i.provider_id, c.name, s.starts_at, s.place, s.topic
"""
ENDING = f"""
UPDATE campaign_invitation i SET reminded_at = $3 FROM charter_campaign c
WHERE c.id = i.campaign_id AND i.id = (
    SELECT w.id FROM charter_campaign k JOIN campaign_invitation w ON w.campaign_id = k.id
    WHERE w.platform_id = $2 AND w.reminded_at IS NULL AND k.closed_at IS NULL
      AND $4 BETWEEN greatest(k.starts_on, k.ends_on - k.remind_days) AND k.ends_on
      AND w.id <> ALL ($1::uuid[]) AND {REACHABLE}
      AND NOT EXISTS (SELECT FROM campaign_progress(k.id) p
                      WHERE p.provider_id = w.provider_id AND p.sent_at IS NOT NULL)
    ORDER BY w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
RETURNING i.id, i.platform_id, i.provider_id, c.name, c.ends_on
"""
PLATFORMS = "SELECT DISTINCT platform_id FROM charter_campaign WHERE closed_at IS NULL ORDER BY platform_id"
Letter = Callable[[Row, ZoneInfo], tuple[str, str]]


async def remind(house: "House") -> None:
    """Write the invitations, then remind of sessions within a day and of campaigns about to end."""
    link = f"{house.settings.base_url.rstrip('/')}/charte"
    for platform in await fetch(pool("work"), PLATFORMS):
        card = await card_of(platform["platform_id"])
        today = clock.now().astimezone(card.zone).date()  # the days of a campaign are those of its platform
        due = (platform["platform_id"], clock.now())
        await tell_each(INVITED, partial(_write, letter=invitation, card=card, link=link), *due, today)
        await tell_each(SESSIONS, partial(_write, letter=session, card=card, link=link), *due)
        await tell_each(ENDING, partial(_write, letter=ending, card=card, link=link), *due, today)


async def _write(db: Connection, row: Row, *, letter: Letter, card: PlatformCard, link: str) -> None:
    for each in await recipients(db, row["platform_id"], Who.provider, row["provider_id"]):
        with languages.using(each.language):
            subject, words = letter(row, card.zone)
            address = _("Votre charte : {link}").format(link=link)
            text = "\n\n".join((_("Bonjour,"), words, address, card.name))
        await outbox.write(db, row["platform_id"], each.email, subject, text)


def invitation(row: Row, _zone: ZoneInfo) -> tuple[str, str]:
    """Write the subject and the words that invite to a campaign."""
    sentence = _(
        "Votre plateforme vous invite à la campagne « {name} ». "
        "Envoyez votre auto-évaluation au plus tard le {day}."
    )
    return _("Charte : une campagne vous invite"), sentence.format(name=row["name"], day=_last_day(row))


def session(row: Row, zone: ZoneInfo) -> tuple[str, str]:
    """Write the subject and the words about a session that comes."""
    sentence = _("Séance de la campagne « {name} » : {topic}\n{moment}\n{place}")
    moment = moment_text(row["starts_at"].astimezone(zone), languages.current())
    words = sentence.format(name=row["name"], topic=row["topic"], moment=moment, place=row["place"])
    return _("Charte : une séance a lieu bientôt"), words


def ending(row: Row, _zone: ZoneInfo) -> tuple[str, str]:
    """Write the subject and the words about a campaign that ends, to whoever has not submitted."""
    sentence = _("La campagne « {name} » prend fin le {day}. Votre auto-évaluation n’est pas encore envoyée.")
    return _("Charte : une campagne prend bientôt fin"), sentence.format(name=row["name"], day=_last_day(row))


def _last_day(row: Row) -> str:
    return day_text(row["ends_on"], languages.current(), year=True)


JOBS = (Job("charter-campaigns", remind, timedelta(minutes=15)),)
