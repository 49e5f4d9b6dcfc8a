"""The providers to call: only those that a target is missed by for sure, the farthest first."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from quality.measures.catalogue import CATALOGUE, Direction
from quality.measures.disclosure.lattice import Key, Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.releases.comparing import Word
from quality.measures.releases.figures import Figure
from quality.measures.views.standouts import MOST, standouts


def figure(code: str, low: int, high: int, indicator: str = "GLOB", provider: UUID | None = None) -> Figure:
    key = Key(None, None, indicator, 1, Scope.PROVIDER, code)
    middle = Decimal((low + high) / 2)
    return Figure(key, provider or uuid4(), Status.A, Unit.PERCENT, 50, middle, Decimal(low), Decimal(high))


def test_an_interval_that_touches_the_target_accuses_nobody() -> None:
    found = standouts([figure("a", 60, 80), figure("b", 60, 79)], {"GLOB": 80})
    assert [each.figure.key.code for each in found] == ["b"]


@pytest.mark.parametrize(("clients", "is_named"), [(35, False), (40, True)])
def test_nobody_is_called_for_a_target_that_few_clients_say_is_missed(clients: int, is_named: bool) -> None:
    few = replace(figure("a", 40, 60), n_clients=clients)
    assert bool(standouts([few], {"GLOB": 80})) == is_named


def test_the_farthest_comes_first_and_five_at_most_are_named() -> None:
    figures = [figure(f"p{high}", high - 20, high) for high in (70, 50, 65, 40, 60, 55)]
    found = standouts(figures, {"GLOB": 80})
    assert [each.missed and int(each.missed.gap) for each in found] == [40, 30, 25, 20, 15]
    assert len(found) == MOST


def test_a_provider_is_named_once_for_where_it_is_farthest() -> None:
    figures = [figure("a", 50, 70), figure("a", 40, 50, "PONCT")]
    (found,) = standouts(figures, {"GLOB": 80, "PONCT": 90})
    assert found.missed
    assert (found.figure.key.indicator, found.missed.gap) == ("PONCT", 40)


def test_who_stands_on_the_wrong_side_of_its_peers_is_named_and_who_stands_above_is_not() -> None:
    judged = [
        (figure("low", 50, 60), Word.ALERT, False),
        (figure("high", 90, 99), Word.ALERT, True),
        (figure("alike", 70, 80), Word.ORDINARY, False),
        (figure("few", 10, 20), Word.FEW, False),
    ]
    (found,) = standouts([], {}, judged)
    assert (found.code, found.missed) == ("low", None)
    assert found.apart
    assert found.apart.word is Word.ALERT


def test_the_indicator_where_lower_is_better_is_wrong_above() -> None:
    lower = next((code for code, item in CATALOGUE.items() if item.direction is Direction.LOWER), None)
    if lower is None:
        pytest.skip("every indicator of the catalogue is better when higher")
    judged = [
        (figure("high", 90, 99, lower), Word.WARNING, True),
        (figure("low", 1, 9, lower), Word.WARNING, False),
    ]
    assert [each.code for each in standouts([], {}, judged)] == ["high"]


def test_both_reasons_come_before_one_and_an_alert_before_a_warning() -> None:
    figures = [figure(code, 40, 50) for code in ("both", "missed")]
    judged = [
        (figure("both", 40, 50), Word.WARNING, False),
        (figure("alert", 40, 50), Word.ALERT, False),
        (figure("warning", 40, 50), Word.WARNING, False),
    ]
    found = standouts(figures, {"GLOB": 80}, judged)
    assert [each.code for each in found] == ["both", "alert", "missed", "warning"]


def test_the_strongest_words_are_kept_of_a_provider() -> None:
    judged = [
        (figure("a", 50, 60), Word.WARNING, False),
        (figure("a", 50, 60, "PONCT"), Word.ALERT, False),
    ]
    (found,) = standouts([], {}, judged)
    assert found.figure.key.indicator == "PONCT"


def test_nobody_is_named_without_a_target_a_figure_or_a_name() -> None:
    hidden = Figure(Key(None, None, "GLOB", 1, Scope.PROVIDER, "h"), uuid4(), Status.C, Unit.PERCENT)
    key = Key(None, None, "GLOB", 1, Scope.PROVIDER, "PE-34")
    individuals = Figure(key, None, Status.A, Unit.PERCENT, 50, Decimal(10), Decimal(5), Decimal(20))
    assert standouts([hidden, individuals], {"GLOB": 80}) == []
    assert standouts([figure("a", 10, 20)], {"PONCT": 80}) == []
