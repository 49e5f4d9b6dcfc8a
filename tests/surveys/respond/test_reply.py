"""What an SMS sent back means, on the spellings of real life."""

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire.coding import options
from surveys.questionnaire.definition import Choice, Item, Kind, Words
from surveys.questionnaire.reading import library
from surveys.respond.reply import Reply, ReplyKind, read_answer

DEFAULT = library("default")
MOTIVE = Item(
    alias="motif",
    kind=Kind.SINGLE,
    label=Words("Que s’est-il passé ?"),
    dont_know=True,
    choices=(
        Choice(Words("Retard", "Late"), "retard"),
        Choice(Words("Travail non fait", "Work not done"), "travail"),
        Choice(Words("Comportement", "Behaviour"), "comportement"),
        Choice(Words("Autre", "Other"), "autre"),
    ),
)
ARRIVAL = Item(
    alias="arrivee",
    kind=Kind.RATING,
    label=Words("Est-elle arrivée à l’heure ?"),
    not_applicable=True,
    choices=DEFAULT.item("ponctualite").choices,
)
ITEMS = {
    "marks": DEFAULT.item("globale"),
    "yes_no": DEFAULT.item("conseil"),
    "motive": MOTIVE,
    "arrival": ARRIVAL,
}
OFFERED = {name: options(item, "sms") for name, item in ITEMS.items()}
WITHOUT_VALUE = {kind.value for kind in ReplyKind} - {"rating", "dont_know"}
with (Path(__file__).parent / "spellings.tsv").open(encoding="utf-8", newline="") as lines:
    SPELLINGS = [
        (row["text"], row["options"], row["meaning"])
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    ]


@pytest.mark.parametrize(("text", "offered", "meaning"), SPELLINGS)
def test_a_reply_is_read_however_it_is_written(text: str, offered: str, meaning: str) -> None:
    reply = read_answer(text, OFFERED[offered])
    kind = ReplyKind.DONT_KNOW if meaning == "nsp" else ReplyKind.ANSWER
    expected = Reply(ReplyKind(meaning)) if meaning in WITHOUT_VALUE else Reply(kind, meaning)
    assert reply == expected


def test_two_hundred_spellings_are_tried() -> None:
    assert len({text for text, _, _ in SPELLINGS}) >= 200


@pytest.mark.parametrize("offered", [*OFFERED.values(), ()])
@pytest.mark.parametrize("text", [text for text, _, meaning in SPELLINGS if meaning == "stop"])
def test_a_refusal_is_heard_whatever_was_asked(text: str, offered: tuple) -> None:
    assert read_answer(text, offered) == Reply(ReplyKind.STOP)


def test_not_knowing_where_it_is_not_offered_is_no_answer() -> None:
    assert read_answer("nsp", OFFERED["arrival"]) == Reply(ReplyKind.DONT_KNOW)


def test_a_long_text_without_a_digit_is_for_a_person() -> None:
    assert read_answer("9" * 5000, OFFERED["marks"]) == Reply(ReplyKind.OTHER)


@settings(max_examples=100)
@given(st.text(), st.sampled_from(sorted(OFFERED)))
def test_any_text_is_read_without_failing_as_one_of_the_answers_offered(text: str, offered: str) -> None:
    reply = read_answer(text, OFFERED[offered])
    if reply.value is not None:
        assert reply.value in {option.value for option in OFFERED[offered]}
    assert (reply.kind is ReplyKind.ANSWER) <= (reply.value is not None)
