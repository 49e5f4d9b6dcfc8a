"""Archives whose list of entries is longer than anything honest are not opened."""

import io
import tracemalloc
import zipfile

import pytest

from quality.files.archives import ListTooLong, opened


def naming(count: int) -> bytes:
    """Make an archive that names one entry `count` times."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/document.xml", b"<w/>")
    whole = content.getvalue()
    start, end = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    entries = whole[start:end] * count
    tail = bytearray(whole[end:])
    tail[8:12] = min(count, 0xFFFF).to_bytes(2, "little") * 2
    tail[12:16] = len(entries).to_bytes(4, "little")
    return whole[:start] + entries + bytes(tail)


def test_a_long_list_of_entries_is_refused_before_it_is_built() -> None:
    content = io.BytesIO(naming(100_000))
    tracemalloc.start()
    with pytest.raises(ListTooLong):
        opened(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_an_open_archive_gives_large_entries_whole() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a", b"a" * 2_000_000)
    with opened(content) as archive:
        assert len(archive.read("a")) == 2_000_000
    assert len(opened(io.BytesIO(naming(2_000))).infolist()) == 2_000


def test_a_damaged_archive_fails_as_zipfile_says() -> None:
    with pytest.raises(zipfile.BadZipFile):
        opened(io.BytesIO(naming(3)[:60]))
