"""SIRET numbers: Luhn, and La Poste's exception."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.directory.siret import siret_error

VALID = "73282932000074"


@pytest.mark.parametrize(
    "siret", [VALID, "732 829 320 00074", "35600000000048", "35600000049837", "35600000000001"]
)
def test_a_well_formed_siret_passes(siret: str) -> None:
    assert siret_error(siret) is None


def test_the_sum_by_five_is_only_for_la_poste() -> None:
    assert siret_error("35600000000002") is not None
    assert siret_error("35600000100001") is None or sum(map(int, "35600000100001")) % 5
    assert siret_error("35700000000000") is not None


@pytest.mark.parametrize(
    "siret", ["", "7328293200007", VALID + "0", "7328293200007A", "７３２８２９３２００００７４"]
)
def test_anything_but_fourteen_digits_says_so(siret: str) -> None:
    assert siret_error(siret) == "Un SIRET compte quatorze chiffres. Corrigez-le."


@settings(max_examples=60)
@given(st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(place: int, shift: int) -> None:
    digit = (int(VALID[place]) + shift) % 10
    assert siret_error(f"{VALID[:place]}{digit}{VALID[place + 1 :]}") is not None
