"""What passes from a version to another: the same words on the same scale, while the answer is admitted."""

import msgspec
import pytest

from charter.applicability import Establishment
from charter.crossing import groups, successors
from charter.definition import Edition, Scale
from charter.editions import decode, editions, load
from charter.runs.succession import Before, Succession, Why, same_chapters, succession
from tests.charter.grids import MARKS, WORDS, marks, words
from tests.charter.owned import second

OUT = Before("not_concerned", "Pas de mandat.")
SAID = {"1.1": Before("yes"), "1.2": Before("no"), "1.3": OUT, "2.1": Before("partly")}


def kept(of: Succession) -> dict[str, str]:
    return {each.code: each.before for each in of.kept}


def again(of: Succession) -> dict[str, tuple[str, str]]:
    return {each.code: (each.why.value, each.answer) for each in of.again}


def edited(*changes: tuple[str, str], text: str = WORDS) -> Edition:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return decode(text.encode(), text.partition("\n")[0].removeprefix("code: "), ())


def test_what_is_worded_alike_passes_whatever_its_number() -> None:
    found = succession(words(), SAID, second())
    assert kept(found) == {"1.1": "1.1", "1.3": "1.3", "2.2": "2.1"}
    assert again(found) == {"1.2": ("reworded", "no")}
    assert found.gone == ()


def test_another_english_wording_is_another_wording() -> None:
    found = succession(words(), SAID, edited(("en: You follow.", "en: You follow up.")))
    assert again(found) == {"1.2": ("reworded", "no")}


def test_what_is_new_is_asked_and_what_left_is_told() -> None:
    new = edited(("Vous veillez.", "Vous veillez la nuit."), ('"2.1"', '"2.7"'))
    found = succession(words(), SAID, new)
    assert again(found) == {"2.7": ("new", "")}
    assert [(each.code, each.answer) for each in found.gone] == [("2.1", "partly")]


def test_a_number_given_to_something_new_is_no_rewording() -> None:
    new = edited(
        ('code: "1.2"', 'code: "1.4"'),
        ('code: "1.3"', 'code: "1.2"'),
        ("Vous comptez.", "Vous comptez tout."),
    )
    found = succession(words(), SAID, new)
    assert kept(found) == {"1.1": "1.1", "1.4": "1.2", "2.1": "2.1"}
    assert again(found) == {"1.2": ("new", "")}
    assert [each.code for each in found.gone] == ["1.3"]


def test_not_concerned_does_not_pass_where_it_is_no_longer_admitted() -> None:
    stricter = edited(
        (
            "        weight: 2\n        concerns: {activities: [I-3, II-2], least_employees: 5, "
            'most_employees: 50, finess: ["460"]}\n',
            "        weight: 2\n        compulsory: true\n        imperative: true\n",
        ),
        (
            "compulsory: 2, compulsory_for_all: 1, imperative: 1",
            "compulsory: 3, compulsory_for_all: 2, imperative: 2",
        ),
    )
    found = succession(words(), SAID, stricter)
    assert again(found) == {"1.3": (Why.REFUSED, "not_concerned")}


def test_not_concerned_does_not_pass_to_an_imperative_that_surely_concerns() -> None:
    stricter = edited(
        (
            "        concerns: {modes: [mandataire]}",
            "        imperative: true\n        concerns: {activities: [I-3]}",
        ),
        ("imperative: 1", "imperative: 2"),
    )
    said = {"1.2": OUT}
    surely = Establishment(activities=frozenset({"I-3"}))
    assert again(succession(words(), said, stricter, surely))["1.2"] == (Why.REFUSED, "not_concerned")
    assert "1.2" in kept(succession(words(), said, stricter))


def test_nothing_passes_to_another_scale() -> None:
    numbers = msgspec.structs.replace(words(), version=2, scale=Scale.MARKS)
    found = succession(words(), {"1.1": Before("yes")}, numbers)
    assert kept(found) == {}
    assert again(found)["1.1"] == (Why.SCALE, "yes")
    assert again(found)["1.2"] == (Why.UNANSWERED, "")


def test_elements_pass_with_their_criterion_as_long_as_all_are_worded_alike() -> None:
    said = {"1.1.1": Before("4"), "1.1.2": Before("ri"), "1.3.1.1": Before("2")}
    renumbered = edited(('"1.1.3"', '"1.1.9"'), text=MARKS)
    assert kept(succession(marks(), said, renumbered)) == {code: code for code in said}
    reworded = edited(("Elle peut.", "Elle pourra."), text=MARKS)
    found = succession(marks(), said, reworded)
    assert kept(found) == {"1.3.1.1": "1.3.1.1"}
    assert again(found)["1.1.1"] == ("reworded", "4")


def test_ri_does_not_pass_where_the_chapter_no_longer_admits_it() -> None:
    found = succession(marks(), {"1.1.1": Before("ri")}, edited(("    allows_ri: true\n", ""), text=MARKS))
    assert again(found)["1.1.1"] == (Why.REFUSED, "ri")


def test_two_criteria_with_the_same_words_keep_to_their_numbers() -> None:
    twins = edited(("{fr: Vous comptez., en: You count.}", "{fr: Vous suivez., en: You follow.}"))
    assert successors(twins, twins) == {code: code for code in ("1.1", "1.2", "1.3", "2.1")}
    moved = edited(
        ("{fr: Vous comptez., en: You count.}", "{fr: Vous suivez., en: You follow.}"), ('"1.3"', '"1.5"')
    )
    assert "1.5" not in successors(twins, moved)


@pytest.mark.parametrize(
    "change", [{"1.1": Before("no", version=2)}, {"1.2": Before("no"), "1.1": Before("yes")}]
)
def test_the_seal_follows_what_would_be_written(change: dict[str, Before]) -> None:
    said = {"1.1": Before("yes"), "1.2": Before("yes")}
    before, after = succession(words(), said, second()), succession(words(), said | change, second())
    assert (before.seal == after.seal) == (change["1.1"].version == 1)


def test_a_chapter_is_followed_by_its_title_else_by_its_number() -> None:
    moved = edited(
        ("{fr: Deux, en: Two}", "{fr: Autre, en: Other}"), ("{fr: Un, en: One}", "{fr: Deux, en: Two}")
    )
    assert same_chapters(words(), second()) == {1: 1, 2: 2}
    assert same_chapters(words(), moved) == {1: 2}


def test_between_editions_what_asks_the_same_passes_and_nothing_is_gone() -> None:
    every = [load(code) for code in editions()]
    national, commitments = (load(code) for code in ("national-2012", "service-commitments-2026"))
    declared = {"3.7": Before("yes"), "1.1": Before("no")}
    found = succession(national, declared, commitments, groups=groups(every))
    assert [(each.before, each.code) for each in found.kept] == [("3.7", "4.1")]
    assert found.gone == ()
    why = {each.code: each.why for each in found.again}
    assert set(why.values()) == {Why.NEW, Why.UNANSWERED}
    assert len(why) == len(commitments.criteria) - 1
