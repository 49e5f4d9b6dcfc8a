"""Each address of Hérault answers 404 to Gironde, or Gironde's own empty page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from tests.browser.visitor import Visitor, main_of
from tests.live import PATIENCE_SECONDS, Demo

pytestmark = pytest.mark.browser

FEWEST, ENOUGH = 40, 180
LINK = re.compile(r'href="([^"#]+)"')
SELECT = re.compile(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', re.DOTALL)
OPTION = re.compile(r'<option value="([^"]*)"')
# Every figure, number of people and name that a page of results may show.
A_FIGURE = re.compile(r"\d\s*%|\d+ clients?\b|Hérault|Aide 34|Cap Domicile|Cnav", re.IGNORECASE)
ELSEWHERE = ("/static", "/demo", "/s/", "/deconnexion")


@contextmanager
def entered(demo: Demo, door: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=demo.url, timeout=PATIENCE_SECONDS, follow_redirects=True) as browser:
        assert browser.post("/demo/entrer", data={"porte": door}).status_code == 200
        yield browser


def addresses_of(html: str, page: str) -> list[str]:
    """List what a page leads to: its links, and each choice of its lists."""
    path = urlsplit(page).path
    found = [urljoin(page, each.replace("&amp;", "&")) for each in LINK.findall(html)]
    for name, options in SELECT.findall(html):
        found += [f"{path}?{name}={value}" for value in OPTION.findall(options)]
    return [each for each in found if each.startswith("/") and not each.startswith(ELSEWHERE)]


def is_another_file(address: str) -> bool:
    path = urlsplit(address).path
    return path.startswith("/donnees/") or (path.startswith("/rapports/") and not path.endswith(".json"))


def crawl(browser: httpx.Client) -> dict[str, str]:
    """Open what is reached from the first page, the nearest first, and give the text of each page.

    The files of one population and period say the same lines: of those, one is opened.
    """
    seen: dict[str, str] = {}
    waiting = ["/accueil"]
    for address in waiting:
        if address in seen or "langue=" in address or is_another_file(address):
            continue
        answer = browser.get(address)
        assert answer.status_code == 200, f"{address} is a dead link"
        seen[address] = answer.text
        waiting += addresses_of(answer.text, address)
        if len(seen) == ENOUGH:
            break
    return seen


def body(text: str) -> str:
    """Give the words of a page's main part, or a whole file."""
    main = text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"<[^>]+>", " ", main) if "<html" in text else text


def is_of_results(address: str) -> bool:
    return urlsplit(address).path.startswith(("/indicateurs", "/conventions", "/rapports"))


def is_anybodys(address: str) -> bool:
    """Say whether an address names nothing of Hérault's: a list, of which each reads its own."""
    parts = urlsplit(address)
    own = {
        *("/indicateurs", "/indicateurs/lectures", "/indicateurs/territoires"),
        *("/conventions", "/rapports"),
    }
    return parts.path in own and "population" not in parts.query


def test_each_address_of_herault_answers_gironde_404_or_its_own_empty_page(demo: Demo) -> None:
    with entered(demo, "herault") as browser:
        results = [address for address in crawl(browser) if is_of_results(address)]
    assert len([address for address in results if not is_anybodys(address)]) >= FEWEST
    with entered(demo, "gironde") as browser:
        answers = {address: browser.get(address) for address in results}
    assert {a: r.status_code for a, r in answers.items() if r.status_code != _expected(a)} == {}
    assert [a for a, answer in answers.items() if A_FIGURE.search(body(answer.text))] == []


def _expected(address: str) -> int:
    return 200 if is_anybodys(address) else 404


def test_no_page_of_gironde_says_a_word_of_herault(demo: Demo) -> None:
    with entered(demo, "gironde") as browser:
        pages = crawl(browser)
    told = {a for a, html in pages.items() if a != "/" and re.search(r"Hérault|Aide 34", body(html))}
    assert told == set()
    assert {"/indicateurs", "/conventions", "/rapports", "/accueil"} <= pages.keys()


async def test_gironde_reads_on_each_page_why_it_is_empty(visitor: Visitor) -> None:
    page = await visitor.page("gironde")
    said = {
        path: await main_of(page, path)
        for path in ("/accueil", "/indicateurs", "/indicateurs/lectures", "/conventions", "/rapports")
    }
    assert said["/accueil"].startswith("Vous ne financez encore aucune visite suivie")
    assert await page.locator("main .empty").count() == 1
    assert not any(re.search(r"\d\s*%", words) for words in said.values())
