"""/charte/preuves: what is kept, for how many criteria, who reads it, and how it is served."""

import asyncio
import gc
import hashlib
import tracemalloc
from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import httpx
import pytest

from charter.evidence.keeping import MOST, Given, add, proofs
from quality import jobs
from quality.access.scope import scoped
from quality.errors import Invalid
from tests.charter.declared import declare
from tests.quality.web.pages import read
from tests.rows import insert, valid_rows
from tests.world import AIDE_34, World, sign_in

PDF = b"%PDF-1.7\n" + b"x" * 700_000
LOG = {"document": "complaint_log", "expire": "2027-06-30"}


@pytest.fixture
async def token(client: httpx.AsyncClient, world: World) -> str:
    return await sign_in(client, world, "provider", world.aide34)


async def given(
    client: httpx.AsyncClient, token: str, name: str = "registre.pdf", content: bytes = PDF
) -> str:
    """Send an evidence; return its address."""
    answer = await client.post(
        "/charte/preuves", data={"jeton": token, **LOG}, files={"fichier": (name, content)}
    )
    assert answer.status_code == 303, answer.text
    return "/charte/preuves/" + answer.headers["location"].rpartition("fait=")[2]


async def test_one_evidence_serves_every_criterion_that_asks_for_it_in_every_edition(
    client: httpx.AsyncClient, token: str
) -> None:
    address = await given(client, token)
    page = read((await client.get(address)).text)
    served = {each.attributes["href"] for each in page.all("a") if "edition=" in each.attributes["href"]}
    assert any("service-commitments" in href for href in served)
    assert any("three-chapters" in href for href in served)
    shown = (await client.get("/charte/3/7")).text
    assert "registre.pdf" not in shown
    assert "Registre des réclamations" in shown
    assert "Valable jusqu’au" in shown


async def test_a_file_comes_back_byte_for_byte_to_be_saved_and_never_shown(
    client: httpx.AsyncClient, token: str
) -> None:
    address = await given(client, token, "../../re\r\ngistre.pdf")
    answer = await client.get(f"{address}/fichier/1")
    assert hashlib.sha256(answer.content).digest() == hashlib.sha256(PDF).digest()
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "/" not in answer.headers["content-disposition"].replace("UTF-8''", "")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "application/pdf"
    assert hashlib.sha256(PDF).hexdigest() in (await client.get(address)).text


async def test_beyond_the_limit_an_evidence_is_refused_in_words_and_none_disappears(
    client: httpx.AsyncClient, world: World, token: str, owner: asyncpg.Connection
) -> None:
    await given(client, token)
    await owner.execute(
        "INSERT INTO evidence (id, platform_id, provider_id, title, document, created_at, expires_on) "
        "SELECT gen_random_uuid(), platform_id, provider_id, title, document, created_at, expires_on "
        "FROM evidence, generate_series(2, $1)",
        MOST,
    )
    form = {"jeton": token, **LOG}
    refused = await client.post("/charte/preuves", data=form, files={"fichier": ("a.pdf", PDF)})
    assert refused.status_code == 422
    assert "Vous gardez déjà 500 preuves" in refused.text
    assert await owner.fetchval("SELECT count(*) FROM evidence") == MOST
    await owner.execute(
        "UPDATE evidence SET withdrawn_at = created_at WHERE ctid = (SELECT min(ctid) FROM evidence)"
    )
    await given(client, token)


async def test_several_at_once_do_not_pass_the_most_that_is_kept(
    world: World, owner: asyncpg.Connection
) -> None:
    row = {"platform_id": world.platform, "provider_id": world.aide34, "withdrawn_at": None}
    await insert(owner, "evidence", {**valid_rows()["evidence"], **row})
    await owner.execute(
        "INSERT INTO evidence "
        "SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).* FROM evidence e, "
        "generate_series(3, $1::int)",
        MOST,
    )
    link = Given(document="complaint_log", url="https://aide34.invalid/registre")
    adding = [add(world.provider, world.house.keyring, link, None) for _ in range(4)]
    found = await asyncio.gather(*adding, return_exceptions=True)
    assert sum(isinstance(each, Invalid) for each in found) == 3
    assert await owner.fetchval("SELECT count(*) FROM evidence") == MOST


async def test_an_address_is_kept_whatever_the_case_of_its_scheme(
    client: httpx.AsyncClient, token: str, owner: asyncpg.Connection
) -> None:
    form = {"jeton": token, **LOG, "adresse": "Https://Aide34.invalid/Registre"}
    assert (await client.post("/charte/preuves", data=form)).status_code == 303
    kept = await owner.fetchval("SELECT url FROM evidence_revision")
    assert kept == "https://Aide34.invalid/Registre"


async def test_a_revision_keeps_the_one_before(
    client: httpx.AsyncClient, token: str, owner: asyncpg.Connection
) -> None:
    address = await given(client, token)
    newer = {"jeton": token, "expire": "2028-01-01"}
    answer = await client.post(address, data=newer, files={"fichier": ("b.txt", b"Nouveau")})
    assert answer.status_code == 303
    assert (await client.get(f"{address}/fichier/1")).content == PDF
    assert (await client.get(f"{address}/fichier/2")).content == b"Nouveau"
    assert await owner.fetchval("SELECT expires_on FROM evidence") == date(2028, 1, 1)
    assert (await client.post(address, data={"jeton": token, "choix": "retirer"})).status_code == 303
    assert (await client.get(address)).status_code == 404


@pytest.mark.parametrize(
    ("form", "files", "field"),
    [
        (LOG, {"fichier": ("a.svg", b"<svg onload='alert(1)'/>")}, "fichier"),
        (LOG, {"fichier": ("a.pdf", b"MZ")}, "fichier"),
        (LOG, {}, "fichier"),
        ({**LOG, "adresse": "javascript:alert(1)"}, {}, "adresse"),
        ({**LOG, "adresse": "https://[x"}, {}, "adresse"),
        ({**LOG, "adresse": "ht\ntps://aide34.invalid/"}, {}, "adresse"),
        ({**LOG, "expire": "demain", "adresse": "https://aide34.invalid/"}, {}, "expire"),
        ({"document": "", "adresse": "https://aide34.invalid/"}, {}, "document"),
        ({"document": "recipe", "adresse": "https://aide34.invalid/"}, {}, "document"),
    ],
)
async def test_what_cannot_be_kept_is_refused_with_its_reason_and_nothing_is_written(
    client: httpx.AsyncClient,
    token: str,
    owner: asyncpg.Connection,
    form: dict[str, str],
    files: dict[str, tuple[str, bytes]],
    field: str,
) -> None:
    answer = await client.post("/charte/preuves", data={"jeton": token, **form}, files=files or None)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    for table in ("evidence", "file", "file_chunk"):
        assert await owner.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_two_gigabytes_are_refused_while_they_come_and_memory_stays_flat(
    client: httpx.AsyncClient, token: str, owner: asyncpg.Connection
) -> None:
    sent = 0
    block = b"x" * 1_048_576

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        part = "--b\r\ncontent-disposition: form-data; name="
        file = '"fichier"; filename="a.pdf"'
        head = f'{part}"jeton"\r\n\r\n{token}\r\n{part}{file}\r\n\r\n%PDF-'
        yield head.encode()
        for _ in range(2_048):
            sent += len(block)
            yield block

    gc.collect()
    tracemalloc.start()
    answer = await client.post(
        "/charte/preuves", content=body(), headers={"content-type": "multipart/form-data; boundary=b"}
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert answer.status_code == 413
    assert sent < 100 * len(block)
    assert peak < 16 * 1_048_576
    assert await owner.fetchval("SELECT count(*) FROM file") == 0


async def test_the_platform_reads_and_gironde_and_another_provider_do_not(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    address = await given(client, token)
    await sign_in(client, world, "provider", world.cap)
    for path in (address, f"{address}/fichier/1"):
        assert (await client.get(path)).status_code == 404
    await sign_in(client, world, "platform")
    assert (await client.get(f"{address}?organisme={AIDE_34}")).status_code == 200
    assert (await client.get(f"{address}/fichier/1?organisme={AIDE_34}")).content == PDF
    await sign_in(client, world, "funder", world.gironde)
    for path in (address, f"{address}/fichier/1", "/charte/preuves"):
        assert (await client.get(path)).status_code == 403
    async with scoped(world.stranger) as db:
        assert await proofs(db, world.aide34) == ()


async def test_an_evidence_that_expires_is_told_once_before_and_once_after(
    world: World, same_clock: None, owner: asyncpg.Connection
) -> None:
    await sign_in_only(world)
    soon = Given(document="complaint_log", expires_on="2026-12-10", url="https://aide34.invalid/registre")
    await add(world.provider, world.house.keyring, soon, None)
    remind = world.house.jobs["charter-reminders"]
    for _ in range(2):
        await jobs.run_now(world.house, remind)
    assert await subjects(owner) == ["Une preuve expire bientôt"]
    await owner.execute("UPDATE evidence SET expires_on = '2026-11-20'")
    for _ in range(2):
        await jobs.run_now(world.house, remind)
    assert await subjects(owner) == ["Une preuve expire bientôt", "Une preuve vient d’expirer"]


async def sign_in_only(world: World) -> None:
    """Give Aide 34 an account."""
    await sign_in(httpx.AsyncClient(), world, "provider", world.aide34)


async def subjects(owner: asyncpg.Connection) -> list[str]:
    return [row[0] for row in await owner.fetch("SELECT subject FROM mail_outbox ORDER BY created_at, id")]


async def test_the_check_before_sending_says_what_lacks_a_proof_and_which_one_is_expired(
    client: httpx.AsyncClient, world: World, token: str
) -> None:
    await declare(world, {"3.7": "yes", "1.1": "yes", "1.2": "no"})
    old = Given(document="complaint_log", expires_on="2026-01-01", url="https://aide34.invalid/registre")
    await add(world.provider, world.house.keyring, old, None)
    page = read((await client.get("/charte/verification")).text)
    cards = {each.attributes["aria-labelledby"]: each.text for each in page.all("section")}
    assert "3.7" in cards["expired-avertit"]
    assert "1.1" in cards["unproven-avertit"]
    assert "1.4" in cards["unanswered-bloque"]
    assert "1.2" not in cards["unproven-avertit"]
