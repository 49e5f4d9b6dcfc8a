"""What is kept of the device of an answer: a keyed hash that changes each month, and leaves after 30 days.

It says that two answers of a month came from one place, never from which; no cookie, no identifier that
follows anybody. An IPv6 address counts by its network, since a telephone changes the rest by itself.
"""

import hmac
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from uuid import UUID

from quality.keys import Keyring

LABEL = "device"
LENGTH = 16
KEPT = timedelta(days=29)  # the job that forgets comes within the thirtieth
NETWORK_BITS = 64


def device_key(keyring: Keyring, platform: UUID, address: str, agent: str, now: datetime) -> bytes | None:
    """Hash where an answer comes from; None where the request does not say it."""
    place = _network(address)
    if place is None or not agent:
        return None
    said = f"{platform}\x1f{now.astimezone(UTC):%Y-%m}\x1f{place}\x1f{agent}"
    return hmac.digest(keyring.subkey(LABEL), said.encode(), "sha256")[:LENGTH]


def _network(address: str) -> str | None:
    """Name the network of an address.

    >>> _network("192.0.2.7"), _network("2001:db8:1:2:aaaa::1"), _network("::ffff:192.0.2.7"), _network("x")
    ('192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7', None)
    """
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found), NETWORK_BITS), strict=False))
