"""Recognising an adhesion: a provider that holds a certificate adheres for the dates of its certificate."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from charter.adhesion.life import LONGEST_MONTHS, Term, term
from charter.adhesion.moving import add, today_of
from charter.declaring import ALONE, EDITION
from charter.library import library
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, fetch, fetch_value
from quality.errors import FieldError, Invalid
from quality.french import french

LONGEST = 120
# Those that do not adhere now to the edition that certificates stand for.
WITHOUT = """
SELECT o.id, o.name FROM organisation o
WHERE o.platform_id = $1 AND o.kind = 'provider' AND o.legal_form IS DISTINCT FROM $2 AND NOT EXISTS (
    SELECT FROM adhesion a
    WHERE a.provider_id = o.id AND a.edition = $3 AND a.state NOT IN ('ended', 'revoked'))
ORDER BY o.name, o.id
"""
IS_OURS = """
SELECT EXISTS (SELECT FROM organisation WHERE id = $1 AND platform_id = $2 AND kind = 'provider'
    AND legal_form IS DISTINCT FROM $3)
"""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it is written down: whose, its name with that of its body, and its dates."""

    provider: UUID | None
    name: str
    starts_on: date | None
    ends_on: date | None


async def without(db: Connection, actor: Actor) -> tuple[tuple[str, str], ...]:
    """List the providers that may be recognised, as (id, name); inside `scoped(actor)`."""
    rows = await fetch(db, WITHOUT, actor.platform, ALONE, EDITION)
    return tuple((str(row["id"]), row["name"]) for row in rows)


async def recognise(actor: Actor, of: Certificate) -> None:
    """Hold the adhesion as acquired by a certificate, for its dates."""
    day = await today_of(actor.platform)
    async with scoped(actor) as db:
        wrong = [*_wrong(of, day)]
        if not await fetch_value(db, IS_OURS, of.provider, actor.platform, ALONE):
            wrong.insert(0, FieldError("organisme", french("Choisissez un organisme dans la liste.")))
        if wrong or of.provider is None or of.starts_on is None or of.ends_on is None:
            raise Invalid(errors=tuple(wrong))
        edition = (await library(db, actor.platform)).current(EDITION)
        dates = Term(of.starts_on, of.ends_on)
        origin, version = (None, of.name.strip()), (edition.code, edition.version)
        action = "adhesion.recognise"
        await add(db, actor, of.provider, origin=origin, edition=version, dates=dates, action=action)


def _wrong(of: Certificate, day: date) -> Iterator[FieldError]:
    if not of.name.strip():
        yield FieldError("certificat", french("Nommez le certificat et son organisme."))
    if len(of.name.strip()) > LONGEST:
        yield FieldError("certificat", french("Écrivez au plus 120 caractères."))
    if of.starts_on is None:
        yield FieldError("debut", french("Écrivez la date de début du certificat."))
    elif of.starts_on > day:
        yield FieldError("debut", french("Ce certificat n’a pas encore commencé."))
    if of.ends_on is None:
        yield FieldError("fin", french("Écrivez la date de fin du certificat."))
    elif of.ends_on <= max(of.starts_on or day, day):
        yield FieldError("fin", french("Le certificat doit finir après aujourd’hui et après son début."))
    elif of.starts_on and of.ends_on > term(of.starts_on, LONGEST_MONTHS).ends_on:
        message = french("Un certificat vaut cinq ans au plus : vérifiez le début et la fin.")
        yield FieldError("fin", message)
