"""GET and HEAD of every address change no row: scanners open links too."""

import asyncpg
import pytest

from tests.surveys.respond.browsing import Person

ADDRESSES = (
    *("", "/1", "/6", "/7", "/souhait", "/rappel", "/merci", "/stop"),
    *("?note=1", "?note=5", "?langue=en", "/1?proche=oui", "/stop?List-Unsubscribe=One-Click"),
    *("/1?globale=1", "/souhait?souhait=nom", "/rappel?creneau=202611251130"),
)


async def rows(owner: asyncpg.Connection, tables: list[str]) -> dict[str, list[tuple[str, str]]]:
    found = {}
    for table in tables:
        lines = await owner.fetch(f'SELECT xmin::text, ctid::text FROM "{table}" ORDER BY ctid')
        found[table] = [tuple(line) for line in lines]
    return found


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_reading_changes_no_row(
    person: Person, owner: asyncpg.Connection, tables: list[str], method: str
) -> None:
    await person.post("1", globale="2")
    before = await rows(owner, tables)
    for address in ADDRESSES:
        for _ in range(3):
            answer = await person.client.request(method, f"/s/{person.token}{address}")
            assert answer.status_code in {200, 303}, address
    assert await rows(owner, tables) == before
