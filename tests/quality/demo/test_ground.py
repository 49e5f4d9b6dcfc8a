"""What was there before the first visit of the demonstration."""

from datetime import date

import asyncpg

from quality.app import House
from quality.db import pool
from quality.demo.ground import lay
from quality.demo.people import Client
from quality.demo.places import TERRITORIES, TERRITORY_OF, TOWNS
from quality.demo.providers import PROVIDERS
from quality.directory.geography import departement_of_postcode
from quality.directory.territories import territories_of

FIRST = date(2025, 6, 1)


async def test_the_territories_of_herault_are_declared_before_its_first_visit(
    house: House, owner: asyncpg.Connection, empty: None
) -> None:
    platform, _ = await lay(house, FIRST)
    rows = await owner.fetch("SELECT code, name, rank, since FROM territory ORDER BY rank")
    assert [row["code"] for row in rows] == list(TERRITORIES["34"])
    assert {row["since"] for row in rows} == {FIRST}
    known = await territories_of(pool("work"), [platform])
    for postcode, _ in TOWNS["34"]:
        assert known.of(platform, "34", postcode) == TERRITORY_OF.get(postcode, "")
        assert Client(PROVIDERS[0], "C", "", "34", postcode, *[""] * 4).territory == TERRITORY_OF.get(
            postcode, ""
        )


def test_each_territory_of_the_story_is_made_of_postcodes_of_its_departement() -> None:
    for departement, territories in TERRITORIES.items():
        towns = {postcode for postcode, _ in TOWNS[departement]}
        for _, postcodes in territories.values():
            assert set(postcodes) <= towns
            assert {departement_of_postcode(each) for each in postcodes} == {departement}
