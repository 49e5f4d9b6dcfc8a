"""A funder reads of a complaint what its client agrees to, and answers once; Gironde reads nothing."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from quality.access.scope import scoped
from quality.complaints.resolving import handling, transmitting
from quality.complaints.resolving.summary import summary
from quality.db import fetch
from quality.errors import Conflict, Forbidden, NotFound
from tests.quality.complaints.opened import Filed, filed
from tests.world import World

Owner = asyncpg.Connection


async def sent(world: World) -> tuple[Filed, UUID]:
    complaint = await filed(world, "anonymous")
    await handling.consent(world.agent, complaint.number, given=True)
    asked = "Pouvez-vous intervenir ?"
    return complaint, await transmitting.transmit(world.staff, complaint.number, world.herault, asked)


async def test_nothing_is_transmitted_without_consent_nor_to_another_funder(world: World) -> None:
    complaint = await filed(world)
    with pytest.raises(Conflict):
        await transmitting.transmit(world.staff, complaint.number, world.herault, "Merci d’intervenir.")
    await handling.consent(world.agent, complaint.number, given=True)
    for funder in (world.gironde, world.cnav):
        with pytest.raises(Conflict):
            await transmitting.transmit(world.staff, complaint.number, funder, "Merci d’intervenir.")
    with pytest.raises(Forbidden):
        await transmitting.transmit(world.agent, complaint.number, world.herault, "Merci d’intervenir.")
    await handling.consent(world.agent, complaint.number, given=False)
    with pytest.raises(Conflict):
        await transmitting.transmit(world.staff, complaint.number, world.herault, "Merci d’intervenir.")


async def test_a_funder_reads_the_copied_facts_and_never_the_complaint(world: World, owner: Owner) -> None:
    complaint, _sent = await sent(world)
    assert await owner.fetchval("SELECT holder FROM complaint") == "funder"
    async with scoped(world.funder) as db:
        rows = await fetch(db, "SELECT * FROM complaint_transmission")
        for table in ("complaint", "complaint_event", "complaint_subject", "complaint_promise"):
            assert await fetch(db, f"SELECT 1 FROM {table}") == []
    assert [(row["number"], row["provider_name"]) for row in rows] == [(complaint.number, "Aide 34")]
    assert "Martin" not in str(rows)
    async with scoped(world.stranger) as db:
        assert await fetch(db, "SELECT 1 FROM complaint_transmission") == []
    with pytest.raises(Conflict):
        await transmitting.transmit(world.staff, complaint.number, world.herault, "Encore une fois.")


async def test_an_unknown_funder_or_complaint_is_not_found(world: World) -> None:
    complaint = await filed(world)
    with pytest.raises(NotFound):
        await transmitting.transmit(world.staff, complaint.number, uuid4(), "Merci d’intervenir.")
    with pytest.raises(NotFound):
        await transmitting.transmit(world.staff, 99, world.herault, "Merci d’intervenir.")


@pytest.mark.parametrize(
    ("state", "position", "round_", "expected"),
    [
        ("opened", None, 1, "L’organisme n’a pas encore répondu. Aucune solution n’a encore été apportée."),
        (
            "acknowledged",
            "countersigned",
            2,
            "La personne a dit que la première solution ne réglait pas son problème. L’organisme a pris la "
            "réclamation en charge. Aucune solution n’a encore été apportée.",
        ),
        (
            "remedied",
            "countersigned",
            1,
            "L’organisme a pris la réclamation en charge. Il dit avoir apporté une solution\u202f; "
            "la personne n’a pas encore donné son avis.",
        ),
    ],
)
def test_a_funder_reads_where_the_complaint_stands_in_plain_sentences(
    state: str, position: str | None, round_: int, expected: str
) -> None:
    assert summary(state, position, round_) == expected


async def test_a_funder_answers_once(world: World, owner: Owner) -> None:
    _complaint, transmission = await sent(world)
    await transmitting.answer(world.funder, transmission, "Nous appelons l’organisme.")
    assert await owner.fetchval("SELECT answer FROM complaint_transmission") == "Nous appelons l’organisme."
    with pytest.raises(Conflict):
        await transmitting.answer(world.funder, transmission, "Autre chose.")
    with pytest.raises(NotFound):
        await transmitting.answer(world.stranger, transmission, "Et moi ?")
    with pytest.raises(Forbidden):
        await transmitting.answer(world.provider, transmission, "Et moi ?")
