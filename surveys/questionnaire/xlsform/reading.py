"""An XLSForm read as a questionnaire: what is kept, and line by line what is not."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from quality.french import french
from surveys.questionnaire.checking import findings, repeated_names
from surveys.questionnaire.conditions import Finding
from surveys.questionnaire.definition import Item, Language, Questionnaire
from surveys.questionnaire.reading import misshapen
from surveys.questionnaire.xlsform import columns as c
from surveys.questionnaire.xlsform.conditions import Conditions
from surveys.questionnaire.xlsform.headings import heading, language_of
from surveys.questionnaire.xlsform.layout import Layout, layout, located
from surveys.questionnaire.xlsform.lists import lists_of
from surveys.questionnaire.xlsform.outline import Asked, fields_by_fact, outline
from surveys.questionnaire.xlsform.questions import Source, Tree, alias_of, question
from surveys.questionnaire.xlsform.saying import Said
from surveys.questionnaire.xlsform.tables import CHOICES, SETTINGS, SURVEY, Form, Row, Sheet

MOST_VERSION = 9_999
_NO_SURVEY = french("Il manque la feuille «\u00a0survey\u00a0», celle des questions.")
_NO_COLUMN = french(
    "Il manque la colonne «\u00a0{column}\u00a0»\u00a0: sa première ligne nomme les colonnes."
)
_NO_QUESTION = french("Aucune question n’est reprise\u00a0: la feuille n’en a pas d’un type connu ici.")
_CODE = french("Le code «\u00a0{name}\u00a0» devient «\u00a0{alias}\u00a0», sans majuscule ni accent.")
_VERSION = french("La version «\u00a0{version}\u00a0» n’est pas reprise\u00a0: les nôtres sont 1, 2, 3…")
_NO_TITLE = french(
    "Le formulaire n’a pas de titre\u00a0: son code en tient lieu. Écrivez-le dans form_title."
)
_FIRST = french("La première question compte toujours ici\u00a0: elle devient obligatoire.")


@dataclass(frozen=True, slots=True)
class Received:
    """A form as it was read: a questionnaire, or a sketch that breaks a rule, or only what must be mended."""

    sketch: Questionnaire | None
    is_sound: bool
    said: tuple[Said, ...]

    @property
    def questionnaire(self) -> Questionnaire | None:
        return self.sketch if self.is_sound else None


def received(form: Form, code: str = "formulaire") -> Received:
    """Read a form; `code` names the questionnaire where the form has no name of its own."""
    if SURVEY not in form:
        return Received(None, False, (Said("", 0, "", _NO_SURVEY, stops=True),))
    reading = _Reading(form, code)
    tree = reading.tree()
    stops = any(each.stops for each in reading.said)
    sketch = None if stops else reading.sketch(tree)
    is_sound = sketch is not None and reading.is_sound(sketch)
    sheets = (SURVEY, CHOICES, SETTINGS)
    ranked = sorted(reading.said, key=lambda each: (not each.stops, sheets.index(each.sheet), each.row))
    return Received(sketch, is_sound, tuple(ranked))


class _Reading:
    def __init__(self, form: Form, code: str) -> None:
        self.said: list[Said] = []
        self._code = code
        self._is_ours = any(heading(text).column == c.KIND for text in form[SURVEY].columns)
        self._settings = self._layout(form, SETTINGS, "fr")
        default = language_of(self._setting("default_language")) or "fr"
        self._survey = self._layout(form, SURVEY, default)
        self._choices = self._layout(form, CHOICES, default)
        self._asked: list[Asked] = []
        self._items: list[Tree] = []

    def _layout(self, form: Form, name: str, default: Language) -> Layout:
        sheet = form.get(name) or Sheet(name, (), ())
        found, said = layout(sheet, default, is_ours=self._is_ours)
        self.said.extend(said)
        return found

    def tree(self) -> Tree:
        """Read the whole as plain data."""
        survey = self._survey
        missing = [column for column in (c.TYPE, c.NAME) if (column, "") not in survey.places]
        if missing:
            self.said.append(Said(SURVEY, 1, "", _NO_COLUMN, {"column": missing[0]}, stops=True))
            return {}
        rows = outline(survey)
        self.said.extend(rows.said)
        self._asked = rows.asked
        conditions = Conditions(survey, rows.facts, self.said.append)
        source = Source(
            survey, lists_of(self._choices), fields_by_fact(rows.facts), conditions, self.said.append
        )
        self._items = [question(asked, source) for asked in rows.asked]
        if not self._items:
            self.said.append(Said(SURVEY, 0, "", _NO_QUESTION, stops=True))
        self._make_first_count(self._items)
        return {**self._whole(), "languages": list(survey.languages), "items": self._items}

    def sketch(self, tree: Tree) -> Questionnaire | None:
        """Build the questionnaire, or say of each question what it lacks."""
        shapes = [self._shape(item, number) for number, item in enumerate(self._items)]
        repeated = list(repeated_names([str(item["alias"]) for item in self._items]))
        for each in repeated:
            self._say_finding(each)
        if any(shapes) or repeated:
            return None
        try:
            return msgspec.convert(tree, Questionnaire)
        except msgspec.ValidationError as error:
            self._say_finding(misshapen(str(error)))
            return None

    def is_sound(self, sketch: Questionnaire) -> bool:
        """Tell whether no rule is broken, and say which are."""
        broken = list(findings(sketch))
        for each in broken:
            self._say_finding(each)
        return not broken

    def _shape(self, item: Tree, number: int) -> bool:
        try:
            msgspec.convert(item, Item)
        except msgspec.ValidationError as error:
            found = misshapen(str(error))
            self._say_finding(Finding(("items", number, *found.path), found.sentence, found.values))
            return True
        return False

    def _whole(self) -> Tree:
        name = self._setting("form_id") or self._code
        code = alias_of(name)
        if code != name:
            self._tell("form_id", _CODE, name=name, alias=code)
        return {"code": code, "version": self._version(), "title": self._title(code)}

    def _version(self) -> int:
        written = self._setting("version")
        if written.isascii() and written.isdecimal() and 1 <= int(written) <= MOST_VERSION:
            return int(written)
        if written:
            self._tell("version", _VERSION, version=written)
        return 1

    def _title(self, code: str) -> dict[str, str]:
        row = self._settings_row or Row(0, {})
        title = "".join(self._settings.texts(row, "form_title").values())
        if not title:
            self._tell("form_title", _NO_TITLE)
        return {"fr": title or code, **self._settings.texts(row, "sq_title")}

    def _make_first_count(self, items: list[Tree]) -> None:
        if items and not items[0].get("core"):
            items[0]["core"] = True
            first = self._asked[0].row.number
            self.said.append(Said(SURVEY, first, c.REQUIRED, _FIRST))

    @property
    def _settings_row(self) -> Row | None:
        return next(iter(located(self._settings.sheet.rows)), None)

    def _setting(self, column: str) -> str:
        row = self._settings_row
        return self._settings.cell(row, column) if row else ""

    def _tell(self, column: str, message: str, **values: object) -> None:
        row = self._settings_row.number if self._settings_row else 0
        self.said.append(Said(SETTINGS, row, column, message, values))

    def _say_finding(self, found: Finding) -> None:
        sheet, row, column = self._place(found.path)
        self.said.append(Said(sheet, row, column, found.sentence, found.values, stops=True))

    def _place(self, path: tuple[str | int, ...]) -> tuple[str, int, str]:
        """Find the cell of a field of the definition."""
        match path:
            case ("items", int(number), "choices", *_):
                return SURVEY, self._asked[number].row.number, c.TYPE
            case ("items", int(number), *steps):
                return SURVEY, self._asked[number].row.number, self._heading(steps)
            case ("languages", *_) | ("items", *_):
                return SURVEY, 1, ""
            case (str(field), *_):
                named = {"code": "form_id", "title": "form_title"}.get(field, field)
                return SETTINGS, 0, named
        return SURVEY, 0, ""

    def _heading(self, steps: list[str | int]) -> str:
        survey = self._survey
        names: Mapping[c.Path, str] = {path: column for column, path in c.TEXTS.items()}
        plain = tuple(str(step) for step in steps)
        if plain in names:
            return survey.heading_of(names[plain])
        if plain[:-1] in names:
            return survey.heading_of(names[plain[:-1]], plain[-1])
        return survey.heading_of(_COLUMNS.get(plain[0] if plain else "", c.TYPE))


_COLUMNS = {
    "alias": c.NAME,
    "relevant": c.RELEVANT,
    "constraint": c.CONSTRAINT,
    "channels": c.CHANNELS,
    "measures": c.MEASURES,
    "core": c.REQUIRED,
    "kind": c.TYPE,
    **{flag: c.PREFIX + flag for flag in (*c.FLAGS, *c.OUTSIDE_FLAGS)},
}
