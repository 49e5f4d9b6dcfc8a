"""The protocol of the platform with caps by attribute, as its next version."""

import asyncpg
import msgspec

from surveys.protocol.caps import Cap
from surveys.protocol.definition import Protocol, load, stored


def with_caps(*caps: Cap) -> Protocol:
    return msgspec.structs.replace(load("default"), version=2, caps=caps)


async def publish(owner: asyncpg.Connection, *caps: Cap) -> Protocol:
    protocol = with_caps(*caps)
    await owner.execute(
        """
        INSERT INTO protocol_version (id, platform_id, name, version, definition, published_at)
        SELECT gen_random_uuid(), platform_id, name, 2, $1::jsonb, now()
        FROM protocol_version WHERE name = 'default' AND version = 1
        """,
        msgspec.json.encode(stored(protocol)).decode(),
    )
    return protocol
