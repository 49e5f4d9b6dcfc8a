"""States of files, points and adhesions in words."""

from collections.abc import Mapping
from typing import Any

from charter.adhesion.life import State
from charter.review.life import FileState, PointState
from charter.words import Tag
from quality.french import french
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _

# The state of the tag (ok, signal, error, info, or empty), then its words.
STATES: Mapping[State, tuple[str, str]] = {
    State.valid: ("ok", french("Adhésion en cours")),
    State.warned: ("signal", french("Adhésion en cours, avec un avertissement")),
    State.suspended: ("error", french("Adhésion suspendue")),
    State.appealed: ("error", french("Adhésion suspendue, appel en cours")),
    State.ended: ("", french("Adhésion terminée")),
    State.revoked: ("error", french("Adhésion retirée")),
}
FILES: Mapping[FileState, tuple[str, str]] = {
    FileState.submitted: ("info", french("Dossier envoyé")),
    FileState.under_review: ("info", french("Dossier à l’examen")),
    FileState.contested: ("signal", french("Un point contesté attend une réponse")),
    FileState.returned: ("signal", french("Dossier renvoyé")),
    FileState.accepted: ("ok", french("Dossier accepté")),
}
POINTS: Mapping[PointState, tuple[str, str]] = {
    PointState.accepted: ("ok", french("Accepté")),
    PointState.corrected: ("signal", french("Corrigé par la plateforme")),
    PointState.contested: ("signal", french("Contesté, réponse de l’organisme attendue")),
    PointState.answered: ("signal", french("Contesté, décision de la plateforme attendue")),
    PointState.maintained: ("signal", french("L’avis de la plateforme est retenu")),
    PointState.dropped: ("ok", french("La réponse de l’organisme est retenue")),
}


def state_tag(state: str) -> Tag:
    kind, words = STATES[State(state)]
    return kind, _(words), ""


def origin_words(row: Mapping[str, Any]) -> str:
    """Say where an adhesion comes from: a reviewed file, or a certificate."""
    if not row["certificate"]:
        return _("Dossier relu par la plateforme, critère par critère.")
    since = day_text(row["starts_on"], languages.current(), year=True)
    words = _("Acquise par un certificat : {name}. L’adhésion a commencé le {since}.")
    return words.format(since=since, name=row["certificate"])


def file_tag(state: str) -> Tag:
    kind, words = FILES[FileState(state)]
    return kind, _(words), ""


def point_tag(state: str) -> Tag:
    kind, words = POINTS[PointState(state)]
    return kind, _(words), ""
