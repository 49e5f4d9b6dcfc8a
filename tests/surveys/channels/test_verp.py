"""The address of a message names its attempt, for whoever has the key, and for nobody else."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from surveys.channels.verp import TOKEN_CHARS, attempt_of, token_of, with_token

KEY = b"of these tests"
SENDER = "avis@pleiades.example"


@given(st.uuids())
def test_an_address_names_its_attempt_whatever_became_of_its_letters(attempt: UUID) -> None:
    address = with_token(SENDER, token_of(KEY, attempt))
    assert attempt_of(address, KEY) == attempt_of(address.upper(), KEY) == attempt
    assert attempt_of(address, b"another") is None


@given(st.integers(0, TOKEN_CHARS - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_an_address_of_which_one_letter_was_changed_names_nobody(place: int, letter: str) -> None:
    token = token_of(KEY, UUID(int=7))
    changed = token[:place] + letter + token[place + 1 :]
    found = attempt_of(with_token(SENDER, changed), KEY)
    assert found == (UUID(int=7) if changed == token else None)


def test_an_address_of_ours_that_is_no_message_s_names_nobody() -> None:
    plain = f"avis+{uuid4().hex}@pleiades.example"
    for address in (
        SENDER,
        plain,
        "",
        "avis+@",
        f"avis+{'1' * TOKEN_CHARS}@x",
        f"avis+{'é' * TOKEN_CHARS}@x",
    ):
        assert attempt_of(address, KEY) is None


def test_a_sender_without_room_for_the_token_stays_as_it_is() -> None:
    token = token_of(KEY, UUID(int=7))
    longest = "a" * 23
    assert with_token(f"{longest}@x.example", token) == f"{longest}+{token}@x.example"
    assert with_token(f"{longest}a@x.example", token) == f"{longest}a@x.example"
