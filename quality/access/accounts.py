"""Accounts and the roles they hold: opened by an invitation, closed at once."""

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from quality import clock
from quality.access import audit, codes, signing
from quality.access.actor import WITH_ORGANISATION, Actor, Role
from quality.access.codes import Purpose
from quality.access.letters import access_letter, invitation_letter
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, fetch_value
from quality.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from quality.ids import uuid7
from quality.mail import outbox
from quality.web import languages
from quality.web.languages import gettext as _

EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\.]+(\.[^@\s<>,;:\"()\[\]\\.]+)+")
NAME_LENGTH, EMAIL_LENGTH = 80, 254
# Who may give which role: a platform's manager does not make administrators of the installation.
MAY_GIVE: dict[str, frozenset[Role]] = {
    "operator": frozenset(Role),
    Role.admin: frozenset(Role),
    Role.platform: frozenset(Role) - {Role.admin},
}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to let in: checked, with the organisation where the role has one."""

    email: str
    name: str
    role: Role
    organisation: UUID | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation made: the account, and the link to its first password (None when it has one)."""

    account: UUID
    link: str | None


def checked(email: str, name: str, role: str, organisation: UUID | None = None) -> Newcomer:
    """Return the newcomer, or every reason why not.

    >>> checked(" Camille@Demo.invalid ", "Camille Essai", "agent").email
    'camille@demo.invalid'
    """
    wanted, wording = email.strip().lower(), " ".join(name.split())
    errors = [entry for entry in (_email_error(wanted), _name_error(wording)) if entry]
    if role not in set(Role):
        errors.append(FieldError("role", _("Choisissez un rôle de la liste.")))
    elif (role in WITH_ORGANISATION) != (organisation is not None):
        errors.append(FieldError("organisme", _organisation_words(role)))
    if errors:
        raise Invalid(errors=tuple(errors))
    return Newcomer(wanted, wording, Role(role), organisation)


def _email_error(email: str) -> FieldError | None:
    if len(email) <= EMAIL_LENGTH and EMAIL.fullmatch(email):
        return None
    return FieldError("email", _("Écrivez une adresse e-mail, par exemple nom@exemple.fr."))


def _name_error(name: str) -> FieldError | None:
    if 1 <= len(name) <= NAME_LENGTH:
        return None
    return FieldError("nom", _("Écrivez le nom de la personne, en 80 caractères au plus."))


def _organisation_words(role: str) -> str:
    if role in WITH_ORGANISATION:
        return _("Choisissez l’organisme pour lequel la personne travaille.")
    return _("Ce rôle est celui de la plateforme : ne choisissez pas d’organisme.")


async def create_account(actor: Actor, newcomer: Newcomer, base_url: str) -> Invitation:
    """Let somebody in and write to them: how to choose a password, or that one more space is open."""
    async with _gate(actor, newcomer.role) as db:
        account = await _admit(db, actor, newcomer)
        link = None
        if account["has_password"]:
            letter = access_letter(
                f"{base_url.rstrip('/')}/connexion", account["platform"], account["language"]
            )
        else:
            link = base_url.rstrip("/") + await codes.draw(db, account["id"], Purpose.invitation)
            letter = invitation_letter(link, account["platform"], account["language"])
        await outbox.write(db, actor.platform, newcomer.email, *letter)
        await audit.record(db, actor, "account.create", str(account["id"]), {"role": newcomer.role.value})
    return Invitation(account["id"], link)


async def create_account_with_password(actor: Actor, newcomer: Newcomer, password: str) -> UUID:
    """Let somebody in with a password chosen on the server's command line; nothing is mailed."""
    async with _gate(actor, newcomer.role) as db:
        account: UUID = (await _admit(db, actor, newcomer))["id"]
        await audit.record(db, actor, "account.create", str(account), {"role": newcomer.role.value})
    await signing.set_password(actor, account, password)
    return account


def _gate(actor: Actor, role: Role) -> Any:
    if role not in MAY_GIVE.get(actor.role, frozenset()) or actor.platform is None:
        raise Forbidden
    return scoped(replace(actor, role="gate"))


async def _admit(db: Connection, actor: Actor, newcomer: Newcomer) -> dict[str, Any]:
    await _check_organisation(db, actor, newcomer)
    account = await fetch_one(
        db,
        """
        INSERT INTO account (id, email, name, language, is_active, created_at)
        VALUES ($1, $2, $3, $4, true, $5)
        ON CONFLICT (email) DO UPDATE SET is_active = true
        RETURNING id, language, password IS NOT NULL AS has_password,
                  (SELECT p.name FROM platform p WHERE p.id = $6) AS platform
        """,
        uuid7(clock.now()),
        newcomer.email,
        newcomer.name,
        languages.current(),
        clock.now(),
        actor.platform,
    )
    if account is None:
        raise Forbidden
    is_new = await _join(db, actor, account["id"], newcomer)
    if not is_new and account["has_password"]:
        raise Conflict(_("Cette personne a déjà cet accès."))
    return account


async def _check_organisation(db: Connection, actor: Actor, newcomer: Newcomer) -> None:
    if newcomer.organisation is None:
        return
    known = await fetch_value(
        db,
        "SELECT 1 FROM organisation WHERE id = $1 AND platform_id = $2 AND kind = $3",
        newcomer.organisation,
        actor.platform,
        newcomer.role.value,
    )
    if known is None:
        raise Invalid(
            errors=(FieldError("organisme", _("Cet organisme n’a pas ce rôle dans la plateforme.")),)
        )


async def _join(db: Connection, actor: Actor, account: UUID, newcomer: Newcomer) -> bool:
    row = await fetch_one(
        db,
        """
        INSERT INTO membership (id, platform_id, account_id, organisation_id, role)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT ON CONSTRAINT membership_once DO NOTHING RETURNING id
        """,
        uuid7(clock.now()),
        actor.platform,
        account,
        newcomer.organisation,
        newcomer.role.value,
    )
    return row is not None


async def deactivate(actor: Actor, account: UUID) -> None:
    """Take away every role of an account in this platform; other platforms keep what they gave."""
    if actor.role not in MAY_GIVE or account == actor.account:
        raise Forbidden(_("Vous ne pouvez pas fermer cet accès."))
    async with scoped(replace(actor, role="gate")) as db:
        held = await fetch(
            db,
            "SELECT role FROM membership WHERE account_id = $1 AND platform_id = $2",
            account,
            actor.platform,
        )
        if not held:
            raise NotFound
        if not {Role(row["role"]) for row in held} <= MAY_GIVE[actor.role]:
            raise Forbidden(_("Seule l’administration ferme l’accès d’un administrateur."))
        await execute(
            db, "DELETE FROM membership WHERE account_id = $1 AND platform_id = $2", account, actor.platform
        )
        await execute(
            db,
            """
            UPDATE account SET is_active = false
            WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.account_id = account.id)
            """,
            account,
        )
        await audit.record(db, actor, "account.deactivate", str(account))


async def change_language(actor: Actor, language: str) -> None:
    """Choose the language of one's own pages and letters."""
    if language not in languages.LANGUAGES:
        raise Invalid(errors=(FieldError("langue", _("Choisissez une langue de la liste.")),))
    async with scoped(replace(actor, role="gate")) as db:
        await execute(db, "UPDATE account SET language = $2 WHERE id = $1", actor.account, language)
