"""The badge of an adhesion (pure): Open Badge 3.0 as a VC-JWT signed with EdDSA, and the list of states.

Sources: Open Badges 3.0 (1EdTech), VC Data Model 2.0 and Bitstring Status List 1.0 (W3C), RFC 7638 and 8037.
"""

import base64
import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

STATES = 131_072  # bits: the least that the list may have, so that one place tells nothing of its holder
CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: its key, its address and its name."""

    key: Ed25519PrivateKey
    base: str
    name: str

    @property
    def address(self) -> str:
        return f"{self.base}/registre/emetteur.json"

    @property
    def key_address(self) -> str:
        """Where its public key is read: an address of this key alone, so another key has another one."""
        return f"{self.base}/registre/cles/{thumbprint(self.key)}.json"

    @property
    def states(self) -> str:
        return f"{self.base}/registre/etats.jwt"


@dataclass(frozen=True, slots=True)
class Held:
    """An adhesion as its badge says it; `rank` is its bit in the list of states."""

    id: str
    rank: int
    holder: str
    edition: str
    starts_on: date
    ends_on: date


def issuer_key(secret: bytes) -> Ed25519PrivateKey:
    """Give the issuer's key from 32 secret bytes: the same after a restore of the installation's secret."""
    return Ed25519PrivateKey.from_private_bytes(secret)


def public_key(issuer: Issuer) -> dict[str, str]:
    """Give the public key as a JWK (RFC 8037), named by its address."""
    return {**_members(issuer.key), "alg": "EdDSA", "use": "sig", "kid": issuer.key_address}


def thumbprint(key: Ed25519PrivateKey) -> str:
    """Name a public key by what it is (RFC 7638).

    >>> thumbprint(issuer_key(bytes(32)))
    '9ZP03Nu8GrXPAUkbKNxHOKBzxPX83SShgFkRNK-f2lw'
    """
    return _written(hashlib.sha256(msgspec.json.encode(_members(key))).digest())


def _members(key: Ed25519PrivateKey) -> dict[str, str]:
    """Give what makes the public key, in the order that its thumbprint is made of."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"crv": "Ed25519", "kty": "OKP", "x": _written(raw)}


def badge(of: Held, issuer: Issuer) -> str:
    """Sign the badge of an adhesion; it expires with the last day of its term."""
    address = f"{issuer.base}/registre/{of.id}"
    holder = f"{address}#titulaire"
    begins, ends = _instant(of.starts_on), _instant(of.ends_on + timedelta(days=1))
    claims = {
        "@context": CONTEXTS,
        "id": f"{address}/badge.jwt",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": _profile(issuer),
        "validFrom": begins.isoformat(),
        "validUntil": ends.isoformat(),
        "name": of.edition,
        "credentialSubject": {
            "id": holder,
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "identityHash": of.holder, "identityType": "name", "hashed": False}
            ],
            "achievement": {
                "id": f"{issuer.base}/registre",
                "type": ["Achievement"],
                "name": of.edition,
                "description": of.edition,
                "criteria": {"id": address},
            },
        },
        "credentialStatus": {
            "id": f"{issuer.states}#{of.rank}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "suspension",
            "statusListIndex": str(of.rank),
            "statusListCredential": issuer.states,
        },
        "iss": issuer.address,
        "jti": f"{address}/badge.jwt",
        "sub": holder,
        "nbf": int(begins.timestamp()),
        "exp": int(ends.timestamp()),
    }
    return _signed(claims, issuer)


def states(withheld: Iterable[int], last: int, issuer: Issuer, now: datetime) -> str:
    """Sign the list of states: the bit of an adhesion that does not hold is set, the first bit leftmost.

    It has a bit for each rank up to `last`: it grows by its own least length.
    """
    bits = bytearray(STATES // 8 * (last // STATES + 1))
    for rank in withheld:
        bits[rank // 8] |= 0x80 >> rank % 8
    claims = {
        "@context": CONTEXTS[:1],
        "id": issuer.states,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.address,
        "validFrom": now.astimezone(UTC).isoformat(),
        "credentialSubject": {
            "id": f"{issuer.states}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "suspension",
            "encodedList": "u" + _written(gzip.compress(bytes(bits), mtime=0)),
        },
        "iss": issuer.address,
        "nbf": int(now.timestamp()),
    }
    return _signed(claims, issuer)


def profile(issuer: Issuer) -> dict[str, object]:
    """Describe the issuer and its key, where a badge says that they are."""
    return {"@context": CONTEXTS, **_profile(issuer), "keys": [public_key(issuer)]}


def _profile(issuer: Issuer) -> dict[str, object]:
    return {"id": issuer.address, "type": ["Profile"], "name": issuer.name, "url": issuer.base}


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _signed(claims: dict[str, object], issuer: Issuer) -> str:
    head = {"alg": "EdDSA", "typ": "JWT", "kid": issuer.key_address}
    said = f"{_written(msgspec.json.encode(head))}.{_written(msgspec.json.encode(claims))}"
    return f"{said}.{_written(issuer.key.sign(said.encode()))}"


def _written(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
