"""Questions read aloud: which recordings exist, and the address at which each is heard.

The address is that of the recording alone: it holds no link of anybody, and tells nothing of who listens.
"""

import re
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality.db import fetch, fetch_one, pool
from quality.errors import NotFound
from quality.files import storage
from quality.web.routing import public
from surveys.questionnaire.definition import Item, Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.recording import variant_of

HREF = "/ecouter"
KEPT_SECONDS = 30.0
RANGE = re.compile(r"bytes=(\d{0,9})-(\d{0,9})")
KEPT = "public, max-age=31536000, immutable"
ALL = "SELECT platform_id, code, version, alias, variant, language, file_id FROM questionnaire_audio"
ONE = """
SELECT f.media_type FROM file f
JOIN questionnaire_audio a ON a.file_id = f.id AND a.platform_id = f.platform_id WHERE f.id = $1
"""
NAMED = ("code", "version", "alias", "variant", "language")
Key = tuple[Any, ...]
_known: Mapping[Key, UUID] = {}
_edition = 0
_read_at = float("-inf")


async def refresh() -> None:
    """Read again which recordings exist, at most every thirty seconds."""
    global _known, _edition, _read_at  # noqa: PLW0603 - one process, one view of what exists
    if time.monotonic() - _read_at < KEPT_SECONDS:
        return
    _read_at = time.monotonic()
    found = {(row["platform_id"], *(row[name] for name in NAMED)): row["file_id"] for row in await _all()}
    if found != _known:
        _known, _edition = found, _edition + 1


async def _all() -> list[dict[str, Any]]:
    return await fetch(pool("answer"), ALL)


def edition() -> int:
    """Tell pages made before a recording came or went from those made since."""
    return _edition


def forget() -> None:
    """Read again at the next page: a recording was just kept or removed here."""
    global _read_at  # noqa: PLW0603
    _read_at = float("-inf")


def address_of(
    platform: UUID | None, questionnaire: Questionnaire, item: Item, facts: Facts, language: str
) -> str:
    """Give where a question is heard in the very words that a person reads, "" where nobody recorded them."""
    variant = variant_of(item, facts)
    key = (platform, questionnaire.code, questionnaire.version, item.alias, variant, language)
    found = _known.get(key)
    return f"{HREF}/{found}" if found else ""


async def heard(request: Request) -> Response:
    """Give a recording, or the part of it that a player asks for."""
    identity, db = request.path_params["id"], pool("answer")
    row = await fetch_one(db, ONE, identity)
    if row is None:
        raise NotFound
    whole = await storage.read(db, request.app.state.house.keyring, identity)
    headers = {"Cache-Control": KEPT, "Accept-Ranges": "bytes", "X-Robots-Tag": "noindex"}
    part = asked_part(request.headers.get("range", ""), len(whole))
    if part is None:
        return Response(whole, media_type=row["media_type"], headers=headers)
    start, end = part
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(whole)}"
    return Response(whole[start:end], 206, headers, row["media_type"])


def asked_part(header: str, size: int) -> tuple[int, int] | None:
    """Read a Range of one part (RFC 9110, section 14); None for the whole, also where it cannot be met.

    >>> asked_part("bytes=0-1", 10), asked_part("bytes=4-", 10), asked_part("bytes=-3", 10)
    ((0, 2), (4, 10), (7, 10))
    >>> [asked_part(f"bytes={said}", 10) for said in ("", "10-", "-", "5-2")]
    [None, None, None, None]
    """
    found = RANGE.fullmatch(header)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    return (start, end) if start < end else None


ROUTES = (public(f"{HREF}/{{id:uuid}}", heard, name="question-heard"),)
