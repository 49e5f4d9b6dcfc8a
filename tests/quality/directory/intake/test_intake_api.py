"""POST /api/v1/interventions, as a provider's program uses it."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from quality import clock, jobs
from quality.access.keys import create_key
from quality.app import House
from quality.db import pool
from quality.directory.intake.api import InterventionObject
from quality.directory.intake.columns import INTERVENTIONS
from tests.quality.directory.intake.sending import visit
from tests.world import World

ADDRESS = "/api/v1/interventions"
VISIT: dict[str, Any] = visit(started_at="2026-11-20T09:00:00+01:00", ended_at="2026-11-20T10:30:00+01:00")


@pytest.fixture
async def key(world: World) -> str:
    return await create_key(world.staff, "Logiciel", world.aide34)


async def post(client: httpx.AsyncClient, key: str, document: object, **headers: str) -> httpx.Response:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return await client.post(ADDRESS, content=content, headers={"Authorization": f"Bearer {key}"} | headers)


async def test_one_visit_or_a_list_is_kept_and_counted(
    client: httpx.AsyncClient, key: str, owner: asyncpg.Connection
) -> None:
    one = await post(client, key, VISIT)
    assert one.status_code == 200
    assert one.json() == {"read": 1, "created": 1, "updated": 0, "unchanged": 0, "refused": 0, "errors": []}
    several = [VISIT, VISIT | {"reference": "V-2", "funders": ["D34", "CNAV"], "incident": True}]
    assert (await post(client, key, several)).json()["unchanged"] == 1
    row = await owner.fetchrow("SELECT funders, incident FROM intervention WHERE reference = 'V-2'")
    assert (len(row["funders"]), row["incident"]) == (2, True)


async def test_a_bad_visit_is_located_and_the_good_ones_are_kept(client: httpx.AsyncClient, key: str) -> None:
    answer = await post(client, key, [VISIT, VISIT | {"reference": "V-2", "activity": "MENAGE"}])
    assert answer.status_code == 200
    assert (answer.json()["created"], answer.json()["refused"]) == (1, 1)
    (error,) = answer.json()["errors"]
    assert (error["line"], error["column"], error["value"]) == (2, "activity", "MENAGE")


async def test_without_a_valid_key_nothing_is_read(client: httpx.AsyncClient, world: World) -> None:
    for headers in ({}, {"Authorization": "Bearer sq_faux"}, {"Authorization": "Basic eA=="}):
        refused = await client.post(ADDRESS, json=VISIT, headers=headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert refused.headers["content-type"] == "application/problem+json"


async def test_the_key_of_a_funder_sends_no_visit(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    key = await create_key(world.staff, "Gironde", world.gironde)
    assert (await post(client, key, VISIT)).status_code == 403
    assert await owner.fetchval("SELECT count(*) FROM intervention") == 0


@pytest.mark.parametrize(
    "document",
    [b"", b"{", b"\xff", b'"V-1"', b"[]", b"[1]", b"[" * 5_000, [VISIT] * 1_001],
    ids=["empty", "cut", "no-utf8", "text", "no-visit", "number", "deep", "too-many"],
)
async def test_what_is_not_a_list_of_visits_is_a_problem(
    client: httpx.AsyncClient, key: str, document: object
) -> None:
    refused = await post(client, key, document)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"].endswith(".")


@pytest.mark.parametrize("value", ["\0", "\ud800x", 10**400, 1e308, [], {}, [[1]], True, -1, "-"], ids=repr)
@pytest.mark.parametrize("column", ["reference", "client_name", "started_at", "hours_notified", "funders"])
async def test_odd_values_are_refused_or_kept_but_never_an_error(
    client: httpx.AsyncClient, key: str, column: str, value: object
) -> None:
    answer = await post(client, key, VISIT | {column: value})
    assert answer.status_code in {200, 422}


async def test_the_same_idempotency_key_acts_once(
    client: httpx.AsyncClient, key: str, owner: asyncpg.Connection
) -> None:
    calls = [post(client, key, VISIT, **{"Idempotency-Key": "lot-1"}) for _ in range(4)]
    answers = await asyncio.gather(*calls)
    assert [answer.json()["created"] for answer in answers] == [1, 1, 1, 1]
    assert await owner.fetchval("SELECT count(*) FROM import_batch") == 1


async def test_an_answer_kept_for_a_second_try_is_sealed_and_forgotten_after_a_day(
    client: httpx.AsyncClient, key: str, house: House, owner: asyncpg.Connection
) -> None:
    wrong = VISIT | {"mobile": "06 77 88 99"}
    first = await post(client, key, wrong, **{"Idempotency-Key": "lot-1"})
    assert (await post(client, key, wrong, **{"Idempotency-Key": "lot-1"})).json() == first.json()
    assert b"06 77" in first.content
    assert b"06 77" not in await owner.fetchval("SELECT body FROM idempotent_reply")
    await clock.refresh(pool("work"))  # as a job does: the stored clock, not this test's
    now = clock.now()
    for hours, left in ((23, 1), (25, 0)):
        await owner.execute("UPDATE idempotent_reply SET created_at = $1", now - timedelta(hours=hours))
        await jobs.run_now(house, house.jobs["forget-replies"])
        assert await owner.fetchval("SELECT count(*) FROM idempotent_reply") == left


async def test_an_idempotency_key_serves_one_request_only(client: httpx.AsyncClient, key: str) -> None:
    await post(client, key, VISIT, **{"Idempotency-Key": "lot-1"})
    other = await post(client, key, VISIT | {"reference": "V-2"}, **{"Idempotency-Key": "lot-1"})
    assert other.status_code == 422
    too_long = await post(client, key, VISIT, **{"Idempotency-Key": "x" * 121})
    assert too_long.status_code == 422


async def test_two_organisations_may_use_the_same_idempotency_key(
    client: httpx.AsyncClient, key: str, world: World
) -> None:
    other = await create_key(world.staff, "Cap", world.cap)
    for one in (key, other):
        answer = await post(client, one, VISIT, **{"Idempotency-Key": "lot-1"})
        assert answer.json()["created"] == 1


async def test_the_document_describes_every_address_and_field(
    client: httpx.AsyncClient, world: World
) -> None:
    document = (await client.get("/api/v1/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    operation = document["paths"][ADDRESS]["post"]
    assert set(operation["responses"]) == {"200", "401", "403", "422"}
    fields = document["components"]["schemas"]["InterventionObject"]["properties"]
    assert set(fields) == {column.name for column in INTERVENTIONS.columns} - {"client_first_name"}


def test_the_described_object_accepts_a_visit() -> None:
    assert msgspec.convert(VISIT, InterventionObject).reference == "V-1"
