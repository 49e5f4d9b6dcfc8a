"""What an accepted file gives: a new adhesion, a renewal of the same edition, the end of a suspension."""

from datetime import UTC, date, datetime

import asyncpg
import httpx
import pytest

from charter.adhesion.life import Event, State
from charter.adhesion.moving import appeal, decide
from charter.adhesion.recognising import Certificate, recognise
from charter.answering import Draft, save
from charter.editions import content, load
from charter.review.deciding import accept
from charter.submitting import submit
from quality import clock
from quality.errors import Conflict, Invalid
from quality.web.platform import forget
from tests.charter.owned import own
from tests.charter.reviewed import a_file, after, an_account, subjects, suspend, the_adhesion, trail
from tests.world import World, sign_in

OTHER = "service-commitments-2026"
WHY = "Les douze réclamations ont eu leur réponse."
FILE = "SELECT id FROM review_file WHERE decided_at IS NULL"


async def accept_other(world: World, owner: asyncpg.Connection) -> None:
    """Send and accept what the other edition asks."""
    other = load(OTHER)
    await save(world.provider, other, {code: Draft("yes") for each in other.criteria for code in each.asked})
    await submit(world.provider, OTHER)
    await accept(world.staff, await owner.fetchval(FILE))


async def held(owner: asyncpg.Connection) -> list[tuple[str, str, str]]:
    rows = await owner.fetch("SELECT edition, state, ends_on::text FROM adhesion ORDER BY edition, starts_on")
    return [tuple(row) for row in rows]


async def test_each_edition_has_its_own_adhesion_on_every_page(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    await accept_other(world, owner)
    assert await held(owner) == [
        ("national-2012", "valid", "2028-11-23"),
        (OTHER, "valid", "2027-11-23"),
    ]
    await sign_in(client, world, "provider", world.aide34)
    titles = [load(code).title.fr for code in ("national-2012", OTHER)]
    for address in ("/charte/adhesion", "/registre"):
        shown = (await client.get(address)).text
        assert all(title in shown for title in titles)


async def test_a_file_renews_what_a_certificate_gave_and_becomes_its_origin(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await recognise(
        world.staff, Certificate(world.aide34, "Certificat d’essai", date(2026, 1, 15), date(2027, 1, 14))
    )
    file = await a_file(world, owner)
    text = content("national-2012").decode()
    for version in (1, 2):
        await own(owner, world, text.replace("version: 1", f"version: {version}", 1))
    await owner.execute("UPDATE assessment SET edition_version = 2 WHERE frozen_at IS NOT NULL")
    await accept(world.staff, file)
    row = await owner.fetchrow(
        "SELECT id, ends_on::text, file_id, certificate, edition_version FROM adhesion"
    )
    assert tuple(row)[1:] == ("2029-01-14", file, "", 2)
    shown = (await client.get(f"/registre/{row['id']}")).text
    assert "Dossier relu par la plateforme" in shown
    assert "certificat d’essai" not in shown.lower()


async def test_a_longer_certificate_stays_what_the_adhesion_comes_from(
    world: World, owner: asyncpg.Connection
) -> None:
    await recognise(
        world.staff, Certificate(world.aide34, "Certificat d’essai", date(2026, 11, 1), date(2031, 10, 31))
    )
    await accept(world.staff, await a_file(world, owner))
    row = await owner.fetchrow("SELECT ends_on::text, file_id, certificate FROM adhesion")
    assert tuple(row) == ("2031-10-31", None, "Certificat d’essai")


async def test_renewing_early_again_and_again_adds_nothing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    for _ in range(3):
        await accept(world.staff, await a_file(world, owner))
    assert await held(owner) == [("national-2012", "valid", "2028-11-23")]
    await sign_in(client, world, "provider", world.aide34)
    shown = (await client.get("/charte/adhesion")).text
    assert "Acceptée aujourd’hui, elle fait valoir l’adhésion jusqu’au jeudi 23\u00a0novembre 2028." in shown
    assert "à partir du mardi 23\u00a0mai 2028, de la fin de l’adhésion" in shown


@pytest.mark.parametrize("appeals", [False, True])
async def test_a_file_accepted_lifts_a_suspension_with_a_reason_that_both_sides_read(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, *, appeals: bool
) -> None:
    await an_account(world, world.aide34)
    await accept(world.staff, await a_file(world, owner))
    adhesion = await suspend(owner)
    if appeals:
        await appeal(world.provider, adhesion, "La panne est réparée.")
    await sign_in(client, world, "provider", world.aide34)
    assert "cette auto-évaluation lève la suspension" in (await client.get("/charte/adhesion")).text
    file = await a_file(world, owner)
    token = await sign_in(client, world, "platform")
    shown = (await client.get(f"/charte/dossiers/{file}")).text
    assert "Adhésion suspendue" in shown
    assert "Critère 3.8." in shown
    assert "cette auto-évaluation lève la suspension" in shown
    form = {"jeton": token, "geste": "adherer", "levee": ""}
    refused = await client.post(f"/charte/dossiers/{file}", data=form)
    assert (refused.status_code, 'href="#levee"' in refused.text) == (422, True)
    assert await owner.fetchval("SELECT state FROM review_file WHERE id = $1", file) == "submitted"
    assert (await client.post(f"/charte/dossiers/{file}", data={**form, "levee": WHY})).status_code == 303
    row = await owner.fetchrow("SELECT state, reason, suspended_at, file_id FROM adhesion")
    assert tuple(row) == ("valid", WHY, None, file)
    assert (await trail(owner))[-1] == ("adhesion.renew", WHY)
    assert (await subjects(owner))[-1] == "Charte : votre adhésion est renouvelée"


async def test_an_adhesion_that_ended_hides_none_that_lives(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    first = await the_adhesion(owner)
    await decide(world.staff, first, Event.revoke, "Ouverte par erreur.")
    with pytest.raises(Conflict):
        await decide(world.staff, first, Event.revoke, "Encore.")
    await recognise(
        world.staff, Certificate(world.aide34, "Certificat d’essai", date(2026, 1, 15), date(2027, 1, 14))
    )
    assert await owner.fetchval("SELECT starts_on FROM adhesion WHERE id = $1", first) > date(2026, 1, 15)
    await sign_in(client, world, "provider", world.aide34)
    shown = (await client.get("/charte/adhesion")).text
    assert "Acquise par un certificat" in shown
    assert "Adhésion retirée" not in shown


async def test_a_suspension_without_words_is_not_lifted(world: World, owner: asyncpg.Connection) -> None:
    await accept(world.staff, await a_file(world, owner))
    await suspend(owner)
    file = await a_file(world, owner)
    with pytest.raises(Invalid):
        await accept(world.staff, file, "  ")
    assert await owner.fetchval("SELECT state FROM adhesion") == State.suspended
    await after(world, 1)
    assert await owner.fetchval("SELECT state FROM adhesion") == State.suspended


async def test_the_days_of_an_adhesion_are_those_of_where_its_platform_is(
    world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE platform SET departement = '974' WHERE id = $1", world.platform)
    forget()
    # Half past midnight in La Réunion, half past nine the evening before in Paris.
    clock.set_offset(datetime(2026, 11, 24, 20, 30, tzinfo=UTC) - datetime.now(UTC))
    await accept(world.staff, await a_file(world, owner))
    assert await owner.fetchval("SELECT starts_on FROM adhesion") == date(2026, 11, 25)
