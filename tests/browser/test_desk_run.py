"""One run of the desk by the keyboard alone, its tab killed; and a call answered meanwhile on the web."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Response, async_playwright, expect

from quality.keys import Keyring
from surveys.dispatch.links import token_of
from tests.browser import call_shapes
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.inspection import OVERFLOW, axe_at
from tests.conftest import need
from tests.live import Demo, serving

pytestmark = pytest.mark.browser
MOST_PRESSES = 40
WITHDRAWN_WITHIN_MS = 2_500  # the next poll, two seconds later at most, and its answer
CALL = r"/appels/[0-9a-f-]{36}$"
HOURS_TO_MARTINIQUE = 5  # 10:30 in Paris is 5:30 there; nobody is called before 10


@pytest.fixture(scope="module")
def desk() -> Iterator[Demo]:
    """A demonstration of one's own: its clock goes to the hours of Martinique."""
    need(CHROMIUM.exists(), "Chromium (/usr/bin/chromium)")
    with serving() as running:
        running.advance("heure", HOURS_TO_MARTINIQUE)
        yield running


@pytest.fixture(scope="module")
async def owner(desk: Demo) -> AsyncIterator[asyncpg.Connection]:
    connection = await desk.owner()
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def browser(desk: Demo) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        await opened.close()


@pytest.fixture
async def agent(browser: Browser, desk: Demo) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(
        base_url=desk.url, locale="fr-FR", viewport={"width": 1024, "height": 768}
    )
    await context.request.post("/demo/entrer", form={"porte": "appels"}, headers={"Origin": desk.url})
    yield context
    await context.close()


@dataclass
class Hands:
    """Two hands on a keyboard: counts what they press, what they type apart."""

    page: Page
    presses: int = 0
    typed: list[str] = field(default_factory=list)

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.presses += 1
            await self.page.keyboard.press(key)

    async def leads(self, key: str) -> None:
        """Press a key that leads to another page."""
        async with self.page.expect_navigation():
            await self.press(key)

    async def write(self, words: str) -> None:
        self.typed.append(words)
        await self.page.keyboard.type(words)


@dataclass(frozen=True)
class Due:
    case: UUID
    invitation: UUID
    client: UUID


# A visit asked about by phone, whose client now lives in Martinique; everybody else waits.
CANDIDATES = """
SELECT c.id AS case, c.invitation_id AS invitation, c.client_id AS client, a.id AS attempt FROM call_case c
JOIN invitation i ON i.id = c.invitation_id JOIN client k ON k.id = c.client_id
JOIN person p ON p.id = k.person_id
JOIN questionnaire_version q ON q.id = i.questionnaire_id AND q.code = 'default'
JOIN attempt a ON a.invitation_id = i.id AND a.channel = 'phone' AND a.state IN ('planned', 'deferred')
WHERE c.kind = 'survey' AND c.state = 'open' AND i.audience = 'client' AND i.answered_at IS NULL
  AND i.closed_at IS NULL AND p.refused_at IS NULL AND p.deceased_at IS NULL AND k.status = 'active'
  AND k.contact IS DISTINCT FROM 'no' AND NOT EXISTS (
      SELECT 1 FROM complaint_subject s JOIN complaint m ON m.id = s.id
      WHERE s.client_id = k.id AND m.state NOT IN ('closed', 'merged'))
ORDER BY c.id, a.try_number
"""


FRESH_ENDPOINT = """
UPDATE endpoint SET recent = '{}', refused_at = NULL, refused_how = NULL, failed_at = NULL, wrong_at = NULL
WHERE id = (SELECT endpoint_id FROM attempt WHERE id = $1)
"""
FRESH_PERSON = "UPDATE person SET recent = '{}' WHERE id = (SELECT person_id FROM attempt WHERE id = $1)"


async def now_of(owner: asyncpg.Connection) -> datetime:
    found: datetime = await owner.fetchval("SELECT now() + make_interval(secs => clock_offset_seconds())")
    return found.astimezone(UTC)


async def due_in_martinique(owner: asyncpg.Connection, skipped: int = 0) -> Due:
    """Write behind the scenes: one call is due, of somebody in Martinique; the others wait for three days."""
    now = await now_of(owner)
    rows = await owner.fetch(CANDIDATES)
    row = list({each["case"]: each for each in reversed(rows)}.values())[::-1][skipped]
    await owner.execute(
        "UPDATE call_case SET next_due_at = $1, closes_at = greatest(closes_at, $2) WHERE state <> 'done'",
        now + timedelta(days=3),
        now + timedelta(days=6),
    )
    await owner.execute(
        "UPDATE call_case SET state = 'open', agent_id = NULL, lease_until = NULL WHERE state = 'held'"
    )
    await owner.execute(
        "UPDATE client SET departement = '972', commune = 'Fort-de-France', status = 'active' WHERE id = $1",
        row["client"],
    )
    await owner.execute(
        "UPDATE invitation SET departement = '972', closes_at = $2 WHERE id = $1",
        row["invitation"],
        now + timedelta(days=8),
    )
    await owner.execute(
        """
        UPDATE attempt SET departement = '972', state = 'planned', reason = NULL, not_before = NULL,
            opens_at = $2, closes_at = $3, give_up_at = $4 WHERE id = $1
        """,
        row["attempt"],
        now - timedelta(minutes=5),
        now + timedelta(hours=1),
        now + timedelta(days=7),
    )
    await owner.execute(
        """
        UPDATE attempt SET state = 'suppressed', reason = 'appointment', settled_at = $3
        WHERE invitation_id = $1 AND id <> $2 AND state IN ('planned', 'deferred', 'claimed', 'sending')
        """,
        row["invitation"],
        row["attempt"],
        now,
    )
    await owner.execute(FRESH_ENDPOINT, row["attempt"])
    await owner.execute(FRESH_PERSON, row["attempt"])
    await owner.execute(
        "UPDATE call_case SET next_due_at = $2, priority = 5, language = 'fr', team_id = NULL, "
        "morning_tries = 0, afternoon_tries = 0, number_rank = 0, assigned_to = NULL, referred_at = NULL "
        "WHERE id = $1",
        row["case"],
        now - timedelta(minutes=5),
    )
    return Due(row["case"], row["invitation"], row["client"])


async def test_a_whole_call_by_the_keyboard_alone_its_tab_killed_in_the_middle(
    agent: BrowserContext, owner: asyncpg.Connection
) -> None:
    due = await due_in_martinique(owner)
    await also_due(owner)
    hands = Hands(await agent.new_page())
    await hands.page.goto("/appels")
    await hands.leads("Enter")  # the next call
    assert str(due.case) in hands.page.url
    await expect(hands.page.locator("main")).to_match_aria_snapshot(call_shapes.QUESTION)
    for mark in ("4", "5", "4", "5", "1"):
        await hands.press(mark)
        await hands.leads("Enter")
    await hands.press("Escape")
    await hands.leads("P")
    await expect(hands.page.locator("main")).to_match_aria_snapshot(call_shapes.COMPLAINT)
    await hands.press("2", "5")
    async with hands.page.expect_response(keeps("pas+%C3%A9t%C3%A9")):
        await hands.write("La salle de bains n’a pas été")
    await expect(hands.page.get_by_text(re.compile("^Enregistré à")).first).to_be_visible()

    await killed(hands.page)
    hands.page = await agent.new_page()
    await hands.page.goto("/appels")
    await expect(hands.page.get_by_role("button", name="Reprendre l’appel en cours")).to_be_visible()
    await hands.leads("Enter")
    assert "panneau=reclamation" in hands.page.url
    await expect(hands.page.get_by_label("Ce qui s’est passé")).to_have_value("La salle de bains n’a pas été")
    await expect(hands.page.get_by_role("radio", name="Travail non fait")).to_be_checked()
    await hands.press("5")
    await hands.write(" faite.")
    await hands.leads("Enter")  # the complaint is opened

    await expect(hands.page.locator("main")).to_match_aria_snapshot(call_shapes.GRANT)
    await hands.press("5")
    await hands.write("25")
    await hands.leads("Enter")  # a refund, within what the grid allows
    await expect(hands.page.locator("main")).to_match_aria_snapshot(call_shapes.PROMISE)
    await hands.leads("Enter")

    await hands.press("Escape")
    await hands.leads("R")
    await hands.write("demain à 14 h")
    await hands.leads("Enter")
    await expect(hands.page.locator("main")).to_contain_text("heure du lieu (Martinique)")
    await expect(hands.page.locator("main")).to_contain_text("heure d’ici")
    await hands.leads("Enter")
    assert hands.page.url.endswith("/appels")
    await hands.leads("Enter")
    assert re.search(CALL, hands.page.url), "the next call is in hand"
    assert str(due.case) not in hands.page.url

    assert hands.presses < MOST_PRESSES
    await nothing_is_lost(owner, due)


def keeps(words: str) -> Callable[[Response], bool]:
    """Wait for the draft that holds these words to be kept."""
    return lambda answer: "/brouillon" in answer.url and words in (answer.request.post_data or "")


async def also_due(owner: asyncpg.Connection) -> None:
    """Let somebody of Hérault who wrote to us wait for their turn, after the first one."""
    now = await now_of(owner)
    await owner.execute(
        """
        INSERT INTO call_case (id, platform_id, kind, client_id, state, priority, next_due_at, closes_at,
            created_at)
        SELECT gen_random_uuid(), k.platform_id, 'inbound', k.id, 'open', 15, $1, $2, $1
        FROM client k JOIN person p ON p.id = k.person_id
        WHERE k.departement = '34' AND k.status = 'active' AND k.phone_key IS NOT NULL
          AND k.contact IS DISTINCT FROM 'no' AND p.refused_at IS NULL AND p.deceased_at IS NULL
        ORDER BY k.id LIMIT 1
        """,
        now - timedelta(minutes=1),
        now + timedelta(days=2),
    )


async def killed(page: Page) -> None:
    """Kill the process of a tab, as a machine out of memory does."""
    session = await page.context.new_cdp_session(page)
    dead = asyncio.get_running_loop().create_future()
    page.once("crash", lambda _: dead.set_result(None))
    killing = asyncio.ensure_future(session.send("Page.crash"))
    await dead
    killing.cancel()


async def nothing_is_lost(owner: asyncpg.Connection, due: Due) -> None:
    answers = await owner.fetchval("SELECT answers FROM response WHERE invitation_id = $1", due.invitation)
    assert sorted(re.findall(r'"(\w+)":', answers)) == [
        "conseil", "globale", "ponctualite", "respect", "travail",
    ]  # fmt: skip
    complaint = await owner.fetchrow(
        """
        SELECT c.id, c.kind, c.is_first_contact, e.text FROM complaint c
        JOIN complaint_subject s ON s.id = c.id JOIN complaint_event e ON e.complaint_id = c.id
        WHERE s.client_id = $1 AND e.text LIKE 'La salle%'
        """,
        due.client,
    )
    assert (complaint["kind"], complaint["is_first_contact"]) == ("not_done", True)
    assert complaint["text"] == "La salle de bains n’a pas été faite."
    promise = "SELECT remedy_code, amount_cents, authority FROM complaint_promise WHERE complaint_id = $1"
    assert [tuple(each) for each in await owner.fetch(promise, complaint["id"])] == [
        ("refund", 2500, "agent")
    ]
    recall = await owner.fetchval(
        "SELECT next_due_at FROM call_case WHERE invitation_id = $1 AND kind = 'callback'", due.invitation
    )
    assert recall.astimezone(ZoneInfo("America/Martinique")).hour == 14


async def test_a_call_answered_on_the_web_leaves_the_screen_and_is_not_answered_twice(
    agent: BrowserContext, owner: asyncpg.Connection, desk: Demo
) -> None:
    due = await due_in_martinique(owner, skipped=3)
    page = await agent.new_page()
    await page.goto("/appels")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert str(due.case) in page.url
    await page.keyboard.press("B")
    await page.keyboard.type("Sa fille vient jeudi")
    answered = await agent.request.post(
        f"/s/{token_of(keyring_of(desk), due.invitation)}/1",
        form={"globale": "5"},
        headers={"Origin": desk.url},
        max_redirects=0,
    )
    assert answered.status == 303
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("vient de répondre par un autre moyen", timeout=WITHDRAWN_WITHIN_MS)
    await expect(alert).to_be_focused()
    await expect(page.get_by_label("Ce que vous étiez en train d’écrire")).to_have_value(
        "Sa fille vient jeudi"
    )
    await expect(page.locator("[data-key]")).to_have_count(0)
    late = await agent.request.post(
        f"/appels/{due.case}/reponse",
        form={"jeton": await token_in(page), "question": "globale", "globale": "1", "repondant": "client"},
        headers={"Origin": desk.url},
        max_redirects=0,
    )
    assert late.status == 409
    stored = await owner.fetch(
        "SELECT channel, answers FROM response WHERE invitation_id = $1", due.invitation
    )
    assert [(each["channel"], "5" in each["answers"]) for each in stored] == [("web", True)]
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert str(due.case) not in page.url


async def token_in(page: Page) -> str:
    return await page.locator("[role=alert] input[name=jeton]").get_attribute("value") or ""


def keyring_of(desk: Demo) -> Keyring:
    return Keyring((desk.home / "secret.key").read_text(encoding="ascii").strip())


@pytest.mark.parametrize("width", [1280, 1024, 320])
async def test_no_panel_overflows(agent: BrowserContext, owner: asyncpg.Connection, width: int) -> None:
    await due_in_martinique(owner, skipped=6)
    page = await agent.new_page()
    await page.set_viewport_size({"width": width, "height": 768})
    await page.goto("/appels")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    address = page.url.partition("?")[0]
    for panel in (
        "",
        "reclamation",
        "rendez-vous",
        "danger",
        "confiance",
        "langue",
        "proche",
        "qui",
        "deuil",
    ):
        await page.goto(f"{address}?panneau={panel}")
        assert await page.evaluate(OVERFLOW) == 0, panel
        found = await axe_at(page)
        assert found == [], panel
