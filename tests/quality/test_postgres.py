"""The embedded PostgreSQL: found while it runs, said to be absent, stopped with its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from quality import postgres
from tests.conftest import need
from tests.live import PATIENCE_SECONDS

PARENT = """
import sys, time
from pathlib import Path
from quality import postgres
server = postgres.start(Path(sys.argv[1]), ["fsync=off"])
print(server.process.pid, flush=True)
time.sleep(60)
"""


def test_a_home_without_a_server_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(postgres.NoServer, match=str(tmp_path.name)):
        postgres.find(tmp_path)


def test_a_second_start_finds_the_first(server: postgres.Server) -> None:
    again = postgres.start(server.home)
    assert again.process is None
    assert again.socket_folder == server.socket_folder
    again.stop()
    assert postgres.find(server.home).owner_url == server.owner_url


def test_a_dead_server_s_file_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "postmaster.pid").write_text("999999\n/x\n1\n5432\n/tmp\n\n1 2\nready\n")
    with pytest.raises(postgres.NoServer):
        postgres.find(tmp_path)


def test_a_killed_parent_takes_its_server_along(tmp_path: Path) -> None:
    need(sys.platform == "linux", "the kernel's signal at a parent's death")
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait(timeout=PATIENCE_SECONDS)
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}/cmdline").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
            break
        os.sched_yield()
    with pytest.raises(postgres.NoServer):
        postgres.find(tmp_path)
