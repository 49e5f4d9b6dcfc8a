"""The conditions of a row read as ours: word for word where they were ours, else by their meaning."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from quality.french import french
from surveys.questionnaire.definition import Kind
from surveys.questionnaire.expression import LONGEST, ExpressionRefused, parse, written
from surveys.questionnaire.xlsform import columns as c
from surveys.questionnaire.xlsform.exclusions import excluding, parts
from surveys.questionnaire.xlsform.layout import Layout
from surveys.questionnaire.xlsform.outline import Asked
from surveys.questionnaire.xlsform.saying import Said
from surveys.questionnaire.xlsform.spelling import constraint, spelled
from surveys.questionnaire.xlsform.subjects import FACTS, Subject
from surveys.questionnaire.xlsform.tables import SURVEY, Row
from surveys.questionnaire.xlsform.understanding import Meaning, both, fits, understood
from surveys.questionnaire.xlsform.xpath import Node, XPathRefused, read

_CHANGED = french(
    "«\u00a0{own}\u00a0» ne dit plus la même chose que «\u00a0{standard}\u00a0», qui est lu\u00a0: videz-le."
)
_NEVER = french("Cette condition n’est jamais vraie\u00a0: la question ne se poserait jamais.")
_LONG = french("Une fois écrite ici, cette condition dépasse {most} caractères\u00a0: raccourcissez-la.")
_LOST = french("Cette vérification n’est pas reprise\u00a0: toute réponse de ce genre est permise.")
_ALONE = french("«\u00a0{value}\u00a0» exclut ici les autres réponses.")


@dataclass(frozen=True, slots=True)
class Checked:
    """What an answer must be: a condition of ours, and the choices that exclude the others."""

    text: str | None = None
    alone: frozenset[str] = frozenset()


class Conditions:
    """Reads the conditions of a survey in order: each knows the questions that come before it."""

    def __init__(self, survey: Layout, facts: Mapping[str, str], say: Callable[[Said], None]) -> None:
        self._survey = survey
        self._say = say
        self.by_field = {name: FACTS[fact] for name, fact in facts.items() if fact in FACTS}

    @property
    def _by_alias(self) -> dict[str, Subject]:
        return {each.name: each for each in self.by_field.values()}

    def relevant(self, asked: Asked) -> str | None:
        """Join the condition of a question with those of the groups around it."""
        try:
            found = [self._relevant(row) for row in (*asked.above, asked.row)]
        except _Told:
            return None
        conditions = [each for each in found if each is not None]
        if len(conditions) == 1 and isinstance(conditions[0], str):
            return conditions[0]
        meaning = both(parse(each) if isinstance(each, str) else each for each in conditions)
        return self._text(meaning, asked.row, c.RELEVANT, _NEVER)

    def _relevant(self, row: Row) -> Meaning | str | None:
        cell = self._survey.cell(row, c.RELEVANT)
        own = self._own(row, c.RELEVANT, None, lambda text: spelled(parse(text), self._known()))
        if own is not None or not cell:
            return own
        try:
            return understood(read(cell), self.by_field)
        except XPathRefused as refusal:
            self._refuse(row, c.RELEVANT, refusal, stops=True)
            raise _Told from refusal

    def checked(self, asked: Asked, this: Subject) -> Checked:
        """Read what an answer must be; a check that ours cannot make is lost, and said."""
        cell = self._survey.cell(asked.row, c.CONSTRAINT)
        try:
            asks = list(parts(read(cell))) if cell else []
            excluded = [self._excluding(each, this) for each in asks]
            alone = frozenset(value for found in excluded for value in found or ())
            self._say_of_outside(asked.row, this, alone)
            text = self._checked(asked.row, this, alone)
            if text is None:
                rest = [each for each, found in zip(asks, excluded, strict=True) if found is None]
                meaning = both(understood(each, self.by_field, this) for each in rest)
                text = self._text(meaning, asked.row, c.CONSTRAINT, None)
        except XPathRefused as refusal:
            self._refuse(asked.row, c.CONSTRAINT, refusal, stops=False)
            self._tell(asked.row, c.CONSTRAINT, _LOST)
            return Checked()
        return Checked(text, alone)

    def _excluding(self, node: Node, this: Subject) -> frozenset[str] | None:
        if this.kind is not Kind.MULTIPLE:
            return None
        return excluding(node, (*this.values, *this.outside))

    def _checked(self, row: Row, this: Subject, alone: frozenset[str]) -> str | None:
        ordered = [value for value in this.values if value in alone]
        return self._own(row, c.CONSTRAINT, this, lambda text: constraint(this, ordered, text, self._known()))

    def _own(self, row: Row, column: str, this: Subject | None, spell: Callable[[str], str]) -> str | None:
        """Give our own words of a condition where they are spelled as the standard column is."""
        own = c.PREFIX + column
        cell, kept = self._survey.cell(row, column), self._survey.exactly(row, own)
        if kept and _is_spelled(kept, cell, spell):
            return kept
        if cell and _is_spelled(cell, cell, spell) and fits(parse(cell), self._by_alias, this):
            return cell
        if kept:
            self._tell(row, own, _CHANGED, own=own, standard=column)
        return None

    def _known(self) -> Mapping[str, Subject]:
        return {**FACTS, **self._by_alias}

    def _say_of_outside(self, row: Row, this: Subject, alone: frozenset[str]) -> None:
        for value in this.outside if this.kind is Kind.MULTIPLE else ():
            if value not in alone:
                self._tell(row, c.CONSTRAINT, _ALONE, value=value)

    def _text(self, meaning: Meaning, row: Row, column: str, never: str | None) -> str | None:
        if isinstance(meaning, bool):
            if not meaning and never:
                self._tell(row, column, never, stops=True)
            return None
        text = written(meaning)
        if len(text) > LONGEST:
            self._tell(row, column, _LONG, stops=True, most=LONGEST)
            return None
        return text

    def _refuse(self, row: Row, column: str, refusal: XPathRefused, *, stops: bool) -> None:
        place = self._survey.heading_of(column)
        self._say(Said(SURVEY, row.number, place, refusal.message, refusal.values, stops))

    def _tell(self, row: Row, column: str, message: str, *, stops: bool = False, **values: object) -> None:
        self._say(Said(SURVEY, row.number, self._survey.heading_of(column), message, values, stops))


class _Told(Exception):
    """What is wrong was said already."""


def _is_spelled(text: str, cell: str, spell: Callable[[str], str]) -> bool:
    try:
        return spell(text) == cell
    except (ExpressionRefused, KeyError):
        return False
