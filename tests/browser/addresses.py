"""The pages that a browser opens, from the access table; their parameters come from the pages themselves."""

import re
from collections.abc import Iterable

from playwright.async_api import Page

from tests.access_table import DEMO_LINES, LINES

DOORS = {
    "plateforme": "platform",
    "superviseur": "supervisor",
    "appels": "agent",
    "organisme": "provider",
    "herault": "funder",
    "cnav": "funder",
    "gironde": "funder",
    "observateur": "observer",
    "admin": "admin",
}
# What answers no page: files, programs, carriers.
FILES = (
    ".csv",
    ".json",
    ".pdf",
    ".xlsx",
    ".yaml",
    "/etat",
    "/fichier/{id:uuid}",
    "/fichier/{number:int}",
    "/{file}",
)
PROGRAMS = ("/healthz", "/readyz", "/metrics", "/api/", "/hooks/")
PARAMETER = re.compile(r"{(\w+)(?::(\w+))?}")
SHAPES = {"int": r"\d+", "uuid": r"[0-9a-f-]{36}", "": r"[^/?#.]+"}


def is_page(path: str) -> bool:
    return not path.endswith(FILES) and not path.startswith(PROGRAMS)


def pages(who: str) -> list[str]:
    """List the paths that a role may open, « anybody » for those of everybody."""
    lines = (*LINES, *DEMO_LINES)
    opened = dict.fromkeys(path for method, path, whose in lines if method == "GET" and _is(who, whose))
    return [path for path in opened if is_page(path)]


def _is(who: str, whose: str) -> bool:
    return who in whose.split() or (whose == "every role" and who != "anybody")


def pattern(path: str) -> re.Pattern[str]:
    """Give what an address of this path looks like.

    >>> bool(pattern("/reclamations/{number:int}").fullmatch("/reclamations/12"))
    True
    """
    parts = re.split(r"({[^}]+})", path)
    return re.compile("".join(_piece(part) for part in parts))


def _piece(part: str) -> str:
    found = PARAMETER.fullmatch(part)
    return SHAPES[found[2] or ""] if found else re.escape(part)


async def linked(page: Page) -> set[str]:
    """List where the page that is open leads, on this site."""
    hrefs = "links => links.map(link => link.getAttribute('href'))"
    found: list[str] = await page.eval_on_selector_all("a[href^='/']", hrefs)
    return {re.split("[?#]", address)[0] for address in found}


def filled(path: str, known: Iterable[str]) -> str | None:
    """Give an address of a path, among known ones; a query stays with its address."""
    if "{" not in path:
        return path
    shape = pattern(path)
    return next((address for address in sorted(known) if shape.fullmatch(address.partition("?")[0])), None)
