"""What surveys let their readers find: a visit by its reference, a client by whole words of the name."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from quality.access import audit
from quality.access.actor import STAFF, Actor, Role
from quality.access.scope import scoped
from quality.component import ProviderLink, SearchSource
from quality.db import fetch
from quality.directory.activities import activity_name
from quality.directory.geography import zone_of
from quality.directory.names import search_words
from quality.search.hits import Hit
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _
from surveys.occasions.list_pages import HREF as LEDGER
from surveys.occasions.list_pages import READERS as LEDGER_READERS
from surveys.reviews.messages import HREF as MESSAGES
from surveys.reviews.messages import STAFF_READERS

if TYPE_CHECKING:
    from quality.app import House

MOST = 11
KEY_READERS = frozenset({Role.platform, Role.provider})
VISITS = f"""
SELECT i.id, i.reference, i.activity, i.departement, i.provider_id, o.name AS provider,
       coalesce(i.started_at, i.planned_start) AS at
FROM intervention_key k JOIN intervention i ON i.id = k.id JOIN organisation o ON o.id = i.provider_id
WHERE k.platform_id = $1 AND i.platform_id = $1 AND k.reference = $2
  AND k.provider_id = ANY (ARRAY (SELECT p.id FROM organisation p
      WHERE p.platform_id = $1 AND p.kind = 'provider' AND ($3::uuid IS NULL OR p.id = $3)))
ORDER BY i.id DESC LIMIT {MOST}
"""
CLIENTS = f"""
SELECT k.id, k.name_cipher, k.departement, k.commune, o.id AS provider_id, o.name AS provider,
       EXISTS (SELECT 1 FROM call_case c WHERE c.client_id = k.id AND c.state <> 'done') AS has_call,
       (SELECT max(i.visit_on) FROM invitation i WHERE i.client_id = k.id) AS last_visit
FROM client k JOIN organisation o ON o.id = k.provider_id
WHERE k.platform_id = $1 AND k.name_words @> $2::bytea[] ORDER BY k.sort_key NULLS LAST, k.id LIMIT {MOST}
"""


async def visits(actor: Actor, house: "House", query: str) -> list[Hit]:  # noqa: ARG001 - a source's signature
    """Find visits by their whole reference."""
    own = actor.organisation if actor.role == Role.provider else None
    async with scoped(actor) as db:
        rows = await fetch(db, VISITS, actor.platform, query, own)
    return [_visit(row) for row in rows]


def _visit(row: dict[str, Any]) -> Hit:
    local = row["at"].astimezone(zone_of(row["departement"]))
    day = day_text(local.date(), languages.current(), year=True)
    detail = f"{activity_name(row['activity'])}, {day}, {row['provider']}"
    title = _("Visite {reference}").format(reference=row["reference"])
    return Hit(title, detail, f"{LEDGER}?mois={local:%Y-%m}&organisme={row['provider_id']}")


async def clients(actor: Actor, house: "House", query: str) -> list[Hit]:
    """Find clients by whole words of their name, as the desk does; what was read is written in the trail."""
    words = search_words(query)
    if not words:
        return []
    keys = [house.keyring.lookup("word", word) for word in words]
    async with scoped(actor) as db:
        rows = await fetch(db, CLIENTS, actor.platform, keys)
        if rows:
            await audit.record(db, actor, "client.search", "", {"clients": [str(row["id"]) for row in rows]})
    return [_client(actor, house, row) for row in rows]


def _client(actor: Actor, house: "House", row: dict[str, Any]) -> Hit:
    name = house.keyring.decrypt(row["name_cipher"], "client.name", row["id"]) or _("Nom effacé")
    facts: Sequence[str] = (row["commune"] or "", row["provider"], _standing(row))
    return Hit(name, ", ".join(filter(None, facts)), _href(actor, row))


def _standing(row: dict[str, Any]) -> str:
    if row["has_call"]:
        return _("un appel l’attend")
    if row["last_visit"] is None:
        return _("jamais interrogé")
    return _("dernière visite suivie {day}").format(
        day=day_text(row["last_visit"], languages.current(), year=True)
    )


def _href(actor: Actor, row: dict[str, Any]) -> str:
    """Lead to the call that waits, else to the month of the last visit asked about."""
    if row["has_call"]:
        return "/appels"
    if actor.role in LEDGER_READERS and row["last_visit"] is not None:
        return f"{LEDGER}?mois={row['last_visit']:%Y-%m}&organisme={row['provider_id']}"
    return ""


SEARCH = (
    SearchSource("Visites, par leur référence entière", KEY_READERS, visits, rank=30),
    SearchSource("Personnes suivies, par leur nom ou leur prénom entier", frozenset(STAFF), clients, rank=5),
)
PROVIDER_LINKS = (
    ProviderLink("Ses visites", f"{LEDGER}?organisme={{id}}", LEDGER_READERS),
    ProviderLink("Ce que ses clients reçoivent", f"{MESSAGES}?organisme={{code}}", STAFF_READERS),
)
