"""Remedies and causes as data: each code once, in both languages, and every remedy has its rule."""

import msgspec
import pytest

from quality.complaints.models import Complaint
from quality.complaints.resolving.authority import ALWAYS, KEYS, Remedy
from quality.complaints.vocabulary import BRANCHES, CAUSES, REMEDIES, SOURCE, branch_of, read

TEXT = SOURCE.read_text(encoding="utf-8")


def test_the_remedies_of_the_data_are_those_that_are_decided() -> None:
    assert set(REMEDIES) == {each.value for each in Remedy}
    assert set(KEYS) | set(ALWAYS) | {Remedy.other} == set(Remedy)


def test_every_leaf_has_its_branch_and_fits_its_column() -> None:
    longest = Complaint._meta.fields_map["cause_code"].max_length  # type: ignore[attr-defined]
    for code in CAUSES:
        assert len(code) <= longest
        assert any(leaf.code == code for leaf in branch_of(code).leaves)
    assert len(BRANCHES) == 5


@pytest.mark.parametrize("entry", [*REMEDIES.values(), *CAUSES.values(), *BRANCHES])
def test_each_code_has_words_in_both_languages(entry: object) -> None:
    words = entry.words  # type: ignore[attr-defined]
    assert words.spoken("fr") == words.fr
    assert words.spoken("en") == words.en


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("code: skill", "code: behaviour"),
        ("code: refund", "code: replan"),
        ("code: document", "code: person"),
        ("amount: true", "ammount: true"),
        ("code: outside\n", "code: Outside\n"),
        ("en: Refund}", "}"),
        ("{code: explain", "{code: a_code_much_longer_than_its_column"),
    ],
)
def test_a_vocabulary_with_a_mistake_is_refused(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises((ValueError, msgspec.ValidationError)):
        read(TEXT.replace(old, new, 1).encode())
