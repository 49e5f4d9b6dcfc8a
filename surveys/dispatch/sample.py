"""The questionnaire of which a sample message speaks: the one that the platform asks at a moment."""

from uuid import UUID

from quality.db import pool
from surveys.protocol.choosing_questions import Moment, version_at
from surveys.protocol.ledger import questionnaires_of
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.reading import library
from surveys.response import questionnaire_of

WRITTEN = (Moment.VISIT, Moment.FIRST, Moment.NO_SHOW, Moment.YEARLY)  # a complaint's is asked by no message


async def asked_by_message(platform: UUID) -> dict[Moment, Questionnaire]:
    """Read what a platform asks by messages, at each moment that has a questionnaire (pool `answer`)."""
    db = pool("answer")
    versions = (await questionnaires_of(db, [platform])).get(platform, {})
    found = {moment: version_at(moment, versions) for moment in WRITTEN}
    return {moment: await questionnaire_of(db, version) for moment, version in found.items() if version}


async def asked_of_visits(platform: UUID | None) -> Questionnaire:
    """Read what is asked after a visit."""
    asked = await asked_by_message(platform) if platform else {}
    return asked.get(Moment.VISIT) or library("default")
