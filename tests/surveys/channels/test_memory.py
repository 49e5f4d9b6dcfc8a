"""The memory carrier and the registry that opens every driver."""

from uuid import UUID

import pytest

from surveys.channels.message import Driver, Outgoing
from surveys.channels.opening import DriverRefused, Opening
from surveys.channels.registry import DRIVERS, open_driver

MESSAGE = Outgoing(id=UUID(int=7), to="+33639980001", sender="38000", text="Bonjour")


class Table:
    """The caller's table: it keeps each message with its channel."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Outgoing]] = []

    async def write(self, message: Outgoing, channel: str) -> None:
        self.rows.append((channel, message))


@pytest.mark.parametrize("channel", ["sms", "email", "voice"])
async def test_a_message_becomes_a_row_of_its_channel(channel: str) -> None:
    table = Table()
    driver = open_driver("memory://", channel=channel, write=table.write)
    receipt = await driver.send(MESSAGE)
    await driver.close()
    assert table.rows == [(channel, MESSAGE)]
    assert receipt.reference == str(MESSAGE.id)
    assert (driver.name, driver.channel) == ("memory", channel)


@pytest.mark.parametrize("missing", [{"channel": "sms"}, {"write": Table().write}])
def test_the_memory_carrier_needs_a_table_and_a_channel(missing: dict) -> None:
    with pytest.raises(DriverRefused, match="memory://"):
        open_driver("memory://", **missing)


def test_an_unknown_scheme_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DriverRefused, match=r"pigeon.*kannel, memory, smtp"):
        open_driver("pigeon://loft")


def test_an_address_of_another_channel_is_refused() -> None:
    with pytest.raises(DriverRefused, match="ne sert pas au canal"):
        open_driver("smtp://localhost/?from=avis@pleiades.example", channel="sms")


def test_a_port_that_is_no_number_is_refused() -> None:
    with pytest.raises(DriverRefused, match="port"):
        open_driver("kannel://u:p@localhost:abc/?from=38000")


async def test_every_registered_scheme_opens_a_driver() -> None:
    for scheme in DRIVERS:
        channel = "email" if scheme.startswith("smtp") else "sms"
        url = f"{scheme}://u:p@localhost/?from=avis@pleiades.example"
        driver: Driver = open_driver(url, channel=channel, write=Table().write)
        assert driver.channel == channel
        await driver.close()


def test_a_printed_address_shows_no_password() -> None:
    assert "secret" not in repr(Opening("kannel://u:secret@localhost/"))


def test_the_user_and_the_password_are_unquoted() -> None:
    opening = Opening("kannel://u%40x:p%2Fq@localhost:13013/?from=38000")
    assert (opening.user, opening.password, opening.port) == ("u@x", "p/q", 13013)
