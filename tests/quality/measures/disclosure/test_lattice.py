"""What adds up is protected together: over space, activities, time and funders."""

from fractions import Fraction
from uuid import UUID

from quality.measures.disclosure.lattice import (
    TOP,
    Earlier,
    Key,
    Scope,
    above,
    judge,
    lines,
    past,
    place,
    territory_code,
)
from quality.measures.disclosure.status import Facts, Status
from quality.measures.disclosure.suppression import Elsewhere

FUNDER, CONVENTION = UUID(int=1), UUID(int=2)
FUND = Key(FUNDER, CONVENTION, "GLOB", 1, Scope.FUND, "D34")
AIDE = "73282932000074-34"


def at(scope: Scope, code: str, activity: str = "") -> Key:
    return FUND._replace(scope=scope, code=code, activity=activity)


def whole(key: Key) -> Key:
    is_top = key.scope is Scope.FUND
    moved = key._replace(funder=None, convention=None)
    return moved._replace(scope=Scope.FRANCE, code="FR") if is_top else moved


def people(clients: int, responses: int | None = None) -> Facts:
    n = clients if responses is None else responses
    return Facts(clients=clients, responses=n, largest=1, x=Fraction(n, 2))


MANY, FEW = people(60), people(6)


def test_a_provider_is_part_of_a_departement_of_a_region_of_the_total() -> None:
    assert above(Scope.PROVIDER, AIDE) == (Scope.DEPARTEMENT, "34")
    assert above(Scope.DEPARTEMENT, "34") == (Scope.REGION, "76")
    assert (*above(Scope.REGION, "76"), "") == place(FUND) == place(whole(FUND))
    assert above(*TOP) is None


def test_a_territory_is_part_of_its_departement_beside_the_providers() -> None:
    herault, aide = at(Scope.DEPARTEMENT, "34"), at(Scope.PROVIDER, AIDE)
    coeur, elsewhere = (at(Scope.TERRITORY, territory_code("34", code)) for code in ("coeur", ""))
    assert above(Scope.TERRITORY, coeur.code) == (Scope.DEPARTEMENT, "34")
    keys = [herault, aide, coeur, elsewhere]
    found = {(line.total, line.parts, line.is_beside) for line in lines({place(key): key for key in keys})}
    assert found == {(herault, (aide,), False), (herault, (coeur, elsewhere), True)}


def test_there_is_a_line_over_space_for_each_activity_and_one_over_activities_for_each_place() -> None:
    keys = [
        key._replace(activity=activity)
        for key in (FUND, at(Scope.REGION, "76"))
        for activity in ("", "PA_PH", "enfants")
    ]
    found = {
        (keys[line.total], tuple(keys[part] for part in line.parts))
        for line in lines({place(key): at for at, key in enumerate(keys)})
    }
    region = [at(Scope.REGION, "76", activity) for activity in ("", "PA_PH", "enfants")]
    totals = [FUND._replace(activity=activity) for activity in ("", "PA_PH", "enfants")]
    assert found == {
        *((total, (part,)) for total, part in zip(totals, region, strict=True)),
        (totals[0], (totals[1], totals[2])),
        (region[0], (region[1], region[2])),
    }


def test_a_line_over_activities_is_implied_where_those_over_space_below_give_it() -> None:
    scopes = [("", ""), (Scope.REGION, "76"), (Scope.DEPARTEMENT, "34")]
    places = [(scope, code, activity) for scope, code in scopes for activity in ("", "enfants")]
    over_activities = [
        line for line in lines({each: n for n, each in enumerate(places)}) if line.total + 1 in line.parts
    ]
    assert [line.is_implied for line in over_activities] == [False, True, False]


def test_indicators_and_populations_are_never_on_one_line() -> None:
    gard, herault = at(Scope.DEPARTEMENT, "30"), at(Scope.DEPARTEMENT, "34")
    region = {at(Scope.REGION, "76"): people(66), herault: MANY, gard: FEW}
    other = {key._replace(indicator="PONCT"): people(90) for key in region}
    statuses = judge(region | other)
    assert "".join(statuses[key] for key in region) == "ADC"
    assert {statuses[key] for key in other} == {Status.A}


def test_a_small_activity_hides_the_smallest_other_one_and_keeps_their_total() -> None:
    groups = {"PA_PH": people(54), "confort": people(20), "enfants": FEW}
    cells = {at(Scope.FUND, "D34", activity): facts for activity, facts in groups.items()}
    found = judge({FUND: people(80)} | cells)
    assert [found[key] for key in (FUND, *cells)] == [Status.A, Status.A, Status.D, Status.C]


def test_the_whole_is_hidden_where_less_a_funder_it_would_leave_few_clients() -> None:
    statuses = judge({FUND: people(50), whole(FUND): people(55)})
    assert statuses == {FUND: Status.A, whole(FUND): Status.D}
    assert judge({FUND: people(50), whole(FUND): people(61)})[whole(FUND)] is Status.A


def test_a_population_inside_one_departement_hides_the_whole_there_and_not_above() -> None:
    inside = [FUND, at(Scope.REGION, "76"), at(Scope.DEPARTEMENT, "34"), at(Scope.PROVIDER, AIDE)]
    around = {
        whole(FUND): people(500),
        whole(at(Scope.REGION, "76")): people(300),
        whole(at(Scope.REGION, "93")): people(200),
        whole(at(Scope.DEPARTEMENT, "34")): people(55),
        whole(at(Scope.DEPARTEMENT, "30")): people(245),
        whole(at(Scope.PROVIDER, AIDE)): people(55),
    }
    statuses = judge(dict.fromkeys(inside, people(50)) | around)
    assert {statuses[key] for key in inside} == {Status.A}
    assert "".join(statuses[key] for key in around) == "AAADDD"


def test_the_whole_is_hidden_by_any_one_of_two_funders_of_the_same_clients() -> None:
    other = FUND._replace(funder=UUID(int=3), convention=UUID(int=4), code="CNAV")
    statuses = judge({FUND: people(20), other: people(50), whole(FUND): people(55)})
    assert statuses == {FUND: Status.L, other: Status.A, whole(FUND): Status.D}


def test_the_whole_stays_where_the_funder_s_figure_is_itself_hidden() -> None:
    assert judge({FUND: people(10), whole(FUND): people(45)})[whole(FUND)] is Status.A


def test_a_funder_may_be_the_whole() -> None:
    assert judge({FUND: people(50), whole(FUND): people(50)})[whole(FUND)] is Status.A


def test_what_another_table_forces_to_hide_hides_a_second_one_of_its_line() -> None:
    region, gard, herault = at(Scope.REGION, "76"), at(Scope.DEPARTEMENT, "30"), at(Scope.DEPARTEMENT, "34")
    statuses = judge({region: people(120), gard: MANY, herault: MANY}, Elsewhere(frozenset({gard})))
    assert (statuses[region], statuses[gard], statuses[herault]) == (Status.A, Status.D, Status.D)


def test_what_is_hidden_by_its_size_keeps_that_reason() -> None:
    assert judge({FUND: FEW}, Elsewhere(frozenset({FUND})))[FUND] is Status.C


def test_a_quarter_is_hidden_when_it_would_give_back_a_hidden_month() -> None:
    region, herault, gard = at(Scope.REGION, "76"), at(Scope.DEPARTEMENT, "34"), at(Scope.DEPARTEMENT, "30")
    seen = {
        FUND: Earlier(is_shown=True, is_hidden=True, answers=40),
        region: Earlier(is_shown=True, is_hidden=False, answers=40),
        herault: Earlier(is_shown=False, is_hidden=True, answers=0),
        gard: Earlier(is_shown=True, is_hidden=False, answers=60),
    }
    cells = dict.fromkeys(seen, MANY)
    assert past(seen, cells, is_complete=True) == Elsewhere(frozenset({FUND}), frozenset({gard}))
    assert past(seen, cells, is_complete=False) == Elsewhere(frozenset({FUND, region}), frozenset({gard}))


def test_what_readers_add_up_from_its_months_is_no_hiding_place() -> None:
    departements = {at(Scope.DEPARTEMENT, code): people(n) for code, n in (("34", 60), ("30", 20), ("11", 4))}
    cells = {at(Scope.REGION, "76"): people(84)} | departements
    gard = at(Scope.DEPARTEMENT, "30")
    assert judge(cells)[gard] is Status.D
    found = judge(cells, Elsewhere(known=frozenset({gard})))
    assert [found[key] for key in departements] == [Status.D, Status.L, Status.C]
