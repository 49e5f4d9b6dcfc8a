"""What was answered about a visit, by whom and how, and what each answer was before: for the platform."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.db import Connection, fetch
from quality.directory.geography import zone_of
from quality.french import french
from quality.web import languages
from quality.web.format import capital, moment_text
from quality.web.languages import gettext as _
from surveys.disclosing import NAMED, PLATFORM, RECALLED
from surveys.honesty.words import labels, standing
from surveys.questionnaire.coding import Answer
from surveys.questionnaire.definition import Item
from surveys.questionnaire.wording import asked, words_of
from surveys.respondents import HELP, WORKER, told
from surveys.response import RANKS, YEARLY, InvitedVisit, KnownResponse, by_ids, facts_of

APART = "/interventions/reponses-a-part"
READERS = frozenset({Role.platform, Role.supervisor})
BY: dict[str, str] = {
    "web": french("par le site"),
    "email": french("par le lien d’un e-mail"),
    "sms": french("par SMS"),
    "phone": french("au téléphone"),
    "voice": french("au serveur vocal"),
    "paper": french("sur papier"),
}
SHARED = {
    PLATFORM: french("La plateforme est seule à lire cette réponse avec le nom."),
    RECALLED: french("{provider} pouvait lire cette réponse avec le nom. La personne ne le veut plus."),
    NAMED: french("{provider} peut lire cette réponse avec le nom."),
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToldAnswers:
    """What one respondent said of a visit or a year: who and how; each question, its answer, what it was.

    `apart` is (state, words) of one that was found doubtful, and `href` where that is decided, or "".
    """

    title: str
    lines: tuple[str, ...]
    apart: tuple[str, str]
    href: str
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]


async def answers(actor: Actor, visit: UUID) -> tuple[ToldAnswers, ...]:
    """Tell the answers about a visit, then its client's about their years; the audit says who read them."""
    if actor.role not in READERS:
        return ()
    async with scoped(actor) as db:
        ids = [row["id"] for row in await fetch(db, INVITATIONS, visit, actor.platform)]
        found = [each for each in await by_ids(db, ids) if each.responses]
        before = await _before(db, found)
        if found:
            await audit.record(db, actor, "answers.read", str(visit))
    found.sort(key=lambda each: (each.purpose == YEARLY, -each.month.toordinal(), each.id))
    return tuple(_told(each, known, before[known.id]) for each in found for known in ranked(each))


INVITATIONS = """
SELECT id FROM invitation WHERE occasion_id = $1 AND platform_id = $2
UNION
SELECT y.id FROM intervention v JOIN invitation y ON y.client_id = v.client_id
WHERE v.id = $1 AND v.platform_id = $2 AND y.purpose = 'yearly'
"""
BEFORE = """
SELECT response_id, item, was::text AS was, channel, at FROM response_change
WHERE invitation_id = ANY ($1::uuid[]) ORDER BY at DESC, version DESC
"""


async def _before(db: Connection, found: Sequence[InvitedVisit]) -> defaultdict[UUID, list[Row]]:
    rows: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await fetch(db, BEFORE, [each.id for each in found]):
        rows[row["response_id"]].append(row)
    return rows


def ranked(visit: InvitedVisit) -> list[KnownResponse]:
    return [visit.responses[each] for each in RANKS if each in visit.responses]


def _told(visit: InvitedVisit, known: KnownResponse, before: Sequence[Row]) -> ToldAnswers:
    return ToldAnswers(
        title=_title(visit, capital(_(told(known.respondent, known.who)))),
        lines=how(visit, known),
        apart=_apart(known),
        href=f"{APART}/{known.id}" if known.doubts else "",
        rows=tuple(said(visit, known, before)),
    )


def _title(visit: InvitedVisit, who: str) -> str:
    if visit.purpose == YEARLY:
        return _("Bilan de l’année {year}\u00a0: {who}").format(year=visit.month.year, who=who)
    return _("Réponse\u00a0: {who}").format(who=who)


def how(visit: InvitedVisit, known: KnownResponse) -> tuple[str, ...]:
    """Say how somebody answered, and who reads it with the name."""
    by = [BY[known.channel], HELP.get(known.help), WORKER.get(known.worker)]
    return (
        f"{capital(', '.join(_(each) for each in by if each))}.",
        _(SHARED[known.disclosure]).format(provider=visit.provider_name),
    )


def _apart(known: KnownResponse) -> tuple[str, str]:
    """Say why it is out of the figures, or what was decided."""
    if known.verdict:
        return standing(known.admissible, known.verdict)
    return "signal", _("À part\u00a0: {reasons}").format(reasons=", ".join(labels(known.doubts)))


def said(
    visit: InvitedVisit, known: KnownResponse, before: Sequence[Row] = ()
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give each question with its answer in words, and with what it was before."""
    lang, zone = languages.current(), zone_of(visit.departement)
    facts = facts_of(visit, respondent=known.respondent)
    for item in visit.questionnaire.items:
        was = tuple(_was(item, row, zone) for row in before if row["item"] == item.alias)
        if item.alias in known.answers or was:
            words = _words(item, known.answers.get(item.alias))
            yield asked(item, facts, language=lang).label, words, was


def _was(item: Item, row: Row, zone: ZoneInfo) -> str:
    """Say what an answer was, until when, and how it was corrected."""
    at: datetime = row["at"]
    return _("«\u00a0{words}\u00a0» jusqu’au {when}, corrigée {by}").format(
        words=_words(item, msgspec.json.decode(row["was"], type=Answer)),
        when=moment_text(at.astimezone(zone), languages.current()),
        by=_(BY[row["channel"]]),
    )


def _words(item: Item, answer: Answer | None) -> str:
    if answer is None:
        return _("réponse retirée")
    return words_of(item, answer, languages.current()) or _("question passée")
