"""Light passwords, and people with an account."""

from collections.abc import Awaitable, Callable, Iterator
from uuid import UUID

import asyncpg
import pytest
from argon2 import PasswordHasher

from quality.access import accounts, passwords
from tests.world import World

SECRET_WORDS = "quatre mots pour entrer"
BASE = "http://testserver"
Joined = Callable[..., Awaitable[UUID]]


@pytest.fixture(autouse=True, scope="session")
def light_passwords() -> Iterator[None]:
    passwords.use(PasswordHasher(memory_cost=8, time_cost=1, parallelism=1))
    yield
    passwords.use(passwords.STRONG)


@pytest.fixture
def joined(world: World) -> Joined:
    """Let somebody in with a password; return the account."""

    async def let_in(
        email: str = "camille@demo.invalid", role: str = "platform", organisation: UUID | None = None
    ) -> UUID:
        newcomer = accounts.checked(email, "Camille Essai", role, organisation)
        return await accounts.create_account_with_password(world.operator, newcomer, SECRET_WORDS)

    return let_in


async def outbox_of(owner: asyncpg.Connection, email: str) -> list[asyncpg.Record]:
    return await owner.fetch(
        "SELECT subject, text, sent_at FROM mail_outbox WHERE recipient = $1 ORDER BY id", email
    )
