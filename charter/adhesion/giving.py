"""What an accepted file gives, said before it is sent and before it is decided."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from charter.adhesion.life import HOLDING, LIVING, State, Term, renewable_from, renewed
from charter.definition import Edition
from quality.db import Connection, fetch
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _

# Of each edition the adhesion that lives, else the newest.
LAST = """
SELECT DISTINCT ON (edition) id, edition, edition_version, state, starts_on, ends_on,
       certificate, reason, cause
FROM adhesion WHERE provider_id = $1
ORDER BY edition, state IN ('ended', 'revoked'), starts_on DESC, id DESC
"""


async def last_ones(db: Connection, provider: UUID | None) -> dict[str, dict[str, Any]]:
    """Read a provider's adhesions by edition, those that live first; inside `scoped(actor)`."""
    rows = await fetch(db, LAST, provider)
    rows.sort(key=lambda row: State(row["state"]) not in LIVING)
    return {row["edition"]: row for row in rows}


def lifts(row: Mapping[str, Any] | None) -> bool:
    """Say whether accepting a file lifts a suspension; `row` is the last adhesion to its edition."""
    return row is not None and State(row["state"]) in LIVING - HOLDING


def given_words(row: Mapping[str, Any] | None, edition: Edition, today: date) -> str:
    """Say what accepting a file gives; `row` is the last adhesion to its edition."""
    return " ".join(_given(row, edition.renewal_months, today))


def _given(row: Mapping[str, Any] | None, months: int, today: date) -> Iterator[str]:
    if row is None or State(row["state"]) not in LIVING:
        yield _("Acceptée, elle ouvre une adhésion de {months} mois.").format(months=months)
        return
    if lifts(row):
        yield _("L’adhésion est suspendue. Acceptée, cette auto-évaluation lève la suspension.")
    last = renewed(Term(row["starts_on"], row["ends_on"]), today, months).ends_on
    yield _("Acceptée aujourd’hui, elle fait valoir l’adhésion jusqu’au {day}.").format(day=_day(last))
    first = renewable_from(row["ends_on"])
    if today < first:
        words = _(
            "Les {months} mois comptent du jour où elle est acceptée ; "
            "à partir du {day}, de la fin de l’adhésion."
        )
        yield words.format(months=months, day=_day(first))


def _day(day: date) -> str:
    return day_text(day, languages.current(), year=True)
