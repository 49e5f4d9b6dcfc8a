"""What a replay remembers while time goes by: contacts, situations, who was asked, visits seen, strata."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from surveys.dispatch.gate import CAP_HOURS, RECENT_KEPT
from surveys.protocol.addressing import COLUMNS_OF, ENDPOINT_COLUMNS, contacts_of
from surveys.protocol.caps import Traits
from surveys.protocol.deciding import Decided
from surveys.protocol.definition import Audience, Channel
from surveys.protocol.ledger import EndpointKey, Row
from surveys.protocol.occasion import Volume
from surveys.protocol.reaching import Endpoint, Line, line_of
from surveys.protocol.strata import StratumKey, previous_quarter, seed_of, stratum_key
from surveys.protocol.traits import NO_BANDS, traits_of
from surveys.simulation.source import Party, Source

CAP = timedelta(hours=CAP_HOURS)
NOBODY = Party(UUID(int=0))


@dataclass(frozen=True, slots=True)
class Death:
    """A way in which an endpoint is dead: messages to it fail, or a call found it to be somebody else's."""

    endpoint: UUID
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A client as the last line about them said."""

    status: str
    status_since: date | None
    contact: str | None
    departement: str
    line: Row


class Memory:
    """The mutable side of a replay; every answer is about one instant."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.recent: dict[UUID, tuple[datetime, ...]] = {
            party.id: party.recent for party in (*source.people.values(), *source.endpoints.values())
        }
        self._endpoints = {party.id: party for party in source.endpoints.values()}
        self.deaths = {death: at for party in self._endpoints.values() for death, at in _deaths(party)}
        self._found: set[Death] = set()
        self.asked: dict[UUID, dict[UUID, datetime]] = {
            person: dict(ends) for person, ends in source.asked.items()
        }
        self.standing: dict[UUID, Standing] = {}
        self._dead: dict[UUID, datetime] = {}
        self._seen: dict[UUID, list[tuple[datetime, UUID, str | None]]] = {
            client: [(done.ended_at, done.id, done.worker)] for client, done in source.last.items()
        }
        self._decided: set[UUID] = set(source.last)
        self._strata: dict[StratumKey, Row] = dict(source.strata)
        self._volume = {key: replace(volume) for key, volume in source.counted.items()}

    # ---- what arrives and what is decided ----

    def arrive(self, visits: Iterable[Row]) -> None:
        """Take in the lines of one instant: the situation of clients, and the visits that were done."""
        for visit in visits:
            self.standing[visit["client_id"]] = Standing(
                visit["client_status"],
                visit["status_since"],
                visit["contact"],
                visit["client_departement"],
                visit,
            )
            if visit["client_status"] == "deceased":
                self._dead.setdefault(visit["person_id"], visit["arrived_at"])
            if visit["status"] == "done" and visit["left_at"] is not None:
                seen = self._seen.setdefault(visit["client_id"], [])
                insort(seen, (visit["left_at"], visit["id"], visit["worker"]))

    def decided(self, decisions: Iterable[Decided]) -> None:
        """Remember what was decided: who was asked, and what counts for the next quarter's draw."""
        for each in decisions:
            visit = each.visit
            if visit["status"] == "done":
                self._decided.add(visit["client_id"])
            if each.decision.asked:
                self.asked.setdefault(visit["person_id"], {})[visit["id"]] = visit["ended_at"]
            self._volume.setdefault(stratum_key(visit), Volume()).add(each.decision)

    def told(self, visit: Row, at: datetime) -> Row:
        """Complete a visit with what deciding reads of the person at this instant."""
        seen = self._seen.get(visit["client_id"], [])
        rank = bisect_left(seen, (visit["ended_at"], visit["id"]))
        before = seen[rank - 1] if rank else None
        person = self._source.people.get(visit["person_id"], NOBODY)
        return visit | {
            "last_worker": before[2] if before else None,
            "is_first": before is None and visit["client_id"] not in self._decided,
            "recent": self.recent.get(visit["person_id"], ()),
            "refused_at": _reached(person.refused_at, at),
            "deceased_at": self.died(visit["person_id"], at),
            "complaint_open": self.complains(visit["client_id"], at),
        }

    def traits_of(self, visit: Row) -> Traits:
        """Give what caps by attribute read of a visit, as its line and those before it made it known."""
        others = self._source.age_bands.get(visit["person_id"], NO_BANDS)
        return traits_of(visit, self._source.funders, others | visit["age_bands"])

    # ---- people and endpoints ----

    def died(self, person: UUID, at: datetime) -> datetime | None:
        known = self._source.people.get(person, NOBODY).stopped_at
        return _reached(known, at) or self._dead.get(person)

    def refused(self, person: UUID, at: datetime) -> bool:
        return _reached(self._source.people.get(person, NOBODY).refused_at, at) is not None

    def complains(self, client: UUID, at: datetime) -> bool:
        return any(each.holds(at) for each in self._source.complaints.get(client, ()))

    def endpoints_of(self, visits: Iterable[Row], at: datetime) -> dict[EndpointKey, Endpoint]:
        """Give the endpoints of some visits as they are at this instant."""
        keys = {
            (visit["platform_id"], kind, visit[column])
            for visit in visits
            for kind, column in ENDPOINT_COLUMNS
            if visit[column]
        }
        return {key: self._endpoint(self._source.endpoints[key], at) for key in keys}

    def tells(self, client: UUID, audience: Audience, endpoint: UUID) -> bool:
        """Tell whether the last line of a client still tells an endpoint, theirs or their relative's."""
        line = self.standing[client].line
        told = ((line["platform_id"], kind, line[column]) for kind, column in COLUMNS_OF[audience])
        return any(key[2] and self._source.endpoints[key].id == endpoint for key in told)

    def line_of(self, client: UUID, at: datetime) -> Line:
        """Choose whom to ask, and how, by a client's last line and the endpoints that work then."""
        line = self.standing[client].line
        return line_of(contacts_of(line, self.endpoints_of([line], at)), line["contact"])

    def is_shut(self, endpoint: UUID, at: datetime) -> bool:
        """Tell whether an endpoint refused since it was chosen."""
        return _reached(self._endpoints[endpoint].refused_at, at) is not None

    def find(self, death: Death) -> None:
        """Learn that an endpoint is dead, from what was just sent to it."""
        self._found.add(death)

    def is_dead(self, endpoint: UUID, channel: Channel, at: datetime) -> bool:
        """Tell whether an endpoint was found dead for a channel, or was before this instant."""
        fails = channel is not Channel.PHONE and self._is_found(Death(endpoint), at)
        return fails or self._is_found(Death(endpoint, is_wrong=True), at)

    def _is_found(self, death: Death, at: datetime) -> bool:
        dies_at = self.deaths.get(death)
        return death in self._found or (dies_at is not None and dies_at < at)

    def _endpoint(self, party: Party, at: datetime) -> Endpoint:
        return Endpoint(
            party.id,
            _reached(party.refused_at, at) is not None,
            self._is_found(Death(party.id), at),
            self._is_found(Death(party.id, is_wrong=True), at),
            self.recent.get(party.id, ()),
        )

    # ---- the cap, as the gate counts it ----

    def free_at(self, person: UUID, endpoint: UUID, cap: int) -> datetime | None:
        """Give the instant from which both may get one contact more; None when nothing holds them back."""
        full = [kept[cap - 1] for key in (person, endpoint) if len(kept := self.recent.get(key, ())) >= cap]
        return max(full) + CAP if full else None

    def count(self, person: UUID, endpoint: UUID, at: datetime) -> None:
        for key in (person, endpoint):
            self.recent[key] = (at, *self.recent.get(key, ()))[:RECENT_KEPT]

    # ---- the draw ----

    def strata_of(self, visits: Iterable[Row]) -> Mapping[StratumKey, Row]:
        """Give the strata of some visits of one quarter, frozen at their first need."""
        return {key: self._stratum(key, target) for key, target in _targets(visits)}

    def _stratum(self, key: StratumKey, target: int) -> Row:
        if key not in self._strata:
            platform, quarter, *rest = key
            before: StratumKey = (platform, previous_quarter(quarter), *rest)  # type: ignore[assignment]
            known = self._volume.get(before, Volume())
            expected = known.expected(target) if before in self._strata else None
            self._strata[key] = {
                "seed": seed_of(key, self._source.secret),
                "target": target,
                "expected": expected,
            }
        return self._strata[key]


def _deaths(party: Party) -> Iterator[tuple[Death, datetime]]:
    for is_wrong, at in ((False, party.stopped_at), (True, party.wrong_at)):
        if at is not None:
            yield Death(party.id, is_wrong), at


def _targets(visits: Iterable[Row]) -> set[tuple[StratumKey, int]]:
    return {(stratum_key(visit), int(visit["stratum_target"])) for visit in visits}


def _reached(instant: datetime | None, at: datetime) -> datetime | None:
    return instant if instant is not None and instant <= at else None
