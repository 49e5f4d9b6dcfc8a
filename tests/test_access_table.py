"""Who may take which route: the house against tests/access_table.py, then every role on every route."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from quality.access.actor import ALL_ROLES, Role
from quality.access.keys import create_key
from quality.app import House, create_app
from quality.web.api import ApiRoute
from quality.web.routing import GuardedRoute
from tests.access_table import DEMO_LINES, LINES, PARAMETERS, UNKNOWN_ID, Line
from tests.world import World, sign_in

ANYBODY, EVERY_ROLE, KEY = "anybody", "every role", "key:"
# What a signed-in role reads is itself written down; a scanner is nobody, and writes nothing at all.
WRITTEN_BY_READING = frozenset({"audit"})
# Who is known leaves a mark; nothing else of the row moves.
MARKS = {"session": "seen_at", "api_key": "used_at"}
READ = ("GET", "HEAD")


def words(route: GuardedRoute) -> str:
    """Return who may take a route, as the table writes it."""
    access = route.access
    if access.is_public:
        return ANYBODY
    roles = EVERY_ROLE if access.roles == ALL_ROLES else " ".join(r.value for r in Role if r in access.roles)
    return f"{KEY} {roles}" if isinstance(route, ApiRoute) else roles


def lines_of(routes: Sequence[object]) -> list[Line]:
    lines = []
    for route in routes:
        assert isinstance(route, GuardedRoute), f"{route} says nothing of who may take it"
        lines += [(method, route.access.path, words(route)) for method in sorted(route.access.methods)]
    return lines


def code(lines: Iterable[Line]) -> str:
    return "".join(f'\n    ("{method}", "{path}", "{who}"),' for method, path, who in sorted(lines))


def check(found: list[Line], written: Sequence[Line], name: str) -> None:
    problems = []
    if missing := set(found) - set(written):
        problems.append(f"add to {name} of tests/access_table.py, if that is who may:{code(missing)}")
    if stale := set(written) - set(found):
        problems.append(f"remove from {name} of tests/access_table.py:{code(stale)}")
    assert not problems, "\n".join(problems)


def test_every_route_is_in_the_access_table_and_every_line_is_a_route(house: House) -> None:
    check(lines_of([route for part in house.components for route in part.routes]), LINES, "LINES")


def test_every_route_of_the_demonstration_is_in_its_table(house: House) -> None:
    demo = [route for part in house.components for route in part.demo_routes]
    check(lines_of(demo), DEMO_LINES, "DEMO_LINES")


@pytest.mark.parametrize("lines", [LINES, DEMO_LINES])
def test_the_table_says_each_route_once(lines: Sequence[Line]) -> None:
    routes = [line[:2] for line in lines]
    assert sorted(routes) == sorted(set(routes))


def test_the_application_has_no_other_route_than_the_components(house: House) -> None:
    app = create_app(house)
    others = [route for route in app.routes if not isinstance(route, GuardedRoute)]
    assert [(type(route), route.path) for route in others if isinstance(route, Mount)] == [(Mount, "/static")]
    assert len(others) == 1


@dataclass(frozen=True)
class Drive:
    """One route to take, with its parameters filled in."""

    method: str
    path: str
    who: str

    @property
    def is_page(self) -> bool:
        return self.who != ANYBODY and not self.who.startswith(KEY)

    @property
    def is_api(self) -> bool:
        return self.who.startswith(KEY)

    @property
    def roles(self) -> frozenset[str]:
        if self.who == EVERY_ROLE:
            return frozenset(ALL_ROLES)
        return frozenset(self.who.removeprefix(KEY).split()) if self.who != ANYBODY else frozenset()


def filled(path: str) -> str:
    return re.sub(r"{(\w+)(:\w+)?}", lambda found: PARAMETERS.get(found[1], UNKNOWN_ID), path)


HOOKS = "/hooks/"
DRIVES = tuple(Drive(method, filled(path), who) for method, path, who in LINES)
CARRIERS = tuple(drive for drive in DRIVES if drive.path.startswith(HOOKS))
PAGES = tuple(drive for drive in DRIVES if drive.is_page)
PUBLIC = tuple(
    drive
    for drive in DRIVES
    if drive.who == ANYBODY and drive.path != "/metrics" and not drive.path.startswith(HOOKS)
)
FOREIGN = {"origin": "https://ailleurs.invalid"}
ROLES = tuple(Role)


@pytest.fixture
async def browser(web: Starlette, empty: None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser whose address is its own, so that no limit by address is shared with other tests."""
    transport = httpx.ASGITransport(app=web, client=("203.0.113.7", 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


def organisation(world: World, role: Role) -> UUID | None:
    return {Role.provider: world.cap, Role.funder: world.gironde, Role.observer: world.observer}.get(role)


async def test_nobody_is_led_to_the_sign_in_page(browser: httpx.AsyncClient, world: World) -> None:
    wrong = []
    for drive in PAGES:
        answer = await browser.request(drive.method, drive.path)
        is_led = answer.status_code == 303 and answer.headers["location"].startswith("/connexion?suite=")
        if not (is_led if drive.method == "GET" else answer.status_code == 401):
            wrong.append((drive, answer.status_code))
    assert wrong == []


def leads_up(drive: Drive, answer: httpx.Response) -> bool:
    """Say whether a page asked for without what it is about leads to the one above it."""
    above = answer.headers.get("location", "")
    return answer.status_code == 303 and len(above) > 1 and drive.path.startswith(f"{above}/")


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_opens_its_pages_and_no_other(
    browser: httpx.AsyncClient, world: World, role: Role
) -> None:
    token = await sign_in(browser, world, role, organisation(world, role))
    wrong = []
    for drive in PAGES:
        if drive.method == "POST" and role in drive.roles:
            continue
        content = {"jeton": token} if drive.method == "POST" else None
        answer = await browser.request(drive.method, drive.path, data=content)
        allowed = {200, 404} if role in drive.roles else {403, 404}
        if answer.status_code not in allowed and leads_up(drive, answer):
            answer = await browser.get(answer.headers["location"])
        if answer.status_code not in allowed or (role not in drive.roles and "Aide 34" in answer.text):
            wrong.append((drive, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
async def test_a_form_without_its_token_or_from_elsewhere_is_refused(
    browser: httpx.AsyncClient, world: World, role: Role
) -> None:
    token = await sign_in(browser, world, role, organisation(world, role))
    forms = [drive for drive in PAGES if drive.method == "POST" and role in drive.roles]
    wrong = []
    for drive in forms:
        bare = await browser.post(drive.path, data={"a": "b"})
        forged = await browser.post(drive.path, data={"jeton": token[::-1]})
        foreign = await browser.post(drive.path, data={"jeton": token}, headers=FOREIGN)
        statuses = (bare.status_code, forged.status_code, foreign.status_code)
        if statuses != (403, 403, 403):
            wrong.append((drive, statuses))
    assert wrong == []
    assert forms


async def test_a_public_form_from_elsewhere_is_refused(browser: httpx.AsyncClient, world: World) -> None:
    forms = [drive for drive in PUBLIC if drive.method == "POST"]
    answers = [(drive, await browser.post(drive.path, data={"a": "b"}, headers=FOREIGN)) for drive in forms]
    assert [(drive, answer.status_code) for drive, answer in answers if answer.status_code != 403] == []


async def test_a_public_page_never_asks_to_sign_in_and_never_fails(
    browser: httpx.AsyncClient, world: World
) -> None:
    wrong = []
    for drive in PUBLIC:
        if drive.method == "GET":
            answer = await browser.get(drive.path)
            if (
                answer.status_code in {401, 403}
                or answer.status_code >= 500
                or "/connexion?" in answer.url.path
            ):
                wrong.append((drive, answer.status_code))
    assert wrong == []


async def test_the_api_opens_to_the_keys_of_the_right_kind_and_to_no_cookie(
    browser: httpx.AsyncClient, world: World
) -> None:
    kinds = {"provider": world.cap, "funder": world.gironde, "observer": world.observer}
    keys = {kind: await create_key(world.operator, kind, holder) for kind, holder in kinds.items()}
    await sign_in(browser, world, "platform")
    wrong = []
    for drive in (drive for drive in DRIVES if drive.is_api):
        for kind, key in {"": "", "unknown": "sq_" + "x" * 43, **keys}.items():
            headers = {"authorization": f"Bearer {key}"} if key else {}
            answer = await browser.request(drive.method, drive.path, headers=headers, content=b"x")
            if not _fits(answer.status_code, kind, kind in keys, drive):
                wrong.append((drive, kind, answer.status_code))
    assert wrong == []


def _fits(status: int, kind: str, is_known: bool, drive: Drive) -> bool:
    if not is_known:
        return status == 401
    return status < 500 and status not in {401, 403} if kind in drive.roles else status == 403


async def state(owner: asyncpg.Connection, tables: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return, table by table, how many rows there are and the sum of the transactions that wrote them."""
    found = {}
    for table in sorted(set(tables) - set(MARKS)):
        row = await owner.fetchrow(f'SELECT count(*), coalesce(sum(xmin::text::bigint), 0) FROM "{table}"')
        found[table] = (row[0], int(row[1]))
    return found


async def marked(owner: asyncpg.Connection) -> dict[str, list[str]]:
    """Return the rows that a reader marks, without their mark."""
    return {
        table: [
            row[0]
            for row in await owner.fetch(f"SELECT (to_jsonb(t) - '{mark}')::text FROM {table} t ORDER BY id")
        ]
        for table, mark in MARKS.items()
    }


async def aged(owner: asyncpg.Connection) -> None:
    """Make every reader one that has not been seen for two minutes."""
    for table, mark in MARKS.items():
        await owner.execute(f"UPDATE {table} SET {mark} = now() - interval '2 minutes'")


async def fresh(owner: asyncpg.Connection, table: str) -> int:
    """Count the rows marked since they were aged."""
    seen = f"SELECT count(*) FROM {table} WHERE {MARKS[table]} > now() - interval '1 minute'"
    return int(await owner.fetchval(seen))


@pytest.mark.parametrize("role", [None, *ROLES])
async def test_reading_a_page_changes_no_row(
    browser: httpx.AsyncClient,
    world: World,
    owner: asyncpg.Connection,
    tables: list[str],
    role: Role | None,
) -> None:
    if role is not None:
        await sign_in(browser, world, role, organisation(world, role))
    await aged(owner)
    watched = [table for table in tables if table not in WRITTEN_BY_READING or role is None]
    before, readers = await state(owner, watched), await marked(owner)
    for drive in (*PAGES, *(PUBLIC if role is None else ())):
        if drive.method == "GET":
            for method in READ:
                await browser.request(method, drive.path)
    assert await state(owner, watched) == before
    assert await marked(owner) == readers
    assert await fresh(owner, "session") == (role is not None)


async def test_a_key_that_reads_leaves_its_mark_and_nothing_else(
    browser: httpx.AsyncClient, world: World, owner: asyncpg.Connection, tables: list[str]
) -> None:
    key = await create_key(world.operator, "Lecture", world.gironde)
    await aged(owner)
    watched = [table for table in tables if table not in WRITTEN_BY_READING]
    before, readers = await state(owner, watched), await marked(owner)
    for drive in DRIVES:
        if drive.is_api and drive.method == "GET":
            await browser.get(drive.path, headers={"authorization": f"Bearer {key}"})
    assert await state(owner, watched) == before
    assert await marked(owner) == readers
    assert await fresh(owner, "api_key") == 1


async def test_a_carrier_without_its_secret_changes_no_row_and_head_never_does(
    browser: httpx.AsyncClient, world: World, owner: asyncpg.Connection, tables: list[str]
) -> None:
    before = await state(owner, tables)
    for drive in CARRIERS:
        for method in {drive.method, "HEAD"}:
            answer = await browser.request(method, drive.path)
            assert 400 <= answer.status_code < 500
    assert await state(owner, tables) == before
    assert CARRIERS
