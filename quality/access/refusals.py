"""A refused form says why, field by field, in the reader's language."""

from quality.errors import Invalid
from quality.web import languages

Errors = tuple[tuple[str, str], ...]


def said(error: Invalid) -> Errors:
    """Return the pairs (field, sentence) of a refusal."""
    return tuple((entry.field, languages.gettext(entry.message)) for entry in error.errors)
