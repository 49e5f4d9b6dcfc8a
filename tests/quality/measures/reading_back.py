"""Reads the figures of a page back: table by table, then sentence by sentence, until no number is left.

What a file says is written here as the page should, by other means than the product's own.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from quality.directory.geography import DEPARTEMENTS
from quality.measures.catalogue import CATALOGUE
from tests.quality.web.pages import Element, read

Row = Mapping[str, str]
LABELS = {item.label.fr.replace("\u202f", " "): code for code, item in CATALOGUE.items()}
NAMED = {place.name: code for code, place in DEPARTEMENTS.items()}
MONTHS = dict(
    zip(
        ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre"],
        range(1, 11),
        strict=True,
    )
) | {"novembre": 11, "décembre": 12}
HIDDEN = {
    "C": "moins de 11 clients",
    "D": "non publié, pour protéger les personnes",
    "M": "aucune réponse",
}
NUMBER = r"\d+(?:,\d)?"
# Numbers that are no figures: thresholds, the scale, what a method says.
WORDS = (
    *(
        "intervalle à 95 %",
        "Wilson à 95 %",
        "De 0 à 100 %",
        "moins de 11 clients",
        "au moins 11 clients",
        "Moins de 11 clients",
    ),
    *("moins de 30 clients", "sous 400 clients", "95 %, sur"),
)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " ")).strip()


def french(number: str) -> str:
    return number.replace(".", ",")


def people(count: int | str) -> str:
    return f"{int(count):,} client{'s' if int(count) > 1 else ''}".replace(",", " ")


UNITS = {"percent": " %", "score": " sur 100"}


def words_of(row: Row | None) -> str:
    """Write a line of a file as a page should."""
    if row is None:
        return HIDDEN["M"]
    if row["status"] in HIDDEN:
        return HIDDEN[row["status"]]
    low, high, unit = french(row["ci_low"]), french(row["ci_high"]), UNITS[row["unit"]]
    if row["value"]:
        return f"{french(row['value'])}{unit} de {low} à {high}{unit}, {people(row['n_clients'])}"
    bound = f"au moins {low}{unit}" if float(row["ci_high"]) == 100 else f"au plus {high}{unit}"
    return f"{bound} {people(row['n_clients'])}"


def value_of(row: Row) -> float | None:
    """Give the value of a line, or the bound that stands for it; None when it is hidden."""
    if row["status"] in HIDDEN:
        return None
    if row["value"]:
        return float(row["value"])
    return float(row["ci_low"] if float(row["ci_high"]) == 100 else row["ci_high"])


def written_of(row: Row) -> str:
    """Write the value of a line, or its bound, with the decimals of its file."""
    bound = row["ci_low"] if float(row["ci_high"]) == 100 else row["ci_high"]
    return french(row["value"] or bound)


def percent(value: float, digits: int = 0) -> str:
    return f"{value:.{digits}f} %".replace(".", ",")


def month_code(words: str) -> str:
    """Read « octobre 2026 ».

    >>> month_code("octobre 2026")
    '2026-10'
    """
    name, year = words.split(" ")
    return f"{year}-{MONTHS[name]:02}"


@dataclass
class Sheet:
    """The lines that a reader's files hold for one population."""

    rows: list[Row]
    provider: str = ""  # the code of the provider whose part it is
    names: Mapping[str, str] | None = None  # name of a provider: its SIRET

    def one(self, indicator: str, period: str, code: str = "", scope: str = "") -> Row | None:
        """Give the line of a place, all activities; without place, the sheet's own."""
        found = [
            row
            for row in self.rows
            if (row["indicator"], row["period"], row["activity"]) == (indicator, period, "")
            and (row["scope_code"] == code if code else self._is_main(row))
            and (not scope or row["scope_type"] == scope)
        ]
        assert len(found) < 2, found
        return found[0] if found else None

    def under(self, indicator: str, period: str, scope: str) -> list[Row]:
        keys = (indicator, period, "", scope)
        return [
            row
            for row in self.rows
            if (row["indicator"], row["period"], row["activity"], row["scope_type"]) == keys
        ]

    def _is_main(self, row: Row) -> bool:
        if self.provider:
            return row["scope_code"] == self.provider
        return row["scope_type"] in {"fund", "france"}


@dataclass
class Page:
    """A page whose numbers are struck out one after another."""

    html: str

    def __post_init__(self) -> None:
        self.drawings = [plain(each) for each in re.findall(r"<svg.*?</svg>", self.html, re.DOTALL)]
        bare = re.sub(r"<svg.*?</svg>", "", self.html, flags=re.DOTALL)
        main = re.search(r"<main.*?</main>", bare, re.DOTALL)
        assert main
        self.read = read(main[0])
        self.left = plain(" ".join(self.read.texts))

    def strike(self, words: str) -> None:
        """Take a sentence off, which the page must say."""
        assert words in self.left, f"{words!r} is not in {self.left!r}"
        self.left = self.left.replace(words, " … ")

    def strike_all(self, pattern: str) -> list[str]:
        found = re.findall(pattern, self.left)
        self.left = re.sub(pattern, " … ", self.left)
        return found

    def tables(self) -> Iterable[tuple[str, list[tuple[str, ...]]]]:
        """Give each table by its caption: its rows of words, the heading first."""
        for table in self.read.all("table"):
            inside = [each for each in self.read.elements if table in each.parents]
            caption = next(plain(each.text) for each in inside if each.tag == "caption")
            rows = [each for each in inside if each.tag == "tr" and each.parents[-1].tag == "tbody"]
            yield caption, [_cells(inside, row) for row in rows]

    def numbers(self) -> list[str]:
        """Give what is still unread: percentages and numbers of clients."""
        self.left = re.sub("Exemple .*? Définition", "Définition", self.left)  # no figure: it teaches
        for words in WORDS:
            self.left = self.left.replace(words, "")
        return re.findall(rf".{{0,60}}(?:{NUMBER} %|\d client).{{0,20}}", self.left)


def _cells(inside: list[Element], row: Element) -> tuple[str, ...]:
    return tuple(plain(each.text) for each in inside if each.tag in {"th", "td"} and each.parents[-1] is row)


def read_tables(page: Page, expected: Mapping[str, Callable[[tuple[str, ...]], Iterable[str]]]) -> int:
    """Check each row of each table, by the beginning or the end of its caption; count the figures read."""
    count = 0
    for caption, rows in page.tables():
        check = next((each for name, each in expected.items() if caption.endswith(name)), None)
        assert check, f"nobody reads the table « {caption} »"
        for cells in rows:
            words = plain(" ".join(cells))
            for figure in check(cells):
                assert figure in words, f"{caption}: {figure!r} is not in {words!r}"
                count += 1
            page.left = page.left.replace(words, " … ")
    return count
