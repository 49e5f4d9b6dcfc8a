"""The draw reaches its target quarter after quarter, whatever the interval holds back: pure, no database."""

from datetime import UTC, datetime, timedelta
from math import sqrt

import pytest

from quality.ids import uuid7_of
from surveys.protocol.definition import load
from surveys.protocol.occasion import History, Stratum, Visit, Volume, ruling
from surveys.protocol.planning import Reach

DEFAULT = load("default")
REACH = Reach(sms=True, email=False, phone=True)
START, QUARTER, TARGET = datetime(2026, 1, 1, 9, tzinfo=UTC), 91, 40
SURE = 3.29  # 999 quarters of 1,000


def visit_of(client: int, day: int) -> Visit:
    at = START + timedelta(days=day)
    return Visit(uuid7_of(at, client), "34", "done", at, at, REACH, worker="A")


def quarters(clients: int, every: int, seed: bytes, number: int = 6) -> list[tuple[int, int | None]]:
    """Decide the visits of clients, one every so many days; give what each quarter asked and expected."""
    ends: dict[int, list[datetime]] = {}
    told: list[tuple[int, int | None]] = []
    expected = None
    for quarter in range(number):
        stratum, volume = Stratum(seed + bytes([quarter]), TARGET, expected), Volume()
        for day in range(quarter * QUARTER, (quarter + 1) * QUARTER):
            for client in range(day % every, clients, every):
                visit = visit_of(client, day)
                asked = ends.setdefault(client, [])
                history = History(last_worker="A", asked=tuple(asked[-1:]))
                decision = ruling(visit, history, stratum, DEFAULT, visit.ended_at)
                volume.add(decision)
                if decision.asked:
                    asked.append(visit.ended_at)
        told.append((volume.asked, expected))
        expected = volume.expected(TARGET)
    return told


@pytest.mark.parametrize("seed", [b"one", b"two", b"three"])
@pytest.mark.parametrize(("clients", "every"), [(40, 1), (60, 7), (300, 7), (150, 30)])
def test_each_quarter_after_the_first_reaches_its_target(clients: int, every: int, seed: bytes) -> None:
    (first, unknown), *others = quarters(clients, every, seed)
    assert unknown is None
    assert first > TARGET
    for asked, expected in others:
        share = TARGET / expected
        assert abs(asked - TARGET) <= SURE * sqrt(TARGET * (1 - share)), (asked, expected)


def test_a_stratum_too_small_for_its_target_asks_all_that_the_interval_allows() -> None:
    (first, _), *others = quarters(10, 7, b"small")
    assert first < TARGET
    assert [asked for asked, _ in others] == pytest.approx([first] * len(others), abs=10)
