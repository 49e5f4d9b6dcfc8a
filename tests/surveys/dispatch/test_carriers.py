"""What restrains a carrier: its pace, its breaker, and the addresses it opens from."""

import asyncio
from dataclasses import replace

import pytest

from quality.app import House
from surveys.channels.opening import DriverRefused
from surveys.dispatch.carriers import (
    Breaker,
    Pace,
    carriers_of,
    close_carriers,
    open_carrier,
    open_carriers,
    repeating,
)


async def test_messages_leave_one_by_one_at_the_carrier_s_pace() -> None:
    pace, loop = Pace(rate=100.0), asyncio.get_running_loop()
    start = loop.time()
    await asyncio.gather(*(pace.turn() for _ in range(10)))
    assert loop.time() - start >= 9 * 0.5 / 100


async def test_the_pace_is_an_option_of_the_address() -> None:
    fast = open_carrier("kannel://u:p@127.0.0.1:13013/?from=38000&rate=80", "sms")
    plain = open_carrier("kannel://u:p@127.0.0.1:13013/?from=38000", "sms")
    assert (fast.pace.rate, plain.pace.rate) == (80.0, 30.0)
    await close_carriers({"sms": fast, "email": plain})


@pytest.mark.parametrize("option", ["rate=fast", "lines=0", "rate=-1", "timeout=inf"])
async def test_an_option_that_is_no_positive_number_is_refused(option: str) -> None:
    with pytest.raises(DriverRefused):
        open_carrier(f"kannel://u:p@127.0.0.1:13013/?from=38000&{option}", "sms")


async def test_only_channels_that_repeat_are_sent_again_blindly() -> None:
    sms = open_carrier("kannel://u:p@127.0.0.1:13013/?from=38000&lines=40", "sms")
    assert (repeating({"sms": sms}), repeating({})) == (["email"], ["email"])
    await close_carriers({"sms": sms})


async def test_a_channel_without_an_address_has_no_carrier(house: House) -> None:
    silent = replace(house, settings=house.settings.changed(email_url=""))
    assert set(open_carriers(silent)) == {"sms"}


async def test_a_process_opens_its_carriers_once(house: House) -> None:
    assert carriers_of(house) is carriers_of(house)


def test_a_few_failures_leave_the_breaker_closed() -> None:
    breaker = Breaker()
    for n in range(19):
        breaker.note(is_accepted=False, now=float(n))
    assert breaker.room(50, 19.0) == 50


def test_failures_of_more_than_a_minute_ago_are_forgotten() -> None:
    breaker = Breaker()
    for n in range(19):
        breaker.note(is_accepted=False, now=float(n))
    breaker.note(is_accepted=False, now=100.0)
    assert breaker.room(50, 100.0) == 50


def test_a_probe_that_fails_keeps_the_breaker_open_for_thirty_seconds_more() -> None:
    breaker = Breaker()
    for _ in range(20):
        breaker.note(is_accepted=False, now=0.0)
    assert breaker.room(50, 30.0) == 1
    breaker.note(is_accepted=False, now=31.0)
    assert breaker.room(50, 59.0) == 0
    assert breaker.room(50, 60.0) == 1
