"""The activity groups and the kinds of département in words."""

from quality.french import french
from quality.web.languages import gettext as _

ACTIVITY_GROUPS = {
    "": french("Toutes les activités"),
    "PA_PH": french("Personnes âgées ou handicapées"),
    "enfants": french("Garde d’enfants"),
    "tous": french("Vie quotidienne, tous publics"),
}


def activity_words(group: str) -> str:
    """Name a group of activities; without one, all of them."""
    return _(ACTIVITY_GROUPS[group])


def kind_words(*, is_overseas: bool) -> str:
    """Name a kind of département.

    >>> kind_words(is_overseas=False), kind_words(is_overseas=True)
    ('métropole', 'outre-mer')
    """
    return _("outre-mer") if is_overseas else _("métropole")
