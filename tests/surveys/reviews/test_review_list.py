"""A provider reads its clients' marks five clients at a time, by month, and never another's."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from quality import clock
from quality.db import execute, fetch_value, pool
from quality.errors import Forbidden
from surveys.collect import record
from surveys.response import by_id
from surveys.reviews.grouping import distribution
from surveys.reviews.reading import marks_by_month, month_start
from tests.quality.measures.views.test_pages import seen
from tests.surveys.desk.waiting import go_to
from tests.surveys.invited import invited
from tests.world import World, sign_in

CLOSE = "UPDATE invitation SET closed_at = $1, closed_reason = 'answered' WHERE closed_at IS NULL"


async def marked(world: World, *marks: int, start: int = 0, **chosen: object) -> None:
    """Let as many clients answer, one mark each, and close their requests."""
    await waiting(world, *marks, start=start, **chosen)
    await execute(pool("work"), CLOSE, clock.now())


async def waiting(world: World, *marks: int, start: int = 0, **chosen: object) -> None:
    """Let as many clients answer, who may still change what they said."""
    for number, mark in enumerate(marks, start):
        facts = {"name": f"Mme Client {number}", "mobile": f"+336399800{number:02}", **chosen}
        _token, invitation = await invited(world, **facts)
        await answer(invitation, mark)


async def answer(invitation: UUID, mark: int) -> None:
    visit = await by_id(pool("answer"), invitation)
    assert visit is not None
    await record(pool("answer"), visit, {"globale": mark}, channel="web", now=clock.now())


@pytest.mark.parametrize("count", [0, 4, 5, 9, 10, 12])
def test_the_last_clients_wait_until_five_are_there(count: int) -> None:
    found = distribution([1] * count)
    assert found.clients == count // 5 * 5
    assert found.is_shown == (count >= 5)


async def test_five_clients_make_five_bars(client: httpx.AsyncClient, world: World) -> None:
    await marked(world, 5, 5, 4, 2, 1)
    await sign_in(client, world, "provider", world.aide34)
    for path in ("/avis", "/accueil"):
        words = seen(await client.get(path))
        assert "Les notes de 5 clients en novembre 2026" in words
        assert "Très bien 2 Plutôt bien 1 Moyen 0 Plutôt mal 1 Très mal 1" in words


async def test_four_clients_show_nothing_of_their_marks(client: httpx.AsyncClient, world: World) -> None:
    await marked(world, 1, 1, 1, 1)
    await sign_in(client, world, "provider", world.aide34)
    for path in ("/avis", "/accueil"):
        words = seen(await client.get(path))
        assert "Moins de cinq avis en novembre 2026" in words
        assert "Très mal" not in words


async def test_the_sixth_client_alone_changes_nothing(client: httpx.AsyncClient, world: World) -> None:
    await marked(world, 5, 5, 5, 5, 5)
    await sign_in(client, world, "provider", world.aide34)
    before = seen(await client.get("/avis"))
    go_to(clock.now() + timedelta(minutes=5))
    await marked(world, 1, start=5)
    assert seen(await client.get("/avis")) == before


async def test_a_mark_is_counted_once_nothing_of_it_may_change(
    client: httpx.AsyncClient, world: World
) -> None:
    await waiting(world, 5, 5, 5, 5, 1)
    await sign_in(client, world, "provider", world.aide34)
    assert "Moins de cinq avis" in seen(await client.get("/avis"))
    await execute(pool("work"), "UPDATE invitation SET closes_at = $1", clock.now())
    assert "Les notes de 5 clients" in seen(await client.get("/avis"))


async def test_what_becomes_final_late_enters_no_group_already_shown(world: World) -> None:
    await waiting(world, 1)
    earlier = await fetch_value(pool("work"), "SELECT id FROM invitation")
    await execute(pool("work"), "UPDATE invitation SET closes_at = closes_at + interval '1 day'")
    go_to(clock.now() + timedelta(minutes=5))
    await waiting(world, 5, 5, 5, 5, 5, start=1)
    closed = "UPDATE invitation SET closed_at = $1, closed_reason = 'answered' WHERE id <> $2"
    await execute(pool("work"), closed, clock.now(), earlier)
    go_to(clock.now() + timedelta(minutes=5))
    await execute(pool("work"), CLOSE, clock.now())
    assert (await marks_by_month(world.provider, clock.now(), 1))["2026-11"] == [5, 5, 5, 5, 5, 1]


async def test_a_client_who_answers_twice_in_a_month_counts_once(world: World) -> None:
    await marked(world, 5, 5, 5, 5)
    await marked(world, 1, name="Mme Client 0", mobile="+33639980000")
    found = await marks_by_month(world.provider, clock.now(), 1)
    people = len(found["2026-11"])
    assert people == 5  # another client's file, hence another client of the provider
    await visited_twice(world)
    assert len((await marks_by_month(world.provider, clock.now(), 1))["2026-11"]) == people


async def visited_twice(world: World) -> None:
    """Let the first client of the provider answer about a second visit."""
    client = await fetch_value(pool("work"), "SELECT id FROM client ORDER BY id LIMIT 1")
    _token, invitation = await invited(world, client=client, days_ago=2, planned=False)
    await answer(invitation, 3)
    await execute(pool("work"), CLOSE, clock.now())


async def test_another_provider_s_marks_are_never_read(client: httpx.AsyncClient, world: World) -> None:
    await marked(world, 5, 5, 5, 5, 5, provider=world.cap)
    await sign_in(client, world, "provider", world.aide34)
    words = seen(await client.get("/avis"))
    assert "Moins de cinq avis" in words
    assert "Aucun avis à montrer encore" in words
    assert "Très bien 5" not in words


@pytest.mark.parametrize("role", ["funder", "platform", "observer", "agent"])
async def test_nobody_but_a_provider_reads_marks(client: httpx.AsyncClient, world: World, role: str) -> None:
    await sign_in(client, world, role, {"funder": world.gironde, "observer": world.observer}.get(role))
    assert (await client.get("/avis")).status_code == 403
    with pytest.raises(Forbidden):
        await marks_by_month(world.actor(role), clock.now())


async def test_a_past_month_is_chosen_and_an_unknown_one_answers_404(
    client: httpx.AsyncClient, world: World
) -> None:
    await marked(world, 5, 4, 4, 4, 4)
    go_to(clock.now() + timedelta(days=20))
    await sign_in(client, world, "provider", world.aide34)
    assert "Trop peu d’avis pour ce mois" in seen(await client.get("/avis"))
    assert "Les notes de 5 clients en novembre 2026" in seen(await client.get("/avis?mois=2026-11"))
    for month in ("2024-01", "x", "2027-01"):
        assert (await client.get(f"/avis?mois={month}")).status_code == 404


def test_months_go_back_over_the_year() -> None:
    now = clock.now()
    assert month_start(now, 12).year == month_start(now).year - 1
    assert month_start(now, 12).month == month_start(now).month
