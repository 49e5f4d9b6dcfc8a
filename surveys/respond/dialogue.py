"""A conversation by SMS over a questionnaire: what a message answers, and what must follow (pure).

One question waits at a time, and an unclear answer is asked for once more, once a conversation. Nothing is
stored of a conversation but its answers and the messages that ask: a state is made of both.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import msgspec

from surveys.questionnaire import coding
from surveys.questionnaire.coding import Answer
from surveys.questionnaire.definition import Channel, Choice, Item, Kind, Questionnaire, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import LOW, low_items
from surveys.questionnaire.paths import path
from surveys.respond.reply import Reply, ReplyKind, read_answer
from surveys.respond.spelled import is_polite, plain

SMS = Channel.SMS
MOST_DIGITS = 9
# What is asked after a low mark where the questionnaire asks nothing more by SMS (contact.md, section 4).
MOTIVE = Item(
    alias="motif",
    kind=Kind.SINGLE,
    label=Words("Que s’est-il passé ?", "What happened?"),
    dont_know=True,
    channels=(Channel.SMS,),
    choices=(
        Choice(Words("retard", "late"), "late"),
        Choice(Words("travail non fait", "work not done"), "not_done"),
        Choice(Words("comportement", "behaviour"), "behaviour"),
        Choice(Words("autre", "other"), "other"),
    ),
)
# The alias of that question where another one has its name, and all those that are about a low mark.
OTHER_MOTIVE = "motif_sms"
MOTIVES = frozenset({MOTIVE.alias, OTHER_MOTIVE})


class Act(StrEnum):
    """What follows a message; `branch` asks what a low mark is about."""

    STORE = "store"
    ASK = "ask"
    BRANCH = "branch"
    ASK_AGAIN = "ask_again"
    STOP = "stop"
    PERSON = "person"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to do: `item` is asked, `answers` are stored."""

    act: Act
    item: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a conversation stands: `awaited` is the question that left last, `waiting` one yet to leave."""

    questionnaire: Questionnaire
    facts: Facts
    answers: Mapping[str, Answer]
    awaited: str
    waiting: str = ""
    was_asked_again: bool = False
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A message understood: the kind under which it is kept, the state that follows, what must be done."""

    kind: str
    state: State
    effects: tuple[Effect, ...]

    def does(self, act: Act) -> Effect | None:
        return next((effect for effect in self.effects if effect.act is act), None)


def spoken(questionnaire: Questionnaire) -> Questionnaire:
    """Add the question that follows a low mark: that of the questionnaire, else the one of contact.md.

    >>> from surveys.questionnaire.reading import library
    >>> [item.alias for item in spoken(library("default")).asked_on("sms")]
    ['globale', 'motif']
    """
    asked = questionnaire.asked_on(SMS)
    if len(asked) != 1 or not _may_be_low(asked[0]):
        return questionnaire
    after_low = f"${{{asked[0].alias}}} <= {max(LOW)}"
    own = _own_motive(questionnaire, asked[0])
    if own is None:
        is_taken = any(item.alias == MOTIVE.alias for item in questionnaire.items)
        alias = OTHER_MOTIVE if is_taken else MOTIVE.alias
        motive = msgspec.structs.replace(MOTIVE, alias=alias, relevant=after_low)
        return msgspec.structs.replace(questionnaire, items=(*questionnaire.items, motive))
    channels = (*questionnaire.channels_of(own), SMS)
    heard = msgspec.structs.replace(own, channels=channels, relevant=after_low)
    items = tuple(heard if item is own else item for item in questionnaire.items)
    return msgspec.structs.replace(questionnaire, items=items)


def _own_motive(questionnaire: Questionnaire, first: Item) -> Item | None:
    """Find the question that the other channels ask about a low mark, if a digit can answer it."""
    later = questionnaire.items[questionnaire.items.index(first) + 1 :]
    return next(
        (
            item
            for item in later
            if item.alias == MOTIVE.alias and item.kind is Kind.SINGLE and len(item.choices) <= MOST_DIGITS
        ),
        None,
    )


def _may_be_low(item: Item) -> bool:
    return item.signal and item.kind is Kind.RATING


def start(questionnaire: Questionnaire, facts: Facts) -> State:
    """Begin as the first message does: it asks the first question of SMS."""
    return resume(questionnaire, facts, {})


def resume(
    questionnaire: Questionnaire,
    facts: Facts,
    answers: Mapping[str, Answer],
    *,
    sent: Collection[str] = (),
    waiting: str = "",
    was_asked_again: bool = False,
    is_over: bool = False,
) -> State:
    """Find where a conversation stands; a question that left and is asked no more waits for nothing."""
    whole = spoken(questionnaire)
    asked = [item.alias for item in path(whole, answers, facts, SMS)]
    found = [alias for alias in asked if alias in sent]
    return State(
        questionnaire=whole,
        facts=facts,
        answers=answers,
        awaited=found[-1] if found else next(iter(asked), ""),
        waiting=waiting if waiting in asked else "",
        was_asked_again=was_asked_again,
        is_over=is_over,
    )


def left(state: State) -> State:
    """Note that the question that waited has left."""
    return replace(state, awaited=state.waiting, waiting="") if state.waiting else state


def hear(state: State, text: str) -> Heard:
    """Understand a message; a refusal is heard in any state, and what nobody asked for is for a person.

    >>> from datetime import date
    >>> from surveys.questionnaire.reading import library
    >>> asked = start(library("default"), Facts(organisation="Aide 34", day=date(2026, 11, 24)))
    >>> low = hear(asked, "1")
    >>> [(effect.act.value, effect.item, effect.answers) for effect in low.effects]
    [('store', '', {'globale': 1}), ('branch', 'motif', {})]
    >>> [effect.act.value for effect in hear(left(low.state), "5").effects]
    ['ask_again']
    """
    item = state.questionnaire.item(state.awaited) if state.awaited else None
    reply = read_answer(text, coding.options(item, SMS) if item else ())
    if reply.kind is ReplyKind.STOP:
        return Heard(reply.kind, state, (Effect(Act.STOP),))
    if item is not None and reply.value is not None:
        return _late(state) if state.is_over else _stored(state, item, reply)
    if reply.kind is ReplyKind.AMBIGUOUS:
        return _late(state) if state.is_over else _unclear(state)
    kind = ReplyKind.OTHER if reply.kind is ReplyKind.DONT_KNOW else reply.kind
    if state.answers and is_polite(plain(text)):
        return Heard(kind, state, ())
    return Heard(kind, state, (Effect(Act.PERSON),))


def _late(state: State) -> Heard:
    return Heard("late", state, (Effect(Act.LATE),))


def _unclear(state: State) -> Heard:
    """Ask once more, unless that was done, or another question is about to leave."""
    if state.was_asked_again or state.waiting:
        return Heard(ReplyKind.AMBIGUOUS, state, (Effect(Act.PERSON),))
    asked = replace(state, was_asked_again=True)
    return Heard(ReplyKind.AMBIGUOUS, asked, (Effect(Act.ASK_AGAIN, state.awaited),))


def _stored(state: State, item: Item, reply: Reply) -> Heard:
    """Store the answer and ask what it leads to; a question that waited for another answer leaves no more."""
    answers: dict[str, Answer] = {item.alias: coding.stored(item, str(reply.value))}
    merged = {**state.answers, **answers}
    follows = _next(state, item, merged)
    after = replace(state, answers=merged, waiting=follows.alias if follows else "")
    effects = [Effect(Act.STORE, answers=answers)]
    if follows is not None:
        is_low = item in low_items(state.questionnaire, merged, state.facts)
        effects.append(Effect(Act.BRANCH if is_low else Act.ASK, follows.alias))
    return Heard(reply.kind, after, tuple(effects))


def _next(state: State, answered: Item, answers: Mapping[str, Answer]) -> Item | None:
    """Give the question that follows the one answered, if it was not answered by another way."""
    order = [item.alias for item in state.questionnaire.items]
    later = order[order.index(answered.alias) + 1 :]
    asked = path(state.questionnaire, answers, state.facts, SMS)
    return next((item for item in asked if item.alias in later and item.alias not in answers), None)
