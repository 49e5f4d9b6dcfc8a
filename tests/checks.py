"""`python -m tests.checks`: what no packaged linter checks: migrations as the models, English complete."""

import asyncio
import io
import sys
import tempfile
from pathlib import Path

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


def untranslated() -> list[str]:
    """List the French sentences without an English one, and the English ones nobody says any more."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        keywords = ["-k", "_", "-k", "gettext", "-k", "ngettext:1,2"]
        command = ["pybabel", "-q", "extract", "-F", str(ROOT / "babel.cfg"), *keywords, "--no-location", "-o", str(pot), str(ROOT)]
        CommandLineInterface().run(command)
        said = {_key(m) for m in read_po(io.BytesIO(pot.read_bytes())) if m.id}
    with ENGLISH.open("rb") as source:
        translated = {_key(m) for m in read_po(source, locale="en") if m.id and all(m.string if m.pluralizable else [m.string])}
    return [f"missing: {k}" for k in sorted(said - translated)] + [f"unused: {k}" for k in sorted(translated - said)]


def _key(message: object) -> str:
    identifier = message.id  # type: ignore[attr-defined]
    return identifier if isinstance(identifier, str) else identifier[0]


def main() -> int:
    problems = [f"migration: {name}" for name in asyncio.run(undescribed_changes())]
    problems += [f"english: {line}" for line in untranslated()]
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
