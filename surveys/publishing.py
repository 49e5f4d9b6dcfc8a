"""What a new platform starts with: version 1 of the questionnaire, of the protocols and of every message."""

from uuid import UUID

import msgspec

from quality import clock
from quality.db import Connection, execute
from quality.ids import uuid7
from surveys.dispatch import text
from surveys.protocol import definition
from surveys.questionnaire.reading import library

QUESTIONNAIRES = ("default",)


async def on_platform_created(db: Connection, platform: UUID) -> None:
    """Publish what the product ships; what is already there stays as it is."""
    for code in QUESTIONNAIRES:
        await _publish_questionnaire(db, platform, code)
    for name in definition.shipped():
        await _publish_protocol(db, platform, name)
    for template in text.shipped().values():
        await _publish_message(db, platform, template)


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


async def _publish_message(db: Connection, platform: UUID, template: text.Template) -> None:
    await execute(
        db,
        """
        INSERT INTO message_template (id, platform_id, name, language, subject, text)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (platform_id, name, language) DO NOTHING
        """,
        uuid7(clock.now()),
        platform,
        template.name,
        template.language,
        template.subject,
        template.text,
    )
