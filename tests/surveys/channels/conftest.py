"""The gateway, the address it calls and the mail server, started once for the tests of the channels."""

from collections.abc import AsyncIterator

import pytest_asyncio

from surveys.channels.sms_kannel import INCOMING_QUERY
from tests.kannel import Callbacks, Kannel, require_kannel, running_callbacks, running_kannel
from tests.smtp import Postbox, running_smtp


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def callbacks() -> AsyncIterator[Callbacks]:
    async with running_callbacks() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def kannel(callbacks: Callbacks) -> AsyncIterator[Kannel]:
    require_kannel()
    async with running_kannel(f"{callbacks.address}/incoming?{INCOMING_QUERY}") as running:
        yield running


@pytest_asyncio.fixture
async def postbox() -> AsyncIterator[Postbox]:
    async with running_smtp() as running:
        yield running
