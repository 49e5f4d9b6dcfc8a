"""The markup of a carrier: what its own library writes, letter for letter."""

from surveys.questionnaire.voice.dialogue import Said
from surveys.questionnaire.voice.markup import markup
from surveys.questionnaire.voice.prompts import Spoken

# Written by twilio 9 (twilio.twiml.voice_response) from the same words.
ASKED = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Gather action="/a?b=1&amp;c=2" '
    'actionOnEmptyResult="true" finishOnKey="" input="dtmf" method="POST" numDigits="1" timeout="8">'
    '<Say language="fr-FR">Où ? « &amp; »</Say></Gather></Response>'
)
OVER = '<?xml version="1.0" encoding="UTF-8"?><Response><Say language="fr-FR">x</Say><Hangup /></Response>'


def test_a_turn_waits_for_one_key() -> None:
    assert markup(Said((Spoken("fr", "Où ? « & »"),), 8), "/a?b=1&c=2") == ASKED


def test_an_end_hangs_up() -> None:
    assert markup(Said((Spoken("fr", "x"),), None), "/a") == OVER


def test_words_of_two_languages_are_said_apart() -> None:
    parts = (Spoken("fr", "Un."), Spoken("fr", "Deux."), Spoken("en", "Three."))
    assert '<Say language="fr-FR">Un. Deux.</Say><Say language="en-GB">Three.</Say>' in markup(
        Said(parts, 8), "/a"
    )


def test_nothing_is_said_to_a_machine() -> None:
    assert markup(Said((), None), "/a").endswith("<Response><Hangup /></Response>")
