"""A call by the automatic voice: what each key does, and how it ends."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.definition import Channel, Item, Kind, Questionnaire, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.voice.dialogue import (
    SILENCE,
    WAITS,
    Call,
    End,
    Stage,
    begin,
    on_voicemail,
    press,
    said,
)
from surveys.questionnaire.voice.prompts import Script
from tests.surveys.questionnaire.strategies import any_definition, any_facts

VISIT = Facts(organisation="Aide 34", day=date(2026, 11, 24))
TWO = Questionnaire(
    "deux",
    1,
    Words("Deux questions"),
    (
        Item(alias="globale", kind=Kind.RATING, label=Words("Comment ?"), core=True, signal=True),
        Item(
            alias="conseil",
            kind=Kind.YES_NO,
            label=Words("Le conseilleriez-vous ?"),
            dont_know=True,
            relevant="${globale} >= 3",
            channels=(Channel.VOICE, Channel.WEB),
        ),
    ),
    ("fr",),
)
KEYS = st.lists(st.sampled_from([*"0123456789*#", SILENCE]), max_size=25)


def called(keys: str = "", questionnaire: Questionnaire = TWO) -> Call:
    """Press keys one after the other; « . » stands for a silence."""
    call = begin(Script(questionnaire=questionnaire, facts=VISIT, platform="Pléiades Services"))
    for key in keys:
        call = press(call, SILENCE if key == "." else key)
    return call


def heard(call: Call) -> str:
    return " ".join(part.text for part in said(call).parts).replace("\xa0", " ")


def test_keys_give_the_stored_answers() -> None:
    call = called("142")
    assert (call.answers, call.end) == ({"globale": 4, "conseil": "no"}, End.ANSWERED)


def test_hash_says_that_one_does_not_know() -> None:
    assert called("14#").answers == {"globale": 4, "conseil": "nsp"}


def test_a_low_mark_counts_once_confirmed() -> None:
    unsure = called("11")
    assert (unsure.stage, unsure.answers) == (Stage.CONFIRMING, {})
    assert (
        heard(unsure) == "Vous avez répondu : Très mal. Si c’est bien cela, tapez 1. Pour changer, tapez 2."
    )
    assert called("111").answers == {"globale": 1}


def test_a_low_mark_typed_by_mistake_is_changed() -> None:
    assert called("1125").answers == {"globale": 5}


def test_a_question_asked_no_more_is_skipped() -> None:
    assert called("111").end is End.ANSWERED


def test_the_opening_says_who_why_how_long_and_how_to_refuse() -> None:
    assert heard(called()) == (
        "Bonjour, ici Pléiades Services, pour avoir votre avis sur un service à domicile. "
        "Cela prend une minute. Pour ne plus recevoir d’appel, tapez 9. Pour répondre, tapez 1."
    )


def test_the_first_question_says_who_gave_the_number_and_all_keys() -> None:
    assert heard(called("1")) == (
        "Aide 34 nous a donné votre numéro. Nous ne demandons jamais d’argent. Comment ? "
        "Très mal : tapez 1. Plutôt mal : tapez 2. Moyen : tapez 3. Plutôt bien : tapez 4. "
        "Très bien : tapez 5. "
        "Pour réécouter, tapez étoile. Pour parler à quelqu’un, tapez 0."
    )


def test_a_later_question_says_only_its_own_keys() -> None:
    assert heard(called("14")) == (
        "Le conseilleriez-vous ? Oui : tapez 1. Non : tapez 2. Je ne sais pas : tapez dièse."
    )


@pytest.mark.parametrize("before", ["", "1", "11", "14"])
def test_nine_refuses_and_zero_asks_for_a_person_at_any_moment(before: str) -> None:
    assert called(f"{before}9").end is End.REFUSED
    assert called(f"{before}0").end is End.PERSON


def test_star_says_the_same_again() -> None:
    assert heard(called("1*")) == heard(called("1"))


def test_an_unknown_key_is_said_and_the_question_asked_again() -> None:
    again = called("17")
    assert heard(again).startswith("Cette touche ne répond pas à la question.")
    assert again.alias == "globale"


def test_two_more_tries_then_thanks_and_somebody_calls() -> None:
    assert called("1..").end is None
    silent = called("1...")
    assert silent.end is End.SILENT
    assert heard(silent) == "Merci. Quelqu’un vous rappellera. Au revoir."


def test_each_question_has_its_own_tries() -> None:
    assert called("1..4..").end is None


def test_the_first_wait_is_eight_seconds() -> None:
    assert (said(called()).wait, len(WAITS)) == (8, 3)


def test_nothing_is_left_to_a_machine() -> None:
    assert said(called("...")) == said(on_voicemail(called()))
    assert said(called("...")).parts == ()
    assert called("...").end is End.MISSED


def test_before_a_key_no_word_tells_of_the_provider() -> None:
    assert "Aide 34" not in heard(called()) + heard(called("."))


@given(any_definition(), any_facts(), KEYS)
def test_any_keys_in_any_order_lead_somewhere(questionnaire, facts, keys) -> None:
    call = begin(Script(questionnaire=questionnaire, facts=facts, platform="P", language="en"))
    for key in keys:
        call = press(call, key)
        assert said(call).wait is None or said(call).parts
    assert call.answers.keys() <= {item.alias for item in questionnaire.asked_on("voice")}
