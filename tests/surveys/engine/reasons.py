"""Why a visit is asked about or not, written a second time beside the engine, in the order of the rules.

What excludes comes first, then the cap, then what is always asked, then the interval, then the draw.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from uuid import UUID

from surveys.protocol.ledger import Row
from surveys.simulation.source import Party
from tests.surveys.engine import hours
from tests.surveys.engine.histories import HOUR, Past, Taken
from tests.surveys.engine.promises import CAP, MONTH, bounds, cap_of, complains, is_past, steps_of

ALWAYS = ("not_done", "incident", "first_intervention", "worker_changed")
CHOSEN = ("drawn", "quarter_full_ask", "every_visit")
EXCUSED = {"client_cancelled": "cancelled", "hospital": "hospital"}


@dataclass(frozen=True)
class Way:
    """Whom to ask, and at which endpoints: the client, their relative, or nobody since they refused."""

    endpoints: Mapping[str, UUID]
    channels: frozenset[str]
    is_refusal: bool = False


class Seen:
    """What was known when a visit was decided: the lines that had come, and what was decided before."""

    def __init__(self, past: Past) -> None:
        self.asked: dict[UUID, list[datetime]] = defaultdict(list)
        self.decided: set[UUID] = set(past.source.last)
        self.done: dict[UUID, list[tuple[datetime, UUID, str | None]]] = defaultdict(list)
        self.dead: set[UUID] = set()
        self.contacts: dict[UUID, list[datetime]] = defaultdict(list)
        self._sent = iter(past.sent)
        self._told = 0
        for party in (*past.source.people.values(), *past.source.endpoints.values()):
            self.contacts[party.id] += party.recent
        for person, ends in past.source.asked.items():
            self.asked[person] += ends.values()
        for client, last in past.source.last.items():
            self.done[client].append((last.ended_at, last.id, last.worker))

    def hear(self, arriving: Sequence[Taken]) -> None:
        """Take in what had left when these visits arrived, and what their lines say."""
        before = arriving[0].sent_before
        for sent in islice(self._sent, before - self._told):
            for identity in {sent.invitation.person, sent.attempt.endpoint}:
                self.contacts[identity].append(sent.at)
        self._told = before
        for visit in (one.visit for one in arriving):
            if visit["status"] == "done":
                self.done[visit["client_id"]].append((visit["ended_at"], visit["id"], visit["worker"]))
            if visit["client_status"] == "deceased":
                self.dead.add(visit["person_id"])


def look_at(past: Past) -> None:
    """Hold every decision of one past against the reason expected."""
    seen = Seen(past)
    for _, at_once in groupby(past.taken, key=lambda one: one.at):
        arrived = list(at_once)
        seen.hear(arrived)
        for _, of_quarter in groupby(arrived, key=quarter):
            look_at_those(past, list(of_quarter), seen)
    come = [visit["id"] for visit in past.source.visits]
    assert Counter(one.visit["id"] for one in past.taken) == Counter(come)


def quarter(one: Taken) -> tuple[int, int]:
    day = hours.wall(one.visit["ended_at"], one.visit["departement"])
    return day.year, (day.month - 1) // 3


def look_at_those(past: Past, decided: list[Taken], seen: Seen) -> None:
    for one in decided:
        reason = next(reason for reason in reasons(past, one, seen) if reason)
        assert one.ruled.reason == reason, (reason, one)
        assert one.ruled.asked == (reason in ALWAYS + CHOSEN), one
        if one.ruled.asked:
            seen.asked[one.visit["person_id"]].append(one.visit["ended_at"])
    seen.decided |= {one.visit["client_id"] for one in decided if one.visit["status"] == "done"}


def reasons(past: Past, one: Taken, seen: Seen) -> Iterator[str]:
    """Give each reason in turn, empty where it does not hold."""
    visit, now = one.visit, one.at
    yield "cancelled" if visit["status"] == "cancelled" else ""
    yield EXCUSED.get(visit["status_reason"] or "", "")
    yield "contact_no" if visit["contact"] == "no" else ""
    way = way_to(past, visit, now)
    is_refused = is_past(past.source.people[visit["person_id"]].refused_at, now)
    yield "refused" if is_refused or way.is_refusal else ""
    yield "complaint_open" if complains(past, visit["client_id"], now) else ""
    yield "" if visit["has_identity"] else "client_not_eligible"
    yield away(visit, now)
    yield "deceased" if visit["person_id"] in seen.dead else ""
    is_whole = past.protocol.name == "integral"
    reached = "phone" in way.channels if is_whole else bool(way.channels)
    yield "" if reached else "no_channel"
    contacts = busiest(one, seen, (visit["person_id"], *way.endpoints.values()))
    yield "cap" if contacts >= min(CAP, past.protocol.contact_cap) else ""
    yield "own_cap" if contacts >= cap_of(past, visit) else ""
    chosen = always(visit, seen) or ("interval" if is_near(past, visit, seen) else drawn(past, one))
    is_asked = chosen in ALWAYS + CHOSEN
    yield "too_late" if is_asked and not any_hour_is_left(past, visit, way, now) else chosen


def way_to(past: Past, visit: Row, now: datetime) -> Way:
    mobile, phone, email = (party(past, visit, f"{name}_key") for name in ("mobile", "phone", "email"))
    called = phone if works("phone", phone, now) else mobile
    own = usable({"sms": mobile, "email": email, "phone": called}, now)
    if own:
        wanted = frozenset(own) & {visit["contact"]}
        return Way(own, wanted or frozenset(own))
    if any(each is not None and is_past(each.refused_at, now) for each in (mobile, phone, email)):
        return Way({}, frozenset(), is_refusal=True)
    number, mail = party(past, visit, "relative_phone_key"), party(past, visit, "relative_email_key")
    text = number if visit["relative_phone_is_mobile"] else None
    theirs = usable({"sms": text, "email": mail, "phone": number}, now)
    return Way(theirs, frozenset(theirs))


def party(past: Past, visit: Row, column: str) -> Party | None:
    """Give an endpoint of a line, another's since a call found it so."""
    kind = "email" if "email" in column else "phone"
    found = past.source.endpoints.get((visit["platform_id"], kind, visit[column]))
    return found and replace(found, wrong_at=past.called_wrong.get(found.id, found.wrong_at))


def usable(found: Mapping[str, Party | None], now: datetime) -> dict[str, UUID]:
    """Keep what a channel may use: a telephone that takes no message is called all the same."""
    return {ch: each.id for ch, each in found.items() if each is not None and works(ch, each, now)}


def works(channel: str, endpoint: Party | None, now: datetime) -> bool:
    if endpoint is None:
        return False
    fails = channel != "phone" and is_past(endpoint.stopped_at, now)
    return not (fails or is_past(endpoint.refused_at, now) or is_past(endpoint.wrong_at, now))


def away(visit: Row, now: datetime) -> str:
    """Name the client's situation, once its day has come where they live; a death holds at once."""
    status, since = visit["client_status"], visit["status_since"]
    if status == "active":
        return ""
    today = hours.wall(now, visit["departement"]).date()
    return "" if status != "deceased" and since is not None and since > today else status


def busiest(one: Taken, seen: Seen, parties: Iterable[UUID]) -> int:
    """Count the contacts of thirty days of the person and of each endpoint; give the largest."""
    since = one.at - MONTH
    return max(sum(at > since for at in seen.contacts[identity]) for identity in parties)


def always(visit: Row, seen: Seen) -> str:
    """Name the event that always asks, a no-show first."""
    earlier = [each for each in seen.done[visit["client_id"]] if each[:2] < (visit["ended_at"], visit["id"])]
    before = max(earlier, key=lambda each: each[:2], default=None)
    if visit["status"] == "not_done":
        return "not_done"
    if visit["incident"]:
        return "incident"
    if before is None:
        return "" if visit["client_id"] in seen.decided else "first_intervention"
    workers = {before[2], visit["worker"]}
    return "worker_changed" if len(workers) == 2 and None not in workers else ""


def is_near(past: Past, visit: Row, seen: Seen) -> bool:
    """Tell whether a visit of the person was asked about within the interval, before or after."""
    interval = 0 if past.protocol.name == "integral" else visit["interval_days"]
    day = hours.wall(visit["ended_at"], visit["departement"]).date()
    others = (hours.wall(at, visit["departement"]).date() for at in seen.asked[visit["person_id"]])
    return any(abs((day - other).days) < interval for other in others)


def drawn(past: Past, one: Taken) -> str:
    """Follow the draw where there is one: it has its own proofs (test_the_draw.py)."""
    if past.protocol.name == "integral":
        return "every_visit"
    reason = str(one.ruled.reason)
    return reason if reason in {"quarter_full_ask", "not_drawn"} else "drawn"


def any_hour_is_left(past: Past, visit: Row, way: Way, now: datetime) -> bool:
    """Look at every half hour that is left to a first message or a call: hours begin at none else."""
    written = next((channel for channel in ("sms", "email") if channel in way.channels), None)
    is_whole = past.protocol.name == "integral"
    tried = [("phone", steps_of(past)[1 if is_whole else 5 if written else 6])] * ("phone" in way.channels)
    if written and not is_whole:
        tried.append((written, steps_of(past)[1]))
    who = "client" if is_own(past, visit, way) else "relative"
    return any(
        an_hour_is_left(past, visit, channel, who, max(now, starts), ends)
        for channel, step in tried
        for starts, ends in [bounds(past, visit, step)]
    )


def is_own(past: Past, visit: Row, way: Way) -> bool:
    keys = (party(past, visit, f"{name}_key") for name in ("mobile", "phone", "email"))
    return bool({each.id for each in keys if each is not None} & set(way.endpoints.values()))


def an_hour_is_left(past: Past, visit: Row, channel: str, who: str, starts: datetime, ends: datetime) -> bool:
    """Tell whether some half hour, or the very start, lies in the hours of the place."""
    place, at = visit["departement"], starts
    while at < ends:
        is_shut = channel == "phone" and hours.wall(at, place).date() in past.source.closed
        if not is_shut and hours.allowed(channel, who).allow(at, place):
            return True
        at = at.replace(minute=30 * (at.minute // 30), second=0, microsecond=0) + HOUR / 2
    return False
