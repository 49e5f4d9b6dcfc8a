"""Who is asked about a visit, the client or the relative who answers for them, and at which endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from surveys.protocol.arms import NO_ARM, first_of
from surveys.protocol.definition import Audience, Channel
from surveys.protocol.planning import Reach

CAP_DAYS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A phone number or an address, as the contact gate knows it.

    Messages to it failed, or a call found it to be somebody else's.
    """

    id: UUID
    is_refused: bool = False
    has_failed: bool = False
    is_wrong: bool = False
    recent: tuple[datetime, ...] = ()

    def takes(self, channel: Channel) -> bool:
        """Tell whether a channel may use it: a telephone to which messages fail is still called.

        >>> full = Endpoint(UUID(int=1), has_failed=True)
        >>> full.takes(Channel.SMS), full.takes(Channel.PHONE)
        (False, True)
        """
        fails = self.has_failed and channel is not Channel.PHONE
        return not (self.is_refused or self.is_wrong or fails)


@dataclass(frozen=True, slots=True)
class Contacts:
    """Every endpoint a client's line gave, theirs and their relative's."""

    mobile: Endpoint | None = None
    phone: Endpoint | None = None
    email: Endpoint | None = None
    relative_phone: Endpoint | None = None
    relative_phone_is_mobile: bool = False
    relative_email: Endpoint | None = None

    @property
    def own(self) -> tuple[Endpoint, ...]:
        return tuple(e for e in (self.mobile, self.phone, self.email) if e is not None)


@dataclass(frozen=True, slots=True)
class Line:
    """The way to somebody: what planning reads, the endpoint of each channel, the arm of an experiment."""

    reach: Reach
    endpoints: Mapping[Channel, Endpoint] = field(default_factory=dict)
    is_refused: bool = False
    arm: str = NO_ARM

    def begun_by(self, arm: str) -> "Line":
        """Give the same way to somebody, begun by the channel of an arm."""
        return replace(self, reach=replace(self.reach, first=first_of(arm)), arm=arm) if arm else self

    def contacts_since(self, instant: datetime) -> int:
        """Count the contacts of the busiest endpoint since an instant."""
        return max((count_since(e.recent, instant) for e in self.endpoints.values()), default=0)


def line_of(contacts: Contacts, preference: str | None) -> Line:
    """Choose whom to ask: the client wherever one own endpoint works, else the relative who answers for them.

    A client whose only endpoints were refused has refused: nobody is asked in their place.

    >>> landline = Endpoint(UUID(int=1))
    >>> line_of(Contacts(phone=landline), None).reach.channels
    (<Channel.PHONE: 'phone'>,)
    >>> line_of(Contacts(relative_email=landline), "sms").reach.audience
    'relative'
    """
    own = _usable(
        {Channel.SMS: contacts.mobile, Channel.EMAIL: contacts.email}, contacts.phone, contacts.mobile
    )
    if own:
        return Line(_reach(own, preference, Audience.CLIENT), own)
    if any(endpoint.is_refused for endpoint in contacts.own):
        return Line(_reach({}, None, Audience.CLIENT), is_refused=True)
    mobile = contacts.relative_phone if contacts.relative_phone_is_mobile else None
    theirs = _usable({Channel.SMS: mobile, Channel.EMAIL: contacts.relative_email}, contacts.relative_phone)
    return Line(_reach(theirs, None, Audience.RELATIVE if theirs else Audience.CLIENT), theirs)


def count_since(recent: tuple[datetime, ...], instant: datetime) -> int:
    return sum(at > instant for at in recent)


def _usable(written: Mapping[Channel, Endpoint | None], *phones: Endpoint | None) -> dict[Channel, Endpoint]:
    found = {channel: e for channel, e in written.items() if e is not None and e.takes(channel)}
    phone = next((e for e in phones if e is not None and e.takes(Channel.PHONE)), None)
    return found | ({Channel.PHONE: phone} if phone else {})


def _reach(endpoints: Mapping[Channel, Endpoint], preference: str | None, audience: Audience) -> Reach:
    return Reach(
        sms=Channel.SMS in endpoints,
        email=Channel.EMAIL in endpoints,
        phone=Channel.PHONE in endpoints,
        preference=preference,
        audience=audience.value,
    )
