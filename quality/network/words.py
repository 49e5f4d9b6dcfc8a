"""The words of organisations, their rights and their standing, as people read them."""

from collections.abc import Mapping

from quality.french import french
from quality.web.languages import gettext as _

KINDS: Mapping[str, str] = {
    "provider": french("Organisme"),
    "funder": french("Financeur"),
    "observer": french("Observateur"),
}
LEGAL_FORMS: Mapping[str, str] = {
    "association": french("Association"),
    "entreprise": french("Entreprise"),
    "micro_entreprise": french("Micro-entreprise"),
    "cooperative": french("Coopérative"),
    "ccas": french("Centre communal d’action sociale"),
    "cias": french("Centre intercommunal d’action sociale"),
    "etablissement_public": french("Établissement public"),
    "particulier_employeur": french("Particulier employeur"),
}
RIGHTS: Mapping[str, str] = {
    "declaration": french("Déclaration"),
    "agrement": french("Agrément"),
    "autorisation": french("Autorisation"),
    "agrement_simple": french("Agrément simple"),
    "agrement_qualite": french("Agrément qualité"),
}
STANDINGS: Mapping[str, tuple[str, str]] = {
    "candidate": ("", french("Candidat")),
    "referenced": ("ok", french("Référencé")),
    "suspended": ("signal", french("Suspendu")),
    "ended": ("", french("Sorti")),
}
NOT_REFERENCED = french("Non référencé")


def kind_words(kind: str) -> str:
    return _(KINDS[kind])


def form_words(legal_form: str | None) -> str:
    return _(LEGAL_FORMS[legal_form]) if legal_form else ""


def right_words(kind: str) -> str:
    return _(RIGHTS[kind])


def standing_words(status: str | None) -> tuple[str, str]:
    """Give the look and the words of a référencement."""
    state, words = STANDINGS[status] if status else ("", NOT_REFERENCED)
    return state, _(words)
