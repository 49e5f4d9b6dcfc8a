"""Which question marks the visit as a whole: the one that feeds GLOB, wherever it stands."""

from surveys.questionnaire.definition import Item, Questionnaire

OVERALL = "GLOB"


def overall(questionnaire: Questionnaire) -> Item | None:
    """Find the question of the whole visit; None where the visit is not marked.

    >>> from surveys.questionnaire.reading import library
    >>> overall(library("no_show")).alias, overall(library("yearly"))
    ('globale', None)
    """
    feeding = (
        item for item in questionnaire.items if any(feed.indicator == OVERALL for feed in item.measures)
    )
    return next(feeding, None)
