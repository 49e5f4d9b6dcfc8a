"""A client's name and addresses leave twelve months after the last visit, with all that finds them.

The row stays for the figures, under no number that its provider knows: what was answered is nobody's. A
refusal and a death stay known by keyed hashes alone, so that nobody writes again, and by the reference.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from quality import clock
from quality.component import Term
from quality.db import Connection, execute, fetch, pool, transaction
from quality.directory.undecided import ENDED
from quality.retention import in_batches, months_ago

if TYPE_CHECKING:
    from quality.app import House

MONTHS = 12
PAGE = 1_000
NOBODY = UUID(int=0)
# A visit's id is of its planned start: nearly every client still visited has one in the partitions since the
# bound, where the look ends. The true last end is looked for in all of them for the others alone. A row asked
# for with LIMIT is looked up by client; EXISTS would have all visits of the year read for each page.
IS_OVER = f"""
    CASE WHEN (SELECT true FROM intervention i
               WHERE i.client_id = c.id AND i.id >= uuid7_floor($1) AND {ENDED} >= $1 LIMIT 1) THEN false
    ELSE coalesce((SELECT max({ENDED}) FROM intervention i WHERE i.client_id = c.id), c.created_at) < $1 END
"""
NAMED = f"""
SELECT c.id, {IS_OVER} AS is_over FROM client c
WHERE c.id > $2 AND c.identity_purged_at IS NULL ORDER BY c.id LIMIT $3
"""
HOLD = """
SELECT id FROM client WHERE id = ANY ($1::uuid[]) AND identity_purged_at IS NULL
ORDER BY id FOR UPDATE SKIP LOCKED
"""
STILL_OVER = f"SELECT c.id FROM client c WHERE c.id = ANY ($2::uuid[]) AND {IS_OVER}"
AWAITED = "SELECT DISTINCT client_id AS id FROM undecided_visit WHERE client_id = ANY ($1::uuid[])"
KEYS = """
SELECT DISTINCT c.platform_id, k.kind, k.key FROM client c CROSS JOIN LATERAL (VALUES
    ('phone', c.mobile_key), ('phone', c.phone_key), ('phone', c.relative_phone_key),
    ('email', c.email_key), ('email', c.relative_email_key)) k(kind, key)
WHERE c.id = ANY ($1::uuid[]) AND k.key IS NOT NULL
"""
MUST_NOT_BE_ASKED = """
EXISTS (SELECT FROM person p WHERE p.id = c.person_id
        AND (p.refused_at IS NOT NULL OR p.deceased_at IS NOT NULL))
"""
ERASE = f"""
UPDATE client c SET name_cipher = NULL, name_words = '{{}}', sort_key = NULL, phone_cipher = NULL,
    phone_key = NULL, mobile_cipher = NULL, mobile_key = NULL, email_cipher = NULL, email_key = NULL,
    relative_name_cipher = NULL, relative_phone_cipher = NULL, relative_phone_key = NULL,
    relative_phone_is_mobile = false, relative_email_cipher = NULL, relative_email_key = NULL,
    postcode = NULL, commune = NULL, digest = '', identity_purged_at = $2,
    reference = CASE WHEN c.contact IS NOT DISTINCT FROM 'no' OR {MUST_NOT_BE_ASKED} THEN reference
                     ELSE 'effacé-' || right(gen_random_uuid()::text, 12) END
WHERE c.id = ANY ($1::uuid[])
"""
FORGET_LINKS = f"""
DELETE FROM person_name n USING client c
WHERE c.id = ANY ($1::uuid[]) AND n.person_id = c.person_id AND NOT {MUST_NOT_BE_ASKED}
  AND NOT EXISTS (SELECT FROM client o WHERE o.person_id = c.person_id AND o.identity_purged_at IS NULL)
"""
FORGET_ENDPOINTS = f"""
DELETE FROM endpoint WHERE id IN (
    SELECT e.id FROM unnest($1::uuid[], $2::text[], $3::bytea[]) k(platform_id, kind, key)
    JOIN endpoint e ON e.platform_id = k.platform_id AND e.kind = k.kind AND e.key = k.key
    WHERE e.refused_at IS NULL AND NOT EXISTS (SELECT FROM person_name n WHERE n.endpoint_id = e.id)
      AND {
    " AND ".join(
        f"NOT EXISTS (SELECT FROM client o WHERE o.platform_id = e.platform_id AND o.{column} = e.key)"
        for column in ("mobile_key", "phone_key", "email_key", "relative_phone_key", "relative_email_key")
    )
}
    FOR UPDATE OF e SKIP LOCKED)
"""


async def forget_names(house: "House") -> int:
    """Erase who the clients were whose last visit ended twelve months ago, but those whose name serves."""
    before = await months_ago(MONTHS)
    gone, last = 0, NOBODY
    while rows := await fetch(pool("work"), NAMED, before, last, PAGE):
        over = [row["id"] for row in rows if row["is_over"]]
        if over:
            async with transaction("work") as db:
                gone += await _forget(db, house, over, before)
        last = rows[-1]["id"]
    return gone


async def _forget(db: Connection, house: "House", clients: Sequence[UUID], before: datetime) -> int:
    """Erase those of some clients that are over still once their rows are held; tell how many."""
    held = [row["id"] for row in await fetch(db, HOLD, list(clients))]
    over = {row["id"] for row in await fetch(db, STILL_OVER, before, held)}
    over -= {row["id"] for row in await fetch(db, AWAITED, held)}
    for part in house.components:
        if over and part.needs_names is not None:
            over -= await part.needs_names(db, sorted(over))
    found = sorted(over)
    if found:
        keys = await fetch(db, KEYS, found)
        await execute(db, ERASE, found, clock.now())
        await execute(db, FORGET_LINKS, found)
        columns = ([row[name] for row in keys] for name in ("platform_id", "kind", "key"))
        await execute(db, FORGET_ENDPOINTS, *columns)
    return len(found)


# Files that were sent name people too: one that waits to be written, and the lines that were refused.
FORGET_FILES = """
WITH old AS (
    SELECT id, file_id, rejects_file_id FROM import_batch
    WHERE created_at < $1 AND (file_id IS NOT NULL OR rejects_file_id IS NOT NULL OR errors <> '[]')
    ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
), emptied AS (
    DELETE FROM file_chunk WHERE file_id IN (SELECT unnest(ARRAY[file_id, rejects_file_id]) FROM old)
), removed AS (
    DELETE FROM file WHERE id IN (SELECT unnest(ARRAY[file_id, rejects_file_id]) FROM old)
)
UPDATE import_batch b SET file_id = NULL, rejects_file_id = NULL, errors = '[]',
    state = CASE WHEN state = 'previewed' THEN 'abandoned' ELSE state END
FROM old WHERE b.id = old.id RETURNING b.id
"""


async def forget_files(_house: "House") -> int:
    """Erase what is left of the files received twelve months ago; their counts stay."""
    before = await months_ago(MONTHS)

    async def step(db: Connection) -> int:
        return len(await fetch(db, FORGET_FILES, before, PAGE))

    return await in_batches(step)


TERMS = (
    Term("forget-names", "noms et coordonnées, 12 mois après la dernière visite", forget_names),
    Term("forget-files", "fichiers reçus et lignes refusées, 12 mois", forget_files),
)
