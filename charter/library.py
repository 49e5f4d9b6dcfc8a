"""The library of a platform, read: what ships, and the editions of its own that its table holds.

An edition is read once in a process, by the digest of its text: what is published never changes.
"""

from datetime import date
from functools import lru_cache
from uuid import UUID

from charter.definition import Edition
from charter.editions import Library, content, joined, shaped, shipped
from charter.source import SourceText
from quality import clock
from quality.db import Connection, fetch, fetch_value

LIBRARIES = 64  # platforms, and the days of their tests
LISTED = """
SELECT code, version, sha256, withdrawn_at IS NOT NULL AS is_withdrawn FROM charter_edition
WHERE platform_id = $1 ORDER BY code, version
"""
TEXTS = """
SELECT code, version, sha256, content FROM charter_edition
WHERE platform_id = $1 AND sha256 = ANY($2::bytea[])
"""
TEXT = "SELECT content FROM charter_edition WHERE platform_id = $1 AND code = $2 AND version = $3"
Listed = tuple[bytes, bool]  # the digest of a text, and whether it is withdrawn
_read: dict[bytes, Edition] = {}


async def library(db: Connection, platform: UUID | None) -> Library:
    """Read the editions of a platform, as far as the pool of `db` shows them."""
    rows = await fetch(db, LISTED, platform)
    unread = [row["sha256"] for row in rows if row["sha256"] not in _read]
    if unread:
        for row in await fetch(db, TEXTS, platform, unread):
            source = SourceText(f"{row['code']}.{row['version']}.yaml")
            _read[row["sha256"]] = shaped(row["content"], source)
    return _composed(tuple((row["sha256"], row["is_withdrawn"]) for row in rows), clock.now().date())


@lru_cache(maxsize=LIBRARIES)
def _composed(listed: tuple[Listed, ...], today: date) -> Library:
    own = [_read[digest] for digest, _ in listed]
    versions = [(each.code, each.version) for each in own]
    withdrawn = (version for version, (_, is_so) in zip(versions, listed, strict=True) if is_so)
    coming = (version for version, each in zip(versions, own, strict=True) if each.dated > today)
    return joined(shipped().every, own, withdrawn, coming)


async def text_of(db: Connection, platform: UUID | None, known: Library, edition: Edition) -> bytes:
    """Return the file of an edition, as it was published."""
    if edition.code not in known.own:
        return content(edition.code, edition.version)
    found: bytes = await fetch_value(db, TEXT, platform, edition.code, edition.version)
    return found
