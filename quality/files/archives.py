"""Archives opened only where the list of their entries is short: `zipfile` builds all of it first."""

import zipfile
from typing import BinaryIO

LONGEST_LIST = 512 * 1024  # bytes; two thousand entries with names of 200 letters


class ListTooLong(Exception):
    """An archive that names more entries than anything honest."""


class _Source:
    """A file that gives no more at once than the longest list, until the archive is open."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.is_open = stream, False
        self.tell, self.seek, self.seekable = stream.tell, stream.seek, stream.seekable

    def read(self, size: int | None = -1, /) -> bytes:
        if self.is_open:
            return self._stream.read(-1 if size is None else size)
        most = LONGEST_LIST + 1
        found = self._stream.read(most if size is None or size < 0 else min(size, most))
        if len(found) == most:
            raise ListTooLong
        return found


def opened(stream: BinaryIO) -> zipfile.ZipFile:
    """Open an archive to be read, or raise ListTooLong, or what `zipfile` raises of one that is damaged."""
    source = _Source(stream)
    archive = zipfile.ZipFile(source)
    source.is_open = True
    return archive
