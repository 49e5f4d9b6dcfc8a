"""The drivers by the scheme of their address: a new carrier is one file and one line here."""

from collections.abc import Callable
from pkgutil import resolve_name
from typing import cast
from urllib.parse import urlsplit

from surveys.channels.message import Driver, Write
from surveys.channels.opening import DriverRefused, Opening

Factory = Callable[[Opening], Driver]

DRIVERS: dict[str, str] = {
    "kannel": "surveys.channels.sms_kannel:open_kannel",
    "memory": "surveys.channels.memory:open_memory",
    "smtp": "surveys.channels.email_smtp:open_smtp",
    "smtps": "surveys.channels.email_smtp:open_smtp",
}


def open_driver(url: str, *, channel: str = "", write: Write | None = None) -> Driver:
    """Open the driver of an address; with `channel`, refuse one that serves another channel.

    `memory://` needs both `channel` and `write`.
    """
    scheme = urlsplit(url).scheme
    if scheme not in DRIVERS:
        raise DriverRefused(
            "« {scheme} » n’est pas un canal connu. Canaux connus : {known}.",
            scheme=scheme,
            known=", ".join(sorted(DRIVERS)),
        )
    factory = cast("Factory", resolve_name(DRIVERS[scheme]))
    driver = factory(Opening(url, channel, write))
    if channel and driver.channel != channel:
        raise DriverRefused(
            "L’adresse {scheme}:// ne sert pas au canal « {channel} ».",
            scheme=scheme,
            channel=channel,
        )
    return driver
