"""Platforms and organisations, founded from the server's command line."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
from tortoise.exceptions import IntegrityError

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role, operator
from quality.access.platform_settings import free_phone
from quality.access.scope import scoped
from quality.db import Connection, execute
from quality.directory.intake.providers import PRIVATE_EMPLOYER, SHORT_NAME_LENGTH, sms_name
from quality.directory.intake.refusals import ValueRefused
from quality.directory.intake.values import read_departement, read_email
from quality.directory.intake.vocabulary import read_legal_form
from quality.directory.siret import digits_of, siret_error
from quality.errors import Forbidden, Refused
from quality.ids import uuid7
from quality.web import platform as cards
from quality.web.languages import gettext as _

if TYPE_CHECKING:
    from quality.app import House

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")
KINDS = ("provider", "funder", "observer")
FOUNDERS = frozenset({"operator", Role.admin, Role.platform})
NAME_LENGTH, ORGANISATION_NAME_LENGTH = 80, 120


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation as typed; `short_name` is the one of the SMS, the name cut when it is empty."""

    code: str
    kind: str
    name: str
    short_name: str = ""
    legal_form: str = ""
    departement: str = ""
    email: str = ""


async def create_platform(house: "House", code: str, name: str, *, phone: str = "") -> UUID:
    """Found a platform, and let each component write what it needs there."""
    identity = uuid7(clock.now())
    number = _read(free_phone, phone) if phone else ""
    values = {"code": _code(code), "name": _name(name, NAME_LENGTH), "short": _short(name), "phone": number}
    try:
        async with scoped(operator(identity)) as db:
            await _insert_platform(db, identity, **values)
            for part in house.components:
                if part.on_platform_created is not None:
                    await part.on_platform_created(db, identity)
            await audit.record(db, operator(identity), "platform.create", code)
    except (IntegrityError, asyncpg.UniqueViolationError) as error:
        raise Refused(_("La plateforme {code} existe déjà."), code=code) from error
    cards.forget()
    return identity


async def _insert_platform(
    db: Connection, identity: UUID, *, code: str, name: str, short: str, phone: str
) -> None:
    await execute(
        db,
        """
        INSERT INTO platform (id, code, name, sms_name, phone, hours, closing_days, sender_email,
            data_contact, mediator, legal_notice, interval_days, stratum_target, protocol, created_at)
        VALUES ($1, $2, $3, $4, $5, '', '[]', '', '', '', '', 30, 40, 'default', $6)
        """,
        identity,
        code,
        name,
        short,
        phone,
        clock.now(),
    )


async def create_organisation(actor: Actor, wanted: NewOrganisation) -> UUID:
    """Register a provider, a funder or an observer; a provider is referenced at once, with usual delays."""
    identity = uuid7(clock.now())
    if actor.role not in FOUNDERS:
        raise Forbidden
    if wanted.kind not in KINDS:
        raise Refused(_("Le genre est provider, funder ou observer."))
    is_private = wanted.legal_form == PRIVATE_EMPLOYER
    siret = _siret(wanted.code) if wanted.kind == "provider" and not is_private else None
    try:
        async with scoped(actor) as db:
            await _insert_organisation(db, actor, identity, siret, wanted)
            if wanted.kind == "provider":
                await _reference(db, actor, identity)
            await audit.record(db, actor, "organisation.create", siret or wanted.code)
    except (IntegrityError, asyncpg.UniqueViolationError) as error:
        raise Refused(_("Un organisme a déjà le code {code}."), code=siret or wanted.code) from error
    return identity


async def _insert_organisation(
    db: Connection, actor: Actor, identity: UUID, siret: str | None, wanted: NewOrganisation
) -> None:
    await execute(
        db,
        """
        INSERT INTO organisation (id, platform_id, code, kind, name, short_name, legal_form, siret,
            departement, email, phone, on_call_name, on_call_phone, activities, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', '', '{}', $11)
        """,
        identity,
        actor.platform,
        siret or _code(wanted.code),
        wanted.kind,
        _name(wanted.name, ORGANISATION_NAME_LENGTH),
        _read(_exact_short, wanted.short_name) if wanted.short_name else _short(wanted.name),
        _read(read_legal_form, wanted.legal_form) if wanted.legal_form else None,
        siret,
        _read(read_departement, wanted.departement) if wanted.departement else None,
        _read(read_email, wanted.email) if wanted.email else "",
        clock.now(),
    )


async def _reference(db: Connection, actor: Actor, provider: UUID) -> None:
    """Write the usual delays: two working days to acknowledge, fifteen to solve, thirty to alert."""
    await execute(
        db,
        """
        INSERT INTO referencing (id, platform_id, provider_id, status, since, acknowledge_days, solution_days,
            alert_days, authority) VALUES ($1, $2, $3, 'referenced', $4, 2, 15, 30, '{}')
        """,
        uuid7(clock.now()),
        actor.platform,
        provider,
        clock.now().date(),
    )


def _code(text: str) -> str:
    if CODE.fullmatch(text):
        return text
    raise Refused(_("Un code s’écrit en capitales, chiffres, tirets : 20 caractères au plus."))


def _name(text: str, longest: int) -> str:
    name = " ".join(text.split())
    if 1 <= len(name) <= longest:
        return name
    raise Refused(_("Écrivez un nom de {longest} caractères au plus."), longest=longest)


def _siret(text: str) -> str:
    if message := siret_error(text):
        raise Refused(message)
    return digits_of(text)


def _short(name: str) -> str:
    return _read(sms_name, name)[:SHORT_NAME_LENGTH].rstrip()


def _exact_short(text: str) -> str:
    name = sms_name(text)
    if len(name) > SHORT_NAME_LENGTH:
        raise ValueRefused(_("Le nom court a 17 caractères au plus."))
    return name


def _read(reader: Callable[[str], str], text: str) -> str:
    try:
        return reader(text)
    except ValueRefused as refusal:
        raise Refused(str(refusal)) from refusal
