"""Encryption is bound to its place, and a look-up says nothing of another kind."""

import os
from pathlib import Path
from uuid import UUID

import pytest

from quality.errors import Refused
from quality.keys import Keyring, Undecipherable, read_or_create_secret

ROW, OTHER = UUID(int=1), UUID(int=2)
RING = Keyring("a secret")


def test_what_is_encrypted_comes_back() -> None:
    sealed = RING.encrypt("Mme Martin", "client.name", ROW)
    assert RING.decrypt(sealed, "client.name", ROW) == "Mme Martin"
    assert b"Martin" not in sealed
    assert sealed != RING.encrypt("Mme Martin", "client.name", ROW)


@pytest.mark.parametrize(
    ("place", "row", "ring"),
    [("client.phone", ROW, RING), ("client.name", OTHER, RING), ("client.name", ROW, Keyring("another"))],
    ids=["another column", "another row", "another key"],
)
def test_a_ciphertext_moved_elsewhere_is_refused(place: str, row: UUID, ring: Keyring) -> None:
    sealed = RING.encrypt("Mme Martin", "client.name", ROW)
    with pytest.raises(Undecipherable):
        ring.decrypt(sealed, place, row)


def test_bytes_are_sealed_as_a_text_is() -> None:
    sealed = RING.seal(b"\x00visits", "simulation.file", ROW)
    assert b"visits" not in sealed
    assert RING.unseal(sealed, "simulation.file", ROW) == b"\x00visits"
    with pytest.raises(Undecipherable):
        RING.unseal(sealed, "simulation.file", OTHER)


def test_nothing_stays_nothing() -> None:
    assert RING.decrypt(None, "client.name", ROW) is None


def test_a_look_up_differs_by_kind_and_by_key() -> None:
    found = {RING.lookup("phone", "1"), RING.lookup("email", "1"), Keyring("another").lookup("phone", "1")}
    assert len(found) == 3
    assert RING.lookup("phone", "1") == Keyring("a secret").lookup("phone", "1")


def test_an_embedded_installation_keeps_its_secret_to_itself(tmp_path: Path) -> None:
    home = tmp_path / "home"
    secret = read_or_create_secret(home)
    assert len(secret) >= 32
    assert read_or_create_secret(home) == secret
    assert (home / "secret.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.iterdir()] == ["secret.key"]


def test_two_processes_that_start_together_share_one_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def late(drawn: str, path: Path) -> None:
        path.write_text("x" * 40, encoding="ascii")  # the other process was first
        link(drawn, path)

    monkeypatch.setattr(os, "link", late)
    assert read_or_create_secret(tmp_path) == "x" * 40
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("kept", ["", "short", "x" * 31 + "\n"])
def test_a_secret_cut_short_is_refused_and_left_as_it_is(tmp_path: Path, kept: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(kept, encoding="ascii")
    with pytest.raises(Refused, match="32"):
        read_or_create_secret(tmp_path)
    assert path.read_text(encoding="ascii") == kept
