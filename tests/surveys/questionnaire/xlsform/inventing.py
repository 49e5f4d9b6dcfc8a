"""XLSForms invented from a number: groups, languages, conditions in every spelling that teams use."""

import random
from collections.abc import Callable, Iterator

WORDS = ("a", "b", "c", "d")
CODES = ("1", "2", "3", "98")
SAID = ("Où", "Quand", "Combien", "Avec qui")


def invented(seed: int) -> str:
    """Write a form; the same number gives the same form."""
    return _Inventor(random.Random(seed)).text()


class _Inventor:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.rows: list[tuple[str, ...]] = []
        self.earlier: list[tuple[str, str]] = []
        self.depth = 0

    def text(self) -> str:
        self._question("select_one mots", required="yes")
        for _ in range(self.chance.randint(3, 7)):
            self._group()
            self._question(self.chance.choice(KINDS))
        self.rows += [("end_group", *[""] * 7)] * self.depth
        rows = "\n".join(f"| {' | '.join(row)} |" for row in self.rows)
        columns = "label::Français (fr) | label::English (en) | hint::English (en) | required | relevant"
        return f"""
| survey |
| type | name | {columns} | constraint |
{rows}
| choices |
| list_name | name | label::Français (fr) | label::English (en) |
{"".join(f"| mots | {each} | Mot {each} | Word {each} |" + chr(10) for each in WORDS)}\
{"".join(f"| codes | {each} | Code {each} | |" + chr(10) for each in CODES)}\
{"".join(f"| notes | {each} | Note {each} | Mark {each} |" + chr(10) for each in range(1, 6))}\
| settings |
| form_title | form_id | version |
| Inventé | invente | 1 |
"""

    def _group(self) -> None:
        if self.depth and self.chance.random() < 0.3:
            self.rows.append(("end_group", *[""] * 7))
            self.depth -= 1
        if self.chance.random() < 0.3:
            name, condition = f"g{len(self.rows)}", self._condition()
            self.rows.append(("begin_group", name, "", "", "", "", condition, ""))
            self.depth += 1

    def _question(self, kind: str, required: str = "") -> None:
        name = f"q{len(self.rows)}"
        french = f"{self.chance.choice(SAID)}, {name} ?"
        english = self.chance.choice(["", f"What, {name}?"])
        hint = ""
        condition = self._condition() if self.earlier and self.chance.random() < 0.7 else ""
        self.rows.append((kind, name, french, english, hint, required, condition, self._constraint(kind)))
        self.earlier.append((name, kind))

    def _condition(self) -> str:
        parts = [self._atom() for _ in range(self.chance.choice((1, 1, 2, 3)))]
        sign = self.chance.choice((" and ", " or "))
        return sign.join(parts)

    def _atom(self) -> str:
        name, kind = self.chance.choice(self.earlier)
        found = self.chance.choice(
            list(ATOMS[kind](self.chance, f"${{{name}}}")) + list(_any(f"${{{name}}}"))
        )
        alike = [other for other, its in self.earlier if its == kind and other != name]
        if kind in {"integer", "decimal"} and alike and self.chance.random() < 0.3:
            found = f"${{{name}}} {self.chance.choice(SIGNS)} ${{{self.chance.choice(alike)}}}"
        return f"not({found})" if self.chance.random() < 0.25 else found

    def _constraint(self, kind: str) -> str:
        if kind not in CONSTRAINTS or self.chance.random() < 0.5:
            return ""
        return self.chance.choice(CONSTRAINTS[kind])


SIGNS = ("=", "!=", "<", "<=", ">", ">=")


def _any(name: str) -> Iterator[str]:
    yield from (f"{name} != ''", f"{name} = ''", f"string-length({name}) > 0")


def _words(chance: random.Random, name: str) -> Iterator[str]:
    value = chance.choice(WORDS)
    yield from (
        f"{name} = '{value}'",
        f"{name}!='{value}'",
        f"selected({name}, '{value}')",
        f"'{value}' = {name}",
    )


def _codes(chance: random.Random, name: str) -> Iterator[str]:
    value = chance.choice(CODES)
    yield from (f"{name} = {value}", f"{name} != '{value}'", f"{name} {chance.choice(SIGNS)} {value}")


def _marks(chance: random.Random, name: str) -> Iterator[str]:
    value, sign = chance.randint(0, 6), chance.choice(SIGNS)
    yield from (
        f"{name} {sign} {value}",
        f"{value} {sign} {name}",
        f"{name} = '{value}'",
        f"selected({name}, '3')",
    )


def _several(chance: random.Random, name: str) -> Iterator[str]:
    one, other = chance.sample(WORDS, 2)
    yield from (
        f"selected({name}, '{one}')",
        f"(selected({name}, '{one}') and not(selected({name}, \"{other}\")))",
    )


def _numbers(chance: random.Random, name: str) -> Iterator[str]:
    value, sign = chance.choice((-1, 0, 2, 2.5, 10)), chance.choice(SIGNS)
    yield from (f"{name} {sign} {value}", f"({value} {sign} {name})", f"number({name}) {sign} {value}")


def _days(chance: random.Random, name: str) -> Iterator[str]:
    sign = chance.choice(SIGNS)
    yield f"{name} {sign} date('2026-0{chance.randint(1, 9)}-15')"


def _texts(chance: random.Random, name: str) -> Iterator[str]:
    yield from (f"{name} = 'oui'", f'{name} != "l\'été"')


Atoms = Callable[[random.Random, str], Iterator[str]]
ATOMS: dict[str, Atoms] = {
    "select_one mots": _words,
    "select_one codes": _codes,
    "select_one notes": _marks,
    "select_multiple mots": _several,
    "integer": _numbers,
    "decimal": _numbers,
    "date": _days,
    "text": _texts,
}
KINDS = tuple(ATOMS)
CONSTRAINTS = {
    "integer": (". >= 0", ". > 0 and . <= 10", "not(. = 7)", ". != 3"),
    "decimal": (". < 2.5 or . > 3", ". != 2"),
    "date": (". <= today()", ". > date('2026-03-01') and . < today()"),
    "select_multiple mots": (
        "not(selected(., 'd') and count-selected(.) > 1)",
        "count-selected(.) = 1 or not(selected(., 'c') or selected(., 'd'))",
        "not(selected(., 'a')) or not(selected(., 'b'))",
        "(not(selected(., 'd')) or count-selected(.) < 2) and not(selected(., 'a'))",
    ),
    "select_one mots": (". != 'b'",),
    "text": (". != 'rien'",),
}
