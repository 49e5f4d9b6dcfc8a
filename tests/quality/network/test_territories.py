"""A platform declares the territories of a département; a postcode lies in one, and a code never moves."""

from datetime import date, timedelta
from itertools import cycle
from pathlib import Path

import asyncpg
import httpx
import pytest

from quality import clock, migrations
from quality.db import pool
from quality.directory.territories import territories_of, territory_names
from quality.web.format import paris_day
from tests.quality.directory.declared import close, declare, reopen
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

HREF = "/admin/territoires"
LODEVE = {"departement": "34", "code": "lodeve", "nom": "Lodève", "codes-postaux": "34700, 34600"}


async def post(client: httpx.AsyncClient, token: str, path: str = HREF, **changes: str) -> httpx.Response:
    fields = LODEVE | {name.replace("_", "-"): value for name, value in changes.items()}
    return await client.post(path, data={**fields, "jeton": token})


async def open_ones(owner: asyncpg.Connection) -> dict[str, int | None]:
    return {row["code"]: row["rank"] for row in await owner.fetch("SELECT code, rank FROM territory")}


async def test_a_territory_is_added_with_its_postcodes_for_the_next_month(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    assert "Aucun territoire encore" in seen(await client.get(HREF))
    assert (await post(client, token)).headers["location"] == f"{HREF}?fait=ajout"
    words = seen(await client.get(f"{HREF}?fait=ajout"))
    assert "Le territoire est ajouté." in words
    assert "Lodève 34-lodeve 34600, 34700 depuis" in words
    today = clock.now().date()
    since = await owner.fetchval("SELECT since FROM territory")
    assert since == date(today.year + today.month // 12, today.month % 12 + 1, 1)
    known = await territories_of(pool("work"), [world.platform])
    assert [known.of(world.platform, "34", code) for code in ("34700", "34600", "34000")] == [
        *("lodeve", "lodeve", "")
    ]
    assert await territory_names(pool("work"), world.platform) == {("34", "lodeve"): "Lodève"}
    assert "Territoire ajouté" in seen(await client.get("/admin/journal"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"departement": ""}, "Choisissez un département dans la liste."),
        ({"nom": " "}, "Donnez au territoire un nom de 60 caractères au plus."),
        ({"nom": "hors des territoires"}, "Donnez un autre nom"),
        ({"nom": "LODÈVE", "code": "autre", "codes_postaux": "34400"}, "porte déjà ce nom."),
        ({"code": "Lodève"}, "Écrivez le code comme pays-de-lunel"),
        ({"code": "hors-territoire"}, "Écrivez le code comme pays-de-lunel"),
        ({"codes_postaux": ""}, "Donnez au moins un code postal."),
        ({"codes_postaux": "34700 30000"}, "30000 n’est pas un code postal du département Hérault."),
        ({"codes_postaux": "34700 3470"}, "3470 n’est pas un code postal du département Hérault."),
        ({"code": "autre"}, "34600 est déjà dans le territoire Lodève"),
        ({"codes_postaux": "34000"}, "Ce département a déjà un territoire de ce code"),
    ],
)
async def test_a_territory_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient,
    world: World,
    owner: asyncpg.Connection,
    changes: dict[str, str],
    message: str,
) -> None:
    token = await sign_in(client, world, "platform")
    await post(client, token)
    answer = await post(client, token, **changes)
    assert answer.status_code == 422
    assert message in seen(answer)
    assert await open_ones(owner) == {"lodeve": 1}


async def test_a_territory_is_renamed_and_closed_and_opened_again_under_its_code(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    await post(client, token)
    form = await client.get(f"{HREF}/34-lodeve")
    assert "34600\n34700" in form.text
    await post(client, token, f"{HREF}/34-lodeve", nom="Lodévois\0", codes_postaux="34700")
    told = await owner.fetchval("SELECT detail FROM audit WHERE action = 'territory.change'")
    assert ("Lodève" in told, "34600" in told, "Lodévois" in told) == (True, True, True)
    assert "Lodévois 34-lodeve 34700 depuis" in seen(await client.get(HREF))
    await post(client, token, f"{HREF}/34-lodeve", codes_postaux="")
    assert await open_ones(owner) == {"lodeve": None}
    assert "Ce territoire est fermé." in seen(await client.get(f"{HREF}/34-lodeve"))
    await post(client, token, code="lunel", nom="Lunel", codes_postaux="34400")
    await post(client, token, f"{HREF}/34-lodeve")
    assert await open_ones(owner) == {"lodeve": 2, "lunel": 1}
    refused = await post(client, token, f"{HREF}/34-lodeve", codes_postaux="34400")
    assert "34400 est déjà dans le territoire Lunel" in seen(refused)
    assert refused.status_code == 422
    assert (await client.get(f"{HREF}/34-nulle-part")).status_code == 404


async def test_a_departement_has_15_open_territories_at_most(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    for number in range(15):
        await post(client, token, code=f"t{number}", nom=f"T{number}", codes_postaux=f"340{number:02}")
    refused = await post(client, token)
    assert "Ce département a déjà 15 territoires : fermez-en un d’abord." in seen(refused)
    await post(client, token, f"{HREF}/34-t3", nom="T3", codes_postaux="")
    assert (await post(client, token)).status_code == 303
    assert (await open_ones(owner))["lodeve"] == 4


async def test_the_platform_s_managers_alone_change_territories(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "platform")
    assert f'href="{HREF}"' in (await client.get("/admin")).text
    await sign_in(client, world, "admin")
    assert f'href="{HREF}"' not in (await client.get("/admin")).text
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(HREF)).status_code == 403


async def test_the_list_says_until_when_a_territory_is_in_the_figures(
    client: httpx.AsyncClient, world: World
) -> None:
    """Lodève closes in the month before its first one, and never is."""
    token = await sign_in(client, world, "platform")
    await post(client, token)
    await post(client, token, f"{HREF}/34-lodeve", codes_postaux="")
    for code, postcode in (("lunel", "34400"), ("sete", "34200")):
        await declare(world, code, postcode)
    await close(world, "lunel", date(2026, 8, 15))
    words = seen(await client.get(HREF))
    assert "Lodève 34-lodeve Fermé jamais" in words
    assert "Lunel 34-lunel Fermé janvier 2026 à août 2026" in words
    assert "Sete 34-sete 34200 depuis janvier 2026" in words


@pytest.mark.parametrize(
    ("turns", "french", "english"),
    [
        (
            [date(2026, 2, 10), date(2026, 4, 20)],
            "janvier 2026 à février 2026, depuis mai 2026",
            "January 2026 to February 2026, since May 2026",
        ),
        (
            [date(2026, 1, 31), date(2026, 3, 31), date(2026, 6, 2)],
            "janvier 2026, avril 2026 à juin 2026",
            "January 2026, April 2026 to June 2026",
        ),
        ([date(2026, 2, 10), date(2026, 2, 20)], "depuis janvier 2026", "since January 2026"),
        ([date(2026, 1, 15)], "janvier 2026", "January 2026"),
        ([date(2025, 12, 20), date(2026, 2, 3)], "depuis mars 2026", "since March 2026"),
        ([date(2025, 12, 20), date(2026, 2, 3), date(2026, 2, 20)], "jamais", "never"),
    ],
)
async def test_the_list_says_each_time_that_a_territory_is_in_the_figures(
    client: httpx.AsyncClient, world: World, turns: list[date], french: str, english: str
) -> None:
    """It is declared for January, then closes and opens again in turn; a month alone is said once."""
    await declare(world, "lodeve", "34700")
    for turn, day in zip(cycle((close, reopen)), turns, strict=False):
        await turn(world, "lodeve", day)
    await sign_in(client, world, "platform")
    is_closed = len(turns) % 2 == 1
    for language, words, closed, after in (
        ("fr", french, "Fermé", "Ajouter un territoire"),
        ("en", english, "Closed", "Add a territory"),
    ):
        page = seen(await client.get(HREF, params={"langue": language}))
        assert f"34-lodeve {closed if is_closed else '34700'} {words} {after}" in page


async def test_a_departement_is_written_with_a_curly_apostrophe(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare(world, "lannion", "22300", departement="22")
    await sign_in(client, world, "platform")
    assert "Lannion, Côtes-d’Armor" in seen(await client.get(f"{HREF}/22-lannion"))


async def test_the_days_of_closing_and_opening_again_are_kept(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    """A name that changes meanwhile is no closing, nor an opening."""
    token = await sign_in(client, world, "platform")
    await post(client, token)
    today = paris_day(clock.now())
    path = f"{HREF}/34-lodeve"
    closed = {"closings": [today], "reopenings": []}
    for changes, days in (
        ({"nom": "Lodévois"}, {"closings": [], "reopenings": []}),
        ({"codes_postaux": ""}, closed),
        ({"codes_postaux": "", "nom": "Lodévois"}, closed),
        ({}, {"closings": [today], "reopenings": [today]}),
        ({"codes_postaux": ""}, {"closings": [today, today], "reopenings": [today]}),
    ):
        assert (await post(client, token, path, **changes)).status_code == 303
        assert dict(await owner.fetchrow("SELECT closings, reopenings FROM territory")) == days


async def test_a_territory_closed_before_days_were_kept_is_closed_since_its_trail_says(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    """It was renamed since; of another one, nothing is told."""
    token = await sign_in(client, world, "platform")
    await post(client, token)
    await post(client, token, f"{HREF}/34-lodeve", codes_postaux="")
    clock.set_offset(clock.offset() + timedelta(days=40))
    await post(client, token, f"{HREF}/34-lodeve", codes_postaux="", nom="Lodévois")
    clock.set_offset(clock.offset() - timedelta(days=40))
    await declare(world, "lunel")
    sql = (Path(migrations.__file__).parent / "closings.sql").read_text()
    transaction = owner.transaction()
    await transaction.start()
    try:
        await owner.execute("ALTER TABLE territory DROP CONSTRAINT territory_closings")
        await owner.execute("UPDATE territory SET rank = NULL, closings = '{}'")
        await owner.execute(sql)
        rows = await owner.fetch("SELECT code, closings, current_date AS today FROM territory")
    finally:
        await transaction.rollback()
    today = paris_day(clock.now())
    assert {row["code"]: row["closings"] for row in rows} == {
        "lodeve": [today],
        "lunel": [rows[0]["today"]],
    }
