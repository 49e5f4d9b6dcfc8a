"""Where somebody lives goes with what is counted of them, and stays when territories change."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from quality import clock
from quality.complaints.learning import measuring as complaints
from quality.complaints.waiting import Expecting
from quality.db import execute, fetch, pool, transaction
from quality.measures.visits import measuring as visits
from surveys import verification
from surveys.news.knowing import addressee_of
from surveys.protocol.deciding import decide_pending
from tests.quality.complaints.learning.test_measuring import wait
from tests.quality.complaints.opened import filed
from tests.quality.directory.declared import declare, withdraw
from tests.surveys.test_collect import say
from tests.surveys.visits import MORNING, Someone, someone, visit
from tests.world import World

LODEVE, LUNEL, NOWHERE = "34700", "34400", "34220"


async def asked(world: World, postcode: str | None, rank: int = 0, **given: object) -> tuple[Someone, UUID]:
    """Have somebody asked about a visit."""
    client = await someone(world, mobile=f"+3363998{rank:04d}", postcode=postcode, **given)
    await visit(client)
    assert await decide_pending(world.house)
    (row,) = await fetch(pool("work"), "SELECT id FROM invitation WHERE client_id = $1", client.id)
    return client, row["id"]


async def territories(table: str, **of: object) -> set[str]:
    column, value = next(iter(of.items()))
    sums = "n > 0" if table == "cell" else "true"
    rows = await fetch(
        pool("work"), f"SELECT DISTINCT territory FROM {table} WHERE {column} = $1 AND {sums}", value
    )
    return {row["territory"] for row in rows}


async def all_agree() -> bool:
    async with transaction("work") as db:
        return not (
            await verification.recomputed(db)
            or await visits.recomputed(db)
            or await complaints.recomputed(db, clock.now())
        )


async def test_a_request_and_its_answer_have_the_territory_of_the_client(world: World) -> None:
    await declare(world, "lodeve", LODEVE)
    for rank, (postcode, told) in enumerate({LODEVE: "lodeve", NOWHERE: "", None: ""}.items()):
        client, invitation = await asked(world, postcode, rank)
        assert await territories("invitation", client_id=client.id) == {told}
        await say(invitation, globale=4)
        assert await territories("cell", pseudonym=client.person) == {told}
    assert await all_agree()


async def test_a_request_keeps_its_territory_when_the_postcode_moves_to_another(world: World) -> None:
    await declare(world, "lodeve", LODEVE)
    client, invitation = await asked(world, LODEVE)
    await withdraw(world, LODEVE)
    await declare(world, "lunel", LODEVE, LUNEL)
    await say(invitation, globale=4)
    assert await territories("cell", pseudonym=client.person) == {"lodeve"}
    other, _ = await asked(world, LODEVE, 1)
    assert await territories("invitation", client_id=other.id) == {"lunel"}
    assert await all_agree()


async def test_a_visit_in_another_departement_than_the_postcode_is_in_no_territory(world: World) -> None:
    await declare(world, "lodeve", LODEVE)
    client = await someone(world, mobile="+33639980001", postcode=LODEVE)
    await visit(client, departement="30")
    await decide_pending(world.house)
    await visits.measure(None)
    assert await territories("invitation", client_id=client.id) == {""}
    assert await territories("cell", pseudonym=client.person) == {""}


async def test_a_month_of_visits_keeps_the_territory_in_which_it_was_first_counted(world: World) -> None:
    client = await someone(world, postcode=LODEVE)
    planned = await visit(client, is_undecided=False, status="planned")
    await visits.measure(None)
    await declare(world, "lodeve", LODEVE)
    done = "UPDATE intervention SET status = 'done', started_at = planned_start, ended_at = planned_end"
    await execute(pool("work"), f"{done} WHERE id = $1", planned)
    await visits.measure(None)
    assert await territories("cell", pseudonym=client.person) == {"lodeve"}
    await withdraw(world, LODEVE)
    await visit(client, MORNING.replace(hour=MORNING.hour + 2), is_undecided=False)
    await visits.measure(None)
    assert await territories("cell", pseudonym=client.person) == {"lodeve"}
    assert await all_agree()


async def test_a_month_is_counted_from_its_first_day_on_in_the_territory_of_then(world: World) -> None:
    """A visit of December is missed in November: Lodève, declared meanwhile, begins as early as its month."""
    client = await someone(world, postcode=LODEVE)
    missed = {"status": "cancelled", "status_reason": "worker_absent"}
    await visit(client, datetime(2026, 12, 3, 8, tzinfo=UTC), is_undecided=False, **missed)
    await visit(client, is_undecided=False)
    november, december = {date(2026, 11, 1): ""}, {date(2026, 12, 1): "lodeve"}
    told = {}
    await visits.measure(None)
    told["declared"] = await months_of(client)
    await declare(world, "lodeve", LODEVE, since=date(2026, 12, 1))
    for name, minute in (("before", 59), ("after", 60)):  # midnight in Paris
        began = datetime(2026, 11, 30, 22, tzinfo=UTC) + timedelta(minutes=minute)
        clock.set_offset(began - datetime.now(UTC))
        await visits.measure(None)
        told[name] = await months_of(client)
        assert await all_agree()
    assert told == {"declared": november, "before": november, "after": november | december}
    await withdraw(world, LODEVE)
    await visit(client, datetime(2026, 12, 4, 8, tzinfo=UTC), is_undecided=False, **missed)
    await visits.measure(None)
    assert await months_of(client) == november | december


async def months_of(client: Someone) -> dict[date, str]:
    """Give the territory of each month in which something of a client is counted."""
    rows = await fetch(
        pool("work"),
        "SELECT DISTINCT month, territory FROM cell WHERE pseudonym = $1 AND n > 0",
        client.person,
    )
    found = {row["month"]: row["territory"] for row in rows}
    assert len(found) == len(rows)
    return found


async def test_what_was_counted_before_any_territory_stays_outside(world: World) -> None:
    client = await someone(world, postcode=LODEVE)
    await visit(client, is_undecided=False)
    await visits.measure(None)
    await declare(world, "lodeve", LODEVE)
    await visit(client, MORNING.replace(hour=MORNING.hour + 2), is_undecided=False)
    await visits.measure(None)
    assert await territories("cell", pseudonym=client.person) == {""}
    assert await all_agree()


async def test_a_complaint_and_what_its_client_is_asked_have_the_territory(world: World) -> None:
    await declare(world, "lodeve", LODEVE)
    made = await filed(world)
    await execute(pool("work"), "UPDATE client SET postcode = $2 WHERE id = $1", made.client, LODEVE)
    wait(15)
    await complaints.measure(None)
    assert await territories("cell", pseudonym=made.person) == {"lodeve"}
    told = await addressee_of(pool("work"), _expecting(world, made.id, made.client))
    assert told is not None
    assert told.territory == "lodeve"
    await withdraw(world, LODEVE)
    await execute(pool("work"), "UPDATE complaint SET measure_due_at = $1", clock.now())
    await complaints.measure(None)
    assert await territories("cell", pseudonym=made.person) == {"lodeve"}
    assert await all_agree()


def _expecting(world: World, complaint: UUID, client: UUID) -> Expecting:
    facts: Mapping[str, Any] = {"activity": "I-3", "month": MORNING.date().replace(day=1)}
    return Expecting(
        complaint=complaint,
        platform=world.platform,
        provider=world.aide34,
        client=client,
        round=1,
        funders=(),
        is_serious=False,
        is_remedied=False,
        **facts,
    )
