"""What became of a file's visits: who is asked and who is not, in the words a provider may read."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from quality.db import Connection, fetch
from quality.directory.intake.outcomes import Outcome
from quality.web.format import count
from quality.web.languages import current, ngettext
from quality.web.languages import gettext as _
from surveys.occasions.reading import RULING_FOR_STAFF, Ruling
from surveys.occasions.words import FOR_STAFF, RulingWords
from surveys.protocol.telling import Told

OF_BATCH = """
WHERE i.provider_id = $1 AND i.import_batch_id = $2 AND i.status <> 'planned'
    AND NOT EXISTS (SELECT FROM undecided_visit u WHERE u.id = i.id)
GROUP BY 1
"""
# The staff reads the ledger, a provider the word chosen for it: each finds nothing in what is not its own.
FROM_LEDGER = f"""
SELECT {RULING_FOR_STAFF} AS ruling, count(*)::integer AS n
FROM intervention i JOIN occasion o ON o.id = i.id {OF_BATCH}
"""
AS_TOLD = f"""
SELECT o.ruling, count(*)::integer AS n
FROM intervention i
CROSS JOIN LATERAL (SELECT v.ruling FROM provider_occasion v WHERE v.id = i.id OFFSET 0) o {OF_BATCH}
"""


async def outcomes_of_file(db: Connection, provider: UUID, batch: UUID) -> Sequence[Outcome]:
    """Count the decisions taken on a file's visits; nothing is said of what is not decided yet."""
    if ledger := await fetch(db, FROM_LEDGER, provider, batch):
        return _for_staff(_counts(ledger))
    counts = _counts(await fetch(db, AS_TOLD, provider, batch))
    writers = {
        Told.NOTED: _noted,
        Told.SPARED: _spared,
        Told.NO_CHANNEL: _unreachable,
        Told.TOO_LATE: _over,
    }
    return [write(counts[word]) for word, write in writers.items() if word in counts]


def _counts(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
    return {row["ruling"]: row["n"] for row in rows}


def _for_staff(counts: Mapping[str, int]) -> Sequence[Outcome]:
    """Say who is asked, then each reason why somebody is not, the commonest first."""
    asked = [_asked(counts[Ruling.ASKED])] if Ruling.ASKED in counts else []
    others = sorted(((n, FOR_STAFF[each]) for each, n in counts.items() if each != Ruling.ASKED), key=_most)
    said = _("{reason} ({count})")
    return asked + [
        Outcome(words.sign, said.format(reason=_(words.label), count=count(n, current())), _(words.sentence))
        for n, words in others
    ]


def _most(counted: tuple[int, RulingWords]) -> tuple[int, str]:
    return -counted[0], counted[1].label


def _asked(n: int) -> Outcome:
    title = ngettext("%d visite est suivie", "%d visites sont suivies", n) % n
    return Outcome("send", title, _("Les clients sont interrogés aux heures permises, quatre fois au plus."))


def _noted(n: int) -> Outcome:
    title = ngettext("%d visite est prise en compte", "%d visites sont prises en compte", n) % n
    return Outcome("check", title, _("La plateforme choisit qui elle interroge, et ne dit pas qui."))


def _spared(n: int) -> Outcome:
    title = ngettext("%d personne n’est pas dérangée", "%d personnes ne sont pas dérangées", n) % n
    return Outcome("hidden", title, _("À l’hôpital, décédée, partie, ou contrat terminé."))


def _unreachable(n: int) -> Outcome:
    title = ngettext("%d visite sans moyen de contact", "%d visites sans moyen de contact", n) % n
    return Outcome("warning", title, _("Ajoutez un téléphone ou un e-mail, puis renvoyez la ligne."))


def _over(n: int) -> Outcome:
    title = ngettext("%d visite trop ancienne", "%d visites trop anciennes", n) % n
    return Outcome(
        "clock",
        title,
        _("Le fichier est arrivé trop tard pour que quelqu’un soit encore interrogé."),
    )
