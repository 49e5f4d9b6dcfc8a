"""Errors speak to their reader: a page, or a problem document for the API; never a bare 500."""

import re

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from quality.app import House, create_app
from quality.errors import Conflict, FieldError, Invalid, QualityError, Unavailable
from quality.web import platform
from quality.web.failures import problem
from quality.web.routing import public
from tests.world import PLATFORM_PHONE, World, sign_in


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


async def broken_page(house: House, path: str, error: Exception) -> httpx.Response:
    """Open an address that fails so."""

    async def broken(request: Request) -> Response:
        raise error

    app = create_app(house)
    app.router.routes.insert(0, public(path, broken))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.get(path)


async def test_an_unforeseen_failure_tells_the_number_that_the_log_holds(
    house: House, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/broken", "/s/0123456789AB/broken"):
        page = await broken_page(house, path, ZeroDivisionError())
        found = re.search(r"incident[^<]*<b>([0-9A-F]{8})</b>", page.text)
        assert found
        assert f"incident {found[1]}" in caplog.text
        assert "ZeroDivisionError" not in page.text


async def test_a_foreseen_failure_has_no_incident_number(house: House, world: World) -> None:
    assert "incident" not in (await broken_page(house, "/broken", Unavailable())).text


@pytest.mark.parametrize(
    ("path", "method", "status", "title"),
    [
        ("/nulle-part", "GET", 404, "Page introuvable"),
        ("/accueil", "DELETE", 405, "Cette page ne s’ouvre pas ainsi"),
        ("/connexion", "PUT", 405, "Cette page ne s’ouvre pas ainsi"),
        ("/admin", "GET", 403, "Cette page n’est pas ouverte à votre rôle"),
        ("/s/0123456789AB/1", "DELETE", 405, "Cette page ne s’ouvre pas ainsi"),
        ("/s/0123456789AB/a/b/c", "GET", 404, "Page introuvable"),
    ],
)
async def test_each_refusal_says_what_happened_what_to_do_and_whom_to_call(
    client: httpx.AsyncClient, world: World, path: str, method: str, status: int, title: str
) -> None:
    await sign_in(client, world, "agent")
    page = await client.request(method, path)
    assert page.status_code == status
    assert title in page.text
    assert "Ce que vous pouvez faire" in page.text
    assert "04\u00a067\u00a000\u00a000\u00a000" in page.text
    assert "Du lundi au vendredi" in page.text
    assert ("respond.css" in page.text) == path.startswith("/s/")


async def test_too_long_a_text_is_told_to_who_answers(client: httpx.AsyncClient, world: World) -> None:
    page = await client.post("/s/0123456789AB/1", data={"commentaire": "x" * 80_000})
    assert page.status_code == 413
    assert "Votre texte est trop long" in page.text
    assert "respond.css" in page.text


async def test_a_form_of_another_site_is_refused_in_the_style_of_answers(
    client: httpx.AsyncClient, world: World
) -> None:
    page = await client.post("/s/0123456789AB/1", headers={"origin": "https://ailleurs.invalid"})
    assert page.status_code == 403
    assert "Ce formulaire vient d’un autre site." in page.text
    assert "respond.css" in page.text


async def test_errors_are_told_in_english(client: httpx.AsyncClient, world: World) -> None:
    for path in ("/nulle-part?langue=en", "/s/0123456789AB/a/b?langue=en"):
        page = await client.get(path)
        assert "Page not found" in page.text
        assert "What you can do" in page.text


async def test_the_platform_last_read_is_known_without_the_database(
    client: httpx.AsyncClient, world: World
) -> None:
    await client.get("/")
    assert platform.known_card(world.platform).phone == PLATFORM_PHONE


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
