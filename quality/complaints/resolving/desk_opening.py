"""A complaint opened by somebody who heard it or read it: the platform's staff, or the provider."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from quality import clock
from quality.access import audit
from quality.access.actor import STAFF, Actor, Role
from quality.access.scope import scoped
from quality.complaints.events import Audience, tell
from quality.complaints.opening import Opened, Source, Wish, open_complaint
from quality.complaints.resolving.handling import KINDS, Kind
from quality.complaints.resolving.moves import only, worded
from quality.db import Connection, execute, fetch_one
from quality.directory.geography import zone_of
from quality.errors import FieldError, Forbidden, Invalid, NotFound
from quality.keys import Keyring
from quality.web.languages import gettext as _

SOURCES = frozenset({"desk", "letter", "page"})


async def open_by_staff(
    actor: Actor,
    keyring: Keyring,
    *,
    client: UUID,
    kind: str,
    disclosure: Wish,
    text: str,
    source_kind: str = "desk",
    intervention: UUID | None = None,
    serious: bool = False,
    form: UUID | None = None,
) -> Opened:
    """Open the complaint of a client whom the platform's staff heard, or read; once a form."""
    only(actor, STAFF)
    if source_kind not in SOURCES or disclosure is Wish.NOTHING:
        raise Forbidden
    kind = Kind.serious.value if serious else _checked(kind)
    said = _Said(kind, disclosure, text, source_kind, form)
    return await _open(actor, keyring, client, intervention, said)


async def open_by_provider(
    actor: Actor,
    keyring: Keyring,
    *,
    client: UUID,
    kind: str,
    text: str,
    intervention: UUID | None = None,
    form: UUID | None = None,
) -> Opened:
    """Open the complaint that a provider received itself, once a form: it knows from whom."""
    only(actor, frozenset({Role.provider}))
    said = _Said(_checked(kind), Wish.NAMED, text, "provider", form)
    return await _open(actor, keyring, client, intervention, said)


async def client_of(actor: Actor, provider: str, reference: str) -> UUID:
    """Find the client that a provider knows under a reference; the staff says which provider."""
    async with scoped(actor) as db:
        row = await fetch_one(db, FIND, actor.platform, actor.organisation, provider, reference.strip())
    if row is None:
        message = _("Aucun client de cet organisme n’a cette référence. Relisez-la.")
        raise Invalid(errors=(FieldError("reference", message),))
    client: UUID = row["id"]
    return client


FIND = """
SELECT c.id FROM client c JOIN organisation o ON o.id = c.provider_id
WHERE c.platform_id = $1 AND ($2::uuid = c.provider_id OR ($2::uuid IS NULL AND o.code = $3))
  AND c.reference = $4
"""


def _checked(kind: str) -> str:
    if kind not in KINDS:
        raise Invalid(errors=(FieldError("motif", _("Choisissez le motif de la réclamation.")),))
    return kind


@dataclass(frozen=True, slots=True)
class _Said:
    """What was heard: the motive, whether the name may be given, the words, how they came, on which form."""

    kind: str
    disclosure: Wish
    text: str
    source: str
    form: UUID | None = None


def form_of(text: str) -> UUID | None:
    """Read the name of a form, which becomes that of its complaint: the form sent twice opens one.

    >>> form_of("01a19467-e800-7000-8000-000000000000").version, form_of("x")
    (7, None)
    """
    try:
        return UUID(text)
    except ValueError:
        return None


async def _open(
    actor: Actor, keyring: Keyring, client: UUID, intervention: UUID | None, said: _Said
) -> Opened:
    words = worded("paroles", said.text, _("Écrivez ce que dit la personne, en 2 000 caractères au plus."))
    async with scoped(actor) as db:
        source = replace(await _source(db, actor, client, intervention), kind=said.source)
        if said.form and (same := await _opened_by(db, actor, said.form)):
            return same
        opened = await open_complaint(
            db, keyring, source, said.disclosure, now=clock.now(), kind=said.kind, complaint=said.form
        )
        named, audience = (source.platform_id, opened.id), _readers(said.kind, said.disclosure)
        await tell(db, named, "told", clock.now(), account=actor.account, audience=audience, text=words)
        await audit.record(db, actor, "complaint.opened", str(opened.number))
    return opened


async def _opened_by(db: Connection, actor: Actor, form: UUID) -> Opened | None:
    """Give the complaint that this form has opened, even one that its writer may not read."""
    await execute(db, "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))", str(form))
    row = await fetch_one(db, "SELECT * FROM complaint_of_form($1, $2)", form, actor.account)
    if row is None:
        return None
    return Opened(form, row["number"], Wish(row["disclosure"]), row["acknowledge_at"], row["solution_at"])


def _readers(kind: str, disclosure: Wish) -> Audience:
    """Say who reads the client's words: without a name they might tell who speaks."""
    if kind == Kind.serious:
        return Audience.serious
    return Audience.client if disclosure is Wish.NAMED else Audience.staff


@dataclass(frozen=True, slots=True)
class _Visit:
    """The facts of the visit that a complaint keeps."""

    id: UUID | None
    activity: str
    mode: str
    departement: str
    month: date
    funders: tuple[UUID, ...]


async def _source(db: Connection, actor: Actor, client: UUID, intervention: UUID | None) -> Source:
    """Read the facts of the visit complained of, else of the client's last one."""
    row = await fetch_one(db, CLIENT, actor.platform, client)
    if row is None:
        raise NotFound
    visit = await fetch_one(db, VISIT, row["provider_id"], client, intervention, clock.now())
    if visit is None and intervention is not None:
        raise NotFound
    today = clock.now().astimezone(zone_of(row["departement"])).date()
    found = (
        _Visit(**{**visit, "funders": tuple(visit["funders"])})
        if visit
        else _Visit(None, row["activity"], "prestataire", row["departement"], today.replace(day=1), ())
    )
    return Source(
        kind="desk",
        id=found.id or client,
        platform_id=actor.platform,  # type: ignore[arg-type]
        provider_id=row["provider_id"],
        client_id=client,
        intervention_id=found.id,
        activity=found.activity,
        mode=found.mode,
        departement=found.departement,
        month=found.month,
        funders=found.funders,
    )


CLIENT = """
SELECT c.provider_id, c.departement, coalesce(o.activities[1], 'II-1') AS activity
FROM client c JOIN organisation o ON o.id = c.provider_id WHERE c.platform_id = $1 AND c.id = $2
"""
# Partitioned by the instant of the visit: the last ones of a provider are read first.
VISIT = """
SELECT v.id, v.activity, v.mode, v.departement, v.funders,
       date_trunc('month', coalesce(v.ended_at, v.started_at, v.planned_end, v.planned_start))::date AS month
FROM intervention v
WHERE v.provider_id = $1 AND v.client_id = $2 AND ($3::uuid IS NULL OR v.id = $3)
  AND ($3::uuid IS NOT NULL OR coalesce(v.started_at, v.planned_start) <= $4)
ORDER BY v.id DESC LIMIT 1
"""
