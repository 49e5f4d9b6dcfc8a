"""Which questionnaire is asked at which moment (pure)."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

Versions = Mapping[str, UUID]  # the version in use of each moment that has a questionnaire


class Moment(StrEnum):
    """When somebody is asked: about a visit, once a year, or once a complaint is settled."""

    VISIT = "visit"
    FIRST = "first"
    NO_SHOW = "no_show"
    COMPLAINT = "complaint"
    YEARLY = "yearly"


# Without questions of their own, these ask what any visit does; at the others nothing is asked.
VISITS = frozenset({Moment.VISIT, Moment.FIRST, Moment.NO_SHOW})


def moment_of(*, is_done: bool, is_first: bool) -> Moment:
    """Say at which moment somebody is asked about a visit.

    One that did not take place is asked about as such, even before any other: there was no first visit yet.

    >>> moment_of(is_done=False, is_first=True).value
    'no_show'
    """
    if not is_done:
        return Moment.NO_SHOW
    return Moment.FIRST if is_first else Moment.VISIT


def version_at(moment: Moment, versions: Versions) -> UUID | None:
    """Choose the questionnaire of a moment; None when nothing is asked then.

    >>> version_at(Moment.FIRST, {"visit": UUID(int=1)}) == UUID(int=1)
    True
    >>> version_at(Moment.YEARLY, {"visit": UUID(int=1)})
    """
    own = versions.get(moment)
    return versions.get(Moment.VISIT) if own is None and moment in VISITS else own
