"""Question pages kept ready: those of one provider and one day differ by the token only.

A page is composed once with a mark in place of the token, and each reader gets it with their own. Pages that
hold words of somebody are never kept.
"""

from collections import OrderedDict
from collections.abc import Hashable

MARK = "\ue000"  # a character for private use, which no page holds
MOST = 256


class KeptPages:
    """The pages shown last, by all that makes one differ from another."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._pages: OrderedDict[Hashable, bytes] = OrderedDict()

    def find(self, key: Hashable, token: str) -> bytes | None:
        """Give a page with this token in it, if it is kept."""
        page = self._pages.get(key)
        if page is None:
            return None
        self._pages.move_to_end(key)
        return filled(page, token)

    def keep(self, key: Hashable, page: bytes) -> None:
        self._pages[key] = page
        if len(self._pages) > self._most:
            self._pages.popitem(last=False)


def filled(page: bytes, token: str) -> bytes:
    """Write the token into a page composed with a mark.

    >>> filled(f"<a href='/s/{MARK}/2'>".encode(), "K7M42Q9DX3PV")
    b"<a href='/s/K7M42Q9DX3PV/2'>"
    """
    return page.replace(MARK.encode(), token.encode())
