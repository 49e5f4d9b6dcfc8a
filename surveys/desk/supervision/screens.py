"""The pages of the supervisor: one dataclass a template of templates/surveys/, with what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

Pairs = tuple[tuple[str, str], ...]
Cells = tuple[str, ...]
Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReferredLine:
    """A case that waits for a supervisor."""

    case: str
    reason: str
    why: str
    since: str
    place: str


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call of the log, with the address of its page."""

    href: str
    words: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskBoard:
    """/appels/pilotage."""

    waiting: int
    late: int
    going_count: int
    lines: int
    calls_today: int
    situations_today: int
    kinds: tuple[Cells, ...]
    going: tuple[Cells, ...]
    agreed: tuple[Cells, ...]
    referred: tuple[ReferredLine, ...]
    people: Pairs
    to_review: int
    sample: tuple[CallLine, ...]
    latest: tuple[CallLine, ...]
    shortage: str
    doubted: str
    apart: str
    notice: str = ""
    errors: Errors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallReview:
    """/appels/pilotage/appels/{log}."""

    href: str
    title: str
    facts: Pairs
    answers: Pairs
    others: tuple[Cells, ...]
    review: str
    outcomes: Pairs
    chosen: str
    effects: Pairs
    recoded: tuple[str, ...]
    is_reviewed: bool
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class TeamLine:
    id: str
    name: str
    lines: str
    agents: str


@dataclass(frozen=True, slots=True)
class AgentLine:
    id: str
    name: str
    team: str
    languages: tuple[str, ...]
    starts: str
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCrew:
    """/appels/pilotage/equipes."""

    teams: tuple[TeamLine, ...]
    agents: tuple[AgentLine, ...]
    team_choices: Pairs
    languages: Pairs
    is_saved: bool
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class NoticeLine:
    id: str
    title: str
    text: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNotices:
    """/appels/pilotage/consignes."""

    lines: tuple[NoticeLine, ...]
    is_saved: bool
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class StaffingDay:
    """One day: its heading, the bars of the agents needed by hour, and the table."""

    id: str
    title: str
    bars: tuple[tuple[str, Markup, str], ...]
    rows: tuple[Cells, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskStaffing:
    """/appels/pilotage/effectifs."""

    title: str
    days: tuple[StaffingDay, ...]
    calls_per_hour: int
    waiting: int
    has_shifts: bool
    shortages: Cells
