"""Every page of every role, wide, narrow, dark, doubled: no fault for axe, no overflow, no small target."""

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from subprocess import run

import asyncpg
import pytest
from playwright.async_api import Page

from tests.browser.addresses import DOORS, filled, linked, pages, pattern
from tests.browser.inspection import Finding, inspect, inspect_at, refusal_faults
from tests.browser.links import Links
from tests.browser.visitor import DESK, Visitor, follow, watch

pytestmark = pytest.mark.browser

SUBMIT = "main form button[type=submit]"
CALL = "/appels/{case:uuid}"
PANELS = ("reclamation", "rendez-vous", "refus", "danger", "langue", "proche", "qui", "deuil", "superviseur")
SHEET = "/appels/papier/{code}"
PRINTED = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
RUN, REPLIES = "/appels/entrainement/{run:uuid}", "/reclamations/reponses"
CHARTER, CRITERION = "/charte", "/charte/{chapter:int}/{rank:int}"
REGISTER, ENTRY = "/registre", "/registre/{id:uuid}"
SIMULATION = "/protocoles/{name}/simulation/{simulation:uuid}"
PROTOCOL, DRAFT = "/protocoles/default", "/protocoles/{name}/brouillon/relecture"
QUESTIONNAIRE = "/questionnaires/default"
AGREED = "/conventions/herault-qualite/charte"  # of the conventions, the one that names the charter
EXPERIMENT = "/conventions/rappel-du-soir/evaluation"  # the page of one convention is opened, another's
ANSWERED = "eyJnbG9iYWxlIjpbIjIiXX0"  # {"globale":["2"]}
LAST_PAGES = ("souhait", "rappel", "qui", "merci")  # of a trial, after all its questions
TO_REVIEW = "/charte/6/3"  # Aide 34 has not answered it yet
STORY = pattern("/interventions/{id:uuid}")
KEPT = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}\b(?![/.])")  # a row of its own, not one of its files
LETTERS = ("/mot-de-passe/{code}", "/invitation/{code}")
SEEN_ELSEWHERE = ("/s/", "/suivi/")
READS_NOTHING = "gironde"
UNREAD = {  # of a campaign that another funder pays for, of a convention that names the charter
    ("cnav", "/charte/campagnes/{id:uuid}"),
    ("cnav", "/conventions/{code}/charte"),
}


@dataclass
class Look:
    """One window, what it did, and what was found in it."""

    page: Page
    url: str

    def __post_init__(self) -> None:
        self.journal = watch(self.page)
        self.found: list[Finding] = []

    @property
    def report(self) -> str:
        return "\n".join(f"{each.path} at {each.width}: {each.what}" for each in self.found)

    async def at(self, address: str) -> None:
        self.journal.clear()
        await self.page.goto(address)
        await self.here(address)

    async def here(self, name: str) -> None:
        self.found += await inspect(self.page, self.journal, name, self.url)

    async def submit(self, name: str, selector: str = SUBMIT) -> int:
        """Send a form without letting the browser check it, and look at what comes."""
        await self.page.evaluate("document.querySelectorAll('form').forEach(form => form.noValidate = true)")
        self.journal.clear()
        answer = await follow(self.page, selector)
        assert answer is not None
        await self.here(name)
        if answer.status == 422:
            self.found += [Finding(name, 0, each) for each in await refusal_faults(self.page)]
        return answer.status


async def look(visitor: Visitor, door: str = "") -> Look:
    return Look(await visitor.page(door), visitor.url)


async def addresses(page: Page, door: str, told: Iterable[str] = ()) -> AsyncIterator[str]:
    """Give the pages behind a door one after the other; those with a parameter are found on those without."""
    paths = pages(DOORS[door])
    known = {*told, EXPERIMENT, *({AGREED} if DOORS[door] in {"platform", "supervisor"} else ())}
    known |= {f"{QUESTIONNAIRE}/brouillon/essai/{each}?r={ANSWERED}" for each in LAST_PAGES}
    if CALL in paths:
        known |= {await taken_call(page)}
    if CHARTER in paths:
        known |= await assessed(page)
    if RUN in paths:
        known |= {await begun_run(page)}
    if SIMULATION in paths:
        known |= {await asked_simulation(page)}
    if REPLIES in paths:
        known |= await kept_reply(page)
    for path in sorted(set(paths), key=lambda path: (path.count("{"), path)):
        address = filled(path, known)
        is_unread = door == READS_NOTHING or (door, path) in UNREAD
        assert address or is_unread, f"no page leads to {path}: say here how it is reached"
        if address:
            yield address
            known |= await linked(page)


async def sheet_of(page: Page) -> str:
    """Give the address of a sheet that came back: its code is printed from the story of a visit."""
    await page.goto("/interventions")
    options = page.locator("select[name=mois] option")
    months = [await each.get_attribute("value") for each in await options.all()]
    for query in ("", *(f"?mois={month}" for month in months)):
        await page.goto(f"/interventions{query}")
        for story in sorted(each for each in await linked(page) if STORY.fullmatch(each)):
            await page.goto(story)
            prints = page.locator("main a[href$='questionnaire.pdf']")
            if await prints.count():
                printed = await page.request.get(str(await prints.first.get_attribute("href")))
                return f"/appels/papier/{code_on(await printed.body())}"
    raise AssertionError("no visit prints its questionnaire")


def code_on(printed: bytes) -> str:
    """Read the code of a sheet."""
    read = run(["pdftotext", "-", "-"], input=printed, capture_output=True, check=True)
    return PRINTED.findall(read.stdout.decode())[0].replace("-", "")


async def begun_drafts(page: Page) -> None:
    """Open the drafts of a protocol and of a questionnaire, that the supervisor reads too."""
    for address in (PROTOCOL, QUESTIONNAIRE):
        await page.goto(address)
        opening = page.locator(f"main form[action='{address}/brouillon/ouvrir'] button")
        if await opening.count():
            await opening.click()


async def taken_call(page: Page) -> str:
    await page.goto("/appels")
    taken = await follow(page, SUBMIT)
    assert taken is not None
    assert taken.status == 200, f"{page.url}: {await page.inner_text('main')}"
    return re.sub(r"^https?://[^/]+|\?.*$", "", page.url)


# Somebody may have asked to be called, in another test: the page of such a call begins with no question.
QUESTIONS_FIRST = """
UPDATE call_case SET state = 'open', agent_id = NULL, lease_until = NULL,
    next_due_at = at.later, closes_at = greatest(closes_at, at.later + interval '3 days')
FROM (SELECT now() + make_interval(secs => clock_offset_seconds()) + interval '3 days' AS later) AS at
WHERE state <> 'done' AND kind <> 'survey'
"""


async def begun_run(page: Page) -> str:
    await page.goto("/appels/entrainement")
    await follow(page, SUBMIT)
    return re.sub(r"^https?://[^/]+|\?.*$", "", page.url)


async def asked_simulation(page: Page) -> str:
    await page.goto(f"{PROTOCOL}/simulation")
    await follow(page, SUBMIT)
    return re.sub(r"^https?://[^/]+|\?.*$", "", page.url)


async def kept_reply(page: Page) -> set[str]:
    """Keep a reply of one's own, and give the pages that change one."""
    await page.goto(REPLIES)
    if await page.locator("main form.form [name=titre]").count():
        await page.fill("[name=titre]", "Prévenir la veille")
        await page.fill("[name=texte]", "Tout changement est annoncé la veille, par téléphone.")
        await follow(page, "main form.form button[type=submit]")
    return await linked(page)


async def assessed(page: Page) -> set[str]:
    """Give the pages of one's own assessment, or of the provider whose story is the longest."""
    await page.goto(CHARTER)
    named = page.locator("main a[href*='organisme=']", has_text="Aide 34")
    query = ""
    if await named.count():
        query = "?" + str(await named.first.get_attribute("href")).partition("?")[2]
    deep = f"{CHARTER}/3/1/1{query}{'&' if query else '?'}edition=three-chapters-2026"
    kept = set()
    for each in ("actions", "preuves"):
        await page.goto(f"{CHARTER}/{each}{query}")
        links = await page.locator(f"main a[href^='{CHARTER}/{each}/']").all()
        hrefs = [str(await link.get_attribute("href")) for link in links]
        kept.add(next(href for href in hrefs if KEPT.search(href)))
    return {
        f"{CHARTER}{each}{query}"
        for each in ("", "/2", "/2/8", "/actions", "/evaluations", "/preuves", "/verification")
    } | {deep, *kept}


@pytest.mark.parametrize("door", DOORS)
async def test_every_page_of_a_role_is_accessible(visitor: Visitor, door: str) -> None:
    seen = await look(visitor, door)
    if DRAFT in pages(DOORS[door]):
        await begun_drafts(await visitor.page("plateforme"))
    sheets = [await sheet_of(await visitor.page("superviseur"))] if SHEET in pages(DOORS[door]) else []
    async for address in addresses(seen.page, door, sheets):
        await seen.at(address)
    assert not seen.report, seen.report


async def test_a_call_is_accessible_on_the_screen_of_a_phone_desk(
    visitor: Visitor, behind: asyncpg.Connection
) -> None:
    await behind.execute(QUESTIONS_FIRST)
    seen = await look(visitor, "appels")
    address = await taken_call(seen.page)
    for panel in ("", *PANELS):
        await seen.page.goto(f"{address}?panneau={panel}")
        assert await seen.page.locator("main form").count(), panel
        seen.found += await inspect_at(seen.page, f"{CALL}, {panel}", DESK)
    assert not seen.report, seen.report


async def test_every_public_page_is_accessible(visitor: Visitor) -> None:
    seen = await look(visitor)
    await seen.page.goto(REGISTER)
    known = await linked(seen.page)
    assert filled(ENTRY, known), "the register of the demonstration is empty"
    for path in pages("anybody"):
        if path not in LETTERS and not path.startswith(SEEN_ELSEWHERE):
            await seen.at(filled(path, known) or path)
    await seen.at("/nulle-part")
    await seen.at("/mot-de-passe/perdu")
    assert not seen.report, seen.report


async def test_the_pages_that_a_letter_opens_are_accessible(
    visitor: Visitor, behind: asyncpg.Connection
) -> None:
    asking, inviting, seen = await look(visitor), await look(visitor, "plateforme"), await look(visitor)
    await asking.page.goto("/mot-de-passe")
    await asking.page.fill("[name=email]", "superviseur@demo.invalid")
    await asking.submit("/mot-de-passe, asked")
    await inviting.page.goto("/admin/comptes")
    await inviting.page.fill("[name=email]", "nouvelle@demo.invalid")
    await inviting.page.fill("[name=nom]", "Nouvelle venue")
    await inviting.page.select_option("[name=role]", "supervisor")
    assert await inviting.submit("/admin/comptes, invited") == 200
    letters = await behind.fetch("SELECT text FROM mail_outbox")
    links = re.findall(r"https?://\S+", " ".join(letter["text"] for letter in letters))
    for path in LETTERS:
        link = next(each for each in reversed(links) if path.partition("{")[0] in each)
        await seen.at(link)
        assert await seen.submit(f"{path}, too short") == 422
    report = asking.report + inviting.report + seen.report
    assert not report, report


async def test_every_answer_page_is_accessible(visitor: Visitor, links: Links) -> None:
    link, seen = links.take(), await look(visitor)
    for path in ("", "/2", "/5", "/6", "/rappel", "/stop", "/1?langue=en", "/1?proche=oui"):
        await seen.at(link.path + path)
    await seen.at("/s/0123456789AB")
    await seen.page.goto(link.path)
    assert await seen.submit("question, empty") == 422
    await seen.page.check("input[value='1']")
    assert await seen.submit("wish") == 200
    assert await seen.submit("wish, empty") == 422
    await seen.page.check("input[value=nom]")
    assert await seen.submit("thanks, named") == 200
    for path in ("/qui", "/lecteurs", "/probleme", "/1?texte=grand"):
        await seen.at(link.path + path)
    for path in ("/qui", "/probleme", "/qui?langue=en&texte=grand"):
        await seen.page.goto(link.path + path)
        assert await seen.submit(f"{path}, empty") == 422
    await seen.page.goto(f"{link.path}/rappel")
    assert await seen.submit("callback, empty") == 422
    await seen.page.locator("input[name=creneau]").first.check()
    assert await seen.submit("thanks, with a call") == 200
    await seen.page.goto(f"{link.path}/stop")
    assert await seen.submit("refused") == 200
    assert not seen.report, seen.report


async def test_every_page_of_a_complaint_followed_by_its_client_is_accessible(
    visitor: Visitor, links: Links, behind: asyncpg.Connection
) -> None:
    link, seen = links.take(), await look(visitor)
    await seen.page.goto(link.path)
    await seen.page.check("input[value='1']")
    await follow(seen.page, SUBMIT)
    await seen.page.check("input[value=nom]")
    await follow(seen.page, SUBMIT)
    followed = str(await seen.page.locator("a[href^='/suivi/']").first.get_attribute("href"))
    for path in ("", "?langue=en", "/message", "/photo", "/nom", "/financeur", "/rappel"):
        await seen.at(followed + path)
    await seen.page.goto(f"{followed}/message")
    assert await seen.submit("message, empty") == 422
    await seen.page.goto(f"{followed}/photo")
    assert await seen.submit("file, none") == 422
    await seen.page.goto(f"{followed}/rappel")
    assert await seen.submit("call, no half-day") == 422
    await seen.page.goto(f"{followed}/message")
    await seen.page.fill("[name=message]", "La clé est chez la voisine.")
    assert await seen.submit("followed, with a message") == 200
    await behind.execute(REMEDIED, link.invitation)
    for path in ("", "/regle", "/pas-regle"):
        await seen.at(followed + path)
    await seen.page.goto(f"{followed}/regle")
    assert await seen.submit("followed, settled") == 200
    await seen.at(f"{followed}/avis")
    assert await seen.submit("followed, questions on it") == 200
    await seen.at("/suivi/0123456789AB")
    assert not seen.report, seen.report


REMEDIED = """
UPDATE complaint SET state = 'remedied', acknowledged_at = opened_at, remedied_at = opened_at,
    cause = 'Planning relu', remedy = 'Deux heures offertes', verdict_due_at = opened_at + interval '7 days'
WHERE source_id IN (SELECT id FROM response WHERE invitation_id = $1)
"""


async def test_a_simulation_is_accessible_while_it_waits_once_done_or_failed(
    visitor: Visitor,
) -> None:
    seen = await look(visitor, "superviseur")
    await asked_simulation(seen.page)
    while await seen.page.locator("#avancement").count():
        await seen.here(f"{SIMULATION}, under way")
        await follow(seen.page, "[aria-labelledby=avancement] a.btn")
    assert await seen.page.locator("#motifs").count()
    await seen.here(f"{SIMULATION}, done")
    await seen.page.select_option("[name=organisme]", index=1)
    no_visits = {"name": "visites.csv", "mimeType": "text/csv", "buffer": b"a;b\n1;2\n"}
    await seen.page.set_input_files("[name=fichier]", no_visits)
    await follow(seen.page, SUBMIT)
    while await seen.page.locator("#avancement").count():
        await follow(seen.page, "[aria-labelledby=avancement] a.btn")
    await seen.here(f"{SIMULATION}, failed")
    assert await seen.page.locator("main > *").first.get_attribute("role") == "alert"
    assert not seen.report, seen.report


@pytest.mark.parametrize(
    ("door", "path", "form"),
    [
        ("", "/connexion", SUBMIT),
        ("organisme", "/imports", SUBMIT),
        ("organisme", "/reclamations/{number:int}", "form[action$=note] button"),
        ("organisme", CRITERION, SUBMIT),
        ("appels", CALL, "form[data-script] button"),
        ("plateforme", "/admin/comptes", SUBMIT),
        ("plateforme", "/admin/territoires", SUBMIT),
        ("plateforme", "/compte", "form[action$=mot-de-passe] button"),
    ],
)
async def test_a_form_sent_empty_says_what_is_missing_first(
    visitor: Visitor, behind: asyncpg.Connection, door: str, path: str, form: str
) -> None:
    await behind.execute(QUESTIONS_FIRST)
    seen = await look(visitor, door)
    await seen.page.goto(await reached(seen.page, path))
    assert await seen.submit(f"{path}, sent empty", form) in {401, 422}
    assert (await seen.page.title()).startswith("Erreur\u00a0:")
    assert await seen.page.locator("main > *").first.get_attribute("role") == "alert"
    assert not seen.report, seen.report


async def test_a_form_of_a_session_that_is_over_is_given_back(visitor: Visitor) -> None:
    seen = await look(visitor, "plateforme")
    await seen.page.goto("/questionnaires")
    await seen.page.fill("[name=nom]", "Suivi du soir")
    await seen.page.context.clear_cookies()
    assert await seen.submit("a form sent too late", "form[action='/questionnaires'] button") == 401
    assert await seen.page.locator("#texte-1").input_value() == "Suivi du soir"
    assert not seen.report, seen.report


async def reached(page: Page, path: str) -> str:
    if path == CALL:
        return await taken_call(page)
    if path == CRITERION:
        return TO_REVIEW
    await page.goto(path.partition("/{")[0])
    return str(filled(path, await linked(page)))


async def test_a_page_that_is_refused_or_unknown_is_accessible_inside_a_space(visitor: Visitor) -> None:
    seen = await look(visitor, "gironde")
    await seen.at("/admin")
    await seen.at("/indicateurs/GLOB?population=herault-qualite")
    assert not seen.report, seen.report
