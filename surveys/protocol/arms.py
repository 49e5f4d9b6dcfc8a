"""By which channel chance begins to ask somebody, in an experiment on first contacts (pure).

The draw is of the person, not of the visit: whoever was first called is called first the next time too. It
reads a seed and the person's pseudonym, so any planner, in any order, draws the same; nothing about the
experiment is written on the person. A larger share keeps those whom a smaller one had drawn.

Only they are drawn whom every channel compared reaches and could begin with, here and now: which way it falls
then decides neither whether somebody is asked nor who is compared. Nobody is drawn who prefers a channel, or
whom a lower cap protects.
"""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from surveys.protocol.caps import Traits
from surveys.protocol.definition import Channel, Protocol
from surveys.protocol.experiment import Experiment
from surveys.protocol.planning import Base, Reach, plan

NO_ARM = ""
ONE_IN = 2**53


@dataclass(frozen=True, slots=True)
class Case:
    """One visit that is asked about: who, how they are reached, where, since when."""

    person: UUID
    reach: Reach
    traits: Traits
    base: Base
    departement: str


def drawn(experiment: Experiment, seed: bytes, person: UUID) -> Channel | None:
    """Draw the channel of somebody's first contacts, each as likely; None outside the share.

    Two numbers of 53 bits are those of HMAC-SHA256(seed, person): whether, then which.

    >>> drawn(Experiment(share=100, channels=("sms", "phone")), b"seed", UUID(int=1)).value
    'phone'
    >>> drawn(Experiment(share=0, channels=("sms", "phone")), b"seed", UUID(int=1)) is None
    True
    """
    digest = hmac.new(seed, person.bytes, hashlib.sha256).digest()
    whether, which = (int.from_bytes(digest[place : place + 8], "big") >> 11 for place in (0, 8))
    if 100 * whether >= experiment.share * ONE_IN:
        return None
    ways = experiment.compared
    return Channel(ways[which * len(ways) // ONE_IN])


def may_be_drawn(case: Case, protocol: Protocol, now: datetime) -> bool:
    """Tell whether chance may choose: no wish, no lower cap, and each channel compared could begin."""
    if case.reach.preference is not None or protocol.cap_for(case.traits) < protocol.contact_cap:
        return False
    return all(_begins(Channel(way), case, protocol, now) for way in protocol.experiment.compared)


def _begins(channel: Channel, case: Case, protocol: Protocol, now: datetime) -> bool:
    if channel not in case.reach.channels:
        return False
    planned = plan(case.base, case.departement, replace(case.reach, first=channel), protocol, now)
    return bool(planned) and planned[0].channel is channel


def arm_of(case: Case, protocol: Protocol, seed: bytes | None, now: datetime) -> str:
    """Name the arm of a request: the channel drawn, then those it was drawn against; empty outside.

    >>> from datetime import UTC
    >>> import msgspec
    >>> from surveys.protocol.caps import NO_TRAITS
    >>> from surveys.protocol.definition import load
    >>> tried = Experiment(share=100, channels=("sms", "phone"))
    >>> protocol = msgspec.structs.replace(load("default"), experiment=tried)
    >>> at, reach = datetime(2026, 11, 3, 9, tzinfo=UTC), Reach(sms=True, email=False, phone=True)
    >>> arm_of(Case(UUID(int=1), reach, NO_TRAITS, Base(at, at), "34"), protocol, b"seed", at)
    'phone/sms'
    """
    if seed is None or not protocol.experiment.is_on:
        return NO_ARM
    channel = drawn(protocol.experiment, seed, case.person)
    if channel is None or not may_be_drawn(case, protocol, now):
        return NO_ARM
    others = (way for way in protocol.experiment.compared if way != channel)
    return "/".join((channel.value, *others))


def first_of(arm: str) -> Channel | None:
    """Give the channel that an arm begins by.

    >>> first_of("phone/sms").value, first_of("")
    ('phone', None)
    """
    return Channel(arm.partition("/")[0]) if arm else None


def seed_of(platform: UUID, secret: bytes) -> bytes:
    """Give the seed of a platform's experiment: the same for each of its protocols, so that nobody moves."""
    return hmac.new(secret, f"first contact|{platform.hex}".encode(), hashlib.sha256).digest()
