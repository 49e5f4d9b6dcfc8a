"""French first, English second: gettext catalogues read from .po files at start (no compile step).

The msgid is the French sentence itself; `quality/locale/en/LC_MESSAGES/messages.po` is the one catalogue.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import Request

from quality.errors import QualityError
from quality.web.addresses import parts_of
from quality.web.format import count

LANGUAGES = ("fr", "en")
NAMES = {"fr": "Français", "en": "English"}
COOKIE = "langue"
FOLDER = Path(__file__).parent.parent / "locale"
_current: ContextVar[str] = ContextVar("language", default="fr")


@cache
def _catalogue(language: str) -> NullTranslations:
    path = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def gettext(message: str) -> str:
    """Return the sentence in the reader's language; an empty one stays empty."""
    return _catalogue(_current.get()).gettext(message) if message else ""


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the right plural; French, the source, takes the singular for 0 and 1."""
    if _current.get() == "fr":
        return singular if n < 2 else plural
    return _catalogue(_current.get()).ngettext(singular, plural, n)


def counted(sentence: str, n: int) -> str:
    """Write a number in the place that a sentence keeps for it, {num}.

    >>> counted("{num} clés ouvertes", 1200)
    '1\u202f200 clés ouvertes'
    """
    return sentence.format(num=count(n, _current.get()))


def said(error: QualityError) -> str:
    """Return what an error tells, in the reader's language."""
    sentence = gettext(error.message)
    return sentence.format_map(error.values) if error.values else sentence


def current() -> str:
    return _current.get()


@contextmanager
def using(language: str) -> Iterator[None]:
    """Speak a language within the block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def spoken(sentence: str, language: str, **values: object) -> str:
    """Return a sentence in the language of whoever hears it read aloud."""
    with using(language):
        return gettext(sentence) % values


def chosen(request: Request, preference: str | None) -> str:
    """Return the language asked by `?langue=`, else the cookie's, else the account's, else French."""
    asked = request.query_params.get(COOKIE) if request.scope["query_string"] else None
    kept = request.cookies.get(COOKIE) if "cookie" in request.headers else None
    for candidate in (asked, kept, preference):
        if candidate in LANGUAGES:
            return candidate
    return LANGUAGES[0]


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """The same page in the other language, under that language's own name."""

    href: str
    label: str


def other(request: Request, language: str) -> OtherLanguage:
    """Return the address of this page in the other language, and that language's own name.

    A refused form stands at an address that only takes forms: its reader goes back to where it was filled in.
    """
    code = "en" if language == "fr" else "fr"
    return OtherLanguage(chosen_here(request, COOKIE, code), NAMES[code])


def chosen_here(request: Request, name: str, value: str) -> str:
    """Write the address of the page that is read with another choice in it."""
    if request.method in {"GET", "HEAD"}:
        return _with("", request.scope["query_string"].decode("latin-1"), name, value)
    page = parts_of(request.headers.get("referer", "/"))
    return _with(f"/{page.path.lstrip('/')}", page.query, name, value)


@lru_cache(maxsize=200)
def _with(path: str, query: str, name: str, value: str) -> str:
    others = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != name]
    return f"{path}?{urlencode([*others, (name, value)])}"
