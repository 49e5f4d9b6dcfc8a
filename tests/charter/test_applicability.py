"""Which criteria concern an establishment: what is known may leave some out, what is not known never does."""

from itertools import product

import pytest

from charter.applicability import UNKNOWN, Concern, Establishment, asked_of, concern, may_leave
from charter.definition import Audience, Criterion, Edition, Mode
from charter.editions import load
from tests.charter.grids import marks, words


def one(code: str, edition: Edition | None = None) -> Criterion:
    return next(each for each in (edition or words()).criteria if each.code == code)


def codes(edition: Edition) -> list[str]:
    return [each.code for each in edition.criteria]


IN = Establishment(activities=frozenset({"I-3"}), employees=20, finess="460")


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (IN, Concern.yes),
        (Establishment(activities=frozenset({"II-2", "II-9"}), employees=20, finess="460"), Concern.yes),
        (Establishment(activities=frozenset({"II-9"}), employees=20, finess="460"), Concern.no),
        (Establishment(activities=frozenset({"I-3"}), employees=4, finess="460"), Concern.no),
        (Establishment(activities=frozenset({"I-3"}), employees=5, finess="460"), Concern.yes),
        (Establishment(activities=frozenset({"I-3"}), employees=50, finess="460"), Concern.yes),
        (Establishment(activities=frozenset({"I-3"}), employees=51, finess="460"), Concern.no),
        (Establishment(activities=frozenset({"I-3"}), employees=20, finess="354"), Concern.no),
        (Establishment(activities=frozenset({"I-3"}), employees=20, finess=""), Concern.no),
        (Establishment(activities=frozenset({"I-3"}), employees=20), Concern.unsure),
        (Establishment(activities=frozenset({"I-3"}), finess="460"), Concern.unsure),
        (Establishment(employees=4), Concern.no),
        (UNKNOWN, Concern.unsure),
    ],
)
def test_a_criterion_concerns_whom_it_says(of: Establishment, expected: Concern) -> None:
    assert concern(one("1.3"), of) is expected


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        ({Mode.MANDATAIRE, Mode.PRESTATAIRE}, Concern.yes),
        ({Mode.PRESTATAIRE}, Concern.no),
        (None, Concern.unsure),
    ],
)
def test_a_criterion_of_mandataire_is_not_asked_of_a_prestataire(
    modes: set[Mode] | None, expected: Concern
) -> None:
    known = Establishment(modes=None if modes is None else frozenset(modes))
    assert concern(one("1.2"), known) is expected


def test_a_criterion_without_condition_concerns_everybody() -> None:
    for facts in product((None, frozenset[str]()), (None, 1), (None, "")):
        assert concern(one("1.1"), Establishment(None, *facts)) is Concern.yes


def test_what_does_not_concern_is_left_out_with_the_chapter_that_it_empties() -> None:
    known = Establishment(modes=frozenset({Mode.PRESTATAIRE}), audiences=frozenset())
    found = asked_of(words(), known)
    assert codes(found) == ["1.1", "1.3"]
    assert [chapter.number for chapter in found.chapters] == [1]


def test_nothing_is_left_out_of_what_is_not_known() -> None:
    assert asked_of(words(), UNKNOWN) is words() or asked_of(words(), UNKNOWN) == words()
    assert asked_of(marks(), UNKNOWN) == marks()


def test_one_level_under_another_is_left_out_when_it_is_empty() -> None:
    edition = load("three-chapters-2026")
    assert asked_of(edition, Establishment(frozenset(), frozenset(), 0, "", frozenset())) == edition


def test_mandataire_childcare_and_small_teams_have_their_own_criteria() -> None:
    edition = load("service-commitments-2026")
    alone = Establishment(frozenset({Mode.PRESTATAIRE}), frozenset({"II-1"}), 3, "", frozenset())
    left = set(codes(edition)) - set(codes(asked_of(edition, alone)))
    assert left == {"1.3", "2.3", "3.2", "3.3"}
    every = Establishment(frozenset(Mode), frozenset({"I-1"}), 10, "", frozenset({Audience.FRAGILE}))
    assert asked_of(edition, every) == edition


def test_an_imperative_may_leave_only_while_nobody_knows_whether_it_applies() -> None:
    fragile = one("2.5", load("national-2012"))
    known = Establishment(audiences=frozenset({Audience.FRAGILE}))
    assert (may_leave(fragile, UNKNOWN), may_leave(fragile, known)) == (True, False)
    assert not may_leave(one("1.1"), UNKNOWN)
    assert may_leave(one("1.2"), UNKNOWN)
