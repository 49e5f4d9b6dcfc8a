"""The addresses of answer pages and their spoken references."""

from uuid import UUID

from surveys.dispatch.token import spoken_reference, survey_token

KEY = b"k" * 32
ONE = UUID(int=1)


def test_a_token_is_the_same_after_a_crash():
    assert survey_token(KEY, ONE) == survey_token(KEY, ONE)


def test_each_use_key_and_subject_has_its_own_token():
    made = {survey_token(KEY, ONE), survey_token(b"other", ONE), survey_token(KEY, UUID(int=2))}
    assert len(made) == 3
    reference = spoken_reference(KEY, ONE).replace("-", "")
    assert not any(token.startswith(reference) for token in made)
