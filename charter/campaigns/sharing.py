"""What a campaign shows to those who do not run it: an invited provider, and the funder that pays."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from charter.campaigns.counting import published, published_total
from charter.campaigns.progress import Stage
from charter.campaigns.reading import (
    SessionLine,
    dates_words,
    followed,
    found,
    sessions,
    stage_words,
    state_tag,
)
from charter.declaring import naming
from charter.library import library
from charter.words import Tag, title_of
from quality import clock
from quality.access.actor import Actor
from quality.access.home import Task
from quality.access.scope import scoped
from quality.db import Connection, fetch, fetch_one
from quality.web import languages
from quality.web.format import count, day_text
from quality.web.languages import gettext as _
from quality.web.platform import card_of

# Campaigns under way that the provider is invited to; sent or not.
OWN = """
SELECT c.id, c.name, c.edition, c.edition_version, c.ends_on, p.sent_at FROM charter_campaign c
CROSS JOIN LATERAL campaign_progress(c.id) p
WHERE p.provider_id = $1 AND c.closed_at IS NULL AND $2 BETWEEN c.starts_on AND c.ends_on
ORDER BY c.ends_on, c.id LIMIT 20
"""
COMING = """
SELECT campaign_id, starts_at, place, topic FROM campaign_session
WHERE campaign_id = ANY($1) AND starts_at >= $2 ORDER BY starts_at, id LIMIT 100
"""


@dataclass(frozen=True, slots=True)
class OwnCampaign:
    """A campaign under way that a provider is invited to, with the sessions that come."""

    name: str
    edition: str
    href: str
    end: str
    is_sent: bool
    sessions: tuple[SessionLine, ...]


@dataclass(frozen=True, slots=True)
class CampaignCounts:
    """/charte/campagnes/{id} for the funder that pays: how many are where, and nothing of anybody."""

    title: str
    edition: str
    dates: str
    state: Tag
    counts: tuple[tuple[str, str, bool], ...]  # label, value, is hidden


async def own_campaigns(db: Connection, actor: Actor) -> tuple[OwnCampaign, ...]:
    """List the campaigns under way of the actor's organisation; inside `scoped(actor)`."""
    zone = (await card_of(actor.platform)).zone
    now = clock.now()
    rows = await fetch(db, OWN, actor.organisation, now.astimezone(zone).date())
    coming = await fetch(db, COMING, [row["id"] for row in rows], now) if rows else []
    known, campaigns = await library(db, actor.platform), []
    for row in rows:
        edition = followed(known, row)
        meets = sessions([each for each in coming if each["campaign_id"] == row["id"]], zone)
        end = day_text(row["ends_on"], languages.current(), year=True)
        named = urlencode(naming(known, edition))
        href = f"/charte{'?' if named else ''}{named}"
        is_sent = row["sent_at"] is not None
        campaigns.append(OwnCampaign(row["name"], title_of(edition, known), href, end, is_sent, meets))
    return tuple(campaigns)


async def tasks(actor: Actor) -> tuple[Task, ...]:
    """Ask to send the assessment of each campaign under way, and tell the next session."""
    async with scoped(actor) as db:
        every = await own_campaigns(db, actor)
    return tuple(_task(each) for each in every if not each.is_sent)


def _task(campaign: OwnCampaign) -> Task:
    sentence = _("Envoyez votre auto-évaluation au plus tard le {day}.").format(day=campaign.end)
    if campaign.sessions:
        first = campaign.sessions[0]
        told = _("Prochaine séance : {moment}, {topic}.").format(moment=first.moment, topic=first.topic)
        sentence = f"{sentence} {told}"
    title = _("Campagne « {name} »").format(name=campaign.name)
    return Task(title, sentence, campaign.href, _("Voir"))


async def counts_page(db: Connection, campaign: UUID, today: date) -> CampaignCounts:
    """Read the counts of a campaign that the actor pays, or answer 404; inside `scoped(actor)`."""
    row = await found(db, campaign)
    known = await library(db, row["platform_id"])
    of = await fetch_one(db, "SELECT * FROM campaign_counts($1)", campaign) or {}
    begun, sent, invited = (int(of[name]) for name in ("begun", "sent", "invited"))
    by_stage = published({Stage.TO_DO: invited - begun - sent, Stage.ONGOING: begun, Stage.SENT: sent})
    every = ((_("Invités"), published_total(invited)), *((stage_words(k), n) for k, n in by_stage.items()))
    return CampaignCounts(
        title=row["name"],
        edition=title_of(followed(known, row), known),
        dates=dates_words(row),
        state=state_tag(row, today),
        counts=tuple((label, _shown(n), n is None) for label, n in every),
    )


def _shown(n: int | None) -> str:
    return _("non montré") if n is None else count(n, languages.current())
