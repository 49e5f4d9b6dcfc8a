"""Signing in, and passwords set or lost: each verb does the same work for a known and an unknown address."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from quality.access import audit, codes, passwords, tries
from quality.access.actor import GATE, ROLE_LABELS, Actor, Role
from quality.access.codes import Purpose
from quality.access.letters import reset_letter
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one
from quality.errors import Conflict, FieldError, Forbidden, Invalid
from quality.keys import Keyring
from quality.mail import outbox
from quality.web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class Space:
    """One place where an account works: a membership, its role, its platform and organisation."""

    membership: UUID
    role: Role
    platform: UUID
    platform_name: str
    organisation_name: str

    @property
    def role_label(self) -> str:
        return _(ROLE_LABELS[self.role])


class SignInFailed(Invalid):
    title = _("Adresse e-mail ou mot de passe inconnu")


async def sign_in(keyring: Keyring, email: str, password: str, address: str) -> list[Space]:
    """Return the spaces of the account, at least one, or refuse without saying what was wrong."""
    wanted = email.strip().lower()
    attempt = tries.one(keyring, "sign_in", wanted, address)
    await tries.take(attempt)
    async with scoped(GATE) as db:
        account = await fetch_one(
            db, "SELECT id, password FROM account WHERE email = $1 AND is_active", wanted
        )
    stored = account["password"] if account else None
    is_right = await passwords.verify(stored, password)
    if account is None or not is_right:
        raise _failed()
    return await _welcome(account, password, attempt)


async def _welcome(account: dict[str, Any], password: str, attempt: tries.Try) -> list[Space]:
    stored: str = account["password"]
    renewed = await passwords.hashed(password) if passwords.is_outdated(stored) else stored
    async with scoped(GATE) as db:
        spaces = await spaces_of(db, account["id"])
        if not spaces:
            raise _failed()
        if renewed != stored:
            renew = "UPDATE account SET password = $2 WHERE id = $1 AND password = $3"
            await execute(db, renew, account["id"], renewed, stored)
        actor = Actor(role="gate", platform=spaces[0].platform, account=account["id"])
        await tries.forgive(db, actor, attempt)
    return spaces


def _failed() -> SignInFailed:
    return SignInFailed(
        errors=(FieldError("email", _("Vérifiez l’adresse e-mail et le mot de passe, puis recommencez.")),)
    )


async def spaces_of(db: Connection, account: UUID) -> list[Space]:
    """Return where an account works; the space used last comes first."""
    rows = await fetch(
        db,
        """
        SELECT m.id AS membership, m.role, p.id AS platform, p.name AS platform_name,
               coalesce(o.name, '') AS organisation_name
        FROM membership m JOIN platform p ON p.id = m.platform_id
        LEFT JOIN organisation o ON o.id = m.organisation_id
        WHERE m.account_id = $1
        ORDER BY (SELECT max(s.created_at) FROM session s WHERE s.membership_id = m.id) DESC NULLS LAST, m.id
        """,
        account,
    )
    return [Space(**{**row, "role": Role(row["role"])}) for row in rows]


async def ask_reset(keyring: Keyring, base_url: str, email: str, address: str) -> None:
    """Write to the account, if there is one, how to choose another password; answer the same if not."""
    wanted = email.strip().lower()
    await tries.take(tries.one(keyring, "reset", wanted, address))
    async with scoped(GATE) as db:
        account = await fetch_one(
            db,
            """
            SELECT a.id, a.email, a.language, m.platform_id FROM account a
            JOIN membership m ON m.account_id = a.id WHERE a.email = $1 AND a.is_active ORDER BY m.id LIMIT 1
            """,
            wanted,
        )
        if account is None:
            return
        path = await codes.draw(db, account["id"], Purpose.reset)
        subject, text = reset_letter(f"{base_url.rstrip('/')}{path}", account["language"])
        await outbox.write(db, account["platform_id"], account["email"], subject, text)


async def set_password_by_code(code: str, purpose: Purpose, password: str) -> UUID:
    """Use a code up to choose a password; every session of the account ends."""
    passwords.check_length(password)
    made = await passwords.hashed(password)
    async with scoped(GATE) as db:
        account = await codes.spend(db, code, purpose)
        if account is None:
            raise Conflict(_("Ce lien a déjà servi ou n’est plus valable. Demandez-en un autre."))
        await _store(db, Actor(role="gate", account=account), made)
    return account


async def set_password(actor: Actor, account: UUID, password: str) -> None:
    """Set an account's password on the server's command line; every session of the account ends."""
    if actor.role != "operator":
        raise Forbidden
    passwords.check_length(password)
    made = await passwords.hashed(password)
    async with scoped(actor) as db:
        await _store(db, replace(actor, account=account), made)


async def change_password(keyring: Keyring, actor: Actor, present: str, wanted: str, address: str) -> None:
    """Change one's own password, proving the present one; every session of the account ends."""
    passwords.check_length(wanted, "nouveau")
    async with scoped(GATE) as db:
        account = await fetch_one(db, "SELECT id, email, password FROM account WHERE id = $1", actor.account)
    if account is None:
        raise Forbidden
    attempt = tries.one(keyring, "password", account["email"], address)
    await tries.take(attempt)
    if not await passwords.verify(account["password"], present):
        raise Invalid(errors=(FieldError("actuel", _("Ce n’est pas votre mot de passe actuel.")),))
    made = await passwords.hashed(wanted)
    async with scoped(replace(actor, role="gate")) as db:
        await _store(db, actor, made)
        await tries.forgive(db, actor, attempt)


async def _store(db: Connection, actor: Actor, made: str) -> None:
    await execute(db, "UPDATE account SET password = $2 WHERE id = $1", actor.account, made)
    await end_sessions(db, actor)
    if actor.account is not None:
        await codes.close_all(db, actor.account)
    await audit.record(db, actor, "password.set", str(actor.account))


async def end_sessions(db: Connection, actor: Actor, kept: UUID | None = None) -> None:
    """End the sessions of the actor's account, all but the one kept."""
    await execute(
        db,
        """
        UPDATE session SET revoked_at = now()
        WHERE revoked_at IS NULL AND id IS DISTINCT FROM $2
          AND membership_id IN (SELECT m.id FROM membership m WHERE m.account_id = $1)
        """,
        actor.account,
        kept,
    )
