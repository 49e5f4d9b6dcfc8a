"""The file of the person being called: read for the one who holds the call, decrypted for the staff only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, fetch, fetch_one, pool
from quality.errors import Conflict, NotFound
from quality.keys import Keyring
from quality.web import languages
from surveys.desk.ending.renumbering import KEYS, audience_called, numbers_of, wish_of
from surveys.desk.queueing.holding import GONE
from surveys.desk.queueing.numbers import COLUMNS
from surveys.desk.screen.keeping import Drafts, last_answer, opened
from surveys.desk.screen.keeping import LastAnswer as GivenLast
from surveys.dispatch.text import Template
from surveys.messages.store import used
from surveys.questionnaire.logic import Answer
from surveys.questionnaire.overall import overall
from surveys.questionnaire.wording import words_of
from surveys.response import InvitedVisit, by_id, questionnaire_of

LAST = 3
INBOUND_PLACE = "inbound.text"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Who is called, and at which numbers."""

    name: str
    phones: tuple[str, ...]
    age_band: str
    commune: str
    departement: str
    language: str
    status: str


@dataclass(frozen=True, slots=True)
class LastAnswer:
    visit_on: date
    words: str


@dataclass(frozen=True, slots=True)
class OpenComplaint:
    id: UUID
    number: int
    kind: str
    disclosure: str
    state: str


@dataclass(frozen=True, slots=True)
class Message:
    received_at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Everything that one call shows."""

    case: UUID | str
    client: UUID
    kind: str
    wish: str
    tries: int
    last_outcome: str | None
    is_incoming: bool
    has_message: bool
    created_at: datetime
    complaint_id: UUID | None
    audience: str
    person: Person
    provider: str
    on_call_name: str
    on_call_phone: str
    visit: InvitedVisit | None
    voicemail: Template
    started_at: datetime | None
    ended_at: datetime | None
    is_missed: bool = False
    answers: tuple[LastAnswer, ...]
    complaints: tuple[OpenComplaint, ...]
    messages: tuple[Message, ...]
    unwished: frozenset[str]
    picked_at: datetime | None
    drafts: Drafts
    last: GivenLast | None


async def read(actor: Actor, keyring: Keyring, case: UUID) -> File:
    """Read the file of a call in hand; somebody else's is refused, another platform's does not exist."""
    async with scoped(actor) as db:
        row = await fetch_one(db, FILE, case, actor.platform)
        if row is None:
            raise NotFound
        if row["state"] != "held" or row["agent_id"] != actor.account:
            raise Conflict(GONE)
        row |= await wish_of(db, row)
        answers = await fetch(db, ANSWERS, row["client_id"], LAST)
        complaints = await fetch(db, COMPLAINTS, row["client_id"])
        messages = await fetch(db, MESSAGES, row["invitation_id"], LAST)
        unwished = await fetch(db, UNWISHED, row["invitation_id"])
        visit = await _visit(pool("answer"), row)
        spoken = visit.language if visit else row["language"]
        voicemail = await used(db, actor.platform, "voicemail", spoken)
    return File(
        case=case,
        client=row["client_id"],
        kind=row["kind"],
        wish=row["wish"],
        tries=row["tries"],
        last_outcome=row["outcome"],
        is_incoming=row["is_incoming"],
        has_message=row["has_message"],
        created_at=row["created_at"],
        complaint_id=row["complaint_id"],
        audience=row["audience"] or "client",
        person=_person(row, keyring),
        provider=row["provider"],
        on_call_name=row["on_call_name"],
        on_call_phone=row["on_call_phone"],
        visit=visit,
        voicemail=voicemail,
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        is_missed=bool(row["is_missed"]),
        answers=tuple([await _answer(pool("answer"), each) for each in answers]),
        complaints=tuple(OpenComplaint(**each) for each in complaints),
        messages=tuple(_message(each, keyring) for each in messages),
        unwished=frozenset(each["respondent"] for each in unwished),
        picked_at=row["picked_at"],
        drafts=opened(keyring, case, row["note_cipher"]),
        last=last_answer(row["undo"]),
    )


FILE = f"""
SELECT c.kind, c.state, c.agent_id, c.wish, c.tries, c.outcome, c.created_at, c.client_id, c.invitation_id,
       c.picked_at, c.note_cipher, c.undo, c.number_rank, c.is_incoming, {KEYS},
       coalesce(c.outcome, '') = 'voicemail' OR EXISTS (
           SELECT 1 FROM call_log l WHERE l.case_id = c.id AND l.outcome = 'voicemail') AS has_message,
       c.complaint_id, k.id, k.name_cipher, k.phone_cipher, k.mobile_cipher, k.relative_name_cipher,
       k.relative_phone_cipher, k.age_band, k.commune, k.departement, k.language, k.status,
       o.name AS provider, o.on_call_name, o.on_call_phone, i.audience, v.started_at, v.ended_at,
       v.status = 'not_done' AS is_missed
FROM call_case c JOIN client k ON k.id = c.client_id JOIN organisation o ON o.id = k.provider_id
LEFT JOIN invitation i ON i.id = c.invitation_id LEFT JOIN intervention v ON v.id = i.occasion_id
WHERE c.id = $1 AND c.platform_id = $2
"""
ANSWERS = """
SELECT i.visit_on, r.questionnaire_id, r.answers FROM invitation i JOIN response r ON r.invitation_id = i.id
WHERE i.client_id = $1 AND i.purpose = 'survey' AND r.respondent = 'client'
ORDER BY i.visit_on DESC, i.id DESC LIMIT $2
"""
COMPLAINTS = """
SELECT p.id, p.number, p.kind, p.disclosure, p.state FROM complaint_subject s JOIN complaint p ON p.id = s.id
WHERE s.client_id = $1 AND p.state NOT IN ('closed', 'merged') ORDER BY p.number DESC
"""
MESSAGES = """
SELECT id, received_at, text_cipher FROM inbound WHERE invitation_id = $1
ORDER BY received_at DESC, id LIMIT $2
"""
UNWISHED = """
SELECT DISTINCT r.respondent FROM response r JOIN signal s ON s.source_id = r.id
WHERE r.invitation_id = $1 AND s.wish IS NULL AND s.value BETWEEN 1 AND 2
"""


async def _visit(db: Connection, row: Row) -> InvitedVisit | None:
    return await by_id(db, row["invitation_id"]) if row["invitation_id"] else None


def _person(row: Row, keyring: Keyring) -> Person:
    """Decrypt a name and the numbers left to call, the one to call first."""
    whose = "relative_name" if audience_called(row) == "relative" else "name"
    columns = [COLUMNS[number] for number in numbers_of(row)]
    name, *phones = (_plain(row, column, keyring) for column in (whose, *columns))
    return Person(
        name=name,
        phones=tuple(filter(None, phones)),
        age_band=row["age_band"] or "",
        commune=row["commune"] or "",
        departement=row["departement"],
        language=row["language"],
        status=row["status"],
    )


def _plain(row: Row, column: str, keyring: Keyring) -> str:
    return keyring.decrypt(row[f"{column}_cipher"], f"client.{column}", row["id"]) or ""


async def _answer(db: Connection, row: Row) -> LastAnswer:
    """Say again what was answered of the whole visit, else to the first question."""
    questionnaire = await questionnaire_of(db, row["questionnaire_id"])
    item = overall(questionnaire) or questionnaire.items[0]
    answers = msgspec.json.decode(row["answers"], type=dict[str, Answer])
    answer = answers.get(item.alias)
    words = "" if answer is None else words_of(item, answer, languages.current())
    return LastAnswer(row["visit_on"], words)


def _message(row: Row, keyring: Keyring) -> Message:
    return Message(row["received_at"], keyring.decrypt(row["text_cipher"], INBOUND_PLACE, row["id"]) or "")
