"""One row of a survey read as a question, in the plain data of a definition."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from quality.french import french
from surveys.questionnaire import coding
from surveys.questionnaire.definition import Kind
from surveys.questionnaire.xlsform import columns as c
from surveys.questionnaire.xlsform.conditions import Checked, Conditions
from surveys.questionnaire.xlsform.facts_in_texts import from_form
from surveys.questionnaire.xlsform.layout import Layout
from surveys.questionnaire.xlsform.lists import (
    MARKS,
    READ_AS_RATING,
    REORDERED,
    TENTHS,
    WORDS_KEPT,
    Offer,
    Offered,
    is_standard_scale,
    kind_of,
    offer_of,
    standard_words,
)
from surveys.questionnaire.xlsform.outline import ONE, SEVERAL, Asked
from surveys.questionnaire.xlsform.saying import Said
from surveys.questionnaire.xlsform.subjects import Subject
from surveys.questionnaire.xlsform.tables import CHOICES, SURVEY, Row
from surveys.questionnaire.xlsform.writing import EXCLUSIVE_SAID, guidance

Tree = dict[str, object]
KINDS_OF: Mapping[str, frozenset[Kind]] = {
    ONE: frozenset({Kind.SINGLE, Kind.RATING, Kind.SCALE, Kind.YES_NO}),
    SEVERAL: frozenset({Kind.MULTIPLE}),
    "integer": frozenset({Kind.NUMBER}),
    "decimal": frozenset({Kind.NUMBER}),
    "range": frozenset({Kind.NUMBER}),
    "date": frozenset({Kind.DATE}),
    "text": frozenset({Kind.TEXT}),
}
FIXED = {Kind.RATING: MARKS, Kind.SCALE: TENTHS, Kind.YES_NO: ("yes", "no")}
_TRUE, _FALSE = (
    frozenset({"yes", "true", "true()", "1", "oui"}),
    frozenset({"", "no", "false", "false()", "0", "non"}),
)

_NO_LIST = french(
    "La liste «\u00a0{list}\u00a0» n’est pas dans la feuille «\u00a0choices\u00a0»\u00a0: ajoutez-la."
)
_KIND = french("«\u00a0{kind}\u00a0» ne convient pas à cette question\u00a0: corrigez sq_kind, ou videz-le.")
_RENAMED = french("Le nom «\u00a0{name}\u00a0» devient «\u00a0{alias}\u00a0», sans majuscule ni accent.")
_REQUIRED = french("Une réponse obligatoire sous condition n’existe pas ici\u00a0: écrivez yes ou no.")
_MEASURE = french("Un indicateur s’écrit comme «\u00a0GLOB 1 top2\u00a0», avec une virgule entre deux.")
_PIPED = french("Un texte ne reprend pas une réponse\u00a0: réécrivez-le sans «\u00a0${{{name}}}\u00a0».")
_GUIDANCE = french(
    "«\u00a0guidance_hint\u00a0» a changé\u00a0: reportez-le dans sq_say, sq_probe ou sq_agent, qui sont lus."
)
_ALONE_SAID = french("Ce message n’est pas repris\u00a0: le nôtre dit que des réponses s’excluent.")
_NO_CHECK = french("Ce message n’est pas repris\u00a0: il n’accompagne aucune vérification.")


@dataclass(frozen=True, slots=True)
class Source:
    """What the questions of a form are read from; `texts` are the fields that hold a fact to say."""

    survey: Layout
    lists: Mapping[str, tuple[Offered, ...]]
    texts: Mapping[str, str]
    conditions: Conditions
    say: Callable[[Said], None]


def alias_of(name: str) -> str:
    """Give the nearest name that a question may have.

    >>> alias_of("Q1-Âge"), alias_of("2e_visite"), alias_of("")
    ('q1_age', 'q_2e_visite', '')
    """
    decomposed = unicodedata.normalize("NFKD", name.lower())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    found = re.sub(r"[^a-z0-9_]", "_", bare)
    return (found if not found or found[0].isalpha() else f"q_{found}")[:32]


def question(asked: Asked, source: Source) -> Tree:
    """Read one question, and let the next ones know it."""
    return _Question(asked, source).tree()


class _Question:
    def __init__(self, asked: Asked, source: Source) -> None:
        self._asked = asked
        self._row = asked.row
        self._source = source
        self._survey = source.survey

    def tree(self) -> Tree:
        offer, name = self._offer(), self._survey.cell(self._row, c.NAME)
        kind, alias = self._kind(offer), self._alias(name)
        this = _subject(alias, kind, offer)
        conditions = self._source.conditions
        relevant, checked = conditions.relevant(self._asked), conditions.checked(self._asked, this)
        conditions.by_field[name] = this
        found: Tree = {
            "alias": alias,
            "kind": kind.value,
            "choices": self._choices(kind, offer, checked.alone),
            "core": self._is_core(),
            "decimals": self._asked.type == "decimal",
            "measures": self._measures(),
            "channels": self._cell(c.CHANNELS).split(),
            "relevant": relevant,
            "constraint": checked.text,
            **{flag: self._cell(c.PREFIX + flag) == c.TRUE for flag in c.FLAGS},
            **self._outside(offer),
        }
        self._write_texts(found, checked)
        return {field: value for field, value in found.items() if value not in (None, False, [])}

    def _cell(self, column: str) -> str:
        return self._survey.cell(self._row, column)

    def _offer(self) -> Offer:
        if self._asked.type not in {ONE, SEVERAL}:
            return Offer((), ())
        if self._asked.list not in self._source.lists:
            self._tell(c.TYPE, _NO_LIST, stops=True, list=self._asked.list)
        return offer_of(self._source.lists.get(self._asked.list, ()))

    def _kind(self, offer: Offer) -> Kind:
        fitting, written = KINDS_OF[self._asked.type], self._cell(c.KIND)
        if written and (chosen := next((kind for kind in fitting if kind.value == written), None)):
            return self._fixed(chosen, offer)
        if written:
            self._tell(c.KIND, _KIND, stops=True, kind=written)
        if self._asked.type != ONE:
            return next(iter(fitting))
        found = kind_of(offer)
        if found is Kind.RATING:
            self._tell(c.TYPE, READ_AS_RATING)
        return found

    def _fixed(self, kind: Kind, offer: Offer) -> Kind:
        """Refuse a mark or « yes or no » whose list holds other answers."""
        if kind in FIXED and sorted(offer.values) != sorted(FIXED[kind]):
            self._tell(c.KIND, _KIND, stops=True, kind=kind.value)
        return kind

    def _alias(self, name: str) -> str:
        alias = alias_of(name)
        if alias != name:
            self._tell(c.NAME, _RENAMED, name=name, alias=alias)
        return alias

    def _choices(self, kind: Kind, offer: Offer, alone: frozenset[str]) -> list[Tree]:
        self._say_of_words(kind, offer)
        if kind is Kind.RATING:
            self._say_of_order(offer, MARKS)
            marks = sorted(offer.choices, key=lambda each: each.value)
            return [] if is_standard_scale(offer) else [{"label": self._label(each)} for each in marks]
        if kind in FIXED:
            self._say_of_order(offer, FIXED[kind])
            return []
        return [_choice(each, self._label(each), each.value in alone) for each in offer.choices]

    def _label(self, offered: Offered) -> dict[str, str]:
        return {each: self._said_here(text, offered.row, CHOICES) for each, text in offered.labels.items()}

    def _say_of_order(self, offer: Offer, order: tuple[str, ...]) -> None:
        if sorted(offer.values) == sorted(order) and offer.values != order:
            self._tell(c.TYPE, REORDERED, values=", ".join(order))

    def _say_of_words(self, kind: Kind, offer: Offer) -> None:
        for each in (*offer.choices, *offer.outside):
            words = standard_words(kind, each.value)
            if words and not each.says(words):
                values = {"value": each.value, "words": words.fr}
                self._source.say(Said(CHOICES, each.row.number, c.LABEL, WORDS_KEPT, values))

    def _outside(self, offer: Offer) -> Tree:
        given = {each.value for each in offer.outside}
        flags = zip(c.OUTSIDE_FLAGS, (coding.NSP, coding.SO), strict=True)
        return {flag: value in given or self._cell(c.PREFIX + flag) == c.TRUE for flag, value in flags}

    def _is_core(self) -> bool:
        written = self._cell(c.REQUIRED).lower()
        if written not in _TRUE | _FALSE:
            self._tell(c.REQUIRED, _REQUIRED)
        return written in _TRUE

    def _measures(self) -> list[Tree]:
        found = [part.split() for part in self._cell(c.MEASURES).split(",") if part.strip()]
        if not all(len(parts) in {3, 4} and parts[1].isdecimal() for parts in found):
            self._tell(c.MEASURES, _MEASURE, stops=True)
            return []
        return [_measure(parts) for parts in found]

    def _write_texts(self, found: Tree, checked: Checked) -> None:
        for column, path in c.TEXTS.items():
            texts = self._survey.texts(self._row, column)
            if texts and (column != c.MESSAGE or self._is_of_use(texts, checked)):
                said = {each: self._said_here(text, self._row, SURVEY) for each, text in texts.items()}
                _write(found, path, said)
        self._write_guidance(found)

    def _is_of_use(self, texts: Mapping[str, str], checked: Checked) -> bool:
        """Tell whether a message goes with a condition; ours says that an answer excludes the others."""
        if checked.text is not None:
            return True
        if not checked.alone:
            self._tell(c.MESSAGE, _NO_CHECK)
        elif any(EXCLUSIVE_SAID.in_(each) != text for each, text in texts.items()):
            self._tell(c.MESSAGE, _ALONE_SAID)
        return False

    def _write_guidance(self, found: Tree) -> None:
        texts = self._survey.texts(self._row, c.GUIDANCE)
        if not self._survey.is_ours:
            if texts:
                found["agent"] = {
                    each: self._said_here(text, self._row, SURVEY) for each, text in texts.items()
                }
            return
        guiding = {column: self._survey.texts(self._row, column) for column in c.GUIDING}
        for language, text in texts.items():
            parts = {column: each[language] for column, each in guiding.items() if language in each}
            if guidance(parts, language) != text:
                self._tell(c.GUIDANCE, _GUIDANCE)

    def _said_here(self, text: str, row: Row, sheet: str) -> str:
        written, unknown = from_form(text, self._source.texts)
        for name in unknown:
            self._source.say(Said(sheet, row.number, c.LABEL, _PIPED, {"name": name}, stops=True))
        return written

    def _tell(self, column: str, message: str, *, stops: bool = False, **values: object) -> None:
        place = self._survey.heading_of(column)
        self._source.say(Said(SURVEY, self._row.number, place, message, values, stops))


def _subject(alias: str, kind: Kind, offer: Offer) -> Subject:
    values = FIXED.get(kind, offer.values)
    return Subject(alias, kind, values, tuple(each.value for each in offer.outside))


def _choice(offered: Offered, label: dict[str, str], is_exclusive: bool) -> Tree:
    found: Tree = {"value": offered.value, "label": label}
    return {**found, "exclusive": True} if is_exclusive else found


def _measure(parts: list[str]) -> Tree:
    found: Tree = {"indicator": parts[0], "version": int(parts[1]), "rule": parts[2]}
    return {**found, "value": parts[3]} if len(parts) > 3 else found


def _write(tree: Tree, path: c.Path, texts: dict[str, str]) -> None:
    place = tree
    for step in path[:-1]:
        place = place.setdefault(step, {})  # type: ignore[assignment]
    place[path[-1]] = texts
