"""What Python's search of cycles goes through, and when."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def keep_what_stands() -> None:
    """Let no search go through what stands once a process started: code, routes, texts, definitions.

    A full search went through all of it, 0.3 s in the middle of a claim of messages.
    """
    gc.collect()
    gc.freeze()


@contextmanager
def unsearched() -> Iterator[None]:
    """Put off the search until a work is done that makes much and no cycle, in the whole process.

    To look through the rows of a batch again and again was a third of the planner's time, and a seventh of
    an audit's. What else the process does meanwhile leaves its cycles until then. Where two works cross, the
    search may begin again before the second ends.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
