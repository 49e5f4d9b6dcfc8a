"""The day of a client is drawn once for all, as many clients each day, by Python as by PostgreSQL."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from quality.db import fetch, pool
from surveys.yearly.days import DAYS, DRAWN_DAY, PACE, WAITS_DAYS, day_of, due_lately, most_in_a_day
from tests.world import World

CLIENTS = [uuid5(UUID(int=0), str(number)) for number in range(36_500)]


def test_as_many_clients_have_each_day() -> None:
    drawn = Counter(map(day_of, CLIENTS))
    assert set(drawn) == set(range(DAYS))
    assert max(drawn.values()) < 150
    assert min(drawn.values()) > 60


async def test_postgresql_draws_the_same_day(world: World) -> None:
    drawn = f"SELECT c.id, {DRAWN_DAY} AS day FROM unnest($1::uuid[]) AS c (id)"
    for row in await fetch(pool("work"), drawn, CLIENTS[:500]):
        assert row["day"] == day_of(row["id"])


@given(client=st.uuids(), year=st.integers(2025, 2100))
def test_a_client_is_due_one_day_a_year_and_may_be_asked_until_it_is_too_late(
    client: UUID, year: int
) -> None:
    first = date(year, 1, 1)
    own = first + timedelta(days=day_of(client))
    found = [
        due_lately(each).get(day_of(client)) for each in (own + timedelta(days=n) for n in range(WAITS_DAYS))
    ]
    assert set(found) == {own}
    assert due_lately(own - timedelta(days=1)).get(day_of(client)) != own
    assert due_lately(own + timedelta(days=WAITS_DAYS)).get(day_of(client)) != own


@given(st.integers(0, 10_000_000))
def test_a_day_may_ask_twice_what_an_even_one_does(clients: int) -> None:
    most = most_in_a_day(clients)
    assert most * DAYS >= PACE * clients
    assert most == 0 if clients == 0 else most <= PACE * (clients / DAYS + 1)
