"""Keys: authenticated encryption of personal data, and keyed hashes for looking it up.

A ciphertext is key id + nonce + AES-256-GCM, bound to its place by the associated data `table.column.row`.
Each use has its own subkey (HKDF-SHA256), so a hash of one kind says nothing about another kind.
"""

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from quality.errors import QualityError, Refused

KEY_ID = b"\x01"
NONCE_BYTES = 12
SECRET_LENGTH = 32


class Undecipherable(QualityError):
    title = "Cette information ne peut pas être déchiffrée avec la clé de l’installation"


@dataclass(frozen=True)
class Keyring:
    """The subkeys of one installation's secret."""

    secret: str
    _subkeys: dict[str, bytes] = field(default_factory=dict, repr=False)

    def subkey(self, label: str) -> bytes:
        """Return the 32-byte key of one use."""
        if label not in self._subkeys:
            derivation = HKDF(hashes.SHA256(), 32, salt=None, info=label.encode())
            self._subkeys[label] = derivation.derive(self.secret.encode())
        return self._subkeys[label]

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.subkey("encryption"))

    def encrypt(self, text: str, place: str, row: UUID) -> bytes:
        return self.seal(text.encode(), place, row)

    def decrypt(self, ciphertext: bytes | None, place: str, row: UUID) -> str | None:
        return None if ciphertext is None else self.unseal(ciphertext, place, row).decode()

    def seal(self, content: bytes, place: str, row: UUID) -> bytes:
        """Encrypt bytes as `encrypt` does a text."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return KEY_ID + nonce + self._cipher.encrypt(nonce, content, _bound(place, row))

    def unseal(self, ciphertext: bytes, place: str, row: UUID) -> bytes:
        nonce, sealed = ciphertext[1 : 1 + NONCE_BYTES], ciphertext[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, sealed, _bound(place, row))
        except InvalidTag as error:
            raise Undecipherable from error

    def lookup(self, label: str, value: str) -> bytes:
        """Return the keyed hash that finds a value again without storing it: key id + HMAC-SHA256."""
        return KEY_ID + hmac.new(self.subkey(f"lookup.{label}"), value.encode(), hashlib.sha256).digest()


def _bound(place: str, row: UUID) -> bytes:
    return f"{place}.{row}".encode()


def read_or_create_secret(home: Path) -> str:
    """Return the secret of an embedded installation, drawing it the first time (mode 0600)."""
    path = home / "secret.key"
    if not path.exists():
        _draw_secret(path)
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < SECRET_LENGTH:
        raise Refused("{path} contient moins de 32 caractères. Remettez-y la clé sauvegardée.", path=path)
    return secret


def _draw_secret(path: Path) -> None:
    """Write a secret whole, then give it its name: of two processes that start, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, drawn = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(drawn, path)
    finally:
        Path(drawn).unlink()
