"""The protocol of the platform with caps by attribute, or with an experiment, as its next version."""

import asyncpg
import msgspec

from surveys.protocol.caps import Cap
from surveys.protocol.definition import Protocol, load, stored
from surveys.protocol.experiment import Experiment, Way


def with_caps(*caps: Cap) -> Protocol:
    return msgspec.structs.replace(load("default"), version=2, caps=caps)


def with_experiment(share: int, *channels: Way, caps: tuple[Cap, ...] = ()) -> Protocol:
    tried = Experiment(share=share, channels=channels or ("sms", "phone"))
    return msgspec.structs.replace(with_caps(*caps), experiment=tried)


async def publish(owner: asyncpg.Connection, *caps: Cap) -> Protocol:
    return await publish_next(owner, with_caps(*caps))


async def publish_next(owner: asyncpg.Connection, protocol: Protocol) -> Protocol:
    await owner.execute(
        """
        INSERT INTO protocol_version (id, platform_id, name, version, definition, published_at)
        SELECT gen_random_uuid(), platform_id, name, 2, $1::jsonb, now()
        FROM protocol_version WHERE name = 'default' AND version = 1
        """,
        msgspec.json.encode(stored(protocol)).decode(),
    )
    return protocol
