"""The order of a run on several workers: nobody waits for the demonstration while there is something else."""

from collections import OrderedDict
from pathlib import Path

import pytest

from tests.live import SHARED
from tests.scheduling import FOLDER, LONG, SERVED, ByFile

WALK, LISTS, SMALL = SERVED[0], LONG[0], "tests/quality/test_keys.py"


@pytest.fixture
def scheduling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ByFile:
    """Give what is left to do, without the workers that do it."""
    monkeypatch.setenv(SHARED, str(tmp_path))
    made = ByFile.__new__(ByFile)
    made.workqueue = OrderedDict.fromkeys((SMALL, LISTS, FOLDER, WALK))
    return made


def next_of(scheduling: ByFile) -> str:
    scheduling._order()
    return str(scheduling.workqueue.popitem(last=False)[0])


def test_one_worker_tells_the_demonstration_while_the_others_do_what_needs_none(scheduling: ByFile) -> None:
    assert [next_of(scheduling) for _ in range(4)] == [WALK, LISTS, SMALL, FOLDER]


def test_what_is_served_comes_next_once_it_is_told(scheduling: ByFile, tmp_path: Path) -> None:
    assert next_of(scheduling) == WALK
    (tmp_path / "home").mkdir()
    assert [next_of(scheduling) for _ in range(3)] == [FOLDER, LISTS, SMALL]


def test_the_files_of_a_folder_stay_together_but_for_those_with_their_own_demonstration(
    scheduling: ByFile,
) -> None:
    units = [
        scheduling._split_scope(f"{FOLDER}{name}.py::test_it")
        for name in ("test_keyboard", "test_modules", "test_desk_run", "test_accessibility")
    ]
    assert units == [FOLDER, FOLDER, f"{FOLDER}test_desk_run.py", WALK]


def test_each_file_that_comes_first_is_there() -> None:
    here = Path(__file__).parent.parent
    assert [unit for unit in (*SERVED, *LONG) if not (here / unit).exists()] == []
