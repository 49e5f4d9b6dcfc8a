"""Which worker runs a test: a file stays together, and so does the folder that shares one demonstration."""

from typing import Any

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

TOGETHER = "tests/browser/"


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """Give each file to one worker, and tests/browser as if it were one file."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER if nodeid.startswith(TOGETHER) else nodeid.partition("::")[0]

    def _assign_work_unit(self, node: Any) -> None:
        """Begin with the longest: nobody waits for it at the end."""
        if TOGETHER in self.workqueue:
            self.workqueue.move_to_end(TOGETHER, last=False)
        super()._assign_work_unit(node)
