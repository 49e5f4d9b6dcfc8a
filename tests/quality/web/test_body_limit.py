"""The largest request: what is too large is read to its end, then refused inside the application."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from quality.web.body_limit import BodyLimit
from quality.web.headers import Receive


async def measured(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(
        routes=[Route("/{path:path}", measured, methods=["POST"])],
        middleware=[Middleware(BodyLimit, largest=100, smaller={"/s/": 40})],
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://testserver"
    ) as client:
        yield client


async def in_parts(parts: int, drained: list[int]) -> AsyncIterator[bytes]:
    for part in range(parts):
        drained.append(part)
        yield b"x" * 30


@pytest.mark.parametrize(("size", "status"), [(0, 200), (100, 200), (101, 413)])
async def test_a_body_may_be_as_large_as_the_limit(
    browser: httpx.AsyncClient, size: int, status: int
) -> None:
    assert (await browser.post("/", content=b"x" * size)).status_code == status


async def test_a_body_that_tells_no_length_is_measured_and_read_to_its_end(
    browser: httpx.AsyncClient,
) -> None:
    drained: list[int] = []
    refused = await browser.post("/", content=in_parts(6, drained))
    assert (refused.status_code, len(drained)) == (413, 6)


async def test_an_endless_body_is_cut(browser: httpx.AsyncClient) -> None:
    drained: list[int] = []
    refused = await browser.post("/", content=in_parts(1_000, drained))
    assert (refused.status_code, len(drained) < 20) == (413, True)


async def test_what_was_refused_is_refused_again_instead_of_waited_for() -> None:
    sent = iter([{"type": "http.request", "body": b"x" * 101, "more_body": False}])
    heard: list[int] = []

    async def app(_scope: object, receive: Receive, _send: object) -> None:
        for _time in range(2):
            try:
                await receive()
            except HTTPException as refusal:
                heard.append(refusal.status_code)

    async def receive() -> dict[str, object]:
        return next(sent)

    scope = {"type": "http", "path": "/", "headers": []}
    await BodyLimit(app, largest=100)(scope, receive, no_answer)
    assert heard == [413, 413]


async def no_answer(_message: object) -> None:
    raise AssertionError


async def test_under_a_prefix_the_limit_is_its_own_whatever_the_length_told(
    browser: httpx.AsyncClient,
) -> None:
    assert (await browser.post("/s/a", content=b"x" * 40)).status_code == 200
    assert (await browser.post("/s/a", content=b"x" * 41)).status_code == 413
    drained: list[int] = []
    assert (await browser.post("/s/a", content=in_parts(1_000, drained))).status_code == 413
    assert len(drained) < 8
    assert (await browser.post("/sa", content=b"x" * 41)).status_code == 200
