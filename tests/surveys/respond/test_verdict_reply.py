"""What an SMS sent back says to « est-ce réglé ? »."""

import pytest

from surveys.respond.verdict_reply import read_verdict


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1 oui",
        "Oui, merci beaucoup !",
        "C'est réglé",
        "réglé",
        "ok",
        "Yes",
        "C’est bon",
        "oui tout est réglé",
    ],
)
def test_it_is_settled(text: str) -> None:
    assert read_verdict(text) is True


@pytest.mark.parametrize(
    "text", ["2", "NON", "2 (non)", "pas réglé", "Ce n’est pas réglé.", "pas encore", "Pas du tout !"]
)
def test_it_is_not_settled(text: str) -> None:
    assert read_verdict(text) is False


@pytest.mark.parametrize(
    "text", ["1 ou 2", "3", "oui mais non", "Appelez mon fils", "", "12", "?", "2 1", "c’est pas bon", "pas"]
)
def test_what_is_not_sure_is_for_a_person_to_read(text: str) -> None:
    assert read_verdict(text) is None
