"""/charte/editions: files checked, previewed, published for ever and withdrawn, or refused in words."""

import hashlib

import asyncpg
import httpx
import pytest
from tortoise.exceptions import OperationalError

from charter.editions import content, decode, joined, load, shipped
from charter.publishing.checking import LARGEST, checked
from charter.publishing.showing import edition_list, opened, sealed
from quality.access.scope import scoped
from quality.db import execute
from quality.web import languages
from tests.charter.grids import MARKS, WORDS, marks, words
from tests.charter.owned import SECOND, fields_of, own
from tests.charter.test_broken_editions import BETWEEN, IN_MARKS, IN_WORDS, Broken, line_of
from tests.quality.web.pages import read
from tests.world import World, sign_in

SMALL = WORDS.encode()
KNOWN = joined(shipped().every, (words(),))


async def sent(client: httpx.AsyncClient, token: str, name: str, raw: bytes) -> httpx.Response:
    files = {"fichier": (name, raw, "application/yaml")}
    return await client.post("/charte/editions", data={"jeton": token}, files=files)


async def published(
    client: httpx.AsyncClient, token: str, raw: bytes = SMALL, name: str = "words.yaml"
) -> httpx.Response:
    """Publish a file as the form of its preview does."""
    page = read((await sent(client, token, name, raw)).text)
    action = "/charte/editions/publier"
    return await client.post(action, data=fields_of(page, action))


def test_a_published_version_does_not_change() -> None:
    changed = SMALL.replace(b"Vous suivez.", b"Vous aidez.")
    (fault,) = checked("words.yaml", changed, KNOWN).faults
    assert (fault.line, fault.place) == (2, "$.version")
    assert "écrivez «\u00a0version: 2\u00a0»" in fault.message
    newer = changed.replace(b"version: 1", b"version: 2", 1)
    found = checked("words.yaml", newer, KNOWN)
    assert (found.faults, found.is_published) == ((), False)
    same = checked("words.yaml", SMALL, KNOWN)
    assert (same.edition, same.is_published) == (words(), True)


def test_the_code_of_what_ships_stays_its_own() -> None:
    changed = content("national-2012").replace(b"version: 1", b"version: 2", 1)
    (fault,) = checked("national-2012.yaml", changed, shipped()).faults
    assert (fault.line, fault.place) == (1, "$.code")
    assert "donnez un autre code" in fault.message
    again = checked("national-2012.yaml", content("national-2012"), shipped())
    assert (again.faults, again.is_published) == ((), True)


@pytest.mark.parametrize(
    ("name", "faults"), [("words", 0), ("words.1", 0), ("words.2", 1), ("others.1", 1), ("words.x", 1)]
)
def test_the_name_of_a_file_says_its_code_and_may_say_its_version(name: str, faults: int) -> None:
    assert len(checked(f"{name}.yaml", SMALL, shipped()).faults) == faults


def test_what_a_form_holds_of_a_file_is_the_file() -> None:
    assert opened(sealed(SMALL)) == SMALL
    assert [opened(each) for each in ("", "é", "AAAA", "=")] == [b""] * 4
    assert len(opened(sealed(b"x" * (3 * LARGEST)))) == LARGEST


@pytest.mark.parametrize("coding", ["utf-16", "cp1252"])
async def test_a_file_in_another_coding_is_refused_in_words(
    client: httpx.AsyncClient, world: World, coding: str
) -> None:
    token = await sign_in(client, world, "platform")
    raw = content("national-2012").decode().encode(coding, "ignore")
    answer = await sent(client, token, "national-2012.yaml", raw)
    assert answer.status_code == 422
    assert "enregistrez-le avec ce codage" in answer.text


async def test_the_platform_takes_each_edition_away_as_it_is_published(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await own(owner, world)
    await own(owner, world, SECOND)
    await sign_in(client, world, "supervisor")
    page = (await client.get("/charte/editions")).text
    assert "/charte/editions/national-2012.yaml" in page
    assert 'type="file"' not in page
    assert "/charte/editions/retirer" not in page
    file = await client.get("/charte/editions/national-2012.yaml")
    assert file.content == content("national-2012")
    assert decode(file.content, "national-2012") == load("national-2012")
    assert (await client.get("/charte/editions/secret.yaml")).status_code == 404
    assert (await client.get("/charte/editions/words.1.yaml")).content == SMALL
    newest = await client.get("/charte/editions/words.yaml")
    assert newest.content == SECOND.encode()
    assert newest.headers["content-disposition"] == 'attachment; filename="words.2.yaml"'


async def test_each_fault_is_shown_with_its_file_its_place_and_what_to_do(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    broken = SMALL.replace(b"criteria: 4", b"criteria: 5").replace(b"[log]", b"[lost]", 1)
    line = broken[: broken.index(b"[lost]")].count(b"\n") + 1
    answer = await sent(client, token, "words.yaml", broken)
    assert answer.status_code == 422
    for shown in (
        "words.yaml",
        f"Ligne {line}",
        "chapters[0].criteria[0].evidence",
        "counts.criteria",
    ):
        assert shown in answer.text
    assert "/charte/editions/publier" not in answer.text


async def test_each_kind_of_broken_edition_is_refused_by_the_page(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    assert len(IN_WORDS) > 40
    for kind, broken in IN_WORDS.items():
        text = WORDS.replace(broken.old, broken.new, 1)
        answer = await sent(client, token, "words.yaml", text.encode())
        assert answer.status_code == 422, kind
        shown = read(answer.text).all("main")[0].text
        assert f"Ligne {line_of(text, broken.at)}" in shown, kind
        assert broken.message.replace("\u00a0", " ") in shown.replace("\u00a0", " "), kind
        form = {"jeton": token, "nom": "words.yaml", "contenu": sealed(text.encode())}
        assert (await client.post("/charte/editions/publier", data=form)).status_code == 422, kind
    assert await owner.fetchval("SELECT count(*) FROM charter_edition") == 0


async def test_a_good_file_is_read_before_it_is_published_byte_for_byte(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    raw = SMALL.replace(b"\n", b"\r\n")
    preview = read((await sent(client, token, "words.yaml", raw)).text).all("main")[0].text
    for shown in (
        "Petite charte",
        "4 critères, dont 2 obligatoires",
        "1.1 Vous notez",
        "impératif",
        "Bien, Moyen",
    ):
        assert shown in preview.replace("\u00a0", " ")
    assert await owner.fetchval("SELECT count(*) FROM charter_edition") == 0
    done = await published(client, token, raw)
    assert done.headers["location"] == "/charte/editions?fait=words.1"
    assert "est publiée" in (await client.get(done.headers["location"])).text
    row = await owner.fetchrow("SELECT platform_id, code, version, content, sha256 FROM charter_edition")
    assert tuple(row) == (world.platform, "words", 1, raw, hashlib.sha256(raw).digest())
    assert (await client.get("/charte/editions/words.yaml")).content == raw
    trail = "SELECT subject, detail->>'sha256' FROM audit WHERE action = 'edition.publish'"
    assert tuple(await owner.fetchrow(trail)) == ("words.1", hashlib.sha256(raw).hexdigest())


async def test_the_same_version_is_published_once_and_another_text_never_takes_its_place(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    await published(client, token)
    again = await sent(client, token, "words.yaml", SMALL)
    assert (again.status_code, "déjà publiée" in again.text) == (200, True)
    form = {"jeton": token, "nom": "words.yaml", "contenu": sealed(SMALL)}
    assert (await client.post("/charte/editions/publier", data=form)).status_code == 409
    other = sealed(SMALL.replace(b"Vous suivez.", b"Vous aidez."))
    refused = await client.post("/charte/editions/publier", data={**form, "contenu": other})
    assert (refused.status_code, "ne change plus" in refused.text) == (422, True)
    shown = (await sent(client, token, "words.yaml", SECOND.encode())).text
    assert "3\u00a0critères inchangés" in shown or "3 critères inchangés" in shown
    await published(client, token, SECOND.encode())
    rows = await owner.fetch("SELECT version, content FROM charter_edition ORDER BY version")
    assert [tuple(row) for row in rows] == [(1, SMALL), (2, SECOND.encode())]


async def test_no_statement_changes_what_is_published(world: World, owner: asyncpg.Connection) -> None:
    await own(owner, world)
    await owner.execute("SET session_replication_role = origin")
    every = ("content = 'x'", "code = 'other'", "version = 9", "published_at = now()", "published_by = NULL")
    try:
        for change in (
            *(f"UPDATE charter_edition SET {each}" for each in every),
            "DELETE FROM charter_edition",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await owner.execute(change)
    finally:
        await owner.execute("SET session_replication_role = replica")
    assert await owner.fetchval("SELECT count(*) FROM charter_edition WHERE code = 'words'") == 1


async def test_a_platform_withdraws_its_own_once_and_never_what_ships(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    await published(client, token)
    form = {"jeton": token, "edition": "words.1"}
    assert (await client.post("/charte/editions/retirer", data=form)).status_code == 303
    page = (await client.get("/charte/editions")).text
    assert ("Retirée" in page, "/charte/editions/retirer" in page) == (True, False)
    assert (await client.post("/charte/editions/retirer", data=form)).status_code == 409
    ships = {"jeton": token, "edition": "national-2012.1"}
    assert (await client.post("/charte/editions/retirer", data=ships)).status_code == 404
    assert await owner.fetchval("SELECT subject FROM audit WHERE action = 'edition.withdraw'") == "words.1"
    assert (await client.get("/charte/editions/words.yaml")).content == SMALL


async def test_a_version_that_a_campaign_asks_for_is_not_withdrawn(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    await published(client, token)
    form = {"jeton": token, "nom": "Cohorte", "edition": "words", "etendue": "full", "relance": "7"}
    dates = {"debut": "2026-11-20", "fin": "2027-03-01", "invites": "all"}
    campaign = (await client.post("/charte/campagnes/nouvelle", data=form | dates)).headers["location"]
    gone = {"jeton": token, "edition": "words"}
    refused = await client.post("/charte/editions/retirer", data=gone)
    assert (refused.status_code, "Cohorte" in refused.text) == (409, True)
    assert await owner.fetchval("SELECT withdrawn_at FROM charter_edition") is None
    await client.post(campaign, data={"jeton": token, "geste": "clore"})
    assert (await client.post("/charte/editions/retirer", data=gone)).status_code == 303


async def test_only_the_platform_publishes(world: World) -> None:
    row = "gen_random_uuid(), $1, 'words', 1, $2, sha256($2), '2026-11-24'"
    names = "id, platform_id, code, version, content, sha256, published_at"
    for role in ("supervisor", "provider", "funder"):
        with pytest.raises(OperationalError, match="row-level security"):
            async with scoped(world.actor(role, world.aide34)) as db:
                await execute(
                    db, f"INSERT INTO charter_edition ({names}) VALUES ({row})", world.platform, SMALL
                )


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("", b""),
        ("words.yaml", b""),
        ("../../etc/passwd", SMALL),
        ("words.yaml", b"\xff\xfe\x00"),
        ("words.yaml", WORDS.replace("code: words", "code: national-2012").encode("utf-16")),
        ("words.yaml", b"x" * (LARGEST + 1)),
        ("words.yaml", b"a: &a [x]\nb: [*a, *a]"),
    ],
)
async def test_what_is_no_edition_is_refused_in_words(
    client: httpx.AsyncClient, world: World, name: str, raw: bytes
) -> None:
    token = await sign_in(client, world, "platform")
    answer = await sent(client, token, name, raw)
    assert answer.status_code == 422
    assert 'href="#fichier"' in answer.text


async def test_gironde_and_a_provider_open_no_edition(client: httpx.AsyncClient, world: World) -> None:
    for role, organisation in (("funder", world.gironde), ("provider", world.aide34)):
        await sign_in(client, world, role, organisation)
        for path in ("/charte/editions", "/charte/editions/national-2012.yaml"):
            assert (await client.get(path)).status_code == 403


@pytest.mark.parametrize("broken", (IN_WORDS | IN_MARKS | BETWEEN).values())
def test_each_fault_is_said_in_english_too(broken: Broken) -> None:
    text = MARKS if broken in IN_MARKS.values() else WORDS
    text = text.replace(broken.old, broken.new, 1)
    known = joined(shipped().every, (marks(),)) if text.startswith("code: words") else shipped()
    name = text.splitlines()[0].removeprefix("code: ")
    found = checked(f"{name}.yaml", text.encode(), known)
    with languages.using("en"):
        shown = edition_list(known, may_publish=True, found=found)
    with languages.using("fr"):
        told = edition_list(known, may_publish=True, found=found)
    assert shown.faults
    for english, french, fault in zip(shown.faults, told.faults, found.faults, strict=True):
        assert english.message != french.message
        assert french.message in {each.message for each in found.faults}
        assert not set("{}«»éèàùê") & set(english.message), (english.message, fault)


async def test_a_reader_in_english_reads_the_faults_in_english(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    client.cookies.set("langue", "en")
    broken = SMALL.replace(b'"2026-11-01"', b"2026")
    answer = await sent(client, token, "words.yaml", broken)
    assert "here must be a date, and not a whole number: add quotes" in answer.text
