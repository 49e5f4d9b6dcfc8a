"""What became of a file's visits: who is asked and who is not, in the words a provider may read."""

from collections.abc import Sequence
from uuid import UUID

from quality.db import Connection, fetch_one
from quality.directory.intake.outcomes import Outcome
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

# The view chooses the words: cap, interval, draw, refusals and deaths told elsewhere read alike, and as what
# is asked does where no draw hides them.
DECISIONS_OF_BATCH = """
SELECT count(*) FILTER (WHERE o.ruling = 'asked') AS asked,
       count(*) FILTER (WHERE o.ruling = 'not_selected') AS left_out,
       count(*) FILTER (WHERE o.ruling = 'noted') AS noted,
       count(*) FILTER (WHERE o.ruling = 'spared') AS spared,
       count(*) FILTER (WHERE o.ruling = 'no_channel') AS unreachable,
       count(*) FILTER (WHERE o.ruling = 'too_late') AS over
FROM intervention i
CROSS JOIN LATERAL (SELECT v.ruling FROM provider_occasion v WHERE v.id = i.id OFFSET 0) o
WHERE i.provider_id = $1 AND i.import_batch_id = $2 AND NOT i.is_undecided AND i.status <> 'planned'
"""


async def outcomes_of_file(db: Connection, provider: UUID, batch: UUID) -> Sequence[Outcome]:
    """Count the decisions taken on a file's visits; nothing is said of what is not decided yet."""
    counts = await fetch_one(db, DECISIONS_OF_BATCH, provider, batch) or {}
    writers = {
        "asked": _asked,
        "left_out": _left_out,
        "noted": _noted,
        "spared": _spared,
        "unreachable": _unreachable,
        "over": _over,
    }
    return [write(counts[name]) for name, write in writers.items() if counts.get(name)]


def _asked(n: int) -> Outcome:
    title = ngettext("%d visite est suivie", "%d visites sont suivies", n) % n
    return Outcome("send", title, _("Les clients sont interrogés aux heures permises, quatre fois au plus."))


def _left_out(n: int) -> Outcome:
    title = ngettext("%d visite non retenue cette fois", "%d visites non retenues cette fois", n) % n
    return Outcome("clock", title, _("Personne n’est interrogé trop souvent, et un tirage au sort choisit."))


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
