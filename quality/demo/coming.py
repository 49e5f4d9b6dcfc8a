"""The days after the story: those who send their files each evening go on as the clock advances."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from quality import clock
from quality.app import House
from quality.component import Job
from quality.db import fetch, fetch_value, pool
from quality.demo.clockwork import KNOWN, STARTS_AT
from quality.demo.files import DAILY, name_of, senders
from quality.demo.moments import EVENING_AT, ONE_DAY, PARIS, instant, is_working
from quality.demo.visits import visits_on

EVERY = timedelta(seconds=5)
SENT_LATE = timedelta(days=7)  # who jumps far ahead finds the files of the last week only
PROVIDERS = "SELECT id, platform_id, code FROM organisation WHERE code = ANY ($1::text[])"
SENT = (
    "SELECT provider_id, filename FROM import_batch WHERE provider_id = ANY ($1::uuid[]) AND created_at >= $2"
)


async def send_files(house: House) -> None:
    """Send through the real intake the files of the evenings that have passed since the story ended."""
    start = datetime.fromisoformat(await fetch_value(pool("work"), KNOWN, STARTS_AT))
    days = tuple(evenings(start, clock.now()))
    found = await fetch(pool("work"), PROVIDERS, [provider.siret for provider in DAILY])
    ids = {row["code"]: row["id"] for row in found}
    sent = await fetch(pool("work"), SENT, [*ids.values()], start)
    known = {(row["provider_id"], row["filename"]) for row in sent}
    every = [(identity, day) for identity in ids.values() for day in days]
    waiting = [(identity, day) for identity, day in every if (identity, name_of(day)) not in known]
    if waiting:
        posts = {each.provider: each for each in senders(house, found[0]["platform_id"], ids, start)}
        for identity, day in waiting:
            await posts[identity].send(name_of(day), visits_on(posts[identity].visits, day))


def evenings(start: datetime, now: datetime) -> Iterator[date]:
    """Give the working days since the start whose files have left, those of the last week at most.

    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    >>> [day.isoformat() for day in evenings(start, datetime(2026, 11, 26, 9, 30, tzinfo=UTC))]
    ['2026-11-24', '2026-11-25']
    """
    day = max(start, now - SENT_LATE).astimezone(PARIS).date()
    while instant(day, EVENING_AT) <= now:
        if is_working(day):
            yield day
        day += ONE_DAY


JOBS = (Job("demo-files", send_files, EVERY),)
