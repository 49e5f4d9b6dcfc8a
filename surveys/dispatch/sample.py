"""The questionnaire of which a sample message speaks: the one that the platform asks after a visit."""

from uuid import UUID

from quality.db import Connection, fetch_value
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.reading import library
from surveys.response import questionnaire_of

ASKED = """
SELECT id FROM questionnaire_version
WHERE platform_id = $1 AND code = coalesce(
    (SELECT code FROM questionnaire_use WHERE platform_id = $1 AND moment = 'visit'), 'default')
ORDER BY version DESC LIMIT 1
"""


async def asked_of_visits(db: Connection, platform: UUID | None) -> Questionnaire:
    version = await fetch_value(db, ASKED, platform)
    return library("default") if version is None else await questionnaire_of(db, version)
