"""What is said, in the XML that carriers compatible with Twilio read (twilio.com/docs/voice/twiml)."""

from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

from surveys.questionnaire.voice.dialogue import Said
from surveys.questionnaire.voice.prompts import Spoken

VOICES = {
    "fr": "fr-FR",
    "en": "en-GB",
    "es": "es-ES",
    "pt": "pt-PT",
    "it": "it-IT",
    "de": "de-DE",
    "ar": "arb",
}


def markup(said: Said, action: str) -> str:
    """Write one turn: words to interrupt by one key, which is posted to `action`, or words and the end.

    A silence is posted too, without digits; no key closes what is typed, since `#` answers.
    """
    response = Element("Response")
    if said.wait is None:
        _say(response, said.parts)
        SubElement(response, "Hangup")
    else:
        _say(SubElement(response, "Gather", _gathering(said.wait, action)), said.parts)
    declaration = '<?xml version="1.0" encoding="UTF-8"?>'
    return declaration + tostring(response, encoding="unicode")


def _gathering(wait: int, action: str) -> dict[str, str]:
    return {
        "action": action,
        "actionOnEmptyResult": "true",
        "finishOnKey": "",
        "input": "dtmf",
        "method": "POST",
        "numDigits": "1",
        "timeout": str(wait),
    }


def _say(parent: Element, parts: tuple[Spoken, ...]) -> None:
    for language, together in groupby(parts, key=lambda part: part.language):
        words = " ".join(part.text for part in together)
        SubElement(parent, "Say", {"language": VOICES[language]}).text = words
