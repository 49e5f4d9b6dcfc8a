"""What a step of a draft was, in the reader's language, kept as its name and its values."""

from collections.abc import Mapping

import msgspec

from quality.french import french
from quality.web.languages import gettext as _
from surveys.authoring.told import LANGUAGE_NAMES

SENTENCES = {
    "begun": french("Brouillon commencé"),
    "copied": french("Brouillon commencé d’après un autre questionnaire"),
    "from_xlsform": french("Brouillon commencé d’après un XLSForm"),
    "from_version": french("Brouillon commencé d’après la version {version}"),
    "added": french("Question {num} ajoutée"),
    "removed": french("Question {num} retirée"),
    "moved_before": french("Question {num} déplacée avant la question {other}"),
    "moved_after": french("Question {num} déplacée après la question {other}"),
    "duplicated": french("Question {num} copiée : c’est la question {other}"),
    "changed": french("Question {num} modifiée"),
    "choice_removed": french("Réponse {rank} de la question {num} retirée"),
    "choice_moved": french("Réponse {rank} de la question {num} déplacée"),
    "retitled": french("Nom du questionnaire modifié"),
    "language_added": french("Langue ajoutée : {language}"),
    "language_removed": french("Langue retirée : {language}"),
    "language_moved": french("Langue déplacée : {language}"),
    "translated": french("Textes modifiés ({language}) : {num}"),
}


def kept(what: str, values: Mapping[str, str | int]) -> str:
    """Write a step as it is kept.

    >>> kept("added", {"num": 2})
    '["added",{"num":2}]'
    """
    return msgspec.json.encode([what, dict(values)]).decode()


def said(step: str) -> str:
    """Say a kept step.

    >>> said('["moved_before",{"num":3,"other":2}]')
    'Question 3 déplacée avant la question 2'
    """
    what, values = msgspec.json.decode(step, type=tuple[str, dict[str, str | int]])
    if "language" in values:
        values["language"] = _(LANGUAGE_NAMES[str(values["language"])]).lower()
    return _(SENTENCES[what]).format_map(values)
