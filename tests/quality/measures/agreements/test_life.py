"""A convention from its draft to its renewal with another funder, as its parties live it in their browser."""

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from quality import clock
from quality.access.scope import scoped
from quality.db import fetch, pool
from quality.errors import Conflict, Forbidden, Invalid, NotFound
from quality.measures.agreements import drafting, ending, signing
from quality.measures.agreements.drafting import create_convention
from quality.measures.agreements.form import Typed, read, typed_of
from quality.measures.agreements.terms import Terms, terms_of
from quality.measures.releases.releasing import create
from quality.measures.views.conventions import agreement, conventions
from tests.quality.measures.cells import answers, write
from tests.world import World, sign_in

CODE = "banc-2027"
HYPOTHESIS = "Un appel le lendemain fait répondre plus de clients de 85 ans et plus."


def draft(world: World, **facts: object) -> Terms:
    given: dict[str, object] = {
        "code": CODE,
        "title": "Banc d’essai de l’appel du lendemain",
        "funder": world.herault,
        "providers": (world.aide34, world.cap),
        "starts_on": date(2026, 12, 1),
        "ends_on": date(2027, 5, 31),
        "status": "draft",
        "indicators": ("GLOB", "PONCT"),
        "targets": {"GLOB": 82.5},
        "authority": {"replan_hours": 48, "refund_cents": 4000, "supervisor": {"mediation": True}},
        "is_experiment": True,
        "hypothesis": HYPOTHESIS,
    }
    return Terms(**{**given, **facts})  # type: ignore[arg-type]


async def sign_as_it_stands(world: World, *organisations: tuple[str, UUID]) -> None:
    for role, organisation in organisations:
        actor = world.actor(role, organisation)
        async with scoped(actor):
            digest = terms_of(await agreement(actor, CODE)).digest.hex()
        await signing.sign(actor, CODE, digest)


def parties(world: World) -> tuple[tuple[str, UUID], ...]:
    return ("funder", world.herault), ("provider", world.aide34), ("provider", world.cap)


async def row_of(code: str = CODE) -> dict:
    (row,) = await fetch(pool("work"), "SELECT * FROM convention WHERE code = $1", code)
    return row


async def test_a_draft_is_read_by_its_parties_once_it_is_proposed_and_counts_nothing(world: World) -> None:
    await create_convention(world.staff, draft(world))
    for actor in (world.funder, world.provider):
        async with scoped(actor):
            with pytest.raises(NotFound):
                await agreement(actor, CODE)
    await drafting.propose(world.staff, CODE)
    for actor in (world.funder, world.provider):
        async with scoped(actor):
            assert (await agreement(actor, CODE)).status == "draft"
            assert await conventions(actor) == []
    async with scoped(world.stranger):
        with pytest.raises(NotFound):
            await agreement(world.stranger, CODE)


async def test_it_is_in_force_once_every_party_has_signed(world: World) -> None:
    await create_convention(world.staff, draft(world))
    await drafting.propose(world.staff, CODE)
    everybody = parties(world)
    await sign_as_it_stands(world, *everybody[:2])
    with pytest.raises(Conflict):
        await drafting.activate(world.staff, CODE)
    await sign_as_it_stands(world, everybody[2], everybody[2])
    await drafting.activate(world.staff, CODE)
    assert (await row_of())["status"] == "experimental"
    with pytest.raises(Conflict):
        await drafting.amend(world.staff, CODE, draft(world, title="Autre"))
    with pytest.raises(Conflict):
        await sign_as_it_stands(world, everybody[0])
    lines = await fetch(pool("work"), "SELECT action FROM audit WHERE action LIKE 'convention.%' ORDER BY id")
    assert [line["action"].partition(".")[2] for line in lines] == [
        *("create", "propose", "sign", "sign", "sign", "sign", "activate")
    ]


async def test_terms_that_change_are_proposed_and_signed_again(world: World) -> None:
    await create_convention(world.staff, draft(world))
    await drafting.propose(world.staff, CODE)
    await sign_as_it_stands(world, *parties(world))
    await drafting.amend(world.staff, CODE, draft(world))  # nothing is different
    assert (await row_of())["proposed_at"] is not None
    await drafting.amend(world.staff, CODE, draft(world, targets={"GLOB": 90}))
    assert (await row_of())["proposed_at"] is None
    with pytest.raises(Conflict):
        await drafting.activate(world.staff, CODE)
    await drafting.amend(world.staff, CODE, draft(world))  # back to what was signed
    await drafting.propose(world.staff, CODE)
    await drafting.activate(world.staff, CODE)


async def test_nobody_signs_terms_that_they_have_not_read(world: World) -> None:
    await create_convention(world.staff, draft(world))
    await drafting.propose(world.staff, CODE)
    read_before = draft(world).digest.hex()
    await drafting.amend(world.staff, CODE, draft(world, hypothesis="Autre chose."))
    await drafting.propose(world.staff, CODE)
    with pytest.raises(Conflict, match="a changé"):
        await signing.sign(world.funder, CODE, read_before)
    for actor in (world.staff, world.agent):
        with pytest.raises(Forbidden):
            await signing.sign(actor, CODE, read_before)


async def test_the_database_lets_nobody_sign_for_another(world: World, owner: asyncpg.Connection) -> None:
    await create_convention(world.staff, draft(world))
    await drafting.propose(world.staff, CODE)
    convention = (await row_of())["id"]
    with pytest.raises(Exception, match="row-level security"):
        async with scoped(world.provider) as db:
            await fetch(
                db,
                """
                INSERT INTO convention_signature (id, platform_id, convention_id, organisation_id, digest,
                    signer, signed_at)
                VALUES (gen_random_uuid(), $1, $2, $3, $4, '', now())
                """,
                world.platform,
                convention,
                world.cap,
                b"0" * 32,
            )


async def test_an_experiment_is_concluded_and_renewed_with_another_funder(world: World) -> None:
    await create_convention(world.staff, draft(world))
    await drafting.propose(world.staff, CODE)
    with pytest.raises(Conflict):
        await ending.conclude(world.staff, CODE, "confirmed", "Plus de réponses.")
    await sign_as_it_stands(world, *parties(world))
    await drafting.activate(world.staff, CODE)
    await ending.conclude(world.staff, CODE, "confirmed", "Plus de réponses.")
    assert ((await row_of())["verdict"], (await row_of())["conclusion"]) == ("confirmed", "Plus de réponses.")
    made = await ending.renew(world.staff, CODE, world.cnav)
    fresh, before = await row_of(made), await row_of()
    assert (made, fresh["status"], fresh["funder_id"]) == ("banc-2027-2", "draft", world.cnav)
    assert fresh["renewed_from_id"] == before["id"]
    assert (fresh["starts_on"], fresh["ends_on"]) == (date(2026, 12, 1), date(2027, 5, 31))
    assert (fresh["hypothesis"], fresh["verdict"]) == (HYPOTHESIS, "")


async def running(world: World, **facts: object) -> None:
    given = {"status": "in_force", "is_experiment": False, "starts_on": date(2025, 1, 1), "ends_on": None}
    await create_convention(world.staff, draft(world, **{**given, **facts}))


async def test_a_convention_ends_with_the_day_that_is_chosen(world: World) -> None:
    await running(world)
    await ending.end(world.staff, CODE, date(2026, 11, 30))
    row = await row_of()
    assert (row["status"], row["ends_on"]) == ("in_force", date(2026, 11, 30))
    await ending.end(world.staff, CODE, date(2026, 11, 24))
    assert (await row_of())["ends_on"] == date(2026, 11, 24)
    clock.set_offset(clock.offset() + timedelta(days=1))
    with pytest.raises(Conflict):
        await ending.end(world.staff, CODE, date(2026, 11, 30))


@pytest.mark.parametrize(
    ("facts", "last", "words"),
    [
        ({}, date(2026, 11, 23), "Choisissez le mardi 24 novembre 2026 ou un jour d’après"),
        ({"starts_on": date(2026, 12, 1)}, date(2026, 11, 30), "Choisissez le mardi 1er décembre 2026"),
        ({"ends_on": date(2026, 12, 31)}, date(2027, 1, 31), "finit déjà le jeudi 31 décembre 2026"),
    ],
    ids=["past", "before its first day", "after the agreed end"],
)
async def test_a_convention_ends_neither_in_the_past_nor_later_than_agreed(
    world: World, facts: dict[str, object], last: date, words: str
) -> None:
    await running(world, **facts)
    before = (await row_of())["ends_on"]
    with pytest.raises(Invalid) as refused:
        await ending.end(world.staff, CODE, last)
    assert words in seen(refused.value.errors[0].message)
    assert (await row_of())["ends_on"] == before


@pytest.mark.parametrize(
    ("facts", "proposed"),
    [
        ({}, "2026-11-30"),
        ({"ends_on": date(2026, 11, 27)}, "2026-11-27"),
        ({"starts_on": date(2027, 2, 1)}, "2027-02-28"),
    ],
    ids=["this month", "agreed sooner", "not begun"],
)
async def test_the_end_of_the_month_is_proposed(
    client: httpx.AsyncClient, world: World, facts: dict[str, object], proposed: str
) -> None:
    await running(world, **facts)
    token = await sign_in(client, world, "platform")
    page = (await client.get(f"/conventions/{CODE}")).text
    assert re.search(rf'name="dernier"[^>]* value="{proposed}"', page)
    wrong = await post(client, token, f"/conventions/{CODE}/terminer", dernier="2026-02-31")
    assert wrong.status_code == 422
    assert "Écrivez une date" in wrong.text
    assert 'value="2026-02-31"' in wrong.text
    done = await post(client, token, f"/conventions/{CODE}/terminer", dernier=proposed)
    assert (done.status_code, done.url.path) == (200, f"/conventions/{CODE}")
    assert (await row_of())["ends_on"] == date.fromisoformat(proposed)


async def test_a_signed_convention_that_is_ended_keeps_its_signatures(
    client: httpx.AsyncClient, world: World
) -> None:
    await create_convention(world.staff, draft(world))
    await drafting.propose(world.staff, CODE)
    await sign_as_it_stands(world, *parties(world))
    await drafting.activate(world.staff, CODE)
    await ending.end(world.staff, CODE, date(2027, 1, 31))
    await sign_in(client, world, "platform")
    words = seen((await client.get(f"/conventions/{CODE}")).text)
    assert words.count("signé le") == 3
    assert "signé hors de ce site" not in words


async def test_the_parties_read_which_months_count(client: httpx.AsyncClient, world: World) -> None:
    await create_convention(world.staff, draft(world, starts_on=date(2026, 12, 2)))
    await drafting.propose(world.staff, CODE)
    await sign_in(client, world, "funder", world.herault)
    words = seen((await client.get(f"/conventions/{CODE}")).text)
    assert "Mois comptés Janvier 2027 à mai 2027. Un mois que les dates ne contiennent pas" in words
    await sign_in(client, world, "platform")
    assert "Seuls les mois entiers comptent" in seen((await client.get("/conventions/nouvelle")).text)


async def test_before_its_first_whole_month_nothing_is_promised_sooner(
    client: httpx.AsyncClient, world: World
) -> None:
    await running(world, starts_on=date(2026, 11, 15))
    await sign_in(client, world, "funder", world.herault)
    words = seen((await client.get("/indicateurs")).text)
    assert "La prochaine période, décembre 2026, pourra être publiée le mardi 12 janvier 2027." in words


async def test_after_its_last_month_nothing_is_promised(client: httpx.AsyncClient, world: World) -> None:
    await running(world, ends_on=date(2026, 11, 10))
    await sign_in(client, world, "funder", world.herault)
    words = seen((await client.get("/indicateurs")).text)
    assert "La convention n’a plus de mois à venir. Mois comptés : janvier 2025 à octobre 2026." in words


async def test_a_period_that_is_counted_in_part_says_which_months(
    client: httpx.AsyncClient, world: World
) -> None:
    await experiment_of(world, starts_on=date(2026, 7, 15), ends_on=date(2026, 9, 30))
    for month in (7, 8, 9):
        people = answers(world.aide34, [world.herault], 60, 54)
        await write(world, [replace(each, month=date(2026, month, 1)) for each in people])
    await create(world.platform, "2026-09")
    await create(world.platform, "2026-Q3")
    await sign_in(client, world, "funder", world.herault)
    part = "La convention ne couvre pas toute la période. Mois comptés : août 2026 à septembre 2026."
    for path in ("/accueil", "/indicateurs", "/indicateurs/GLOB", "/indicateurs/territoires", "/rapports"):
        assert part in seen((await client.get(path)).text), path
    assert part not in seen((await client.get("/indicateurs?periode=2026-09")).text)
    await sign_in(client, world, "provider", world.aide34)
    home = seen((await client.get("/accueil")).text)
    assert "ne couvre pas toute la période. Mois comptés : août 2026 à septembre 2026." in home
    await sign_in(client, world, "platform")
    assert part in seen((await client.get(f"/conventions/{CODE}/evaluation")).text)


async def experiment_of(world: World, **facts: object) -> None:
    terms = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 10, 31), "status": "experimental", **facts}
    await create_convention(world.staff, draft(world, **terms))


async def test_a_convention_past_its_last_day_reads_as_ended_everywhere(
    client: httpx.AsyncClient, world: World
) -> None:
    await experiment_of(world)
    token = await sign_in(client, world, "platform")
    assert "terminée" in (await client.get("/conventions")).text
    page = (await client.get(f"/conventions/{CODE}")).text
    assert "terminée, du" in seen(page)
    assert f"/conventions/{CODE}/terminer" not in page
    ended = await post(client, token, f"/conventions/{CODE}/terminer", dernier="2026-11-30")
    assert ended.status_code == 409
    home = (await client.get("/accueil")).text
    assert "Écrire la fiche d’évaluation" in home
    assert f'href="/conventions/{CODE}/evaluation"' in home
    await ending.conclude(world.staff, CODE, "unsure", "Trop court.")
    assert "Écrire la fiche d’évaluation" not in (await client.get("/accueil")).text


async def test_on_its_last_day_an_experiment_still_runs(client: httpx.AsyncClient, world: World) -> None:
    await experiment_of(world, ends_on=date(2026, 11, 24))
    await sign_in(client, world, "platform")
    page = (await client.get(f"/conventions/{CODE}")).text
    assert "banc d’essai, du" in seen(page)
    assert f"/conventions/{CODE}/terminer" in page
    assert "Écrire la fiche d’évaluation de" not in (await client.get("/accueil")).text


async def test_the_sheet_shows_what_is_published_beside_the_targets(
    client: httpx.AsyncClient, world: World
) -> None:
    await experiment_of(world)
    await sign_in(client, world, "platform")
    sheet = f"/conventions/{CODE}/evaluation"
    assert "Aucun résultat de ce banc d’essai n’est publié." in (await client.get(sheet)).text
    await write(world, answers(world.aide34, [world.herault], 60, 54))
    await create(world.platform, "2026-10")
    words = seen((await client.get(sheet)).text)
    assert "Ce qui est mesuré Octobre 2026" in words
    assert "Visite bien passée Objectif ≥ 82,5 % 90 % de 80 à 95 %, 60 clients" in words
    token = await sign_in(client, world, "platform")
    again = await post(client, token, sheet, verdict="", conclusion="Mieux.")
    assert (again.status_code, "60 clients" in again.text) == (422, True)


def seen(page: str) -> str:
    """Give the words of a page, spaces made plain."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def test_the_day_of_an_end_and_of_a_renewal_is_that_of_paris(world: World) -> None:
    """At half past midnight of 1 December in Paris, it is still November by universal time."""
    just_after = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    clock.set_offset(clock.offset() + (just_after - clock.now()))
    terms = draft(world, status="in_force", is_experiment=False, starts_on=date(2025, 1, 1))
    await create_convention(world.staff, terms)
    made = await ending.renew(world.staff, CODE, world.cnav)
    with pytest.raises(Invalid):
        await ending.end(world.staff, CODE, date(2026, 11, 30))
    assert (await row_of(made))["starts_on"] == date(2027, 1, 1)


def test_what_is_typed_is_read_back(world: World) -> None:
    terms = draft(world)
    assert read(typed_of(terms)) == terms
    assert read(typed_of(terms)).digest == terms.digest


def test_a_target_of_what_is_not_followed_is_left_out(world: World) -> None:
    typed = typed_of(draft(world))
    less = Typed(typed.single, {**typed.several, "indicators": ("PONCT",)})
    assert read(less).targets == {}


# ---- in a browser ----


async def post(client: httpx.AsyncClient, token: str, path: str, **fields: object) -> httpx.Response:
    return await client.post(path, data={"jeton": token, **fields}, follow_redirects=True)


def typed_fields(terms: Terms) -> dict[str, object]:
    typed = typed_of(terms)
    return {**typed.single, **{name: list(values) for name, values in typed.several.items()}}


async def test_the_platform_writes_proposes_and_the_parties_sign_on_their_pages(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    assert "Nouvelle convention" in (await client.get("/conventions")).text
    assert (await client.get("/conventions/nouvelle")).status_code == 200
    made = await post(client, token, "/conventions/nouvelle", **typed_fields(draft(world)))
    assert made.url.path == f"/conventions/{CODE}"
    assert "Proposer à la signature" in made.text
    again = (await client.get(f"/conventions/{CODE}/modifier")).text
    assert HYPOTHESIS in again
    assert 'name="target-GLOB" value="82,5"' in again
    proposed = await post(client, token, f"/conventions/{CODE}/proposer")
    assert "0 signature sur 3" in proposed.text
    for role, organisation in parties(world):
        token = await sign_in(client, world, role, organisation)
        assert "Signer la convention" in (await client.get("/accueil")).text
        page = (await client.get(f"/conventions/{CODE}")).text
        digest = re.search(r'name="termes" value="(\w{64})"', page)
        assert digest
        signed = await post(client, token, f"/conventions/{CODE}/signer", termes=digest[1])
        assert "signé le" in signed.text
        assert 'name="termes"' not in signed.text
        assert "Signer la convention" not in (await client.get("/accueil")).text
    token = await sign_in(client, world, "platform")
    assert "Mettre en vigueur la convention" in (await client.get("/accueil")).text
    active = await post(client, token, f"/conventions/{CODE}/activer")
    assert "banc d’essai" in active.text
    sheet = await post(client, token, f"/conventions/{CODE}/evaluation", verdict="", conclusion="")
    assert sheet.status_code == 422
    assert "Dites si l’hypothèse est confirmée." in sheet.text
    done = await post(
        client, token, f"/conventions/{CODE}/evaluation", verdict="unsure", conclusion="Trop court."
    )
    assert "On ne peut pas conclure" in done.text
    renewed = await post(client, token, f"/conventions/{CODE}/reconduire", funder=str(world.cnav))
    assert renewed.url.path == "/conventions/banc-2027-2/modifier"


async def test_what_cannot_be_read_comes_back_with_what_to_mend(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    wrong = typed_fields(draft(world)) | {
        "starts_on": "demain",
        "solution_days": "dix",
        "target-GLOB": "haut",
    }
    page = await post(client, token, "/conventions/nouvelle", **wrong)
    assert page.status_code == 422
    for words in ("Écrivez une date", "Écrivez un nombre entier", "en pour cent, par exemple 85"):
        assert words in page.text
    assert 'value="dix"' in page.text
    assert HYPOTHESIS in page.text
    assert await fetch(pool("work"), "SELECT 1 FROM convention") == []
    nobody = typed_fields(draft(world)) | {"providers": [], "ends_on": ""}
    page = await post(client, token, "/conventions/nouvelle", **nobody)
    assert "Nommez au moins un organisme." in page.text
    assert "Un banc d’essai a une fin" in page.text


async def test_two_conventions_never_have_one_code(client: httpx.AsyncClient, world: World) -> None:
    await create_convention(world.staff, draft(world))
    token = await sign_in(client, world, "platform")
    page = await post(client, token, "/conventions/nouvelle", **typed_fields(draft(world)))
    assert page.status_code == 422
    assert "Une autre convention porte déjà ce code" in page.text


async def test_a_party_reads_no_page_of_the_writer(client: httpx.AsyncClient, world: World) -> None:
    await create_convention(world.staff, draft(world))
    await drafting.propose(world.staff, CODE)
    token = await sign_in(client, world, "funder", world.herault)
    assert (await client.get(f"/conventions/{CODE}/modifier")).status_code == 403
    assert (await post(client, token, f"/conventions/{CODE}/activer")).status_code == 403
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(f"/conventions/{CODE}")).status_code == 404
