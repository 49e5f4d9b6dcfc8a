"""Facts piped into texts."""

import pytest

from surveys.questionnaire.piping import PlaceholderRefused, check_placeholders, pipe, placeholders


def test_a_text_without_braces_asks_for_nothing():
    assert placeholders("Bonjour") == frozenset()


def test_a_doubled_brace_is_a_brace():
    assert pipe("{{{organisme}}}", {"organisme": "Aide 34"}) == "{Aide 34}"


@pytest.mark.parametrize("text", ["{", "}", "{organisme", "{}", "{0}", "{organisme!r}", "{organisme:>9}"])
def test_only_a_bare_name_stands_between_braces(text):
    with pytest.raises(PlaceholderRefused):
        placeholders(text)


def test_a_text_cannot_reach_into_an_object():
    with pytest.raises(PlaceholderRefused, match="n’est pas un nom"):
        pipe("{organisme.__class__}", {"organisme": "Aide 34"})


def test_an_unknown_fact_is_refused_with_the_names_that_exist():
    with pytest.raises(PlaceholderRefused, match=r"{salaire}.+n’existe pas.+{jour}, {organisme}"):
        check_placeholders("{salaire}", frozenset({"organisme", "jour"}))


def test_braces_in_a_fact_are_not_read_again():
    assert pipe("{organisme}", {"organisme": "{jour}", "jour": "lundi"}) == "{jour}"
