"""Actions planned, changed and read; what is measured is noted when an action begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import msgspec

from charter.assessment import Bounds
from charter.crossing import Place
from charter.days import day_of
from charter.declaring import review
from charter.measuring import Measure, Population, measures, population_of
from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch
from quality.errors import FieldError, Invalid, NotFound
from quality.french import french
from quality.ids import uuid7

TITLE, NOTE = 200, 2000


class State(StrEnum):
    """How far an action is."""

    TO_DO = "todo"
    DOING = "doing"
    DONE = "done"
    DROPPED = "dropped"


OPEN = frozenset({State.TO_DO, State.DOING})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a measure said once: a share in per cent with its bounds, of how many, and of which days.

    `period` is that of published figures, of the answers of one population; both are empty for complaints.
    """

    value: Decimal | None
    bounds: Bounds
    digits: int
    period: str
    starts_on: date
    ends_on: date
    of: Population | None = None

    @property
    def is_of_complaints(self) -> bool:
        return not self.period


@dataclass(frozen=True, slots=True)
class Planned:
    """An action as it is kept; `owner` is the name of the account that has it, or ""."""

    id: UUID
    edition: str
    edition_version: int
    criterion: str
    title: str
    owner_id: UUID | None
    owner: str
    due_on: date
    state: State
    note: str
    before: Reading | None
    created_at: datetime
    done_on: date | None

    @property
    def version(self) -> tuple[str, int]:
        return self.edition, self.edition_version

    @property
    def place(self) -> Place:
        return Place(self.edition, self.criterion, self.edition_version)

    def is_late(self, today: date) -> bool:
        return self.state in OPEN and self.due_on < today


@dataclass(frozen=True, slots=True)
class Given:
    """What a form tells of an action."""

    title: str = ""
    owner: str = ""
    due_on: str = ""
    state: str = State.TO_DO
    note: str = ""


EVERY = """
SELECT c.id, c.edition, c.edition_version, c.criterion, c.title, c.owner_id,
       coalesce(a.name, '') AS owner, c.due_on, c.state, c.note, c.before::text AS before, c.created_at,
       c.done_on
FROM charter_action c LEFT JOIN charter_names() a ON a.id = c.owner_id AND a.organisation_id = c.provider_id
WHERE c.provider_id = $1
"""


async def actions(db: Connection, provider: UUID) -> tuple[Planned, ...]:
    """List a provider's actions, those that go on first, then by their day; inside a scope."""
    order = "ORDER BY c.state IN ('done', 'dropped'), c.due_on, c.id"
    rows = await fetch(db, f"{EVERY} {order}", provider)
    return tuple(_planned(row) for row in rows)


async def one(db: Connection, provider: UUID, identity: UUID) -> Planned:
    """Find one action of a provider, or answer 404; inside a scope."""
    rows = await fetch(db, f"{EVERY} AND c.id = $2", provider, identity)
    if not rows:
        raise NotFound
    return _planned(rows[0])


async def colleagues(db: Connection, actor: Actor) -> tuple[tuple[str, str], ...]:
    """List who may have an action: the accounts of the actor's organisation, (id, name) each."""
    rows = await fetch(
        db,
        """
        SELECT id, name FROM charter_names() WHERE organisation_id = $1 AND is_active ORDER BY name, id
        """,
        actor.organisation,
    )
    return tuple((str(row["id"]), row["name"]) for row in rows)


async def plan(actor: Actor, edition: str, criterion: str, given: Given) -> UUID:
    """Plan an action about a criterion, and note what is measured of it now."""
    now = clock.now()
    identity = uuid7(now)
    async with scoped(actor) as db:
        of = await review(actor, "", edition)
        of.criterion(criterion)
        due_on = _checked(given, await colleagues(db, actor))
        measured = (await measures(db, actor, of.provider, of.edition)).get(criterion)
        await execute(
            db,
            """
            INSERT INTO charter_action (id, platform_id, provider_id, edition, edition_version, criterion,
                title, owner_id, due_on, note, before, created_at, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12, $12)
            """,
            identity,
            actor.platform,
            of.provider,
            of.edition.code,
            of.edition.version,
            criterion,
            _title(given),
            UUID(given.owner) if given.owner else None,
            due_on,
            given.note.strip(),
            _written(measured),
            now,
        )
        await audit.record(db, actor, "action.plan", str(identity), {"criterion": criterion})
    return identity


async def change(actor: Actor, identity: UUID, given: Given, today: date) -> None:
    """Say where an action is: its words, its owner, its day and its state."""
    async with scoped(actor) as db:
        if actor.organisation is None:
            raise NotFound
        kept = await one(db, actor.organisation, identity)
        due_on = _checked(given, await colleagues(db, actor))
        state = State(given.state)
        await execute(
            db,
            """
            UPDATE charter_action SET title = $2, owner_id = $3, due_on = $4, state = $5, note = $6,
                changed_at = $7, done_on = $8, reminded = CASE WHEN due_on = $4 THEN reminded ELSE 0 END
            WHERE id = $1
            """,
            identity,
            _title(given),
            UUID(given.owner) if given.owner else None,
            due_on,
            state,
            given.note.strip(),
            clock.now(),
            (kept.done_on or today) if state is State.DONE else None,
        )
        if state is not kept.state:
            await audit.record(db, actor, "action.state", str(identity), {"state": state})


def read(measure: Measure | None) -> Reading | None:
    """Keep of a measure what is compared later."""
    if measure is None or measure.bounds is None:
        return None
    of = population_of(measure.figure, measure.period) if measure.figure else None
    dates = measure.starts_on, measure.ends_on
    return Reading(measure.value, measure.bounds, measure.digits, measure.period, *dates, of)


def after(of: Planned, measure: Measure | None) -> Reading | None:
    """Give what is measured since an action is done, or None: what a day before it told is no effect."""
    newest = read(measure)
    if of.done_on is None or of.before is None or newest is None or newest.starts_on < of.done_on:
        return None
    return newest


def _written(measure: Measure | None) -> str | None:
    found = read(measure)
    return None if found is None else msgspec.json.encode(found).decode()


def _planned(row: Mapping[str, object]) -> Planned:
    kept = row["before"]
    before = msgspec.json.decode(kept, type=Reading) if isinstance(kept, str) else None
    return Planned(**{**row, "before": before, "state": State(str(row["state"]))})  # type: ignore[arg-type]


def _title(given: Given) -> str:
    return " ".join(given.title.split())


def _checked(given: Given, known: tuple[tuple[str, str], ...]) -> date:
    errors = []
    due_on = day_of(given.due_on)
    if not 0 < len(_title(given)) <= TITLE:
        errors.append(FieldError("titre", french("Dites ce qui va être fait, en 200 caractères au plus.")))
    if due_on is None:
        errors.append(FieldError("echeance", french("Écrivez une date, comme 2027-06-30.")))
    if given.owner and given.owner not in dict(known):
        errors.append(FieldError("responsable", french("Choisissez quelqu’un de la liste.")))
    if given.state not in set(State):
        errors.append(FieldError("etat", french("Choisissez où en est l’action.")))
    if len(given.note) > NOTE:
        errors.append(FieldError("note", french("Écrivez au plus 2 000 caractères.")))
    if errors or due_on is None:
        raise Invalid(errors=tuple(errors))
    return due_on
