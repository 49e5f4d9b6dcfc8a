"""By which way a client hears of their own complaint: the one chosen, or answered by; else a call (pure)."""

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """A message, or a call of the desk."""

    SMS = "sms"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known of how somebody is reached.

    `preference` is the client's own choice, `answered_by` the channel (web, sms, email, phone) of the answer
    that the complaint comes from, `invited_by` the message whose link was followed; `written` are the ways
    that work.
    """

    preference: str | None = None
    answered_by: str | None = None
    invited_by: str | None = None
    written: frozenset[Way] = frozenset()
    is_serious: bool = False


WRITTEN = (Way.SMS, Way.EMAIL)


def way_of(habits: Habits) -> Way:
    """Choose the way; who calls, or has neither mobile nor e-mail, is called and never sent to the web.

    A serious event is never written of: whoever is at home may read a message.

    >>> both = frozenset({Way.SMS, Way.EMAIL})
    >>> str(way_of(Habits(answered_by="web", invited_by="email", written=both)))
    'email'
    >>> str(way_of(Habits(answered_by="phone", written=both))), str(way_of(Habits(preference="sms")))
    ('phone', 'phone')
    """
    if habits.is_serious:
        return Way.PHONE
    wished = _wished(habits)
    return wished if wished in habits.written else Way.PHONE


def _wished(habits: Habits) -> Way:
    if habits.preference in set(Way):
        return Way(habits.preference)
    if habits.answered_by in WRITTEN:
        return Way(habits.answered_by)
    if habits.answered_by != "web":
        return Way.PHONE
    if habits.invited_by in WRITTEN:
        return Way(habits.invited_by)
    return next((way for way in WRITTEN if way in habits.written), Way.PHONE)
