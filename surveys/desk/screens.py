"""The pages of the desk: one dataclass a template of templates/surveys/, with what it shows."""

from dataclasses import dataclass, field

Pairs = tuple[tuple[str, str], ...]
Errors = tuple[tuple[str, str], ...]  # the id of a field, and what to do about it


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One call that waits, in words and without a name."""

    reason: str
    provider: str
    place: str
    since: str
    tries: str

    @property
    def cells(self) -> tuple[str, ...]:
        return self.reason, self.provider, self.place, self.since, self.tries


@dataclass(frozen=True, slots=True)
class CallQueue:
    """What waits, and the button that takes the next call."""

    due: int
    later: int
    callbacks: int
    next_text: str
    rows: tuple[QueueRow, ...]
    is_holding: bool
    notice: str


@dataclass(frozen=True, slots=True)
class Phone:
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose, with the key that chooses it."""

    value: str
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the script: what is said, the help for a person who hesitates, the answers."""

    number: int
    total: int
    alias: str
    kind: str
    say: str
    label: str
    probe: str
    choices: tuple[Choice, ...]
    value: str
    back: str
    saved: str


@dataclass(frozen=True, slots=True)
class Ending:
    """One way to end the call: sent at once, or through a panel that asks for one thing more."""

    code: str
    label: str
    key: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: the person and the visit, the script one question at a time, and how the call ends."""

    case: str
    kind: str
    language: str
    name: str
    age: str
    phones: tuple[Phone, ...]
    facts: Pairs
    is_in_hours: bool
    visit: str
    answers: Pairs
    complaints: Pairs
    messages: Pairs
    on_call: str
    on_call_phone: Phone | None
    opening: str
    voicemail: str
    question: Question | None
    panel: str
    provider: str
    respondent: str
    respondents: Pairs
    endings: tuple[Ending, ...]
    keys: bool
    values: dict[str, str] = field(default_factory=dict)
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class CallKeys:
    """All keys, and the switch that turns them off."""

    keys: bool
    rows: Pairs
