"""Platforms and organisations are founded whole or not at all."""

from dataclasses import replace

import asyncpg
import pytest

from quality.access.founding import NewOrganisation, create_organisation, create_platform
from quality.app import House
from quality.errors import Forbidden, Refused
from tests.world import World


@pytest.mark.parametrize(
    ("code", "name", "phone", "said"),
    [
        ("PLE34", "Autre", "", "existe déjà"),
        ("ple 34", "Autre", "", "capitales"),
        ("DEUX", "  ", "", "80 caractères"),
        ("DEUX", "Deux", "3617", "dix chiffres"),
    ],
)
async def test_a_platform_is_refused_with_what_to_do(
    house: House, world: World, owner: asyncpg.Connection, code: str, name: str, phone: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        await create_platform(house, code, name, phone=phone)
    assert await owner.fetchval("SELECT count(*) FROM platform") == 1


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (NewOrganisation("D34", "funder", "Hérault"), "déjà le code"),
        (NewOrganisation("12345678901234", "provider", "A"), "SIRET"),
        (NewOrganisation("X", "autre", "A"), "provider, funder ou observer"),
        (NewOrganisation("X", "funder", ""), "120 caractères"),
        (NewOrganisation("X", "funder", "A", departement="99"), "épartement"),
        (NewOrganisation("X", "funder", "A", email="a"), "Adresse"),
        (NewOrganisation("X", "funder", "A", short_name="Un nom beaucoup trop long"), "17 caractères"),
        (NewOrganisation("X", "funder", "A", legal_form="secte"), "juridique"),
    ],
)
async def test_an_organisation_is_refused_with_what_to_do(
    world: World, owner: asyncpg.Connection, wanted: NewOrganisation, said: str
) -> None:
    before = await owner.fetchval("SELECT count(*) FROM organisation")
    with pytest.raises(Refused, match=said):
        await create_organisation(world.operator, wanted)
    assert await owner.fetchval("SELECT count(*) FROM organisation") == before


async def test_a_private_employer_has_no_siret(world: World, owner: asyncpg.Connection) -> None:
    wanted = NewOrganisation("PE-1", "provider", "Particulier", legal_form="particulier_employeur")
    made = await create_organisation(world.operator, wanted)
    assert await owner.fetchval("SELECT siret FROM organisation WHERE id = $1", made) is None


async def test_only_the_command_line_and_managers_found_an_organisation(world: World) -> None:
    for actor in (world.provider, world.agent, replace(world.staff, role="supervisor")):
        with pytest.raises(Forbidden):
            await create_organisation(actor, NewOrganisation("X", "funder", "A"))
