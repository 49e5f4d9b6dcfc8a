"""Caps lower than the house's, by the funder of a visit or by what makes a person vulnerable."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.protocol.caps import AGES, Cap, Public, Traits, findings
from surveys.protocol.definition import Protocol, ProtocolRefused, decode, load, stored
from surveys.protocol.planning import Base, Reach, plan
from tests.surveys.visits import MORNING

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


@pytest.mark.parametrize(
    ("cap", "traits"),
    [
        (Cap(contacts=2, funder="CNAV"), Traits(funders=frozenset({"CNAV"}))),
        (Cap(contacts=2, age_from=75), Traits(age_bands=frozenset({"75-84"}))),
        (Cap(contacts=2, public=Public.FRAIL), Traits(public="PA_PH")),
    ],
)
def test_a_cap_gives_the_traits_of_somebody_whom_it_concerns(cap: Cap, traits: Traits) -> None:
    assert cap.traits == traits
    assert cap.concerns(traits)


def test_a_cap_may_be_the_one_of_all_and_no_more() -> None:
    assert list(findings((Cap(contacts=3, funder="CNAV"),), 3)) == []
    assert [field for field, _, _ in findings((Cap(contacts=4, funder="CNAV"),), 3)] == ["[0].contacts"]
