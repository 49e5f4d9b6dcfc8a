"""A cut loses nothing: the place on the screen and what was being typed are kept, encrypted."""

from datetime import timedelta

import asyncpg
import pytest

from quality import clock
from quality.access.actor import Actor
from quality.errors import Invalid
from surveys.desk import calls
from surveys.desk.ending.outcomes import Code
from surveys.desk.queueing import queue
from surveys.desk.queueing.ticks import desk_complaints
from surveys.desk.screen import keeping
from tests.surveys.desk.waiting import Called, agent, case_of, go_to, survey_call
from tests.world import World


async def in_hand(world: World) -> tuple[Actor, Called]:
    called, nadia = await survey_call(world), agent(world)
    assert await queue.pick(nadia, clock.now()) == called.id
    return nadia, called


async def test_what_is_typed_is_kept_encrypted_form_by_form(world: World, owner: asyncpg.Connection) -> None:
    nadia, called = await in_hand(world)
    keyring = world.house.keyring
    await keeping.keep_draft(nadia, keyring, called.id, "notes", {"note": "Rappeler sa fille", "jeton": "x"})
    await keeping.keep_draft(nadia, keyring, called.id, "reclamation", {"texte": "En retard de 2 h"})
    sealed = (await case_of(owner, called))["note_cipher"]
    assert b"fille" not in sealed
    assert keeping.opened(keyring, called.id, sealed) == {
        "notes": {"note": "Rappeler sa fille"},
        "reclamation": {"texte": "En retard de 2 h"},
    }
    await keeping.drop_draft(nadia, keyring, called.id, "reclamation")
    await keeping.drop_draft(nadia, keyring, called.id, "notes")
    assert (await case_of(owner, called))["note_cipher"] is None


@pytest.mark.parametrize(
    ("form", "fields"),
    [("../x", {"a": "b"}), ("notes", {"note": "x" * 2_001}), ("notes", dict.fromkeys("abcdefghijklm", "x"))],
)
async def test_what_no_form_of_ours_sends_is_refused(world: World, form: str, fields: dict[str, str]) -> None:
    nadia, called = await in_hand(world)
    with pytest.raises(Invalid):
        await keeping.keep_draft(nadia, world.house.keyring, called.id, form, fields)


async def test_only_the_one_who_holds_the_call_keeps_something(
    world: World, owner: asyncpg.Connection
) -> None:
    _, called = await in_hand(world)
    other = agent(world)
    assert not await keeping.keep_draft(other, world.house.keyring, called.id, "notes", {"note": "x"})
    await keeping.keep_place(other, called.id, "q=3")
    row = await case_of(owner, called)
    assert (row["note_cipher"], row["place"]) == (None, "")


async def test_the_place_is_one_of_our_addresses(world: World, owner: asyncpg.Connection) -> None:
    nadia, called = await in_hand(world)
    await keeping.keep_place(nadia, called.id, "q=3&repondant=relative")
    await keeping.keep_place(nadia, called.id, "https://ailleurs.invalid/")
    assert (await case_of(owner, called))["place"] == "q=3&repondant=relative"


async def test_notes_are_forgotten_a_day_after_the_last_call(world: World, owner: asyncpg.Connection) -> None:
    nadia, called = await in_hand(world)
    await keeping.keep_draft(nadia, world.house.keyring, called.id, "notes", {"note": "Rappeler sa fille"})
    await calls.conclude(nadia, called.id, Code.unable)
    await desk_complaints(world.house)
    assert (await case_of(owner, called))["note_cipher"] is not None
    go_to(clock.now() + timedelta(days=1, minutes=1))
    await desk_complaints(world.house)
    assert (await case_of(owner, called))["note_cipher"] is None
