"""Long computing in a process of its own, or in several: it takes no turn from the loop that waits for it.

It gives way to everything else on the machine (niceness), and ends with its parent however this one ends.
Signals that ask to stop the one of `run` are for the parent, which may have something to write first: it is
deaf to them from its birth, since a supervisor of processes sends them to the whole group.
"""

import asyncio
import ctypes
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, resource_tracker
from multiprocessing.process import BaseProcess

NICENESS = 10
PR_SET_PDEATHSIG = 1
FOR_THE_PARENT = (signal.SIGINT, signal.SIGTERM)
ORPHANED = 1


async def run(verb: Callable[..., None], *values: object, seconds: float) -> int:
    """Call a function of a module in a process of its own and give its exit code, negative for a signal.

    It is killed when it lasts longer, with TimeoutError, and when whoever waits for it is cancelled.
    """
    process = get_context("spawn").Process(target=_given_way, args=(os.getpid(), verb, values), daemon=True)
    _start(process)
    try:
        async with asyncio.timeout(seconds):
            await _ended(process)
    finally:
        process.kill()
        process.join()
    return process.exitcode or 0


@contextmanager
def processes(count: int) -> Iterator[Executor]:
    """Open processes that work beside this one; they end with the block, or with this program.

    Ctrl+C is for the parent; asked to stop, they stop, and the work ends with BrokenProcessPool as where one
    dies. None lives long enough to search for cycles.
    """
    pool = ProcessPoolExecutor(count, get_context("spawn"), initializer=_begin, initargs=(os.getpid(),))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(parent: int) -> None:
    gc.disable()
    _give_way(parent, [signal.SIGINT])


def _start(process: BaseProcess) -> None:
    """Start a process that inherits blocked signals, since it hears nothing of ours while it imports."""
    resource_tracker.ensure_running()  # its own start would let the signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, FOR_THE_PARENT)
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


async def _ended(process: BaseProcess) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(process.sentinel, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(process.sentinel)


def _given_way(parent: int, verb: Callable[..., None], values: tuple[object, ...]) -> None:
    _give_way(parent, FOR_THE_PARENT)
    verb(*values)


def _give_way(parent: int, deaf_to: Iterable[signal.Signals]) -> None:
    for number in deaf_to:
        signal.signal(number, signal.SIG_IGN)
    logging.getLogger("tortoise").setLevel(logging.WARNING)
    os.nice(NICENESS)
    end_with_parent(parent)


def end_with_parent(parent: int) -> None:
    """Ask the system to kill this process when its parent ends, in whatever way (Linux only).

    One that ended before that tells nobody any more: this process then ends at once.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(ORPHANED)
