"""A question read aloud: the words to record, and which recording says exactly what a person reads."""

from surveys.questionnaire.definition import Item, Variant
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.wording import Asked

VARIANTS = ("mandataire", "mise_a_disposition", "relative", "mandataire_relative")
_ENDS = (".", "?", "!", "…", "؟")


def recorded(words: Asked) -> str:
    """Write what is read aloud: the question, its hint, and each answer.

    >>> from datetime import date
    >>> from surveys.questionnaire.reading import library
    >>> from surveys.questionnaire.wording import asked
    >>> visit = Facts(organisation="Aide 34", day=date(2026, 11, 17))
    >>> recorded(asked(library("default").item("conseil"), visit)).replace("\u202f", " ")
    'Le conseilleriez-vous à un proche ? Il s’agit d’Aide 34. Oui. Non. Je ne sais pas.'
    """
    texts = (words.label, words.hint, *(each.words for each in words.options))
    return " ".join(text if text.endswith(_ENDS) else f"{text}." for text in texts if text)


def variant_of(item: Item, facts: Facts) -> str:
    """Name the variant whose words a person reads: the nearest that has some, "" for those of everybody.

    >>> from datetime import date
    >>> from surveys.questionnaire.reading import library
    >>> visit = Facts(organisation="Aide 34", day=date(2026, 11, 17), mode="mandataire", audience="relative")
    >>> [variant_of(library("default").item(alias), visit) for alias in ("globale", "rappel")]
    ['mandataire_relative', '']
    """
    nearest = item.variants.for_(facts.mode, facts.audience)
    said = next((variant for variant in nearest if _is_read(variant)), None)
    return next((name for name in VARIANTS if said and getattr(item.variants, name) is said), "")


def _is_read(variant: Variant) -> bool:
    return variant.label is not None or variant.hint is not None
