"""The marks that a provider's clients gave, by month: nothing but a mark leaves this module.

The provider reads no response: these statements read them for it, and name its platform and itself.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from quality.access.actor import Actor, Role
from quality.db import Connection, fetch, pool
from quality.errors import Forbidden
from quality.ids import uuid7_floor
from quality.web.platform import PARIS
from surveys.questionnaire.definition import Kind
from surveys.questionnaire.logic import Answer
from surveys.questionnaire.overall import overall
from surveys.response import questionnaire_of
from surveys.reviews.grouping import MARKS

MONTHS = 12
# Only marks that stay: one of a request still open may be corrected or read with its name later, and a group
# of five already shown would then tell of somebody. Whoever let theirs be read with the name, even if they
# took it back, is not counted with the others: of five marks, four known ones would tell the fifth. Marks are
# counted in the order in which they became final, so that none enters a group already shown. One mark a
# client and month: of the visit that was final first, the client's own where a relative answered too.
RESPONSES = """
SELECT DISTINCT ON (month, client_id) month, client_id, questionnaire_id, answers, final_at FROM (
    SELECT to_char(r.created_at AT TIME ZONE $4, 'YYYY-MM') AS month, i.client_id, r.questionnaire_id,
           r.answers::text AS answers, greatest(r.created_at, least(i.closes_at, i.closed_at)) AS final_at,
           r.respondent <> 'client' AS is_other, r.id
    FROM response r JOIN invitation i ON i.id = r.invitation_id
    WHERE r.platform_id = $1 AND r.provider_id = $2 AND i.provider_id = $2 AND r.id >= $5
      AND r.created_at >= $3 AND r.admissible = 'yes' AND i.collector = 'platform'
      AND r.disclosure = 'platform' AND i.purpose = 'survey'
) given WHERE final_at <= $6 ORDER BY month, client_id, final_at, is_other, id
"""
Row = dict[str, Any]


def month_start(now: datetime, back: int = 0, zone: ZoneInfo = PARIS) -> datetime:
    """Give the instant at which a month begins, so many months before that of `now`."""
    today = now.astimezone(zone).date()
    years, month = divmod(today.year * 12 + today.month - 1 - back, 12)
    return datetime.combine(date(years, month + 1, 1), time(), zone)


async def marks_by_month(actor: Actor, now: datetime, months: int = MONTHS) -> Mapping[str, list[int]]:
    """Give the overall marks that became final of the provider's last months, each month's in that order."""
    if actor.role != Role.provider or actor.platform is None or actor.organisation is None:
        raise Forbidden
    since = month_start(now, months - 1)
    rows = await fetch(
        pool("answer"),
        RESPONSES,
        actor.platform,
        actor.organisation,
        since,
        PARIS.key,
        uuid7_floor(month_start(now, months + 1)),
        now,
    )
    found: defaultdict[str, list[int]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: (each["final_at"], each["client_id"])):
        mark = await _mark(pool("answer"), row)
        if mark is not None:
            found[row["month"]].append(mark)
    return found


async def _mark(db: Connection, row: Row) -> int | None:
    """Read the mark of the whole visit, where the questionnaire asks for one."""
    version: UUID = row["questionnaire_id"]
    item = overall(await questionnaire_of(db, version))
    if item is None or item.kind is not Kind.RATING:
        return None
    answer = msgspec.json.decode(row["answers"], type=dict[str, Answer]).get(item.alias)
    return answer if isinstance(answer, int) and answer in MARKS else None
