"""Keys of the pages that have some: a reader turns them off for good, in a cookie (WCAG 2.1.4)."""

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "touches"
YEAR_SECONDS = 31_536_000


def has_keys(request: Request) -> bool:
    return request.cookies.get(COOKIE) != "non"


def keep(response: Response, *, has_them: bool) -> None:
    value = "oui" if has_them else "non"
    response.set_cookie(COOKIE, value, max_age=YEAR_SECONDS, httponly=True, samesite="lax")
