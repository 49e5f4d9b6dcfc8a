"""The visits of the story and the lines of the files that tell them (pure)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from quality.demo import cast, people
from quality.demo.moments import ONE_DAY, PARIS, arrivals, first_day, instant, is_working, live_days
from quality.demo.people import Client

VISITS = 5_000
# On which of the last five days each named story ends; nobody was asked in the month before.
LAST_VISITS = {
    "martin": -1,
    "daughter": -1,
    "hospital": -3,
    "deceased": -4,
    "named": -4,
    "call_first": -3,
    "anonymous": -3,
}
QUIET = timedelta(days=40)
SATURDAY = 6
REPLACED = 0.07
COLUMNS = (
    *("reference", "client_reference", "client_name", "phone", "mobile", "email", "language", "postcode"),
    *("commune", "age_band", "activity", "mode", "planned_start", "planned_end", "started_at", "ended_at"),
    *("worker_reference", "funders", "status", "status_reason", "incident", "client_status"),
    *("client_status_since", "contact", "relative_name", "relative_phone"),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One line of a provider's file, and when the file arrives."""

    client: Client
    arrives_at: datetime
    line: Mapping[str, str]


def visits(start: datetime) -> list[Visit]:
    """Tell every visit of the story, in the order in which they take place."""
    random = Random(people.SEED + "visits")  # noqa: S311 - a story, not a secret
    days = _days(start)
    posts = {daily: arrivals(start, daily=daily) for daily in (False, True)}
    told: list[tuple[datetime, Client, dict[str, str]]] = []
    for client in people.clients(VISITS):
        told += [(at, client, line) for at, line in _lines(random, client, days, start)]
    told.sort(key=lambda each: (each[0], each[1].reference, each[1].provider.rank))
    return [
        Visit(client, _post(posts[client.provider.sends_daily], ended_at), {"reference": f"V{n:05d}", **line})
        for n, (ended_at, client, line) in enumerate(told, start=1)
    ]


def _days(start: datetime) -> list[date]:
    """Return the days on which somebody comes: the working ones, and Saturdays more rarely."""
    first, today = first_day(start), start.astimezone(PARIS).date()
    every = (first + number * ONE_DAY for number in range((today - first).days))
    return [day for day in every if is_working(day) or day.isoweekday() == SATURDAY]


def _post(posts: Sequence[datetime], ended_at: datetime) -> datetime:
    return next(at for at in posts if at > ended_at)


def _lines(
    random: Random, client: Client, days: Sequence[date], start: datetime
) -> Iterator[tuple[datetime, dict[str, str]]]:
    chosen = _chosen(random, client, days, start)
    team = client.provider.rank * 10
    usual, other = random.sample(range(team, team + 9), 2)
    for place, day in enumerate(chosen):
        is_last = place == len(chosen) - 1
        begins = instant(day, time(random.randrange(8, 17), random.choice((0, 15, 30, 45))))
        ends = begins + timedelta(minutes=random.choice((45, 60, 60, 90, 120)))
        worker = other if random.random() < REPLACED else usual
        if is_last and client.story:
            worker = team + 9  # a newcomer: everybody is asked about a change
        line = {**_identity(client), **_planned(begins, ends), "worker_reference": f"I{worker:03d}"}
        line |= _held(random, client, begins, ends) | _situation(client, day, is_last=is_last)
        yield ends, line


def _chosen(random: Random, client: Client, days: Sequence[date], start: datetime) -> list[date]:
    """Spread a client's visits over the time they are one; some named ones end as their story does."""
    if client.story:
        final = live_days(start)[LAST_VISITS[client.story]]
        before = [day for day in days if day < final - QUIET]
        return [*sorted(random.sample(before, client.visits - 1)), final]
    first = min(int(client.arrives * len(days)), len(days) - client.visits)
    last = max(int(client.leaves * len(days)), first + client.visits)
    return sorted(random.sample(days[first:last], client.visits))


def _identity(client: Client) -> dict[str, str]:
    return {
        "client_reference": client.reference,
        "client_name": client.name,
        "phone": client.phone,
        "mobile": client.mobile,
        "email": client.email,
        "language": client.language,
        "postcode": client.postcode,
        "commune": client.commune,
        "age_band": client.age_band,
        "activity": client.activity,
        "mode": client.mode,
        "funders": "|".join(client.funders),
        "contact": client.contact,
        "relative_name": client.relative_name,
        "relative_phone": client.relative_phone,
    }


def _planned(begins: datetime, ends: datetime) -> dict[str, str]:
    return {"planned_start": _written(begins), "planned_end": _written(ends)}


def _held(random: Random, client: Client, begins: datetime, ends: datetime) -> dict[str, str]:
    """Say how the visit went: nearly all take place, on time or late as the provider is."""
    drawn = random.random()
    if client.story == "" and drawn < 0.012:
        return {"status": "not_done", "status_reason": "worker_absent"}
    if client.story == "" and drawn < 0.03:
        return {"status": "cancelled", "status_reason": random.choice(("client_cancelled", "organisation"))}
    late = timedelta(minutes=max(0, round(random.gauss(4 - 8 * client.provider.quality, 7))))
    return {
        "status": "done",
        "started_at": _written(begins + late),
        "ended_at": _written(ends + late / 2),
        "incident": "yes" if drawn > 0.992 else "no",
    }


def _situation(client: Client, day: date, *, is_last: bool) -> dict[str, str]:
    """Say what the provider learns at the end of two stories: nobody is asked after that."""
    if not is_last or client.story not in {"hospital", "deceased"}:
        return {}
    held = {"status": "not_done", "status_reason": "hospital" if client.story == "hospital" else "other"}
    unheld = {"started_at": "", "ended_at": "", "incident": ""}
    return {**held, **unheld, "client_status": client.story, "client_status_since": day.isoformat()}


def _written(at: datetime) -> str:
    return at.astimezone(PARIS).isoformat(timespec="minutes")


def csv_of(lines: Sequence[Mapping[str, str]]) -> bytes:
    """Write the file that the provider's software would send.

    >>> csv_of([{"reference": "V00001", "mobile": "06 39 98 00 01"}]).splitlines()[1][:20]
    b'V00001;;;;06 39 98 0'
    """
    rows = [";".join(COLUMNS)]
    rows += [";".join(line.get(column, "") for column in COLUMNS) for line in lines]
    return ("\r\n".join(rows) + "\r\n").encode()


def providers_of(told: Sequence[Visit]) -> dict[cast.Provider, list[Visit]]:
    """Sort visits by the provider who tells them."""
    by_provider: dict[cast.Provider, list[Visit]] = {}
    for visit in told:
        by_provider.setdefault(visit.client.provider, []).append(visit)
    return by_provider
