"""The audit refuses planted leaks, and what it passes gives nothing back to whoever adds and subtracts."""

from itertools import combinations, product
from math import inf
from random import Random
from uuid import UUID

import pytest

from quality.measures.disclosure import auditing, ties
from quality.measures.disclosure.audit import Adds, audit
from quality.measures.disclosure.auditing import audited
from quality.measures.disclosure.block import Known
from quality.measures.disclosure.knowledge import Count, system
from quality.measures.disclosure.lattice import (
    Earlier,
    Key,
    Scope,
    judge,
    lines,
    past,
    place,
    territory_code,
)
from quality.measures.disclosure.proving import asking
from quality.measures.disclosure.series import Reading
from quality.measures.disclosure.status import HIDDEN_UNDER, Facts, Status, primary
from quality.measures.disclosure.suppression import Elsewhere
from quality.measures.disclosure.ties import Crowd, Ties, apart, taken_off
from quality.measures.releases.figures import Folded, told
from quality.measures.releases.periods import children
from quality.measures.statistics import Moments
from tests.scale import SCALE

FRANCE = Key(None, None, "GLOB", 1, Scope.FRANCE, "FR")
HERAULT, CNAV = UUID(int=1), UUID(int=2)
COUNTRY = {"76": ("34", "30"), "93": ("13",)}
TERRITORIES = {"34": ("coeur", "lodeve", "est"), "30": (), "13": ("aix",)}  # 30 declares none
REGION = {code: region for region, codes in COUNTRY.items() for code in codes}
QUARTERS = ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
PERIODS = (*QUARTERS[:4], "2026-R2", QUARTERS[4], "2026-R3")
SIZES = {
    "sparse": (0, 0, 0, 1, 2, 3, 5, 9, 12),
    "small": (1, 2, 4, 6, 8, 10, 11, 12),
    "mixed": (0, 1, 3, 9, 10, 11, 12, 20, 29, 40, 60, 200),
    "large": (0, 3, 30, 40, 60, 90, 200, 450),
    "rare": (0, 3, 9, 11, 12, 20, 29, 40, 60, 90),
}
GOOD = {"rare": 0.02}  # how many count; 8 of 10 elsewhere


def moments(clients, good):
    return Moments.of([(1, 1)] * good + [(1, 0)] * (clients - good))


def base(key, clients, good=None):
    return Folded(key, None, moments(clients, clients * 2 // 3 if good is None else good))


def facts(of):
    return Facts(of.moments.clients, of.moments.n, of.moments.largest, of.moments.x)


READING = Reading(facts, told)


def publish(bases, statuses):
    return {each.key: told(each, statuses[each.key]) for each in bases}


def proved(figures, count=Count.ANSWERS):
    return {name.key for name in audit(*system({"2026-10": figures}, count)).proved}


def places(leaf):
    code, provider, territory, activity = leaf
    spots = (
        (Scope.FRANCE, "FR"),
        (Scope.REGION, REGION[code]),
        (Scope.DEPARTEMENT, code),
        (Scope.PROVIDER, f"{provider}-{code}"),
        *([(Scope.TERRITORY, territory_code(code, territory))] if TERRITORIES[code] else ()),
    )
    return [(scope, where, group) for (scope, where), group in product(spots, ("", activity))]


def lifted(leaves, convention=None):
    """Lift {(département, provider, territory, activity): (clients, good)} to every place."""
    found = {}
    for leaf, (clients, good) in leaves.items():
        for scope, code, group in places(leaf) if clients else ():
            is_fund = convention is not None and scope is Scope.FRANCE
            where = (Scope.FUND, "D34") if is_fund else (scope, code)
            key = Key(convention, convention, "GLOB", 1, *where, group)
            one, other = found.get(key, (0, 0))
            found[key] = (one + clients, other + good)
    return found


def drawn(chance, shape):
    """Draw the whole and two funders who each pay for some answers of each leaf.

    A provider serves some territories of its département, and people whose territory is not known.
    """
    keys = [
        (code, f"p{at}", territory, activity)
        for code in REGION
        for at in range(chance.randint(1, 4))
        for territory in _served(chance, code)
        for activity in ("ab", "a")[chance.random() < 0.2]
    ]
    share = GOOD.get(shape, 0.8)
    whole = {key: _answers(chance, chance.choice(SIZES[shape]), share) for key in keys}
    found = lifted(whole)
    for payer in (HERAULT, CNAV):
        part = {key: _part(chance, *each) for key, each in whole.items() if chance.random() < 0.8}
        found |= lifted(part, payer)
    return found


def _served(chance, code):
    known = TERRITORIES[code]
    return chance.sample((*known, ""), chance.randint(1, len(known) + 1)) if known else ("",)


def _answers(chance, clients, share):
    return clients, sum(chance.random() < share for _ in range(clients))


def _part(chance, clients, good):
    paid = chance.choice((0, clients, max(0, clients - 3), clients // 2))
    return paid, min(paid, max(good - (clients - paid), chance.randint(0, good)))


def year(quarters, code):
    """Add quarters up."""
    found = {}
    for each in children(code):
        for key, (clients, good) in quarters[each].items():
            one, other = found.get(key, (0, 0))
            found[key] = (one + clients, other + good)
    return found


def released(shape, seed):
    """Release five quarters and the rolling years that they make, each audited as the last of all."""
    chance = Random(f"{shape}{seed}")
    quarters = {code: drawn(chance, shape) for code in QUARTERS}
    published = {}
    for of in PERIODS:
        counts = quarters[of] if of in quarters else year(quarters, of)
        bases = {key: base(key, *each) for key, each in counts.items()}
        published[of] = shown_after(published, of, bases)
    return published


def shown_after(published, of, bases):
    """Audit a period as the last of all, and publish it."""
    cells = {key: facts(each) for key, each in bases.items()}
    before = past(_seen(published, of, cells), cells, is_complete=True)
    earlier = {each: published[each] for each in auditing.around(of, list(published))}
    outcome = audited(of, bases, READING, before, earlier)
    assert not outcome.proved
    hidden = frozenset(before.hidden).union(outcome.held)
    return publish(bases.values(), judge(cells, Elsewhere(hidden, before.known)))


def _seen(published, of, cells):
    found = {}
    for key in cells:
        parts = [published[each][key] for each in children(of) if key in published.get(each, {})]
        shown = [each for each in parts if not each.status.is_hidden]
        if parts:
            found[key] = Earlier(bool(shown), len(shown) < len(parts), sum(each.responses for each in shown))
    return found


def attacked(published):
    """Subtract all pairs of shown figures, parts from totals, periods and funders; give what is left."""
    for of, figures in published.items():
        shown = {key: each.responses for key, each in figures.items() if not each.status.is_hidden}
        for line in lines_of(figures):
            left = [part for part in line.parts if part not in shown]
            if line.total in shown and left:
                yield left, shown[line.total] - sum(shown.get(part, 0) for part in line.parts)
        for key, total in shown.items():
            parts = [published[each][key] for each in children(of) if key in published.get(each, {})]
            hidden = [part for part in parts if part.status.is_hidden]
            if hidden:
                yield hidden, total - sum(part.responses for part in parts if part not in hidden)
        for one, other in combinations(shown, 2):
            if place(one) == place(other) and None in (one.convention, other.convention):
                yield [], abs(shown[one] - shown[other])


def lines_of(figures):
    tables = {}
    for key in figures:
        tables.setdefault(key.convention, {})[place(key)] = key
    return [line for table in tables.values() for line in lines(table)]


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("seed", range(1))
def test_nothing_is_given_back_by_adding_and_subtracting_what_is_published(shape, seed):
    attack(shape, seed)


def test_a_figure_hidden_in_two_periods_is_asked_of_where_a_third_shows_what_hid_it():
    """Lattice 33: a quarter's figure of 11 clients, hidden in it and in a rolling year, stood in another."""
    attack("mixed", 33)


def test_a_part_is_not_left_alone_beside_a_total_that_its_quarters_tell():
    """The year's total is hidden beside a funder's; its quarters, all shown, make 168 answers: less 124, 44.

    Five clients gave these.
    """
    care, home = in_group("care"), in_group("home")
    paid = Key(HERAULT, HERAULT, "GLOB", 1, Scope.FUND, "D34")
    quarter = {FRANCE: (14, 42), care: (11, 31), home: (4, 11), paid: (9, 24)}
    whole = {FRANCE: (20, 168), care: (16, 124), home: (5, 44), paid: (13, 96)}
    published = {of: shown_after({}, of, answered(quarter)) for of in children("2026-R2")}
    assert not any(figures[FRANCE].status.is_hidden for figures in published.values())
    published["2026-R2"] = shown_after(published, "2026-R2", answered(whole))
    assert published["2026-R2"][FRANCE].status is Status.D
    assert not told_together(published)


@pytest.mark.parametrize(
    ("months", "quarter"),
    [
        ([{"": 44, "care": 44}] * 3, {"": 136, "care": 132, "home": 4}),  # all of home came late
        (
            [{"": 44, "care": 33, "home": 11}, {}, {}],
            {"": 42, "care": 32, "home": 10},
        ),  # one is gone
        ([{"": 44, "care": 40, "home": 4}], {"": 64, "care": 60, "home": 4}),
    ],
)
def test_few_people_whom_no_hiding_would_hide_are_no_fault_of_this_release(months, quarter):
    def bases(sizes):
        return [base(in_group(activity), clients) for activity, clients in sizes.items()]

    earlier = {
        of: publish(some := bases(each), {base.key: primary(facts(base)) for base in some})
        for of, each in zip(children("2026-Q3"), months, strict=False)
    }
    outcome = outcome_of("2026-Q3", bases(quarter), earlier)
    assert (outcome.held, outcome.proved) == (set(), [])


def answered(sizes):
    """Give each figure's clients its answers, one of each client a good one."""
    shares = {key: [answers // clients] * clients for key, (clients, answers) in sizes.items()}
    for key, (_, answers) in sizes.items():
        shares[key][0] += answers - sum(shares[key])
    return {key: Folded(key, None, Moments.of([(n, 1) for n in each])) for key, each in shares.items()}


def in_group(activity):
    return FRANCE._replace(activity=activity)


@pytest.mark.long
@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("seed", range(1, 75 if SCALE > 1 else 2))
def test_nothing_is_given_back_in_any_of_300_lattices(shape, seed):
    attack(shape, seed)


def attack(shape, seed):
    published = released(shape, seed)
    subtracted = list(attacked(published))
    assert subtracted
    for hidden, left in subtracted:
        assert len(hidden) != 1
        assert not 0 < left < HIDDEN_UNDER
    for of in QUARTERS:
        for count in Count:
            assert not audit(*system({of: published[of]}, count)).proved
    assert not told_together(published)


def told_together(published):
    """Solve what all releases say together, figures of fewer than 11 clients only."""
    sums, lines = system(published, Count.ANSWERS)
    few = {
        name
        for name in sums
        if not name.payers and not name.is_gap and published[name.period][name.key].clients < HIDDEN_UNDER
    }
    return audit(asking(few, sums), lines).proved


def planted(clients, status):
    """A département of 60 answers whose third provider is hidden alone."""
    keys = [FRANCE._replace(scope=Scope.DEPARTEMENT, code="34")] + [
        FRANCE._replace(scope=Scope.PROVIDER, code=f"{name}-34") for name in ("aide", "cap", "soin")
    ]
    bases = [base(key, n) for key, n in zip(keys, clients, strict=True)]
    return bases, dict(zip(keys, status, strict=True))


def test_primary_suppression_alone_is_refused():
    bases, statuses = planted((60, 36, 20, 4), (Status.A, Status.A, Status.L, Status.C))
    assert proved(publish(bases, statuses)) == {bases[3].key}
    protected = {**statuses, bases[2].key: Status.D}
    assert proved(publish(bases, protected)) == set()


def test_a_figure_shown_to_a_funder_and_hidden_in_the_whole_is_refused():
    """The funder pays for all visits but 6 of the whole, whose total is shown beside it."""
    fund = Key(HERAULT, HERAULT, "GLOB", 1, Scope.FUND, "D34")
    bases = [base(FRANCE, 60), base(fund, 54)]
    assert proved(publish(bases, {FRANCE: Status.A, fund: Status.A})) == {FRANCE}
    assert proved(publish(bases, {FRANCE: Status.D, fund: Status.A})) == set()


def test_a_funder_shows_what_the_whole_hides_beside_a_small_part():
    keys = [FRANCE._replace(scope=Scope.DEPARTEMENT, code=code) for code in ("34", "30")]
    paid = Key(HERAULT, HERAULT, "GLOB", 1, Scope.DEPARTEMENT, "34")
    region = FRANCE._replace(scope=Scope.REGION, code="76")
    bases = [base(region, 44), base(keys[0], 40), base(keys[1], 4), base(paid, 40)]
    statuses = dict(zip((region, *keys, paid), (Status.A, Status.D, Status.C, Status.A), strict=True))
    assert keys[1] in proved(publish(bases, statuses))


def test_a_total_rounded_to_5_still_gives_a_figure_back():
    """The counts read 15, 15: 17 less 13 is 4."""
    bases, statuses = planted((17, 13, 0, 4), (Status.L, Status.L, Status.M, Status.C))
    some = [each for each in bases if each.moments.n]
    assert bases[3].key in proved(publish(some, statuses))


def test_a_month_hidden_under_a_shown_quarter_is_mended_by_hiding_the_quarter():
    sizes = {"2026-07": 40, "2026-08": 4, "2026-Q3": 44}
    bases = {of: base(FRANCE, n) for of, n in sizes.items()}
    earlier = {
        "2026-07": publish([bases["2026-07"]], {FRANCE: Status.A}),
        "2026-08": publish([bases["2026-08"]], {FRANCE: Status.C}),
    }
    outcome = audited("2026-Q3", {FRANCE: bases["2026-Q3"]}, READING, Elsewhere(), earlier)
    assert (outcome.held, outcome.proved) == ({FRANCE}, [])


def test_what_an_earlier_release_gave_back_is_no_fault_of_this_one():
    region = FRANCE._replace(scope=Scope.REGION, code="76")
    leak = [base(FRANCE, 40), base(region, 36), base(region._replace(code="93"), 4)]
    statuses = dict(zip([each.key for each in leak], (Status.A, Status.A, Status.C), strict=True))
    earlier = {"2026-07": publish(leak, statuses)}
    assert proved(earlier["2026-07"])
    outcome = audited("2026-Q3", {FRANCE: leak[0]}, READING, Elsewhere(), earlier)
    assert not outcome.proved


def test_nobody_counted_in_what_is_hidden_is_found_out():
    """All three who are satisfied were shown: none is left for the hidden two."""
    bases, statuses = planted((60, 36, 20, 4), (Status.A, Status.A, Status.D, Status.C))
    figures = publish([base(each.key, each.moments.n, 0) for each in bases[1:]], statuses)
    total = base(bases[0].key, 60, 0)
    assert proved(figures | publish([total], statuses), Count.GOOD) == set()  # the total itself says so


def test_a_secret_may_reach_what_the_others_leave():
    sums = {
        "t": Known(20, 20, 20),
        "a": Known(1, inf, 4, must_reach=True, must_vary=True),
        "b": Known(0, inf, 16),
    }
    verdict = audit(sums, [Adds("t", ("a", "b"))])
    assert (verdict.examined, verdict.proved) == (1, {})


def test_a_truth_outside_of_what_is_published_is_refused():
    with pytest.raises(ValueError, match="truth"):
        audit({"a": Known(5, inf, 4, must_vary=True)}, [])


def test_a_cell_that_no_line_holds_is_free():
    assert audit({"a": Known(1, inf, 4, must_reach=True, must_vary=True)}, []).proved == {}


def test_the_audit_adds_to_what_each_figure_needs():
    chance = Random("needs")
    bases = {key: base(key, *each) for key, each in drawn(chance, "mixed").items()}
    cells = {key: facts(each) for key, each in bases.items()}
    outcome = audited("2026-10", bases, READING, Elsewhere(), {})
    assert outcome.examined > 0
    statuses = judge(cells, Elsewhere(frozenset(outcome.held)))
    passes = [key for key in cells if not primary(cells[key]).is_hidden]
    assert outcome.held <= set(passes)
    assert {key for key, status in statuses.items() if status is Status.D} <= set(passes)


def outcome_of(of, bases, earlier=None, ties=None):
    return audited(of, {each.key: each for each in bases}, READING, Elsewhere(), earlier or {}, ties=ties)


def in_months(months):
    return {of: publish([each], {each.key: Status.A}) for of, each in months.items()}


def visits(key, clients, each, good):
    """Give clients as many visits each, of which some count."""
    return Folded(key, None, Moments.of([(each, good)] * clients))


def test_what_a_few_said_after_the_month_was_published_is_not_in_the_quarter():
    """September shows 10 % of 40; the quarter would show 22 % of 46: the 6 that came since all said so."""
    months = {"2026-09": base(FRANCE, 40, 4)}
    outcome = outcome_of("2026-Q3", [base(FRANCE, 46, 10)], in_months(months))
    assert (outcome.held, outcome.proved) == ({FRANCE}, [])


@pytest.mark.parametrize(
    ("month", "quarter"),
    [(base(FRANCE, 40, 30), base(FRANCE, 46, 35)), (base(FRANCE, 4000, 400), base(FRANCE, 4006, 406))],
)
def test_what_a_few_said_since_is_lost_where_the_rounding_is_wider(month, quarter):
    outcome = outcome_of("2026-Q3", [quarter], in_months({"2026-09": month}))
    assert (outcome.held, outcome.proved) == (set(), [])


def test_a_convention_that_begins_inside_a_quarter_does_not_tell_of_the_few_before():
    """All three months of the whole were published; the convention stands in the last one only."""
    fund = Key(HERAULT, HERAULT, "GLOB", 1, Scope.FUND, "D34")
    earlier = in_months({f"2026-0{month}": base(FRANCE, 390, 290) for month in (7, 8, 9)})
    earlier["2026-09"] |= publish([base(fund, 40, 4)], {fund: Status.A})
    outcome = outcome_of("2026-Q3", [base(FRANCE, 1170, 870), base(fund, 46, 10)], earlier)
    assert (outcome.held, outcome.proved) == ({fund}, [])


def alike(*sizes):
    """Give crowds: how many clients have answers that these sets of conventions count."""
    return [Crowd(frozenset(frozenset(each) for each in paid), clients) for paid, clients in sizes]


def crowds(*sizes):
    """Tie one series at the top."""
    return Ties(crowds={("ABS", 1): {("", "", ""): alike(*sizes)}})


WHOLE = FRANCE._replace(indicator="ABS")
ONE, OTHER, THIRD = UUID(int=3), UUID(int=4), UUID(int=5)
OF_ONE, OF_OTHER = (Key(HERAULT, each, "ABS", 1, Scope.FUND, "D34") for each in (ONE, OTHER))
OF_THIRD = Key(CNAV, THIRD, "ABS", 1, Scope.FUND, "CNAV")


def test_ten_visits_of_one_person_are_one_person_once_all_conventions_are_taken_off():
    """The whole has 204 clients, two conventions of one funder 100 each: 4 would be left."""
    whole, one, other = visits(WHOLE, 204, 10, 1), visits(OF_ONE, 100, 10, 1), visits(OF_OTHER, 100, 10, 1)
    ties = crowds(([{ONE}], 100), ([{OTHER}], 100), ([()], 4))
    assert outcome_of("2026-10", [whole, one, other], ties=ties).held == {whole.key}
    assert outcome_of("2026-10", [whole, one], ties=ties).held == set()


def test_clients_of_two_conventions_do_not_hide_who_is_left():
    """Of 60 clients with 180 answers, 40 and 35 have conventions, 17 of them both: 2 would be left."""
    whole, one, other = visits(WHOLE, 60, 3, 2), visits(OF_ONE, 40, 2, 1), visits(OF_OTHER, 35, 2, 1)
    ties = crowds(([{ONE}], 23), ([{OTHER}], 18), ([{ONE}, {OTHER}], 17), ([()], 2))
    assert outcome_of("2026-10", [whole, one, other], ties=ties).held == {whole.key}
    many = crowds(([{ONE}], 23), ([{OTHER}], 9), ([{ONE}, {OTHER}], 17), ([()], 2), ([{OTHER}, ()], 9))
    assert outcome_of("2026-10", [whole, one, other], ties=many).held == set()


@pytest.mark.parametrize("alone", [1, 5])
def test_two_funders_taken_off_the_whole_together_do_not_tell_of_the_few(alone):
    """One funder has 30 clients, another 20 others: who reads all three knows what is left."""
    figures = [base(WHOLE, 50 + alone, 45), base(OF_ONE, 30, 27), base(OF_THIRD, 20, 18)]
    ties = crowds(([{ONE}], 30), ([{THIRD}], 20), ([()], alone))
    assert outcome_of("2026-10", figures, ties=ties).held == {WHOLE}
    assert outcome_of("2026-10", figures[:2], ties=ties).held == set()
    many = crowds(([{ONE}], 20), ([{THIRD}], 10), ([{ONE, THIRD}], 10), ([()], 10 + alone))
    assert outcome_of("2026-10", figures, ties=many).held == set()


def test_the_audit_refuses_two_funders_that_leave_few_of_the_whole():
    """Should nothing else hold it back, the linear program proves who is left."""
    figures = publish(
        [base(WHOLE, 51, 45), base(OF_ONE, 30, 27), base(OF_THIRD, 20, 18)],
        {WHOLE: Status.A, OF_ONE: Status.A, OF_THIRD: Status.L},
    )
    apart = {("2026-10", ("", "", "")): [frozenset({ONE, THIRD})]}
    (found,) = audit(*system({"2026-10": figures}, Count.ANSWERS, apart)).proved
    assert found.payers == (ONE, THIRD)
    assert not audit(*system({"2026-10": figures}, Count.ANSWERS)).proved


def test_a_funder_inside_another_does_not_tell_of_the_few_that_only_the_other_pays_for():
    """CNAV pays for 56 of the 60 clients of D34: 4 would be left, and a provider knows who they are."""
    figures = [base(WHOLE, 200, 150), base(OF_ONE, 60, 50), base(OF_THIRD, 56, 50)]
    inside = crowds(([{ONE, THIRD}], 56), ([{ONE}], 4), ([()], 140))
    across = crowds(([{ONE, THIRD}], 40), ([{ONE}], 20), ([{THIRD}], 16), ([()], 124))
    assert outcome_of("2026-10", figures).held == set()
    assert outcome_of("2026-10", figures, ties=inside).held == {OF_THIRD}
    assert outcome_of("2026-10", figures, ties=across).held == set()


def test_many_conventions_apart_are_all_taken_off():
    """Of 30 conventions, each with 12 clients, one person is left; a second funder counts half of each."""
    conventions = [UUID(int=10 + each) for each in range(30)]
    alone = [([{each}], 12) for each in conventions]
    shared = [([{each, THIRD}], 6) for each in conventions] + [([{each}], 6) for each in conventions]
    assert taken_off(alike(*alone, ([()], 1)), None, conventions) == frozenset(conventions)
    assert taken_off(alike(*shared, ([()], 1)), None, [THIRD, *conventions]) == frozenset(conventions)
    assert taken_off(alike(*alone, ([()], 11)), None, conventions) == frozenset()
    assert apart(alike(*alone)) == [frozenset(conventions)]
    assert set(apart(alike(*shared))) == {frozenset(conventions), frozenset({THIRD})}


def test_where_there_are_too_many_ways_to_subtract_somebody_is_taken_to_be_left(monkeypatch):
    monkeypatch.setattr(ties, "MOST_TRIALS", 3)
    conventions = [UUID(int=10 + each) for each in range(4)]
    alone = alike(*(([{each}], 12) for each in conventions), ([()], 0))
    assert taken_off(alone, None, conventions) == frozenset(conventions)


def test_more_sets_of_conventions_than_are_asked_leave_each_in_one(monkeypatch):
    monkeypatch.setattr(ties, "MOST_SETS", 1)
    found = apart(alike(([{ONE, THIRD}], 12), ([{OTHER, THIRD}], 12)))
    assert set(found) in (
        {frozenset({ONE, OTHER}), frozenset({THIRD})},
        {frozenset({THIRD}), frozenset({ONE}), frozenset({OTHER})},
    )


def test_a_series_hides_what_the_one_beside_it_hides():
    """Marks of 8 clients of the funder: the score is hidden, and so are its high marks, in the whole too."""
    fund = Key(HERAULT, HERAULT, "NPS", 1, Scope.FUND, "D34")
    whole = FRANCE._replace(indicator="NPS")
    parts = [key._replace(indicator="NPS_HIGH") for key in (whole, fund)]
    figures = [
        base(whole, 60),
        base(fund, 55),
        *(base(key, n) for key, n in zip(parts, (60, 55), strict=True)),
    ]
    alone = outcome_of("2026-10", figures[2:], ties=Ties())
    assert alone.held == set()
    hidden = judge({each.key: facts(each) for each in figures[:2]})
    assert hidden[whole] is Status.D
    assert outcome_of("2026-10", figures, ties=Ties(beside={"NPS_HIGH": "NPS"})).held == {parts[0]}
