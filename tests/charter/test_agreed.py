"""/conventions/{code}/charte: what a convention that names the charter reads, and who reads nothing of it."""

import re
from datetime import UTC, date, datetime
from html import unescape

import asyncpg
import httpx
import pytest

from charter.adhesion.life import Event
from charter.adhesion.moving import decide
from charter.adhesion.recognising import Certificate, recognise
from charter.review.deciding import Judgement, accept, judge
from quality import clock
from quality.db import fetch, pool
from quality.measures.releases.releasing import create
from tests.charter.declared import criterion
from tests.charter.reviewed import BASE, a_file, failing_complaints, suspend, the_adhesion
from tests.charter.test_facts import another_accepted
from tests.quality.measures.cells import answers, convene, write
from tests.world import World, sign_in

HERAULT, CNAV = "/conventions/herault-2025/charte", "/conventions/cnav-2025/charte"
BEFORE, AFTER = datetime(2026, 10, 20, 9, tzinfo=UTC), datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def at(instant: datetime) -> None:
    clock.set_offset(instant - datetime.now(UTC))


async def told(world: World, owner: asyncpg.Connection, good: int = 20, clients: int = 60) -> None:
    """Accept a file in October, then publish it for Hérault, which names the charter, and for Cnav."""
    at(BEFORE)
    file = await a_file(world, owner)
    await judge(world.staff, file, "5.6", Judgement("corriger", "partly", "Vu sur place."), BASE)
    await accept(world.staff, file)
    at(AFTER)
    named = ("GLOB", "PONCT", "CHARTE")
    await convene(world, world.herault, indicators=named)
    await convene(world, world.cnav, code="cnav-2025", title="Convention Cnav")
    paid = [world.herault, world.cnav]
    await write(world, answers(world.aide34, paid, clients, good, indicator="PONCT"))
    await write(world, answers(world.cap, paid, 60, 54, indicator="PONCT"))
    await create(world.platform, "2026-10")


async def body(client: httpx.AsyncClient, address: str = HERAULT) -> str:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return plain(answer.text.partition("<main")[2].partition("</main>")[0])


def plain(html: str) -> str:
    """Give the words of a page, one space between two."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


async def test_a_funder_reads_adhesion_imperatives_and_declared_beside_measured(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await sign_in(client, world, "funder", world.herault)
    words = await body(client)
    assert "Aide 34 Adhésion en cours" in words
    assert "Tous tenus" in words
    assert "Cap Domicile Pas d’adhésion pas de dossier accepté dans cette publication" in words
    assert "2.8 Vous prévenez le client" in words
    assert "33 %" in words
    assert "Indice contraire : à vérifier" in words
    assert "pas dans la convention" in words  # RESP, which measures 5.6


async def test_only_those_who_may_have_a_charter_are_counted(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await owner.execute(
        "UPDATE organisation SET legal_form = 'particulier_employeur' WHERE id = $1", world.cap
    )
    for address in (HERAULT, "/indicateurs"):
        await sign_in(client, world, "funder", world.herault)
        assert "1 organisme de la convention sur 1 avait un dossier accepté" in await body(client, address)


async def test_a_provider_reads_of_its_own_charter_alone(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await sign_in(client, world, "provider", world.aide34)
    assert "organisme de la convention sur" not in await body(client)
    await sign_in(client, world, "provider", world.cap)
    assert "la plateforme n’avait accepté aucun de vos dossiers" in await body(client)


async def test_declared_and_verified_stand_apart(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await sign_in(client, world, "funder", world.herault)
    row = (await body(client)).partition("5.6 ")[2].partition("6.2 ")[0]
    assert "Déclaré Oui" in row
    assert "Vérifié En partie" in row


async def test_what_is_followed_and_not_yet_measured_is_told_from_what_is_not_followed(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)  # GLOB, which measures 3.6, is followed, and nobody has answered it
    await sign_in(client, world, "funder", world.herault)
    words = await body(client)
    assert "Mesuré Pas encore mesuré" in words.partition("3.6 ")[2].partition("4.3 ")[0]
    assert "pas dans la convention" in words.partition("5.6 ")[2].partition("6.2 ")[0]


async def test_nothing_of_the_provider_s_own_words_or_of_what_is_under_way_is_read(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await failing_complaints(owner, world)
    await owner.execute(
        "UPDATE assessment_answer SET answer = 'no', comment = 'Secret.' WHERE assessment_id IN "
        "(SELECT id FROM assessment WHERE frozen_at IS NULL)"
    )
    await sign_in(client, world, "funder", world.herault)
    words = await body(client)
    assert "Ce que nous faisons" not in words
    assert "Secret." not in words
    assert "Vu sur place" not in words
    assert "Déclaré Non" not in words
    assert criterion("3.8").measured
    assert "3.8 " not in words


async def test_a_measure_under_eleven_clients_is_not_shown(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner, good=2, clients=8)
    await sign_in(client, world, "funder", world.herault)
    words = await body(client)
    assert "moins de 11 clients" in words
    assert "25 %" not in words


@pytest.mark.parametrize(
    ("role", "whose", "address"),
    [
        ("funder", "gironde", HERAULT),
        ("funder", "gironde", CNAV),
        ("funder", "cnav", HERAULT),
        ("funder", "cnav", CNAV),  # its own convention does not name the charter
        ("funder", "herault", CNAV),
        ("funder", "herault", f"{HERAULT}?periode=2026-11"),
        ("provider", "aide34", CNAV),
    ],
)
async def test_whoever_is_not_of_a_convention_that_names_the_charter_reads_nothing(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, role: str, whose: str, address: str
) -> None:
    await told(world, owner)
    await sign_in(client, world, role, getattr(world, whose))
    answer = await client.get(address)
    assert answer.status_code == 404
    assert "Aide 34" not in plain(answer.text)


async def test_a_provider_reads_what_its_funder_reads_of_it_and_nothing_of_its_neighbour(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await sign_in(client, world, "provider", world.aide34)
    words = await body(client)
    assert "C’est tout ce que ce financeur lit de votre charte." in words
    assert "33 %" in words
    assert "Cap Domicile" not in words
    home = await body(client, "/accueil")
    assert "Engagements de la charte tenus" in home
    assert "tous les impératifs tenus" in home


async def test_the_reading_is_told_to_the_providers(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await sign_in(client, world, "funder", world.herault)
    await client.get(HERAULT)
    rows = await fetch(pool("work"), "SELECT organisation_id, shown, subject, period FROM figure_reading")
    assert [tuple(row.values()) for row in rows] == [(world.herault, "indicator", "CHARTE", "2026-10")]
    await sign_in(client, world, "provider", world.aide34)
    assert "Engagements de la charte tenus" in await body(client, "/indicateurs/lectures")


async def test_the_list_of_indicators_says_how_many_hold_it_and_leads_there(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await sign_in(client, world, "funder", world.herault)
    words = await body(client, "/indicateurs")
    assert "Un organisme tient tous les impératifs de la charte" in words
    assert "1 organisme de la convention sur 2 avait un dossier accepté" in words
    assert f'href="{HERAULT}"' in (await client.get("/indicateurs")).text
    assert "Engagements de la charte tenus : pas encore mesuré" not in words
    await sign_in(client, world, "funder", world.cnav)
    assert "impératifs de la charte" not in await body(client, "/indicateurs")


async def test_a_convention_that_names_the_charter_leads_to_it(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await sign_in(client, world, "funder", world.herault)
    assert f'href="{HERAULT}"' in (await client.get("/conventions/herault-2025")).text
    await sign_in(client, world, "funder", world.cnav)
    assert f'href="{CNAV}"' not in (await client.get("/conventions/cnav-2025")).text


async def test_the_adhesion_that_lives_is_shown_with_its_edition_before_one_that_was_withdrawn(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await decide(world.staff, await the_adhesion(owner), Event.revoke, "Par erreur.")
    given = Certificate(world.aide34, "Certificat d’essai", date(2026, 1, 15), date(2027, 1, 14))
    await recognise(world.staff, given)
    await sign_in(client, world, "funder", world.herault)
    title = "Charte nationale qualité des services à la personne"
    words = await body(client)
    assert f"Aide 34 Adhésion en cours {title}, du jeudi 15 janvier 2026" in words
    assert "Adhésion retirée" not in words


async def test_a_suspended_national_charter_is_shown_before_a_newer_adhesion_to_another_edition(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await told(world, owner)
    await suspend(owner)
    await another_accepted(world, owner)
    await sign_in(client, world, "funder", world.herault)
    assert "Aide 34 Adhésion suspendue Charte nationale" in await body(client)


async def test_before_any_publication_the_page_says_when_a_file_counts(
    client: httpx.AsyncClient, world: World
) -> None:
    await convene(world, world.herault, indicators=("GLOB", "CHARTE"), targets={})
    await sign_in(client, world, "funder", world.herault)
    words = await body(client)
    assert "Rien n’est encore publié de la charte" in words
    assert "Un dossier accepté compte dans la publication qui suit sa période." in words
