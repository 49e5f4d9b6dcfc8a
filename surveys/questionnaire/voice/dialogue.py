"""A call by the automatic voice, key after key: what is stored, what is said, and how it ends (pure).

Nothing here rings: a carrier that reads `markup` gives the keys. Until a key says that somebody listens, no
word tells of whom or of what the call is, so that a voicemail records nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from surveys.questionnaire import coding
from surveys.questionnaire.coding import Answer
from surveys.questionnaire.definition import Channel, Item
from surveys.questionnaire.logic import is_low
from surveys.questionnaire.paths import next_item
from surveys.questionnaire.voice import prompts
from surveys.questionnaire.voice.prompts import Script, Spoken, phrase

SILENCE = ""  # the key of whoever presses none
REPEAT, PERSON, REFUSE = "*", "0", "9"
YES, CHANGE = "1", "2"
WAITS = (8, 8, 8)  # seconds before each try is over: the first one, then two more


class Stage(StrEnum):
    OPENING = "opening"
    QUESTION = "question"
    CONFIRMING = "confirming"


class End(StrEnum):
    """How a call ends: `missed` is tried again another time, `person` and `silent` go to somebody."""

    ANSWERED = "answered"
    REFUSED = "refused"
    PERSON = "person"
    SILENT = "silent"
    MISSED = "missed"
    VOICEMAIL = "voicemail"


UNSAID = frozenset({End.MISSED, End.VOICEMAIL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Where a call stands: `alias` is the question asked, `mark` a low mark to confirm."""

    script: Script
    stage: Stage = Stage.OPENING
    answers: Mapping[str, Answer] = field(default_factory=dict)
    alias: str = ""
    mark: str = ""
    misses: int = 0
    remark: str = ""
    end: End | None = None

    @property
    def item(self) -> Item:
        """Give the question asked; KeyError at the opening."""
        return self.script.questionnaire.item(self.alias)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said now and for how long a key is awaited: without `wait`, the call is over."""

    parts: tuple[Spoken, ...]
    wait: int | None


def begin(script: Script) -> Call:
    return Call(script=script)


def on_voicemail(call: Call) -> Call:
    """Hang up on a machine, without a word."""
    return replace(call, end=End.VOICEMAIL)


def press(call: Call, key: str) -> Call:
    """Take one key, or SILENCE when none came in time.

    >>> from datetime import date
    >>> from surveys.questionnaire.facts import Facts
    >>> from surveys.questionnaire.reading import library
    >>> visit = Facts(organisation="Aide 34", day=date(2026, 11, 24))
    >>> call = begin(Script(questionnaire=library("default"), facts=visit, platform="Pléiades Services"))
    >>> call = press(call, "1")
    >>> press(call, "5").answers, press(call, "1").stage.value, press(call, "9").end.value
    ({'globale': 5}, 'confirming', 'refused')
    """
    if call.end is not None:
        return call
    if key in _ENDS:
        return replace(call, end=_ENDS[key], remark="")
    if key == REPEAT:
        return replace(call, remark="")
    if key == SILENCE:
        return _missed(call, "unheard")
    return _TURNS[call.stage](call, key)


_ENDS = {REFUSE: End.REFUSED, PERSON: End.PERSON}


def _begun(call: Call, key: str) -> Call:
    return _next(call) if key == YES else _missed(call, "unknown")


def _marked(call: Call, key: str) -> Call:
    value = coding.by_digit(call.item, key, Channel.VOICE)
    if value is None:
        return _missed(call, "unknown")
    if is_low(call.item, coding.stored(call.item, value)):
        return replace(call, stage=Stage.CONFIRMING, mark=value, misses=0, remark="")
    return _stored(call, value)


def _confirmed(call: Call, key: str) -> Call:
    if key == YES:
        return _stored(call, call.mark)
    if key == CHANGE:
        return replace(call, stage=Stage.QUESTION, mark="", misses=0, remark="")
    return _missed(call, "unknown")


_TURNS = {Stage.OPENING: _begun, Stage.QUESTION: _marked, Stage.CONFIRMING: _confirmed}


def _stored(call: Call, value: str) -> Call:
    answers = {**call.answers, call.alias: coding.stored(call.item, value)}
    return _next(replace(call, answers=answers, mark=""))


def _next(call: Call) -> Call:
    """Go on to the next question, or thank."""
    script = call.script
    item = next_item(script.questionnaire, call.answers, script.facts, Channel.VOICE)
    if item is None:
        return replace(call, end=End.ANSWERED, misses=0, remark="")
    return replace(call, stage=Stage.QUESTION, alias=item.alias, misses=0, remark="")


def _missed(call: Call, remark: str) -> Call:
    """Ask again twice; an opening that nobody takes up was not heard by anybody."""
    if call.misses + 1 < len(WAITS):
        return replace(call, misses=call.misses + 1, remark=remark)
    return replace(call, end=End.MISSED if call.stage is Stage.OPENING else End.SILENT, remark="")


def said(call: Call) -> Said:
    """Say what is heard now."""
    tongue = call.script.tongue
    if call.end is not None:
        parts = () if call.end in UNSAID else (phrase(call.end, tongue),)
        return Said(parts, None)
    remark = (phrase(call.remark, tongue),) if call.remark else ()
    return Said((*remark, *_standing(call)), WAITS[call.misses])


def _standing(call: Call) -> tuple[Spoken, ...]:
    script = call.script
    if call.stage is Stage.OPENING:
        return prompts.opening(script)
    if call.stage is Stage.CONFIRMING:
        return prompts.confirmation(script, call.item, call.mark)
    is_first = not call.answers
    before = prompts.trust(script) if is_first else ()
    after = prompts.help_(script) if is_first or call.misses else ()
    return (*before, *prompts.question(script, call.item), *after)
