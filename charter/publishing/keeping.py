"""An edition of a platform's own: published as its file was checked, and withdrawn from new runs later."""

import asyncio
import hashlib

from charter.library import library
from charter.publishing.checking import Checked, checked
from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import fetch_value
from quality.errors import Conflict, NotFound
from quality.french import french
from quality.ids import uuid7

PUBLISH = """
INSERT INTO charter_edition (id, platform_id, code, version, content, sha256, published_by, published_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id
"""
# A campaign asks for new runs until it is closed.
ASKED_FOR = """
SELECT name FROM charter_campaign
WHERE platform_id = $1 AND edition = $2 AND edition_version = $3 AND closed_at IS NULL
ORDER BY ends_on, id LIMIT 1
"""
WITHDRAW = """
UPDATE charter_edition SET withdrawn_by = $4, withdrawn_at = $5
WHERE platform_id = $1 AND code = $2 AND version = $3 AND withdrawn_at IS NULL RETURNING id
"""


async def check(actor: Actor, name: str, raw: bytes) -> Checked:
    """Check a file beside the editions that the actor's platform has; nothing is written."""
    async with scoped(actor) as db:
        known = await library(db, actor.platform)
    return await asyncio.to_thread(checked, name, raw, known)


async def publish(actor: Actor, name: str, raw: bytes) -> Checked:
    """Check a file once more and publish what it holds, unless it has faults; Conflict if it is published."""
    found = await check(actor, name, raw)
    edition = found.edition
    if edition is None:
        return found
    now = clock.now()
    whose = (uuid7(now), actor.platform, edition.code, edition.version)
    digest = hashlib.sha256(raw)
    async with scoped(actor) as db:
        if found.is_published or (
            await fetch_value(db, PUBLISH, *whose, raw, digest.digest(), actor.account, now) is None
        ):
            raise Conflict(french("Cette version est déjà publiée."))
        detail = {"sha256": digest.hexdigest()}
        await audit.record(db, actor, "edition.publish", edition.reference, detail)
    return found


async def withdraw(actor: Actor, name: str) -> None:
    """Offer a version of the platform's own no more; what follows it, and what was issued, stays."""
    now = clock.now()
    async with scoped(actor) as db:
        known = await library(db, actor.platform)
        edition = known.called(name)
        if edition.code not in known.own:
            raise NotFound
        version = (actor.platform, edition.code, edition.version)
        campaign = await fetch_value(db, ASKED_FOR, *version)
        if campaign is not None:
            message = french("La campagne « {name} » suit cette version : fermez-la d’abord.")
            raise Conflict(message, name=campaign)
        if await fetch_value(db, WITHDRAW, *version, actor.account, now) is None:
            raise Conflict(french("Cette version est déjà retirée."))
        await audit.record(db, actor, "edition.withdraw", edition.reference)
