"""A recomputation of assessments from the plain YAML, in whole numbers; and answers to recompute."""

import random
from collections.abc import Iterator
from math import lcm
from typing import Any

import yaml

from charter.applicability import Establishment
from charter.definition import Audience, Edition, Mode
from charter.editions import FOLDER, decode, load
from charter.scoring.outcome import Said
from tests.charter.grids import MARKS, WORDS, marks, words

WORD, MARK = ("yes", "partly", "no", "not_concerned"), ("1", "2", "3", "4", "4", "star", "nc", "ri")

Ratio = tuple[int, int]  # numerator, denominator
Plain = dict[str, Any]
# A grid of which every level may be left out, and words in themes and objectives.
SOME = (
    MARKS.replace('- code: "1.2"\n', '- code: "1.2"\n            concerns: {modes: [mandataire]}\n')
    .replace('- code: "1.4.1"\n', '- code: "1.4.1"\n                applies_to: [fragile]\n')
    .replace('- code: "1.3.1"\n', '- code: "1.3.1"\n                concerns: {activities: [I-1]}\n')
    .replace('- code: "2.1"\n', '- code: "2.1"\n            concerns: {least_employees: 10}\n')
    .replace("compulsory_for_all: 1", "compulsory_for_all: 0")
)
THEMES = (
    WORDS.replace("imperative: 1}", "imperative: 1, themes: 2, objectives: 1}")
    .replace(
        '    criteria:\n      - code: "2.1"\n        applies_to: [fragile]\n'
        "        label: {fr: Vous veillez., en: You watch.}\n        evidence: [log]\n",
        "    themes:\n      - code: one\n        title: {fr: A, en: B}\n        objectives:\n"
        '          - code: "2.1"\n            title: {fr: A, en: B}\n            criteria:\n'
        '              - {code: "2.1.1", applies_to: [fragile], label: {fr: A., en: B.}, evidence: [log]}\n'
        "      - code: two\n        title: {fr: A, en: B}\n        criteria:\n"
        '          - {code: "2.2", weight: 3, concerns: {modes: [prestataire]}, label: {fr: A., en: B.}, '
        "evidence: [log]}\n",
    )
    .replace("criteria: 4", "criteria: 5")
)
GRIDS = {
    "marks-some": (SOME, decode(SOME.encode(), "marks", ())),
    "words-themes": (THEMES, decode(THEMES.encode(), "words", ())),
    "words": (WORDS, words()),
    "marks": (MARKS, marks()),
    "marks-cut": (MARKS.replace("carry: exact", "carry: truncated"), marks("truncated")),
}


def plain(name: str) -> Plain:
    text = GRIDS[name][0] if name in GRIDS else (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    found: Plain = yaml.safe_load(text)
    return found


def edition_of(name: str) -> Edition:
    return GRIDS[name][1] if name in GRIDS else load(name)


def printed(value: Ratio | None) -> str | None:
    if value is None:
        return None
    hundredths = value[0] * 100 // value[1]
    return f"{hundredths // 100}.{hundredths % 100:02}"


def is_asked(criterion: Plain, known: Plain) -> bool:
    asked = criterion.get("concerns", {})
    sets = {"modes": asked.get("modes"), "activities": asked.get("activities"), "finess": asked.get("finess")}
    sets["audiences"] = criterion.get("applies_to")
    for field, wanted in sets.items():
        if wanted and known[field] is not None and not set(wanted) & set(known[field]):
            return False
    size = known["employees"]
    return size is None or asked.get("least_employees", 0) <= size <= asked.get("most_employees", 10**9)


def is_sure(criterion: Plain, known: Plain) -> bool:
    asked = criterion.get("concerns", {})
    fields = [field for field in ("modes", "activities", "finess") if asked.get(field)]
    fields += ["audiences"] if criterion.get("applies_to") else []
    fields += ["employees"] if {"least_employees", "most_employees"} & set(asked) else []
    return all(known[field] is not None for field in fields)


def all_criteria(node: Plain) -> Iterator[Plain]:
    for key in ("chapters", "themes", "objectives"):
        for inner in node.get(key, []):
            yield from all_criteria(inner)
    yield from node.get("criteria", [])


def codes(criterion: Plain) -> list[str]:
    return [each["code"] for each in criterion.get("elements", [])] or [criterion["code"]]


def weighted(values: list[tuple[Ratio, int]]) -> Ratio | None:
    if not values:
        return None
    common = lcm(*(bottom for (_, bottom), _ in values))
    top = sum(top * (common // bottom) * weight for (top, bottom), weight in values)
    return top, common * sum(weight for _, weight in values)


def asked_in(node: Plain, key: str, known: Plain) -> list[Plain]:
    return [each for each in node.get(key, []) if any(is_asked(one, known) for one in all_criteria(each))]


class Recomputed:
    """The parts of a grid of marks, each before those it holds."""

    def __init__(self, said: Said, known: Plain, *, cut: bool) -> None:
        self.said, self.known, self.cut = said, known, cut
        self.parts: list[Plain] = []

    def up(self, value: Ratio) -> Ratio:
        return (value[0] * 100 // value[1], 100) if self.cut else value

    def criterion(self, criterion: Plain) -> tuple[Ratio | None, int]:
        given = [self.said.get(code, "nc") for code in codes(criterion)]
        points = [4 if each == "star" else int(each) for each in given if each not in {"nc", "ri"}]
        value = (sum(points), len(points)) if points else None
        self.parts.append(part("criterion", criterion["code"], len(points), value))
        return value, len(points)

    def group(self, level: str, code: str, node: Plain) -> tuple[Ratio | None, int]:
        place = len(self.parts)
        self.parts.append({})
        asked = [each for each in node.get("criteria", []) if is_asked(each, self.known)]
        inner = [(*self.criterion(each), each.get("weight", 1)) for each in asked]
        for kind, key in (("theme", "themes"), ("objective", "objectives")):
            inner += [(*self.group(kind, each["code"], each), 1) for each in asked_in(node, key, self.known)]
        found = weighted([(self.up(value), weight) for value, _, weight in inner if value is not None])
        counted = sum(count for _, count, _ in inner)
        self.parts[place] = part(level, code, counted, found)
        return found, counted


def recomputed_marks(document: Plain, said: Said, known: Plain) -> Plain:
    found = Recomputed(said, known, cut=document["scoring"]["carry"] == "truncated")
    lowest: Ratio | None = None
    for chapter in asked_in(document, "chapters", known):
        value, _ = found.group("chapter", str(chapter["number"]), chapter)
        if value and (lowest is None or value[0] * lowest[1] < lowest[0] * value[1]):
            lowest = value
    return {"parts": found.parts, "value": lowest}


def part(level: str, code: str, counted: int, value: Ratio | None) -> Plain:
    return {"level": level, "code": code, "counted": counted, "value": printed(value)}


def recomputed_words(document: Plain, said: Said, known: Plain) -> Plain:
    worth = {"yes": 100, "partly": document["scoring"]["partly"], "no": 0}

    def share(criteria: list[Plain]) -> tuple[Ratio | None, int]:
        given = [c for c in criteria if said.get(c["code"], "not_concerned") != "not_concerned"]
        bottom = sum(c.get("weight", 1) for c in given)
        top = sum(c.get("weight", 1) * worth[said[c["code"]]] for c in given)
        return ((top, bottom) if given else None), len(given)

    def of(level: str, code: str, node: Plain) -> list[Plain]:
        asked = [each for each in all_criteria(node) if is_asked(each, known)]
        value, counted = share(asked)
        found = [part(level, code, counted, value)]
        for kind, key in (("theme", "themes"), ("objective", "objectives")):
            found += [one for each in asked_in(node, key, known) for one in of(kind, each["code"], each)]
        return found

    chapters = asked_in(document, "chapters", known)
    parts = [one for each in chapters for one in of("chapter", str(each["number"]), each)]
    every = [each for each in all_criteria(document) if is_asked(each, known)]
    return {"parts": parts, "value": share(every)[0]}


def stood(criterion: Plain, said: Said) -> str:
    given = [said.get(code) for code in codes(criterion)]
    if {"1", "2", "3", "partly", "no"} & set(given):
        return "missed"
    if set(given) <= {"nc", "not_concerned"}:
        return "left"
    return "met" if None not in given and "ri" not in given else "undecided"


def read(scoring: Plain, value: Ratio | None, standings: list[tuple[str, str]]) -> tuple[str | None, bool]:
    names = [each["code"] for each in scoring.get("classes", [])]
    if not names or value is None:
        return None, False
    thresholds = [round(float(each["at_least"]) * 100) for each in scoring["classes"]]
    reached = min(rank for rank, each in enumerate(thresholds) if value[0] * 100 >= each * value[1])
    is_held = any(standing in {"missed", "undecided"} for _, standing in standings)
    cap = names.index(scoring["cap"])
    return names[max(reached, cap) if is_held else reached], is_held and reached < cap


def recomputed(document: Plain, said: Said, known: Plain) -> Plain:
    rule = recomputed_words if document["scale"] == "words" else recomputed_marks
    found = rule(document, said, known)
    asked = [c for c in all_criteria(document) if is_asked(c, known)]
    total = [code for c in asked for code in codes(c)]
    standings = [(c["code"], stood(c, said)) for c in asked if c.get("imperative")]
    is_whole = set(total) <= set(said)
    reading, capped = read(document["scoring"], found["value"], standings) if is_whole else (None, False)
    return {
        "edition": document["code"],
        "version": 1,
        "rule": document["scoring"]["code"],
        "rule_version": 1,
        "asked": len(total),
        "answered": sum(code in said for code in total),
        "parts": found["parts"],
        "imperatives": [{"criterion": code, "standing": standing} for code, standing in standings],
        "value": printed(found["value"]),
        "reading": reading,
        "is_capped": capped,
    }


def drawn_facts(draw: random.Random) -> Plain:
    def some(values: tuple[str, ...]) -> list[str] | None:
        return None if draw.random() < 0.4 else [each for each in values if draw.random() < 0.5]

    return {
        "modes": some(tuple(Mode)),
        "activities": some(("I-1", "I-3", "II-1", "II-2", "II-4")),
        "employees": draw.choice([None, 1, 5, 9, 10, 50, 51]),
        "finess": draw.choice([None, [], ["460"], ["354"]]),
        "audiences": some(tuple(Audience)),
    }


def establishment(facts: Plain) -> Establishment:
    def kept(field: str) -> Any:
        return None if facts[field] is None else frozenset(facts[field])

    finess = facts["finess"]
    return Establishment(
        modes=kept("modes"),
        activities=kept("activities"),
        employees=facts["employees"],
        finess=None if finess is None else "".join(finess),
        audiences=kept("audiences"),
    )


def drawn_answers(draw: random.Random, document: Plain, facts: Plain) -> dict[str, str]:
    """Draw legal answers: none to all of them, the good ones most often in some assessments."""
    scale = WORD if document["scale"] == "words" else MARK
    rate, good = draw.choice([0.3, 0.8, 1, 1, 1]), draw.choice([0, 0.9, 0.99])
    said = {}
    for chapter in document["chapters"]:
        for criterion in all_criteria(chapter):
            if not is_asked(criterion, facts):
                continue
            is_held = criterion.get("imperative") and is_sure(criterion, facts)
            offered = [
                each
                for each in scale
                if not (each in {"nc", "not_concerned"} and is_held)
                and not (each == "ri" and not chapter.get("allows_ri"))
            ]
            best = "yes" if scale is WORD else "4"
            for code in codes(criterion):
                if draw.random() < rate:
                    said[code] = best if draw.random() < good else draw.choice(offered)
    return said
