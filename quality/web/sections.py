"""Which routes an address is held against: those that begin as it does, whatever all others are."""

from collections.abc import Sequence
from typing import Any

from starlette._utils import get_route_path
from starlette.routing import BaseRoute, Router
from starlette.types import Lifespan, Receive, Scope, Send

ANY = "{"  # the beginning of a route that takes any first part


class SectionRouter(Router):
    """A router by the first part of an address, which in a list of hundreds of routes few share.

    Starlette holds an address against each route in turn. Here each section has the routes that may be meant,
    in their order: what matches, what is refused and what is not found stay the same.
    """

    def __init__(self, routes: Sequence[BaseRoute], lifespan: Lifespan[Any] | None = None) -> None:
        super().__init__(routes, lifespan=lifespan)
        self._sections: dict[str, Router] = {}
        self._held = 0

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to its section."""
        if scope["type"] != "http":
            await super().app(scope, receive, send)
            return
        scope.setdefault("router", self)
        await self._section(_first(get_route_path(scope))).app(scope, receive, send)

    def _section(self, first: str) -> Router:
        """Give the section of a first part; they are made anew when a route was added since."""
        if self._held != len(self.routes):
            self._sections = {each: _section(self.routes, each) for each in map(_first_of, self.routes)}
            self._sections[ANY] = _section(self.routes, ANY)
            self._held = len(self.routes)
        return self._sections.get(first) or self._sections[ANY]


def _section(routes: Sequence[BaseRoute], first: str) -> Router:
    return Router([route for route in routes if _first_of(route) in (first, ANY)])


def _first_of(route: BaseRoute) -> str:
    path = str(getattr(route, "path", ""))
    first = _first(path)
    return ANY if not path or ANY in first else first


def _first(path: str) -> str:
    """Give the first part of an address.

    >>> _first("/s/KF7P/2"), _first("/charte.pdf"), _first("/")
    ('s', 'charte.pdf', '')
    """
    return path[1:].partition("/")[0]
