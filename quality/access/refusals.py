"""A refused form says why, field by field, in the reader's language."""

from starlette.requests import Request

from quality.access.actor import Actor
from quality.errors import Invalid
from quality.web import languages

Errors = tuple[tuple[str, str], ...]


def said(request: Request, error: Invalid) -> Errors:
    """Return the pairs (field, sentence) of a refusal."""
    actor: Actor | None = getattr(request.state, "actor", None)
    with languages.using(languages.chosen(request, actor.language if actor else None)):
        return tuple((entry.field, languages.gettext(entry.message)) for entry in error.errors)
