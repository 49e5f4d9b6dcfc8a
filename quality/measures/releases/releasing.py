"""Releases: what was measured is published once, protected, and never changes; it can be verified."""

import asyncio
import os
import time as watch
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from quality import aside, clock
from quality.cycles import unsearched
from quality.db import Connection, may_compute, pool, seeing_one_instant
from quality.errors import Refused
from quality.measures.catalogue import series_beside
from quality.measures.disclosure.auditing import around, audited
from quality.measures.disclosure.knowledge import Releases
from quality.measures.disclosure.lattice import Key, past
from quality.measures.disclosure.programs import SOLVER, is_available
from quality.measures.disclosure.series import Outcome, Reading
from quality.measures.disclosure.suppression import Elsewhere
from quality.measures.disclosure.ties import Ties
from quality.measures.releases import charting, comparing, facts, folding, rows, sealing, trying, weighing
from quality.measures.releases.figures import METHOD, RECOMPUTED, Folded, facts_of, released, seal, told
from quality.measures.releases.parting import Parted
from quality.measures.releases.periods import (
    Period,
    ancestors,
    children,
    descendants,
    is_rolling,
    next_releasable,
    period,
    releasable,
    releasables,
)
from quality.measures.releases.rows import Release, Stored
from quality.web.format import day_text, period_text

CALENDAR = ZoneInfo("Europe/Paris")
# Figures, with those published before, above which processes gain more than they take to start: a year.
MANY = 200_000
PROCESSES = 8  # at most, each has the figures of a series
EAST = timedelta(days=1)  # a month begins before that of Paris overseas
NOT_SEALED = "le sceau ne correspond pas à ce qui a été publié."
BROKEN = {
    "release_chart": f"Cartes de contrôle : {NOT_SEALED}",
    "release_funnel": f"Comparaisons entre prestataires : {NOT_SEALED}",
    "release_standing": f"Places des prestataires : {NOT_SEALED}",
    "release_weighted": f"Résultats redressés : {NOT_SEALED}",
    "release_fact": f"Indicateurs de la charte : {NOT_SEALED}",
    "release_mode": f"Essais de premiers contacts : {NOT_SEALED}",
}
Settling = Callable[[datetime], Awaitable[None]]
SETTLINGS: list[Settling] = []


@dataclass(frozen=True, slots=True)
class Created:
    """A release just made."""

    id: UUID
    period: str
    cells: int
    hidden: int
    audit: "Passed"


@dataclass(frozen=True, slots=True)
class Passed:
    """What an audit did: hidden sums examined, programs solved, figures held back, seconds."""

    method: str
    examined: int
    solved: int
    held: int
    seconds: float


def register(settling: Settling) -> None:
    """Let a component settle what it recorded since an instant, before anything of it is published."""
    if settling not in SETTLINGS:
        SETTLINGS.append(settling)


async def create(platform: UUID, period_code: str | None = None) -> list[Created]:
    """Publish a period, or all those that may be and are not yet; each release is one transaction.

    All that a release says is read at one instant: what is corrected meanwhile is in none of its figures.
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
    done = await rows.periods_released(db, platform)
    codes = releasables(first, today) if first else ()
    found: list[str] = []
    for code in codes:
        is_free = code not in done and not done.intersection(ancestors(code))
        if is_free and not _missing(period(code), done.union(found), first):
            found.append(code)
    return found


async def _create_one(platform: UUID, of: Period, today: date) -> Created:
    async with seeing_one_instant("work", f"release{platform}") as db:
        await may_compute(db)
        done = await rows.periods_released(db, platform)
        _refuse(of, today, done, await folding.first_month(db, platform))
        parted = await folding.read_parted(db, platform, of)
        bases = await folding.fold(db, platform, of, parted)
        before = await _before(db, platform, of, done, bases)
        outcome, passed = await _audited(db, platform, of, bases, before, parted=parted)
        figures = released(bases, before, outcome.held)
        made = await rows.write(
            db,
            platform,
            of,
            method=METHOD,
            seal=seal(of.code, METHOD, figures),
            audit=asdict(passed),
            figures=figures,
            bases=bases,
            held=outcome.held,
            at=clock.now(),
        )
        await charting.keep_charts(db, platform, of, made)
        await comparing.keep_comparisons(db, platform, made)
        await weighing.keep_weighted(db, platform, of, made)
        await facts.keep_facts(db, platform, of, made)
        await trying.keep_modes(db, platform, of, made)
        await sealing.seal_beside(db, platform, made)
    return Created(made, of.code, len(figures), sum(figure.status.is_hidden for figure in figures), passed)


async def _audited(
    db: Connection,
    platform: UUID,
    of: Period,
    bases: Collection[Folded],
    before: Elsewhere[Key],
    *,
    parted: Parted,
) -> tuple[Outcome, Passed]:
    """Audit what would be published, with what is; refuse where something could still be proved."""
    if not is_available():
        raise Refused(
            "Rien ne se publie sans audit, et son solveur manque. "
            "Installez le supplément « audit » : pip install suivi-qualite[audit]."
        )
    began = watch.perf_counter()
    done = await rows.periods_released(db, platform)
    earlier = await rows.told(db, platform, around(of.code, done))
    crowds = await folding.crowds(db, platform, of, parted)
    spreads = await folding.spreads(db, platform, of, parted)
    ties = Ties(series_beside(), crowds, spreads)
    by_key = {base.key: base for base in bases}
    outcome = await asyncio.to_thread(_audit, of.code, by_key, before, earlier, ties)
    if outcome.proved:
        raise Refused(
            "La période {period} n’est pas publiée : "
            "l’audit retrouve encore {num} résultats cachés, dont {which}.",
            period=period_text(of.code),
            num=len(outcome.proved),
            which=_where(outcome.proved[0].key),
        )
    seconds = round(watch.perf_counter() - began, 2)
    return outcome, Passed(SOLVER, outcome.examined, outcome.solved, len(outcome.held), seconds)


def _audit(
    of: str, bases: Mapping[Key, Folded], before: Elsewhere[Key], earlier: Releases, ties: Ties
) -> Outcome:
    """Audit in a thread, that the loop goes on; where figures are many, series by series in processes."""
    asked = partial(audited, of, bases, Reading(facts_of, told), before, earlier, ties=ties)
    with unsearched():
        if len(bases) + sum(map(len, earlier.values())) < MANY:
            return asked()
        with aside.processes(min(PROCESSES, os.cpu_count() or 1)) as pool:
            return asked(each=pool.map)


def _refuse(of: Period, today: date, done: frozenset[str], first: date | None) -> None:
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
    for quarter in _missing(of, done, first):
        raise Refused(
            "La période {period} ne peut être publiée qu’après ses trimestres : publiez d’abord {quarter}.",
            period=period_text(of.code),
            quarter=period_text(quarter),
        )


def _missing(of: Period, done: Collection[str], first: date | None) -> list[str]:
    """Give the quarters of a rolling year that must be published before it: none from before a first month.

    It overlaps other years: what its quarters hide, and what they show, is what the audit ties them by.
    """
    begun = [each for each in children(of.code) if first is None or period(each).ends_on >= first]
    return [each for each in begun if each not in done] if is_rolling(of.code) else []


def _when(of: Period) -> dict[str, str]:
    return {"period": period_text(of.code), "day": day_text(of.releasable_on, year=True)}


async def _before(
    db: Connection, platform: UUID, of: Period, done: frozenset[str], bases: Collection[Folded]
) -> Elsewhere[Key]:
    below = children(of.code)
    seen = await rows.earlier(db, platform, descendants(of.code), below) if below else {}
    cells = {base.key: facts_of(base) for base in bases}
    return past(seen, cells, is_complete=done.issuperset(below))


async def verify(platform: UUID) -> dict[Release, list[str]]:
    """Recompute each release of a platform from its bases, and the seals of what it says beside its figures.

    Give what differs, nothing when all holds.
    """
    db = pool("work")
    found = {}
    known = await rows.listed(db, platform)
    done = frozenset(each.period for each in known)
    for release in known:
        stored = await rows.read(db, release.id)
        found[release] = list(_flaws(release, stored))
        if not found[release]:
            found[release] = await _differences(db, platform, release, stored, done)
        found[release] += [BROKEN[part] for part in await sealing.broken(db, release.id)]
    return found


def _flaws(release: Release, stored: Stored) -> Iterator[str]:
    if seal(release.period, release.method, stored.figures) != release.seal:
        yield "Le sceau ne correspond pas aux résultats publiés."
    if len(stored.bases) != len(stored.figures):
        yield "Il manque la base d’un résultat publié."
    if release.audit is None:
        yield "Publiée sans audit, avant que chaque publication en ait un."
    if release.method not in RECOMPUTED:
        yield f"Publiée selon la méthode {release.method}, que cette version ne sait plus recalculer."


async def _differences(
    db: Connection, platform: UUID, release: Release, stored: Stored, done: frozenset[str]
) -> list[str]:
    shown = {figure.key: figure for figure in stored.figures}
    try:
        before = await _before(db, platform, period(release.period), done, stored.bases)
        computed = released(stored.bases, before, stored.held, release.method)
    except ValueError:
        return ["Une base n’est pas celle d’une part : on y compte plus que le total."]
    return [
        f"{_where(figure.key)} : le résultat publié n’est pas celui de sa base."
        for figure in computed
        if shown.get(figure.key) != figure
    ]


def _where(key: Key) -> str:
    return " ".join(each for each in (key.indicator, key.scope, key.code, key.activity) if each)
