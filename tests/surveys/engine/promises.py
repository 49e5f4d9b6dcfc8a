"""What is promised of any history, written a second time beside the engine that is tested.

It reads what came of a history (who was written to, when, by which step; what was decided) and the facts
that were drawn. Nothing of the engine's calendar, planning, eligibility or gate is used.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from surveys.protocol.ledger import Row
from surveys.simulation.source import Party
from tests.surveys.engine import hours
from tests.surveys.engine.histories import CNAV, DAY, HOUR, Past, Sent

MONTH, CAP = timedelta(days=30), 4
ENDS = {"sent", "answered", "refused", "contact_no", "deceased", "dead_endpoint", "late", "merged"}
ENDS |= {"window_over", "undelivered", "wrong_number", "rerouted", "address_changed"}


@dataclass(frozen=True)
class Step:
    """A step as the rules have it: from when after its base, until which day's end, how many times."""

    hours: int | None
    days: int | None
    until: int
    times: int


MESSAGE, REMINDER = Step(4, None, 4, 1), Step(None, 2, 6, 1)
LIGHT = {
    1: MESSAGE,
    2: MESSAGE,
    3: REMINDER,
    4: REMINDER,
    5: Step(None, 3, 10, 2),
    6: Step(None, 1, 10, 2),
}
WHOLE = {1: Step(None, 1, 7, 3)}


def look_at(past: Past) -> None:
    """Hold what was sent in one past against every promise."""
    assert past.sent
    caps_hold(past)
    steps_hold(past)
    for one in past.sent:
        leaves_in_its_time(past, one)
        is_wanted(past, one)
    answers_hold(past)
    no_burst(past)


def steps_of(past: Past) -> dict[int, Step]:
    return WHOLE if past.protocol.name == "integral" else LIGHT


# ---- how often ----


def caps_hold(past: Past) -> None:
    """At most four contacts of a person and of a number or an address in any 30 days; fewer by attribute."""
    parties = (*past.source.people.values(), *past.source.endpoints.values())
    times: dict[UUID, list[datetime]] = defaultdict(list)
    for party in parties:
        times[party.id] += party.recent
    for one in past.sent:
        for party in {one.invitation.person, one.attempt.endpoint}:
            before = sum(at > one.at - MONTH for at in times[party])
            assert before < cap_of(past, past.visits[one.invitation.visit]), (one, times[party])
            times[party].append(one.at)


def cap_of(past: Past, visit: Row) -> int:
    """Four; three where the protocol says so, or with Cnav; two of the oldest."""
    of_all = min(CAP, past.protocol.contact_cap)
    if not past.protocol.caps:
        return of_all
    lower = [2] * ("85+" in visit["age_bands"]) + [3] * (CNAV in visit["funders"])
    return min([of_all, *lower])


def steps_hold(past: Past) -> None:
    """Nobody is asked twice by a step, nor about a visit by more than its protocol has."""
    steps = steps_of(past)
    assert len({request.visit for request in past.invitations}) == len(past.invitations)
    tries = Counter(
        (o.invitation.visit, o.attempt.planned.step, o.attempt.planned.try_number) for o in past.sent
    )
    assert not tries or max(tries.values()) == 1
    of_step = Counter((one.invitation.visit, one.attempt.planned.step) for one in past.sent)
    assert all(n <= steps[step].times for (_, step), n in of_step.items())
    of_visit = Counter(one.invitation.visit for one in past.sent)
    assert max(of_visit.values()) <= CAP
    ends = {attempt.outcome for request in past.invitations for attempt in request.attempts}
    assert ends <= ENDS, ends
    by_person = Counter(
        (one.invitation.person, one.attempt.endpoint, one.attempt.channel, one.at)
        for one in past.sent
        if one.attempt.channel != "phone"
    )
    assert max(by_person.values(), default=1) == 1


# ---- when ----


def local_midnight(instant: datetime, departement: str, days: int) -> datetime:
    zone = ZoneInfo(hours.ZONES.get(departement, "Europe/Paris"))
    return datetime.combine(instant.astimezone(zone).date() + DAY * days, time(), zone)


def bounds(past: Past, visit: Row, step: Step) -> tuple[datetime, datetime]:
    """Give from when and until when a step may be, at the place of the visit."""
    place, base = visit["departement"], max(visit["ended_at"], visit["arrived_at"])
    last = 7 if past.protocol.name == "integral" else 10
    starts = base + HOUR * step.hours if step.hours else local_midnight(base, place, step.days or 0)
    closing = min(local_midnight(base, place, last + 1), local_midnight(visit["ended_at"], place, 11))
    return max(starts, base), min(closing, local_midnight(base, place, step.until + 1))


def leaves_in_its_time(past: Past, one: Sent) -> None:
    """Never early, never after the end, only in the hours of the place where the client then is."""
    visit, planned = past.visits[one.invitation.visit], one.attempt.planned
    starts, ends = bounds(past, visit, steps_of(past)[planned.step])
    assert starts <= one.at < ends, (one, starts, ends)
    place, channel = one.standing["client_departement"], one.attempt.channel
    assert hours.allowed(channel, one.invitation.audience).allow(one.at, place), one
    assert channel != "phone" or hours.wall(one.at, place).date() not in past.source.closed


def no_burst(past: Past) -> None:
    """After an outage a request gets one message, however many steps it missed."""
    for begins, ends in past.outages:
        assert not [one for one in past.sent if begins <= one.at < ends]
        back = [one for one in past.sent if ends <= one.at < ends + 12 * HOUR]
        counts = Counter(one.invitation.visit for one in back if one.attempt.opens_at < ends)
        assert not counts or max(counts.values()) == 1


# ---- whom ----


def is_wanted(past: Past, one: Sent) -> None:
    """Nobody is contacted who refused, died, is away, complains, or said no."""
    people, request = past.source.people, one.invitation
    assert not one.is_dead
    assert one.standing["contact"] != "no"
    assert request.audience != "client" or not is_past(people[request.person].refused_at, one.at)
    endpoint = past.endpoints[one.attempt.endpoint]
    assert not is_past(endpoint.refused_at, one.at)
    assert one.attempt.channel == "phone" or not is_past(endpoint.stopped_at, one.at)
    assert not is_past(endpoint.wrong_at, one.at)
    assert endpoint in told_of(past, one)
    assert one.at <= past.called_wrong.get(endpoint.id, one.at)
    assert not complains(past, request.client, one.at)
    since = one.standing["status_since"]
    away = one.standing["client_status"] != "active"
    assert not away or (since is not None and since > one.at.date()), one


def told_of(past: Past, one: Sent) -> list[Party]:
    """List the endpoints that the client's last line tells, of whoever is asked."""
    own = {"mobile_key": "phone", "phone_key": "phone", "email_key": "email"}
    theirs = {"relative_phone_key": "phone", "relative_email_key": "email"}
    line, columns = one.standing, own if one.invitation.audience == "client" else theirs
    return [
        past.source.endpoints[line["platform_id"], kind, line[column]]
        for column, kind in columns.items()
        if line[column] is not None
    ]


def complains(past: Past, client: UUID, at: datetime) -> bool:
    found = past.source.complaints.get(client, ())
    return any(each.opened_at <= at and not is_past(each.closed_at, at) for each in found)


def is_past(instant: datetime | None, at: datetime) -> bool:
    return instant is not None and instant <= at


def answers_hold(past: Past) -> None:
    """An answer, a client's or a relative's, stops its own request, and nobody else's."""
    rank = {id(one.attempt): n for n, one in enumerate(past.sent)}
    for request in past.invitations:
        stopped = [attempt for attempt in request.attempts if attempt.outcome == "answered"]
        told = past.answered.get(request.visit)
        assert told is not None or not stopped, request
        left = [rank[id(attempt)] for attempt in request.attempts if attempt.outcome == "sent"]
        assert told is None or all(n < told for n in left), request
