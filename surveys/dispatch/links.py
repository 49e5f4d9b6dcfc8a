"""Addresses of answer pages, made again from the invitation's id; only a keyed hash of each is stored."""

from uuid import UUID

from quality.keys import Keyring
from quality.tokens import lookup_hash
from surveys.dispatch.token import survey_token

LABEL = "token"


def token_of(keyring: Keyring, invitation: UUID) -> str:
    """Make the token of an invitation, the same after a crash."""
    return survey_token(keyring.subkey(LABEL), invitation)


def token_key(keyring: Keyring, token: str) -> bytes:
    """Hash a normalised token into `invitation.token_key`."""
    return lookup_hash(keyring.subkey(LABEL), token)


def link_of(keyring: Keyring, base_url: str, invitation: UUID) -> str:
    return f"{base_url.rstrip('/')}/s/{token_of(keyring, invitation)}"
