"""What a simulation foresees is what the engine then does, on the same file, with the virtual clock."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import asyncpg
import msgspec
import pytest

from quality import clock
from quality.db import fetch, fetch_value, pool
from quality.directory.intake.batch_rows import Delivery
from quality.directory.intake.batches import load_file
from quality.directory.intake.receiving import Source
from surveys.protocol.caps import Cap
from surveys.protocol.definition import Channel, load
from surveys.protocol.experiment import Experiment
from surveys.simulation.figures import days_of
from surveys.simulation.files import Arrival, Sent, parse
from surveys.simulation.reading import source_of, visits_of
from surveys.simulation.replay import Replayed, Trial, replay
from tests.surveys.dispatch.asking import set_clock
from tests.surveys.protocol.capped import publish, publish_next, with_experiment
from tests.surveys.simulation import engine
from tests.surveys.simulation.engine import AFTER, PARIS, Engine, Rates
from tests.surveys.simulation.sending_file import (
    DAYS,
    FIRST_DAY,
    lines,
    with_another_way,
    with_new_numbers,
    written,
)
from tests.world import World

# One in three of the mobiles of those who have nothing else, or a landline, or an e-mail; of landlines too.
MOBILES = frozenset(f"+336399810{client:02d}" for client in range(0, 90, 3) if client % 10 in {2, 3, 4})
LANDLINES = frozenset(f"+334657199{client:02d}" for client in range(1, 90, 3) if client % 10 in {3, 7})
DEAD = MOBILES | LANDLINES
DEAD_ENDS = ("dead_endpoint", "rerouted")
SOME = {Channel.SMS: 0.25, Channel.EMAIL: 0.3, Channel.PHONE: 0.4}
# Enough visits foreseen for the draw to leave most of them out.
FROZEN = """
INSERT INTO stratum (id, platform_id, quarter, provider_id, funders, activity_group, expected, target, seed,
    created_at)
SELECT gen_random_uuid(), $1, '2026-Q3', $2, f.funders, g.name, 9, 3, decode('00', 'hex'), now()
FROM (VALUES (ARRAY[$3::uuid]), (ARRAY[$4::uuid]), (ARRAY[]::uuid[])) AS f (funders),
     unnest($5::text[]) AS g (name)
"""


@pytest.fixture(autouse=True)
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass but from one instant of the test to the next: what is due together leaves together."""
    at = clock.host_now()
    monkeypatch.setattr(clock, "host_now", lambda: at)


def in_words(replayed: Replayed) -> tuple[Counter[str], dict[date, tuple[int, int, int]]]:
    found = days_of(replayed.contacts, PARIS)
    reasons = Counter(each.reason.value for each in replayed.ruled)
    return reasons, {each.day: (each.sms, each.email, each.calls) for each in found}


async def from_file(world: World, path: Path, trial: Trial) -> Replayed:
    """Simulate the file once its visits are over, as if each had come the morning after."""
    set_clock(AFTER)
    sent = Sent(path, path.name, world.aide34, Arrival.DAILY, PARIS, clock.now())
    parsed = await parse(world.staff, world.house, sent)
    assert parsed.refused == 0
    source = await source_of(pool("work"), world.house.keyring, world.platform, parsed.visits, AFTER)
    return replay(source, trial)


async def from_past(world: World, trial: Trial) -> Replayed:
    """Simulate the three weeks again from what the house keeps of them."""
    set_clock(AFTER)
    start = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=PARIS)
    end = start + timedelta(days=DAYS + 1)
    visits = await visits_of(pool("work"), world.platform, start, end, None)
    source = await source_of(pool("work"), world.house.keyring, world.platform, visits, start)
    return replay(source, trial)


async def settle(owner: asyncpg.Connection, world: World, name: str) -> None:
    """Set a short interval and a draw that leaves most visits of a quarter out."""
    await owner.execute(
        "UPDATE platform SET protocol = $1, interval_days = 9, stratum_target = 3, call_lines = 500", name
    )
    await owner.execute(FROZEN, world.platform, world.aide34, world.herault, world.cnav, ["tous"])


@pytest.mark.parametrize(("name", "rates"), [("default", {}), ("integral", SOME)])
async def test_the_engine_does_what_was_simulated(
    world: World, owner: asyncpg.Connection, tmp_path: Path, name: str, rates: Rates
) -> None:
    await settle(owner, world, name)
    path = tmp_path / "visites.csv"
    path.write_bytes(written(lines()))
    reasons, days = in_words(await from_file(world, path, Trial(load(name), rates)))
    assert await fetch_value(pool("work"), "SELECT count(*) FROM intervention") == 0
    await Engine(world, tmp_path, rates, lines()).run()
    assert reasons == await engine.reasons()
    assert days == await engine.days()
    assert {"deceased", "hospital", "contact_no", "cap"} <= set(reasons)


async def test_caps_by_attribute_are_simulated_as_the_engine_then_obeys_them(
    world: World, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    caps = (Cap(contacts=1, age_from=85), Cap(contacts=2, age_from=75), Cap(contacts=3, funder="CNAV"))
    protocol = await publish(owner, *caps)
    await settle(owner, world, "default")
    path, trial, sent = tmp_path / "visites.csv", Trial(protocol, SOME), lines(changes=False)
    path.write_bytes(written(sent))
    await an_age_that_only_another_provider_gave(world, tmp_path)
    found = await from_file(world, path, trial)
    reasons, days = in_words(found)
    assert days != in_words(await from_file(world, path, Trial(load("default"), SOME)))[1]
    await Engine(world, tmp_path, SOME, sent).run()
    done = await engine.reasons()
    assert (reasons, days) == (done, await engine.days())
    assert (reasons, days) == in_words(await from_past(world, trial))
    assert done["own_cap"] > 0
    told = await fetch(pool("work"), CAPPED, world.aide34)
    assert {(row["band"], row["cap"]) for row in told} >= {("85+", 1), ("75-84", 2), ("<60", 3), ("<60", 4)}
    assert [(row["band"], row["cap"]) for row in told if row["reference"] == "C-15"] == [("", 1)]


async def test_first_contacts_drawn_by_chance_are_simulated_as_the_engine_then_draws_them(
    world: World, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    caps = (Cap(contacts=2, age_from=85),)
    protocol = await publish_next(owner, with_experiment(60, caps=caps))
    await settle(owner, world, "default")
    path, trial = tmp_path / "visites.csv", Trial(protocol, SOME)
    sent = with_another_way(lines(changes=False))
    path.write_bytes(written(sent))
    await known_before(world, tmp_path, sent)
    found = in_words(await from_file(world, path, trial))
    without = Trial(msgspec.structs.replace(protocol, experiment=Experiment()), SOME)
    usual = in_words(await from_file(world, path, without))
    assert found[1] != usual[1]
    await Engine(world, tmp_path, SOME, sent, DEAD).run()
    again = await from_past(world, trial)
    assert in_words(again) == (await engine.reasons(), await engine.days())
    assert await lost(*DEAD_ENDS) == {why: again.lost[why] for why in DEAD_ENDS}
    arms = Counter(row["arm"] for row in await fetch(pool("work"), "SELECT arm FROM invitation"))
    assert set(arms) == {"", "sms/phone", "phone/sms"}


async def test_a_file_of_people_already_known_draws_their_first_contacts_as_the_engine_does(
    world: World, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    protocol = await publish_next(owner, with_experiment(60))
    await settle(owner, world, "default")
    path, trial, sent = tmp_path / "visites.csv", Trial(protocol, SOME), lines(changes=False)
    path.write_bytes(written(sent))
    await known_before(world, tmp_path, sent)
    found = in_words(await from_file(world, path, trial))
    await Engine(world, tmp_path, SOME, sent).run()
    assert found == (await engine.reasons(), await engine.days())


@pytest.mark.parametrize(("name", "rates"), [("default", {}), ("default", SOME), ("integral", SOME)])
async def test_corrected_numbers_are_simulated_as_the_engine_then_goes_on_with_them(
    world: World, owner: asyncpg.Connection, tmp_path: Path, name: str, rates: Rates
) -> None:
    await settle(owner, world, name)
    path, sent = tmp_path / "visites.csv", with_new_numbers(lines(changes=False))
    path.write_bytes(written(sent))
    found = await from_file(world, path, Trial(load(name), rates))
    await Engine(world, tmp_path, rates, sent).run()
    assert in_words(found) == (await engine.reasons(), await engine.days())
    stopped = await lost("address_changed", "rerouted")
    assert stopped == {why: found.lost[why] for why in stopped}
    assert stopped["address_changed"] > 0
    assert await fetch_value(pool("work"), WENT_ON) > 0


async def known_before(world: World, folder: Path, sent: list[dict[str, str]]) -> None:
    """Write each client once, by a visit to come: a person is drawn once there is one."""
    set_clock(datetime(2026, 9, 1, 9, tzinfo=UTC))
    clients = {line["client_reference"]: line for line in sent}
    coming = [
        line | {"reference": f"A-{reference}", "status": "planned", "started_at": "", "ended_at": ""}
        for reference, line in clients.items()
    ]
    path = folder / "avant.csv"
    path.write_bytes(written(coming))
    source = Source(path, Delivery("cli", path.name), BytesIO())
    assert (await load_file(world.staff, world.house, world.aide34, source)).refused == 0


CAPPED = """
SELECT DISTINCT c.reference, coalesce(c.age_band, '') AS band, a.contact_cap AS cap
FROM attempt a JOIN client c ON c.id = a.client_id WHERE c.provider_id = $1
"""


async def an_age_that_only_another_provider_gave(world: World, folder: Path) -> None:
    """Write a client of another provider who is the person of C-15, ten years older there."""
    set_clock(datetime(2026, 9, 1, 9, tzinfo=UTC))
    same = next(line for line in lines(changes=False) if line["client_reference"] == "C-15")
    other = same | {"reference": "A-1", "client_reference": "A-11", "age_band": "85+", "status": "planned"}
    path = folder / "autre.csv"
    path.write_bytes(written([other | {"started_at": "", "ended_at": ""}]))
    source = Source(path, Delivery("cli", path.name), BytesIO())
    report = await load_file(world.staff, world.house, world.cap, source)
    assert (report.refused, report.created) == (0, 1)


async def test_a_past_period_replayed_gives_what_the_engine_did(
    world: World, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await settle(owner, world, "default")
    trial, sent = Trial(load("default"), SOME), with_another_way(lines(changes=False))
    await Engine(world, tmp_path, SOME, sent, DEAD).run()
    found = await from_past(world, trial)
    assert in_words(found) == (await engine.reasons(), await engine.days())
    assert {"drawn", "not_drawn"} <= set(in_words(found)[0])
    assert {row["channel"] for row in await fetch(pool("work"), WENT_ROUND)} == {"email", "phone"}
    assert await fetch_value(pool("work"), CALLED_WRONG) > 0
    assert await lost(*DEAD_ENDS) == {why: found.lost[why] for why in DEAD_ENDS}


async def lost(*whys: str) -> dict[str, int]:
    """Count what never left for some reasons, also what the desk stopped, as a simulation names them."""
    rows = await fetch(pool("work"), STOPPED, list(whys))
    return {row["why"]: row["number"] for row in rows}


WENT_ROUND = """
SELECT DISTINCT a.channel FROM attempt a JOIN attempt b ON b.invitation_id = a.invitation_id
WHERE b.state = 'failed' AND a.channel <> 'sms' AND a.counted_at IS NOT NULL
"""
STOPPED = """
SELECT why, count(*) AS number FROM attempt CROSS JOIN LATERAL (
    SELECT CASE reason WHEN 'wrong_number' THEN 'dead_endpoint' ELSE reason END AS why) named
WHERE state = 'suppressed' AND why = ANY ($1::text[]) GROUP BY 1
"""
# Requests that were written to or called at one number or address, then at another that came later.
WENT_ON = """
SELECT count(*) FROM attempt a JOIN attempt b ON b.invitation_id = a.invitation_id AND b.channel = a.channel
WHERE b.endpoint_id <> a.endpoint_id AND b.counted_at > a.counted_at
"""
CALLED_WRONG = "SELECT count(*) FROM attempt WHERE state = 'failed' AND reason = 'wrong_number'"
