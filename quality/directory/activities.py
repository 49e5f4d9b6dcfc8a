"""The activities of article D7231-1 as people read them: short names, without what the law adds."""

from collections.abc import Mapping

from quality.french import french
from quality.web.languages import gettext

NAMES: Mapping[str, str] = {
    "I-1": french("Garde d’enfants de moins de 3 ans"),
    "I-2": french("Accompagnement d’enfants de moins de 3 ans"),
    "I-3": french("Assistance dans les actes quotidiens"),
    "I-4": french("Conduite du véhicule personnel"),
    "I-5": french("Accompagnement hors du domicile"),
    "II-1": french("Entretien de la maison et travaux ménagers"),
    "II-2": french("Petits travaux de jardinage"),
    "II-3": french("Petit bricolage"),
    "II-4": french("Garde d’enfants de plus de 3 ans"),
    "II-5": french("Soutien scolaire ou cours à domicile"),
    "II-6": french("Soins d’esthétique à domicile"),
    "II-7": french("Préparation de repas à domicile"),
    "II-8": french("Livraison de repas à domicile"),
    "II-9": french("Collecte et livraison de linge repassé"),
    "II-10": french("Livraison de courses à domicile"),
    "II-11": french("Assistance informatique à domicile"),
    "II-12": french("Soins et promenades d’animaux"),
    "II-13": french("Maintenance et vigilance de la résidence"),
    "II-14": french("Assistance administrative à domicile"),
    "II-15": french("Accompagnement d’enfants de plus de 3 ans"),
    "II-16": french("Téléassistance et visio-assistance"),
    "II-17": french("Interprète LSF, technicien de l’écrit, codeur LPC"),
    "II-18": french("Conduite du véhicule personnel (aide temporaire)"),
    "II-19": french("Accompagnement hors du domicile (aide temporaire)"),
    "II-20": french("Aide personnelle temporaire"),
    "II-21": french("Coordination et délivrance des services"),
}


def activity_name(code: str) -> str:
    """Name an activity in the reader's language.

    >>> activity_name("I-3"), activity_name("II-2")
    ('Assistance dans les actes quotidiens', 'Petits travaux de jardinage')
    """
    return gettext(NAMES[code])
