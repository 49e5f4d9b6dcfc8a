"""The pages of received files, as a browser sees them."""

from uuid import UUID, uuid4

import asyncpg
import httpx

from quality.directory.intake.pages import SENDERS
from tests.files import visits_file
from tests.quality.directory.intake.sending import csv, visit
from tests.quality.directory.intake.test_batches import TWO_GOOD_ONE_BAD, preview
from tests.world import World, sign_in


async def upload(
    client: httpx.AsyncClient, token: str, content: bytes, name: str = "visites.csv", **fields: str
) -> httpx.Response:
    return await client.post(
        "/imports", data={"jeton": token, **fields}, files={"fichier": (name, content, "text/csv")}
    )


async def test_a_file_goes_from_its_upload_to_its_mended_rejects(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    made = visits_file(600, 10)
    token = await sign_in(client, world, "provider", world.aide34)
    sent = await upload(client, token, made.content)
    assert sent.status_code == 303
    page = await client.get(sent.headers["location"])
    assert page.status_code == 200
    assert "590 lignes prêtes, 10 à corriger" in page.text
    assert "Windows" in page.text
    assert "« Commentaire »" in page.text.replace("\u00a0", " ")
    assert "Ce qui va suivre" not in page.text
    assert await owner.fetchval("SELECT count(*) FROM intervention") == 0

    confirmed = await client.post(f"{page.url.path}/confirmer", data={"jeton": token})
    assert confirmed.headers["location"] == page.url.path
    done = await client.get(page.url.path)
    assert "590 lignes enregistrées" in done.text
    assert "590 visites vont être examinées" in done.text

    rejects = await client.get(f"{page.url.path}/rejets.csv")
    assert rejects.headers["content-type"] == "text/csv; charset=windows-1252"
    assert "attachment" in rejects.headers["content-disposition"]
    again = await upload(client, token, made.mended(rejects.content))
    assert "10 lignes prêtes" in (await client.get(again.headers["location"])).text


async def test_each_error_shows_its_line_column_value_and_what_to_do(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get(f"/imports/{await preview(world)}")
    row = page.text.partition("<mark>06 12</mark>")
    assert '<span class="narrow">Ligne </span>4</th><td><code>mobile</code></td>' in row[0]
    assert "dix chiffres" in row[2]


async def test_an_abandoned_file_says_so_and_gives_nothing_back(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    batch = await preview(world)
    gone = await client.post(f"/imports/{batch}/confirmer", data={"jeton": token, "choix": "abandon"})
    assert gone.headers["location"] == "/imports"
    assert "Abandonné" in (await client.get("/imports")).text
    assert "Fichier abandonné" in (await client.get(f"/imports/{batch}")).text
    assert (await client.get(f"/imports/{batch}/rejets.csv")).status_code == 404


async def test_the_menu_counts_the_files_to_confirm(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "provider", world.aide34)
    await preview(world)
    assert 'Fichiers<span class="count">1<' in (await client.get("/imports")).text


async def test_a_file_that_is_no_table_comes_back_with_a_clear_message(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    for content, message in (
        (b"", "vide"),
        (b"\x89PNG\r\n\x1a\n\x00", "texte"),
        (b"a;b\n1;2", "Il manque la colonne"),
    ):
        refused = await upload(client, token, content)
        assert refused.status_code == 422
        assert message in refused.text
        assert 'href="#fichier"' in refused.text
    nothing = await client.post("/imports", data={"jeton": token})
    assert nothing.status_code == 422
    assert "Choisissez un fichier" in nothing.text
    assert await owner.fetchval("SELECT count(*) FROM import_batch") == 0


async def test_a_file_above_20_mb_is_refused_in_french(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    for size in (20 * 1024 * 1024 + 1, 24 * 1024 * 1024):
        refused = await upload(client, token, b"x" * size)
        assert refused.status_code == 413
        assert "20" in refused.text
        assert refused.headers["content-language"] == "fr"


async def test_the_platform_chooses_the_provider(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "platform")
    listing = (await client.get("/imports")).text
    assert "Cap Domicile" in listing
    missing = await upload(client, token, TWO_GOOD_ONE_BAD)
    assert missing.status_code == 422
    assert 'href="#organisme"' in missing.text
    assert (await upload(client, token, TWO_GOOD_ONE_BAD, organisme=str(world.herault))).status_code == 404
    sent = await upload(client, token, TWO_GOOD_ONE_BAD, organisme=str(world.aide34))
    assert (await client.get(sent.headers["location"])).status_code == 200


async def test_gironde_has_no_page_of_files(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "funder", world.gironde)
    batch = await preview(world)
    for path in ("/imports", f"/imports/{batch}", f"/imports/{batch}/rejets.csv"):
        assert (await client.get(path)).status_code == 403
    assert (await upload(client, token, csv(visit()))).status_code == 403
    assert "funder" not in SENDERS


async def test_the_file_of_another_provider_is_unknown(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "provider", world.cap)
    batch = await preview(world)
    for path in (f"/imports/{batch}", f"/imports/{batch}/rejets.csv", f"/imports/{uuid4()}", "/imports/88"):
        assert (await client.get(path)).status_code == 404
    assert (await client.post(f"/imports/{batch}/confirmer", data={"jeton": token})).status_code == 404
    assert str(batch) not in (await client.get("/imports")).text
    assert await _state(owner, batch) == "previewed"


async def _state(owner: asyncpg.Connection, batch: UUID) -> str:
    return str(await owner.fetchval("SELECT state FROM import_batch WHERE id = $1", batch))
