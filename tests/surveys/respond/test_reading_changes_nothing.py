"""GET and HEAD of every address change no row: scanners open links too."""

import asyncpg
import pytest

from quality.app import House
from tests.surveys.respond.addresses import PREFIX, readings
from tests.surveys.respond.browsing import Person

READ = ("GET", "HEAD")


async def rows(owner: asyncpg.Connection, tables: list[str]) -> dict[str, list[tuple[str, str, str]]]:
    found = {}
    for table in tables:
        lines = await owner.fetch(
            f'SELECT tableoid::text, xmin::text, ctid::text FROM "{table}" ORDER BY tableoid, ctid'
        )
        found[table] = [tuple(line) for line in lines]
    return found


async def read_thrice(person: Person, house: House, method: str, allowed: set[int]) -> None:
    for address in readings(house):
        for _ in range(3):
            answer = await person.client.request(method, f"/s/{person.token}{address}")
            assert answer.status_code in allowed, address


@pytest.mark.parametrize("method", READ)
@pytest.mark.parametrize(
    "said", [{}, {"1": {"globale": "2"}}, {"1": {"globale": "1"}, "souhait": {"souhait": "appel"}}]
)
async def test_reading_changes_no_row(
    person: Person,
    owner: asyncpg.Connection,
    tables: list[str],
    house: House,
    method: str,
    said: dict[str, dict[str, str]],
) -> None:
    for path, fields in said.items():
        await person.post(path, **fields)
    before = await rows(owner, tables)
    await read_thrice(person, house, method, {200, 303, 404})
    assert await rows(owner, tables) == before


def test_the_addresses_read_are_those_of_the_house(house: House) -> None:
    found = {address.partition("?")[0] for address in readings(house)}
    assert {"", "/1", "/6", "/souhait", "/rappel", "/merci", "/qui", "/stop"} <= found
    assert not any("{" in address for address in found), PREFIX
