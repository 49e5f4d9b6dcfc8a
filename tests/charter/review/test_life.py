"""The table of a file's moves, and what silence decides on either side."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from charter.review.life import (
    ANSWER_DELAY,
    FILE_MOVES,
    POINT_MOVES,
    FileEvent,
    FileState,
    Point,
    PointEvent,
    PointState,
    is_settled,
    is_silent,
    next_file,
    next_point,
    retained,
)
from quality.errors import Conflict

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def test_what_the_tables_do_not_say_is_refused() -> None:
    for state, event in product(FileState, FileEvent):
        if (state, event) not in FILE_MOVES:
            with pytest.raises(Conflict):
                next_file(state, event)
    for point, move in product(PointState, PointEvent):
        if (point, move) not in POINT_MOVES:
            with pytest.raises(Conflict):
                next_point(point, move)


def test_a_file_is_accepted_only_once_its_points_are_settled() -> None:
    assert next_file(FileState.under_review, FileEvent.contest) is FileState.contested
    with pytest.raises(Conflict):
        next_file(FileState.contested, FileEvent.accept)
    assert not is_settled([Point("1.1", PointState.answered)])
    assert is_settled([Point("1.1", PointState.dropped), Point("1.2", PointState.accepted)])


def test_whoever_stays_silent_loses_the_point() -> None:
    contested = Point("1.1", PointState.contested, "no", NOW + ANSWER_DELAY)
    assert not is_silent(contested, NOW + ANSWER_DELAY - timedelta(seconds=1))
    assert is_silent(contested, NOW + ANSWER_DELAY)
    assert next_point(PointState.contested, PointEvent.silence) is PointState.maintained
    assert next_point(PointState.answered, PointEvent.silence) is PointState.dropped
    assert not is_silent(Point("1.1", PointState.maintained, "no", NOW), NOW + ANSWER_DELAY)


def test_the_platform_s_answer_counts_only_where_its_view_stands() -> None:
    declared = {"1.1": "yes", "1.2": "yes", "1.3": "yes", "1.4": "yes"}
    points = [
        Point("1.1", PointState.corrected, "no"),
        Point("1.2", PointState.maintained, "partly"),
        Point("1.3", PointState.dropped, "no"),
        Point("1.4", PointState.contested, "no"),
    ]
    assert retained(declared, points) == {"1.1": "no", "1.2": "partly", "1.3": "yes", "1.4": "yes"}
