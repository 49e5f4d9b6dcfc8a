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
    """What waits, the button that takes the next call, and the last end that may still be undone."""

    due: int
    later: int
    callbacks: int
    next_text: str
    rows: tuple[QueueRow, ...]
    is_holding: bool
    keys: bool
    undo: str
    notice: str


@dataclass(frozen=True, slots=True)
class Phone:
    """One number, as it is read and as it is dialled."""

    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose, with the key that chooses it."""

    value: str
    words: str
    key: str


@dataclass(frozen=True, slots=True)
class DayPart:
    """One of the three fields of a date."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the script: what is said, the help for a person who hesitates, the answers.

    `number` is that of its address, `rank` its place among those asked, `total` None where it is not sure.
    `agent` is for whoever calls and never said; `tongue` the language of all that is said. `chosen` and
    `written` are what was stored, or just refused; `parts` are the fields of a date.
    """

    number: int
    rank: int
    total: int | None
    alias: str
    kind: str
    say: str
    label: str
    probe: str
    agent: str
    tongue: str
    choices: tuple[Choice, ...]
    chosen: tuple[str, ...]
    written: str
    parts: tuple[DayPart, ...]
    keyboard: str
    back: str
    saved: str


@dataclass(frozen=True, slots=True)
class Ending:
    """One way to end the call: sent at once, or through a panel that asks for one thing more."""

    code: str
    label: str
    key: str
    href: str


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do during the call: a panel to open, in one key."""

    label: str
    key: str
    href: str


@dataclass(frozen=True, slots=True)
class Started:
    """When the call was taken, and how long ago: the timer goes on from there."""

    iso: str
    text: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Appointment:
    """An appointment as it was understood, in the zone of the person and in ours, before it is saved."""

    instant: str
    there: str
    here: str


@dataclass(frozen=True, slots=True)
class Remedies:
    """What may be granted in this call about one complaint, what somebody else decides, why not the rest."""

    number: int
    choices: tuple[Choice, ...]
    allowed: tuple[str, ...]
    refusal: str
    told: str
    has_amount: bool = True
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise to read back: what, before when, its reference, and who confirms it at the provider."""

    id: str
    number: int
    say: str
    reference: str
    confirmed_by: str
    is_confirmed: bool
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """One complaint that the person talks about: where it stands, and what may be said of it now."""

    number: int
    heading: str
    state: str
    solution: str
    is_call_first: bool
    is_remedied: bool
    letter: str
    may_grant: bool = True


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who may answer, and how: each with its key; `chosen` holds the values that are so already.

    `asks` is what is said to know it, `others` are the same people, each with the address that goes on with
    them; `query` goes on as it is.
    """

    relations: tuple[Choice, ...]
    ways: tuple[Choice, ...]
    others: tuple[Action, ...]
    chosen: tuple[str, ...]
    asks: tuple[str, ...]
    query: str


@dataclass(frozen=True, slots=True)
class Training:
    """What makes a call a false one: its run, and what its invented person says now."""

    run: str
    says: str


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
    started: Started | None
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
    relation: str
    speaks: str
    speakers: Speakers
    endings: tuple[Ending, ...]
    actions: tuple[Action, ...]
    all_keys: Pairs
    keys: bool
    notes: str
    undo: str
    appointment: Appointment | None = None
    remedies: Remedies | None = None
    promised: Promised | None = None
    followed: Followed | None = None
    training: Training | None = None
    values: dict[str, str] = field(default_factory=dict)
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class CallKeys:
    """All keys, and the switch that turns them off."""

    keys: bool
    rows: Pairs


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One false call to take, and how the last one with it ended."""

    code: str
    title: str
    last: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class CallTraining:
    """The false calls, and the rules of a call."""

    rows: tuple[TrainingRow, ...]
    rules: Pairs


@dataclass(frozen=True, slots=True)
class DebriefLine:
    """One rule in the debrief: its number, whether it was kept, what it says."""

    number: int
    step: str
    title: str
    text: str
    is_kept: bool
    is_forbidden: bool


@dataclass(frozen=True, slots=True)
class CallDebrief:
    """What was right in a false call, and the rule behind each thing."""

    title: str
    code: str
    outcome: str
    kept: int
    lines: tuple[DebriefLine, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """One complaint that came from one's own call, and what became of it."""

    href: str
    heading: str
    when: str
    provider: str
    state: tuple[str, str]
    became: str


@dataclass(frozen=True, slots=True)
class CallSituations:
    """What became of the situations that one took in hand."""

    rows: tuple[Situation, ...]
    resolved: int
    promises: int
    kept: int


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed while somebody was away."""

    when: str
    title: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class CallAbsence:
    """What changed since one's last call, or since some days."""

    since: str
    days: str
    choices: Pairs
    changes: tuple[Change, ...]
    complaints: tuple[Change, ...]
