"""The rows of a survey sheet in order: the questions that are kept, in which groups, and what is lost."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from quality.french import french
from surveys.questionnaire.definition import PIPED
from surveys.questionnaire.facts import NAMES
from surveys.questionnaire.xlsform import columns as c
from surveys.questionnaire.xlsform.layout import Layout, located
from surveys.questionnaire.xlsform.saying import Said
from surveys.questionnaire.xlsform.subjects import TODAY
from surveys.questionnaire.xlsform.tables import SURVEY, Row

ONE, SEVERAL = "select_one", "select_multiple"
_SELECT = re.compile(
    r"(?P<one>select[ _]one(?: from)?|select1)\s+(?P<list>\S+)(?P<other>\s+or[ _](?:specify[ _])?other)?"
    r"|(?P<several>select[ _]multiple|select all that apply(?: from)?)\s+(?P<lists>\S+)"
    r"(?P<others>\s+or[ _](?:specify[ _])?other)?"
)
_PLAIN = {
    "text": "text",
    "string": "text",
    "integer": "integer",
    "int": "integer",
    "decimal": "decimal",
    "date": "date",
    "range": "range",
}
_BEGIN = re.compile(r"begin[ _](group|repeat|loop)")
_END = re.compile(r"end[ _](group|repeat|loop)")
_SILENT = frozenset({"start", "end", "deviceid", "username", "audit", "subscriberid", "simserial"})
_SILENT_TOO = frozenset({"phonenumber", "email", "start-geopoint", "background-audio", "imei"})

_NO_TYPE = french("Cette ligne n’a pas de type\u00a0: elle n’est pas reprise.")
_NOTE = french(
    "Un texte sans question n’est pas repris\u00a0: mettez-le dans l’aide de la question qui suit."
)
_CALCULATED = french(
    "Le calcul «\u00a0{name}\u00a0» n’est pas repris\u00a0: seuls les faits de la visite sont connus."
)
_AUTOMATIC = french(
    "«\u00a0{type}\u00a0» n’est pas relevé ici\u00a0: la date et le moyen d’une réponse le sont toujours."
)
_TYPE = french(
    "Une question de type «\u00a0{type}\u00a0» n’existe pas ici\u00a0: posez-la en texte, ou retirez-la."
)
_REPEAT = french("Une répétition n’existe pas ici\u00a0: ses questions ({count}) ne sont pas reprises.")
_GROUP_TITLE = french("Le titre du groupe n’est pas repris\u00a0: dites-le dans ses questions s’il compte.")
_OPEN = french("Ce groupe n’est pas fermé\u00a0: ajoutez une ligne «\u00a0{end}\u00a0».")
_CLOSED = french("Cette ligne ferme un groupe qui n’est pas ouvert\u00a0: retirez-la.")
_OTHER = french(
    "«\u00a0or_other\u00a0» n’est pas repris\u00a0: ajoutez la réponse, et une question de texte après."
)
_DISABLED = french("Cette ligne est désactivée\u00a0: elle n’est pas reprise.")
_BY_ROW = {
    "default": french(
        "La réponse proposée d’avance n’est pas reprise\u00a0: rien n’est coché ici au départ."
    ),
    "readonly": french(
        "«\u00a0readonly\u00a0» n’est pas repris\u00a0: toute question peut recevoir une réponse."
    ),
    "choice_filter": french("Le filtre des réponses n’est pas repris\u00a0: toutes seront proposées."),
    "calculation": french("Le calcul de la réponse n’est pas repris\u00a0: la personne la donne."),
    "trigger": french("Le déclencheur n’est pas repris\u00a0: la question ne dépend que de sa condition."),
}
_RANGE = french("La réglette devient un nombre à écrire\u00a0: ses bornes ne sont pas reprises.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is kept; `above` are the rows of the groups around it, the outermost first."""

    row: Row
    type: str
    list: str
    above: tuple[Row, ...]


@dataclass(slots=True)
class Outline:
    """What the rows are; `facts` are the fields that hold a fact of the visit, by their name in the form."""

    asked: list[Asked] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    row: Row
    kind: str
    lost: int = 0


def outline(survey: Layout) -> Outline:
    """Go through the rows of a survey."""
    walk = _Walk(survey)
    for row in located(survey.sheet.rows):
        walk.row(row)
    walk.close()
    return walk.found


class _Walk:
    def __init__(self, survey: Layout) -> None:
        self._survey = survey
        self._groups: list[_Group] = []
        self.found = Outline()

    def row(self, row: Row) -> None:
        written = self._survey.cell(row, c.TYPE)
        kind = re.sub(r"\s+", " ", written).lower()
        if self._survey.cell(row, "disabled").lower() in {"yes", "true"}:
            self._say(row, "disabled", _DISABLED)
        elif found := _BEGIN.fullmatch(kind):
            self._groups.append(_Group(row, found[1]))
            self._say_of_group(row, found[1])
        elif _END.fullmatch(kind):
            self._end(row)
        elif any(group.kind != "group" for group in self._groups):
            self._count_lost(kind)
        else:
            self._question(row, kind, written)

    def close(self) -> None:
        for group in self._groups:
            self._say(group.row, c.TYPE, _OPEN, stops=True, end=f"end_{group.kind}")

    def _question(self, row: Row, kind: str, written: str) -> None:
        if kind in _PLAIN:
            self._keep(row, _PLAIN[kind], "")
            if kind == "range":
                self._say(row, c.TYPE, _RANGE)
        elif found := _SELECT.fullmatch(kind):
            self._keep(row, ONE if found["one"] else SEVERAL, _list_name(written))
            if found["other"] or found["others"]:
                self._say(row, c.TYPE, _OTHER)
        elif kind in {"hidden", "calculate", TODAY} and (fact := self._fact(row, kind)):
            self.found.facts[self._survey.cell(row, c.NAME)] = fact
        else:
            self._lose(row, kind)

    def _keep(self, row: Row, kind: str, choices: str) -> None:
        self.found.asked.append(Asked(row, kind, choices, tuple(group.row for group in self._groups)))
        for column, message in _BY_ROW.items():
            if self._survey.cell(row, column):
                self._say(row, column, message)

    def _fact(self, row: Row, kind: str) -> str:
        if kind == TODAY:
            return TODAY
        name = self._survey.cell(row, c.FACT) or self._survey.cell(row, c.NAME)
        return name if name in PIPED | NAMES - {TODAY} else ""

    def _lose(self, row: Row, kind: str) -> None:
        self._say(row, c.TYPE, _why_lost(kind), type=kind, name=self._survey.cell(row, c.NAME))

    def _say_of_group(self, row: Row, kind: str) -> None:
        if kind == "group" and any(self._survey.texts(row, c.LABEL).values()):
            self._say(row, c.LABEL, _GROUP_TITLE)

    def _end(self, row: Row) -> None:
        if not self._groups:
            self._say(row, c.TYPE, _CLOSED, stops=True)
            return
        group = self._groups.pop()
        if group.kind != "group" and not any(each.kind != "group" for each in self._groups):
            self._say(group.row, c.TYPE, _REPEAT, count=group.lost)
        elif group.kind != "group":
            self._groups[-1].lost += group.lost

    def _count_lost(self, kind: str) -> None:
        repeated = next(group for group in reversed(self._groups) if group.kind != "group")
        repeated.lost += kind in _PLAIN or _SELECT.fullmatch(kind) is not None

    def _say(self, row: Row, column: str, message: str, *, stops: bool = False, **values: object) -> None:
        place = self._survey.heading_of(column)
        self.found.said.append(Said(SURVEY, row.number, place, message, values, stops))


def _list_name(written: str) -> str:
    """Give the name of the list, capitals kept.

    >>> _list_name("select_one Oui_non"), _list_name("select all that apply from Motifs or_other")
    ('Oui_non', 'Motifs')
    """
    words = re.sub(r"\s+or[ _](specify[ _])?other$", "", written, flags=re.IGNORECASE).split()
    return words[-1]


def _why_lost(kind: str) -> str:
    if not kind:
        return _NO_TYPE
    if kind in _SILENT | _SILENT_TOO:
        return _AUTOMATIC
    return {"note": _NOTE, "calculate": _CALCULATED, "hidden": _CALCULATED}.get(kind, _TYPE)


def fields_by_fact(facts: Mapping[str, str]) -> dict[str, str]:
    """Keep the facts that texts may say."""
    return {name: fact for name, fact in facts.items() if fact in PIPED}
