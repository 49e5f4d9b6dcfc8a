"""The API: bearer keys, problem documents, and an OpenAPI document read from the routes themselves."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import Role
from quality.access.keys import Caller, caller_of_key
from quality.errors import Forbidden, SignInRequired
from quality.web.failures import problem
from quality.web.routing import Access, GuardedRoute, public

View = Callable[[Request], Awaitable[Response]]
PREFIX = "/api/v1"
BEARER = "Bearer "
REFERENCES = "#/components/schemas/{name}"


class FieldProblem(msgspec.Struct, frozen=True):
    """One field of a refused document, and what to do about it."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query or a header."""

    name: str
    description: str
    place: str = "query"
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """What the OpenAPI document says of a route."""

    summary: str
    answer: Any
    body: Any = None
    parameters: Sequence[Parameter] = ()
    refusals: Sequence[int] = (401, 403, 422)


class ApiRoute(GuardedRoute):
    """A route of the API, which describes itself."""

    operation: Operation


def api(
    path: str,
    view: View,
    *,
    roles: frozenset[Role],
    operation: Operation,
    methods: Sequence[str] = ("GET",),
    name: str | None = None,
) -> ApiRoute:
    """Declare an address of the API for the keys of some kinds of organisations; a cookie opens nothing."""

    async def guarded(request: Request) -> Response:
        caller = await _caller(request)
        if caller is None:
            refusal = problem(
                SignInRequired("Donnez une clé valable dans l’en-tête Authorization: Bearer CLÉ.")
            )
            refusal.headers["WWW-Authenticate"] = "Bearer"
            return refusal
        if caller.actor.role not in roles:
            raise Forbidden("Cette clé n’ouvre pas cette adresse.")
        request.state.caller, request.state.actor = caller, caller.actor
        return await view(request)

    route = ApiRoute(
        PREFIX + path, guarded, methods=list(methods), name=(name or view.__name__).replace("_", "-")
    )
    route.access = Access(PREFIX + path, frozenset(methods), roles, is_public=False)
    route.operation = operation
    return route


def caller_of(request: Request) -> Caller:
    """Return the key's holder of a guarded address."""
    caller: Caller = request.state.caller
    return caller


async def _caller(request: Request) -> Caller | None:
    header = request.headers.get("authorization", "")
    return await caller_of_key(header[len(BEARER) :].strip()) if header.startswith(BEARER) else None


def document(routes: Sequence[object], base_url: str) -> dict[str, object]:
    """Return the OpenAPI 3.1 document of the routes that describe themselves."""
    described = [route for route in routes if isinstance(route, ApiRoute)]
    types: list[Any] = [Problem]
    for route in described:
        types += [kind for kind in (route.operation.body, route.operation.answer) if kind is not None]
    _, components = msgspec.json.schema_components(types, ref_template=REFERENCES)
    paths: dict[str, dict[str, object]] = {}
    for route in described:
        for method in sorted(route.access.methods):
            paths.setdefault(route.access.path, {})[method.lower()] = _operation(route, method)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Suivi Qualité", "version": "1"},
        "servers": [{"url": base_url}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(route: ApiRoute, method: str) -> dict[str, object]:
    described = route.operation
    answers: dict[str, object] = {"200": _content("Fait", described.answer)}
    answers |= {
        str(status): _content("Refusé", Problem, "application/problem+json") for status in described.refusals
    }
    result: dict[str, object] = {
        "operationId": f"{method.lower()}-{route.name}",
        "summary": described.summary,
        "responses": answers,
    }
    if described.parameters:
        result["parameters"] = [_parameter(parameter) for parameter in described.parameters]
    if described.body is not None:
        result["requestBody"] = {"required": True, **_content("", described.body)}
        del result["requestBody"]["description"]  # type: ignore[attr-defined]
    return result


def _content(description: str, kind: Any, media_type: str = "application/json") -> Mapping[str, object]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=REFERENCES)
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _parameter(parameter: Parameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.is_required,
        "description": parameter.description,
        "schema": {"type": "string"},
    }


async def openapi(request: Request) -> Response:
    house = request.app.state.house
    described = document(request.app.routes, house.settings.base_url)
    return Response(msgspec.json.encode(described), media_type="application/json")


ROUTES = (public(f"{PREFIX}/openapi.json", openapi),)
