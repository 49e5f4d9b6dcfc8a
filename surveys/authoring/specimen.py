"""An invented visit, to try a questionnaire without anybody's."""

from datetime import timedelta
from uuid import UUID

from quality import clock
from quality.french import french
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.platform import PARIS
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.response import InvitedVisit, activity_words

NOBODY = UUID(int=0)
OPEN_FOR = timedelta(days=10)
SHORT_NAME = 17  # letters of an organisation's short name
ORGANISATION, ACTIVITY, DEPARTEMENT = "Aide 34", "II-3", "34"
# Whom a questionnaire speaks to, by the name of the variant that suits them.
PEOPLE = {
    "": french("un client"),
    "relative": french("un proche du client"),
    "mandataire": french("un client qui emploie lui-même"),
    "mandataire_relative": french("un proche d’un client qui emploie lui-même"),
    "mise_a_disposition": french("un client, en mise à disposition"),
}


def people() -> tuple[tuple[str, str], ...]:
    return tuple((name, _(words)) for name, words in PEOPLE.items())


def person_named(name: str) -> str:
    """Give a variant that exists, that of all clients otherwise."""
    return name if name in PEOPLE else ""


def language_named(questionnaire: Questionnaire, name: str) -> str:
    """Give a language of the questionnaire, that of the reader otherwise."""
    reading = languages.current()
    offered = [name, reading, "fr"]
    return next(each for each in offered if each in questionnaire.languages)


def visit_of(person: str) -> Facts:
    """Invent the visit of the day before, of whom a variant is for."""
    today = clock.now().astimezone(PARIS).date()
    return Facts(
        organisation=ORGANISATION,
        day=today - timedelta(days=1),
        activity=ACTIVITY,
        activity_words=activity_words(ACTIVITY),
        mode=person.removesuffix("_relative") if person not in {"", "relative"} else "prestataire",
        audience="relative" if person.endswith("relative") else "client",
        departement=DEPARTEMENT,
        today=today,
    )


def invited(
    questionnaire: Questionnaire, about: Facts, language: str, platform: UUID = NOBODY
) -> InvitedVisit:
    """Invent the invitation of nobody about a visit, for the pages that read one."""
    return InvitedVisit(
        id=NOBODY,
        platform_id=platform,
        provider_id=NOBODY,
        client_id=NOBODY,
        occasion_id=None,
        audience=about.audience,
        questionnaire_id=NOBODY,
        language=language,
        pseudonym=NOBODY,
        month=about.day.replace(day=1),
        visit_on=about.day,
        activity=about.activity,
        mode=about.mode,
        departement=about.departement,
        territory="",
        funders=(),
        age_band="",
        first_mode="web",
        collector="platform",
        provider_name=about.organisation,
        provider_short_name=about.organisation[:SHORT_NAME],
        closes_at=clock.now() + OPEN_FOR,
        closed_at=None,
        closed_reason=None,
        seen="",
        questionnaire=questionnaire,
        responses={},
    )
