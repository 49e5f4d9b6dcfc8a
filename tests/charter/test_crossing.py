"""What one answer or one document serves in several editions."""

from collections.abc import Iterable, Mapping

import pytest

from charter.crossing import Place, groups, origins, served, shared
from charter.definition import Edition
from charter.editions import decode, editions, load
from tests.charter.grids import WORDS

EVERY = tuple(load(code) for code in editions())
NATIONAL, COMMITMENTS, CHAPTERS = (
    load(code) for code in ("national-2012", "service-commitments-2026", "three-chapters-2026")
)


def carried(
    said: Mapping[str, str], source: Edition, target: Edition, known: Iterable[Edition]
) -> dict[str, str]:
    """Give the answers of an edition that answer criteria of another."""
    found = origins(said, source, target, shared(source, target, groups(known)))
    return {code: said[of] for code, of in found.items()}


def test_a_criterion_finds_those_that_ask_the_same_in_every_direction() -> None:
    same = {
        Place("national-2012", "3.7"),
        Place("service-commitments-2026", "4.1"),
        Place("three-chapters-2026", "3.1.1"),
    }
    found = groups(EVERY)
    assert all(found[place] == same for place in same)


def test_a_criterion_that_nobody_shares_stands_alone() -> None:
    assert groups(EVERY)[Place("national-2012", "1.1")] == {Place("national-2012", "1.1")}


def test_an_answer_serves_the_other_editions_of_its_scale_both_ways() -> None:
    said = {each.code: "partly" for each in NATIONAL.criteria}
    found = carried(said, NATIONAL, COMMITMENTS, EVERY)
    assert found == dict.fromkeys(["1.1", "1.2", "2.1", "3.1", "3.2", "4.1", "4.2", "4.3", "5.1"], "partly")
    assert carried({"4.1": "no"}, COMMITMENTS, NATIONAL, EVERY) == {"3.7": "no"}


def test_no_answer_passes_between_two_scales() -> None:
    assert carried({"3.7": "yes"}, NATIONAL, CHAPTERS, EVERY) == {}


def test_what_was_not_answered_serves_nothing() -> None:
    assert carried({"1.1": "yes"}, NATIONAL, COMMITMENTS, EVERY) == {}


def linked(*lines: tuple[str, str]) -> Edition:
    """Write the small edition, with criteria said to be the same as some of the national charter."""
    text = WORDS
    for code, same in lines:
        old = f'      - code: "{code}"\n'
        assert old in text
        reference = f'[{{edition: national-2012, version: 1, criterion: "{same}"}}]'
        text = text.replace(old, f"{old}        same_as: {reference}\n")
    return decode(text.encode(), "words", (NATIONAL,))


def test_not_concerned_never_passes_to_an_imperative() -> None:
    small = linked(("1.1", "1.3"), ("1.3", "2.10"))
    said = {"1.3": "not_concerned", "2.10": "not_concerned"}
    assert carried(said, NATIONAL, small, (NATIONAL, small)) == {"1.3": "not_concerned"}


@pytest.mark.parametrize(("other", "expected"), [("yes", {"1.3": "yes"}), ("no", {})])
def test_two_criteria_that_answer_otherwise_pass_nothing(other: str, expected: dict[str, str]) -> None:
    small = linked(("1.2", "3.7"), ("1.3", "3.7"))
    said = {"1.2": "yes", "1.3": other}
    found = carried(said, small, NATIONAL, (NATIONAL, small))
    assert found == ({"3.7": "yes"} if expected else {})


def test_one_document_serves_every_criterion_that_asks_it() -> None:
    assert served("complaint_log", EVERY) == (
        Place("national-2012", "3.7"),
        Place("national-2012", "3.8"),
        Place("national-2012", "6.3"),
        Place("service-commitments-2026", "4.1"),
        Place("service-commitments-2026", "4.2"),
        Place("service-commitments-2026", "4.3"),
        Place("three-chapters-2026", "3.1.1"),
        Place("three-chapters-2026", "3.1.2"),
        Place("three-chapters-2026", "3.1.3"),
    )
    assert served("nothing", EVERY) == ()


def test_each_shared_document_has_one_name() -> None:
    labels = {(item.code, item.label) for edition in EVERY for item in edition.evidence}
    assert len({code for code, _ in labels}) == len(labels)
