"""Days on which the platform is shut, as its settings keep them."""

import asyncpg
import msgspec

from quality.web import platform


async def shut(owner: asyncpg.Connection, *days: str) -> None:
    """Write the closing days of every platform, and have them read again."""
    await owner.execute("UPDATE platform SET closing_days = $1", msgspec.json.encode(days).decode())
    platform.forget()
