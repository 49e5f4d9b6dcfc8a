"""Long computing in a process of its own: it takes no turn from the loop that waits for it.

It gives way to everything else on the machine (niceness), and ends with its parent however this one ends.
"""

import asyncio
import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

NICENESS = 10
PR_SET_PDEATHSIG = 1


async def run(verb: Callable[..., None], *values: object, seconds: float) -> int:
    """Call a function of a module in a process of its own and give its exit code, negative for a signal.

    It is killed when it lasts longer, with TimeoutError, and when whoever waits for it is cancelled.
    """
    process = get_context("spawn").Process(target=_given_way, args=(verb, values), daemon=True)
    process.start()
    try:
        async with asyncio.timeout(seconds):
            await _ended(process)
    finally:
        process.kill()
        process.join()
    return process.exitcode or 0


async def _ended(process: BaseProcess) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)


def _given_way(verb: Callable[..., None], values: tuple[object, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which ends this one
    logging.getLogger("tortoise").setLevel(logging.WARNING)
    os.nice(NICENESS)
    end_with_parent()
    verb(*values)


def end_with_parent() -> None:
    """Ask the system to kill this process when its parent ends, in whatever way (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
