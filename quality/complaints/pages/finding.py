"""The client of whom a complaint is heard or received: sought by name, reference or telephone number."""

from dataclasses import dataclass
from uuid import UUID

from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints.reading import own_organisation
from quality.db import fetch
from quality.directory.intake.phones import read_phone
from quality.directory.intake.refusals import ValueRefused
from quality.directory.names import search_words
from quality.keys import Keyring

MOST, LONGEST = 20, 120
FOUND = f"""
SELECT k.id, k.name_cipher, k.reference, k.commune, o.code, o.name AS provider
FROM client k JOIN organisation o ON o.id = k.provider_id
WHERE k.platform_id = $1 AND ($2::uuid IS NULL OR k.provider_id = $2)
  AND (k.reference = $3 OR (cardinality($4::bytea[]) > 0 AND k.name_words @> $4::bytea[])
       OR $5::bytea IN (k.phone_key, k.mobile_key, k.relative_phone_key))
ORDER BY k.sort_key NULLS LAST, k.id LIMIT {MOST}
"""


@dataclass(frozen=True, slots=True)
class Found:
    """One client who may be the one sought."""

    id: UUID
    name: str
    reference: str
    commune: str
    code: str
    provider: str


async def find(actor: Actor, keyring: Keyring, sought: str) -> tuple[Found, ...]:
    """Find clients that an actor may read; the look-up is written, never what was typed."""
    typed = sought.strip()[:LONGEST]
    if not typed:
        return ()
    words = [keyring.lookup("word", word) for word in search_words(typed)]
    async with scoped(actor) as db:
        rows = await fetch(
            db, FOUND, actor.platform, own_organisation(actor), typed, words, _phone_key(keyring, typed)
        )
        await audit.record(db, actor, "client.search", "", {"found": len(rows)})
    return tuple(
        Found(
            row["id"],
            keyring.decrypt(row["name_cipher"], "client.name", row["id"]) or row["reference"],
            row["reference"],
            row["commune"] or "",
            row["code"],
            row["provider"],
        )
        for row in rows
    )


def _phone_key(keyring: Keyring, typed: str) -> bytes | None:
    try:
        return keyring.lookup("phone", read_phone(typed, allow_fiction=True).e164)
    except ValueRefused:
        return None
