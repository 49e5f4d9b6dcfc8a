"""Delays of a complaint, in the place's own days, and in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from quality.complaints.milestones import Milestone, Standing, days_apart
from quality.complaints.words import due_words, week_words

DUE = datetime(2026, 11, 26, 17, tzinfo=UTC)
PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")


@pytest.mark.parametrize(
    ("done_at", "now", "expected"),
    [
        (DUE, DUE + timedelta(days=9), Standing.kept),
        (DUE + timedelta(seconds=1), DUE, Standing.passed),
        (None, DUE, Standing.coming),
        (None, DUE + timedelta(seconds=1), Standing.late),
    ],
)
def test_a_delay_is_kept_passed_to_come_or_late(
    done_at: datetime | None, now: datetime, expected: Standing
) -> None:
    assert Milestone(DUE, done_at).standing(now) is expected


def test_days_are_those_of_the_place() -> None:
    late_evening = datetime(2026, 11, 25, 21, tzinfo=UTC)
    assert days_apart(DUE, late_evening, PARIS) == 1
    assert days_apart(DUE, late_evening, REUNION) == 0


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(hours=1), "Aujourd’hui avant 18\u00a0h"),
        (timedelta(days=1), "Demain avant 18\u00a0h"),
        (timedelta(days=2), "Avant jeudi 26\u00a0novembre, 18\u00a0h"),
        (timedelta(minutes=-1), "En retard depuis aujourd’hui, 18\u00a0h"),
        (timedelta(days=-1), "En retard de 1 jour"),
        (timedelta(days=-3), "En retard de 3 jours"),
    ],
)
def test_a_due_date_is_said_in_words(before: timedelta, words: str) -> None:
    assert due_words(DUE, DUE - before, PARIS) == words


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(hours=1), "Cette semaine"),
        (timedelta(days=3), "Cette semaine"),
        (timedelta(days=4), "La semaine prochaine"),
        (timedelta(days=10), "La semaine prochaine"),
        (timedelta(days=11), "Dans 2 semaines"),
        (timedelta(minutes=-1), "En retard"),
        (timedelta(days=-9), "En retard"),
    ],
)
def test_without_a_name_a_due_date_is_said_to_the_week(before: timedelta, words: str) -> None:
    assert week_words(DUE, DUE - before, PARIS) == words
