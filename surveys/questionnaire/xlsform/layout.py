"""Where each thing stands in a sheet of a form, and what is said of the columns that are left aside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from quality.french import french
from surveys.questionnaire.definition import Language
from surveys.questionnaire.xlsform import columns as c
from surveys.questionnaire.xlsform.headings import TRANSLATED, Heading, heading, language_of
from surveys.questionnaire.xlsform.saying import Said
from surveys.questionnaire.xlsform.tables import CHOICES, SETTINGS, SURVEY, Row, Sheet

_OUTSIDE = tuple(c.PREFIX + flag for flag in (*c.FLAGS, *c.OUTSIDE_FLAGS))
HELD: Mapping[str, frozenset[str]] = {
    SURVEY: frozenset(
        {
            *(c.TYPE, c.NAME, c.GUIDANCE, c.REQUIRED, c.RELEVANT, c.CONSTRAINT, *c.TEXTS, *_OUTSIDE),
            *(c.KIND, c.FACT, c.CHANNELS, c.MEASURES, c.OWN_RELEVANT, c.OWN_CONSTRAINT),
        }
    ),
    CHOICES: frozenset({c.LIST, c.NAME, c.LABEL, c.STANDARD}),
    SETTINGS: frozenset({"form_title", "form_id", "version", "default_language", "sq_title"}),
}
# What changes a question where it is filled in: said for each row, by the outline.
BY_ROW = frozenset(
    {"default", "readonly", "choice_filter", "calculation", "trigger", "repeat_count", "disabled"}
)

_LOOKS = french("«\u00a0{column}\u00a0» règle l’affichage d’un autre outil\u00a0: ce n’est pas repris.")
_MEDIA = french("Les images et les sons ne sont pas repris\u00a0: décrivez-les dans la question.")
_MESSAGE = french("Le message d’une réponse manquante n’est pas repris\u00a0: le nôtre le remplace.")
_UNKNOWN = french("La colonne «\u00a0{column}\u00a0» n’est pas reprise\u00a0: elle n’a pas d’équivalent ici.")
_TWICE = french("La colonne «\u00a0{column}\u00a0» est en double\u00a0: seule la première est lue.")
_LANGUAGE = french(
    "La langue «\u00a0{language}\u00a0» n’est pas parmi les nôtres\u00a0: ses textes ne sont pas repris."
)
_REASONS = {
    "appearance": _LOOKS,
    "parameters": _LOOKS,
    "style": _LOOKS,
    "autoplay": _LOOKS,
    "required_message": _MESSAGE,
    **dict.fromkeys(("image", "audio", "video", "big-image"), _MEDIA),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The headings of a sheet by what they hold; where it `is_ours`, the spaces around a text are kept."""

    sheet: Sheet
    places: Mapping[tuple[str, str], str]
    default: Language
    is_ours: bool = False

    def cell(self, row: Row, column: str) -> str:
        """Give what a column without language holds, without the spaces around it."""
        return row[self.places.get((column, ""), column)].strip()

    def exactly(self, row: Row, column: str) -> str:
        return row[self.places.get((column, ""), column)]

    def texts(self, row: Row, column: str) -> dict[str, str]:
        """Give a text in each language in which it is written."""
        found: dict[str, str] = {}
        for (name, language), place in self.places.items():
            text = row[place] if self.is_ours else row[place].strip()
            if name == column and text:
                found.setdefault(language or self.default, text)
        return found

    def heading_of(self, column: str, language: str = "") -> str:
        """Give the heading as it is written in the sheet, or as the standard would have it."""
        if language == self.default and (column, language) not in self.places:
            language = language if (column, "") not in self.places else ""
        known = language if language in c.LANGUAGE_HEADERS else ""
        spelled = f"{column}::{c.LANGUAGE_HEADERS[known]}" if known else column
        return self.places.get((column, language), spelled)

    @property
    def languages(self) -> tuple[str, ...]:
        """Name the languages in the order of the columns, those of the labels first."""
        labels = [language for column, language in self.places if column == c.LABEL]
        others = [language for column, language in self.places if column in TRANSLATED]
        return tuple(dict.fromkeys(language or self.default for language in (*labels, *others)))


def layout(sheet: Sheet, default: Language, *, is_ours: bool) -> tuple[Layout, tuple[Said, ...]]:
    """Lay out a sheet, and say what is not read in it."""
    places: dict[tuple[str, str], str] = {}
    said: list[Said] = []
    for text in sheet.columns:
        found = heading(text)
        place = found.column, _language(found)
        reason = _reason(sheet.name, found, is_double=place in places)
        if reason is None:
            places[place] = text
        elif found.column in BY_ROW:
            places.setdefault(place, text)
        elif _is_used(sheet, text):
            said.append(Said(sheet.name, 1, text, reason, {"column": text, "language": found.language}))
    return Layout(sheet, places, default, is_ours), tuple(said)


def _language(found: Heading) -> str:
    return (language_of(found.language) or "?") if found.language else ""


def _reason(name: str, found: Heading, *, is_double: bool) -> str | None:
    base = found.column.rpartition("::")[2] if found.column.startswith("media::") else found.column
    if found.column not in HELD[name]:
        return _REASONS.get(base, _UNKNOWN)
    if found.language and language_of(found.language) is None:
        return _LANGUAGE
    return _TWICE if is_double else None


def _is_used(sheet: Sheet, column: str) -> bool:
    return any(row[column].strip() for row in sheet.rows)


def located(rows: Sequence[Row]) -> Iterator[Row]:
    """List the rows that hold something else than spaces."""
    return (row for row in rows if any(text.strip() for text in row.cells.values()))
