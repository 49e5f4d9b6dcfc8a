"""Addresses of answer pages and the references said for them."""

from uuid import UUID

from quality import tokens


def survey_token(key: bytes, invitation_id: UUID) -> str:
    """Make the address of an invitation, the same again after a crash.

    >>> survey_token(b"key", UUID(int=1))
    'PZM8VSSWB5KT'
    """
    return tokens.token(key, b"survey", invitation_id)


def spoken_reference(key: bytes, subject_id: UUID) -> str:
    """Make a reference to say on the telephone; it opens no page."""
    return tokens.reference(key, b"reference", subject_id)
