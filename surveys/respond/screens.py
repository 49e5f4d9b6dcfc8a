"""The answer pages: one dataclass a template of templates/surveys/, with what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass

Errors = Sequence[tuple[str, str]]  # the id of a field, and what to do about it


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose, its digit when it has one, and its words."""

    value: str
    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class DayPart:
    """One of the three fields of a date."""

    name: str
    words: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    """One question, empty, answered, pre-checked by a link, or refused with its errors."""

    token: str
    number: int
    rank: int
    total: int | None
    name: str
    kind: str
    label: str
    hint: str
    tongue: str
    direction: str
    choices: Sequence[Choice]
    outside: Sequence[Choice]
    chosen: Sequence[str]
    written: str
    parts: Sequence[DayPart]
    keyboard: str
    is_preset: bool
    provider: str
    seat: str
    back: str | None
    skip: str | None
    can_refuse: bool
    seal: str = ""
    audio: str = ""
    errors: Errors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWho:
    """Who gave the answers, and how."""

    token: str
    back: str
    seat: str
    options: Sequence[Choice]
    ways: Sequence[Choice]
    chosen: Sequence[str]
    errors: Errors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWish:
    """After a low mark, or of a problem told: what the client wants."""

    token: str
    back: str
    seat: str
    saved: str
    motive: str
    about: str
    is_conduct: bool
    offers_nothing: bool
    provider: str
    acknowledged_by: str
    remedied_by: str
    value: str
    errors: Errors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReaders:
    """Who reads the answer with its name."""

    token: str
    back: str
    seat: str
    provider: str
    is_about_visit: bool
    value: str
    until: str
    is_nameless: bool
    errors: Errors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerProblem:
    """What went wrong, as the person says it."""

    token: str
    back: str
    seat: str
    options: Sequence[Choice]
    errors: Errors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerThanks:
    """What was recorded, what happens next, and how to come back."""

    token: str
    seat: str
    outcome: str
    reference: str
    provider: str
    today: str
    acknowledged_by: str
    remedied_by: str
    callback_text: str
    follow: str
    is_answered: bool
    who: str
    readers: str
    can_share: bool
    counts: bool
    until: str
    remaining: int
    next_number: int | None


@dataclass(frozen=True, slots=True)
class HalfDay:
    """A half-day offered for a call, in words."""

    value: str
    day: str
    span: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCallback:
    """When to call."""

    token: str
    back: str
    seat: str
    slots: Sequence[HalfDay]
    value: str
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class AnswerStop:
    """The refusal, before it is confirmed."""

    token: str


@dataclass(frozen=True, slots=True)
class AnswerStopped:
    """The refusal, recorded."""

    stopped_text: str


@dataclass(frozen=True, slots=True)
class AnswerStopNoted:
    """One page for every refusal by a link that opens nothing: one that is over is a refusal all the same."""


@dataclass(frozen=True, slots=True)
class AnswerClosed:
    """One page for every link that opens nothing."""
