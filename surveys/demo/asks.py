"""What the follow-up of the story's past knows: people with their contacts, requests with their attempts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from uuid import UUID

from quality.complaints.opening import Wish
from quality.demo.complaints import Grievance
from quality.demo.past import Member
from quality.demo.people import Client
from quality.demo.visits import Calendar, Visit
from surveys.demo.habits import Reply
from surveys.demo.habits import Visit as Told
from surveys.protocol import telling
from surveys.protocol.choosing_questions import Versions, moment_of, version_at
from surveys.protocol.definition import Channel, Protocol
from surveys.protocol.occasion import Decision, Stratum
from surveys.protocol.planning import PlannedAttempt, Reach
from surveys.protocol.reaching import Contacts, Endpoint, Line, line_of
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.logic import is_low

StratumKey = tuple[str, tuple[UUID, ...], str]


@dataclass(slots=True)
class Frozen:
    """The draw of one stratum for a quarter, as it was frozen at its first need."""

    id: UUID
    key: StratumKey
    stratum: Stratum
    created_at: datetime


@dataclass(slots=True)
class Try:
    """One message or one call, and what became of it."""

    planned: PlannedAttempt
    id: UUID
    endpoint: UUID
    opens_at: datetime
    closes_at: datetime
    state: str = "planned"
    reason: str | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def give_up_at(self) -> datetime:
        return self.planned.give_up_at

    @property
    def is_call(self) -> bool:
        return self.planned.channel is Channel.PHONE

    def settle(self, state: str, reason: str, at: datetime) -> None:
        self.state, self.reason, self.settled_at = state, reason, at


@dataclass(slots=True)
class Ask:
    """One request: its attempts, and what its person said."""

    id: UUID
    person: "Followed"
    visit: Visit
    line: Line
    visit_on: date
    asked_at: datetime
    closes_at: datetime
    tries: tuple[Try, ...]
    told: Told
    questionnaire: UUID
    reply: Reply | None = None
    answered_at: datetime | None = None
    refused_at: datetime | None = None
    wish: Wish | None = None
    grievance: Grievance | None = None

    @property
    def audience(self) -> str:
        return str(self.line.reach.audience)

    @property
    def is_waiting(self) -> bool:
        return self.answered_at is None and self.refused_at is None


@dataclass(frozen=True, slots=True)
class Occasion:
    """The decision on one visit."""

    visit: Visit
    member: Member
    decision: Decision
    told: telling.Told
    stratum: UUID
    decided_at: datetime


@dataclass(slots=True)
class Followed:
    """A client as the ledger and the gate know them; a person's contacts and refusal are its clients' own."""

    member: Member
    line: Line
    funders: tuple[UUID, ...]
    group: str
    recent: list[datetime] = field(default_factory=list)
    refused_at: datetime | None = None
    asked: list[datetime] = field(default_factory=list)
    last_worker: str | None = None
    is_first: bool = True
    complaint: tuple[datetime, datetime] | None = None

    @property
    def client(self) -> Client:
        return self.member.client

    def complains(self, at: datetime) -> bool:
        return self.complaint is not None and self.complaint[0] <= at < self.complaint[1]


@dataclass(slots=True)
class Household:
    """Clients reached at the same numbers, what is planned for them, and the contacts of each endpoint."""

    members: list[Followed]
    random: Random
    agenda: list[tuple[datetime, int, Ask, Try | None]] = field(default_factory=list)
    recent: dict[UUID, list[datetime]] = field(default_factory=dict)
    refused: dict[UUID, datetime] = field(default_factory=dict)
    asks: list[Ask] = field(default_factory=list)


Plans = dict[tuple[datetime, date, Reach], tuple[tuple[PlannedAttempt, ...], datetime]]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the whole follow-up of a provider reads; it ends at `until`, its calls at `calls_until`."""

    platform: UUID
    provider: UUID
    siret: str
    calendar: Calendar
    protocol: Protocol
    versions: Versions
    questionnaires: Mapping[UUID, Questionnaire]
    target: int
    until: datetime
    calls_until: datetime
    funders: Mapping[str, UUID]
    plans: Plans = field(default_factory=dict)  # of the protocol: those who write many providers share them

    def asked_about(self, visit: Visit, *, is_first: bool) -> UUID:
        """Choose the questionnaire of a visit, as planning does."""
        version = version_at(moment_of(is_done=visit.status == "done", is_first=is_first), self.versions)
        if version is None:
            raise LookupError(visit.reference)
        return version

    def lows(self, ask: Ask) -> list[tuple[str, int]]:
        """Give the low marks of an answer: each is a signal."""
        answers = ask.reply.answers if ask.reply else {}
        return [
            (item.alias, mark)
            for item in self.questionnaires[ask.questionnaire].items
            if isinstance(mark := answers.get(item.alias), int) and is_low(item, mark)
        ]


def line_to(member: Member, refused: Mapping[UUID, datetime]) -> Line:
    """Choose whom to ask and how, as the ledger does; refused endpoints are left alone."""

    def found(column: str) -> Endpoint | None:
        end = member.endpoints.get(column)
        return Endpoint(end, is_refused=end in refused) if end else None

    contacts = Contacts(
        mobile=found("mobile"),
        phone=found("phone"),
        email=found("email"),
        relative_phone=found("relative_phone"),
        relative_phone_is_mobile=True,
        relative_email=found("relative_email"),
    )
    return line_of(contacts, member.client.contact or None)
