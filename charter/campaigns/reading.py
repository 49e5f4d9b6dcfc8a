"""What the pages of the campaigns show to the platform."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from charter.campaigns.counting import Band, distribution
from charter.campaigns.progress import Stage
from charter.campaigns.running import Meeting, Plan
from charter.campaigns.standing import Standing, standings
from charter.declaring import ALONE, Kind, naming
from charter.definition import Edition, Scale
from charter.editions import Library
from charter.library import library
from charter.words import Tag, title_of
from quality.access.actor import Actor
from quality.db import Connection, fetch, fetch_one
from quality.errors import NotFound
from quality.web import languages
from quality.web.format import count, day_text, moment_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

HREF = "/charte/campagnes"
Errors = tuple[tuple[str, str], ...]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign of the list."""

    href: str
    name: str
    edition: str
    dates: str
    state: Tag


@dataclass(frozen=True, slots=True)
class CampaignList:
    """/charte/campagnes: the campaigns that the reader may see; `creates` says that it may open one."""

    title: str
    sentence: str
    up: str
    rows: tuple[CampaignRow, ...]
    creates: bool


@dataclass(frozen=True, slots=True)
class CampaignNew:
    """/charte/campagnes/nouvelle: the form of a campaign, with what a refused one held."""

    title: str
    editions: Pairs
    kinds: Pairs
    funders: Pairs
    providers: Pairs
    typed: Plan
    errors: Errors


@dataclass(frozen=True, slots=True)
class StandingRow:
    """One provider of a campaign and how far it is."""

    href: str
    name: str
    stage: Tag
    chapters: str
    sent: str


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A group session."""

    moment: str
    topic: str
    place: str


@dataclass(frozen=True, slots=True)
class BandRow:
    """How many results are in one band, in words."""

    label: str
    count: str


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """/charte/campagnes/{id}: progress of each provider, sessions, and how results spread."""

    title: str
    sentence: str
    state: Tag
    facts: Pairs
    counts: Pairs
    rows: tuple[StandingRow, ...]
    sessions: tuple[SessionLine, ...]
    bands: tuple[BandRow, ...]
    why_hidden: str
    others: Pairs
    runs: bool
    action: str
    typed: Meeting
    errors: Errors


CAMPAIGNS = """
SELECT id, name, edition, edition_version, starts_on, ends_on, closed_at FROM charter_campaign
WHERE platform_id = $1 ORDER BY closed_at IS NOT NULL, ends_on, id LIMIT 200
"""
CAMPAIGN = """
SELECT c.*, f.name AS funder FROM charter_campaign c LEFT JOIN organisation f ON f.id = c.funder_id
WHERE c.id = $1
"""
SESSIONS = """
SELECT starts_at, place, topic FROM campaign_session WHERE campaign_id = $1 ORDER BY starts_at, id LIMIT 200
"""
NAMES = r"""
SELECT o.code, o.name FROM organisation o
WHERE o.platform_id = $1 AND o.kind = $2 AND o.legal_form IS DISTINCT FROM $3
  AND NOT EXISTS (SELECT FROM campaign_invitation i WHERE i.campaign_id = $4 AND i.provider_id = o.id)
ORDER BY lower(regexp_replace(normalize(o.name, NFD), '[\u0300-\u036f]', '', 'g')), o.code
"""


async def campaign_list(db: Connection, actor: Actor, today: date, *, creates: bool) -> CampaignList:
    """Read the campaigns that the actor may see; inside `scoped(actor)`."""
    rows, known = await fetch(db, CAMPAIGNS, actor.platform), await library(db, actor.platform)
    return CampaignList(
        title=_("Campagnes"),
        sentence=_("Une même édition, revue ensemble par plusieurs organismes."),
        up="/charte" if actor.role != "funder" else "/accueil",
        rows=tuple(_row(row, known, today) for row in rows),
        creates=creates,
    )


def followed(known: Library, row: Mapping[str, Any]) -> Edition:
    """Find the edition that a campaign puts to its providers."""
    return known.find(row["edition"], row["edition_version"])


def _row(row: Mapping[str, Any], known: Library, today: date) -> CampaignRow:
    title = title_of(followed(known, row), known)
    return CampaignRow(f"{HREF}/{row['id']}", row["name"], title, dates_words(row), state_tag(row, today))


async def new_page(db: Connection, actor: Actor, typed: Plan, errors: Errors) -> CampaignNew:
    """Read what the form of a campaign offers; inside `scoped(actor)`."""
    known = await library(db, actor.platform)
    return CampaignNew(
        title=_("Nouvelle campagne"),
        editions=tuple((known.name(each), title_of(each, known)) for each in known.offered),
        kinds=((Kind.FULL, _("Tous les critères")), (Kind.COMPULSORY, _("Les obligatoires seulement"))),
        funders=(("", _("Aucun")), *await _names(db, actor, "funder", None)),
        providers=await _names(db, actor, "provider", None),
        typed=typed,
        errors=errors,
    )


async def _names(db: Connection, actor: Actor, kind: str, besides: UUID | None) -> Pairs:
    rows = await fetch(db, NAMES, actor.platform, kind, ALONE, besides)
    return tuple((row["code"], row["name"]) for row in rows)


async def found(db: Connection, campaign: UUID) -> dict[str, Any]:
    """Find a campaign that the reader may see, or answer 404; inside a scope."""
    row = await fetch_one(db, CAMPAIGN, campaign)
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks, at what moment, and what a refused form held; `runs`: the reader may act."""

    today: date
    zone: ZoneInfo
    runs: bool
    typed: Meeting
    errors: Errors


async def campaign_page(db: Connection, actor: Actor, campaign: UUID, visit: Visit) -> CampaignPage:
    """Read one campaign whole, or answer 404; inside `scoped(actor)`."""
    row = await found(db, campaign)
    known, kind = await library(db, actor.platform), Kind(row["kind"])
    edition = followed(known, row)
    every = await standings(db, campaign, edition, kind)
    runs = visit.runs and row["closed_at"] is None
    bands = distribution(edition.scale, [each.result for each in every if each.result is not None])
    return CampaignPage(
        title=row["name"],
        sentence=title_of(edition, known),
        state=state_tag(row, visit.today),
        facts=_facts(row, kind),
        counts=_counts(every),
        rows=tuple(_standing(each, naming(known, edition), visit.zone) for each in every),
        sessions=sessions(await fetch(db, SESSIONS, campaign), visit.zone),
        bands=tuple(_band(each, edition.scale) for each in bands),
        why_hidden="" if bands else _("Il faut au moins 11 résultats envoyés pour les montrer ensemble."),
        others=await _names(db, actor, "provider", campaign) if runs else (),
        runs=runs,
        action=f"{HREF}/{campaign}",
        typed=visit.typed,
        errors=visit.errors,
    )


def _facts(row: Mapping[str, Any], kind: Kind) -> Pairs:
    full = _("Tous les critères")
    return (
        (_("Dates"), dates_words(row)),
        (_("Étendue"), full if kind is Kind.FULL else _("Les obligatoires seulement")),
        (_("Financeur de l’accompagnement"), row["funder"] or _("Aucun")),
        (
            _("Rappel avant la fin"),
            ngettext("%(num)s jour", "%(num)s jours", row["remind_days"]) % {"num": row["remind_days"]},
        ),
    )


def _counts(every: tuple[Standing, ...]) -> Pairs:
    by_stage, lang = Counter(each.progress.stage for each in every), languages.current()
    return (
        (_("Invités"), count(len(every), lang)),
        *((stage_words(stage), count(by_stage[stage], lang)) for stage in Stage),
    )


def stage_words(stage: Stage) -> str:
    """Name a stage as a heading of counts."""
    return {
        Stage.TO_DO: _("Pas commencé"),
        Stage.ONGOING: _("En cours"),
        Stage.SENT: _("Envoyé"),
    }[stage]


def stage_tag(stage: Stage) -> Tag:
    """Say a stage with its colour and sign."""
    state, sign = {Stage.TO_DO: ("", ""), Stage.ONGOING: ("info", "clock"), Stage.SENT: ("ok", "")}[stage]
    return state, stage_words(stage), sign


def _standing(each: Standing, named: Mapping[str, str], zone: ZoneInfo) -> StandingRow:
    of = each.progress
    done = ngettext("%(done)s chapitre sur %(every)s", "%(done)s chapitres sur %(every)s", of.done) % {
        "done": of.done,
        "every": of.chapters,
    }
    sent = day_text(each.sent_at.astimezone(zone).date(), languages.current()) if each.sent_at else ""
    query = urlencode({"organisme": each.code, **named})
    return StandingRow(f"/charte?{query}", each.name, stage_tag(of.stage), done, sent)


def sessions(rows: list[dict[str, Any]], zone: ZoneInfo) -> tuple[SessionLine, ...]:
    """Write sessions, with the hour of `zone`."""
    lang = languages.current()
    return tuple(
        SessionLine(moment_text(row["starts_at"].astimezone(zone), lang), row["topic"], row["place"])
        for row in rows
    )


def _band(band: Band, scale: Scale) -> BandRow:
    label = _("de {low} à {high} %") if scale is Scale.WORDS else _("de {low} à {high}")
    return BandRow(label.format(low=band.low, high=band.high), count(band.count, languages.current()))


def dates_words(row: Mapping[str, Any]) -> str:
    """Write the dates of a campaign."""
    first, last = (day_text(row[name], languages.current(), year=True) for name in ("starts_on", "ends_on"))
    return _("du {first} au {last}").format(first=first, last=last)


def state_tag(row: Mapping[str, Any], today: date) -> Tag:
    """Say whether a campaign is to come, open, past its end or closed."""
    if row["closed_at"] is not None:
        return "", _("Close"), ""
    if today < row["starts_on"]:
        return "", _("À venir"), "clock"
    if today > row["ends_on"]:
        return "signal", _("Terme passé"), ""
    return "info", _("En cours"), "clock"
