"""What a protocol would send to one person: the same instants and the same texts as in truth."""

from datetime import UTC, date, datetime

import msgspec

from surveys.dispatch.text import MessageFacts, shipped
from surveys.protocol.caps import Cap, Traits
from surveys.protocol.definition import load
from surveys.protocol.editing.preview import Message, Somebody, Words, foreseen, summary
from surveys.protocol.planning import Reach

ENDED = datetime(2026, 11, 24, 9, tzinfo=UTC)  # Tuesday, 10:00 in the Hérault
FACTS = MessageFacts("Pleiades", "Aide 34", date(2026, 11, 24), "https://q.fr/s/EXEMPLE12345", "", "")
WORDS = Words(
    templates={name: template for (name, language), template in shipped().items() if language == "fr"},
    sms=FACTS,
    email=FACTS,
    call=lambda: "Bonjour",
)


def shown(reach: Reach, name: str = "default", departement: str = "34") -> tuple[Message, ...]:
    return foreseen(load(name), Somebody(reach, departement, "fr"), ENDED, WORDS)


def test_each_message_has_its_day_its_hours_its_text_and_what_stops_it() -> None:
    messages = shown(Reach(sms=True, email=False, phone=True))
    assert [each.title for each in messages] == ["SMS", "SMS de rappel", "Appel, essai 1", "Appel, essai 2"]
    first, reminder, call = (each for each in messages[:3])
    assert first.when.replace("\xa0", " ") == "mardi 24 novembre, entre 14 h et 19 h (le jour même)"
    assert first.lines[0].startswith("Pleiades : visite Aide 34 mardi. Répondez de 1")
    assert "Abandonné s’il n’est pas parti à la fin du samedi 28" in first.stops
    assert "si aucun message n’est parti avant" in reminder.stops
    assert call.lines == ("Bonjour",)
    assert summary(messages) == "Sans réponse, 4 messages ou appels."


def test_whom_a_lower_cap_concerns_is_sent_less() -> None:
    caps = (Cap(contacts=2, age_from=85),)
    protocol, reach = msgspec.structs.replace(load("default"), caps=caps), Reach(True, False, True)
    oldest = Somebody(reach, "34", "fr", Traits(age_bands=frozenset({"85+"})))
    assert len(foreseen(protocol, oldest, ENDED, WORDS)) == 2
    assert len(foreseen(protocol, Somebody(reach, "34", "fr"), ENDED, WORDS)) == 4


def test_hours_are_those_of_the_place() -> None:
    [first, *_others] = shown(Reach(sms=True, email=False, phone=True), departement="974")
    assert first.when.replace("\xa0", " ") == "mardi 24 novembre, entre 17 h et 19 h (le jour même)"


def test_an_email_has_its_subject_and_its_text() -> None:
    [first, *_others] = shown(Reach(sms=False, email=True, phone=False))
    assert first.subject.startswith("Comment s’est passée la visite")
    assert any("https://q.fr/s/EXEMPLE12345?note=1" in line for line in first.lines)


def test_nobody_to_reach_is_told() -> None:
    messages = shown(Reach(sms=False, email=True, phone=False), "integral")
    assert messages == ()
    assert "ne prévoit rien" in summary(messages)


def test_a_message_without_words_is_told() -> None:
    bare = Words(templates={}, sms=FACTS, email=FACTS, call=lambda: "")
    somebody = Somebody(Reach(sms=True, email=False, phone=False), "34", "fr")
    assert "il ne partira pas" in foreseen(load("default"), somebody, ENDED, bare)[0].lines[0]
