"""Which clients are one person: those that share an endpoint and a name (decisions 3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

Link = tuple[str, bytes, bytes]


@dataclass(frozen=True, slots=True)
class Linkable:
    """A client to link: its person when it has one already, and its (kind, endpoint key, name key)."""

    client: UUID
    person: UUID | None
    links: frozenset[Link]


def clusters(links: Mapping[UUID, Iterable[Link]]) -> dict[UUID, int]:
    """Number the clients so that two that share a link, directly or through others, have one number.

    >>> landline, mobile = ("phone", b"1", b"n"), ("phone", b"2", b"n")
    >>> numbers = clusters({UUID(int=1): [landline], UUID(int=2): [landline, mobile], UUID(int=3): [mobile]})
    >>> len(set(numbers.values()))
    1
    """
    parents: dict[object, object] = {}

    def root(node: object) -> object:
        while (parent := parents.setdefault(node, node)) != node:
            parents[node] = parents[parent]
            node = parent
        return node

    for client, shared in links.items():
        for link in shared:
            parents[root(link)] = root(client)
    numbers: dict[object, int] = {}
    return {client: numbers.setdefault(root(client), len(numbers)) for client in links}


async def people(
    connection: asyncpg.Connection, platform: UUID, clients: Iterable[Linkable]
) -> dict[UUID, UUID]:
    """Return the person of each client, known or made now.

    One load of a platform at a time makes links: two that met the same endpoints in another order would
    wait for each other for ever.
    """
    known = {client.client: client for client in clients}
    if not known:
        return {}
    numbers = clusters({client.client: client.links for client in known.values()})
    items = [_item(client, numbers[client.client]) for client in known.values()]
    await connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('links of ' || $1, 0))", str(platform)
    )
    document = msgspec.json.encode(items).decode()
    rows = await connection.fetch(
        "SELECT client, person FROM link_clients($1, $2::jsonb)", platform, document
    )
    return {row["client"]: row["person"] for row in rows}


async def note_deaths(
    connection: asyncpg.Connection, platform: UUID, clients: Sequence[UUID], now: datetime
) -> None:
    """Write that the people behind these clients died: nobody asks them, at any provider."""
    if clients:
        await connection.execute("SELECT note_deaths($1, $2::uuid[], $3)", platform, list(clients), now)


def _item(client: Linkable, cluster: int) -> dict[str, object]:
    links = [
        {"kind": kind, "endpoint": endpoint.hex(), "name": name.hex()}
        for kind, endpoint, name in client.links
    ]
    return {"client": client.client, "person": client.person, "cluster": cluster, "links": links}
