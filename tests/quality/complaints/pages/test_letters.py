"""Letters: true words in large print, in the client's language, for those who may know its name."""

import re
import subprocess
from datetime import timedelta
from pathlib import Path
from shutil import which

import asyncpg
import httpx
import pytest

from quality import clock
from quality.complaints import client_words
from quality.complaints.pages import letters
from quality.complaints.resolving import handling, promising
from quality.complaints.resolving.authority import Remedy
from tests.conftest import need
from tests.quality.complaints.opened import filed
from tests.quality.complaints.resolving.test_promising import referenced
from tests.world import World, sign_in

PAGE = "/reclamations/1/lettre.pdf"
SOLUTION = {
    "cause_code": "travel",
    "cause": "Panne",
    "remedy_code": "refund",
    "solution": "Deux heures offertes",
}


def words(response: httpx.Response, tmp_path: Path) -> str:
    """Give the words that a reader of the PDF gets, spaces made plain."""
    need(which("pdftotext") is not None, "pdftotext (poppler-utils)")
    assert response.headers["content-type"] == "application/pdf"
    file = tmp_path / "letter.pdf"
    file.write_bytes(response.content)
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True).stdout.decode()
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


async def test_a_letter_says_that_the_complaint_is_open(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await filed(world)
    await sign_in(client, world, "agent")
    answer = await client.get(f"{PAGE}?modele=opened")
    said = words(answer, tmp_path)
    assert answer.headers["content-disposition"] == 'attachment; filename="reclamation-1.pdf"'
    for each in (
        "Mme Martin",
        "Réclamation 1",
        "Votre réclamation est bien reçue",
        "Nous l’avons ouverte le mardi 24 novembre 2026. Elle concerne Aide 34.",
        "avec votre nom",
        "au plus tard le jeudi 26 novembre 2026",
        "04 67 00 00 00",
    ):
        assert each in said
    written = await owner.fetchrow("SELECT action, subject, detail->>'letter' AS letter FROM audit")
    assert tuple(written) == ("complaint.letter", "1", "opened")


async def test_a_letter_speaks_the_language_of_its_client(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await filed(world, "anonymous")
    await owner.execute("UPDATE client SET language = 'en'")
    await sign_in(client, world, "platform")
    said = words(await client.get(PAGE), tmp_path)
    assert "We have received your complaint" in said
    assert "without your name" in said
    assert "réclamation" not in said


async def test_a_letter_is_tagged_for_screen_readers_and_large(
    client: httpx.AsyncClient, world: World, tmp_path: Path
) -> None:
    await filed(world)
    await sign_in(client, world, "agent")
    content = (await client.get(PAGE)).content
    assert b"/StructTreeRoot" in content
    assert b"pdfuaid" in content
    sizes = re.findall(r"size: (\d+)pt", letters.SOURCE.read_text(encoding="utf-8"))
    assert min(map(int, sizes)) >= 14


async def test_only_letters_that_are_true_now_can_be_drawn(
    client: httpx.AsyncClient, world: World, tmp_path: Path
) -> None:
    complaint = await filed(world)
    await sign_in(client, world, "agent")
    for code in ("remedied", "closed", "decided", "unknown"):
        assert (await client.get(f"{PAGE}?modele={code}")).status_code == 404
    await handling.acknowledge(world.provider, complaint.number)
    await remedied(world, complaint.number)
    said = words(await client.get(f"{PAGE}?modele=remedied"), tmp_path)
    assert words(await client.get(PAGE), tmp_path) == said  # the newest, unless one is chosen
    assert "Voici ce qui a été fait : Deux heures offertes." in said
    assert (await client.get(f"{PAGE}?modele=closed")).status_code == 404


async def remedied(world: World, number: int) -> None:
    await handling.remedy(world.staff, number, "late", **SOLUTION)


@pytest.mark.parametrize(("disclosure", "status"), [("named", 200), ("anonymous", 404), ("call_first", 404)])
async def test_a_provider_prints_no_letter_that_would_tell_a_name(
    client: httpx.AsyncClient, world: World, disclosure: str, status: int
) -> None:
    await filed(world, disclosure)
    await sign_in(client, world, "provider", world.aide34)
    answer = await client.get(PAGE)
    assert answer.status_code == status
    await sign_in(client, world, "provider", world.cap)
    assert (await client.get(PAGE)).status_code == 404


async def test_gironde_prints_nothing(client: httpx.AsyncClient, world: World) -> None:
    await filed(world)
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(PAGE)).status_code == 403


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_letter_is_said_whole_when_everything_is_known(language: str) -> None:
    facts = dict.fromkeys(client_words.FACTS, "…")
    for code, template in client_words.templates().items():
        told = client_words.told(code, language, facts, client_words.CASES)
        assert len(told.lines) == len(template.lines)
        assert not any("{" in line for line in (told.title, *told.lines))


def test_sentences_of_letters_stay_short() -> None:
    for template in client_words.templates().values():
        for line in template.lines:
            for sentence in re.split(r"(?<=[.?!])\s", line.fr):
                assert len(sentence.split()) <= 15, sentence


async def test_a_day_that_has_passed_its_use_is_left_out(
    client: httpx.AsyncClient, world: World, tmp_path: Path
) -> None:
    complaint = await filed(world)
    clock.set_offset(clock.offset() + timedelta(days=1))
    await handling.acknowledge(world.provider, complaint.number)
    await sign_in(client, world, "agent")
    said = words(await client.get(PAGE), tmp_path)
    assert "doit nous répondre" not in said
    assert "Vous devez avoir une solution" in said


async def test_a_letter_says_what_was_promised_in_the_client_s_language(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await filed(world)
    await referenced(world, {"refund_cents": 4_000})
    await promising.grant(
        world.agent, 1, Remedy.refund, amount_cents=2_550, detail="Votre heure du lundi vous est rendue"
    )
    await sign_in(client, world, "agent")
    said = words(await client.get(f"{PAGE}?modele=decided"), tmp_path)
    assert "Rembourser, 25,50 €. Votre heure du lundi vous est rendue." in said
    assert re.search(r"Réclamation 1, référence \w{4}-\w{4}", said)
    await owner.execute("UPDATE client SET language = 'en'")
    assert "Refund, €25.50" in words(await client.get(f"{PAGE}?modele=decided"), tmp_path)


async def test_a_serious_event_has_no_letter(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await filed(world, "anonymous")
    await owner.execute("UPDATE complaint SET is_serious = true, holder = 'platform', is_shared = false")
    await sign_in(client, world, "supervisor")
    for code in ("opened", "decided", "remedied"):
        assert (await client.get(f"{PAGE}?modele={code}")).status_code == 404
    assert "lettre.pdf" not in (await client.get("/reclamations/1")).text


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        ("state = 'promised', done_at = NULL, done_how = NULL", "Voici ce que nous vous promettons"),
        ("state = 'broken', done_at = NULL, done_how = NULL", "Cela n’a pas été fait à temps."),
        ("state = 'done', done_how = 'provider'", "On nous dit que c’est fait."),
    ],
)
async def test_a_letter_says_what_became_of_a_promise(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, tmp_path: Path, sets: str, said: str
) -> None:
    complaint = await filed(world)
    await promising.grant(world.staff, complaint.number, Remedy.explain)
    await owner.execute(f"UPDATE complaint_promise SET {sets}")
    await sign_in(client, world, "agent")
    read = words(await client.get(f"{PAGE}?modele=decided"), tmp_path)
    assert said in read
    assert ("Ce sera fait" in read) == ("promised" in sets)
