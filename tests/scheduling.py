"""Which worker runs a test, and when: a file stays together, and so do those that share one demonstration."""

import os
from pathlib import Path
from typing import Any

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from tests.live import SHARED

FOLDER = "tests/browser/"  # one demonstration, but for the files that have their own
SERVED = (  # from the demonstration, the longest first
    "tests/browser/test_accessibility.py",
    FOLDER,
    "tests/test_demo.py",
    "tests/browser/test_desk_run.py",
    "tests/test_demo_world.py",
    "tests/charter/demo/test_contradiction.py",
)
LONG = (  # of few tests: nobody waits for them at the end
    "tests/test_long_lists.py",
    "tests/surveys/engine/test_lives.py",
    "tests/surveys/dispatch/test_rig.py",
    "tests/quality/test_policies.py",
    "tests/quality/directory/intake/test_commands.py",
    "tests/surveys/simulation/test_commands.py",
    "tests/quality/test_retention.py",
)


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """Give each file to one worker; while one tells the demonstration, the others do what needs none."""

    has_begun = False

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return FOLDER if file.startswith(FOLDER) and file not in SERVED else file

    def _assign_work_unit(self, node: Any) -> None:
        self._order()
        super()._assign_work_unit(node)

    def _order(self) -> None:
        """Begin with the longest: the demonstration is told by the first that needs it."""
        comes_first = not self.has_begun or (Path(os.environ[SHARED]) / "home").exists()
        self.has_begun = True
        self._move(LONG, first=True)
        self._move(SERVED, first=comes_first)

    def _move(self, units: tuple[str, ...], *, first: bool) -> None:
        for unit in reversed(units) if first else units:
            if unit in self.workqueue:
                self.workqueue.move_to_end(unit, last=not first)
