"""The client's own pages: one dataclass a template of templates/quality/followed_*.html."""

from collections.abc import Sequence
from dataclasses import dataclass

from quality.complaints.followed.telling import Pledge, Step, Told

Errors = Sequence[tuple[str, str]]  # the id of a field, and what to do about it


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedComplaint:
    """Where a complaint stands, and what its client may do."""

    token: str
    title: str
    lede: str
    saved: str
    steps: Sequence[Step]
    cause: str
    pledges: Sequence[Pledge]
    said: Sequence[str]
    lines: Sequence[Told]
    can_settle: bool
    can_reopen: bool
    name: str
    funders: str
    consent: str
    can_write: bool
    reference: str
    is_serious: bool
    offers: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedVerdict:
    """« C’est réglé » or « Ce n’est pas réglé », before it is confirmed."""

    token: str
    is_settled: bool
    provider: str
    value: str
    errors: Errors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedMessage:
    """A message to add."""

    token: str
    provider: str
    is_named: bool
    value: str
    errors: Errors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedFile:
    """A photo or a document to add; `largest` in megabytes."""

    token: str
    provider: str
    is_named: bool
    largest: int
    errors: Errors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedName:
    """With or without the name; `is_told` once the provider may have read it."""

    token: str
    provider: str
    value: str
    is_told: bool
    errors: Errors = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedConsent:
    """Whether the funder may read what happened."""

    token: str
    funders: str
    value: str
    errors: Errors = ()


@dataclass(frozen=True, slots=True)
class FollowedClosed:
    """One page for every link that opens nothing."""
