"""What is asked of the database meanwhile, statement by statement."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.statements: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.statements.append(record.getMessage())


@contextmanager
def asked_of_database() -> Iterator[list[str]]:
    """Collect every statement, with its values, as Tortoise logs them."""
    log, kept = logging.getLogger("tortoise.db_client"), _Kept()
    before = log.level
    log.addHandler(kept)
    log.setLevel(logging.DEBUG)
    try:
        yield kept.statements
    finally:
        log.setLevel(before)
        log.removeHandler(kept)
