"""The providers to call: only those that a target is missed by for sure, the farthest first."""

from decimal import Decimal
from uuid import UUID, uuid4

from quality.measures.disclosure import Status, Unit
from quality.measures.figures import Figure
from quality.measures.lattice import Key, Scope
from quality.measures.standouts import MOST, standouts


def figure(code: str, low: int, high: int, indicator: str = "GLOB", provider: UUID | None = None) -> Figure:
    key = Key(None, None, indicator, 1, Scope.PROVIDER, code)
    middle = Decimal((low + high) / 2)
    return Figure(key, provider or uuid4(), Status.A, Unit.PERCENT, 50, middle, Decimal(low), Decimal(high))


def test_an_interval_that_touches_the_target_accuses_nobody() -> None:
    found = standouts([figure("a", 60, 80), figure("b", 60, 79)], {"GLOB": 80})
    assert [each.figure.key.code for each in found] == ["b"]


def test_the_farthest_comes_first_and_five_at_most_are_named() -> None:
    figures = [figure(f"p{high}", high - 20, high) for high in (70, 50, 65, 40, 60, 55)]
    found = standouts(figures, {"GLOB": 80})
    assert [int(each.gap) for each in found] == [40, 30, 25, 20, 15]
    assert len(found) == MOST


def test_a_provider_is_named_once_for_where_it_is_farthest() -> None:
    figures = [figure("a", 50, 70), figure("a", 40, 50, "PONCT")]
    (found,) = standouts(figures, {"GLOB": 80, "PONCT": 90})
    assert (found.figure.key.indicator, found.gap) == ("PONCT", 40)


def test_nobody_is_named_without_a_target_a_figure_or_a_name() -> None:
    hidden = Figure(Key(None, None, "GLOB", 1, Scope.PROVIDER, "h"), uuid4(), Status.C, Unit.PERCENT)
    key = Key(None, None, "GLOB", 1, Scope.PROVIDER, "PE-34")
    individuals = Figure(key, None, Status.A, Unit.PERCENT, 50, Decimal(10), Decimal(5), Decimal(20))
    assert standouts([hidden, individuals], {"GLOB": 80}) == []
    assert standouts([figure("a", 10, 20)], {"PONCT": 80}) == []
