"""/charte/editions: the files of the editions, and what is said of a file that is checked."""

import httpx
import pytest

from charter.editions import content, decode, load
from charter.publishing.checking import LARGEST, checked
from tests.charter.grids import WORDS, words
from tests.world import World, sign_in

SMALL = WORDS.encode()


async def sent(client: httpx.AsyncClient, token: str, name: str, raw: bytes) -> httpx.Response:
    files = {"fichier": (name, raw, "application/yaml")}
    return await client.post("/charte/editions", data={"jeton": token}, files=files)


def test_a_published_version_does_not_change() -> None:
    changed = SMALL.replace(b"Vous suivez.", b"Vous aidez.")
    (fault,) = checked("words.yaml", changed, {"words": words()}).faults
    assert (fault.line, fault.place) == (2, "$.version")
    assert "écrivez « version: 2 »" in fault.message
    newer = changed.replace(b"version: 1", b"version: 2", 1)
    assert checked("words.yaml", newer, {"words": words()}).faults == ()
    assert checked("words.yaml", SMALL, {"words": words()}).edition == words()


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
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "supervisor")
    page = (await client.get("/charte/editions")).text
    assert "/charte/editions/national-2012.yaml" in page
    assert "Vérifier un fichier" not in page
    file = await client.get("/charte/editions/national-2012.yaml")
    assert file.content == content("national-2012")
    assert decode(file.content, "national-2012") == load("national-2012")
    assert (await client.get("/charte/editions/secret.yaml")).status_code == 404


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
    good = await sent(client, token, "words.yaml", SMALL)
    assert (good.status_code, "ce fichier est juste" in good.text) == (200, True)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("", b""),
        ("words.yaml", b""),
        ("../../etc/passwd", SMALL),
        ("words.yaml", b"\xff\xfe\x00"),
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
