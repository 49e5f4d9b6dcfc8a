"""Responses as they are stored: one invited visit with what is already known of its answers.

The invitation is read first, its responses only when it was answered: a look into the partitions by the ids
of the responses costs a third of a join. A response written in between makes `seen` out of date, so that
nothing computed from it can be stored.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

import msgspec

from quality.complaints.opening import Source
from quality.db import Connection, fetch, fetch_one, fetch_value
from quality.directory.activities import NAMES
from quality.directory.geography import zone_of
from quality.measures.record import CellFacts
from quality.measures.sums import Sums
from quality.web.languages import spoken
from surveys.honesty.rules import ADMISSIBLE, OF_PAPER
from surveys.questionnaire.definition import Questionnaire, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import Answer
from surveys.questionnaire.reading import read_json
from surveys.respondents import Who, audience

# The last byte of a response's id when it is first written, and who is preferred where several answered the
# same invitation. Whose answers they are may be said later: an id tells a place, `respondent` whose it is.
RANKS = {"client": 1, "relative": 2, "guardian": 3, "other": 4}
SURVEY = "survey"  # about one visit; `yearly` and `complaint` ask too, about a year and about a complaint
YEARLY, COMPLAINT = "yearly", "complaint"


class KnownResponse(msgspec.Struct, frozen=True):
    """What one respondent answered so far, and what it adds to which cells.

    `admissible` is `yes`, or the reason why it counts apart; `doubts` are all the reasons found.
    """

    id: UUID
    respondent: str
    version: int
    answers: dict[str, Answer]
    cells: dict[str, Sums]
    admissible: str
    channel: str = ""
    relation: str = ""
    help: str = ""
    worker: str = ""
    disclosure: str = "platform"
    doubts: tuple[str, ...] = ()
    verdict: str = ""

    @property
    def who(self) -> Who:
        return Who(self.relation, self.help, self.worker)


class InvitedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One invitation with the facts of its visit; `seen` names the version of its row that was read."""

    id: UUID
    platform_id: UUID
    provider_id: UUID
    client_id: UUID
    occasion_id: UUID | None
    audience: str
    questionnaire_id: UUID
    language: str
    pseudonym: UUID
    month: date
    visit_on: date
    activity: str
    mode: str
    departement: str
    territory: str
    funders: tuple[UUID, ...]
    age_band: str
    first_mode: str
    collector: str
    provider_name: str
    provider_short_name: str
    closes_at: datetime
    closed_at: datetime | None
    closed_reason: str | None
    seen: str
    questionnaire: Questionnaire
    responses: Mapping[str, KnownResponse]
    purpose: str = SURVEY
    arm: str = ""

    def is_open(self, now: datetime) -> bool:
        return self.closed_at is None and now < self.closes_at

    @property
    def usual(self) -> str:
        """Give who answers when nothing else tells: whoever was asked, or said that they answered."""
        asked = audience(self.audience)
        said = [name for name in RANKS if name in self.responses and self.responses[name].who.is_said]
        return said[0] if said and asked not in self.responses else asked

    def identity(self, respondent: str) -> UUID:
        """Give the id of a respondent's answers: their place, or a free one where another's stand there."""
        known = self.responses.get(respondent)
        if known is not None:
            return known.id
        taken = {each.id for each in self.responses.values()}
        places = (response_id(self.id, each) for each in (respondent, *RANKS))
        return next(each for each in places if each not in taken)

    def answers_of(self, respondent: str) -> Mapping[str, Answer]:
        known = self.responses.get(respondent)
        return known.answers if known else {}

    def admissible_of(self, respondent: str) -> str:
        """Say whether a respondent's answers enter the figures; a newcomer's paper may be doubted already."""
        known = self.responses.get(respondent)
        if known is not None:
            return known.admissible
        apart = (each.admissible for each in self.responses.values() if each.admissible in OF_PAPER)
        return next(apart, ADMISSIBLE)

    @property
    def is_eligible(self) -> bool:
        """Tell whether the request counts in the response rate.

        That of a visit cancelled since does not, nor an answer that nobody was asked for.
        """
        return self.is_request and self.closed_reason != CANCELLED

    @property
    def is_request(self) -> bool:
        """Tell a request of the draw from an answer that came by a door, or that no visit was drawn for."""
        return self.is_invited and self.purpose == SURVEY

    @property
    def is_invited(self) -> bool:
        """Tell whom the platform asked, and who may refuse to be again, from whoever came by a door."""
        return self.collector == "platform"

    def facts(self, respondent: str, admissible: str = ADMISSIBLE) -> CellFacts:
        """Give the key of the cells that this respondent feeds."""
        return CellFacts(
            platform_id=self.platform_id,
            pseudonym=self.pseudonym,
            month=self.month,
            provider_id=self.provider_id,
            activity=self.activity,
            mode=self.mode,
            departement=self.departement,
            territory=self.territory,
            funders=self.funders,
            first_mode=self.first_mode,
            arm=self.arm,
            respondent=respondent,
            collector=self.collector,
            admissible=admissible,
            age_band=self.age_band,
        )

    def source(self, response: UUID) -> Source:
        """Give what a complaint keeps of this visit."""
        return Source(
            kind="response",
            id=response,
            platform_id=self.platform_id,
            provider_id=self.provider_id,
            client_id=self.client_id,
            intervention_id=self.occasion_id,
            activity=self.activity,
            mode=self.mode,
            departement=self.departement,
            month=self.month,
            funders=self.funders,
        )


def facts_of(visit: InvitedVisit, now: datetime | None = None, *, respondent: str = "") -> Facts:
    """Give what the questions may say and ask of a visit, for whoever answers: the one asked by default.

    Without `now` today is unknown, as it must be where an answer counts: figures are computed again later.
    """
    return _facts(
        organisation=visit.provider_name,
        day=visit.visit_on,
        activity=visit.activity,
        activity_words=activity_words(visit.activity),
        mode=visit.mode,
        audience=audience(respondent or visit.audience),
        departement=visit.departement,
        today=now.astimezone(zone_of(visit.departement)).date() if now else None,
    )


# Composed once for the pages and the statements of one answer, which ask for them again and again.
_facts = lru_cache(maxsize=1_000)(Facts)


@cache
def activity_words(code: str) -> Words | None:
    name = NAMES.get(code)
    return Words(fr=name, en=spoken(name, "en")) if name else None


def response_id(invitation: UUID, respondent: str) -> UUID:
    """Give the id of a response: the invitation's, its last byte replaced by the respondent's rank.

    >>> response_id(UUID("01a19467-e800-7000-8000-0000000000ff"), "relative")
    UUID('01a19467-e800-7000-8000-000000000002')
    """
    return UUID(int=invitation.int & ~0xFF | RANKS[respondent])


COLUMNS = """
    i.id, i.platform_id, i.provider_id, i.client_id, i.occasion_id, i.audience, i.questionnaire_id,
    i.language, i.pseudonym, i.month, i.visit_on, i.activity, i.mode, i.departement, i.territory, i.funders,
    i.age_band, i.first_mode, i.collector, i.provider_name, i.provider_short_name, i.closes_at, i.closed_at,
    i.closed_reason, i.answered_at, i.purpose, i.arm, i.xmin::text AS seen
"""
CANCELLED = "cancelled"
ASKED = "FROM invitation i WHERE i.purpose IN ('survey', 'yearly', 'complaint') AND"
SELECT = f"SELECT {COLUMNS} {ASKED}"
BY_IDS = f"{SELECT} i.id = ANY ($1::uuid[])"
BY_TOKEN, BY_ID = f"{SELECT} i.token_key = $1", f"{SELECT} i.id = $1"
AFTER = f"{SELECT} i.id > $1 ORDER BY i.id LIMIT $2"
KNOWN = """
    id, respondent, version, answers, cells, admissible, channel, relation, help, worker, disclosure, doubts,
    verdict
"""
RESPONSES = f"SELECT invitation_id, {KNOWN} FROM response WHERE id = ANY ($1::uuid[])"
# Bounds that are known before the statement runs open one partition only.
WITH_RESPONSES = f"""
SELECT {COLUMNS}, ARRAY(SELECT to_json(r)
                        FROM (SELECT {KNOWN} FROM response WHERE id BETWEEN $2 AND $3) r) AS said
{ASKED} i.token_key = $1
"""


async def by_token(db: Connection, token_key: bytes, likely: UUID | None = None) -> InvitedVisit | None:
    """Read what a token opens; `likely` is the invitation that it opened before, read in one statement."""
    if likely is None:
        return await _one(db, BY_TOKEN, token_key)
    bounds = response_id(likely, "client"), response_id(likely, "other")
    row = await fetch_one(db, WITH_RESPONSES, token_key, *bounds)
    if row is None or row["id"] != likely:
        return await _one(db, BY_TOKEN, token_key)
    said = {each.respondent: each for each in map(_whole.decode, row.pop("said"))}
    row.pop("answered_at")
    return await _visit(db, row, said)


async def by_id(db: Connection, invitation: UUID) -> InvitedVisit | None:
    return await _one(db, BY_ID, invitation)


async def by_ids(db: Connection, invitations: Sequence[UUID]) -> list[InvitedVisit]:
    return await _with_responses(db, await fetch(db, BY_IDS, list(invitations)))


async def after(db: Connection, invitation: UUID, limit: int) -> list[InvitedVisit]:
    """List the invitations that come after one, in the order of their ids."""
    return await _with_responses(db, await fetch(db, AFTER, invitation, limit))


async def _one(db: Connection, sql: str, value: object) -> InvitedVisit | None:
    found = await _with_responses(db, await fetch(db, sql, value))
    return found[0] if found else None


async def _with_responses(db: Connection, rows: list[dict[str, Any]]) -> list[InvitedVisit]:
    """Complete invitations with what their respondents said."""
    said: defaultdict[UUID, dict[str, KnownResponse]] = defaultdict(dict)
    answered = [row["id"] for row in rows if row.pop("answered_at") is not None]
    if answered:
        ids = [response_id(each, respondent) for each in answered for respondent in RANKS]
        for response in await fetch(db, RESPONSES, ids):
            invitation = response.pop("invitation_id")
            said[invitation][response["respondent"]] = _known(response)
    return [await _visit(db, row, said[row["id"]]) for row in rows]


async def _visit(db: Connection, row: dict[str, Any], responses: dict[str, KnownResponse]) -> InvitedVisit:
    row["funders"] = tuple(row["funders"])
    questionnaire = await questionnaire_of(db, row["questionnaire_id"])
    return InvitedVisit(**row, questionnaire=questionnaire, responses=responses)


def _known(row: dict[str, Any]) -> KnownResponse:
    answers, cells = _answers.decode(row.pop("answers")), _cells.decode(row.pop("cells"))
    row["doubts"] = tuple(row["doubts"])
    return KnownResponse(**row, answers=answers, cells=cells)


_whole = msgspec.json.Decoder(KnownResponse)
_answers = msgspec.json.Decoder(dict[str, Answer])
_cells = msgspec.json.Decoder(dict[str, Sums])
_questionnaires: dict[UUID, Questionnaire] = {}


async def questionnaire_of(db: Connection, version: UUID) -> Questionnaire:
    """Give a published questionnaire, read once a process since a version never changes."""
    if version not in _questionnaires:
        definition = await fetch_value(
            db, "SELECT definition FROM questionnaire_version WHERE id = $1", version
        )
        _questionnaires[version] = read_json(str(definition).encode())
    return _questionnaires[version]
