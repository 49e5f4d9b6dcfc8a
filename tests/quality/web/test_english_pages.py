"""In English, no page of any role holds a French sentence: those of the catalogue, and those outside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from quality.access.actor import Role
from quality.complaints.resolving import promising
from quality.complaints.resolving.authority import Remedy
from quality.measures.releases.releasing import create
from tests.access_table import LINES
from tests.quality.complaints.followed.guest import guest
from tests.quality.complaints.followed.stages import CAUSE, SOLUTION, remedied
from tests.quality.complaints.opened import filed, marked
from tests.quality.directory.intake.test_batches import preview
from tests.quality.measures.cells import herault_october
from tests.quality.web.pages import read
from tests.quality.web.test_languages import entries
from tests.surveys.desk.waiting import survey_call
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.world import AIDE_34, World, sign_in

FRENCH_WORD = re.compile(
    r"\b(?:le|la|les|des|du|une?|est|sont|pas|pour|avec|vous|nous|votre|vos|qui|ce|aux?|et|ne|sur|par)\b|[«»]",
    re.IGNORECASE,
)
IN_FRENCH = re.compile(r'<(?!html)(\w+)[^>]* lang="fr"[^>]*>.*?</\1>', re.DOTALL)
THEIRS = (CAUSE, SOLUTION)  # words of the provider, in its own language
SPOKEN = ("aria-label", "title", "alt")
# What the platform wrote about itself, and names: they have one language.
NAMES = re.compile(
    r"[Dd]u lundi au vendredi, de 10 h à 12 h 30 et de 14 h à 18 h\.?"
    r"|Défenseur des droits|Département de (?:l’|la )\w+|Français|^Observatoire$"
    r"|Suivi (?:allégé|intégral par téléphone)"
    r"|^(?:\d{2,3}|2[AB]) \w[\w’ -]+$"  # a département by its code
    r"|(?<= )/[a-z][\w/-]+"  # an address, on the sheet that is printed
)
PLACEHOLDER = re.compile(r"%\(\w+\)s|%d|\{\w*\}")
UNREAD = ("/healthz", "/readyz", "/metrics", "/api/", "/hooks/", "/s/", "/suivi/")


def sentences() -> Iterator[str]:
    """Give the fixed parts of the French sentences that English says otherwise."""
    for french, english in entries().values():
        for form in french:
            if form not in english:
                yield from (part for part in PLACEHOLDER.split(form) if len(part.split()) > 2)


SENTENCES = frozenset(sentences())
WHOLE = frozenset(form for french, english in entries().values() for form in french if form not in english)


def french_in(page: httpx.Response) -> list[str]:
    """List what a page says in French."""
    reading = read(IN_FRENCH.sub("", page.text))
    attributes = [e.attributes[name] for e in reading.elements for name in SPOKEN if name in e.attributes]
    said = [" ".join(text.split(" ")).strip() for text in (*reading.texts, *attributes)]
    left = [text for text in (NAMES.sub("", each).strip() for each in said) if text]
    return [
        text
        for text in left
        if text in WHOLE or FRENCH_WORD.search(text) or any(sentence in text for sentence in SENTENCES)
    ]


@dataclass(frozen=True)
class Told:
    """What exists for the pages to show."""

    complaint: int
    batch: str

    def path(self, path: str) -> str:
        codes = {"indicateurs": "GLOB", "prestataires": AIDE_34}
        code = codes.get(path.split("/")[1], "herault-2025")
        filled = path.replace("{code}", code).replace("{number:int}", str(self.complaint))
        filled = filled.replace("{chapter:int}", "2").replace("{rank:int}", "8")
        return filled.replace("{id:uuid}", self.batch)


@pytest.fixture
async def told(world: World) -> Told:
    """Released figures, a complaint, a previewed file and a call that waits."""
    await herault_october(world)
    complaint = await filed(world)
    await create(world.platform, "2026-10")
    await survey_call(world)
    return Told(complaint.number, str(await preview(world)))


FILES = (".csv", ".json", ".pdf", ".xlsx")


def pages_of(role: Role, told: Told) -> list[str]:
    """List the pages that a role may open, each with something to show."""
    mine = [
        told.path(path)
        for method, path, who in LINES
        if method == "GET" and (who in {"anybody", "every role"} or role in who.split())
    ]
    return [
        path for path in mine if "{" not in path and not path.startswith(UNREAD) and not path.endswith(FILES)
    ]


@pytest.mark.parametrize("role", list(Role))
async def test_no_page_of_a_role_holds_a_french_sentence(
    client: httpx.AsyncClient, world: World, told: Told, role: Role
) -> None:
    organisation = {Role.provider: world.aide34, Role.funder: world.herault, Role.observer: world.observer}
    await sign_in(client, world, role, organisation.get(role))
    found = {}
    for path in pages_of(role, told):
        page = await client.get(path, params={"langue": "en"}, follow_redirects=True)
        assert '<html lang="en">' in page.text, path
        if left := french_in(page):
            found[path] = left
    assert found == {}


async def test_a_page_in_french_is_seen_as_french(client: httpx.AsyncClient, world: World) -> None:
    page = await client.get("/confidentialite")
    assert len(french_in(page)) > 20


async def test_an_agent_reads_english_and_speaks_french_to_who_speaks_french(
    client: httpx.AsyncClient, world: World
) -> None:
    await survey_call(world)
    token = await sign_in(client, world, "agent")
    client.cookies.set("langue", "en")
    taken = await client.post("/appels", data={"jeton": token})
    page = await client.get(taken.headers["location"])
    assert "Je ne vends rien et ne vous demanderai ni argent" in page.text
    assert "Comment s’est passée la visite" in page.text
    assert "Make an appointment" in page.text
    answers = {"Très mal", "Plutôt mal", "Moyen", "Plutôt bien", "Très bien"}
    assert set(french_in(page)) <= answers


@pytest.mark.parametrize("path", ["", "1", "2", "6", "7", "rappel", "stop"])
async def test_an_answer_page_holds_no_french_sentence(
    client: httpx.AsyncClient, world: World, path: str
) -> None:
    person = Person(client, (await invited(world))[0])
    page = await person.open(f"/s/{person.token}/{path}?langue=en".replace("/?", "?"))
    assert page.status_code == 200
    assert french_in(page) == []


async def test_an_empty_answer_a_wish_and_the_thanks_are_told_in_english(
    client: httpx.AsyncClient, world: World
) -> None:
    person = Person(client, (await invited(world))[0])
    await person.open(f"/s/{person.token}?langue=en")
    pages = [await person.post("1"), await person.post("1", globale="2")]
    pages += [await person.post("souhait"), await person.open("souhait?langue=en")]
    pages += [await person.post("souhait", souhait="nom")]
    pages += [await person.open("qui?langue=en"), await person.post("qui")]
    pages += [await person.post("qui", pour="child"), await person.open("probleme?langue=en")]
    pages += [await person.post("probleme"), await person.post("probleme", motif="retard")]
    pages += [await person.open("merci?langue=en")]
    assert [page.status_code for page in pages] == [
        422,
        200,
        422,
        200,
        200,
        200,
        422,
        200,
        200,
        422,
        200,
        200,
    ]
    assert [french_in(page) for page in pages] == [[]] * 12
    assert "/merci" in person.path


@pytest.mark.parametrize("path", ["", "/regle", "/pas-regle", "/message", "/nom", "/financeur", "/rappel"])
async def test_a_complaint_is_followed_in_english(client: httpx.AsyncClient, world: World, path: str) -> None:
    mine = await guest(client, world)
    await marked(mine.complaint, globale=2)
    await promising.grant(world.provider, mine.complaint.number, Remedy.call_back)
    await remedied(world, mine.complaint.number)
    page = await mine.open(f"{path}?langue=en")
    assert page.status_code == 200
    assert [said for said in french_in(page) if not any(theirs in said for theirs in THEIRS)] == []


async def test_an_answer_page_offers_english_and_sets_no_cookie(
    client: httpx.AsyncClient, world: World
) -> None:
    person = Person(client, (await invited(world))[0])
    await person.open("1?proche=oui")
    assert '<a href="?proche=oui&amp;langue=en" lang="en">English</a>' in person.text()
    page = await person.open("1?proche=oui&langue=en")
    assert 'href="/confidentialite?langue=en"' in page.text
    assert not client.cookies


async def test_a_refusal_is_told_in_english(client: httpx.AsyncClient, world: World) -> None:
    person = Person(client, (await invited(world))[0])
    await person.open("stop?langue=en")
    page = await person.post("stop")
    assert "Your refusal is recorded" in page.text
    assert french_in(page) == []


async def test_a_link_that_opens_nothing_says_so_in_english(client: httpx.AsyncClient, world: World) -> None:
    page = await client.get("/s/0123456789AB?langue=en")
    assert page.status_code == 404
    assert french_in(page) == []


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/connexion", None),
        ("/compte/langue", "agent"),
        ("/compte/mot-de-passe", "agent"),
        ("/admin", "admin"),
        ("/admin/comptes", "admin"),
        ("/admin/territoires", "platform"),
        ("/imports", "platform"),
    ],
)
async def test_a_refused_form_says_why_in_english(
    client: httpx.AsyncClient, world: World, path: str, role: str | None
) -> None:
    token = await sign_in(client, world, role) if role else ""
    client.cookies.set("langue", "en")
    page = await client.post(path, data={"jeton": token})
    assert page.status_code == 422
    assert "<title>Error:" in page.text
    assert french_in(page) == []


async def test_a_refused_complaint_says_why_in_english(client: httpx.AsyncClient, world: World) -> None:
    complaint = await filed(world)
    token = await sign_in(client, world, "provider", world.aide34)
    client.cookies.set("langue", "en")
    here = f"/reclamations/{complaint.number}"
    for path in ("note", "accuse", "solution", "accuse"):
        page = await client.post(f"{here}/{path}", data={"jeton": token})
        if page.status_code != 303:
            assert french_in(page) == [], path
    assert page.status_code == 409
    assert f"Complaint {complaint.number} has moved on since." in page.text
