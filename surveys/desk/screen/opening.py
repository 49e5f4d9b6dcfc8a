"""The first words of a call: who calls, for whom, that nothing is sold, and what the call is about (pure)."""

from enum import StrEnum

from quality.french import french
from quality.web.languages import spoken


class About(StrEnum):
    """What somebody is called about."""

    VISIT = "visit"
    MISSED = "missed"
    YEAR = "year"


OPENINGS = {
    About.VISIT: french(
        "Bonjour %(name)s, je suis %(agent)s, de %(platform)s, "
        "la plateforme qui travaille avec %(provider)s. "
        "Je ne vends rien et ne vous demanderai ni argent ni numéro de carte. "
        "Avez-vous deux minutes pour parler de la visite de %(day)s ?"
    ),
    About.MISSED: french(
        "Bonjour %(name)s, je suis %(agent)s, de %(platform)s, "
        "la plateforme qui travaille avec %(provider)s. "
        "Je ne vends rien et ne vous demanderai ni argent ni numéro de carte. "
        "Avez-vous deux minutes pour parler de la visite prévue %(day)s, qui n’a pas eu lieu ?"
    ),
    About.YEAR: french(
        "Bonjour %(name)s, je suis %(agent)s, de %(platform)s, "
        "la plateforme qui travaille avec %(provider)s. "
        "Je ne vends rien et ne vous demanderai ni argent ni numéro de carte. "
        "Avez-vous cinq minutes pour parler de cette année avec %(provider)s ?"
    ),
}


def opening(language: str, about: About = About.VISIT, **facts: str) -> str:
    """Say who calls, for whom, and that nothing is sold, before anything else.

    `facts` are the name of the person, the agent, the platform, the provider and the day, in words.
    """
    return spoken(OPENINGS[about], language, **facts)
