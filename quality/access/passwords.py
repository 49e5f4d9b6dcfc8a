"""Passwords: argon2id off the event loop, two at a time, and one rule of length."""

import asyncio
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from quality.errors import FieldError, Invalid
from quality.web.languages import gettext as _

SHORTEST, LONGEST = 12, 200
THREADS = 2
# OWASP Password Storage Cheat Sheet, argon2id: 46 MiB, one pass, one lane.
STRONG = PasswordHasher(memory_cost=47104, time_cost=1, parallelism=1)
# Each try costs 46 MiB: the threads are also the limiter.
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="password")
_hasher = STRONG


def use(hasher: PasswordHasher) -> None:
    """Choose the cost of this process: tests take a light one."""
    global _hasher  # noqa: PLW0603 - one cost a process
    _hasher = hasher


def check_length(password: str, field: str = "mot-de-passe") -> str:
    """Return the password, or say what to do; length is the only rule (NIST SP 800-63B, 3.1.1.2)."""
    length = len(_normal(password))
    if length < SHORTEST:
        raise Invalid(
            errors=(
                FieldError(field, _("Choisissez au moins 12 caractères, par exemple trois ou quatre mots.")),
            )
        )
    if length > LONGEST:
        raise Invalid(errors=(FieldError(field, _("Choisissez au plus 200 caractères.")),))
    return password


async def hashed(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, _normal(password))


async def verify(stored: str | None, password: str) -> bool:
    """Say whether the password is the right one; without a stored one the same work is done for nothing."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _matches, _hasher, stored, password)


def is_outdated(stored: str) -> bool:
    """Say whether a hash was made at another cost, and must be made again while the password is at hand."""
    return _hasher.check_needs_rehash(stored)


def _matches(hasher: PasswordHasher, stored: str | None, password: str) -> bool:
    try:
        hasher.verify(stored or _of_nobody(hasher), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _of_nobody(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(32))


def _normal(password: str) -> str:
    """Write a letter typed on any keyboard in one way (NFKC)."""
    return unicodedata.normalize("NFKC", password)
