"""What the files of a release say of it."""

from datetime import UTC, datetime
from uuid import UUID

from quality.measures.reports.contents import Seal, signed_words


def test_a_release_made_after_midnight_in_paris_is_of_that_day() -> None:
    made = Seal(UUID(int=1), "2026-10", "5", "ab12", datetime(2026, 11, 11, 23, 10, tzinfo=UTC))
    assert "jeudi 12\N{NO-BREAK SPACE}novembre 2026" in signed_words(made)
