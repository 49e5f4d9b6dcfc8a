"""What the forms of a complaint's page do: each reads its fields and calls one verb."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from starlette.datastructures import UploadFile

from quality.access.actor import STAFF, Actor, Role
from quality.complaints.delays import DUE_HOUR
from quality.complaints.events import Audience
from quality.complaints.pages import attachments
from quality.complaints.resolving import closing, handing, handling, merging, promising, serious, transmitting
from quality.complaints.resolving.authority import Remedy, cents_of
from quality.complaints.resolving.closing import Verdict
from quality.complaints.resolving.handling import Decision
from quality.complaints.resolving.moves import HANDLERS, MANAGERS, SOLVERS
from quality.directory.geography import zone_of
from quality.errors import FieldError, Invalid, NotFound
from quality.keys import Keyring
from quality.web.languages import gettext as _

AUDIENCES = {
    "personne": Audience.client,
    "tous": Audience.all,
    "equipe": Audience.staff,
    "encadrement": Audience.serious,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One form sent: by whom, about which complaint, in which place; `promise` where it is about one."""

    actor: Actor
    keyring: Keyring
    number: int
    departement: str
    fields: Mapping[str, str | UploadFile]
    promise: UUID | None = None

    def text(self, name: str) -> str:
        """Read a field; those of a promise's form carry its id."""
        value = self.fields.get(f"{name}-{self.promise}" if self.promise else name, "")
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Action:
    """A form of the page: the end of its address, who may send it, what it does."""

    path: str
    roles: frozenset[Role]
    take: Callable[[Asked], Awaitable[object]]


async def acknowledge(asked: Asked) -> None:
    await handling.acknowledge(asked.actor, asked.number)


async def contest(asked: Asked) -> None:
    await handling.contest(asked.actor, asked.number, asked.text("pourquoi"))


async def note(asked: Asked) -> None:
    audience = AUDIENCES.get(asked.text("lecteurs"), Audience.all)
    await handling.note(asked.actor, asked.number, asked.text("note"), audience)


async def remedy(asked: Asked) -> None:
    await handling.remedy(
        asked.actor,
        asked.number,
        asked.text("motif"),
        cause_code=asked.text("cause-type"),
        cause=asked.text("cause"),
        remedy_code=asked.text("solution-type"),
        solution=asked.text("solution"),
    )


async def verdict(asked: Asked) -> None:
    heard = {"oui": Verdict.settled, "non": Verdict.not_settled}.get(asked.text("regle"))
    if heard is None:
        raise _missing("regle-oui", _("Choisissez ce que dit la personne."))
    await closing.hear_verdict(asked.actor, asked.number, heard)


async def disclose(asked: Asked) -> None:
    choices = {"nom": Decision.named, "sans": Decision.anonymous, "rien": Decision.nothing}
    decision = choices.get(asked.text("souhait"))
    if decision is None:
        raise _missing("souhait-nom", _("Choisissez ce que la personne décide."))
    await handling.disclose(asked.actor, asked.number, decision)


async def grant(asked: Asked) -> None:
    """Grant a remedy; without a day, its own is counted by the verb."""
    wanted = asked.text("remede")
    if wanted not in set(Remedy):
        raise _missing("remede", _("Choisissez la solution dans la liste."))
    await promising.grant(
        asked.actor,
        asked.number,
        Remedy(wanted),
        amount_cents=cents_of(asked.text("montant")),
        detail=asked.text("detail"),
        due_at=due(asked.text("echeance"), asked.departement),
    )


async def confirm(asked: Asked) -> None:
    await promising.confirm(asked.actor, _promise(asked), asked.text("par"))


async def decline(asked: Asked) -> None:
    await promising.decline(asked.actor, _promise(asked), asked.text("pourquoi"))


async def fulfil(asked: Asked) -> None:
    said_by = {"personne": "client"}.get(asked.text("comment"), "desk")
    how = "provider" if asked.actor.role == Role.provider else said_by
    await promising.fulfil(asked.actor, _promise(asked), how)


async def assign(asked: Asked) -> None:
    """Say who follows the complaint: oneself, unless a colleague is named."""
    account = identity(asked.text("compte")) or asked.actor.account
    if account is None:
        raise _missing("compte", _("Choisissez qui suit la réclamation."))
    await handling.assign(asked.actor, asked.number, account)


async def consent(asked: Asked) -> None:
    given = {"oui": True, "non": False}.get(asked.text("accord"))
    if given is None:
        raise _missing("accord-oui", _("Choisissez ce que dit la personne."))
    await handling.consent(asked.actor, asked.number, given=given)


async def transmit(asked: Asked) -> None:
    funder = identity(asked.text("financeur"))
    if funder is None:
        raise _missing("financeur", _("Choisissez le financeur."))
    await transmitting.transmit(asked.actor, asked.number, funder, asked.text("demande"))


async def merge(asked: Asked) -> None:
    written = asked.text("numero").strip()
    if not (written.isascii() and written.isdigit() and len(written) <= 9):
        raise _missing("numero", _("Écrivez le numéro de l’autre réclamation."))
    try:
        await merging.merge(asked.actor, asked.number, int(written))
    except NotFound:
        raise _missing("numero", _("Aucune réclamation ne porte ce numéro.")) from None


async def hand(asked: Asked) -> None:
    await handing.hand_to(asked.actor, asked.number, asked.text("vers"))


async def protect(asked: Asked) -> None:
    await serious.protect(asked.actor, asked.number, asked.text("mesure"))


async def share(asked: Asked) -> None:
    await serious.share(asked.actor, asked.number)


async def join(asked: Asked) -> None:
    sent = asked.fields.get("fichier")
    if not isinstance(sent, UploadFile) or not sent.filename:
        raise _missing("fichier", _("Choisissez un fichier, de 20 Mo au plus."))
    file = attachments.Sent(sent.filename, sent.content_type or "", sent.file)
    audience = AUDIENCES.get(asked.text("fichier-lecteurs"), Audience.all)
    await attachments.join(asked.actor, asked.keyring, asked.number, file, audience)


def due(written: str, departement: str) -> datetime | None:
    """Read a day of the date field as the evening of that day, where the client lives.

    >>> due("2026-12-01", "34").isoformat(), due("", "34")
    ('2026-12-01T18:00:00+01:00', None)
    """
    if not written:
        return None
    try:
        day = datetime.strptime(written, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise _missing("echeance", _("Écrivez le jour, par exemple 01/12/2026.")) from None
    return datetime.combine(day, time(DUE_HOUR.hour), zone_of(departement))


def identity(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _promise(asked: Asked) -> UUID:
    if asked.promise is None:
        raise LookupError("the address names a promise")
    return asked.promise


def _missing(field: str, message: str) -> Invalid:
    return Invalid(errors=(FieldError(field, message),))


PROVIDER = frozenset({Role.provider})
ACTIONS = (
    Action("accuse", HANDLERS, acknowledge),
    Action("contester", PROVIDER, contest),
    Action("note", HANDLERS, note),
    Action("solution", SOLVERS, remedy),
    Action("avis", STAFF, verdict),
    Action("souhait", STAFF, disclose),
    Action("engagement", HANDLERS, grant),
    Action("suivi", HANDLERS, assign),
    Action("accord", STAFF, consent),
    Action("transmettre", MANAGERS, transmit),
    Action("reunir", STAFF, merge),
    Action("main", MANAGERS, hand),
    Action("mesure", MANAGERS, protect),
    Action("partager", MANAGERS, share),
    Action("fichier", HANDLERS, join),
)
PROMISE_ACTIONS = (
    Action("confirmer", HANDLERS, confirm),
    Action("refuser", HANDLERS, decline),
    Action("fait", HANDLERS, fulfil),
)
