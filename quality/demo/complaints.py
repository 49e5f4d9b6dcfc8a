"""What becomes of the complaints of the story: most are settled in time, some late, one in seven comes back.

Each has its whole course drawn when it is opened (pure), so that whoever tells the visits knows until when
nobody is asked; the steps are then taken by the real verbs, each at its instant.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from quality.access.actor import Actor, Role
from quality.complaints import closing, handling, opening
from quality.complaints.closing import Verdict
from quality.complaints.handling import Decision, Kind
from quality.complaints.opening import Source, Wish
from quality.db import transaction
from quality.demo.cast import AIDE_34
from quality.demo.moments import ONE_DAY, PARIS, instant, is_working
from quality.demo.stage import Stage, chance

LATE = 1 / 6
REOPENED = 0.15
LEFT = timedelta(days=6)  # newcomers are left for whoever opens the door
# Days before each step: what most take, and what one in six takes.
WAITS = {"call": (0.5, 1.0), "note": (0.5, 1.0), "acknowledge": (0.8, 4.2), "remedy": (5.0, 16.0)}
# A client is asked for a verdict seven days after the solution, and answers within three.
ASKED_AFTER, ANSWERED_WITHIN = timedelta(days=7), timedelta(days=2.9)
# Aide 34 has nothing late when the door opens: what a visitor starts there is the first thing it must do.
READY = frozenset({AIDE_34.siret})
READY_FOR, READY_WAITS = timedelta(days=40), {"acknowledge": 0.1, "remedy": 2.5}
BEFORE_THE_DOOR, AT_ONCE = timedelta(minutes=20), timedelta(minutes=5)
HOURS = ((time(10), time(12, 20)), (time(14), time(17, 30)))
SOLUTIONS = (
    (
        Kind.late,
        "information",
        "Un remplacement mal annoncé",
        "explain",
        "Tout changement d’horaire est annoncé la veille.",
    ),
    (
        Kind.not_done,
        "replacement",
        "La fiche de mission était incomplète",
        "replan",
        "Visite refaite sans frais, fiche de mission complétée.",
    ),
    (
        Kind.behaviour,
        "behaviour",
        "Un échange trop vif en fin de visite",
        "replace_worker",
        "Une autre intervenante vient désormais.",
    ),
    (
        Kind.billing,
        "invoice",
        "Une facture comptait une visite de trop",
        "refund",
        "Facture corrigée, avoir envoyé.",
    ),
)
# The complaint that a visitor reads from the call to « c’est réglé ».
TOLD = (
    Kind.late,
    "travel",
    "La remplaçante avait une ancienne adresse et n’a pas prévenu de son retard.",
    "explain",
    "L’adresse est corrigée dans le dossier. Un retard de plus de dix minutes est annoncé par téléphone.",
)
NOTE = (
    "Appel à Mme Soler ce matin : elle a attendu quarante minutes sans nouvelles. "
    "Nous vérifions son dossier avec la remplaçante."
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done about a complaint, and when."""

    kind: str
    at: datetime


@dataclass(slots=True)
class Grievance:
    """A complaint of the story: what it comes from, what is wanted, all that follows."""

    source: Source
    wish: Wish
    key: tuple[str, str]
    steps: tuple[Step, ...]
    is_told: bool = False
    number: int = 0

    @property
    def closed_at(self) -> datetime | None:
        return next((step.at for step in self.steps if step.kind == "settled"), None)


def course(
    wish: Wish, at: datetime, key: tuple[str, str], start: datetime, *, is_told: bool = False
) -> tuple[Step, ...]:
    """Draw all the steps of a complaint that come before the demonstration starts.

    >>> from datetime import UTC
    >>> at, start = datetime(2026, 3, 5, 9, tzinfo=UTC), datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    >>> [step.kind for step in course(Wish.NAMED, at, ("", "V1"), start)]
    ['open', 'acknowledge', 'remedy', 'settled']
    """
    drawn = chance("course", *key)
    is_ready = key[0] in READY and start - at < READY_FOR
    steps = [Step("open", at)]
    for kind in _kinds(wish, drawn, comes_back=not (is_told or is_ready), has_note=is_told):
        since = steps[-1].at
        if start - since < LEFT and (kind == "call" or (kind == "acknowledge" and not is_ready)):
            break
        wait = _wait(kind, drawn, is_usual=is_told or is_ready, is_ready=is_ready)
        done_at = _office(since + wait, drawn)
        if is_ready and kind == "acknowledge":
            done_at = min(done_at, max(start - BEFORE_THE_DOOR, since + AT_ONCE))
        steps.append(Step(kind, done_at))
    return tuple(step for step in steps if step.at < start)


def _kinds(wish: Wish, drawn: Random, *, comes_back: bool, has_note: bool) -> Iterator[str]:
    if wish is Wish.CALL_FIRST:
        yield "call"
    yield "acknowledge"
    if has_note:
        yield "note"
    yield "remedy"
    if comes_back and drawn.random() < REOPENED:
        yield "not_settled"
        yield "remedy"
    yield "settled"


def _wait(kind: str, drawn: Random, *, is_usual: bool, is_ready: bool) -> timedelta:
    if kind not in WAITS:
        return ASKED_AFTER + ANSWERED_WITHIN * drawn.random()
    usual, long = WAITS[kind]
    if not is_usual and drawn.random() < LATE:
        return timedelta(days=long)
    days = READY_WAITS.get(kind, usual) if is_ready else usual
    return timedelta(days=days * (0.6 + 0.8 * drawn.random()))


def _office(at: datetime, drawn: Random) -> datetime:
    """Move an instant on to hours when people work and call."""
    minutes = timedelta(minutes=drawn.randrange(1, 40))
    local = at.astimezone(PARIS)
    day = local.date()
    if is_working(day):
        for opens, closes in HOURS:
            if local.time() < opens:
                return instant(day, opens) + minutes
            if local.time() < closes:
                return at
    day += ONE_DAY
    while not is_working(day):
        day += ONE_DAY
    return instant(day, HOURS[0][0]) + minutes


async def follow(stage: Stage) -> None:
    """Take every step whose time has come, in order, each at its own instant."""
    due = [
        (step, grievance)
        for grievance in stage.grievances
        for step in grievance.steps
        if stage.told_until < step.at <= stage.moment.at
    ]
    now = stage.moment
    for step, grievance in sorted(due, key=lambda each: (each[0].at, each[1].key)):
        stage.travel_to(step.at)
        await ACTS[step.kind](stage, grievance)
    stage.travel(now)
    stage.told_until = now.at


Act = Callable[[Stage, Grievance], Awaitable[None]]


def _provider(stage: Stage, grievance: Grievance) -> Actor:
    return Actor(Role.provider, stage.platform, grievance.source.provider_id)


def _agent(stage: Stage) -> Actor:
    return Actor(Role.agent, stage.platform)


async def _open(stage: Stage, grievance: Grievance) -> None:
    """Take the wish, unless it was given by the answer page of the last days."""
    if grievance.number:
        return
    async with transaction("answer") as db:
        opened = await opening.wish(
            db, stage.house.keyring, grievance.source, grievance.wish, now=grievance.steps[0].at
        )
    if opened is None:
        raise LookupError(grievance.key)
    grievance.number = opened.number


async def _call(stage: Stage, grievance: Grievance) -> None:
    wants_name = chance("name", *grievance.key).random() < 0.6
    decision = Decision.named if wants_name else Decision.anonymous
    await handling.disclose(_agent(stage), grievance.number, decision)


async def _acknowledge(stage: Stage, grievance: Grievance) -> None:
    await handling.countersign(_provider(stage, grievance), grievance.number)


async def _note(stage: Stage, grievance: Grievance) -> None:
    await handling.note(_provider(stage, grievance), grievance.number, NOTE)


async def _remedy(stage: Stage, grievance: Grievance) -> None:
    drawn = chance("remedy", *grievance.key).choice(SOLUTIONS)
    kind, cause_code, cause, remedy_code, solution = TOLD if grievance.is_told else drawn
    await handling.remedy(
        _provider(stage, grievance),
        grievance.number,
        kind,
        cause_code=cause_code,
        cause=cause,
        remedy_code=remedy_code,
        solution=solution,
    )


async def _settled(stage: Stage, grievance: Grievance) -> None:
    await closing.hear_verdict(_agent(stage), grievance.number, Verdict.settled)


async def _not_settled(stage: Stage, grievance: Grievance) -> None:
    await closing.hear_verdict(_agent(stage), grievance.number, Verdict.not_settled)


ACTS: Mapping[str, Act] = {
    "open": _open,
    "call": _call,
    "acknowledge": _acknowledge,
    "note": _note,
    "remedy": _remedy,
    "settled": _settled,
    "not_settled": _not_settled,
}
