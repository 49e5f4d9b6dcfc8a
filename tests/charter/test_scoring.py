"""What an assessment is worth, by each rule: as a recomputation says, and for ever the same."""

import json
import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.applicability import Establishment
from charter.definition import Audience, Edition, Mark
from charter.editions import decode, load
from charter.scoring import means
from charter.scoring.issuing import AnswersRefused, issue, outcome
from charter.scoring.outcome import Outcome, Said, Standing, truncated
from charter.scoring.rules import RULES, Rule
from tests.charter.grids import MARKS, marks, words
from tests.charter.recomputing import (
    MARK,
    drawn_answers,
    drawn_facts,
    edition_of,
    establishment,
    plain,
    recomputed,
)

EACH = 1_000


class Everything(dict[str, str]):
    """A reason for whatever needs one."""

    def get(self, key: str, default: Any = None) -> Any:
        return "Ce service n’en fait pas."


BY_SCALE = {
    "words": ["national-2012", "service-commitments-2026", "words", "words-themes"],
    "marks": ["three-chapters-2026", "marks", "marks-cut", "marks-some"],
}


@pytest.mark.parametrize("scale", BY_SCALE)
def test_a_thousand_random_assessments_are_worth_what_a_recomputation_says(scale: str) -> None:
    draw = random.Random(f"charter {scale}")
    seen: set[tuple[str | None, bool]] = set()
    documents = {name: plain(name) for name in BY_SCALE[scale]}
    for rank in range(EACH):
        name = BY_SCALE[scale][rank % len(BY_SCALE[scale])]
        facts = drawn_facts(draw)
        said = drawn_answers(draw, documents[name], facts)
        edition = edition_of(name)
        found = issue(edition, outcome(edition, said, Everything(), establishment(facts)))
        assert json.loads(found) == recomputed(documents[name], said, facts), (name, said, facts)
        seen.add((json.loads(found)["reading"], json.loads(found)["is_capped"]))
    # Whole and partial, of every class, held down or not: the draw reaches them all.
    assert len(seen) >= 7, seen


# The rules, one by one

FULL = {
    **dict.fromkeys(("1.1.1", "1.1.2", "1.1.3", "1.2", "1.3.1.1", "1.3.1.2", "1.4.1"), "4"),
    **dict.fromkeys(("2.1.1", "2.1.2"), "4"),
}
WHY = dict.fromkeys(FULL, "Personne n’est concerné.")


def worth(changes: Said | None = None, edition: Edition | None = None) -> Outcome:
    return outcome(edition or marks(), FULL | dict(changes or {}), WHY)


def value(found: Outcome, code: str) -> str | None:
    (part,) = [each for each in found.parts if each.code == code and each.level != "criterion"] or [
        each for each in found.parts if each.code == code
    ]
    return None if part.value is None else str(truncated(part.value))


def test_means_run_from_element_to_criterion_objective_theme_and_chapter() -> None:
    found = worth({"1.1.1": "1", "1.3.1.1": "2"})
    assert value(found, "1.1") == "3.00"  # (1 + 4 + 4) / 3
    assert value(found, "first") == "3.66"  # (3 + 2 × 4) / 3, 1.2 having a weight of 2
    assert value(found, "1.3") == "3.00"
    assert value(found, "second") == "3.50"  # of objectives, not of the elements under them
    assert value(found, "1") == "3.58"  # of themes: (11/3 + 7/2) / 2


def test_values_are_cut_and_never_rounded() -> None:
    found = worth({"1.1.1": "3"})
    assert value(found, "1.1") == "3.66"  # 11/3 = 3.666…


def test_a_mean_may_hand_up_what_is_printed_of_it() -> None:
    said = {"1.1.1": "3", "1.1.2": "3", "1.1.3": "4", "1.2": "nc"}
    exact, cut = worth(said), worth(said, marks("truncated"))
    assert (value(exact, "first"), value(cut, "first")) == ("3.33", "3.33")
    assert (value(exact, "1"), value(cut, "1")) == ("3.66", "3.66")
    said = {"1.1.1": "2", "1.2": "nc", "1.3.1.1": "3", "1.4.1": "2"}  # 10/3 and 2.75: 3.0416… and 3.04
    assert (worth(said).parts[0].value, worth(said, marks("truncated")).parts[0].value) != (None, None)
    assert worth(said).parts[0].value != worth(said, marks("truncated")).parts[0].value


def test_a_star_counts_as_four() -> None:
    assert value(worth(dict.fromkeys(FULL, "star") | {"2.1.1": "star"}), "1") == "4.00"


@pytest.mark.parametrize("out", ["nc", "ri"])
def test_what_is_not_concerned_or_cannot_be_answered_leaves_the_means(out: str) -> None:
    found = worth({"1.1.1": "1", "1.1.2": out, "1.1.3": out})
    assert (value(found, "1.1"), found.parts[2].counted) == ("1.00", 1)
    left = worth({"1.1.1": out, "1.1.2": out, "1.1.3": out})
    assert (value(left, "1.1"), value(left, "first")) == (None, "4.00")
    assert left.answered == left.asked


def test_three_point_nine_is_not_four() -> None:
    edition = load("three-chapters-2026")
    said = {code: "4" for each in edition.criteria for code in each.asked}
    imperative = next(each for each in edition.criteria if each.imperative and len(each.elements) > 1)
    found = outcome(edition, said | {imperative.asked[0]: "3"}, {})
    assert dict(found.imperatives)[imperative.code] is Standing.MISSED
    assert (found.reading, found.is_capped) == ("partial", True)
    whole = outcome(edition, said, {})
    assert {standing for _, standing in whole.imperatives} == {Standing.MET}
    assert (whole.reading, whole.is_capped) == ("solid", False)


def test_one_element_under_four_misses_an_imperative_whatever_its_mean() -> None:
    elements = ", ".join(
        f'{{code: "2.1.{rank}", label: {{fr: Il écrit {rank}., en: It writes {rank}.}}}}'
        for rank in range(1, 11)
    )
    start = MARKS.index('            elements:\n              - {code: "2.1.1"')
    text = MARKS[:start] + f"            elements: [{elements}]\n" + MARKS[MARKS.index("scoring:") :]
    edition = decode(text.replace("elements: 7", "elements: 15").encode(), "marks", ())
    said = FULL | {f"2.1.{rank}": "4" for rank in range(1, 11)} | {"2.1.5": "3"}
    found = outcome(edition, said, {})
    assert value(found, "2") == "3.90"
    assert found.imperatives == (("2.1", Standing.MISSED),)
    assert (found.reading, found.is_capped) == ("fair", True)


def test_an_imperative_that_is_not_answered_whole_is_undecided_and_no_class_is_read() -> None:
    said = {code: mark for code, mark in FULL.items() if code != "2.1.2"}
    found = outcome(marks(), said, {})
    assert (found.imperatives, found.reading) == ((("2.1", Standing.UNDECIDED),), None)


def test_what_cannot_be_answered_leaves_an_imperative_undecided_and_holds_the_class() -> None:
    edition = load("three-chapters-2026")
    said = {code: "4" for each in edition.criteria for code in each.asked} | {"1.2.1": "ri"}
    found = outcome(edition, said, {})
    assert dict(found.imperatives)["1.2"] is Standing.UNDECIDED
    assert (found.reading, found.is_capped) == ("partial", True)


def test_an_imperative_of_marks_left_with_its_reasons_holds_nothing_down() -> None:
    said = FULL | {"2.1.1": "nc", "2.1.2": "nc"}
    found = outcome(edition_of("marks-some"), said, WHY)
    assert found.imperatives == (("2.1", Standing.LEFT),)
    assert (value(found, "2"), found.reading, found.is_capped) == (None, "good", False)


def test_a_cap_never_raises_a_class() -> None:
    found = worth(dict.fromkeys(FULL, "1"))
    assert (found.reading, found.is_capped) == ("poor", False)


@pytest.mark.parametrize(
    ("code", "answer", "reason", "message"),
    [
        ("9.9", "4", "", "Cela ne vous est pas demandé"),
        ("1.1", "4", "", "Cela ne vous est pas demandé"),
        ("1.1.1", "5", "", "n’est pas sur l’échelle"),
        ("1.1.1", "yes", "", "n’est pas sur l’échelle"),
        ("2.1.1", "ri", "", "n’est pas admis dans ce chapitre"),
        ("2.1.1", "nc", "Sans objet.", "Ce critère est impératif"),
        ("1.1.1", "nc", "", "Écrivez pourquoi"),
        ("1.1.1", "nc", "  ", "Écrivez pourquoi"),
    ],
)
def test_an_answer_against_the_rules_is_refused_with_what_to_do(
    code: str, answer: str, reason: str, message: str
) -> None:
    with pytest.raises(AnswersRefused) as refused:
        outcome(marks(), {code: answer}, {code: reason})
    (wrong,) = refused.value.wrongs
    assert wrong.code == code
    assert message in wrong.message
    assert str(refused.value).startswith(f"{code}\u00a0: ")


def test_not_concerned_is_refused_on_an_imperative_as_soon_as_it_surely_applies() -> None:
    edition, said, why = load("national-2012"), {"2.5": "not_concerned"}, {"2.5": "Aucun client fragile."}
    assert outcome(edition, said, why).answered == 1
    fragile = Establishment(audiences=frozenset({Audience.FRAGILE}))
    with pytest.raises(AnswersRefused):
        outcome(edition, said, why, fragile)


def test_a_weight_counts_in_a_share_of_words() -> None:
    found = outcome(words(), {"1.1": "yes", "1.2": "no", "1.3": "partly"}, {})
    assert value(found, "1") == "50.00"  # (1 + 0 + 2 × ½) / 4


def test_an_imperative_left_with_a_reason_does_not_hold_the_class() -> None:
    found = outcome(
        load("national-2012"),
        {each.code: "not_concerned" if each.applies_to else "yes" for each in load("national-2012").criteria},
        {"2.5": "Aucun client fragile.", "3.1": "Aucun client fragile."},
    )
    assert {standing for _, standing in found.imperatives} == {Standing.MET, Standing.LEFT}


@given(st.fractions(0, 100))
def test_a_cut_value_is_under_the_exact_one_by_less_than_a_hundredth(exact: Any) -> None:
    found = truncated(exact)
    assert found <= exact
    assert 100 * (exact - Fraction(found)) < 1
    assert found.as_tuple().exponent == -2


# What was issued

GOLDEN_WORDS = (
    b'{"edition":"words","version":1,"rule":"half","rule_version":1,"asked":4,"answered":4,"parts":['
    b'{"level":"chapter","code":"1","counted":3,"value":"62.50"},'
    b'{"level":"chapter","code":"2","counted":0,"value":null}],'
    b'"imperatives":[{"criterion":"1.1","standing":"missed"}],"value":"62.50","reading":"fair","is_capped":false}'
)
GOLDEN_MARKS = (
    b'{"edition":"marks","version":1,"rule":"means","rule_version":1,"asked":9,"answered":9,"parts":['
    b'{"level":"chapter","code":"1","counted":7,"value":"3.94"},'
    b'{"level":"theme","code":"first","counted":4,"value":"3.88"},'
    b'{"level":"criterion","code":"1.1","counted":3,"value":"3.66"},'
    b'{"level":"criterion","code":"1.2","counted":1,"value":"4.00"},'
    b'{"level":"theme","code":"second","counted":3,"value":"4.00"},'
    b'{"level":"objective","code":"1.3","counted":2,"value":"4.00"},'
    b'{"level":"criterion","code":"1.3.1","counted":2,"value":"4.00"},'
    b'{"level":"objective","code":"1.4","counted":1,"value":"4.00"},'
    b'{"level":"criterion","code":"1.4.1","counted":1,"value":"4.00"},'
    b'{"level":"chapter","code":"2","counted":2,"value":"3.50"},'
    b'{"level":"theme","code":"third","counted":2,"value":"3.50"},'
    b'{"level":"criterion","code":"2.1","counted":2,"value":"3.50"}],'
    b'"imperatives":[{"criterion":"2.1","standing":"missed"}],"value":"3.50","reading":"fair","is_capped":true}'
)
WORDS_SAID = {"1.1": "partly", "1.2": "yes", "1.3": "partly", "2.1": "not_concerned"}
MARKS_SAID = FULL | {"1.1.1": "3", "2.1.2": "3"}


def issued_words() -> bytes:
    return issue(words(), outcome(words(), WORDS_SAID, {"2.1": "Aucun."}))


def issued_marks(edition: Edition | None = None) -> bytes:
    return issue(edition or marks(), outcome(edition or marks(), MARKS_SAID, {}))


def test_what_version_one_of_each_rule_issued_comes_out_the_same_to_the_byte() -> None:
    assert issued_words() == GOLDEN_WORDS
    assert issued_marks() == GOLDEN_MARKS


def test_a_new_method_leaves_issued_results_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def second(edition: Edition, said: Said) -> Outcome:
        return replace(means.first(edition, said), value=None, reading=None)

    old = RULES["means", 1]
    monkeypatch.setitem(RULES, ("means", 2), Rule(old.scale, old.least, old.most, second))
    new = decode(MARKS.replace("means\n  version: 1", "means\n  version: 2").encode(), "marks", ())
    assert issued_marks() == GOLDEN_MARKS
    assert issued_marks(new) != GOLDEN_MARKS
    assert json.loads(issued_marks(new))["rule_version"] == 2


def test_no_result_holds_a_letter() -> None:
    for name in ("national-2012", "service-commitments-2026", "three-chapters-2026"):
        scoring = load(name).scoring
        assert all(
            min(len(each.code), len(each.label.fr), len(each.label.en)) > 1 for each in scoring.classes
        )
        assert b'"A"' not in msgspec.json.encode(scoring)


def test_every_mark_is_on_the_scale_that_is_drawn() -> None:
    assert set(MARK) == set(Mark)
