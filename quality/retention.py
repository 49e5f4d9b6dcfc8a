"""How long things are kept: each term is a job, and `quality purge` keeps them all at once.

What went is counted in the audit trail, so that a purge proves what it did; it names nobody.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from quality import clock
from quality.access import audit
from quality.access.actor import operator
from quality.component import Job, Term
from quality.db import Connection, execute, fetch_value, pool, transaction

if TYPE_CHECKING:
    from quality.app import House

log = logging.getLogger(__name__)
BEFORE = "SELECT $1::timestamptz - make_interval(months => $2::integer)"


def job_of(term: Term) -> Job:
    """Make the job that keeps a term; workers that meet take other rows each."""

    async def run_term(house: "House") -> None:
        await keep(house, term)

    return Job(term.name, run_term, term.every)


async def keep(house: "House", term: Term) -> int:
    """Erase what a term says is over; tell how many rows went."""
    gone = await term.forget(house)
    if gone:
        log.info("%s: %s", term.name, gone)
        values = audit.values(operator(), "term.keep", term.name, {"count": gone})
        await execute(pool("work"), audit.LINE, *values)
    return gone


async def purge(house: "House") -> dict[str, int]:
    """Keep every term at once; tell what went, by term."""
    await clock.refresh(pool("work"))
    return {term.name: await keep(house, term) for term in house.terms}


async def months_ago(months: int) -> datetime:
    """Give the instant that many calendar months before now.

    The last day of a longer month stands for the last of a shorter one.
    """
    found: datetime = await fetch_value(pool("work"), BEFORE, clock.now(), months)
    return found


async def in_batches(step: Callable[[Connection], Awaitable[int]]) -> int:
    """Repeat a step, each in a transaction of its own, until nothing is left to it; add what it tells."""
    total = 0
    while True:
        async with transaction("work") as db:
            gone = await step(db)
        if not gone:
            return total
        total += gone
