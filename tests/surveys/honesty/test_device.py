"""What is kept of a device says that two answers came from one place, and nothing else."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from quality.keys import Keyring
from surveys.honesty.device import KEPT, device_key

KEYRING, PLATFORM = Keyring("a" * 40), UUID(int=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TELEPHONE = "Mozilla/5.0 (Linux; Android 10; K)"


def kept(
    address: str = "192.0.2.7",
    agent: str = TELEPHONE,
    *,
    platform: UUID = PLATFORM,
    now: datetime = NOON,
    keyring: Keyring = KEYRING,
) -> bytes | None:
    return device_key(keyring, platform, address, agent, now)


def test_one_device_has_one_key_all_month() -> None:
    assert kept() == kept(now=NOON.replace(day=30))
    assert len(kept() or b"") == 16


@pytest.mark.parametrize(
    "other",
    [
        {"address": "192.0.2.8"},
        {"agent": "Mozilla/5.0 (iPhone)"},
        {"platform": UUID(int=2)},
        {"now": NOON.replace(month=12)},
        {"keyring": Keyring("b" * 40)},
    ],
)
def test_another_address_browser_platform_month_or_installation_has_another_key(
    other: dict[str, object],
) -> None:
    assert kept(**other) != kept()  # type: ignore[arg-type]


def test_a_telephone_that_changes_the_end_of_its_address_is_the_same_one() -> None:
    assert kept("2001:db8:1:2::1") == kept("2001:db8:1:2:ffff::9") != kept("2001:db8:1:3::1")


def test_an_address_is_the_same_however_it_is_written() -> None:
    assert kept("::ffff:192.0.2.7") == kept("192.0.2.7")
    assert kept("::ffff:192.0.2.7") is not None


def test_a_device_is_forgotten_within_thirty_days() -> None:
    assert timedelta(days=28) < KEPT < timedelta(days=30)


def test_a_request_that_does_not_say_where_it_comes_from_has_no_key() -> None:
    assert kept("") is kept("testclient") is kept(agent="") is None
