"""What became of the visits of a file once it is in: each component says what it knows."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from quality.db import Connection, fetch_one
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

INTERVENTIONS_OF_BATCH = """
SELECT count(*) FILTER (WHERE status = 'planned') AS planned,
       count(*) FILTER (WHERE status <> 'planned'
                        AND EXISTS (SELECT FROM undecided_visit u WHERE u.id = i.id)) AS undecided,
       count(*) FILTER (WHERE authorisation_missing) AS unauthorised
FROM intervention i WHERE provider_id = $1 AND import_batch_id = $2
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of « Ce qui va suivre »: an icon, a count in words, a reason in words."""

    sign: str
    title: str
    sentence: str


# Called in a transaction scoped to the reader, with the provider and the batch.
Source = Callable[[Connection, UUID, UUID], Awaitable[Sequence[Outcome]]]
SOURCES: list[Source] = []


def register(source: Source) -> None:
    """Let a component say what became of a file's visits (surveys: who is asked, who is not and why)."""
    if source not in SOURCES:
        SOURCES.append(source)


async def outcomes(db: Connection, provider: UUID, batch: UUID) -> tuple[Outcome, ...]:
    """Return what is known now: the figures are counted, never foreseen."""
    found: list[Outcome] = []
    for source in (_of_the_ground, *SOURCES):
        found.extend(await source(db, provider, batch))
    return tuple(found)


async def _of_the_ground(db: Connection, provider: UUID, batch: UUID) -> Sequence[Outcome]:
    counts = await fetch_one(db, INTERVENTIONS_OF_BATCH, provider, batch) or {}
    writers = {"undecided": _undecided, "planned": _planned, "unauthorised": _unauthorised}
    return [write(counts[name]) for name, write in writers.items() if counts.get(name)]


def _undecided(n: int) -> Outcome:
    title = ngettext("%d visite va être examinée", "%d visites vont être examinées", n) % n
    return Outcome("clock", title, _("Dans la minute, cette page dit ce qui est décidé pour ces visites."))


def _planned(n: int) -> Outcome:
    title = ngettext("%d visite n’a pas encore eu lieu", "%d visites n’ont pas encore eu lieu", n) % n
    return Outcome("report", title, _("Renvoyez-les une fois faites, avec la même référence."))


def _unauthorised(n: int) -> Outcome:
    title = ngettext("%d visite sans autorisation connue", "%d visites sans autorisation connue", n) % n
    sentence = _("Ces visites sont gardées. La plateforme vérifie les autorisations.")
    return Outcome("warning", title, sentence)
