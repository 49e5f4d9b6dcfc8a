"""The answers that clients let their provider read with their name, the latest first.

The provider reads no response: these statements read them for it, and name its platform and itself; the names
are those of its own clients.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.db import fetch, pool
from quality.errors import Forbidden
from quality.ids import uuid7_floor
from quality.keys import Keyring
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _
from surveys.disclosing import nameless
from surveys.questionnaire.wording import asked, words_of
from surveys.respondents import told
from surveys.response import YEARLY, InvitedVisit, KnownResponse, by_ids, facts_of
from surveys.reviews.reading import MONTHS, month_start

MOST = 50
NAMED = f"""
SELECT r.id, r.invitation_id, i.client_id, r.respondent
FROM response r JOIN invitation i ON i.id = r.invitation_id
WHERE r.platform_id = $1 AND r.provider_id = $2 AND i.provider_id = $2 AND r.id >= $3 AND r.created_at >= $4
  AND r.disclosure = 'named' AND r.admissible = 'yes' AND i.collector = 'platform'
  AND i.purpose IN ('survey', 'yearly') AND NOT {nameless("r.id")}
ORDER BY r.created_at DESC, r.id DESC LIMIT {MOST}
"""
NAMES = "SELECT id, name_cipher FROM client WHERE id = ANY ($1::uuid[])"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NamedReview:
    """One answer with the name of its client: which visit or year, who answered, what was said."""

    name: str
    visit: str
    rows: tuple[tuple[str, str], ...]


async def named_reviews(actor: Actor, keyring: Keyring, now: datetime) -> tuple[NamedReview, ...]:
    """List the answers of the last months that a provider may read with their name."""
    if actor.role != Role.provider or actor.platform is None or actor.organisation is None:
        raise Forbidden
    since, floor = month_start(now, MONTHS - 1), uuid7_floor(month_start(now, MONTHS + 1))
    rows = await fetch(pool("answer"), NAMED, actor.platform, actor.organisation, floor, since)
    visits = {each.id: each for each in await by_ids(pool("answer"), [row["invitation_id"] for row in rows])}
    async with scoped(actor) as db:
        sealed = await fetch(db, NAMES, [row["client_id"] for row in rows])
    names = {row["id"]: keyring.decrypt(row["name_cipher"], "client.name", row["id"]) for row in sealed}
    return tuple(
        _review(row, visits[row["invitation_id"]], names.get(row["client_id"]) or "") for row in rows
    )


def _review(row: Row, visit: InvitedVisit, name: str) -> NamedReview:
    known = visit.responses[row["respondent"]]
    who = (
        ""
        if known.respondent == "client"
        else _("Réponse donnée par {who}.").format(who=_(told(known.respondent, known.who)))
    )
    day = (
        _("Bilan de l’année {year}.").format(year=visit.month.year)
        if visit.purpose == YEARLY
        else _("Visite du {day}.").format(day=day_text(visit.visit_on, languages.current(), year=True))
    )
    return NamedReview(name or _("Nom inconnu"), f"{day} {who}".strip(), tuple(_rows(visit, known)))


def _rows(visit: InvitedVisit, known: KnownResponse) -> list[tuple[str, str]]:
    """Set each question beside what was said; one that was passed is left out."""
    lang, facts = languages.current(), facts_of(visit, respondent=known.respondent)
    said = [
        (asked(item, facts, language=lang).label, words_of(item, known.answers[item.alias], lang))
        for item in visit.questionnaire.items
        if item.alias in known.answers
    ]
    return [(question, words) for question, words in said if words]
