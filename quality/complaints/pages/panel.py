"""Complaints on the home page: how many are open, at which step, and how many are late."""

from dataclasses import dataclass

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.complaints.reading import DUE, SCOPE
from quality.complaints.waiting import HREF
from quality.component import HomePanel
from quality.db import fetch_one
from quality.web import languages
from quality.web.format import capital, spelled_feminine
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

SHOWN_TO = frozenset({Role.platform, Role.supervisor, Role.provider})
COUNTS = f"""
SELECT count(*) FILTER (WHERE c.state = 'opened') AS opened,
       count(*) FILTER (WHERE c.state = 'acknowledged') AS acknowledged,
       count(*) FILTER (WHERE c.state = 'remedied') AS remedied,
       count(*) FILTER (WHERE c.state IN ('opened', 'acknowledged') AND {DUE} < $3) AS late
FROM complaint c WHERE {SCOPE} AND c.state NOT IN ('closed', 'merged')
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One state: how many complaints are there, the list of them, and what is awaited."""

    href: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ComplaintsPanel:
    """Open complaints by what they await; the title counts those that are late."""

    title: str
    steps: tuple[Step, ...]
    href: str


async def panel(actor: Actor) -> ComplaintsPanel:
    own = actor.organisation if actor.role == Role.provider else None
    async with scoped(actor) as db:
        counts = await fetch_one(db, COUNTS, actor.platform, own, clock.now()) or {}
    steps = (
        Step(f"{HREF}?etat=accuse", _("Accusé de réception attendu"), counts["opened"]),
        Step(f"{HREF}?etat=solution", _("Solution attendue"), counts["acknowledged"]),
        Step(f"{HREF}?etat=avis", _("Avis de la personne attendu"), counts["remedied"]),
    )
    total = sum(step.count for step in steps)
    return ComplaintsPanel(_title(total, counts["late"]), steps if total else (), HREF)


def _title(total: int, late: int) -> str:
    if not total:
        return _("Aucune réclamation en cours")
    lang = languages.current()
    words = ngettext("{num} réclamation en cours", "{num} réclamations en cours", total)
    start = capital(words.format(num=spelled_feminine(total, lang)))
    if not late:
        return start
    return _("{start}, dont {num} en retard").format(start=start, num=spelled_feminine(late, lang))


PANELS = (HomePanel(SHOWN_TO, panel, rank=40, span=6),)
