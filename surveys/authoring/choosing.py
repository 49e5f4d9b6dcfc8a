"""Which published questionnaire is asked at each moment: read, and chosen by the platform."""

from collections.abc import Mapping

from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import fetch, fetch_value
from quality.errors import FieldError, Invalid
from quality.french import french
from quality.measures.catalogue import yearly_series
from surveys.authoring import store
from surveys.protocol.choosing_questions import Moment
from surveys.publishing import counts_at
from surveys.questionnaire.definition import Questionnaire

NONE = ""  # nothing of its own is asked at this moment
UNKNOWN = french("Choisissez un questionnaire de la liste.")
NEEDED = french("Choisissez ce qui est demandé après une visite.")
YEARLY = french("Ce questionnaire compte dans les résultats d’une année. Choisissez-en un autre.")
COUNTS = french("Ce questionnaire compte dans les résultats des visites. Choisissez-en un autre.")


async def read(actor: Actor) -> dict[str, str]:
    """Give the code of the questionnaire of each moment; none where nothing was chosen."""
    async with scoped(actor) as db:
        rows = await fetch(
            db, "SELECT moment, code FROM questionnaire_use WHERE platform_id = $1", actor.platform
        )
    found = {row["moment"]: row["code"] for row in rows}
    return {moment.value: found.get(moment, NONE) for moment in Moment}


def refusal(moment: Moment, code: str, known: Mapping[str, Questionnaire]) -> str | None:
    """Say why a questionnaire cannot be asked at a moment; what counts for visits is asked about visits."""
    if code == NONE:
        return NEEDED if moment is Moment.VISIT else None
    if code not in known:
        return UNKNOWN
    series = [f"{indicator}:{version}" for indicator, version in known[code].feeds]
    astray = [each for each in series if not counts_at(each, moment)]
    if not astray:
        return None
    return YEARLY if yearly_series().issuperset(astray) else COUNTS


async def choose(actor: Actor, wanted: Mapping[Moment, str]) -> None:
    """Change what is asked at some moments; those that are not named stay as they are.

    Requests already made keep their questions.
    """
    known = {each.code: each.questionnaire for each in await store.published(actor)}
    refused = {moment: refusal(moment, code, known) for moment, code in wanted.items()}
    errors = tuple(FieldError(moment.value, why) for moment, why in refused.items() if why)
    if errors:
        raise Invalid(errors=errors)
    async with scoped(actor) as db:
        changed = {
            moment.value: code
            for moment, code in wanted.items()
            if await fetch_value(db, CHOOSE, actor.platform, moment.value, code)
        }
        if changed:
            await audit.record(db, actor, "questionnaire.use", detail=changed)


CHOOSE = """
INSERT INTO questionnaire_use AS u (platform_id, moment, code) VALUES ($1, $2, $3)
ON CONFLICT (platform_id, moment) DO UPDATE SET code = excluded.code WHERE u.code <> excluded.code
RETURNING moment
"""
