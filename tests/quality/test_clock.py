"""A machine whose clock is wrong is not believed: business time follows the database's."""

from datetime import UTC, datetime, timedelta

import pytest

from quality import clock
from quality.app import House
from quality.cli import clock_line
from quality.db import pool
from tests.kannel import until

HOURS = timedelta(hours=3)
A_MOMENT = timedelta(seconds=20)


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put this machine's clock three hours ahead."""
    monkeypatch.setattr(clock, "_drift", timedelta(0))
    monkeypatch.setattr(clock, "host_now", lambda: datetime.now(UTC) + HOURS)


async def test_a_clock_that_agrees_is_left_alone(empty: None, house: House) -> None:
    await clock.refresh(pool("work"))
    assert clock.drift() == timedelta(0)


async def test_a_clock_that_is_wrong_is_corrected_and_told(
    empty: None, house: House, wrong: None, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        await clock.refresh(pool("work"))
    assert abs(clock.now() - datetime.now(UTC)) < A_MOMENT
    told = [record.getMessage() for record in caplog.records if record.name == "quality.clock"]
    assert told == ["this machine's clock is 10800 s from the database's, which is followed"]


async def test_the_virtual_clock_is_kept_beside_the_correction(
    empty: None, house: House, wrong: None
) -> None:
    await clock.advance(pool("work"), timedelta(days=1))
    await clock.refresh(pool("work"))
    assert abs(clock.now() - datetime.now(UTC) - timedelta(days=1)) < A_MOMENT


async def test_a_clock_that_was_set_right_is_believed_again(
    empty: None, house: House, wrong: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await clock.refresh(pool("work"))
    monkeypatch.setattr(clock, "host_now", lambda: datetime.now(UTC))
    await clock.measure(pool("work"))
    assert clock.drift() == timedelta(0)


async def test_the_web_compares_the_clocks_again_and_again(
    empty: None, house: House, wrong: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set_offset(timedelta(0))
    monkeypatch.setattr(clock, "MEASURED_EVERY_SECONDS", 0.0)
    async with clock.measured(pool("web")):
        await until(lambda: clock.drift() != timedelta(0), "the clocks to be compared")
    assert abs(clock.now() - datetime.now(UTC)) < A_MOMENT


@pytest.mark.parametrize(("drift", "word"), [(timedelta(0), "s’accordent"), (-HOURS, "10800 s")])
def test_the_doctor_says_whether_the_clock_is_believed(drift: timedelta, word: str) -> None:
    assert word in clock_line(drift)
