"""`/demo/messages`: everything that was sent, as on a telephone, and the same as JSON."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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

PER_PAGE = 20
PATH = "/demo/messages"
MESSAGES = """
SELECT channel, recipient, subject, text, html, sent_at FROM memory_message ORDER BY sent_at DESC, id DESC
"""
COUNT = "SELECT count(*) FROM memory_message"
LINK = re.compile(r"https?://[^\s\"<>]+")
ANSWER_PAGE = re.compile(r"https?://[^/\s\"<>]+(?=/s/[0-9A-Z]{12})")


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

    to: str
    subject: str
    lines: tuple[tuple[Piece, ...], ...]
    at_iso: str
    at_text: str


@dataclass(frozen=True, slots=True)
class DemoMessages:
    """`/demo/messages`: newest first."""

    messages: tuple[MessageShown, ...]
    previous: str | None
    following: str | None
    position: str


async def messages(request: Request) -> Response:
    base = str(request.app.state.house.settings.base_url)
    if request.query_params.get("format") == "json":
        rows = await fetch(pool("work"), MESSAGES)
        listed = msgspec.json.encode([_sent(row, base) for row in rows])
        return Response(listed, media_type="application/json", headers={"Cache-Control": "no-store"})
    actor = await actor_of(request)
    lang = languages.chosen(request, actor.language if actor else None)
    total = int(await fetch_value(pool("work"), COUNT))
    page = _page(request.query_params.get("page", "1"), total)
    rows = await fetch(pool("work"), f"{MESSAGES} LIMIT $1 OFFSET $2", PER_PAGE, (page - 1) * PER_PAGE)
    shown = tuple(_shown(_sent(row, base), lang) for row in rows)
    with languages.using(lang):
        where = _position(page, len(shown), total, lang)
    following = f"{PATH}?page={page + 1}" if page * PER_PAGE < total else None
    return await render(
        request, DemoMessages(shown, f"{PATH}?page={page - 1}" if page > 1 else None, following, where)
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


def _shown(sent: Sent, lang: str) -> MessageShown:
    at = sent.sent_at.astimezone(PARIS)
    return MessageShown(
        to=sent.to if sent.channel == "email" else phone_text(sent.to),
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
