"""Errors speak to their reader: a page, or a problem document for the API; never a bare 500."""

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from quality.app import House, create_app
from quality.errors import Conflict, FieldError, Invalid, QualityError, Unavailable
from quality.web.failures import problem
from quality.web.routing import public
from tests.world import World


async def test_an_unknown_address_is_a_page_that_says_what_to_do(
    client: httpx.AsyncClient, world: World
) -> None:
    page = await client.get("/nulle-part")
    assert page.status_code == 404
    assert "Page introuvable" in page.text
    assert "04" in page.text


async def test_the_api_answers_a_problem_document(client: httpx.AsyncClient, world: World) -> None:
    answer = await client.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 404


def test_a_problem_locates_each_field() -> None:
    document = problem(Invalid(errors=(FieldError("email", "Écrivez une adresse."),)))
    assert b'"errors":[{"field":"email","message":"' in document.body


@pytest.mark.parametrize(
    ("error", "status"),
    [(Conflict(), 409), (Unavailable(), 503), (ConnectionRefusedError(), 503), (ZeroDivisionError(), 500)],
)
async def test_every_error_is_a_page_of_its_status(
    house: House, world: World, error: Exception, status: int
) -> None:
    async def broken(request: Request) -> Response:
        raise error

    app = create_app(house)
    app.router.routes.append(public("/broken", broken))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        page = await client.get("/broken")
    assert page.status_code == status
    assert f"Code {status}" in page.text


async def test_every_answer_has_the_strict_headers(client: httpx.AsyncClient, world: World) -> None:
    page = await client.get("/connexion")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"


async def test_operations_answer(client: httpx.AsyncClient, world: World) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}
    assert "python_info" in (await client.get("/metrics")).text


async def test_metrics_are_for_this_machine_only(house: House, world: World, web: object) -> None:
    transport = httpx.ASGITransport(app=web, client=("203.0.113.9", 4000))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as stranger:
        assert (await stranger.get("/metrics")).status_code == 404


def test_an_error_s_message_holds_its_values() -> None:
    assert str(QualityError("Ligne {line}.", line=3)) == "Ligne 3."
