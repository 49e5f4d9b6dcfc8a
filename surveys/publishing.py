"""What a new platform starts with: version 1 of the questionnaire, of the protocols and of every message."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from quality import clock
from quality.db import Connection, execute
from quality.ids import uuid7
from surveys.dispatch import text
from surveys.protocol import definition
from surveys.questionnaire.reading import library

QUESTIONNAIRES = ("default",)
# What is asked when nothing else is chosen; a moment that is not here asks what a visit does.
ASKED_AT = {"visit": "default"}


async def on_platform_created(db: Connection, platform: UUID) -> None:
    """Publish what the product ships; what is already there stays as it is."""
    for code in QUESTIONNAIRES:
        await _publish_questionnaire(db, platform, code)
    for moment, code in ASKED_AT.items():
        await execute(db, USE, platform, moment, code)
    for name in definition.shipped():
        await _publish_protocol(db, platform, name)
    await _publish_messages(db, platform, list(text.shipped().values()))


USE = """
INSERT INTO questionnaire_use (platform_id, moment, code) VALUES ($1, $2, $3)
ON CONFLICT (platform_id, moment) DO NOTHING
"""


async def _publish_questionnaire(db: Connection, platform: UUID, code: str) -> None:
    questionnaire = library(code)
    await execute(
        db,
        """
        INSERT INTO questionnaire_version (id, platform_id, code, version, definition, published_at)
        VALUES ($1, $2, $3, $4, $5::jsonb, $6) ON CONFLICT (platform_id, code, version) DO NOTHING
        """,
        uuid7(clock.now()),
        platform,
        code,
        questionnaire.version,
        msgspec.json.encode(questionnaire).decode(),
        clock.now(),
    )


async def _publish_protocol(db: Connection, platform: UUID, name: str) -> None:
    protocol = definition.load(name)
    await execute(
        db,
        """
        INSERT INTO protocol_version (id, platform_id, name, version, definition, published_at)
        VALUES ($1, $2, $3, $4, $5::jsonb, $6) ON CONFLICT (platform_id, name, version) DO NOTHING
        """,
        uuid7(clock.now()),
        platform,
        name,
        protocol.version,
        msgspec.json.encode(definition.stored(protocol)).decode(),
        clock.now(),
    )


async def _publish_messages(db: Connection, platform: UUID, templates: Sequence[text.Template]) -> None:
    await execute(
        db,
        """
        INSERT INTO message_template (id, platform_id, name, language, subject, text, changed_at)
        SELECT t.id, $1, t.name, t.language, t.subject, t.text, $7
        FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
            AS t(id, name, language, subject, text)
        ON CONFLICT (platform_id, name, language) DO NOTHING
        """,
        platform,
        [uuid7(clock.now()) for _ in templates],
        [each.name for each in templates],
        [each.language for each in templates],
        [each.subject for each in templates],
        [each.text for each in templates],
        clock.now(),
    )
