"""What lines say of clients: folded line after line, merged with what is stored, sealed; pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from quality.directory.geography import departement_of_postcode
from quality.directory.intake.line import CLEAR, CLIENT_FIELDS, Line, client_digest, joined_digest
from quality.directory.names import search_words, sort_letters, whole_name
from quality.keys import Keyring

Facts = dict[str, Any]
# What is encrypted: the fact, and the place its ciphertext is bound to.
SECRET = {
    "client_name": "client.name",
    "phone": "client.phone",
    "mobile": "client.mobile",
    "email": "client.email",
    "relative_name": "client.relative_name",
    "relative_phone": "client.relative_phone",
    "relative_email": "client.relative_email",
}
REACHED = {"phone": "phone", "mobile": "phone", "email": "email"}
REACHED_THROUGH = {"relative_phone": "phone", "relative_email": "email"}
FALLBACK: Facts = {"language": "fr", "status": "active"}


class Told(msgspec.Struct):
    """What the lines of one chunk say of one client, and the digest of it."""

    facts: Facts
    digest: bytes


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A client in clear."""

    client_name: str | None = None
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None
    relative_name: str | None = None
    relative_phone: str | None = None
    relative_phone_is_mobile: bool = False
    relative_email: str | None = None
    language: str = "fr"
    departement: str = ""
    postcode: str | None = None
    commune: str | None = None
    age_band: str | None = None
    status: str = "active"
    status_since: date | None = None
    contact: str | None = None


PLAIN = (
    "relative_phone_is_mobile",
    "language",
    "departement",
    "postcode",
    "commune",
    "age_band",
    "status",
    "status_since",
    "contact",
)
COLUMNS = (
    "id",
    "reference",
    "name_cipher",
    "name_words",
    "sort_key",
    *(f"{fact}_cipher" for fact in SECRET if fact != "client_name"),
    *(f"{fact}_key" for fact in (*REACHED, *REACHED_THROUGH)),
    *PLAIN,
    "digest",
)


def cipher_column(fact: str) -> str:
    return "name_cipher" if fact == "client_name" else f"{fact}_cipher"


def folded(lines: Iterable[Line], key: bytes) -> dict[str, Told]:
    """Gather what lines say of each client, by reference; a later line overrides what it gives."""
    told: dict[str, Told] = {}
    for line in lines:
        digest = client_digest(line, key)
        known = told.get(line.client_reference)
        if known is None:
            told[line.client_reference] = Told(_facts(line), digest)
        elif known.digest != digest:
            known.facts = _overridden(known.facts, _facts(line))
            known.digest = joined_digest(known.digest, digest, key)
    return told


def _facts(line: Line) -> Facts:
    facts = {field: value for field in CLIENT_FIELDS if (value := getattr(line, field)) is not None}
    del facts["client_reference"]
    if line.relative_phone is None:
        del facts["relative_phone_is_mobile"]
    return facts


def _overridden(facts: Facts, later: Facts) -> Facts:
    """Apply a later line; news of a client's situation older than the one known stays aside."""
    since, new_since = facts.get("client_status_since"), later.get("client_status_since")
    if isinstance(since, date) and isinstance(new_since, date) and new_since < since:
        later = {fact: value for fact, value in later.items() if not fact.startswith("client_status")}
    return facts | later


def after(stored: Identity | None, facts: Facts, today: date) -> Identity:
    """Return a client once the facts are applied; a situation that changes without a date changes today."""
    before = stored or Identity()
    given = {name: None if value is CLEAR else value for name, value in facts.items()}
    changes: Facts = {name: given[name] for name in given.keys() & set(Identity.__struct_fields__)}
    changes.update({name: FALLBACK[name] for name in FALLBACK if name in changes and changes[name] is None})
    changes |= _situation(before, given, today)
    merged = msgspec.structs.replace(before, **changes)
    return _placed(merged)


def _situation(before: Identity, given: Facts, today: date) -> Facts:
    status = given.get("client_status", before.status)
    if "client_status_since" in given:
        return {"status": status, "status_since": given["client_status_since"]}
    if status == before.status:
        return {}
    return {"status": status, "status_since": today}


def _placed(client: Identity) -> Identity:
    """Drop a stored postcode that the département now given contradicts, and an orphan mark of mobile."""
    changes: Facts = {}
    if client.postcode and departement_of_postcode(client.postcode) != client.departement:
        changes["postcode"] = None
    if client.relative_phone is None and client.relative_phone_is_mobile:
        changes["relative_phone_is_mobile"] = False
    return msgspec.structs.replace(client, **changes) if changes else client


def opened(row: Mapping[str, Any], keyring: Keyring) -> Identity:
    """Decrypt a stored client."""
    clear = {
        fact: keyring.decrypt(row[cipher_column(fact)], place, row["id"]) for fact, place in SECRET.items()
    }
    return Identity(**clear, **{name: row[name] for name in PLAIN})  # type: ignore[arg-type]


def sealed(
    reference: str, identity: UUID, client: Identity, digest: bytes, keyring: Keyring
) -> tuple[object, ...]:
    """Return a client as the columns of the staging table, what is personal encrypted."""
    ciphers = {
        cipher_column(fact): keyring.encrypt(clear, place, identity)
        for fact, place in SECRET.items()
        if (clear := getattr(client, fact)) is not None
    }
    keys = {
        f"{fact}_key": keyring.lookup(label, clear)
        for fact, label in (REACHED | REACHED_THROUGH).items()
        if (clear := getattr(client, fact)) is not None
    }
    plain = {name: getattr(client, name) for name in PLAIN}
    row: Facts = {"id": identity, "reference": reference, "digest": digest, **ciphers, **keys, **plain}
    name = client.client_name
    row["name_words"] = [keyring.lookup("word", word) for word in search_words(name)] if name else []
    row["sort_key"] = sort_letters(name).encode() if name else None
    return tuple(row.get(column) for column in COLUMNS)


def endpoints(identity: UUID, client: Identity, keyring: Keyring) -> frozenset[tuple[str, bytes, bytes]]:
    """Return the (kind, endpoint key, name key) of a client: what links it to the same person elsewhere.

    A client without a name, and an endpoint that is a relative's, link to nobody else: their name key is
    the client's own.
    """
    own = keyring.lookup("name", f"client {identity}")
    name = keyring.lookup("name", whole_name(client.client_name)) if client.client_name else own
    direct = {
        (label, keyring.lookup(label, clear), name)
        for fact, label in REACHED.items()
        if (clear := getattr(client, fact)) is not None
    }
    through = {
        (label, keyring.lookup(label, clear), own)
        for fact, label in REACHED_THROUGH.items()
        if (clear := getattr(client, fact)) is not None
    }
    return frozenset(direct | through)
