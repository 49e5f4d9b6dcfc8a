"""Answer pages compiled once: the bytes that all readers share, with a place for what is each reader's own.

A page is rendered by its template for a reader of whom nothing is known but what the key of the page names:
a mark stands wherever their own words will (the token, the name of the provider, a day), and the page is cut
at the marks. So nothing of anybody else can be in it. The reader's own words are escaped and joined in. Pages
that hold what somebody wrote are never compiled.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from markupsafe import escape
from msgspec import structs
from starlette.responses import HTMLResponse, Response

from quality.web import languages
from quality.web.rendering import answer_shell, written
from surveys.questionnaire.facts import Facts
from surveys.respond.reader import HEADERS, Reader
from surveys.response import InvitedVisit, activity_words

T = TypeVar("T")
# A character for private use stands for each word, which no page holds otherwise.
MARKS = {name: chr(0xE000 + rank) for rank, name in enumerate((
    *("token", "elsewhere", "size", "organisme", "d_organisme", "jour", "activite"),
    *("reference", "provider", "today", "acknowledged_by", "remedied_by", "callback_text", "follow", "until"),
))}  # fmt: skip
NAMES = {mark: name for name, mark in MARKS.items()}
CUT = re.compile(f"([{''.join(NAMES)}])")
MOST = 1_000
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A page cut at its marks: `words` name what stands between each piece and the next.

    `tongue` is the language in which a question names the facts of the visit.
    """

    pieces: Sequence[bytes]
    words: Sequence[str]
    tongue: str = ""

    def filled(self, values: Words) -> bytes:
        """Join a reader's words in.

        >>> compiled(f"<p>Visite {MARKS['d_organisme']}</p>").filled({"d_organisme": "d’Aide & Co"}).decode()
        '<p>Visite d’Aide &amp; Co</p>'
        """
        own = {name: str(escape(values.get(name, MARKS[name]))).encode() for name in set(self.words)}
        joined = [self.pieces[0]]
        for word, piece in zip(self.words, self.pieces[1:], strict=True):
            joined += (own[word], piece)
        return b"".join(joined)


def compiled(page: str, tongue: str = "") -> Compiled:
    parts = CUT.split(page)
    return Compiled([piece.encode() for piece in parts[::2]], [NAMES[mark] for mark in parts[1::2]], tongue)


class CompiledPages:
    """The pages compiled, by all that makes them differ; the one unused for longest goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._pages: OrderedDict[Hashable, Compiled] = OrderedDict()

    def find(self, key: Hashable) -> Compiled | None:
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page

    def keep(self, key: Hashable, page: Compiled) -> Compiled:
        self._pages[key] = page
        if len(self._pages) > self._most:
            self._pages.popitem(last=False)
        return page


PAGES = CompiledPages()


def shown(reader: Reader, key: Hashable, make: Callable[[], Any], words: Callable[[str], Words]) -> Response:
    """Show the page of a key, made with marks when it is shown first; `words` gives the reader's own."""
    house = reader.request.app.state.house
    size = reader.size
    whole = (house.settings.demo, reader.card, reader.language, reader.chosen, size.is_large, key)
    page = PAGES.find(whole)
    if page is None:
        made = make()
        page = PAGES.keep(whole, compiled(_rendered(reader, made), getattr(made, "tongue", "")))
    elsewhere = languages.other(reader.request, reader.language).href
    body = page.filled(
        {**words(page.tongue), "token": reader.token, "elsewhere": elsewhere, "size": size.href}
    )
    return HTMLResponse(body, headers={**HEADERS, "Content-Language": reader.language})


def _rendered(reader: Reader, page: Any) -> str:
    """Render a page with what surrounds it, of which only the words of the platform's card may be said."""
    size = replace(reader.size, href=MARKS["size"])
    shell = answer_shell(reader.request, reader.card, reader.language, reader.chosen, size)
    there = replace(shell.other_language, href=MARKS["elsewhere"])
    general = replace(shell, other_language=there, path="", now_text="", now_iso="", today_text="")
    return written(reader.request.app.state.house.templates, page, general)


# ---- pages with marks ----


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedFacts(Facts):
    """What a question may say of a visit, a mark in place of each word."""

    has_activity: bool

    def piped(self, language: str) -> dict[str, str]:  # noqa: ARG002 - the words come with the reader
        return {
            "organisme": MARKS["organisme"],
            "d_organisme": MARKS["d_organisme"],
            "jour": MARKS["jour"],
            "activite": MARKS["activite"] if self.has_activity else "",
        }


@dataclass(frozen=True, slots=True)
class Anybody(Reader):
    """A reader of whom nothing is known but what the key of a page names."""

    answering: str
    marked: MarkedFacts

    @property
    def respondent(self) -> str:
        return self.answering

    @property
    def facts(self) -> Facts:
        return self.marked


def key_of(reader: Reader) -> Hashable:
    """Name all of a visit and of its reader that the page of a question depends on."""
    visit = reader.visit
    return (
        *(visit.questionnaire_id, visit.language, visit.mode, visit.purpose, visit.is_invited),
        *(reader.respondent, _has_activity(visit), *reader.choices.items()),
    )


def _has_activity(visit: InvitedVisit) -> bool:
    return activity_words(visit.activity) is not None


def anybody(reader: Reader) -> Anybody:
    """Give what a reader has in common with all those who share their key."""
    visit = structs.replace(reader.visit, **NOTHING)
    facts = MarkedFacts(
        organisation=MARKS["organisme"],
        day=visit.visit_on,
        mode=visit.mode,
        audience=reader.facts.audience,
        has_activity=_has_activity(reader.visit),
    )
    return Anybody(
        reader.request, MARKS["token"], visit, reader.card, reader.choices, reader.respondent, facts
    )


NOBODY, NEVER = UUID(int=0), datetime.min.replace(tzinfo=UTC)
NOTHING: dict[str, Any] = {
    **dict.fromkeys(("id", "platform_id", "provider_id", "client_id", "pseudonym"), NOBODY),
    **dict.fromkeys(("activity", "departement", "territory", "age_band", "first_mode", "seen"), ""),
    **dict.fromkeys(("occasion_id", "closed_at", "closed_reason")),
    **dict.fromkeys(("month", "visit_on"), NEVER.date()),
    **dict.fromkeys(("provider_name", "provider_short_name"), MARKS["organisme"]),
    "audience": "",
    "closes_at": NEVER,
    "funders": (),
    "responses": {},
}


def marked(page: T, words: Sequence[str]) -> T:
    """Put a mark in place of each word that a page holds, nothing where it holds none."""
    return replace(page, **{name: MARKS[name] for name in words if getattr(page, name)})  # type: ignore[type-var]
