"""Runs opened: an edition, all of it or what is compulsory only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from charter.answering import opened
from charter.declaring import EDITION, Kind, review
from charter.definition import Edition
from charter.editions import Library
from charter.library import library
from charter.runs.carrying import CarryFirst, has_before
from charter.scoring.issuing import Issued
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, fetch
from quality.errors import Conflict, FieldError, Invalid
from quality.french import french

MOST = 100


@dataclass(frozen=True, slots=True)
class Run:
    """One run, open or sent; `issued` is its result once it is sent."""

    id: UUID
    edition: str
    version: int
    kind: Kind
    opened_at: datetime
    frozen_at: datetime | None
    answered: int
    issued: Issued | None


async def runs(db: Connection, provider: UUID) -> tuple[Run, ...]:
    """List a provider's runs, those that are open first, then the newest; inside a scope."""
    rows = await fetch(
        db,
        """
        SELECT a.id, a.edition, a.edition_version AS version, a.kind, a.opened_at, a.frozen_at, a.issued,
               (SELECT count(*) FROM assessment_answer g WHERE g.assessment_id = a.id) AS answered
        FROM assessment a WHERE a.provider_id = $1
        ORDER BY a.frozen_at IS NOT NULL, a.frozen_at DESC, a.opened_at DESC, a.id LIMIT $2
        """,
        provider,
        MOST,
    )
    return tuple(_run(row) for row in rows)


async def begun_editions(db: Connection, provider: UUID, known: Library) -> tuple[Edition, ...]:
    """List the editions that a provider answers now, with the first one of all; inside a scope."""
    going = {(each.edition, each.version) for each in await runs(db, provider) if each.frozen_at is None}
    if EDITION not in dict(going):
        first = known.current(EDITION)
        going.add((first.code, first.version))
    return tuple(each for each in known.every if (each.code, each.version) in going)


def _run(row: Mapping[str, object]) -> Run:
    raw = row["issued"]
    issued = msgspec.json.decode(raw, type=Issued) if isinstance(raw, bytes) and raw else None
    return Run(**{**row, "kind": Kind(str(row["kind"])), "issued": issued})  # type: ignore[arg-type]


async def begin(actor: Actor, edition: str, kind: str) -> None:
    """Open a run of an edition, or say that one is already open.

    Raise CarryFirst where the provider has answers elsewhere: it looks first at what is taken over.
    """
    errors = []
    async with scoped(actor) as db:
        known = await library(db, actor.platform)
        chosen = next((each for each in known.offered if known.name(each) == edition), None)
        if chosen is None:
            errors.append(FieldError("edition", french("Choisissez une édition de la liste.")))
        if kind not in set(Kind):
            errors.append(FieldError("etendue-full", french("Choisissez ce que vous revoyez.")))
        if errors or chosen is None:
            raise Invalid(errors=tuple(errors))
        of = await review(actor, "", chosen.reference)
        if of.run is not None:
            raise Conflict(
                french("Cette évaluation est déjà en cours : continuez-la, ou envoyez-la d’abord.")
            )
        if await has_before(db, actor, known, chosen):
            raise CarryFirst(known.name(chosen))
        run = await opened(db, actor, chosen, Kind(kind))
        detail = {"edition": chosen.code, "version": chosen.version, "kind": kind}
        await audit.record(db, actor, "assessment.open", str(run), detail)
