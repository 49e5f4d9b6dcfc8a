"""The form of a convention: what was typed becomes terms, or comes back with what to mend (pure)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from starlette.datastructures import FormData

from quality.complaints.resolving.authority import KEYS, Grid, Remedy
from quality.errors import FieldError, Invalid
from quality.measures.agreements.terms import Terms
from quality.measures.views.conventions import DRAFT
from quality.web.languages import gettext as _

LEVELS = ("agent", "supervisor", "platform")  # who grants, each with what those before may grant
CENTS = 100
TARGET = "target-"
SINGLE = (
    "code",
    "title",
    "funder",
    "starts_on",
    "ends_on",
    "acknowledge_days",
    "solution_days",
    "hypothesis",
)
SEVERAL = ("providers", "indicators", "activities", "departements")
BOXES = ("excludes_mandataire", "is_experiment")


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed, by field; a box is there when it is ticked."""

    single: Mapping[str, str]
    several: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, form: FormData) -> "Typed":
        written = {name: str(value).strip() for name, value in form.items() if isinstance(value, str)}
        return cls(written, {name: tuple(str(each) for each in form.getlist(name)) for name in SEVERAL})

    def text(self, name: str) -> str:
        return self.single.get(name, "")


def typed_of(terms: Terms) -> Typed:
    """Write terms as the form shows them."""
    single = {
        "code": terms.code,
        "title": terms.title,
        "funder": str(terms.funder),
        "starts_on": terms.starts_on.isoformat(),
        "ends_on": terms.ends_on.isoformat() if terms.ends_on else "",
        "acknowledge_days": _number(terms.acknowledge_days),
        "solution_days": _number(terms.solution_days),
        "hypothesis": terms.hypothesis,
        **{name: "oui" for name in BOXES if getattr(terms, name)},
        **{TARGET + code: f"{target:g}".replace(".", ",") for code, target in terms.targets.items()},
        **dict(_written_grid(terms.authority)),
    }
    several = {
        "providers": tuple(map(str, terms.providers)),
        "indicators": terms.indicators,
        "activities": terms.activities,
        "departements": terms.departements,
    }
    return Typed(single, several)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _written_grid(grid: Grid) -> Iterator[tuple[str, str]]:
    for level in LEVELS:
        granted = grid if level == LEVELS[0] else grid.get(level)
        for remedy, key in KEYS.items():
            value = granted.get(key) if isinstance(granted, Mapping) else None
            if value and isinstance(value, int):
                yield f"{level}-{remedy}", str(value // CENTS if remedy is Remedy.refund else int(value))


def read(typed: Typed) -> Terms:
    """Read the terms of a draft, or refuse what is no date, number or organisation."""
    wrong: list[FieldError] = []
    reader = _Reader(typed, wrong)
    terms = Terms(
        code=typed.text("code"),
        title=typed.text("title"),
        funder=reader.identity("funder", typed.text("funder")),
        providers=tuple(reader.identity("providers", each) for each in typed.several["providers"]),
        starts_on=reader.day("starts_on") or date.max,
        ends_on=reader.day("ends_on", is_required=False),
        status=DRAFT,
        activities=typed.several["activities"],
        departements=typed.several["departements"],
        excludes_mandataire=bool(typed.text("excludes_mandataire")),
        indicators=typed.several["indicators"],
        targets=reader.targets(),
        acknowledge_days=reader.whole("acknowledge_days"),
        solution_days=reader.whole("solution_days"),
        authority=reader.grid(),
        is_experiment=bool(typed.text("is_experiment")),
        hypothesis=typed.text("hypothesis"),
    )
    if wrong:
        raise Invalid(errors=tuple(wrong))
    return terms


def day_typed(name: str, written: str) -> date:
    """Read a day, or refuse what is none."""
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        words = _("Écrivez une date, par exemple 2026-01-31.")
        raise Invalid(errors=(FieldError(name, words),)) from error


class _Reader:
    """Reads fields one by one and keeps what is wrong."""

    def __init__(self, typed: Typed, wrong: list[FieldError]) -> None:
        self._typed, self._wrong = typed, wrong

    def identity(self, name: str, written: str) -> UUID:
        try:
            return UUID(written)
        except ValueError:
            self._wrong.append(FieldError(name, _("Choisissez un organisme dans la liste.")))
            return UUID(int=0)

    def day(self, name: str, *, is_required: bool = True) -> date | None:
        written = self._typed.text(name)
        if not written and not is_required:
            return None
        try:
            return day_typed(name, written)
        except Invalid as refused:
            self._wrong.extend(refused.errors)
            return None

    def whole(self, name: str) -> int | None:
        written = self._typed.text(name)
        if not written:
            return None
        if written.isascii() and written.isdigit() and len(written) < 6:
            return int(written)
        self._wrong.append(FieldError(name, _("Écrivez un nombre entier.")))
        return None

    def targets(self) -> dict[str, float]:
        found = {}
        for name, written in self._typed.single.items():
            code = name.removeprefix(TARGET)
            if name.startswith(TARGET) and written and code in self._typed.several["indicators"]:
                try:
                    found[code] = float(written.replace(",", "."))
                except ValueError:
                    words = _("Écrivez l’objectif {code} en pour cent, par exemple 85.")
                    self._wrong.append(FieldError("targets", words.format(code=code)))
        return found

    def grid(self) -> dict[str, object]:
        levels = {level: self._level(level) for level in LEVELS}
        return levels.pop(LEVELS[0]) | {level: granted for level, granted in levels.items() if granted}

    def _level(self, level: str) -> dict[str, object]:
        granted: dict[str, object] = {}
        for remedy, key in KEYS.items():
            value = self.whole(f"{level}-{remedy}")
            if value and remedy in (Remedy.replace_worker, Remedy.mediation):
                granted[key] = True
            elif value:
                granted[key] = value * CENTS if remedy is Remedy.refund else value
        return granted
