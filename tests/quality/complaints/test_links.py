"""The client's own address of a complaint: the same after a crash, and stored only as a keyed hash."""

from uuid import UUID

import asyncpg
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.complaints.links import give_keys, key_of, link_of, reference_of, token_key, token_of
from quality.keys import Keyring
from quality.tokens import normalise
from surveys.dispatch import links as survey_links
from tests.quality.complaints.opened import filed
from tests.world import World

KEYRING = Keyring("the secret of these tests, long enough")


async def test_a_complaint_is_found_by_the_token_of_its_link(world: World, owner: asyncpg.Connection) -> None:
    complaint = await filed(world)
    link = link_of(world.house.keyring, "https://suivi.example/", complaint.id)
    base, _, typed = link.rpartition("/")
    assert base == "https://suivi.example/suivi"
    token = normalise(typed.lower())
    assert token is not None
    found = await owner.fetchval(
        "SELECT id FROM complaint WHERE token_key = $1", token_key(world.house.keyring, token)
    )
    assert found == complaint.id


async def test_the_token_is_nowhere_in_the_database(world: World, owner: asyncpg.Connection) -> None:
    complaint = await filed(world)
    row = str(await owner.fetchval("SELECT complaint::text FROM complaint"))
    token = token_of(world.house.keyring, complaint.id)
    assert token not in row
    assert token.encode().hex() not in row


async def test_a_complaint_opened_before_gets_its_key(world: World, owner: asyncpg.Connection) -> None:
    complaint = await filed(world)
    await owner.execute("UPDATE complaint SET token_key = NULL")
    await give_keys(world.house)
    stored = await owner.fetchval("SELECT token_key FROM complaint")
    assert stored == key_of(world.house.keyring, complaint.id)


@settings(max_examples=60)
@given(st.uuids())
def test_each_use_has_its_own_tokens_and_a_reference_is_the_start_of_none(subject: UUID) -> None:
    token, survey = token_of(KEYRING, subject), survey_links.token_of(KEYRING, subject)
    assert token != survey
    assert token == token_of(Keyring(KEYRING.secret), subject)
    said = reference_of(KEYRING, subject).replace("-", "")
    assert not any(made.startswith(said) for made in (token, survey))
