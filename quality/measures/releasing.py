"""Releases: what was measured is published once, protected, and never changes; it can be verified."""

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from quality import clock
from quality.db import Connection, pool, transaction
from quality.errors import Refused
from quality.measures import charting, folding, releases
from quality.measures.figures import METHOD, Figure, Folded, released, seal
from quality.measures.lattice import Key
from quality.measures.periods import (
    Period,
    ancestors,
    children,
    descendants,
    next_releasable,
    period,
    releasable,
    releasables,
)
from quality.measures.releases import Release, Stored
from quality.web.format import day_text, period_text

CALENDAR = ZoneInfo("Europe/Paris")
EAST = timedelta(days=1)  # a month begins before that of Paris overseas
Settling = Callable[[datetime], Awaitable[None]]
SETTLINGS: list[Settling] = []


@dataclass(frozen=True, slots=True)
class Created:
    """A release just made."""

    id: UUID
    period: str
    cells: int
    hidden: int


def register(settling: Settling) -> None:
    """Let a component settle what it recorded since an instant, before anything of it is published."""
    if settling not in SETTLINGS:
        SETTLINGS.append(settling)


async def create(platform: UUID, period_code: str | None = None) -> list[Created]:
    """Publish a period, or all those that may be and are not yet; each release is one transaction.

    What other components recorded of these periods is settled first: answers are judged.
    """
    today = clock.now().astimezone(CALENDAR).date()
    codes = [period_code] if period_code is not None else await waiting(platform, today)
    if not codes:
        raise Refused(
            "Rien à publier aujourd’hui. La prochaine période, {period}, pourra être publiée le {day}.",
            **_when(next_releasable(today)),
        )
    periods = [period(code) for code in codes]
    first = datetime.combine(min(of.starts_on for of in periods), time(), CALENDAR) - EAST
    for settle in SETTLINGS:
        await settle(first)
    return [await _create_one(platform, of, today) for of in periods]


async def waiting(platform: UUID, today: date) -> list[str]:
    """Give the periods that may be published today and are not, the finer ones first."""
    db = pool("work")
    first = await folding.first_month(db, platform)
    done = await releases.periods_released(db, platform)
    codes = releasables(first, today) if first else ()
    return [code for code in codes if code not in done and not done.intersection(ancestors(code))]


async def _create_one(platform: UUID, of: Period, today: date) -> Created:
    async with transaction("work") as db:
        await releases.lock(db, platform)
        done = await releases.periods_released(db, platform)
        _refuse(of, today, done)
        bases = await folding.fold(db, platform, of)
        figures = await _released(db, platform, of, done, bases)
        made = await releases.write(
            db,
            platform,
            of,
            method=METHOD,
            seal=seal(of.code, METHOD, figures),
            figures=figures,
            bases=bases,
            at=clock.now(),
        )
        await charting.keep_charts(db, platform, of, made)
    return Created(made, of.code, len(figures), sum(figure.status.is_hidden for figure in figures))


def _refuse(of: Period, today: date, done: frozenset[str]) -> None:
    if of.code in done:
        raise Refused(
            "La période {period} est déjà publiée : un résultat publié ne change plus.",
            period=period_text(of.code),
        )
    if not releasable(of.code, today):
        raise Refused("La période {period} pourra être publiée le {day}.", **_when(of))
    for longer in ancestors(of.code):
        if longer in done:
            raise Refused(
                "La période {longer} est déjà publiée : {period}, qu’elle contient, ne peut plus l’être.",
                longer=period_text(longer),
                period=period_text(of.code),
            )


def _when(of: Period) -> dict[str, str]:
    return {"period": period_text(of.code), "day": day_text(of.releasable_on, year=True)}


async def _released(
    db: Connection, platform: UUID, of: Period, done: frozenset[str], bases: Collection[Folded]
) -> list[Figure]:
    below = children(of.code)
    seen = await releases.earlier(db, platform, descendants(of.code), below) if below else {}
    return released(bases, seen, is_complete=done.issuperset(below))


async def verify(platform: UUID) -> dict[Release, list[str]]:
    """Recompute each release of a platform from its bases; give what differs, nothing when all holds."""
    db = pool("work")
    found = {}
    known = await releases.listed(db, platform)
    done = frozenset(each.period for each in known)
    for release in known:
        stored = await releases.read(db, release.id)
        found[release] = list(_flaws(release, stored))
        if not found[release]:
            found[release] = await _differences(db, platform, release, stored, done)
    return found


def _flaws(release: Release, stored: Stored) -> Iterator[str]:
    if seal(release.period, release.method, stored.figures) != release.seal:
        yield "Le sceau ne correspond pas aux résultats publiés."
    if len(stored.bases) != len(stored.figures):
        yield "Il manque la base d’un résultat publié."
    if release.method != METHOD:
        yield f"Publiée selon la méthode {release.method}, que cette version ne sait plus recalculer."


async def _differences(
    db: Connection, platform: UUID, release: Release, stored: Stored, done: frozenset[str]
) -> list[str]:
    shown = {figure.key: figure for figure in stored.figures}
    try:
        computed = await _released(db, platform, period(release.period), done, stored.bases)
    except ValueError:
        return ["Une base n’est pas celle d’une part : on y compte plus que le total."]
    return [
        f"{_where(figure.key)} : le résultat publié n’est pas celui de sa base."
        for figure in computed
        if shown.get(figure.key) != figure
    ]


def _where(key: Key) -> str:
    return " ".join(each for each in (key.indicator, key.scope, key.code, key.activity) if each)
