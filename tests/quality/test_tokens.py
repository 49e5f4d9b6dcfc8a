"""Tokens, references and their look-up."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.tokens import ALPHABET, crockford, lookup_hash, normalise, reference, token

KEY = b"k" * 32
ONE = UUID(int=1)
LABEL = b"label"


def test_base_32_leaves_out_the_letters_that_look_alike():
    assert ALPHABET == "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_octets_are_written_five_bits_a_character():
    assert crockford(bytes(8)) == "0" * 12
    assert crockford(b"\xff" * 8) == "Z" * 12
    assert crockford(b"\x08\x86\xff\xff\xff", 8) == "123FZZZZ"


def test_too_few_octets_are_refused():
    with pytest.raises(ValueError, match="60 bits"):
        crockford(bytes(7))


def test_a_token_is_the_same_after_a_crash():
    assert token(KEY, LABEL, ONE) == token(KEY, LABEL, ONE)


def test_each_use_key_and_subject_has_its_own_token():
    made = {
        token(KEY, LABEL, ONE),
        token(KEY, b"other", ONE),
        token(b"other", LABEL, ONE),
        token(KEY, LABEL, UUID(int=2)),
    }
    assert len(made) == 4


def test_a_reference_is_said_in_two_halves():
    first, second = reference(KEY, LABEL, ONE).split("-")
    assert (len(first), len(second)) == (4, 4)
    assert normalise(reference(KEY, LABEL, ONE), length=8) == first + second


@pytest.mark.parametrize(
    "typed", ["K7M42Q9DX3P1", "k7m42q9dx3p1", "k7m4-2q9d-x3pI", " K7M4 2Q9D\u00a0X3Pl ", "K7M42Q9DX3Pi"]
)
def test_a_token_is_read_in_any_case_with_its_lookalikes(typed):
    assert normalise(typed) == "K7M42Q9DX3P1"


@pytest.mark.parametrize(
    "typed",
    ["", "K7M42Q9DX3P", "K7M42Q9DX3PVV", "K7M42Q9DX3PU", "K7M42Q9DX3P!", "K7M42Q9DX3Pı", "K7M42Q9DX3P１"],
)
def test_what_cannot_be_a_token_is_none(typed):
    assert normalise(typed) is None


@settings(max_examples=60)
@given(st.uuids(), st.binary(min_size=1, max_size=64))
def test_a_token_is_twelve_characters_that_read_back(subject, key):
    made = token(key, LABEL, subject)
    assert len(made) == 12
    assert normalise(made.lower().replace("0", "o")) == made


def test_a_row_is_found_by_a_keyed_hash_that_hides_the_token():
    found = lookup_hash(KEY, "K7M42Q9DX3PV")
    assert len(found) == 32
    assert found != lookup_hash(b"other", "K7M42Q9DX3PV")
    assert found != lookup_hash(KEY, "K7M42Q9DX3PW")
