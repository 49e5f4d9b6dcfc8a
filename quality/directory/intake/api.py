"""POST /api/v1/interventions: the same intake for programs, one object or a list of at most 1,000."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import Role
from quality.access.scope import scoped
from quality.directory.intake.batches import load_rows
from quality.directory.intake.reading import rows_of_objects
from quality.directory.intake.receiving import patiently
from quality.directory.intake.refusals import LineError
from quality.errors import Invalid
from quality.web import idempotency
from quality.web.api import Operation, Parameter, api, caller_of

MOST_OBJECTS = 1_000


class InterventionObject(msgspec.Struct, omit_defaults=True):
    """A visit and its client. A field left out keeps what is stored, « - » clears it."""

    reference: str
    client_reference: str
    activity: str
    mode: Literal["prestataire", "mandataire", "mise_a_disposition"]
    postcode: str | None = None
    departement: str | None = None
    commune: str | None = None
    client_name: str | None = None
    phone: str | None = None
    mobile: str | None = None
    email: str | None = None
    language: str | None = None
    age_band: Literal["<60", "60-74", "75-84", "85+", "-"] | None = None
    plan_reference: str | None = None
    hours_notified: float | str | None = None
    referral_reference: str | None = None
    planned_start: str | None = None
    planned_end: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    worker_reference: str | None = None
    funders: list[str] | str | None = None
    status: Literal["planned", "done", "cancelled", "not_done"] | None = None
    status_reason: (
        Literal["client_absent", "client_cancelled", "worker_absent", "organisation", "hospital", "other"]
        | None
    ) = None
    incident: bool | Literal["yes", "no"] | None = None
    client_status: Literal["active", "hospital", "moved", "ended", "deceased"] | None = None
    client_status_since: str | None = None
    contact: Literal["no", "phone", "sms", "email", "-"] | None = None
    relative_name: str | None = None
    relative_phone: str | None = None
    relative_email: str | None = None


class IntakeReport(msgspec.Struct):
    """What became of each object; a line is the rank of an object, from 1."""

    read: int
    created: int
    updated: int
    unchanged: int
    refused: int
    errors: list[LineError]


async def interventions_post(request: Request) -> Response:
    caller, house, body = caller_of(request), request.app.state.house, await request.body()
    objects = _objects(body)
    once = idempotency.once_of(request, caller, body)

    async def attempt() -> Response:
        async with scoped(caller.actor) as db:
            earlier = await idempotency.earlier_reply(db, house.keyring, once) if once else None
            if earlier is not None:
                return earlier
            report = await load_rows(db, caller.actor, house, rows_of_objects(objects))
            answer = msgspec.json.encode(report.told())
            if once:
                await idempotency.keep_reply(db, house.keyring, caller.actor.platform, once, answer)
        return Response(answer, media_type="application/json")

    return await patiently(attempt)


def _objects(body: bytes) -> Sequence[Mapping[str, Any]]:
    """Decode one object or a list of objects, or refuse the whole document."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid("Le corps de la demande n’est pas du JSON en UTF-8.") from error
    objects = document if isinstance(document, list) else [document]
    if not objects or not all(isinstance(item, dict) for item in objects):
        raise Invalid("Envoyez une visite, ou une liste de visites : des objets JSON.")
    if len(objects) > MOST_OBJECTS:
        raise Invalid("Envoyez 1 000 visites au plus à la fois.")
    return objects


ROUTES = (
    api(
        "/interventions",
        interventions_post,
        roles=frozenset({Role.provider}),
        methods=("POST",),
        operation=Operation(
            summary="Envoyer des visites : une, ou une liste de 1 000 au plus",
            body=InterventionObject | list[InterventionObject],
            answer=IntakeReport,
            parameters=(
                Parameter(
                    idempotency.HEADER,
                    "La même clé et le même corps reçoivent la même réponse, une seule fois exécutés.",
                    place="header",
                ),
            ),
        ),
    ),
)
