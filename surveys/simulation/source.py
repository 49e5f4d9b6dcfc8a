"""What a replay starts from: visits in the order of their arrival, and what was known before them (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from surveys.protocol.ledger import EndpointKey, Row
from surveys.protocol.occasion import Volume
from surveys.protocol.strata import StratumKey


@dataclass(frozen=True, slots=True)
class Party:
    """A person or an endpoint, as they became; a person dies at `stopped_at`.

    Messages to an endpoint fail from then on, and calls find it to be somebody else's from `wrong_at` on.
    """

    id: UUID
    refused_at: datetime | None = None
    stopped_at: datetime | None = None
    recent: tuple[datetime, ...] = ()
    wrong_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The last visit done before the replay, of one client."""

    ended_at: datetime
    id: UUID
    worker: str | None


@dataclass(frozen=True, slots=True)
class Complaining:
    """A complaint while it is open; without an end it still is."""

    opened_at: datetime
    closed_at: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return self.opened_at <= at and (self.closed_at is None or at < self.closed_at)


@dataclass(frozen=True, slots=True)
class Source:
    """Visits as deciding reads them, sorted by (`arrived_at`, `ended_at`, `id`), and what came before.

    A visit holds its client's facts as they were known when it arrived; a planned one brings only these.
    `asked` gives the visits asked about before, by person; `strata` those frozen already, and `counted` what
    each of them has counted for the quarter after. A visit holds the age bands that its person's clients
    of these visits were then given; `age_bands` has those of their other clients. `funders` are codes by id.
    `mode_seed` draws the first contacts of an experiment, frozen or as it would be.
    """

    platform: UUID
    visits: Sequence[Row]
    secret: bytes
    people: Mapping[UUID, Party] = field(default_factory=dict)
    endpoints: Mapping[EndpointKey, Party] = field(default_factory=dict)
    asked: Mapping[UUID, Mapping[UUID, datetime]] = field(default_factory=dict)
    last: Mapping[UUID, Done] = field(default_factory=dict)
    complaints: Mapping[UUID, Sequence[Complaining]] = field(default_factory=dict)
    strata: Mapping[StratumKey, Row] = field(default_factory=dict)
    counted: Mapping[StratumKey, Volume] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()
    funders: Mapping[UUID, str] = field(default_factory=dict)
    age_bands: Mapping[UUID, frozenset[str]] = field(default_factory=dict)
    mode_seed: bytes | None = None
