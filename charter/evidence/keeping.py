"""Evidence kept: added, revised, withdrawn and read; what a file holds is checked before it is stored."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from charter.days import day_of
from charter.editions import Library
from charter.evidence.proving import Proof
from charter.library import library
from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, fetch_value
from quality.errors import FieldError, Invalid, NotFound
from quality.files import storage
from quality.files.documents import DocumentRefused, document_type
from quality.files.names import clean_name
from quality.french import french
from quality.ids import uuid7
from quality.keys import Keyring
from quality.web.addresses import parts_of

TITLE, URL = 160, 500
MOST = 500  # of one provider


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as a browser sends it."""

    name: str
    content: BinaryIO


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of an evidence: a file, or an address."""

    number: int
    url: str
    at: datetime
    name: str
    size: int
    sha256: bytes
    who: str


@dataclass(frozen=True, slots=True)
class Given:
    """What a form tells of an evidence, beside its file; `edition` names one as an address does."""

    title: str = ""
    document: str = ""
    edition: str = ""
    criterion: str = ""
    expires_on: str = ""
    url: str = ""


NEWEST = """
SELECT e.id, e.title, e.document, e.edition, e.edition_version, e.criterion, e.expires_on, r.number, r.url,
       coalesce(f.name, '') AS name, coalesce(f.media_type, '') AS media_type, coalesce(f.size, 0) AS size,
       coalesce(f.sha256, '') AS sha256
FROM evidence e
JOIN LATERAL (
    SELECT * FROM evidence_revision v WHERE v.evidence_id = e.id ORDER BY v.number DESC LIMIT 1
) r ON true
LEFT JOIN file f ON f.id = r.file_id
WHERE e.provider_id = $1 AND e.withdrawn_at IS NULL
"""
# Two that are added at once count each other: the second waits for the first.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('evidence of ' || $1::uuid::text, 0))"
SERVING = "SELECT count(*) FROM evidence WHERE provider_id = $1 AND withdrawn_at IS NULL"


async def proofs(db: Connection, provider: UUID) -> tuple[Proof, ...]:
    """List a provider's evidence that serves, the first to expire first; inside a scope."""
    rows = await fetch(db, f"{NEWEST} ORDER BY e.expires_on NULLS LAST, e.title, e.id LIMIT {MOST}", provider)
    return tuple(Proof(**row) for row in rows)


async def one(db: Connection, provider: UUID, identity: UUID) -> Proof:
    """Find one evidence of a provider, or answer 404; inside a scope."""
    row = await fetch_one(db, f"{NEWEST} AND e.id = $2", provider, identity)
    if row is None:
        raise NotFound
    return Proof(**row)


async def revisions(db: Connection, identity: UUID) -> tuple[Revision, ...]:
    """List the states of an evidence, the newest first; inside a scope."""
    rows = await fetch(
        db,
        """
        SELECT r.number, r.url, r.added_at AS at, coalesce(f.name, '') AS name, coalesce(f.size, 0) AS size,
               coalesce(f.sha256, '') AS sha256, coalesce(a.name, '') AS who
        FROM evidence_revision r LEFT JOIN file f ON f.id = r.file_id
        LEFT JOIN charter_names() a ON a.id = r.added_by AND a.organisation_id = r.provider_id
        WHERE r.evidence_id = $1 ORDER BY r.number DESC
        """,
        identity,
    )
    return tuple(Revision(**row) for row in rows)


async def add(actor: Actor, keyring: Keyring, given: Given, sent: Sent | None) -> UUID:
    """Keep an evidence of the actor's organisation with its first file or address; Invalid beyond MOST."""
    expires_on, now = day_of(given.expires_on), clock.now()
    identity = uuid7(now)
    wrong: list[FieldError] = []
    url, media_type = await _content(given.url, sent, wrong)
    async with scoped(actor) as db:
        known = await library(db, actor.platform)
        errors = (*_errors(given, known), *wrong)
        if errors:
            raise Invalid(errors=errors)
        await execute(db, ALONE, _own(actor))
        if await fetch_value(db, SERVING, _own(actor)) >= MOST:
            message = french("Vous gardez déjà 500 preuves : retirez-en une qui ne sert plus.")
            raise Invalid(errors=(FieldError("", message),))
        edition = known.called(given.edition) if given.criterion else None
        await execute(
            db,
            """
            INSERT INTO evidence (id, platform_id, provider_id, title, document, edition, edition_version,
                criterion, expires_on, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            identity,
            actor.platform,
            actor.organisation,
            _title(given, known),
            given.document,
            edition.code if edition else "",
            edition.version if edition else 0,
            given.criterion,
            expires_on,
            now,
        )
        await _revise(db, actor, keyring, identity, (sent, media_type, url))
        await audit.record(db, actor, "evidence.add", str(identity), {"document": given.document})
    return identity


async def revise(actor: Actor, keyring: Keyring, identity: UUID, given: Given, sent: Sent | None) -> None:
    """Put a new file, address or date in the place of those of an evidence; the old file is kept."""
    errors = _date_errors(given.expires_on)
    has_content = bool(sent or given.url)
    url, media_type = await _content(given.url, sent, errors) if has_content else ("", "")
    if errors:
        raise Invalid(errors=tuple(errors))
    async with scoped(actor) as db:
        await one(db, _own(actor), identity)
        await execute(
            db,
            "UPDATE evidence SET expires_on = $2, reminded = 0 "
            "WHERE id = $1 AND expires_on IS DISTINCT FROM $2",
            identity,
            day_of(given.expires_on),
        )
        if has_content:
            await _revise(db, actor, keyring, identity, (sent, media_type, url))
        await audit.record(db, actor, "evidence.revise", str(identity))


async def withdraw(actor: Actor, identity: UUID) -> None:
    """Take an evidence out of what serves; its files stay, as somebody may have read them."""
    async with scoped(actor) as db:
        await one(db, _own(actor), identity)
        await execute(db, "UPDATE evidence SET withdrawn_at = $2 WHERE id = $1", identity, clock.now())
        await audit.record(db, actor, "evidence.withdraw", str(identity))


async def file_of(db: Connection, provider: UUID, identity: UUID, number: int) -> storage.StoredFile:
    """Find the file of one revision, or answer 404; inside a scope."""
    file = await fetch_value(
        db,
        "SELECT r.file_id FROM evidence_revision r JOIN evidence e ON e.id = r.evidence_id "
        "WHERE e.id = $1 AND e.provider_id = $2 AND r.number = $3 AND r.file_id IS NOT NULL",
        identity,
        provider,
        number,
    )
    if file is None:
        raise NotFound
    return await storage.find(db, file)


def _own(actor: Actor) -> UUID:
    if actor.organisation is None:
        raise NotFound
    return actor.organisation


async def _revise(
    db: Connection, actor: Actor, keyring: Keyring, identity: UUID, content: tuple[Sent | None, str, str]
) -> None:
    sent, media_type, url = content
    file = None
    if sent:
        owner = storage.Owner(_platform(actor), _own(actor))
        name = clean_name(sent.name)
        file = await storage.put(db, keyring, owner, sent.content, name=name, media_type=media_type)
    await execute(
        db,
        """
        INSERT INTO evidence_revision (id, platform_id, provider_id, evidence_id, number, file_id, url,
            added_by, added_at)
        SELECT $1, $2, $3, $4, 1 + coalesce(max(number), 0), $5, $6, $7, $8 FROM evidence_revision
        WHERE evidence_id = $4
        """,
        uuid7(clock.now()),
        actor.platform,
        actor.organisation,
        identity,
        file,
        url,
        actor.account,
        clock.now(),
    )


def _platform(actor: Actor) -> UUID:
    if actor.platform is None:
        raise NotFound
    return actor.platform


def _title(given: Given, known: Library) -> str:
    labels = {each.code: each.label.fr for edition in known.every for each in edition.evidence}
    return " ".join(given.title.split()) or labels.get(given.document, "")


def _errors(given: Given, known: Library) -> list[FieldError]:
    errors = _date_errors(given.expires_on)
    documents = {each.code for edition in known.every for each in edition.evidence}
    if given.document and given.document not in documents:
        errors.append(FieldError("document", french("Choisissez un document de la liste.")))
    if given.criterion and all(each.code != given.criterion for each in known.called(given.edition).criteria):
        raise NotFound
    if not given.document and not given.criterion:
        errors.append(FieldError("document", french("Choisissez ce que c’est.")))
    title = _title(given, known)
    if not title:
        errors.append(FieldError("titre", french("Nommez cette preuve.")))
    if len(title) > TITLE:
        errors.append(FieldError("titre", french("Écrivez au plus 160 caractères.")))
    return errors


def _date_errors(written: str) -> list[FieldError]:
    if written and day_of(written) is None:
        return [FieldError("expire", french("Écrivez une date, comme 2027-06-30."))]
    return []


async def _content(written: str, sent: Sent | None, errors: list[FieldError]) -> tuple[str, str]:
    """Check the file or the address; return the address and the media type, one of them empty."""
    url = _address(written)
    if sent and written:
        errors.append(FieldError("adresse", french("Choisissez un fichier ou une adresse, pas les deux.")))
    elif sent:
        try:
            return "", await asyncio.to_thread(document_type, clean_name(sent.name), sent.content)
        except DocumentRefused as refusal:
            errors.append(FieldError("fichier", refusal.message))
    elif not written:
        errors.append(FieldError("fichier", french("Choisissez un fichier, ou écrivez une adresse.")))
    elif not url:
        errors.append(
            FieldError("adresse", french("Écrivez une adresse entière, qui commence par https://."))
        )
    return url, ""


def _address(written: str) -> str:
    """Give an address as it is kept, its scheme in lower case; "" for what is none of the web.

    >>> _address("Https://Exemple.fr/Doc"), _address("https://[x"), _address("ftp://exemple.fr")
    ('https://Exemple.fr/Doc', '', '')
    """
    scheme, _, rest = written.partition(":")
    url = f"{scheme.lower()}:{rest}"
    is_whole = url.startswith(("http://", "https://")) and bool(parts_of(url).hostname)
    return url if is_whole and len(url) <= URL else ""
