"""The XPath that forms are written in, as far as conditions go: read into a tree, without judging it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from quality.errors import Invalid
from quality.french import french

LONGEST, DEEPEST = 5_000, 60
STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "\N{NO-BREAK SPACE}": " "})


class XPathRefused(Invalid):
    """A condition of a form that cannot be read, or that says more than ours can."""

    title = french("Cette condition n’est pas lisible")


@dataclass(frozen=True, slots=True)
class Number:
    value: int | float


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Field:
    """`${name}`."""

    name: str


@dataclass(frozen=True, slots=True)
class Dot:
    """The answer that a constraint checks."""


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    given: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sides of a sign, `and` and `or` included."""

    sign: str
    left: "Node"
    right: "Node"


Node = Number | Text | Field | Dot | Call | Pair

# From what binds least.
LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!="}),
    frozenset({"<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)


class Token(NamedTuple):
    kind: str
    text: str
    at: int


_TOKENS = re.compile(
    r"""\s*(?:
        (?P<field>\$\{\s*[^\s}]+\s*\})
      | (?P<number>\d+(?:\.\d+)?|\.\d+)
      | (?P<text>'[^']*'|"[^"]*")
      | (?P<sign><=|>=|!=|=|<|>|\+|-|\*|(?:and|or|div|mod)(?![\w:-]))
      | (?P<word>[^\W\d][\w-]*(?::[\w-]+)?(?=\s*\())
      | (?P<mark>[(),]|\.(?![./\w]))
    )""",
    re.VERBOSE,
)


def read(text: str) -> Node:
    """Read a condition of a form, or raise XPathRefused with the character where it goes wrong.

    >>> read("not(selected(., 'a')) and ${n} >= 1")
    Pair(sign='and', left=Call(name='not', given=(Call(name='selected', given=(Dot(), Text(value='a'))),)), \
right=Pair(sign='>=', left=Field(name='n'), right=Number(value=1)))
    """
    if len(text) > LONGEST:
        raise XPathRefused(french("la condition est trop longue\N{NO-BREAK SPACE}: coupez-la"))
    reader = _Reader(tuple(_tokens(text.translate(STRAIGHT))))
    found = reader.level(0, 0)
    reader.must_end()
    return found


def _tokens(text: str) -> Iterator[Token]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKENS.match(text, place)
        if found is None or found.lastgroup is None:
            at = end - len(text[place:end].lstrip())
            raise _senseless(text[at : at + 12].partition(" ")[0], at + 1)
        yield Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup) + 1)
        place = found.end()
    yield Token("end", "", end + 1)


def _senseless(text: str, at: int) -> XPathRefused:
    if not text:
        return XPathRefused(french("la condition n’est pas finie"))
    return XPathRefused(
        french("au caractère {at}, «\N{NO-BREAK SPACE}{text}\N{NO-BREAK SPACE}» n’a pas de sens ici"),
        text=text,
        at=at,
    )


class _Reader:
    """Reads from left to right, one level of signs inside the other."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def level(self, level: int, depth: int) -> Node:
        if depth > DEEPEST:
            raise XPathRefused(french("il y a trop de parenthèses l’une dans l’autre"))
        if level == len(LEVELS):
            return self._single(depth)
        left = self.level(level + 1, depth)
        while self._next.kind == "sign" and self._next.text in LEVELS[level]:
            left = Pair(self._take().text, left, self.level(level + 1, depth))
        return left

    def must_end(self) -> None:
        if self._next.kind != "end":
            raise _senseless(self._next.text, self._next.at)

    def _single(self, depth: int) -> Node:
        token = self._take()
        match token.kind:
            case "field":
                return Field(token.text[2:-1].strip())
            case "number":
                return Number(_number(token.text))
            case "text":
                return Text(token.text[1:-1])
            case "word":
                return Call(token.text, self._given(depth))
        return self._marked(token, depth)

    def _marked(self, token: Token, depth: int) -> Node:
        if token.text == ".":
            return Dot()
        if token.text == "(":
            inner = self.level(0, depth + 1)
            self._must_take(")")
            return inner
        if token.text == "-" and self._next.kind == "number":
            return Number(-_number(self._take().text))
        raise _senseless(token.text, token.at)

    def _given(self, depth: int) -> tuple[Node, ...]:
        self._must_take("(")
        if self._takes(")"):
            return ()
        given = [self.level(0, depth + 1)]
        while self._takes(","):
            given.append(self.level(0, depth + 1))
        self._must_take(")")
        return tuple(given)

    def _take(self) -> Token:
        token = self._next
        self._place += token.kind != "end"
        return token

    def _takes(self, mark: str) -> bool:
        is_there = (self._next.kind, self._next.text) == ("mark", mark)
        self._place += is_there
        return is_there

    def _must_take(self, mark: str) -> None:
        if not self._takes(mark):
            raise _senseless(self._next.text, self._next.at)


def _number(text: str) -> int | float:
    return int(float(text)) if float(text).is_integer() else float(text)
