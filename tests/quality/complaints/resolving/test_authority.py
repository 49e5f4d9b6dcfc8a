"""Who may grant what: the grid's limits, wider roles, and who can when somebody cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.access.actor import Role
from quality.complaints.resolving.authority import (
    DESK,
    Allowed,
    Reason,
    Refused,
    Remedy,
    allowed_words,
    decide,
    granted_words,
    limit_of,
    who_words,
)

GRID = {
    "replan_hours": 48,
    "replace_worker": True,
    "refund_cents": 4_000,
    "supervisor": {"refund_cents": 10_000, "mediation": True},
    "platform": {"refund_cents": 50_000},
}


@pytest.mark.parametrize("remedy", [Remedy.explain, Remedy.call_back])
@pytest.mark.parametrize("role", [*DESK, Role.provider])
def test_an_explanation_and_a_call_back_need_nobody_s_leave(remedy: Remedy, role: Role) -> None:
    assert decide({}, role, remedy) == Allowed(role)


@pytest.mark.parametrize(
    ("role", "remedy", "cents", "expected"),
    [
        ("agent", Remedy.refund, 4_000, Allowed("agent")),
        ("agent", Remedy.refund, 4_001, Refused(Reason.above_limit, "supervisor", 4_000)),
        ("agent", Remedy.refund, 10_001, Refused(Reason.above_limit, "platform", 4_000)),
        ("platform", Remedy.refund, 50_001, Refused(Reason.above_limit, "provider", 50_000)),
        ("supervisor", Remedy.refund, 10_000, Allowed("supervisor")),
        ("agent", Remedy.mediation, None, Refused(Reason.not_granted, "supervisor")),
        ("platform", Remedy.mediation, None, Allowed("platform")),
        ("agent", Remedy.replan, None, Allowed("agent")),
        ("agent", Remedy.other, None, Refused(Reason.not_granted, "provider")),
        ("provider", Remedy.refund, 99_999, Allowed("provider")),
        ("funder", Remedy.refund, 1, Refused(Reason.not_granted, "provider")),
    ],
)
def test_a_remedy_is_granted_within_the_limits_of_a_role(
    role: str, remedy: Remedy, cents: int | None, expected: object
) -> None:
    assert decide(GRID, role, remedy, cents) == expected


@pytest.mark.parametrize("grid", [{}, {"refund_cents": 0}, {"refund_cents": "beaucoup", "supervisor": 3}])
def test_a_grid_that_says_nothing_grants_nothing(grid: dict[str, object]) -> None:
    refused = decide(grid, "agent", Remedy.refund, 1)
    assert refused == Refused(Reason.not_granted if grid else Reason.no_grid, "provider")


@pytest.mark.parametrize(("role", "remedy"), [("funder", Remedy.refund), ("agent", Remedy.explain)])
def test_only_what_a_grid_holds_for_the_desk_has_a_limit(role: str, remedy: Remedy) -> None:
    assert limit_of(GRID, role, remedy) is None


@given(
    grid=st.fixed_dictionaries(
        {},
        optional={
            "refund_cents": st.integers(1, 9_000),
            "supervisor": st.fixed_dictionaries({}, optional={"refund_cents": st.integers(1, 9_000)}),
            "platform": st.fixed_dictionaries({}, optional={"refund_cents": st.integers(1, 9_000)}),
        },
    ),
    cents=st.integers(1, 10_000),
)
def test_whoever_can_is_named_and_a_higher_role_can_do_no_less(grid: dict[str, object], cents: int) -> None:
    decided = [decide(grid, role, Remedy.refund, cents) for role in DESK]
    allowed = [isinstance(each, Allowed) for each in decided]
    assert allowed == sorted(allowed)
    for each in decided:
        if isinstance(each, Refused):
            assert isinstance(decide(grid, each.who_can, Remedy.refund, cents), Allowed)


def test_what_may_be_granted_is_said_in_words() -> None:
    assert list(granted_words(GRID, "supervisor")) == [
        "Reprogrammer la visite dans les 48 heures",
        "Faire venir une autre personne",
        "Rembourser jusqu’à 100\xa0€",
        "Proposer une médiation",
    ]
    assert len(allowed_words({}, "agent")) == 2


@pytest.mark.parametrize("who", [*DESK, Role.provider])
def test_whoever_can_grant_has_a_name(who: Role) -> None:
    assert who_words(who).startswith("l")
