"""When a question is asked, told to the staff: of the person, by the numbers of the questions before."""

from collections.abc import Mapping

from quality.french import french
from quality.web.languages import gettext as _

PHRASES: Mapping[str, str] = {
    "chose": french("la personne répond {answers} à la question {number}"),
    "not_chose": french("la personne ne répond pas {answers} à la question {number}"),
    "answered": french("la personne répond à la question {number}"),
    "not_answered": french("la personne ne répond pas à la question {number}"),
    "quoted": french("« {words} »"),
    "range": french("de {first} à {last}"),
    "is": french("la réponse à la question {number} est {value}"),
    "is_not": french("la réponse à la question {number} est autre que {value}"),
    "below": french("la réponse à la question {number} est plus petite que {value}"),
    "above": french("la réponse à la question {number} est plus grande que {value}"),
    "at_most": french("la réponse à la question {number} ne dépasse pas {value}"),
    "at_least": french("la réponse à la question {number} est {value} ou plus"),
    "before": french("la réponse à la question {number} est avant {value}"),
    "after": french("la réponse à la question {number} est après {value}"),
    "until": french("la réponse à la question {number} est {value} ou avant"),
    "since": french("la réponse à la question {number} est {value} ou après"),
    "or_blank": french("{condition}, ou manque"),
    "that_of": french("celle de la question {number}"),
}
JOINING: Mapping[str, str] = {"or": french("ou"), "and": french("et"), "either": french("ou bien")}


def book() -> dict[str, str]:
    """Give the phrases that tell a condition, in the language of whoever reads."""
    joining = {name: f" {_(word)} " for name, word in JOINING.items()}
    return {name: _(words) for name, words in PHRASES.items()} | joining | {"either": f",{joining['either']}"}
