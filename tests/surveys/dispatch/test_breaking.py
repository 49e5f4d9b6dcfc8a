"""A carrier that is down for a while: each worker spares it, probes it, then everything leaves once."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest

from quality.app import House
from quality.db import fetch, pool
from surveys.channels.message import ChannelError, Outgoing
from surveys.dispatch import carriers as carrying
from surveys.dispatch.carriers import AT_ONCE, FEWEST_CALLS, Carrier
from surveys.dispatch.sending import send_due
from tests.surveys.dispatch.asking import NOON, Phone, carried_by, set_clock
from tests.surveys.dispatch.rig import due
from tests.world import World

SENDS, WORKERS = 60, 2
HOUR = 3_600.0


@dataclass
class Storm:
    """Workers that send what is due to one carrier, each with its own breaker."""

    house: House
    is_down: bool = True
    calls: Counter[UUID] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.phone = Phone(fails=self._answer)
        self.workers: list[dict[str, Carrier]] = [carried_by(self.phone) for _ in range(WORKERS)]

    def _answer(self, message: Outgoing) -> ChannelError | None:
        self.calls[message.id] += 1
        return ChannelError("503") if self.is_down else None

    async def blow(self) -> int:
        """Let every worker send until it may claim nothing more; return how many calls were made."""
        before = self.calls.total()
        sending = (
            send_due(self.house, carriers, f"worker {n}", goes_on=lambda: True)
            for n, carriers in enumerate(self.workers)
        )
        await asyncio.gather(*sending)
        return self.calls.total() - before

    @property
    def openings(self) -> list[int]:
        return [carriers["sms"].breaker.openings for carriers in self.workers]

    def wait_for_the_probe(self) -> None:
        for carriers in self.workers:
            breaker = carriers["sms"].breaker
            assert breaker.probed_at is not None
            breaker.probed_at -= HOUR


async def test_a_carrier_that_is_down_is_spared_then_probed_then_given_everything_once(
    world: World, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine, no probe comes before its turn and no call is forgotten.
    monkeypatch.setattr(carrying, "PROBE_SECONDS", HOUR)
    monkeypatch.setattr(carrying, "WINDOW_SECONDS", HOUR)
    await due(world, SENDS)
    storm = Storm(house)
    failed = await storm.blow()
    assert WORKERS * FEWEST_CALLS <= failed <= WORKERS * (FEWEST_CALLS + AT_ONCE) < SENDS
    assert storm.openings == [1] * WORKERS
    rows = await fetch(pool("work"), "SELECT state, counted_at FROM attempt WHERE step = 1")
    assert Counter(row["state"] for row in rows) == {"deferred": failed, "planned": SENDS - failed}
    assert all(row["counted_at"] is None for row in rows)

    set_clock(NOON + timedelta(minutes=5))  # what failed may be tried again
    assert await storm.blow() == 0
    storm.wait_for_the_probe()
    assert await storm.blow() == WORKERS  # still down: one probe each
    storm.is_down = False
    storm.wait_for_the_probe()
    assert await storm.blow() == WORKERS
    set_clock(NOON + timedelta(minutes=10))
    await storm.blow()
    assert storm.openings == [1] * WORKERS
    received = Counter(message.id for message in storm.phone.received)
    assert len(received) == SENDS
    assert received == Counter(row["id"] for row in await fetch(pool("work"), SENT))


SENT = "SELECT id FROM attempt WHERE step = 1 AND state = 'sent'"
