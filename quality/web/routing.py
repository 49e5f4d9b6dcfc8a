"""Routes that declare who may take them: the access table is read from the routes themselves."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from quality.access.actor import Role
from quality.errors import Forbidden, SignInRequired
from quality.web import csrf, languages, session

View = Callable[[Request], Awaitable[Response]]
PUBLIC: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Access:
    """One line of the access table: a path, its methods and the roles that may take it."""

    path: str
    methods: frozenset[str]
    roles: frozenset[Role]
    is_public: bool


class GuardedRoute(Route):
    """A route with its line of the access table."""

    access: Access


def page(
    path: str,
    view: View,
    *,
    roles: frozenset[Role],
    methods: Sequence[str] = ("GET",),
    name: str | None = None,
    most_fields: int = csrf.FORM_FIELDS,
) -> GuardedRoute:
    """Declare a page for signed-in roles, in the reader's language; session, role and token are checked.

    `most_fields` is the most that a form of its may hold.
    """

    async def guarded(request: Request) -> Response:
        actor = await session.actor_of(request)
        if actor is None:
            raise SignInRequired
        if actor.role not in roles:
            raise Forbidden
        if request.method not in {"GET", "HEAD"}:
            await csrf.check(request, most_fields)
        with languages.using(languages.chosen(request, actor.language)):
            return await view(request)

    return _route(path, guarded, roles, methods, name or view.__name__, is_public=False)


def public(
    path: str, view: View, *, methods: Sequence[str] = ("GET",), name: str | None = None
) -> GuardedRoute:
    """Declare a page for anybody: a POST from another site is refused by its Origin."""

    async def guarded(request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            csrf.check_origin(request)
        with languages.using(languages.chosen(request, None)):
            return await view(request)

    return _route(path, guarded, PUBLIC, methods, name or view.__name__, is_public=True)


def _route(
    path: str, endpoint: View, roles: frozenset[Role], methods: Sequence[str], name: str, *, is_public: bool
) -> GuardedRoute:
    route = GuardedRoute(path, endpoint, methods=list(methods), name=name.replace("_", "-"))
    route.access = Access(path, frozenset(methods), roles, is_public)
    return route
