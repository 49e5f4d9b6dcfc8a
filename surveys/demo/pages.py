"""`/demo/messages`: everything that was sent, as on a telephone, and the same as JSON."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from quality.db import fetch, fetch_value, pool
from quality.web import languages
from quality.web.format import count, day_text, phone_text, time_text
from quality.web.languages import gettext as _
from quality.web.platform import PARIS
from quality.web.rendering import render
from quality.web.routing import public
from quality.web.session import actor_of
from surveys.demo.scene import mobile

PER_PAGE = 15
LATEST = 12  # messages shown on one telephone
PATH = "/demo/messages"
MESSAGES = "SELECT channel, recipient, subject, text, html, sent_at FROM memory_message"
EVERY = f"{MESSAGES} ORDER BY sent_at DESC, id DESC"
OF_ONE = f"{MESSAGES} WHERE recipient = $1 ORDER BY sent_at DESC, id DESC LIMIT {LATEST}"
OWNERS = """
SELECT recipient, count(*) AS received, max(sent_at) AS last_at FROM memory_message
GROUP BY recipient ORDER BY last_at DESC, recipient LIMIT $1 OFFSET $2
"""
COUNT = "SELECT count(DISTINCT recipient) FROM memory_message"
KNOWN = {mobile(1): "Mme Martin", mobile(2): "Claire Martin"}
LINK = re.compile(r"https?://[^\s\"<>]+")
ANSWER_PAGE = re.compile(r"https?://[^/\s\"<>]+(?=/(?:s|suivi)/[0-9A-Z]{12})")


class Sent(msgspec.Struct, frozen=True):
    """One message as the JSON list gives it."""

    channel: str
    to: str
    subject: str
    text: str
    html: str
    links: list[str]
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a message: words, or an address to follow."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class MessageShown:
    """One message on the telephone; each line is a sequence of pieces."""

    subject: str
    lines: tuple[tuple[Piece, ...], ...]
    at_iso: str
    at_text: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose telephone or mailbox it is, what came there and when last."""

    name: str
    received: str
    last: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class DemoMessages:
    """`/demo/messages`: who received something, newest first, and one person's messages, newest last."""

    owners: tuple[Owner, ...]
    shown: Owner | None
    messages: tuple[MessageShown, ...]
    previous: str | None
    following: str | None
    position: str


async def messages(request: Request) -> Response:
    base = str(request.app.state.house.settings.base_url)
    if request.query_params.get("format") == "json":
        rows = await fetch(pool("work"), EVERY)
        listed = msgspec.json.encode([_sent(row, base) for row in rows])
        return Response(listed, media_type="application/json", headers={"Cache-Control": "no-store"})
    actor = await actor_of(request)
    with languages.using(languages.chosen(request, actor.language if actor else None)):
        asked, whose = (request.query_params.get(name, "") for name in ("page", "vers"))
        return await render(request, await _telephones(asked, whose, base))


async def _telephones(asked: str, whose: str, base: str) -> DemoMessages:
    total = int(await fetch_value(pool("work"), COUNT))
    page = _page(asked, total)
    rows = await fetch(pool("work"), OWNERS, PER_PAGE, (page - 1) * PER_PAGE)
    first = rows[0]["recipient"] if rows else ""
    chosen = whose if any(row["recipient"] == whose for row in rows) else first
    owners = tuple(_owner(row, page, chosen) for row in rows)
    received = await fetch(pool("work"), OF_ONE, chosen)
    return DemoMessages(
        owners=owners,
        shown=next((owner for owner in owners if owner.is_current), None),
        messages=tuple(_shown(_sent(row, base)) for row in reversed(received)),
        previous=f"{PATH}?page={page - 1}" if page > 1 else None,
        following=f"{PATH}?page={page + 1}" if page * PER_PAGE < total else None,
        position=_position(page, len(rows), total, languages.current()),
    )


def _owner(row: Mapping[str, Any], page: int, chosen: str) -> Owner:
    recipient, lang = str(row["recipient"]), languages.current()
    at = row["last_at"].astimezone(PARIS)
    return Owner(
        name=KNOWN.get(recipient) or (recipient if "@" in recipient else phone_text(recipient)),
        received=count(row["received"], lang),
        last=f"{day_text(at.date(), lang)}, {time_text(at, lang)}",
        href=f"{PATH}?{urlencode({'page': page, 'vers': recipient})}",
        is_current=recipient == chosen,
    )


def _page(asked: str, total: int) -> int:
    last = max(1, -(-total // PER_PAGE))
    return min(max(1, int(asked)), last) if asked.isdecimal() and len(asked) < 6 else 1


def _position(page: int, shown: int, total: int, lang: str) -> str:
    first = (page - 1) * PER_PAGE + bool(shown)
    numbers = {name: count(n, lang) for name, n in (("first", first), ("total", total))}
    return _("{first} à {last} sur {total}").format(last=count(first + max(shown - 1, 0), lang), **numbers)


def _sent(row: Mapping[str, Any], base: str) -> Sent:
    """Read a stored message; its links lead to the address at which the demonstration answers now."""
    text, html = ANSWER_PAGE.sub(base, row["text"]), ANSWER_PAGE.sub(base, row["html"])
    links = list(dict.fromkeys(LINK.findall(text)))
    return Sent(row["channel"], row["recipient"], row["subject"], text, html, links, row["sent_at"])


def _shown(sent: Sent) -> MessageShown:
    at, lang = sent.sent_at.astimezone(PARIS), languages.current()
    return MessageShown(
        subject=sent.subject,
        lines=tuple(_pieces(line) for line in sent.text.splitlines() if line.strip()),
        at_iso=at.strftime("%Y-%m-%dT%H:%M"),
        at_text=f"{day_text(at.date(), lang)}, {time_text(at, lang)}",
    )


def _pieces(line: str) -> tuple[Piece, ...]:
    """Part a line into words and addresses.

    >>> [piece.href for piece in _pieces("Répondez : http://127.0.0.1:8000/s/K7M42Q9DX3PV STOP=refus")]
    ['', 'http://127.0.0.1:8000/s/K7M42Q9DX3PV', '']
    """
    found: list[Piece] = []
    end = 0
    for link in LINK.finditer(line):
        found += [Piece(line[end : link.start()], ""), Piece(link[0], link[0])]
        end = link.end()
    return tuple(_kept([*found, Piece(line[end:], "")]))


def _kept(pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.text]


DEMO_ROUTES = (public(PATH, messages, name="demo-messages"),)
