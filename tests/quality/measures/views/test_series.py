"""Months in a row are judged by four rules on unrounded values, and drawn as published."""

from datetime import UTC, datetime
from uuid import UUID

from quality.measures.disclosure.lattice import Key, Scope
from quality.measures.disclosure.status import Status
from quality.measures.releases.charting import chart_of
from quality.measures.releases.figures import Folded, Published, published
from quality.measures.statistics import Moments
from quality.measures.views.series import Series, series

KEY = Key(None, None, "PONCT", 1, Scope.FRANCE, "FR")
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def month(place: int, clients: int, good: int, status: Status = Status.A) -> tuple[Published, Moments]:
    moments = Moments.of([(1, 1)] * good + [(1, 0)] * (clients - good))
    figure = published(Folded(KEY, None, moments), status)
    code = f"{2025 + place // 12}-{place % 12 + 1:02}"
    return Published(UUID(int=place), figure, code, UUID(int=99), "1", NOW), moments


def drawn(*months: tuple[Published, Moments]) -> Series:
    shown = [(each.period, base) for each, base in months if each.figure.value is not None]
    found = series("Ponctualité", [each for each, _ in months], chart_of(shown))
    assert found is not None
    return found


def test_ordinary_months_say_that_nothing_is_unusual() -> None:
    found = drawn(*(month(place, 100, 80 + place % 3) for place in range(14)))
    assert not found.too_short
    assert found.flagged == ()
    assert {row.words for row in found.rows} == {"dans les limites"}
    assert found.finding == "Ponctualité\u00a0: rien d’inhabituel d’un mois à l’autre"


def test_a_month_far_below_is_the_finding() -> None:
    found = drawn(*(month(place, 100, 78 + 8 * (place % 2)) for place in range(13)), month(13, 100, 55))
    (row,) = found.flagged
    assert (row.label, row.words) == ("février\u00a02026", "sous la limite basse")
    assert found.finding == "Ponctualité\u00a0: février\u00a02026, sous la limite basse"
    assert row.limits == "de 68 à 92\u00a0%"


def test_an_older_flag_tells_a_story_and_calls_nobody() -> None:
    months = [month(place, 100, 78 + 8 * (place % 2)) for place in range(15)]
    months[6] = month(6, 100, 55)
    found = drawn(*months)
    assert [row.label for row in found.flagged] == ["juillet\u00a02025"]
    assert not found.is_called
    assert found.finding == "Ponctualité\u00a0: rien d’inhabituel en mars\u00a02026"


def test_a_flag_of_the_last_month_shown_calls_though_the_month_after_it_is_hidden() -> None:
    ordinary = [month(place, 100, 78 + 8 * (place % 2)) for place in range(13)]
    found = drawn(*ordinary, month(13, 100, 55), month(14, 6, 1, Status.C))
    assert found.is_called
    assert found.finding == "Ponctualité\u00a0: février\u00a02026, sous la limite basse"


def test_twelve_months_are_too_few_to_judge() -> None:
    found = drawn(*(month(place, 100, 80) for place in range(11)), month(11, 100, 40))
    assert (found.too_short, found.missing, found.flagged) == (True, 1, ())
    assert {row.limits for row in found.rows} == {""}


def test_a_hidden_month_has_neither_a_value_nor_a_place_in_the_drawing() -> None:
    months = [month(place, 100, 80) for place in range(13)]
    hidden = month(13, 6, 1, Status.C)
    found = drawn(*months[:5], hidden, *months[5:])
    row = found.rows[5]
    assert (row.reading.value, row.limits, row.words) == ("moins de 11 clients", "", "")
    assert not found.too_short
    assert found.drawing.count("<circle") == 13


def test_nothing_is_drawn_of_what_nobody_may_see() -> None:
    hidden, _base = month(0, 6, 1, Status.C)
    assert series("Ponctualité", [hidden], None) is None
    assert series("Ponctualité", [], None) is None


def test_what_is_drawn_does_not_tell_two_bases_apart_that_are_published_alike() -> None:
    some, others = (
        [month(place, clients, good) for place in range(13)] for clients, good in ((197, 162), (198, 163))
    )
    assert [each.figure.value for each, _ in some] == [each.figure.value for each, _ in others]
    assert drawn(*some).drawing == drawn(*others).drawing


def test_only_the_newest_unusual_months_are_told_beside_the_drawing() -> None:
    found = drawn(*(month(place, 400, 380 - 4 * place) for place in range(15)))
    assert [row.label for row in found.flagged] == [
        "janvier\u00a02026",
        "février\u00a02026",
        "mars\u00a02026",
    ]
    assert found.untold == sum(row.is_flagged for row in found.rows) - 3 > 0
