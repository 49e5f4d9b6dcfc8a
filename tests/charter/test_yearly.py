"""The charter in the yearly report: declared, verified and measured apart, and what is being done."""

import io
from datetime import UTC, date, datetime
from uuid import uuid4

import asyncpg
import httpx
from python_calamine import CalamineWorkbook

from charter.adhesion.life import Event
from charter.adhesion.moving import LIVING, Why, decide, move
from charter.adhesion.recognising import Certificate, recognise
from charter.declaring import EDITION
from quality import clock
from quality.db import execute, fetch_one, pool, transaction
from tests.charter.declared import declare
from tests.charter.reviewed import the_adhesion
from tests.charter.test_agreed import plain, told
from tests.charter.test_facts import another_accepted
from tests.quality.network.test_yearly import printed
from tests.world import World, sign_in

PAGE = "/rapports/annuel"
TITLE = "Charte nationale qualité des services à la personne"
ACTION = """
INSERT INTO charter_action (id, platform_id, provider_id, edition, edition_version, criterion, title, due_on,
    state, note, created_at, changed_at, done_on)
VALUES ($1, $2, $3, 'national-2012', 1, '2.4', $4, $5, $6, 'Note à nous.', now(), now(), $7)
"""


async def words(client: httpx.AsyncClient, year: int = 2026) -> str:
    answer = await client.get(f"{PAGE}?annee={year}")
    assert answer.status_code == 200
    return plain(answer.text.partition("<main")[2].partition("</main>")[0])


async def act(world: World, title: str, state: str, done_on: date | None = None) -> None:
    values = (world.platform, world.aide34, title, date(2026, 12, 15), state, done_on)
    await execute(pool("work"), ACTION, uuid4(), *values)


async def test_declared_verified_and_measured_are_three_things(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await sign_in(client, world, "provider", world.aide34)
    said = await words(client)
    assert f"Adhésion {TITLE} : Adhésion en cours, du mardi 20 octobre 2026 au" in said
    sent = "45 critères tenus sur 45 revus, auto-évaluation envoyée le mardi 20 octobre 2026"
    assert f"Déclaré par l’organisme {sent}" in said
    assert "Vérifié par la plateforme 0 critère tenu et prouvé sur 45, soit 0 %" in said
    assert f"tous les impératifs tenus ({TITLE}, octobre 2026)" in said
    assert "Oui 33 %" in said
    assert "Indice contraire : à vérifier" in said


async def test_the_pdf_and_the_workbook_say_the_same(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await act(world, "Mettre à jour le livret", "doing")
    await sign_in(client, world, "provider", world.aide34)
    drawn = printed((await client.get(f"{PAGE}/2026.pdf")).content)
    assert "La charte de qualité" in drawn
    assert "0 critère tenu et prouvé sur 45" in drawn
    assert "Mettre à jour le livret" in drawn
    book = CalamineWorkbook.from_filelike(io.BytesIO((await client.get(f"{PAGE}/2026.xlsx")).content))
    assert {"La charte de qualité", "Engagements mesurés", "Actions d’amélioration"} <= set(book.sheet_names)
    assert "Mettre à jour le livret" in str(book.get_sheet_by_name("Actions d’amélioration").to_python())


async def test_actions_under_way_and_those_done_in_the_year_are_listed_without_their_notes(
    client: httpx.AsyncClient, world: World
) -> None:
    await act(world, "En route", "doing")
    await act(world, "Faite cette année", "done", date(2026, 3, 1))
    await act(world, "Faite avant", "done", date(2025, 3, 1))
    await act(world, "Laissée", "dropped")
    await sign_in(client, world, "provider", world.aide34)
    said = await words(client)
    assert "En route 2.4" in said
    assert "Faite cette année 2.4" in said
    assert "Faite avant" not in said
    assert "Laissée" not in said
    assert "Note à nous" not in said


async def test_without_a_file_the_report_says_so_and_what_is_declared_is_not_verified(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare(world, {"1.1": "yes", "1.2": "no"})
    await sign_in(client, world, "provider", world.aide34)
    said = await words(client)
    assert "Pas d’adhésion" in said
    assert "1 critère tenu sur 2 revus, auto-évaluation en cours, pas encore envoyée" in said
    assert "Aucun dossier accepté n’est dans une publication de 2026" in said
    assert "Aucune action en cours, ni faite en 2026." in said


async def test_a_file_sent_after_the_year_is_not_in_its_report(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await sign_in(client, world, "platform")
    answer = await client.get(f"{PAGE}?annee=2025&organisme=73282932000074")
    said = plain(answer.text)
    assert "Pas d’adhésion" in said
    assert "envoyée le mardi 20 octobre 2026" not in said
    assert "Aucun dossier accepté n’est dans une publication de 2025" in said


async def test_a_year_reads_the_adhesion_as_it_was_at_its_end(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    clock.set_offset(datetime(2027, 1, 12, 9, tzinfo=UTC) - datetime.now(UTC))
    for event in (Event.warn, Event.suspend):
        async with transaction("work") as db:
            living = await fetch_one(db, LIVING, world.aide34, EDITION)
            await move(db, world.operator, living, event, Why.of("Réclamations sans réponse."))
    for organisation, role in ((world.aide34, "provider"), (None, "platform")):
        await sign_in(client, world, role, organisation)
        for year, state in ((2026, "Adhésion en cours"), (2027, "Adhésion suspendue")):
            answer = await client.get(f"{PAGE}?annee={year}&organisme=73282932000074")
            assert f"Adhésion {TITLE} : {state}, du mardi 20 octobre 2026" in plain(answer.text)


async def test_each_edition_has_its_adhesion_and_one_that_lives_comes_before_a_newer_that_was_withdrawn(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await decide(world.staff, await the_adhesion(owner), Event.revoke, "Par erreur.")
    given = Certificate(world.aide34, "Certificat d’essai", date(2026, 1, 15), date(2028, 1, 14))
    await recognise(world.staff, given)
    await another_accepted(world, owner)
    await sign_in(client, world, "provider", world.aide34)
    said = await words(client)
    assert f"{TITLE} : Adhésion en cours, du jeudi 15 janvier 2026 au" in said
    assert "Adhésion retirée" not in said
    assert said.count(": Adhésion en cours, du") == 2
