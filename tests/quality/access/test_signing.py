"""Signing in: nothing tells a wrong password from an unknown address, and tries are counted."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from argon2 import PasswordHasher

from quality import clock
from quality.access import accounts, passwords, signing
from quality.access.actor import Actor
from quality.access.codes import Purpose
from quality.app import House
from quality.errors import Conflict, Forbidden, Invalid, QualityError, TooMany
from tests.quality.access.conftest import BASE, SECRET_WORDS, Joined, outbox_of
from tests.world import World

EMAIL = "camille@demo.invalid"
HERE = "198.51.100.4"


async def enter(
    house: House, password: str = SECRET_WORDS, email: str = EMAIL, address: str = HERE
) -> list[signing.Space]:
    return await signing.sign_in(house.keyring, email, password, address)


async def test_the_right_password_opens_the_space(house: House, world: World, joined: Joined) -> None:
    await joined()
    spaces = await enter(house, email="  Camille@DEMO.invalid ")
    assert [(space.role, space.platform_name) for space in spaces] == [("platform", "Pléiades Services")]


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    house: House, joined: Joined
) -> None:
    await joined()
    answers = []
    for email, password in ((EMAIL, "quatre mots de travers"), ("personne@demo.invalid", SECRET_WORDS)):
        with pytest.raises(signing.SignInFailed) as refusal:
            await enter(house, password, email)
        answers.append((str(refusal.value), refusal.value.errors, refusal.value.status))
    assert answers[0] == answers[1]


async def test_an_account_without_password_does_not_open(house: House, world: World) -> None:
    await accounts.create_account(world.staff, accounts.checked(EMAIL, "Camille", "agent"), BASE)
    for password in ("", SECRET_WORDS):
        with pytest.raises(signing.SignInFailed):
            await enter(house, password)


async def test_a_deactivated_account_does_not_open(house: House, world: World, joined: Joined) -> None:
    await accounts.deactivate(world.staff, await joined())
    with pytest.raises(signing.SignInFailed):
        await enter(house)


async def test_the_sixth_try_waits_even_with_the_right_password(house: House, joined: Joined) -> None:
    await joined()
    for _ in range(5):
        with pytest.raises(signing.SignInFailed):
            await enter(house, "quatre mots de travers")
    with pytest.raises(TooMany):
        await enter(house)
    clock.set_offset(clock.offset() + timedelta(minutes=15))
    assert await enter(house)


async def test_an_unknown_address_is_counted_like_a_known_one(house: House, world: World) -> None:
    for _ in range(5):
        with pytest.raises(signing.SignInFailed):
            await enter(house, email="personne@demo.invalid")
    with pytest.raises(TooMany):
        await enter(house, email="personne@demo.invalid")


async def test_a_success_forgives_the_tries_before_it(house: House, joined: Joined) -> None:
    await joined()
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(signing.SignInFailed):
                await enter(house, "quatre mots de travers")
        await enter(house)


async def test_one_address_tries_at_most_twenty_accounts(house: House, world: World, joined: Joined) -> None:
    await joined()
    for number in range(20):
        with pytest.raises(signing.SignInFailed):
            await enter(house, email=f"personne{number}@demo.invalid")
    with pytest.raises(TooMany):
        await enter(house)
    assert await enter(house, address="198.51.100.5")


async def test_many_successes_from_one_address_are_never_too_many(house: House, joined: Joined) -> None:
    await joined()
    for _ in range(22):
        assert await enter(house)


async def test_tries_at_once_are_counted_one_by_one(house: House, joined: Joined) -> None:
    await joined()
    tries = [enter(house, "quatre mots de travers") for _ in range(9)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, signing.SignInFailed) for outcome in outcomes) == 5
    assert sum(isinstance(outcome, TooMany) for outcome in outcomes) == 4


async def test_what_was_typed_is_not_kept(house: House, world: World, owner: asyncpg.Connection) -> None:
    with pytest.raises(signing.SignInFailed):
        await enter(house, email="mon mot de passe secret")
    kept = await owner.fetchval("SELECT string_agg(subject || detail::text, ' ') FROM audit")
    assert kept
    assert "secret" not in kept
    assert HERE not in kept


async def test_a_hash_of_an_older_cost_is_made_again(
    house: House, joined: Joined, owner: asyncpg.Connection
) -> None:
    account = await joined()
    older = PasswordHasher(memory_cost=16, time_cost=1, parallelism=1).hash(SECRET_WORDS)
    await owner.execute("UPDATE account SET password = $2 WHERE id = $1", account, older)
    await enter(house)
    stored = await owner.fetchval("SELECT password FROM account WHERE id = $1", account)
    assert not passwords.is_outdated(stored)
    assert await enter(house)


async def code_of(owner: asyncpg.Connection) -> str:
    text = (await outbox_of(owner, EMAIL))[-1]["text"]
    return text.partition("/mot-de-passe/")[2].split()[0]


async def test_a_lost_password_is_chosen_again_once(
    house: House, joined: Joined, owner: asyncpg.Connection
) -> None:
    await joined()
    await signing.ask_reset(house.keyring, BASE, " CAMILLE@demo.invalid", HERE)
    code = await code_of(owner)
    await signing.set_password_by_code(code, Purpose.reset, "un autre secret bien long")
    assert await enter(house, "un autre secret bien long")
    with pytest.raises(Conflict):
        await signing.set_password_by_code(code, Purpose.reset, "encore un autre secret")


async def test_two_uses_of_a_code_at_once_leave_one_password(
    house: House, joined: Joined, owner: asyncpg.Connection
) -> None:
    await joined()
    await signing.ask_reset(house.keyring, BASE, EMAIL, HERE)
    code = await code_of(owner)
    uses = [signing.set_password_by_code(code, Purpose.reset, f"secret numero {n} long") for n in range(4)]
    outcomes = await asyncio.gather(*uses, return_exceptions=True)
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3


async def test_an_unknown_address_gets_no_letter_and_the_same_answer(
    house: House, joined: Joined, owner: asyncpg.Connection
) -> None:
    await joined()
    assert await signing.ask_reset(house.keyring, BASE, "personne@demo.invalid", HERE) is None
    assert await signing.ask_reset(house.keyring, BASE, EMAIL, HERE) is None
    assert await owner.fetchval("SELECT count(*) FROM mail_outbox") == 1


async def test_a_code_too_short_a_password_or_of_another_kind_is_not_used_up(
    house: House, joined: Joined, owner: asyncpg.Connection
) -> None:
    await joined()
    await signing.ask_reset(house.keyring, BASE, EMAIL, HERE)
    code = await code_of(owner)
    with pytest.raises(Invalid):
        await signing.set_password_by_code(code, Purpose.reset, "court")
    with pytest.raises(Conflict):
        await signing.set_password_by_code(code, Purpose.invitation, "un autre secret bien long")
    await signing.set_password_by_code(code, Purpose.reset, "un autre secret bien long")


async def test_a_reset_lasts_an_hour_and_a_new_one_closes_it(
    house: House, joined: Joined, owner: asyncpg.Connection
) -> None:
    await joined()
    await signing.ask_reset(house.keyring, BASE, EMAIL, HERE)
    first = await code_of(owner)
    hours = "SELECT extract(epoch FROM expires_at - created_at) / 3600 FROM one_time_code"
    assert await owner.fetchval(hours) == 1
    await signing.ask_reset(house.keyring, BASE, EMAIL, HERE)
    with pytest.raises(Conflict):
        await signing.set_password_by_code(first, Purpose.reset, "un autre secret bien long")
    await owner.execute("UPDATE one_time_code SET expires_at = now() WHERE used_at IS NULL")
    with pytest.raises(Conflict):
        await signing.set_password_by_code(await code_of(owner), Purpose.reset, "un autre secret bien long")


async def test_a_code_is_stored_as_its_digest_only(
    house: House, joined: Joined, owner: asyncpg.Connection
) -> None:
    await joined()
    await signing.ask_reset(house.keyring, BASE, EMAIL, HERE)
    stored = await owner.fetchval("SELECT code_hash FROM one_time_code")
    assert (await code_of(owner)).encode() not in stored


async def test_only_the_command_line_sets_another_s_password(world: World, joined: Joined) -> None:
    with pytest.raises(Forbidden):
        await signing.set_password(world.staff, await joined(), "un autre secret bien long")


async def test_changing_one_s_password_proves_the_present_one(
    house: House, world: World, joined: Joined
) -> None:
    actor = Actor(role="platform", platform=world.platform, account=await joined())
    outcomes: list[type[QualityError]] = []
    for _ in range(6):
        with pytest.raises(QualityError) as refusal:
            await signing.change_password(house.keyring, actor, "faux", "un autre secret bien long", HERE)
        outcomes.append(type(refusal.value))
    assert outcomes == [Invalid] * 5 + [TooMany]
    clock.set_offset(clock.offset() + timedelta(minutes=15))
    await signing.change_password(house.keyring, actor, SECRET_WORDS, "un autre secret bien long", HERE)
    assert await enter(house, "un autre secret bien long")
