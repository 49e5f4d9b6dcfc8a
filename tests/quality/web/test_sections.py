"""An address leads where a plain list of all routes would lead it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from quality.web.sections import SectionRouter

PATHS = (
    "/",
    "/s/{token}",
    "/s/{token}/{number:int}",
    "/s/{token}/qui",
    "/{any}",
    "/{any}/deep",
    "/a.pdf",
    "/a/b/",
)
PARTS = st.sampled_from(("", "s", "a", "b", "a.pdf", "deep", "qui", "3", "files", "é"))
ADDRESSES = st.lists(PARTS, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
METHODS = st.sampled_from(("GET", "POST", "HEAD", "DELETE"))


class Told:
    """An endpoint that says which route and which parameters led to it."""

    def __init__(self, name: str) -> None:
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = f"{self._name} {sorted(scope.get('path_params', {}).items())} {scope['root_path']}"
        await PlainTextResponse(told)(scope, receive, send)


def routes(order: list[tuple[str, str]]) -> list[BaseRoute]:
    plain: list[BaseRoute] = [Route(path, Told(f"{way} {path}"), methods=[way]) for path, way in order]
    return [*plain, Mount("/files", Told("files"))]


async def answer(router: Router, method: str, path: str, root: str = "") -> tuple[Any, ...]:
    """Give the status, the headers and the body of an answer, or the status of what is raised."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": "",
        "headers": [],
        "query_string": b"",
    }
    scope |= {"scheme": "http", "server": ("testserver", 80), "app": None}
    try:
        await router(scope, None, send)  # type: ignore[arg-type]
    except HTTPException as error:
        return (error.status_code,)
    return sent[0]["status"], sent[0]["headers"], sent[1].get("body")


@given(
    st.permutations([(path, way) for path in PATHS for way in ("GET", "POST")]),
    METHODS,
    ADDRESSES,
    st.sampled_from(("", "/s", "/below/it")),
)
async def test_sections_change_nothing(
    order: list[tuple[str, str]], method: str, path: str, root: str
) -> None:
    known = routes(order)
    expected = await answer(Router(known), method, path, root)
    assert await answer(SectionRouter(known), method, path, root) == expected


async def test_a_route_that_is_added_later_is_found() -> None:
    router = SectionRouter(routes([("/s/{token}", "GET")]))
    assert await answer(router, "GET", "/later") == (404,)
    router.routes.append(Route("/later", Told("later")))
    assert (await answer(router, "GET", "/later"))[0] == 200


def test_all_routes_of_the_application_stay_listed(web: Starlette) -> None:
    assert isinstance(web.router, SectionRouter)
    assert len(web.routes) > 100


@pytest.mark.parametrize("path", ["/s/KF7P", "/nulle/part"])
async def test_the_whole_router_is_known_to_a_request(path: str) -> None:
    found: list[Any] = []

    async def seen(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope["router"])
        await PlainTextResponse("")(scope, receive, send)

    router = SectionRouter([Mount("/s", seen), Mount("/{any}", seen)])
    await answer(router, "GET", path)
    assert found == [router]
