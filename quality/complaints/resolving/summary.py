"""What a funder reads of a complaint in a few plain sentences: facts only, in French as a letter would be."""

from quality.web import languages
from quality.web.languages import gettext as _


def summary(state: str, position: str | None, round_: int) -> str:
    """Say where a complaint stands without a name nor anybody's words.

    >>> summary("acknowledged", "contested", 1)
    'L’organisme conteste les faits. Aucune solution n’a encore été apportée.'
    """
    with languages.using("fr"):
        return " ".join(_sentences(state, position, round_))


def _sentences(state: str, position: str | None, round_: int) -> list[str]:
    said = []
    if round_ > 1:
        said.append(_("La personne a dit que la première solution ne réglait pas son problème."))
    if position == "contested":
        said.append(_("L’organisme conteste les faits."))
    elif state == "opened":
        said.append(_("L’organisme n’a pas encore répondu."))
    else:
        said.append(_("L’organisme a pris la réclamation en charge."))
    if state == "remedied":
        said.append(_("Il dit avoir apporté une solution ; la personne n’a pas encore donné son avis."))
    else:
        said.append(_("Aucune solution n’a encore été apportée."))
    return said
