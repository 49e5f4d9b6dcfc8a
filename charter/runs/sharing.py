"""Runs shared out: the chapters of a run given to accounts of its provider."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from charter.actions.planning import colleagues
from charter.answering import opened
from charter.declaring import review
from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch
from quality.ids import uuid7

People = tuple[tuple[str, str], ...]  # (id, name) of each account


async def shares(db: Connection, run: UUID | None) -> dict[int, People]:
    """Give who answers each chapter of a run, (id, name) each; inside a scope."""
    rows = await fetch(
        db,
        "SELECT p.chapter, a.id, a.name FROM assessment_part p JOIN charter_names() a "
        "ON a.id = p.account_id AND a.organisation_id = p.provider_id "
        "WHERE p.assessment_id = $1 ORDER BY p.chapter, a.name, a.id",
        run,
    )
    found: dict[int, People] = {}
    for row in rows:
        found[row["chapter"]] = (*found.get(row["chapter"], ()), (str(row["id"]), row["name"]))
    return found


async def given_to(db: Connection, account: UUID | None) -> tuple[tuple[UUID, int], ...]:
    """List what an account has been given in open runs: (run, chapter) each; inside a scope."""
    rows = await fetch(
        db,
        "SELECT a.id, p.chapter "
        "FROM assessment_part p JOIN assessment a ON a.id = p.assessment_id "
        "WHERE p.account_id = $1 AND a.frozen_at IS NULL ORDER BY a.edition, p.chapter, a.id",
        account,
    )
    return tuple((row["id"], row["chapter"]) for row in rows)


async def share_out(actor: Actor, edition: str, wanted: Mapping[int, Iterable[str]]) -> None:
    """Give chapters of the open run to accounts of the organisation, in the place of those of before."""
    async with scoped(actor) as db:
        of = await review(actor, "", edition)
        run = await opened(db, actor, of.edition, of.kind)
        known = dict(await colleagues(db, actor))
        await execute(db, "DELETE FROM assessment_part WHERE assessment_id = $1", run)
        numbers = {each.number for each in of.edition.chapters}
        given = {number: set(people) & set(known) for number, people in wanted.items() if number in numbers}
        await give(db, actor, run, given)
        await audit.record(db, actor, "assessment.share", str(run))


async def give(db: Connection, actor: Actor, run: UUID, chapters: Mapping[int, Iterable[str]]) -> None:
    """Write who answers each chapter of a run, by account; inside `scoped(actor)`."""
    for number, people in sorted(chapters.items()):
        for account in sorted(people):
            await execute(
                db,
                "INSERT INTO assessment_part (id, platform_id, provider_id, assessment_id, chapter, "
                "account_id) VALUES ($1, $2, $3, $4, $5, $6)",
                uuid7(clock.now()),
                actor.platform,
                actor.organisation,
                run,
                number,
                UUID(account),
            )
