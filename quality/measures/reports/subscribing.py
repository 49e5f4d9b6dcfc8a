"""« Recevoir chaque mois » : who receives the results of a population by mail, until they, or it, end."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from quality import clock, tokens
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped, visible
from quality.db import execute, fetch_one, pool
from quality.errors import Invalid, NotFound
from quality.french import french
from quality.ids import uuid7
from quality.keys import Keyring
from quality.measures.models import ReportSubscription
from quality.measures.views.reading import Sight, sights

LABEL = "report subscription"
HREF = "/envois"
SUBSCRIBE = """
INSERT INTO report_subscription
    (id, platform_id, account_id, membership_id, convention_id, population, rhythm, token_key, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
END = "DELETE FROM report_subscription WHERE account_id = $1 AND membership_id = $2 AND population = $3"
SERVED = "SELECT id FROM report_subscription WHERE token_key = $1"
END_BY_LINK = "DELETE FROM report_subscription WHERE token_key = $1 RETURNING id"


class Rhythm(StrEnum):
    """How often results come: the periods that are sent."""

    month = "month"
    quarter = "quarter"


RHYTHMS = {
    Rhythm.month: french("Chaque mois"),
    Rhythm.quarter: french("Chaque trimestre"),
}


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What somebody receives, and since when."""

    rhythm: Rhythm
    since: datetime


def token_of(keyring: Keyring, subscription: UUID) -> str:
    """Make the token of a letter's link, the same in each letter; only a keyed hash of it is stored."""
    return tokens.token(keyring.subkey(LABEL), b"subscription", subscription)


def key_of(keyring: Keyring, token: str) -> bytes:
    return tokens.lookup_hash(keyring.subkey(LABEL), token)


async def subscribed(actor: Actor, sight: Sight) -> Subscribed | None:
    """Give what the reader receives of a population; inside `scoped(actor)`."""
    rows = visible(actor, ReportSubscription).filter(membership_id=actor.membership, population=sight.name)
    row = await rows.first()
    return Subscribed(Rhythm(row.rhythm), row.created_at) if row else None


async def subscribe(actor: Actor, keyring: Keyring, population: str, rhythm: str) -> None:
    """Send the results of a population to the reader after each release to come; another rhythm replaces."""
    if rhythm not in set(Rhythm):
        raise Invalid("Choisissez de recevoir les résultats chaque mois ou chaque trimestre.")
    now = clock.now()
    made = uuid7(now)
    key = key_of(keyring, token_of(keyring, made))
    async with scoped(actor) as db:
        sight = await _sight(actor, population)
        of = sight.convention.id if sight.convention else None
        await execute(db, END, actor.account, actor.membership, population)
        who = (actor.platform, actor.account, actor.membership)
        await execute(db, SUBSCRIBE, made, *who, of, population, rhythm, key, now)
        await audit.record(db, actor, "report.subscribe", population, {"rhythm": rhythm})


async def _sight(actor: Actor, population: str) -> Sight:
    for each in await sights(actor):
        if each.name == population:
            return each
    raise NotFound


async def unsubscribe(actor: Actor, population: str) -> None:
    """Send nothing more of a population to the reader; where nothing was sent, nothing changes."""
    async with scoped(actor) as db:
        await execute(db, END, actor.account, actor.membership, population)
        await audit.record(db, actor, "report.unsubscribe", population)


async def is_served(keyring: Keyring, typed: str) -> bool:
    """Tell whether the link of a letter still ends something."""
    return await _by_link(keyring, typed, SERVED)


async def end_by_link(keyring: Keyring, typed: str) -> bool:
    """End what a letter's link is of; tell whether something ended."""
    return await _by_link(keyring, typed, END_BY_LINK)


async def _by_link(keyring: Keyring, typed: str, sql: str) -> bool:
    token = tokens.normalise(typed)
    return token is not None and await fetch_one(pool("answer"), sql, key_of(keyring, token)) is not None
