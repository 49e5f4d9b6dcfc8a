"""The addresses of the answer pages as the house declares them, so that a new one is tested too."""

import re
from collections.abc import Iterator

from quality.app import House
from quality.web.languages import LANGUAGES
from quality.web.routing import GuardedRoute

PREFIX = "/s/{token}"
NUMBERS = ("1", "2", "6", "7", "99")  # a mark, a text, the wish of a call, and none
QUERIES = (
    *(
        "",
        "proche=oui",
        "proche=non",
        "texte=grand",
        "texte=normal",
        *(f"langue={language}" for language in LANGUAGES),
    ),
    *("reponse=1", "reponse=5", "note=1", "note=5", "note=9", "reponse=nsp&langue=en&proche=oui"),
    *("globale=1", "souhait=nom", "creneau=202611251130", "feuille=2a", "List-Unsubscribe=One-Click"),
)


def answer_routes(house: House) -> list[GuardedRoute]:
    routes = [route for part in house.components for route in part.routes]
    found = [each for each in routes if isinstance(each, GuardedRoute) and each.path.startswith(PREFIX)]
    assert found
    return found


def paths(house: House, method: str) -> list[str]:
    """List what comes after the token in the addresses that take a method, each number written in."""
    asked = (route.path for route in answer_routes(house) if method in (route.methods or ()))
    return sorted({path for each in asked for path in _written(each.removeprefix(PREFIX))})


def _written(path: str) -> Iterator[str]:
    for number in NUMBERS:
        yield re.sub(r"{\w+(:\w+)?}", number, path)


def readings(house: House) -> list[str]:
    """List every address that is read, with every choice that it may carry."""
    return [f"{path}?{query}" if query else path for path in paths(house, "GET") for query in QUERIES]
