"""Names: the same person spelt twice, two persons who share a name."""

import pytest

from quality.directory.names import search_words, sort_letters, whole_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mme Lefèvre", "MADAME LEFEVRE"),
        ("Jeanne Martin", "MARTIN, Jeanne"),
        ("Mlle D’Almeida", "Mme d'almeida"),
        ("M. Cœur", "Monsieur Coeur"),
    ],
)
def test_two_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert whole_name(one) == whole_name(other)


@pytest.mark.parametrize(("one", "other"), [("M. Martin", "Mme Martin"), ("Paul Noël", "Paule Noël")])
def test_two_persons_keep_two_names(one: str, other: str) -> None:
    assert whole_name(one) != whole_name(other)


def test_a_name_is_searched_by_its_words_without_civility_nor_initial() -> None:
    assert search_words("M. J. Lefèvre-Noël") == ("lefevre", "noel")


def test_the_letters_that_sort_are_those_of_the_family_name() -> None:
    assert [sort_letters(name) for name in ("MARTIN Jeanne", "Jeanne Martin", "Mme Étienne", "Mme")] == [
        "mar",
        "mar",
        "eti",
        "",
    ]
