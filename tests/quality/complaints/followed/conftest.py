"""Mme Martin's complaint, and the link to it."""

import pytest

from quality.web.wrong_tokens import WRONG


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Forget the wrong tokens of the other tests."""
    WRONG.forget()
