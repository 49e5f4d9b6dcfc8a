"""The first page of those who read figures: sentences before charts, and nothing but what is published."""

import re
from dataclasses import replace
from datetime import date

import asyncpg
import httpx
import pytest

from quality.db import fetch, pool
from quality.measures.agreements.drafting import create_convention, propose
from quality.measures.agreements.terms import Terms
from quality.measures.releases.releasing import create
from tests.quality.measures.cells import answers, convene, write
from tests.quality.measures.views.test_pages import lines_of, seen
from tests.quality.statements import asked_of_database
from tests.quality.web.pages import read
from tests.world import World, sign_in

QUARTER = [date(2026, month, 1) for month in (7, 8, 9)]


async def third_quarter(world: World, good: int = 30, **terms: object) -> None:
    """Publish a quarter that Hérault pays for: Aide 34 does well, Cap Domicile as `good` of 50 say."""
    await convene(world, world.herault, **terms)
    await write(world, answers(world.aide34, [world.herault], 60, 57, month=QUARTER[0]))
    await write(world, answers(world.cap, [world.herault], 50, good, month=QUARTER[0]))
    await create(world.platform)


async def home_of(client: httpx.AsyncClient, world: World, role: str, organisation: object = None) -> str:
    await sign_in(client, world, role, organisation)  # type: ignore[arg-type]
    page = await client.get("/accueil")
    assert page.status_code == 200
    return page.text


async def words_of(client: httpx.AsyncClient, world: World, role: str, organisation: object = None) -> str:
    await home_of(client, world, role, organisation)
    return seen(await client.get("/accueil"))


async def test_the_funder_s_home_is_headed_by_its_newest_quarter(
    client: httpx.AsyncClient, world: World
) -> None:
    await third_quarter(world)
    html = await home_of(client, world, "funder", world.herault)
    (title,) = read(html).all("h1")
    assert title.text.replace("\u00a0", " ") == "Hérault, 3ᵉ trimestre 2026"


async def test_the_funder_reads_who_was_followed_asked_and_answered(
    client: httpx.AsyncClient, world: World
) -> None:
    await third_quarter(world)
    words = await words_of(client, world, "funder", world.herault)
    assert "« Convention 2025-2027 » suit 2 organismes. 2 ont un résultat publié à leur nom pour" in words
    assert (
        "110 clients interrogés, et 100 % des demandes d’avis ont reçu une réponse. Un client peut" in words
    )
    assert "110 clients ont noté leur visite dans son ensemble." in words


async def test_the_sentences_of_the_funder_s_home_are_the_figures_of_its_file(
    client: httpx.AsyncClient, world: World
) -> None:
    await third_quarter(world)
    words = await words_of(client, world, "funder", world.herault)
    file = lines_of(await client.get("/indicateurs/GLOB.csv"))
    (main,) = [
        row for row in file if (row["scope_type"], row["period"], row["activity"]) == ("fund", "2026-Q3", "")
    ]
    interval = f"de {main['ci_low']} à {main['ci_high']} %"
    assert f"{main['value']} % {interval}, {main['n_clients']} clients" in words


async def test_a_provider_whose_whole_interval_misses_a_target_is_to_be_called(
    client: httpx.AsyncClient, world: World
) -> None:
    await third_quarter(world, good=20)
    words = await words_of(client, world, "funder", world.herault)
    assert "Un organisme à appeler, et pourquoi Cap Domicile" in words
    assert "Visite bien passée : 40 % (de 27 à 54 %, 50 clients)" in words
    assert "hors de l’objectif, ≥ 80 %. Hérault." in words
    assert "Aide 34" not in words.partition("Un organisme à appeler")[2].partition("Ce que je ne vois")[0]


async def test_nobody_stands_out_when_an_interval_reaches_the_target(
    client: httpx.AsyncClient, world: World
) -> None:
    await third_quarter(world, good=40)
    assert "Aucun organisme ne se détache" in await words_of(client, world, "funder", world.herault)


async def test_a_convention_without_target_says_that_nobody_can_be_compared(
    client: httpx.AsyncClient, world: World
) -> None:
    await third_quarter(world, targets={})
    words = await words_of(client, world, "funder", world.herault)
    assert "Aucun objectif n’est écrit dans la convention." in words
    assert "aucun organisme ne peut être comparé" in words


async def test_the_month_out_of_the_ordinary_heads_its_chart(client: httpx.AsyncClient, world: World) -> None:
    await convene(world, world.herault)
    months = [date(2025 + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(13)]
    for month in months:
        good = 20 if month == months[-1] else 54
        await write(world, answers(world.aide34, [world.herault], 60, good, month=month, name=str(month)))
    await create(world.platform)
    html = await home_of(client, world, "funder", world.herault)
    words = seen(await client.get("/accueil"))
    assert "Visite bien passée : octobre 2026, sous la limite basse" in words
    assert 'class="chart' in html


async def test_the_charts_of_a_funder_s_home_are_one_question(
    client: httpx.AsyncClient, world: World
) -> None:
    await third_quarter(world)
    await sign_in(client, world, "funder", world.herault)
    with asked_of_database() as statements:
        await client.get("/accueil")
    assert len([each for each in statements if "release_chart" in each]) == 1


async def test_what_waits_for_the_platform_is_one_question_whatever_the_number_of_conventions(
    client: httpx.AsyncClient, world: World
) -> None:
    await third_quarter(world)
    await convene(world, world.cnav, code="cnav-2025", title="Convention Cnav")
    for code in ("first", "second"):
        terms = Terms(
            code=code,
            title=code,
            funder=world.herault,
            providers=(world.aide34,),
            starts_on=date(2027, 1, 1),
            ends_on=None,
            status="draft",
            indicators=("GLOB",),
            targets={},
        )
        await create_convention(world.operator, terms)
        await propose(world.operator, code)
    await sign_in(client, world, "platform")
    with asked_of_database() as statements:
        words = seen(await client.get("/accueil"))
    assert "Résultats publiés : 3ᵉ trimestre 2026" in words
    assert len([each for each in statements if "SELECT r.period FROM release r" in each]) == 1
    assert len([each for each in statements if 'FROM "convention_signature"' in each]) == 1


async def test_gironde_s_home_explains_itself(client: httpx.AsyncClient, world: World) -> None:
    await third_quarter(world)
    words = await words_of(client, world, "funder", world.gironde)
    assert "Vous ne financez encore aucune visite suivie" in words
    assert "dès qu’une convention vous lie à un organisme suivi" in words
    for stranger in ("Aide 34", "Cap Domicile", "110 clients", "Convention 2025-2027"):
        assert stranger not in words


async def test_a_funder_before_any_release_reads_from_which_day(
    client: httpx.AsyncClient, world: World
) -> None:
    await convene(world, world.herault)
    words = await words_of(client, world, "funder", world.herault)
    assert "La prochaine période, novembre 2026, pourra être publiée le samedi 12 décembre 2026." in words


async def test_a_funder_of_two_conventions_finds_the_other_one(
    client: httpx.AsyncClient, world: World
) -> None:
    await third_quarter(world, providers=(world.aide34,))
    await convene(world, world.herault, code="herault-bis", title="Repas 2026", providers=(world.cap,))
    html = await home_of(client, world, "funder", world.herault)
    assert 'href="/indicateurs?population=herault-bis">Repas 2026</a>' in html


async def test_what_a_funder_reads_on_its_home_is_logged(client: httpx.AsyncClient, world: World) -> None:
    await third_quarter(world)
    await home_of(client, world, "funder", world.herault)
    rows = await fetch(pool("work"), "SELECT subject FROM audit WHERE action = 'figures.read'")
    assert [row["subject"] for row in rows] == ["/accueil"]


async def test_a_provider_reads_what_each_of_its_funders_reads_and_no_more(
    client: httpx.AsyncClient, world: World
) -> None:
    await convene(world, world.herault)
    await convene(world, world.cnav, code="cnav-2025", title="Cnav 2025", indicators=("GLOB",), targets={})
    await write(world, answers(world.aide34, [world.herault], 60, 54, month=QUARTER[0]))
    await write(world, answers(world.aide34, [world.cnav], 5, 1, month=QUARTER[0], name="few"))
    await write(world, answers(world.cap, [world.herault], 50, 10, month=QUARTER[0]))
    await create(world.platform)
    html = await home_of(client, world, "provider", world.aide34)
    table = html.partition('id="voient"')[2].partition("</table>")[0]
    headings = re.findall(r'<th scope="col">(.*?)</th>', table)
    assert headings == ["Indicateur", "Cnav", "Hérault"]
    rows = seen(await client.get("/accueil")).partition("Visite bien passée")[2].partition("Taux")[0]
    assert "moins de 11 clients" in rows
    assert "90 % de 80 à 95 %, 60 clients" in rows
    assert "Cap Domicile" not in html


async def test_many_funders_are_counted_where_the_table_has_no_room(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    ids = await owner.fetch(
        """
        INSERT INTO organisation (id, platform_id, code, kind, name, short_name, email, phone, on_call_name,
            on_call_phone, activities, created_at)
        SELECT gen_random_uuid(), $1, 'F' || n, 'funder', repeat('Caisse très longue ', 6), 'Caisse ' || n,
            '', '', '', '', '{}', now()
        FROM generate_series(1, 5) n RETURNING id
        """,
        world.platform,
    )
    for number, row in enumerate(ids):
        await convene(world, row["id"], code=f"caisse-{number}", indicators=("GLOB",), targets={})
        await write(world, answers(world.aide34, [row["id"]], 20, 15, month=QUARTER[0], name=str(number)))
    await create(world.platform)
    words = await words_of(client, world, "provider", world.aide34)
    assert "Indicateur Caisse 1 Caisse 2 Caisse 3 Caisse 4 " in words
    assert "Un autre financeur lit vos résultats." in words


async def test_each_funder_has_a_column_before_any_has_two(client: httpx.AsyncClient, world: World) -> None:
    """Three départements of two funders are six columns: four have room, and no funder is left out."""
    await convene(world, world.herault)
    await convene(world, world.cnav, code="cnav-2025", title="Cnav 2025", targets={})
    await convene(world, world.gironde, code="gironde-2025", targets={}, departements=("34",))
    for place in ("34", "30", "11"):
        for funder in (world.herault, world.cnav, world.gironde):
            people = f"{place}-{funder}"
            await write(
                world,
                answers(world.aide34, [funder], 40, 30, month=QUARTER[0], name=people, departement=place),
            )
    await create(world.platform)
    html = await home_of(client, world, "provider", world.aide34)
    table = html.partition('id="voient"')[2].partition("</table>")[0]
    headings = re.findall(r'<th scope="col">(.*?)</th>', table)[1:]
    assert headings == ["Cnav, Aude", "Cnav, Gard", "Gironde, Hérault", "Hérault, Aude"]
    words = seen(await client.get("/accueil"))
    assert "3 autres colonnes se lisent dans vos indicateurs." in words
    assert "lit vos résultats." not in words


async def test_two_conventions_of_one_funder_are_told_apart(client: httpx.AsyncClient, world: World) -> None:
    await convene(world, world.herault, title="Aide 2025", activities=("I-3",))
    await convene(world, world.herault, code="herault-bis", title="Repas 2025", activities=("II-1",))
    for activity in ("I-3", "II-1"):
        people = answers(world.aide34, [world.herault], 40, 30, month=QUARTER[0], name=activity)
        await write(world, [replace(each, activity=activity) for each in people])
    await create(world.platform)
    html = await home_of(client, world, "provider", world.aide34)
    table = html.partition('id="voient"')[2].partition("</table>")[0]
    headings = re.findall(r'<th scope="col">(.*?)</th>', table)[1:]
    assert headings == ["Hérault, Aide 2025", "Hérault, Repas 2025"]


async def test_a_provider_in_no_convention_is_told_of_no_funder(
    client: httpx.AsyncClient, world: World
) -> None:
    await write(world, answers(world.aide34, [], 60, 54, month=QUARTER[0]))
    await create(world.platform)
    assert "Ce que vos financeurs voient" not in await home_of(client, world, "provider", world.aide34)
    words = seen(await client.get("/indicateurs"))
    assert "Aucun financeur ne lit encore de résultat sur vos visites" in words


async def test_a_provider_without_any_release_has_no_empty_table(
    client: httpx.AsyncClient, world: World
) -> None:
    assert "Ce que vos financeurs voient" not in await home_of(client, world, "provider", world.aide34)


async def test_an_observer_reads_what_is_published_of_the_country(
    client: httpx.AsyncClient, world: World
) -> None:
    assert "Aucun résultat n’est encore publié" in await words_of(client, world, "observer", world.observer)
    await third_quarter(world)
    words = await words_of(client, world, "observer", world.observer)
    assert "France entière, 3ᵉ trimestre 2026" in words
    assert (
        "Une région a des clients interrogés, une a un résultat publié. Aucun organisme n’est nommé." in words
    )
    for stranger in ("Aide 34", "Cap Domicile", "Convention"):
        assert stranger not in words


@pytest.mark.parametrize("month", [10, 11])
async def test_the_platform_reads_which_periods_it_may_publish(
    client: httpx.AsyncClient, world: World, month: int
) -> None:
    await write(world, answers(world.aide34, [], 60, 54, month=date(2026, month, 1)))
    words = await words_of(client, world, "platform")
    if month == 10:
        assert "Une période à publier octobre 2026" in words
        await create(world.platform)
        words = await words_of(client, world, "platform")
        assert "Dernière publication : octobre 2026, le mardi 24 novembre 2026." in words
    assert "Aucune période à publier La prochaine période, novembre 2026" in words
