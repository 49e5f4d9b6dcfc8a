"""What may be answered, and what gives it on each channel."""

import pytest

from surveys.questionnaire.coding import by_digit, choices, options, stored
from surveys.questionnaire.definition import Choice, Item, Kind, Words

HOW = Words(fr="Comment ?")


def of(kind, count=0, **more):
    offered = tuple(Choice(Words(fr=f"{n}"), f"v{n}") for n in range(1, count + 1))
    return Item(alias="a", kind=kind, label=HOW, choices=offered, dont_know=True, **more)


@pytest.mark.parametrize(
    ("item", "channel", "digits"),
    [
        (of(Kind.RATING), "web", "1 2 3 4 5 -"),
        (of(Kind.RATING), "paper", "1 2 3 4 5 -"),
        (of(Kind.RATING), "sms", "1 2 3 4 5 ?"),
        (of(Kind.RATING), "voice", "1 2 3 4 5 #"),
        (of(Kind.RATING, not_applicable=True), "phone", "1 2 3 4 5 9 8"),
        (of(Kind.YES_NO), "web", "- - -"),
        (of(Kind.YES_NO), "sms", "1 2 ?"),
        (of(Kind.YES_NO), "phone", "1 2 9"),
        (of(Kind.SCALE), "phone", "0 1 2 3 4 5 6 7 8 9 + N"),
        (of(Kind.SCALE, not_applicable=True), "phone", "0 1 2 3 4 5 6 7 8 9 + N S"),
        (of(Kind.SINGLE, 3), "web", "- - - -"),
        (of(Kind.SINGLE, 8), "phone", "1 2 3 4 5 6 7 8 9"),
        (of(Kind.SINGLE, 8, not_applicable=True), "phone", "1 2 3 4 5 6 7 - 9 8"),
        (of(Kind.SINGLE, 9), "phone", "1 2 3 4 5 6 7 8 - 9"),
        (of(Kind.MULTIPLE, 2), "phone", "1 2 9"),
        (of(Kind.NUMBER), "phone", "N"),
        (of(Kind.DATE, not_applicable=True), "phone", "N S"),
        (of(Kind.TEXT), "web", "-"),
    ],
)
def test_each_answer_has_its_digit_and_none_is_given_twice(item, channel, digits):
    found = [option.digit or "-" for option in options(item, channel)]
    assert found == digits.split()
    typed = [digit for digit in found if digit != "-"]
    assert len(typed) == len(set(typed))


@pytest.mark.parametrize("channel", ["web", "phone", "sms", "voice", "paper"])
@pytest.mark.parametrize("item", [of(kind, 3) for kind in Kind], ids=lambda item: item.kind.value)
def test_a_digit_gives_back_the_answer_that_it_stands_for(item, channel):
    for option in options(item, channel):
        if option.digit:
            assert by_digit(item, f" {option.digit.lower()} ", channel) == option.value
    assert by_digit(item, "", channel) is None
    assert by_digit(item, "77", channel) is None


def test_marks_are_stored_as_numbers_and_the_rest_as_words():
    assert [stored(of(Kind.SCALE), value) for value in ("0", "10", "nsp")] == [0, 10, "nsp"]
    assert [stored(of(Kind.SINGLE, 2), value) for value in ("v1", "so")] == ["v1", "so"]


def test_what_counts_for_nothing_excludes_the_rest_as_a_choice_may():
    first, last = Choice(Words(fr="a"), "a"), Choice(Words(fr="rien"), "rien", exclusive=True)
    item = Item(
        alias="a",
        kind=Kind.MULTIPLE,
        label=HOW,
        choices=(first, last),
        dont_know=True,
        not_applicable=True,
    )
    found = {option.value: option.exclusive for option in options(item)}
    assert found == {"a": False, "rien": True, "nsp": True, "so": True}
    assert not any(option.exclusive for kind in Kind for option in choices(of(kind, 2)))
