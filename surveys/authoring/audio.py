"""Recordings of questions, kept by the platform: one for each version, item, variant and language."""

from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_value
from quality.errors import Invalid
from quality.files import storage
from quality.files.sounds import ENDINGS, LARGEST_SOUND, sound_type
from quality.french import french
from quality.keys import Keyring

NOT_A_SOUND = french("Ce fichier n’est pas un son MP3, Ogg ou M4A.")
TOO_LARGE = french("Ce fichier pèse plus de 2\u00a0Mo. Enregistrez-le dans une qualité plus simple.")


class SoundRefused(Invalid):
    """A file that cannot be heard as a question."""

    title = french("Ce son ne peut pas être gardé")


@dataclass(frozen=True, slots=True)
class Spot:
    """Which words are read aloud."""

    code: str
    version: int
    alias: str
    variant: str
    language: str

    @property
    def values(self) -> tuple[str, int, str, str, str]:
        return self.code, self.version, self.alias, self.variant, self.language


HERE = """
platform_id = $1 AND code = $2 AND version = $3 AND alias = $4 AND variant = $5 AND language = $6
"""
KEPT = """
SELECT alias, variant, language, file_id FROM questionnaire_audio
WHERE platform_id = $1 AND code = $2 AND version = $3
"""
INSERT = """
INSERT INTO questionnaire_audio (id, platform_id, code, version, alias, variant, language, file_id)
VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7)
"""


async def kept(actor: Actor, code: str, version: int) -> dict[tuple[str, str, str], UUID]:
    """Give the recordings of a version by item, variant and language."""
    async with scoped(actor) as db:
        rows = await fetch(db, KEPT, actor.platform, code, version)
    return {(row["alias"], row["variant"], row["language"]): row["file_id"] for row in rows}


def checked(content: BinaryIO) -> str:
    """Give the media type of a sound, or refuse what is not one or too large."""
    content.seek(0)
    media_type = sound_type(content.read(16))
    if media_type is None:
        raise SoundRefused(NOT_A_SOUND)
    content.seek(0, 2)
    if content.tell() > LARGEST_SOUND:
        raise SoundRefused(TOO_LARGE)
    return media_type


async def keep(actor: Actor, keyring: Keyring, spot: Spot, content: BinaryIO) -> None:
    """Keep a recording in place of the one before."""
    media_type = checked(content)
    if actor.platform is None:
        raise SoundRefused(NOT_A_SOUND)
    name = f"{spot.code}-v{spot.version}-{spot.alias}-{spot.language}.{ENDINGS[media_type]}"
    async with scoped(actor) as db:
        await _remove(db, actor, spot)
        owner = storage.Owner(actor.platform)
        identity = await storage.put(db, keyring, owner, content, name=name, media_type=media_type)
        await execute(db, INSERT, actor.platform, *spot.values, identity)
        await audit.record(db, actor, "questionnaire.record", spot.code, _detail(spot))


async def remove(actor: Actor, spot: Spot) -> None:
    async with scoped(actor) as db:
        if await _remove(db, actor, spot):
            await audit.record(db, actor, "questionnaire.unrecord", spot.code, _detail(spot))


async def _remove(db: Connection, actor: Actor, spot: Spot) -> bool:
    file = await fetch_value(
        db, f"DELETE FROM questionnaire_audio WHERE {HERE} RETURNING file_id", actor.platform, *spot.values
    )
    if file is None:
        return False
    await storage.remove(db, file)
    return True


def _detail(spot: Spot) -> dict[str, object]:
    return {
        "version": spot.version,
        "item": spot.alias,
        "variant": spot.variant,
        "language": spot.language,
    }
