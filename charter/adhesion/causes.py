"""What a machine finds of an adhesion: a code, kept with it, and its words in the reader's language."""

from collections.abc import Iterator, Mapping
from typing import Any

from charter.definition import Criterion, Edition
from charter.editions import Library
from charter.words import said
from quality.web.languages import gettext as _

IGNORED, SILENT, MEASURED = "ignored", "silent", "measured:"


def measured(criterion: str) -> str:
    """Give the cause that a criterion is when its measure contradicts it."""
    return f"{MEASURED}{criterion}"


def criterion_of(cause: str, edition: Edition) -> Criterion | None:
    """Find the criterion that a cause names, if the edition has it still."""
    return next((each for each in edition.criteria if measured(each.code) == cause), None)


def cause_words(cause: str, edition: Edition) -> str:
    """Say a cause; "" for none, or for one that its edition no longer knows."""
    if cause == IGNORED:
        return _("Plusieurs réclamations restent sans aucune réponse de votre part.")
    if cause == SILENT:
        return _("Votre appel n’a pas reçu de réponse dans les délais : il est accepté.")
    found = criterion_of(cause, edition)
    return _measured(found) if found else ""


def _measured(of: Criterion) -> str:
    sentence = _("Critère {code}, obligatoire : {label} Ce que nous mesurons dit le contraire.")
    return sentence.format(code=of.code, label=said(of.label))


def reasons(row: Mapping[str, Any], known: Library) -> str:
    """Say why an adhesion is in its state: what was found, then what a person wrote of it."""
    return " ".join(_reasons(row, known.find(row["edition"], row["edition_version"])))


def _reasons(row: Mapping[str, Any], edition: Edition) -> Iterator[str]:
    yield from filter(None, (cause_words(row["cause"], edition), row["reason"]))
