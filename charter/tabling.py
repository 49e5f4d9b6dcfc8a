"""The table of a chapter: all its criteria answered on one page."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from charter.declaring import Review
from charter.result import chapter_href, chapter_title, criterion_href
from charter.reviewing import Errors, Question, Visit, question
from charter.words import label_of
from quality.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class TableLine:
    """A criterion, and what is to be answered of it."""

    href: str
    code: str
    label: str
    is_compulsory: bool
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class CharterTable:
    """The criteria of a chapter in one form; `first` ends the id of a list of answers."""

    title: str
    up: tuple[tuple[str, str], ...]
    action: str
    back: str
    sheet: str
    first: str
    is_changed: bool
    lines: tuple[TableLine, ...]
    errors: Errors


def table_page(review: Review, number: int, zone: ZoneInfo, visit: Visit) -> CharterTable:
    """Compose the table of a chapter, or answer 404."""
    chapter = review.chapter(number)
    path, query = chapter_href(review, chapter).removesuffix(review.query), review.query
    lines = tuple(
        TableLine(
            criterion_href(review, each),
            each.code,
            label_of(each),
            each.compulsory,
            tuple(question(review, each, code, zone, visit) for code in each.asked),
        )
        for each in chapter.criteria
    )
    return CharterTable(
        title=chapter_title(chapter),
        up=((f"/charte{query}", _("Charte")), (f"{path}{query}", chapter_title(chapter))),
        action=f"{path}/tableau{query}",
        back=f"{path}{query}",
        sheet=visit.sheet,
        first=lines[0].questions[0].choices[0].value,
        is_changed=bool(visit.theirs),
        lines=lines,
        errors=visit.errors,
    )
