"""The result of a self-assessment as a tagged PDF: the same words as its page."""

from pathlib import Path
from typing import Any

from charter.benchmark.showing import BesideTable
from charter.result import CharterResult
from quality import typesetting
from quality.web import languages
from quality.web.languages import gettext as _

SOURCE = Path(__file__).with_name("result.typ")


def pdf(of: CharterResult, edition: str) -> bytes:
    """Draw the result; the same words give the same bytes. Call it off the event loop."""
    return typesetting.drawn(SOURCE, "result", told(of, edition))


def told(of: CharterResult, edition: str) -> dict[str, Any]:
    """Say a result in the reader's language, ready to be drawn."""
    return {
        "lang": languages.current(),
        "provider": of.provider,
        "edition": edition,
        "title": of.title,
        "sentence": of.sentence,
        "page": _("Page"),
        "tables": _tables(of),
        "notes": [of.scoring, *of.about],
    }


def _tables(of: CharterResult) -> list[dict[str, Any]]:
    """Put what holds the result down first, where its edition has imperatives that do."""
    first = [_blocking(of), _principles(of)] if of.is_held else [_principles(of), _blocking(of)]
    return [*first, _beside(of.last, of.heads[0]), _beside(of.peers, of.heads[0]), _compared(of)]


def _beside(of: BesideTable, part: str) -> dict[str, Any]:
    return {
        "title": of.title,
        "columns": (5, 2, 2, 3),
        "heads": (part, of.other_head, of.own_head, of.tells_head),
        "rows": [(each.title, each.other, each.own, each.tells[1] if each.tells else "") for each in of.rows],
        "none": of.sentence,
    }


def _principles(of: CharterResult) -> dict[str, Any]:
    return {
        "title": of.total_title,
        "columns": (5, 2, 2, 2),
        "heads": (of.heads[0], _("Avancement"), of.heads[1], _("Lecture")),
        "rows": [
            (
                f"{each.title} ({each.reviewed})",
                each.progress[1],
                each.share,
                each.strength[1] if each.strength else "",
            )
            for each in of.principles
        ],
        "none": "",
    }


def _blocking(of: CharterResult) -> dict[str, Any]:
    return {
        "title": of.blocking_title if of.blocking else _("Obligatoires"),
        "columns": (5, 2, 4),
        "heads": (_("Critère"), _("Déclaré"), _("Ce que vous faites")),
        "rows": [(f"{each.code} {each.label}", each.answer[1], each.comment) for each in of.blocking],
        "none": _("Aucun critère obligatoire revu n’est en défaut."),
    }


def _compared(of: CharterResult) -> dict[str, Any]:
    return {
        "title": _("Déclaré et mesuré"),
        "columns": (5, 2, 4, 3),
        "heads": (_("Critère"), _("Déclaré"), _("Mesuré"), _("Lecture")),
        "rows": [
            (
                f"{each.code} {each.label}",
                each.declared[1],
                ", ".join(part for part in (each.value, each.detail) if part),
                each.reading[1],
            )
            for each in of.compared
        ],
        "none": _("Rien de cette édition n’est mesuré."),
    }
