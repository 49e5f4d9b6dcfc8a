"""The largest request accepted; a larger one is read to its end, then refused by a page."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException

from quality.web.headers import Receive, Scope, Send

# Browsers show no answer given before they have sent everything: so much more is read and dropped.
DRAINED = 4


class BodyLimit:
    """Raise 413 inside the application for a body of more than `largest` bytes, or of less on some paths."""

    def __init__(self, app: Any, largest: int, smaller: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.largest = largest
        self.smaller = smaller or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        size, is_refused = 0, False

        async def receive_measured() -> MutableMapping[str, Any]:
            nonlocal size, is_refused
            if is_refused:  # nothing more comes: whoever asks again would wait for ever
                raise HTTPException(413)
            announced, largest = _announced(scope), self._largest_at(scope["path"])
            message = await receive()
            size += len(message.get("body", b""))
            if max(size, announced) <= largest:
                return message
            while message.get("more_body") and size < DRAINED * largest:
                message = await receive()
                size += len(message.get("body", b""))
            is_refused = True
            raise HTTPException(413)

        await self.app(scope, receive_measured, send)

    def _largest_at(self, path: str) -> int:
        return next((size for shape, size in self.smaller.items() if re.match(shape, path)), self.largest)


def _announced(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0
