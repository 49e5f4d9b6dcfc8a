"""What an XForm means, read from the one that pyxform makes, its conditions evaluated by an XPath engine.

Nothing of the product is used: pyxform reads the workbook, lxml (libxml2) evaluates the conditions as ODK's
clients do, where a field that is not relevant is empty and a date is a number of days.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from lxml import etree
from pyxform.xls2xform import convert

NS = {"x": "http://www.w3.org/2002/xforms", "h": "http://www.w3.org/1999/xhtml"}
JR = "{http://openrosa.org/javarosa}"
CONTROLS = ("input", "select", "select1", "range", "upload", "rank", "trigger")
TODAY = date(2026, 11, 24)
Texts = tuple[tuple[str, str], ...]  # language, words
DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Question:
    """One question as a client shows it."""

    name: str
    control: str
    type: str
    labels: Texts
    hints: Texts
    guidance: Texts
    choices: tuple[tuple[str, Texts], ...]
    required: str
    message: Texts


@dataclass(frozen=True)
class XForm:
    title: str
    questions: tuple[Question, ...]
    relevant: Callable[[str, Mapping[str, object]], bool]
    allows: Callable[[str, Mapping[str, object]], bool]

    def question(self, name: str) -> Question:
        return next(each for each in self.questions if each.name == name)


def xform(workbook: bytes | dict[str, object]) -> XForm:
    """Let pyxform read a workbook, given as a file or as rows."""
    source = BytesIO(workbook) if isinstance(workbook, bytes) else workbook
    made = convert(xlsform=source, file_type=".xlsx" if isinstance(workbook, bytes) else None, warnings=[])
    return _Reader(etree.fromstring(made.xform.encode())).form()


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.binds = {each.get("nodeset"): each for each in root.iterfind(".//x:bind", NS)}
        self.data = root.find(".//x:model/x:instance/*", NS)
        self.itexts = {
            (each.getparent().get("lang"), each.get("id")): each for each in root.iterfind(".//x:text", NS)
        }
        self.languages = [each.get("lang") for each in root.iterfind(".//x:translation", NS)]

    def form(self) -> XForm:
        controls = [each for each in self.root.iter() if _local(each) in CONTROLS and each.get("ref")]
        questions = tuple(self._question(each) for each in controls if self._is_asked(each))
        paths = {path.rpartition("/")[2]: path for path in self.binds}
        judge = Judge(self.data, {path: dict(bind.attrib) for path, bind in self.binds.items()})
        return XForm(
            self.root.findtext(".//h:title", namespaces=NS),
            questions,
            lambda name, answers: judge.is_relevant(paths[name], answers),
            lambda name, answers: judge.is_allowed(paths[name], answers),
        )

    def _is_asked(self, control: etree._Element) -> bool:
        return self.binds[control.get("ref")].get("readonly") is None

    def _question(self, control: etree._Element) -> Question:
        ref = control.get("ref")
        bind = self.binds[ref]
        return Question(
            name=ref.rpartition("/")[2],
            control=_local(control),
            type=bind.get("type"),
            labels=self._texts(control.find("x:label", NS)),
            hints=self._texts(control.find("x:hint", NS)),
            guidance=self._texts(control.find("x:hint", NS), "guidance"),
            choices=self._choices(control),
            required=bind.get("required", "false()"),
            message=self._message(bind.get(f"{JR}constraintMsg")),
        )

    def _texts(self, node: etree._Element | None, form: str | None = None) -> Texts:
        if node is None:
            return ()
        if node.get("ref"):
            return self._translated(re.search(r"'(.*)'", node.get("ref"))[1], form)
        return () if form else (("fr", _words(node)),)

    def _translated(self, identity: str, form: str | None = None) -> Texts:
        found = []
        for language in self.languages:
            text = self.itexts.get((language, identity))
            values = [] if text is None else [each for each in text if each.get("form") == form]
            found += [(code(language), _words(each)) for each in values if _words(each) not in {"", "-"}]
        return tuple(sorted(found))

    def _choices(self, control: etree._Element) -> tuple[tuple[str, Texts], ...]:
        itemset = control.find("x:itemset", NS)
        if itemset is None:
            return ()
        name = re.search(r"instance\('(.*?)'\)", itemset.get("nodeset"))[1]
        items = self.root.iterfind(f".//x:instance[@id='{name}']/x:root/x:item", NS)
        return tuple((each.findtext("x:name", namespaces=NS), self._choice(each)) for each in items)

    def _choice(self, item: etree._Element) -> Texts:
        identity = item.findtext("x:itextId", namespaces=NS)
        return (
            self._translated(identity)
            if identity
            else (("fr", squeezed(item.findtext("x:label", namespaces=NS))),)
        )

    def _message(self, text: str | None) -> Texts:
        if text is None:
            return ()
        found = re.fullmatch(r"jr:itext\('(.*)'\)", text)
        return self._translated(found[1]) if found else (("fr", squeezed(text)),)


def code(language: str) -> str:
    """Give the code of a language; one without a name is French, as the forms of these tests are."""
    found = re.search(r"\((\w+)\)", language)
    return found[1] if found else {"English": "en"}.get(language, "fr")


def squeezed(text: str) -> str:
    return " ".join(text.split())


def _words(node: etree._Element) -> str:
    """Write a text, a field that it says by its name."""
    parts = [node.text or ""]
    for child in node:
        parts += [f"${{{child.get('value').strip().rpartition('/')[2]}}}", child.tail or ""]
    return squeezed("".join(parts))


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


class Judge:
    """Evaluates the conditions of a form on answers, by name: a text, a number, a day or a list of values."""

    def __init__(self, data: etree._Element, binds: Mapping[str, Mapping[str, str]]) -> None:
        self.data = data
        self.binds = binds

    def is_relevant(self, path: str, answers: Mapping[str, object]) -> bool:
        steps = path.split("/")
        above = ["/".join(steps[:length]) for length in range(3, len(steps) + 1)]
        conditions = [
            (each, self.binds[each]["relevant"]) for each in above if "relevant" in self.binds.get(each, {})
        ]
        return all(self._holds(condition, each, answers) for each, condition in conditions)

    def is_allowed(self, path: str, answers: Mapping[str, object]) -> bool:
        constraint = self.binds[path].get("constraint")
        is_answered = answers.get(path.rpartition("/")[2], "") != ""
        return constraint is None or not is_answered or self._holds(constraint, path, answers)

    def _holds(self, condition: str, path: str, answers: Mapping[str, object]) -> bool:
        document = self._document(condition, path, answers)
        found = document.xpath(path)[0].xpath(condition, extensions=FUNCTIONS)
        assert isinstance(found, bool), (condition, found)
        return found

    def _document(self, condition: str, path: str, answers: Mapping[str, object]) -> etree._Element:
        """Fill in what the condition names, if it is relevant itself, and the answer that it checks."""
        tree = etree.fromstring(etree.tostring(self.data))
        for node in tree.iter():
            if isinstance(node.tag, str):
                node.tag = _local(node)
                node.text = None  # an answer proposed in advance was taken away
        for each in {path, *re.findall(r"/[\w/.-]*\w", condition)} & self.binds.keys():
            name = each.rpartition("/")[2]
            if name in answers and (each == path or self.is_relevant(each, answers)):
                tree.xpath(each)[0].text = self._text(each, answers[name])
        return tree

    def _text(self, path: str, answer: object) -> str:
        if isinstance(answer, list):
            return " ".join(answer)
        if self.binds[path].get("type") == "date":
            return str(date.fromisoformat(str(answer)).toordinal())
        return str(answer)


def _string(value: object) -> str:
    if isinstance(value, list):
        return "".join(value[0].itertext()) if value else ""
    return str(value)


def _selected(_context: object, field: object, value: object) -> bool:
    return _string(value) in _string(field).split()


def _count_selected(_context: object, field: object) -> float:
    return float(len(_string(field).split()))


def _date(_context: object, value: object) -> float:
    text = _string(value)
    if DAY.fullmatch(text):
        return float(date.fromisoformat(text).toordinal())
    return float(text or "nan")


FUNCTIONS = {
    (None, "selected"): _selected,
    (None, "count-selected"): _count_selected,
    (None, "date"): _date,
    (None, "today"): lambda _context: float(TODAY.toordinal()),
}


def names(form: XForm) -> Iterator[str]:
    return (each.name for each in form.questions)
