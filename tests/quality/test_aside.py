"""Computing in a process of its own: it gives way, leaves the loop free, and ends with who waits for it."""

import asyncio
import os
import signal
import subprocess
import sys
from multiprocessing import active_children
from pathlib import Path

import pytest

from quality import aside
from tests.live import ROOT, until

PATIENCE_SECONDS = 60.0


def say(path: Path) -> None:
    """Write who computes, and how much it gives way."""
    path.write_text(f"{os.getpid()} {os.nice(0)}", encoding="ascii")


def compute_until(begun: Path, told_to_end: Path) -> None:
    """Keep a processor busy until a file is there."""
    begun.write_text(str(os.getpid()), encoding="ascii")
    while not told_to_end.exists():
        pass


def break_down() -> None:
    raise SystemExit(3)


def kill_oneself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def written(path: Path) -> int:
    """Give the process that computes, once it said so."""
    await asyncio.to_thread(until, lambda: said(path) != "", "no process computes")
    return int(said(path))


def said(path: Path) -> str:
    return path.read_text(encoding="ascii") if path.exists() else ""


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


async def test_it_computes_elsewhere_and_gives_way(tmp_path: Path) -> None:
    assert await aside.run(say, tmp_path / "said", seconds=PATIENCE_SECONDS) == 0
    process, niceness = (tmp_path / "said").read_text(encoding="ascii").split()
    assert int(process) != os.getpid()
    assert int(niceness) >= aside.NICENESS


async def test_the_loop_goes_on_while_it_computes(tmp_path: Path) -> None:
    begun, end = tmp_path / "begun", tmp_path / "end"
    computing = asyncio.create_task(aside.run(compute_until, begun, end, seconds=PATIENCE_SECONDS))
    await written(begun)
    end.touch()
    assert await computing == 0


@pytest.mark.parametrize(("verb", "code"), [(break_down, 3), (kill_oneself, -signal.SIGKILL)])
async def test_a_process_that_breaks_down_gives_its_code(verb, code: int) -> None:
    assert await aside.run(verb, seconds=PATIENCE_SECONDS) == code


async def test_it_is_deaf_to_a_signal_sent_as_soon_as_it_exists(tmp_path: Path) -> None:
    computing = asyncio.create_task(aside.run(say, tmp_path / "said", seconds=PATIENCE_SECONDS))
    while not (begun := active_children()):
        await asyncio.wait({computing}, timeout=0.01)
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(begun[0].pid, number)
    assert await computing == 0


async def test_one_that_lasts_too_long_is_killed(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        await aside.run(compute_until, tmp_path / "begun", tmp_path / "end", seconds=0.0)


async def test_it_is_killed_when_nobody_waits_any_more(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    computing = asyncio.create_task(
        aside.run(compute_until, begun, tmp_path / "end", seconds=PATIENCE_SECONDS)
    )
    process = await written(begun)
    computing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await computing
    assert not is_alive(process)


PARENT = """
import asyncio, sys
from pathlib import Path
from quality import aside
from tests.quality.test_aside import compute_until

if __name__ == "__main__":
    asyncio.run(aside.run(compute_until, Path(sys.argv[1]), Path(sys.argv[2]), seconds=60.0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent ended")
def test_it_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    begun, script = tmp_path / "begun", tmp_path / "parent.py"
    script.write_text(PARENT, encoding="ascii")
    parent = subprocess.Popen(
        [sys.executable, str(script), str(begun), str(tmp_path / "end")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    until(lambda: said(begun) != "", "no process computes")
    parent.kill()
    parent.wait()
    until(lambda: not is_running(int(said(begun))), "the process goes on without its parent")


STOPPED = PARENT.replace(
    "asyncio.run(", "signal.signal(signal.SIGTERM, lambda *_: None); code = asyncio.run("
)


def test_a_signal_to_the_whole_group_is_for_the_parent_alone(tmp_path: Path) -> None:
    begun, end, script = tmp_path / "begun", tmp_path / "end", tmp_path / "parent.py"
    script.write_text(f"import signal\n{STOPPED}    sys.exit(code)\n", encoding="ascii")
    parent = subprocess.Popen(
        [sys.executable, str(script), str(begun), str(end)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )
    until(lambda: said(begun) != "", "no process computes")
    os.killpg(parent.pid, signal.SIGTERM)
    end.touch()
    assert parent.wait(timeout=PATIENCE_SECONDS) == 0


ORPHAN = """
import os
from quality import aside

parent = os.getpid()
if os.fork() == 0:
    while os.getppid() == parent:
        pass
    aside.end_with_parent(parent)
    os.write(1, b"goes on")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent ended")
def test_it_ends_when_its_parent_ended_before_it_could_ask(tmp_path: Path) -> None:
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN, encoding="ascii")
    ended = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ended.stdout == b""


def is_running(process: int) -> bool:
    """Tell a process at work from one that ended and that nobody has read yet."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(") ")[2]
    except OSError:
        return False
    return state[0] not in "ZX"


def test_processes_work_side_by_side_give_way_and_end() -> None:
    with aside.processes(2) as pool:
        found = list(pool.map(who_gives_way, range(4)))
    assert os.getpid() not in {process for process, _, _ in found}
    assert all(niceness >= aside.NICENESS and is_deaf for _, niceness, is_deaf in found)
    assert not any(is_alive(process) for process, _, _ in found)


def who_gives_way(_: int) -> tuple[int, int, bool]:
    """Tell who works, how much it gives way, and whether Ctrl+C is for its parent."""
    return os.getpid(), os.nice(0), signal.getsignal(signal.SIGINT) is signal.SIG_IGN
