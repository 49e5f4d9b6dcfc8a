"""Serving: who a visitor is, behind the proxies that the settings name and behind any other."""

from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from quality.app import House
from quality.cli import serve_house
from quality.web.serving import GatheringProtocol

VISITOR = "198.51.100.7"


async def seen(trusted: Any, peer: str) -> str:
    """Return the address of a visitor whose request a peer passed on."""
    found = ""

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        nonlocal found
        found = scope["client"][0]

    scope: Any = {"type": "http", "client": (peer, 1), "headers": [(b"x-forwarded-for", VISITOR.encode())]}
    await ProxyHeadersMiddleware(application, trusted)(scope, None, None)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("proxies", "peer", "is_believed"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "10.0.0.7", False),
        ("127.0.0.1, 10.0.0.0/24", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.8", False),
    ],
)
async def test_only_a_named_proxy_says_who_the_visitor_is(
    house: House, monkeypatch: pytest.MonkeyPatch, proxies: str, peer: str, *, is_believed: bool
) -> None:
    options: dict[str, Any] = {}
    monkeypatch.setattr(uvicorn, "run", lambda _app, **given: options.update(given))
    settings = house.settings.changed(trusted_proxies=proxies)
    serve_house(replace(house, settings=settings), "127.0.0.1", 8000)
    assert await seen(options["forwarded_allow_ips"], peer) == (VISITOR if is_believed else peer)
    assert options["http"] is GatheringProtocol
