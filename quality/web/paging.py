"""A long list in pages: what is shown, the addresses of the neighbours, and where one is (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from quality.web import languages
from quality.web.format import count
from quality.web.languages import gettext as _

T = TypeVar("T")
ROWS = 50


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """One page of a list; without neighbours it is the whole list."""

    rows: tuple[T, ...]
    previous: str | None
    following: str | None
    position: str


def page_number(asked: str) -> int:
    """Read the number of a page; what is no number is the first.

    >>> page_number("3"), page_number("-1"), page_number("x"), page_number("")
    (3, 1, 1, 1)
    """
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= 4
    return max(1, int(asked)) if is_number else 1


def sliced(rows: Sequence[T], asked: str, address: str, anchor: str = "", *, name: str = "page") -> Slice[T]:
    """Cut a page out of a list; a page beyond the last is the last. `name` is that of its field.

    >>> found = sliced(range(120), "3", "/conventions?", "#liste")
    >>> found.rows[0], found.previous, found.following, found.position
    (100, '/conventions?page=2#liste', None, '101 à 120 sur 120')
    """
    start = first_row(asked, len(rows))
    return placed(rows[start : start + ROWS], start, len(rows), address, anchor, name=name)


def first_row(asked: str, total: int) -> int:
    """Return where a page begins.

    >>> first_row("3", 120), first_row("9", 120), first_row("", 0)
    (100, 100, 0)
    """
    last = max(1, -(-total // ROWS))
    return (min(page_number(asked), last) - 1) * ROWS


def placed(
    rows: Sequence[T], start: int, total: int, address: str, anchor: str = "", *, name: str = "page"
) -> Slice[T]:
    """Say where the rows of a page stand among all, with the addresses of its neighbours."""
    number = start // ROWS + 1
    return Slice(
        tuple(rows),
        f"{address}{name}={number - 1}{anchor}" if start else None,
        f"{address}{name}={number + 1}{anchor}" if start + ROWS < total else None,
        position_words(start + 1, start + len(rows), total),
    )


def position_words(first: int, last: int, total: int) -> str:
    """Say which rows of a list a page shows.

    >>> position_words(51, 100, 1200)
    '51 à 100 sur 1\u202f200'
    """
    lang = languages.current()
    return _("{first} à {last} sur {total}").format(
        first=count(first, lang), last=count(last, lang), total=count(total, lang)
    )
