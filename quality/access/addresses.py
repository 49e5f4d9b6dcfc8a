"""Where a browser is sent after signing in, and where it came from."""

import re

from starlette.requests import Request

HOME = "/accueil"
# A browser drops tabs and line ends, and reads « \\ » as « / »: what is left is a path of this site.
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def local_path(text: str) -> str:
    """Return a path of this site, or the home page: another site's address is never followed.

    >>> local_path("/reclamations/214")
    '/reclamations/214'
    >>> {local_path(asked) for asked in ("//ailleurs.fr", "/\\\\ailleurs.fr", "https://a.fr", "", "/a b")}
    {'/accueil'}
    """
    return text if _LOCAL.fullmatch(text) else HOME


def address_of(request: Request) -> str:
    """Return the address of the caller, as the server or the trusted proxy before it gives it."""
    return request.client.host if request.client else ""
