"""The endpoints that a client's line tells, as the contact gate knows them."""

from collections.abc import Mapping, Sequence
from itertools import chain
from operator import itemgetter

from quality.db import Connection
from surveys.protocol import ledger
from surveys.protocol.definition import Audience
from surveys.protocol.ledger import EndpointKey, Row
from surveys.protocol.reaching import Contacts, Endpoint

COLUMNS_OF: Mapping[Audience, Sequence[tuple[str, str]]] = {
    Audience.CLIENT: (("phone", "mobile_key"), ("phone", "phone_key"), ("email", "email_key")),
    Audience.RELATIVE: (("phone", "relative_phone_key"), ("email", "relative_email_key")),
}
ENDPOINT_COLUMNS = tuple(chain.from_iterable(COLUMNS_OF.values()))
TOLD = itemgetter(
    "platform_id", *(column for _, column in ENDPOINT_COLUMNS), "relative_phone_is_mobile", "contact"
)


async def endpoints_of(db: Connection, visits: Sequence[Row]) -> dict[EndpointKey, Endpoint]:
    """Read the endpoints that the lines of some visits tell, each once."""
    told = {TOLD(visit): visit for visit in visits}.values()
    keys = {
        (v["platform_id"], kind, v[column]) for v in told for kind, column in ENDPOINT_COLUMNS if v[column]
    }
    return {
        (row["platform_id"], row["kind"], row["key"]): Endpoint(
            row["id"], row["is_refused"], row["has_failed"], row["is_wrong"], tuple(row["recent"])
        )
        for row in await ledger.endpoints_of(db, keys)
    }


def contacts_of(visit: Row, endpoints: Mapping[EndpointKey, Endpoint]) -> Contacts:
    """Give every endpoint that the client's line of a visit told."""

    def found(kind: str, column: str) -> Endpoint | None:
        return endpoints.get((visit["platform_id"], kind, visit[column])) if visit[column] else None

    return Contacts(
        mobile=found("phone", "mobile_key"),
        phone=found("phone", "phone_key"),
        email=found("email", "email_key"),
        relative_phone=found("phone", "relative_phone_key"),
        relative_phone_is_mobile=visit["relative_phone_is_mobile"],
        relative_email=found("email", "relative_email_key"),
    )


def has_contact(visit: Row) -> bool:
    """Tell whether the client's line of a visit holds a number or an address, refused or not."""
    return any(visit[column] for _, column in ENDPOINT_COLUMNS)
