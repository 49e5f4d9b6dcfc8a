"""Signatures: each party signs the terms that it read, by their digest; other terms are signed again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.db import execute
from quality.errors import Conflict, Forbidden
from quality.ids import uuid7
from quality.measures.agreements.terms import terms_of
from quality.measures.models import Convention, ConventionSignature
from quality.measures.views.conventions import DRAFT, agreement

PARTIES = frozenset({Role.funder, Role.provider})


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed for an organisation, and when."""

    organisation: UUID
    signer: str
    at: datetime


async def sign(actor: Actor, code: str, digest: str) -> None:
    """Sign for one's organisation the terms whose digest one read (hexadecimal); signing again is nothing."""
    if actor.role not in PARTIES:
        raise Forbidden
    async with scoped(actor) as db:
        row = await agreement(actor, code)
        terms = terms_of(row)
        if row.status != DRAFT:
            raise Conflict("Cette convention n’est plus à signer.")
        if terms.digest.hex() != digest:
            raise Conflict("La convention a changé depuis que vous l’avez lue. Relisez-la avant de signer.")
        await execute(
            db,
            """
            INSERT INTO convention_signature (id, platform_id, convention_id, organisation_id, account_id,
                signer, digest, signed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (convention_id, organisation_id, digest) DO NOTHING
            """,
            uuid7(clock.now()),
            actor.platform,
            row.id,
            actor.organisation,
            actor.account,
            actor.name,
            terms.digest,
            clock.now(),
        )
        await audit.record(db, actor, "convention.sign", code, {"digest": digest})


async def signatures(actor: Actor, row: Convention) -> dict[UUID, Signed]:
    """Give who signed the terms as they stand, by organisation; inside `scoped(actor)`.

    Once in force, every party has signed, and only the last day changes.
    """
    found = await visible(actor, ConventionSignature).filter(convention_id=row.id)
    return _of_terms(row, found)


def _of_terms(row: Convention, found: Iterable[ConventionSignature]) -> dict[UUID, Signed]:
    digest = terms_of(row).digest
    return {
        each.organisation_id: Signed(each.organisation_id, each.signer, each.signed_at)
        for each in sorted(found, key=lambda each: each.signed_at)
        if each.convention_id == row.id and (row.status != DRAFT or bytes(each.digest) == digest)
    }


async def missing(actor: Actor, rows: Sequence[Convention]) -> list[list[UUID]]:
    """Give of each convention the parties that have not signed its terms as they stand, the funder first."""
    if not rows:
        return []
    found = await visible(actor, ConventionSignature).filter(convention_id__in=[row.id for row in rows])
    signed = [_of_terms(row, found) for row in rows]
    return [
        [each for each in (row.funder_id, *row.providers) if each not in by]
        for row, by in zip(rows, signed, strict=True)
    ]
