"""Clients of a file: sealed identities, merged news, and who is one person."""

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from quality.access.scope import scoped
from quality.db import execute, fetch_value
from quality.directory.intake import chunks
from tests.conftest import TUESDAY
from tests.files import visits_file
from tests.quality.directory.intake.sending import csv, send, visit
from tests.world import World

LANDLINE, MOBILE, OTHER = "04 65 71 00 01", "06 39 98 00 01", "06 39 98 00 02"


def client(number: int, name: str, **cells: str) -> dict[str, str]:
    """Return a visit of one client without any number but those given."""
    bare = visit(phone=None, mobile=None, email=None)
    return bare | {"reference": f"V-{number}", "client_reference": f"C-{number}", "client_name": name} | cells


async def persons(owner: asyncpg.Connection) -> dict[str, object]:
    rows = await owner.fetch("SELECT reference, person_id FROM client")
    return {row["reference"]: row["person_id"] for row in rows}


async def one_client(owner: asyncpg.Connection) -> asyncpg.Record:
    row = await owner.fetchrow("SELECT * FROM client")
    assert row is not None
    return row


async def test_nothing_personal_is_stored_in_clear(world: World, owner: asyncpg.Connection) -> None:
    await send(world, csv(visit(relative_name="Paul Martin", relative_phone=OTHER)))
    row = await one_client(owner)
    stored = repr(tuple(row.values())).encode() + b"".join(v for v in row.values() if isinstance(v, bytes))
    for clear in (b"artin", b"eanne", b"639980001", b"465710001", b"exemple", b"639980002"):
        assert clear not in stored
    keyring = world.house.keyring
    assert keyring.decrypt(row["name_cipher"], "client.name", row["id"]) == "Mme Martin Jeanne"
    assert keyring.decrypt(row["mobile_cipher"], "client.mobile", row["id"]) == "+33639980001"
    assert row["mobile_key"] == keyring.lookup("phone", "+33639980001")
    assert row["email_key"] == keyring.lookup("email", "jeanne@exemple.fr")
    assert sorted(row["name_words"]) == sorted(keyring.lookup("word", word) for word in ("martin", "jeanne"))
    assert row["relative_phone_is_mobile"]


async def test_a_couple_on_one_landline_stays_two_persons(world: World, owner: asyncpg.Connection) -> None:
    await send(world, csv(client(1, "Mme Martin", phone=LANDLINE), client(2, "M. Martin", phone=LANDLINE)))
    found = await persons(owner)
    assert found["C-1"] != found["C-2"]
    assert await owner.fetchval("SELECT count(*) FROM endpoint") == 1


async def test_one_client_with_two_phones_is_one_person_for_two_providers(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(client(1, "Mme Martin Jeanne", phone=LANDLINE, mobile=MOBILE)))
    by_mobile = client(2, "Madame Jeanne MARTIN", mobile=MOBILE)
    await send(world, csv(by_mobile), actor=world.staff, provider=world.cap)
    found = await persons(owner)
    assert found["C-1"] == found["C-2"]
    assert await owner.fetchval("SELECT count(*) FROM person") == 1


async def test_two_lines_linked_through_a_third_are_one_person(
    world: World, owner: asyncpg.Connection
) -> None:
    three = (
        client(1, "Mme Diallo", phone=LANDLINE),
        client(2, "Mme Diallo", mobile=MOBILE),
        client(3, "Mme Diallo", phone=LANDLINE, mobile=MOBILE),
    )
    await send(world, csv(*three))
    assert len(set((await persons(owner)).values())) == 1


async def test_links_hold_from_one_chunk_to_the_next(
    world: World, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_LINES", 1)
    await send(world, csv(client(1, "Mme Diallo", phone=LANDLINE), client(2, "Mme Diallo", phone=LANDLINE)))
    assert len(set((await persons(owner)).values())) == 1


async def test_the_same_name_without_a_shared_endpoint_is_two_persons(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(client(1, "Mme Martin", mobile=MOBILE), client(2, "Mme Martin", mobile=OTHER)))
    assert len(set((await persons(owner)).values())) == 2


async def test_clients_without_a_name_are_never_taken_for_one(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(client(1, "", phone=LANDLINE), client(2, "", phone=LANDLINE)))
    assert len(set((await persons(owner)).values())) == 2


async def test_a_relative_met_as_a_client_elsewhere_is_another_person(
    world: World, owner: asyncpg.Connection
) -> None:
    mother = client(1, "Mme Noël", relative_name="Mme Hervé", relative_phone=MOBILE)
    await send(world, csv(mother, client(2, "Mme Hervé", mobile=MOBILE)))
    assert len(set((await persons(owner)).values())) == 2
    assert await owner.fetchval("SELECT count(*) FROM endpoint") == 1


async def test_two_clients_of_one_name_reached_through_one_relative_stay_two(
    world: World, owner: asyncpg.Connection
) -> None:
    through = {"relative_name": "Mme Hervé", "relative_phone": MOBILE}
    await send(world, csv(client(1, "Mme Martin", **through), client(2, "Mme Martin", **through)))
    assert len(set((await persons(owner)).values())) == 2


async def test_a_new_number_keeps_the_person(world: World, owner: asyncpg.Connection) -> None:
    await send(world, csv(visit()))
    before = (await one_client(owner))["person_id"]
    report, _ = await send(world, csv(visit(mobile=OTHER)))
    row = await one_client(owner)
    assert report.updated == 1
    assert row["person_id"] == before
    assert world.house.keyring.decrypt(row["mobile_cipher"], "client.mobile", row["id"]) == "+33639980002"
    assert world.house.keyring.decrypt(row["name_cipher"], "client.name", row["id"]) == "Mme Martin Jeanne"


async def test_a_dash_takes_a_number_away(world: World, owner: asyncpg.Connection) -> None:
    await send(world, csv(visit()))
    await send(world, csv(visit(mobile="-", email="")))
    row = await one_client(owner)
    assert (row["mobile_cipher"], row["mobile_key"]) == (None, None)
    assert row["email_key"] is not None


async def test_a_situation_without_a_date_holds_from_today(world: World, owner: asyncpg.Connection) -> None:
    await send(world, csv(visit()))
    assert (await one_client(owner))["status_since"] is None
    await send(world, csv(visit(client_status="hospital")))
    row = await one_client(owner)
    assert (row["status"], str(row["status_since"])) == ("hospital", "2026-11-24")


async def test_the_newest_situation_of_a_file_wins_whatever_the_order(
    world: World, owner: asyncpg.Connection
) -> None:
    newer = visit(client_status="active", client_status_since="18/11/2026")
    older = visit(reference="V-2", client_status="hospital", client_status_since="10/11/2026")
    await send(world, csv(newer, older))
    row = await one_client(owner)
    assert (row["status"], str(row["status_since"])) == ("active", "2026-11-18")


async def test_an_old_file_sent_again_does_not_bring_an_old_number_back(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(visit()))
    await send(world, csv(visit(reference="V-2", mobile=OTHER)))
    report, _ = await send(world, csv(visit()))
    row = await one_client(owner)
    assert report.unchanged == 1
    assert row["mobile_key"] == world.house.keyring.lookup("phone", "+33639980002")


async def test_a_purged_identity_given_again_is_an_identity_again(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(visit()))
    await owner.execute("UPDATE client SET name_cipher = NULL, digest = '', identity_purged_at = now()")
    await send(world, csv(visit(reference="V-2")))
    row = await one_client(owner)
    assert row["identity_purged_at"] is None
    assert row["name_cipher"] is not None


async def test_a_postcode_that_the_departement_contradicts_is_dropped(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(visit()))
    await send(world, csv(visit(reference="V-2", postcode=None, departement="30")))
    row = await one_client(owner)
    assert (row["departement"], row["postcode"]) == ("30", None)


async def test_what_the_platform_changed_outlives_the_same_news(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(visit()))
    async with scoped(world.staff) as db:
        await execute(db, "UPDATE client SET contact = 'phone'")
    await send(world, csv(visit(reference="V-2")))
    assert (await one_client(owner))["contact"] == "phone"


async def test_a_file_makes_one_client_row_a_client(world: World, owner: asyncpg.Connection) -> None:
    await send(world, visits_file(4_000, 0).content)
    assert await owner.fetchval("SELECT count(*) FROM client") == 1_700


async def test_a_death_in_one_file_holds_for_the_person_whatever_the_next_file_says(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(visit()))
    await send(world, csv(visit(reference="V-2")), actor=world.staff, provider=world.cap)
    assert await owner.fetchval("SELECT deceased_at FROM person") is None
    await send(world, csv(visit(client_status="deceased", client_status_since="21/11/2026")))
    told_at = await owner.fetchval("SELECT deceased_at FROM person")
    assert told_at is not None
    await send(world, csv(visit(client_status="active", client_status_since="22/11/2026")))
    assert await owner.fetchval("SELECT deceased_at FROM person") == told_at
    statuses = await owner.fetch("SELECT DISTINCT status FROM client")
    assert [row["status"] for row in statuses] == ["active"]  # another provider's line stays its own


async def test_nobody_notes_a_death_on_another_platform_or_at_another_provider(
    world: World, owner: asyncpg.Connection
) -> None:
    await send(world, csv(visit()), actor=world.staff, provider=world.cap)
    await owner.execute("UPDATE client SET status = 'deceased'")
    client = await owner.fetchval("SELECT id FROM client")
    async with scoped(world.provider) as db:
        await fetch_value(db, NOTE_DEATHS, world.platform, [client], TUESDAY)
    assert await owner.fetchval("SELECT deceased_at FROM person") is None
    with pytest.raises(OperationalError):
        async with scoped(world.provider) as db:
            await fetch_value(db, NOTE_DEATHS, world.aide34, [client], TUESDAY)


NOTE_DEATHS = "SELECT note_deaths($1, $2::uuid[], $3)"
