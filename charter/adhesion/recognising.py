"""Recognising an adhesion: a provider that holds a certificate adheres for the dates of its certificate.

A certificate that follows renews the adhesion that lives, which keeps its address in the register.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from charter.adhesion.life import HOLDING, LONGEST_MONTHS, Event, State, Term, term
from charter.adhesion.moving import LIVING, RENEW, Why, add, checked, move, today_of
from charter.declaring import ALONE, EDITION
from charter.library import library
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch, fetch_one, fetch_value
from quality.errors import FieldError, Invalid
from quality.french import french
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _

LONGEST = 120
# With the last day of the adhesion that lives to the edition that certificates stand for.
CERTIFIABLE = """
SELECT o.id, o.name, a.ends_on FROM organisation o LEFT JOIN adhesion a
    ON a.provider_id = o.id AND a.edition = $3 AND a.state NOT IN ('ended', 'revoked')
WHERE o.platform_id = $1 AND o.kind = 'provider' AND o.legal_form IS DISTINCT FROM $2
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


async def certifiable(db: Connection, actor: Actor) -> tuple[tuple[str, str], ...]:
    """List the providers that may be recognised, as (id, words); inside `scoped(actor)`."""
    rows = await fetch(db, CERTIFIABLE, actor.platform, ALONE, EDITION)
    return tuple((str(row["id"]), _named(row)) for row in rows)


def _named(row: Mapping[str, Any]) -> str:
    if row["ends_on"] is None:
        return str(row["name"])
    until = day_text(row["ends_on"], languages.current(), year=True)
    return _("{name}, adhésion jusqu’au {until}").format(name=row["name"], until=until)


async def recognise(actor: Actor, of: Certificate, words: str = "") -> None:
    """Hold the adhesion as acquired by a certificate, for its dates, or renew the one that lives.

    `words` say why where that lifts a suspension: Invalid without them.
    """
    day = await today_of(actor.platform)
    async with scoped(actor) as db:
        living = await fetch_one(db, f"{LIVING} FOR UPDATE", of.provider, EDITION)
        wrong = [*_wrong(of, day, living)]
        if not await fetch_value(db, IS_OURS, of.provider, actor.platform, ALONE):
            wrong.insert(0, FieldError("organisme", french("Choisissez un organisme dans la liste.")))
        if wrong or of.provider is None or of.starts_on is None or of.ends_on is None:
            raise Invalid(errors=tuple(wrong))
        edition = (await library(db, actor.platform)).current(EDITION)
        if living is not None:
            given = (of.name.strip(), of.ends_on)
            await _renew(db, actor, living, given=given, version=edition.version, words=words)
            return
        dates = Term(of.starts_on, of.ends_on)
        origin, version = (None, of.name.strip()), (edition.code, edition.version)
        action = "adhesion.recognise"
        await add(db, actor, of.provider, origin=origin, edition=version, dates=dates, action=action)


async def _renew(
    db: Connection,
    actor: Actor,
    living: Mapping[str, Any],
    *,
    given: tuple[str, date],
    version: int,
    words: str,
) -> None:
    """Renew the adhesion that lives until the end of a certificate, given as its name and that day."""
    (name, last), holds = given, State(living["state"]) in HOLDING
    why = name if holds else checked(words, "levee")
    await execute(db, RENEW, living["id"], last, None, version, name)
    await move(db, actor, {**living, "ends_on": last}, Event.renew, Why.of(why))


def _wrong(of: Certificate, day: date, living: Mapping[str, Any] | None) -> Iterator[FieldError]:
    if not of.name.strip():
        yield FieldError("certificat", french("Nommez le certificat et son organisme."))
    if len(of.name.strip()) > LONGEST:
        yield FieldError("certificat", french("Écrivez au plus 120 caractères."))
    yield from _wrong_start(of, day, living["ends_on"] if living else None)
    yield from _wrong_end(of, day, living["ends_on"] if living else None)


def _wrong_start(of: Certificate, day: date, current: date | None) -> Iterator[FieldError]:
    """Check the first day; `current` is the last one of the adhesion that lives: no day may be without."""
    if of.starts_on is None:
        yield FieldError("debut", french("Écrivez la date de début du certificat."))
    elif current is None and of.starts_on > day:
        yield FieldError("debut", french("Ce certificat n’a pas encore commencé."))
    elif current is not None and of.starts_on > max(current + timedelta(days=1), day):
        message = french("Ce certificat doit commencer au plus tard le lendemain de la fin de l’adhésion.")
        yield FieldError("debut", message)


def _wrong_end(of: Certificate, day: date, current: date | None) -> Iterator[FieldError]:
    if of.ends_on is None:
        yield FieldError("fin", french("Écrivez la date de fin du certificat."))
    elif current is not None and of.ends_on <= current:
        yield FieldError("fin", french("L’adhésion en cours dure déjà jusque-là : vérifiez la fin."))
    elif of.ends_on <= max(of.starts_on or day, day):
        yield FieldError("fin", french("Le certificat doit finir après aujourd’hui et après son début."))
    elif of.starts_on and of.ends_on > term(of.starts_on, LONGEST_MONTHS).ends_on:
        message = french("Un certificat vaut cinq ans au plus : vérifiez le début et la fin.")
        yield FieldError("fin", message)
