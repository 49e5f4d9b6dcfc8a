"""The same SMS through a real Kannel and its fake SMSC: one segment, reports, and replies that count."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from starlette.applications import Starlette

from quality.app import House
from quality.db import fetch, fetch_value, pool
from surveys.channels.gsm7 import is_gsm7
from surveys.dispatch.carriers import close_carriers, open_carriers
from surveys.dispatch.hooks import incoming_url
from surveys.dispatch.sending import send_due
from surveys.dispatch.settling import MOST_ERRORS
from surveys.protocol.deciding import decide_pending
from tests.kannel import REJECTED_PREFIX, Arrived, Kannel, require_kannel, running_kannel, until
from tests.served import served
from tests.surveys.dispatch.asking import NOON, asked, attempt_of, attempts, change, first_attempt, set_clock
from tests.surveys.visits import MOBILE, someone, visit
from tests.world import World

pytestmark = pytest.mark.kannel
LONGEST_BASE = 33


@dataclass
class Line:
    """A gateway that knows our live address, and the house that sends through it."""

    kannel: Kannel
    house: House

    async def send(self) -> int:
        carriers = {"sms": open_carriers(self.house)["sms"]}
        try:
            return await send_due(self.house, carriers, "test")
        finally:
            await close_carriers(carriers)

    async def sent_to(self, number: str) -> Arrived:
        set_clock(NOON)
        assert await self.send() == 1
        return (await self.kannel.wait_for(1, number))[-1]


@pytest.fixture(scope="module")
async def line(web: Starlette, house: House) -> AsyncIterator[Line]:
    require_kannel()
    async with served(web) as address:
        settings = house.settings.changed(base_url=address)
        reached = replace(house, settings=settings)
        async with running_kannel(incoming_url(reached)) as kannel:
            yield Line(kannel, replace(reached, settings=settings.changed(sms_url=kannel.url)))


async def test_the_invitation_arrives_in_one_segment_at_the_longest_names(world: World, line: Line) -> None:
    await change("platform", "sms_name = 'Pléiades Services'")
    await change("organisation", "short_name = 'Présence à Sète34'", where=f"id = '{world.aide34}'")
    base = line.house.settings.base_url.ljust(LONGEST_BASE, "x").replace("x", "/x", 1)[:LONGEST_BASE]
    assert len(base) == LONGEST_BASE
    await asked(world, mobile="+33639980100")
    house = replace(line.house, settings=line.house.settings.changed(base_url=base))
    arrived = await Line(line.kannel, house).sent_to("+33639980100")
    assert arrived.segments == 1
    assert is_gsm7(arrived.text)
    assert arrived.text.startswith(
        "Pléiades Services : visite Présence à Sète34 mardi. Répondez de 1 (très mal)"
    )
    assert f"{base}/s/" in arrived.text


async def test_the_report_comes_back_signed_and_the_attempt_ends_delivered(world: World, line: Line) -> None:
    await asked(world, mobile="+33639980101")
    await line.sent_to("+33639980101")

    async def delivered() -> bool:
        return (await first_attempt())["state"] == "delivered"

    await until(delivered, "the delivery report")
    assert (await first_attempt())["report_rank"] == 6


async def test_a_number_without_a_route_fails_and_the_next_steps_stay(world: World, line: Line) -> None:
    await asked(world, mobile=f"{REJECTED_PREFIX}01")
    set_clock(NOON)
    await line.send()

    async def failed() -> bool:
        return (await first_attempt())["state"] == "failed"

    await until(failed, "the refusal")
    assert [row["state"] for row in await attempts()][1:] == ["planned", "planned", "planned"]


async def test_a_wrong_password_burns_no_number(world: World, line: Line) -> None:
    await asked(world, mobile="+33639980102")
    wrong = line.kannel.url.replace("://suivi:", "://suivi:not-")
    refused = Line(line.kannel, replace(line.house, settings=line.house.settings.changed(sms_url=wrong)))
    set_clock(NOON)
    for _ in range(MOST_ERRORS + 1):
        await change("attempt", "not_before = NULL", where="step = 1")
        assert await refused.send() == 1
    row = await first_attempt()
    assert (row["state"], row["reason"], row["counted_at"]) == ("failed", "carrier_down", None)
    set_clock((await attempt_of("step = 3"))["opens_at"])
    await refused.send()
    assert await fetch_value(pool("work"), "SELECT failed_at FROM endpoint") is None
    assert (await attempt_of("step = 3"))["state"] == "deferred"


async def received(count: int = 1) -> None:
    async def kept() -> bool:
        return await fetch_value(pool("work"), "SELECT count(*) FROM inbound") >= count

    await until(kept, f"{count} incoming messages")


@pytest.mark.parametrize("text", ["STOP", "ARRÊT"])
async def test_stop_refuses_on_every_channel(world: World, line: Line, text: str) -> None:
    client = await someone(world, mobile=MOBILE, email="martin@example.invalid")
    await visit(client)
    await decide_pending(world.house)
    await line.sent_to(MOBILE)
    await line.kannel.inject(MOBILE, "38000", text)
    await received()
    rows = await fetch(pool("work"), "SELECT channel, state FROM attempt WHERE step > 1")
    assert {row["state"] for row in rows} == {"suppressed"}
    assert await fetch_value(pool("work"), "SELECT refused_at IS NOT NULL FROM person")
    assert await fetch_value(pool("work"), "SELECT refused_how FROM endpoint WHERE kind = 'phone'") == "sms"
    elsewhere = await someone(world, provider=world.cap, person=client.person, email="martin@example.invalid")
    refused = await visit(elsewhere)
    await decide_pending(world.house)
    assert await fetch_value(pool("work"), "SELECT reason FROM occasion WHERE id = $1", refused) == "refused"


async def test_a_mark_answers_and_a_low_one_gets_its_question(world: World, line: Line) -> None:
    number = "+33639980103"
    await asked(world, mobile=number)
    await line.sent_to(number)
    await line.kannel.inject(number, "38000", "2 merci")
    await received()
    assert await fetch_value(pool("work"), "SELECT answers->>'globale' FROM response") == "2"
    assert await line.send() == 1
    question = (await line.kannel.wait_for(2, number))[-1]
    assert question.segments == 1
    assert question.text.startswith("Merci de nous l'avoir dit. 1 retard")
