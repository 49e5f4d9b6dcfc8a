"""Passwords: length is the only rule, and the cost is the same for nobody."""

import asyncio

import pytest
from argon2 import PasswordHasher, extract_parameters

from quality.access import passwords
from quality.errors import Invalid


@pytest.mark.parametrize("password", ["", "onze lettre", "x" * 201])
def test_a_password_of_the_wrong_length_is_refused_with_what_to_do(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        passwords.check_length(password)
    assert "Choisissez au" in refusal.value.errors[0].message


@pytest.mark.parametrize("password", ["douze lettre", "x" * 200, "              "])
def test_no_composition_is_asked(password: str) -> None:
    assert passwords.check_length(password) == password


def test_the_cost_is_the_one_of_the_cheat_sheet() -> None:
    parameters = extract_parameters(passwords.STRONG.hash("x"))
    found = (parameters.memory_cost, parameters.time_cost, parameters.parallelism, parameters.type.name)
    assert found == (47104, 1, 1, "ID")


async def test_a_password_is_found_right_or_wrong() -> None:
    stored = await passwords.hashed("quatre mots pour entrer")
    assert await passwords.verify(stored, "quatre mots pour entrer")
    assert not await passwords.verify(stored, "quatre mots pour sortir")
    assert not await passwords.verify(None, "quatre mots pour entrer")
    assert not await passwords.verify("not a hash", "quatre mots pour entrer")


async def test_a_letter_typed_in_two_ways_is_one_password() -> None:
    stored = await passwords.hashed("mot de passe\u0301 long")
    assert await passwords.verify(stored, "mot de pass\u00e9 long".replace("\u00e9", "e\u0301"))
    assert await passwords.verify(stored, "mot de pass\u00e9 long")


async def test_the_loop_goes_on_while_a_password_is_hashed() -> None:
    passwords.use(PasswordHasher(memory_cost=47104, time_cost=2, parallelism=1))
    try:
        work = asyncio.ensure_future(passwords.hashed("quatre mots pour entrer"))
        turns = 0
        while not work.done():
            await asyncio.sleep(0)
            turns += 1
    finally:
        passwords.use(PasswordHasher(memory_cost=8, time_cost=1, parallelism=1))
    assert turns > 10


async def test_a_hash_of_another_cost_is_outdated() -> None:
    stored = await passwords.hashed("quatre mots pour entrer")
    assert not passwords.is_outdated(stored)
    assert passwords.is_outdated(PasswordHasher(memory_cost=16, time_cost=1, parallelism=1).hash("x"))
