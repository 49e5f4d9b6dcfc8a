"""Addresses that a request names: anybody may have written them."""

from urllib.parse import SplitResult, urlsplit

NOWHERE = urlsplit("")


def parts_of(address: str) -> SplitResult:
    """Split an address; an ill-formed one has no part.

    >>> parts_of("https://suivi.example/s/K7M4?langue=en").query, parts_of("http://[::1").netloc
    ('langue=en', '')
    """
    try:
        return urlsplit(address)
    except ValueError:
        return NOWHERE
