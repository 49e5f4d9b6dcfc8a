"""Caps lower than the house's, by the funder of a visit or by what makes a person vulnerable."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.app import House
from quality.db import execute, fetch, pool
from surveys.protocol.caps import AGES, Cap, Public, Traits
from surveys.protocol.deciding import decide_pending
from surveys.protocol.definition import Protocol, ProtocolRefused, decode, load, stored
from surveys.protocol.occasion import History, Reason, Stratum, Visit, decide
from surveys.protocol.planning import Base, Reach, plan
from tests.surveys.protocol.capped import publish
from tests.surveys.visits import MOBILE, MORNING, someone, visit
from tests.world import World

DEFAULT = load("default")
OLD, OLDEST, YOUNG = (Traits(age_bands=frozenset({band})) for band in ("75-84", "85+", "<60"))
MADE = st.one_of(
    st.builds(Cap, contacts=st.integers(1, 4), funder=st.sampled_from(["D34", "CNAV"])),
    st.builds(Cap, contacts=st.integers(1, 4), age_from=st.sampled_from(sorted(AGES))),
    st.builds(Cap, contacts=st.integers(1, 4), public=st.sampled_from(Public)),
)
TRAITS = st.builds(
    Traits,
    funders=st.frozensets(st.sampled_from(["D34", "CNAV", "D33"])),
    age_bands=st.frozensets(st.sampled_from(["<60", "60-74", "75-84", "85+"])),
    public=st.sampled_from(["PA_PH", "enfants", "tous"]),
)


def capped(*caps: Cap, **changes: object) -> Protocol:
    return msgspec.structs.replace(DEFAULT, caps=caps, **changes)


def refused(caps: list[object], **changes: object) -> list[tuple[str, str]]:
    with pytest.raises(ProtocolRefused) as caught:
        decode(stored(DEFAULT) | {"caps": caps} | changes)
    return [(error.field, error.message.replace("\xa0", " ")) for error in caught.value.errors]


# ---- the data ----


def test_caps_are_read_from_yaml() -> None:
    source = msgspec.yaml.encode(
        stored(DEFAULT) | {"caps": [{"funder": "CNAV", "contacts": 2}, {"age_from": 85, "contacts": 1}]}
    )
    assert decode(source).caps == (Cap(contacts=2, funder="CNAV"), Cap(contacts=1, age_from=85))
    assert DEFAULT.caps == ()


@pytest.mark.parametrize(
    ("caps", "field", "message"),
    [
        (
            [{"contacts": 2}],
            "caps[0]",
            "donnez « funder », « age_from » ou « public », l’un des trois",
        ),
        (
            [{"contacts": 2, "age_from": 85, "public": "PA_PH"}],
            "caps[0]",
            "donnez « funder », « age_from » ou « public », l’un des trois",
        ),
        (
            [{"contacts": 2, "age_from": 85}, {"contacts": 1, "age_from": 85}],
            "caps[1]",
            "cette limite est déjà donnée plus haut",
        ),
        ([{"contacts": 5, "age_from": 85}], "caps[0].contacts", "attendu : un nombre ≤ 4"),
        ([{"contacts": 0, "age_from": 85}], "caps[0].contacts", "attendu : un nombre ≥ 1"),
        ([{"contacts": 2, "age_from": 80}], "caps[0].age_from", "« 80 » n’est pas une valeur possible"),
        ([{"contacts": 2, "public": "GIR1"}], "caps[0].public", "« GIR1 » n’est pas une valeur possible"),
        ([{"age_from": 85}], "caps[0]", "il manque le champ « contacts »"),
        ([{"contacts": 2, "sante": "x"}], "caps[0]", "le champ « sante » n’existe pas"),
        ([{"contacts": 1, "age_from": 85}] * 13, "caps", "longueur attendue : ≤ 12"),
    ],
)
def test_a_cap_that_cannot_be_is_located(caps: list[object], field: str, message: str) -> None:
    assert refused(caps) == [(field, message)]


def test_a_cap_is_never_above_the_one_of_all() -> None:
    found = refused([{"contacts": 3, "age_from": 85}], contact_cap=2)
    assert found == [("caps[0].contacts", "au plus 2, la limite de tous")]


# ---- whom a cap concerns ----


@pytest.mark.parametrize(
    ("cap", "traits", "expected"),
    [
        (Cap(contacts=2, age_from=85), OLDEST, 2),
        (Cap(contacts=2, age_from=85), OLD, 4),
        (Cap(contacts=2, age_from=75), OLD, 2),
        (Cap(contacts=2, age_from=75), OLDEST, 2),
        (Cap(contacts=2, age_from=60), YOUNG, 4),
        (Cap(contacts=2, age_from=60), Traits(), 4),
        (Cap(contacts=2, funder="CNAV"), Traits(funders=frozenset({"D34", "CNAV"})), 2),
        (Cap(contacts=2, funder="CNAV"), Traits(funders=frozenset({"D34"})), 4),
        (Cap(contacts=2, public=Public.FRAIL), Traits(public="PA_PH"), 2),
        (Cap(contacts=2, public=Public.FRAIL), Traits(public="tous"), 4),
    ],
)
def test_a_cap_concerns_those_it_names(cap: Cap, traits: Traits, expected: int) -> None:
    assert capped(cap).cap_for(traits) == expected


@given(st.lists(MADE, max_size=12), TRAITS, st.integers(1, 4))
def test_the_strictest_that_matches_applies_and_never_above_the_house(
    caps: list[Cap], traits: Traits, house: int
) -> None:
    cap = capped(*caps, contact_cap=house).cap_for(traits)
    assert cap in {house, *(each.contacts for each in caps)}
    assert cap <= house
    assert all(cap <= each.contacts for each in caps if each.concerns(traits))


@given(st.lists(MADE, max_size=12), TRAITS)
def test_no_plan_is_longer_than_the_cap_by_attribute(caps: list[Cap], traits: Traits) -> None:
    protocol = capped(*caps).capped_for(traits)
    reach = Reach(sms=True, email=False, phone=True)
    planned = plan(Base(MORNING, MORNING), "34", reach, protocol, MORNING)
    assert len(planned) == min(4, protocol.contact_cap)


# ---- the decision ----

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)
VISIT = Visit(UUID(int=1), "34", "done", MORNING, NOW, Reach(sms=True, email=False, phone=True))


@pytest.mark.parametrize(
    ("recent", "traits", "asked", "reason"),
    [
        (1, OLDEST, True, Reason.FIRST_INTERVENTION),
        (2, OLDEST, False, Reason.OWN_CAP),
        (3, OLDEST, False, Reason.OWN_CAP),
        (4, OLDEST, False, Reason.CAP),
        (3, YOUNG, True, Reason.FIRST_INTERVENTION),
        (4, YOUNG, False, Reason.CAP),
    ],
)
def test_the_reason_tells_a_cap_by_attribute_from_the_one_of_all(
    recent: int, traits: Traits, asked: bool, reason: Reason
) -> None:
    history = History(is_first=True, recent_contacts=recent)
    protocol = capped(Cap(contacts=2, age_from=85))
    decision = decide(replace(VISIT, traits=traits), history, Stratum(b""), protocol, NOW)
    assert (decision.asked, decision.reason) == (asked, reason)


# ---- the engine ----


async def attempts_of(identity: UUID) -> list[int]:
    rows = await fetch(
        pool("work"),
        """
        SELECT a.contact_cap FROM attempt a JOIN invitation i ON i.id = a.invitation_id
        WHERE i.occasion_id = $1 ORDER BY a.id
        """,
        identity,
    )
    return [row["contact_cap"] for row in rows]


async def test_attempts_are_written_with_the_cap_of_the_age_or_of_the_funder(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await publish(owner, Cap(contacts=2, age_from=85), Cap(contacts=3, funder="CNAV"))
    old = await visit(await someone(world, mobile=MOBILE, age_band="85+"))
    paid = await visit(await someone(world, mobile="+33639980002"), funders=[world.herault, world.cnav])
    both = await visit(
        await someone(world, mobile="+33639980003", age_band="85+"), funders=[world.cnav], activity="II-1"
    )
    usual = await visit(await someone(world, mobile="+33639980004", age_band="75-84"))
    await decide_pending(house)
    assert await attempts_of(old) == [2, 2]
    assert await attempts_of(paid) == [3, 3, 3]
    assert await attempts_of(both) == [2, 2]
    assert await attempts_of(usual) == [4, 4, 4, 4]


async def test_an_age_told_by_another_provider_is_the_same_persons(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await publish(owner, Cap(contacts=1, age_from=85))
    known = await someone(world, provider=world.cap, mobile=MOBILE, age_band="85+")
    same = await visit(await someone(world, person=known.person, mobile=MOBILE))
    await decide_pending(house)
    assert await attempts_of(same) == [1]


async def test_a_capped_person_is_not_asked_and_the_ledger_says_by_what(
    world: World, house: House, owner: asyncpg.Connection
) -> None:
    await publish(owner, Cap(contacts=2, public=Public.FRAIL))
    client = await someone(world, mobile=MOBILE)
    recent = [NOW - timedelta(days=1), NOW - timedelta(days=2)]
    await execute(pool("work"), "UPDATE person SET recent = $2 WHERE id = $1", client.person, recent)
    helped, garden = await visit(client), await visit(client, activity="II-1")
    await decide_pending(house)
    rows = await fetch(pool("work"), "SELECT id, reason FROM occasion")
    found = {row["id"]: row["reason"] for row in rows}
    assert found[helped] == "own_cap"
    assert found[garden] in {"first_intervention", "quarter_full_ask"}
