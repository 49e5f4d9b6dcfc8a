"""The list of indicators: what a target's shape says is what its words say."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from quality.measures.disclosure.lattice import Key, Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.models import Convention
from quality.measures.releases.figures import Figure, Published
from quality.measures.views.choices import Choice
from quality.measures.views.dashboard import IndicatorLine, listed
from quality.measures.views.reading import Sight

ONE = UUID(int=1)
PERIOD = "2026-10"


def line_of(indicator: str, target: float, low: int, high: int) -> IndicatorLine:
    agreed = Convention(
        id=ONE, code="d34", title="Hérault", providers=[], indicators=[indicator], targets={indicator: target}
    )
    key = Key(ONE, ONE, indicator, 1, Scope.FUND, "D34")
    bounds = (Decimal(low), Decimal(high))
    figure = Figure(key, None, Status.A, Unit.PERCENT, 100, sum(bounds, Decimal()) // 2, *bounds)
    made = datetime(2026, 11, 12, tzinfo=UTC)
    sight = Sight("d34", "Hérault", agreed)
    found = [Published(ONE, figure, PERIOD, ONE, "5", made, "d34")]
    page = listed(Choice(sight, (sight,), PERIOD, (PERIOD,)), found)
    return next(line for line in page.lines if line.href.startswith(f"/indicateurs/{indicator}?"))


@pytest.mark.parametrize(
    ("indicator", "target", "words", "shape"),
    [
        ("GLOB", 60, "Atteint", '<circle class="f-brand'),
        ("GLOB", 90, "Non atteint", "f-signal"),
        ("GLOB", 70, "On ne peut pas conclure", '<circle class="f-card'),
        ("REF1", 90, "Atteint", '<circle class="f-brand'),
        ("REF1", 60, "Non atteint", "f-signal"),
    ],
)
def test_the_shape_of_a_target_says_its_words(indicator: str, target: float, words: str, shape: str) -> None:
    """REF1 is better when lower: its circle stands where the whole interval is under the target."""
    found = line_of(indicator, target, 65, 75)
    assert found.target
    assert found.target.conclusion == words
    assert shape in str(found.drawing)
