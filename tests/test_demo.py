"""The demonstration as people start it: one command, a real server, a story told, and nothing left behind."""

import asyncio
import json
import re
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from quality.demo.cast import PASSWORD, PLAYERS, Player
from quality.demo.moments import PARIS
from quality.measures.releases.periods import Period, month_of
from quality.web.format import period_text
from tests.live import Demo, serving, until

CELLS = """
SELECT sum(c.n)::int FROM cell c JOIN organisation o ON o.code = 'D34' AND o.id = ANY (c.funders)
WHERE c.indicator = 'GLOB' AND c.month = $1 AND c.admissible = 'yes'
"""
BASE = """
SELECT b.n::int FROM release_cell r
JOIN release_base b ON b.id = r.id JOIN organisation o ON o.id = r.funder_id
WHERE o.code = 'D34' AND r.indicator = 'GLOB' AND r.scope_type = 'fund' AND r.activity = '' AND r.period = $1
"""


def base(demo: Demo, month: Period) -> tuple[int, int | None]:
    """Count Hérault's answers to the first question about a month: in the cells, and as released."""

    async def counts() -> tuple[int, int | None]:
        owner = await demo.owner()
        try:
            return await owner.fetchval(CELLS, month.starts_on), await owner.fetchval(BASE, month.code)
        finally:
            await owner.close()

    return asyncio.run(counts())


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with serving() as running:
        yield running


@dataclass
class Form(HTMLParser):
    """The first form of a page that answers something: where it goes, what it asks."""

    action: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)
    inside: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action and given.get("method") == "post":
            self.action, self.inside = given.get("action", ""), "/s/" in given.get("action", "/s/")
            self.action = self.action if self.inside else ""
        elif self.inside and given.get("name") and tag in {"input", "textarea", "button"}:
            self.fields.setdefault(given["name"], []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


def form_of(html: str) -> Form:
    form = Form()
    form.feed(html)
    return form


def heading(html: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[1])).split()) if found else ""


def test_the_demonstration_says_where_it_answers(demo: Demo) -> None:
    assert f"Démonstration prête : {demo.url}" in demo.said()
    with demo.browser() as browser:
        assert browser.get("/readyz").status_code == 200
        assert heading(browser.get("/").text).startswith("Démonstration")


@pytest.mark.parametrize("player", PLAYERS, ids=lambda player: player.door)
def test_every_account_signs_in_with_its_password(demo: Demo, player: Player) -> None:
    with demo.browser(follow_redirects=True) as browser:
        shown = browser.post("/connexion", data={"email": player.email, "mot-de-passe": PASSWORD})
    assert (shown.status_code, shown.url.path) == (200, "/accueil")
    assert player.name in unescape(shown.text)


@pytest.mark.parametrize("player", PLAYERS, ids=lambda player: player.door)
def test_every_door_opens(demo: Demo, player: Player) -> None:
    with demo.browser(follow_redirects=True) as browser:
        shown = browser.post("/demo/entrer", data={"porte": player.door})
        assert (shown.status_code, shown.url.path) == (200, "/accueil")
        menu = re.findall(r'<a href="(/[^"]+)"', shown.text)
        assert [path for path in menu if browser.get(path).status_code != 200] == []


def test_the_doors_of_mme_martin_and_her_daughter_lead_to_their_question(demo: Demo) -> None:
    with demo.browser() as browser:
        doors = re.findall(r'class="door" href="(/s/\w+)"', browser.get("/").text)
        headings = [heading(browser.get(door).text) for door in doors]
    assert len(doors) == 2
    assert "Aide 34" in headings[0]
    assert "Valmarine" in headings[1]


def test_twenty_links_are_live_and_unanswered(demo: Demo) -> None:
    links = {str(link).partition("?")[0] for message in demo.messages() for link in message["links"]}
    answered_pages = [link for link in links if re.search(r"/s/\w{12}$", link)]
    with demo.browser() as browser:
        pages = [browser.get(link) for link in answered_pages]
    live = [page for page in pages if page.status_code == 200 and "globale" in form_of(page.text).fields]
    assert len(live) >= 20


def test_a_link_is_answered_to_the_end_without_script(demo: Demo) -> None:
    with demo.browser(follow_redirects=True) as browser:
        doors = re.findall(r'class="door" href="(/s/\w+)"', browser.get("/").text)
        links = [str(message["links"][0]) for message in demo.messages() if message["channel"] == "sms"]
        link = next(link for link in links if "/s/" in link and not link.endswith(tuple(doors)))
        assert len(answer(browser, link)) >= 5


def answer(browser: httpx.Client, link: str) -> list[str]:
    """Answer every page of a request; return what was asked."""
    headings: list[str] = []
    page = browser.get(link)
    while not page.url.path.endswith("/merci"):
        headings.append(heading(page.text))
        assert len(headings) < 12, headings
        page = answer_one(browser, page)
    return headings


def answer_one(browser: httpx.Client, page: httpx.Response) -> httpx.Response:
    form = form_of(page.text)
    assert form.action, page.url
    following = browser.post(form.action, data={name: _chosen(v) for name, v in form.fields.items()})
    assert following.status_code == 200
    return following


def _chosen(values: list[str]) -> str:
    """Choose the best mark, « oui » before « non », what is hidden as it is."""
    return "5" if "5" in values else next(iter(values))


def test_the_three_steps_of_the_first_page_do_what_they_say() -> None:
    with serving() as later, later.browser(follow_redirects=True) as browser:
        first = browser.get("/").text
        steps = re.findall(r"<h3>\d\. ", first)
        page = browser.get(re.findall(r'class="door" href="(/s/\w+)"', first)[0])
        asked = answer_low(browser, page, {"globale": "2", "souhait": "nom"})
        assert {"globale", "souhait"} <= asked
        home = browser.post("/demo/entrer", data={"porte": "organisme"}).text
        title, address = first_thing(home)
        assert re.match(r"Répondre à Mme \w+ Martin, avant \w+ \d", title)
        shown = browser.get(address).text
        assert "2 Plutôt mal" in unescape(shown)
        browser.post("/demo/entrer", data={"porte": "herault"})
        for path in ("/accueil", "/indicateurs", "/indicateurs/GLOB", "/conventions"):
            read = browser.get(path)
            assert read.status_code == 200
            assert "Martin" not in read.text.replace("Saint-Martin", "")
        assert browser.get(address).status_code == 403
    assert len(steps) == 3


def answer_low(browser: httpx.Client, page: httpx.Response, wanted: dict[str, str]) -> set[str]:
    """Answer every page of a request with what is wanted, the best mark elsewhere; return what was asked."""
    asked: set[str] = set()
    while not page.url.path.endswith("/merci"):
        form = form_of(page.text)
        assert form.action
        assert len(asked) < 40
        asked |= set(form.fields)
        said = {name: wanted.get(name, _chosen(values)) for name, values in form.fields.items()}
        page = browser.post(form.action, data=said)
        assert page.status_code == 200
    return asked


def first_thing(home: str) -> tuple[str, str]:
    """Give the title and the address of the first thing to do."""
    found = re.search(
        r'<ol class="ranks big">.*?<h2>(.*?)</h2>.*?href="(/reclamations/\d+)"', home, re.DOTALL
    )
    assert found
    return unescape(found[1]), found[2]


def test_two_hours_later_what_was_due_is_sent(demo: Demo) -> None:
    before = len(demo.messages())
    demo.advance("heure", 2)
    until(lambda: len(demo.messages()) > before, "nothing is sent when the clock advances")


def test_the_funder_of_nobody_sees_nothing_of_herault(demo: Demo) -> None:
    with demo.browser(follow_redirects=True) as browser:
        browser.post("/demo/entrer", data={"porte": "herault"})
        seen = sorted(set(re.findall(r'href="(/(?:indicateurs|conventions)/[^"#?]+)', _both(browser))))
        assert len(seen) >= 6
        assert "Un point par mois publié" in browser.get("/indicateurs/GLOB").text
        browser.post("/demo/entrer", data={"porte": "gironde"})
        pages = {path: browser.get(path) for path in seen}
        everybodys = {path for path, page in pages.items() if page.status_code == 200}
        assert everybodys <= {"/indicateurs/lectures", "/indicateurs/territoires"}
        assert {page.status_code for path, page in pages.items() if path not in everybodys} == {404}
        assert "Aide 34" not in _both(browser) + "".join(page.text for page in pages.values())


def _both(browser: httpx.Client) -> str:
    return browser.get("/indicateurs").text + browser.get("/conventions").text


def test_cells_and_releases_hold(demo: Demo) -> None:
    for job in ("verify-cells", "verify-complaints"):
        assert demo.command("run-job", job).returncode == 0
    listed = json.loads(demo.command("release", "list", "--json").stdout)
    assert len(listed) >= 17
    assert demo.command("release", "verify").returncode == 0
    assert demo.command("audit", "verify").returncode == 0


def test_an_answer_is_in_the_next_release_and_not_before() -> None:
    with serving() as later, later.browser(follow_redirects=True) as browser:
        visited_on = date.fromisoformat(later.clock()[:10]) - timedelta(days=1)
        month = month_of(visited_on)
        known, released = base(later, month)
        door = re.findall(r'class="door" href="(/s/\w+)"', browser.get("/").text)[0]
        answer_one(browser, browser.get(door))  # a machine that answers all would be too fast to count
        assert base(later, month) == (known + 1, None)
        assert released is None
        later.advance("jour", (month.releasable_on - visited_on).days)
        created = later.command("release", "create", "--period", month.code)
        assert created.returncode == 0, created.stderr
        assert base(later, month) == (known + 1, known + 1)
        browser.post("/demo/entrer", data={"porte": "herault"})
        assert period_text(month.code) in unescape(browser.get("/indicateurs/GLOB").text)


# The hours of contact.md, in the place where people live: days of the week, then hours.
HOURS = {
    "sms": (range(5), ((time(10), time(13)), (time(14), time(19)))),
    "email": (range(6), ((time(8), time(20)),)),
}


def is_allowed(message: dict[str, Any]) -> bool:
    at = datetime.fromisoformat(str(message["sent_at"])).astimezone(PARIS)
    days, hours = HOURS[str(message["channel"])]
    return at.weekday() in days and any(opens <= at.time() < closes for opens, closes in hours)


TICKED = """
SELECT EXISTS (SELECT FROM tick_run WHERE job = 'demo-files' AND started_at > $1 AND finished_at IS NOT NULL)
"""


def move_on(demo: Demo) -> None:
    """Move on by a day, and wait until the files of the evening are there and the worker has gone round."""
    demo.advance("jour", 1)
    moved_at = ask(demo, "SELECT now()")
    until(lambda: ask(demo, TICKED, moved_at), "no file comes")


def ask(demo: Demo, sql: str, *values: object) -> Any:
    async def found() -> Any:
        owner = await demo.owner()
        try:
            return await owner.fetchval(sql, *values)
        finally:
            await owner.close()

    return asyncio.run(found())


def test_a_week_day_by_day_sends_inside_the_legal_hours_and_nothing_on_a_sunday(demo: Demo) -> None:
    start, before = demo.clock(), len(demo.messages())
    try:
        for _ in range(6):
            move_on(demo)
        sent = demo.messages()[: len(demo.messages()) - before]
        files = ask(
            demo, "SELECT count(DISTINCT filename) FROM import_batch WHERE filename > $1", f"visites-{start}"
        )
    finally:
        with demo.browser(follow_redirects=True) as browser:
            browser.post("/demo/reinitialiser")
    assert files >= 2
    assert len({str(message["sent_at"])[:10] for message in sent}) >= 2
    assert [message for message in sent if not is_allowed(message)] == []
    began = datetime.fromisoformat(start).replace(tzinfo=PARIS)
    assert all(datetime.fromisoformat(str(message["sent_at"])) >= began for message in sent)


def test_starting_again_brings_back_the_first_morning(demo: Demo) -> None:
    with demo.browser(follow_redirects=True) as browser:
        assert "recommencer" in heading(browser.get("/demo/reinitialiser").text)
        assert browser.post("/demo/reinitialiser").status_code == 200
        morning, door = demo.clock(), re.findall(r'class="door" href="(/s/\w+)"', browser.get("/").text)[0]
        answer(browser, door)
        demo.advance("jour", 2)
        browser.post("/demo/entrer", data={"porte": "organisme"})
        again = browser.post("/demo/reinitialiser")
        assert (again.status_code, again.url.path) == (200, "/")
        assert demo.clock()[:15] == morning[:15]
        assert "globale" in form_of(browser.get(door).text).fields
        assert browser.get("/accueil").url.path == "/connexion"
    until(lambda: len(demo.processes()) >= 2, "the worker does not come back")


def test_a_second_start_says_where_the_first_answers(demo: Demo) -> None:
    second = demo.command("demo", "--port", "8999")
    assert second.returncode == 1
    assert demo.url in second.stderr
    assert "Traceback" not in second.stderr


def test_a_port_that_is_taken_is_said_with_what_to_do(demo: Demo) -> None:
    with tempfile.TemporaryDirectory(prefix="quality-demo-") as folder:
        refused = Demo(Path(folder), demo.port).command("demo", "--port", str(demo.port))
        assert refused.returncode == 1
        assert f"--port {demo.port + 1}" in refused.stderr
        assert not (Path(folder) / "pg").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_stopping_leaves_no_process_and_the_clock_goes_on_from_there(demo: Demo, number: int) -> None:
    until(lambda: len(demo.processes()) >= 2, "the worker does not start")
    before, said = demo.clock(), len(demo.said())
    try:
        code = demo.stop(number)
        until(lambda: demo.processes() == [], f"left behind: {demo.processes()}")
    finally:
        demo.start()
    assert before[:10] == demo.clock()[:10]
    if number != signal.SIGKILL:
        assert code == 0
        assert "Traceback" not in demo.said()[said:]
