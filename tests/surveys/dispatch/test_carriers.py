"""What restrains a carrier: its pace, its breaker, and the addresses it opens from."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from quality.app import House
from quality.db import execute, pool
from surveys.channels.opening import DriverRefused
from surveys.dispatch.carriers import (
    Answer,
    Breaker,
    Pace,
    carriers_of,
    close_carriers,
    open_carrier,
    open_carriers,
    repeating,
)


async def test_the_turns_of_a_batch_come_one_by_one_at_the_carrier_s_pace(empty: None) -> None:
    turns = await Pace(rate=100.0).turns("sms", 50)
    assert turns[0] - asyncio.get_running_loop().time() < 0.01
    gaps = [later - sooner for sooner, later in pairwise(turns)]
    assert min(gaps) >= 0.5 / 100 - 1e-9
    assert turns[-1] - turns[0] == pytest.approx(49 / 100, abs=0.5 / 100)


async def test_workers_share_the_pace_of_a_carrier_and_other_channels_have_their_own(empty: None) -> None:
    one, other = Pace(rate=50.0), Pace(rate=50.0)
    batches = [await worker.turns("sms", 10) for worker in (one, other, one)]
    turns = [turn for batch in batches for turn in batch]
    assert turns == sorted(turns)
    assert turns[-1] - turns[0] >= 28 / 50
    assert (await other.turns("email", 1))[0] < turns[10]


async def test_turns_that_nobody_took_are_no_reason_for_a_burst(empty: None) -> None:
    await execute(
        pool("work"), "INSERT INTO carrier_pace VALUES ('sms', clock_timestamp() - interval '36 hours')"
    )
    turns = await Pace(rate=50.0).turns("sms", 10)
    assert turns[-1] - asyncio.get_running_loop().time() >= 8 / 50


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
        breaker.note(Answer.FAILED, now=float(n), begun=0)
    assert breaker.room(50, 19.0) == 50


def test_failures_of_more_than_a_minute_ago_are_forgotten() -> None:
    breaker = Breaker()
    for n in range(19):
        breaker.note(Answer.FAILED, now=float(n), begun=0)
    breaker.note(Answer.FAILED, now=100.0, begun=0)
    assert breaker.room(50, 100.0) == 50


def test_a_carrier_that_refuses_all_is_spared_until_it_takes_one() -> None:
    breaker = Breaker()
    for n in range(20):
        assert breaker.room(50, float(n)) == 50
        breaker.note(Answer.REFUSED, now=float(n), begun=0)
    assert breaker.room(50, 20.0) == 0
    assert breaker.room(50, 49.0) == 1
    breaker.note(Answer.REFUSED, now=49.5, begun=1)
    assert breaker.room(50, 50.0) == 0
    assert breaker.room(50, 79.0) == 1
    breaker.note(Answer.ACCEPTED, now=79.5, begun=1)
    assert breaker.room(50, 80.0) == 50


def test_a_carrier_that_refuses_all_but_one_is_not_spared() -> None:
    breaker = Breaker()
    breaker.note(Answer.ACCEPTED, now=0.0, begun=0)
    for n in range(40):
        breaker.note(Answer.REFUSED, now=float(n), begun=0)
    assert breaker.room(50, 40.0) == 50
    for n in range(40, 62):
        breaker.note(Answer.REFUSED, now=float(n), begun=0)
    assert breaker.room(50, 62.0) == 0


def test_a_probe_that_fails_keeps_the_breaker_open_for_thirty_seconds_more() -> None:
    breaker = Breaker()
    for _ in range(20):
        breaker.note(Answer.FAILED, now=0.0, begun=0)
    assert breaker.room(50, 30.0) == 1
    breaker.note(Answer.FAILED, now=31.0, begun=0)
    assert breaker.room(50, 59.0) == 0
    assert breaker.room(50, 60.0) == 1
