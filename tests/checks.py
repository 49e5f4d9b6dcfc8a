"""`python -m tests.checks`: what no packaged linter checks: migrations as the models, English complete."""

import asyncio
import io
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector

from quality import app as composition
from quality import component, db

ROOT = Path(__file__).parent.parent
ENGLISH = ROOT / "quality/locale/en/LC_MESSAGES/messages.po"


async def undescribed_changes() -> list[str]:
    """List what `makemigrations` would write."""
    parts = component.load(composition.COMPONENTS)
    config = db.owner_config("postgresql://nobody@/nowhere?host=/nowhere", parts)
    context = await Tortoise.init(config=config, init_connections=False)
    found = await MigrationAutodetector(context.apps, config["apps"]).changes()
    return [str(writer.path()) for writer in found]


def untranslated(english: Path = ENGLISH) -> list[str]:
    """List the French sentences without an English one, and the English ones nobody says any more."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        keywords = (ROOT / "babel.keywords").read_text(encoding="utf-8")
        options = ["-F", str(ROOT / "babel.cfg"), "-k", keywords, "--no-location", "-o", str(pot)]
        CommandLineInterface().run(["pybabel", "-q", "extract", *options, str(ROOT)])
        said = {_key(m) for m in read_po(io.BytesIO(pot.read_bytes())) if m.id}
    with english.open("rb") as source:
        translated = {_key(m) for m in read_po(source, locale="en") if m.id and _is_whole(m)}
    missing = [f"missing: {key}" for key in sorted(said - translated)]
    return missing + [f"unused: {key}" for key in sorted(translated - said)]


def _is_whole(message: Message) -> bool:
    return all(message.string if message.pluralizable else [message.string])


def _key(message: Message) -> str:
    identifier = message.id
    return identifier if isinstance(identifier, str) else identifier[0]


def main() -> int:
    problems = [f"migration: {name}" for name in asyncio.run(undescribed_changes())]
    problems += [f"english: {line}" for line in untranslated()]
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
