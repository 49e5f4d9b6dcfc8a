"""Which worker runs a test: a file stays together, and so does the folder that shares one demonstration."""

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

TOGETHER = "tests/browser/"


class ByFile(LoadFileScheduling):  # type: ignore[misc]
    """Give each file to one worker, and tests/browser as if it were one file."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER if nodeid.startswith(TOGETHER) else nodeid.partition("::")[0]
