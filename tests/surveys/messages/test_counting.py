"""What an SMS costs at the longest names."""

import json
from datetime import date

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.channels.gsm7 import ALPHABET, count, transliterate
from surveys.dispatch.text import MessageFacts, render_sms, sms_facts, template
from surveys.messages.counting import cost, written
from surveys.messages.meter import Within, meter

VISIT = MessageFacts("Pléiades", "Aide 34", date(2026, 11, 23), "https://q.fr/s/K7M42Q9DX3PV", "04 67", "")
CASES = [{"jour": "lundi", "lien": "https://q.fr"}, {"jour": "mercredi", "lien": "https://q.fr"}]
LOOK = (
    "Pléiades Services : êtes-vous satisfaite de la visite d'Aide 34, lundi ? "
    "Répondez de 1 (très mal) à 5 (très bien). Un doute ? 04 67 00 00 00. STOP = plus de message"
)


def plain(words: str) -> str:
    return words.replace("\xa0", " ").replace("\u202f", " ")


@settings(max_examples=80)
@given(
    st.lists(st.sampled_from([*"abê?. (’€", "{jour}", "{lien}", "{question}", "{organisme}"]), max_size=60)
)
def test_what_is_counted_is_what_is_sent(parts):
    words = msgspec.structs.replace(template("opening"), text="".join(parts))
    assert written(words.text, sms_facts(words, VISIT)) == render_sms(words, VISIT)


@settings(max_examples=80)
@given(st.text(alphabet="abêœ’€« »\xa0{}", max_size=200))
def test_a_repaired_text_costs_no_letter_outside_the_alphabet(text):
    assert not count(transliterate(text)).guilty
    assert set(transliterate(text)) <= ALPHABET


def test_the_longest_case_is_counted():
    found = cost("{jour} {lien}", CASES)
    assert (found.shown, found.count.units) == ("lundi https://q.fr", len("mercredi https://q.fr"))


def test_a_guilty_letter_is_named_and_one_button_replaces_it():
    found = meter("texte", LOOK, [{}])
    assert plain(found.alarm) == "La lettre ê fait passer ce message à 3 SMS. La remplacer ?"
    assert plain(found.repair) == "Remplacer « ê » par « e »"
    assert plain(found.without).endswith(f"il compte {len(LOOK)} caractères, soit 2 SMS.")
    assert [piece for piece in found.pieces if piece[1]] == [("ê", True)]


def test_a_guilty_letter_that_costs_nothing_is_not_named():
    assert not meter("texte", "Êtes-vous là ?", [{}]).alarm


def test_several_signs_and_spaces_are_named_in_words():
    found = meter("texte", "êœ\xa0" + "a" * 100, [{}])
    assert (
        plain(found.alarm)
        == "Ces signes font passer ce message à 2 SMS : ê œ espace insécable. Les remplacer ?"
    )
    one = meter("texte", "l’" + "a" * 100, [{}])
    assert plain(one.alarm) == "Le signe ’ fait passer ce message à 2 SMS. Le remplacer ?"
    space = meter("texte", "\xa0" + "a" * 100, [{}])
    assert space.repair == "Remplacer ce signe"


def test_a_long_message_of_plain_letters_is_counted_and_not_repaired():
    found = meter("texte", "a" * 161, [{}])
    assert (found.segments, found.alarm) == (2, "")


def test_a_question_is_counted_in_its_message_as_it_leaves():
    within = Within("Pléiades : {question}. Répondez {notes}", "Êtes-vous content ?")
    found = meter("words.sms.label", "", [{"notes": "1 à 5"}], within)
    assert (found.segments, found.alarm) == (1, "")
    assert plain(found.replaced) == "Dans un SMS, ces signes s’écrivent autrement : Ê."
    own = meter("words.sms.label", "visite {jour}", [{"notes": "1 à 5", "jour": "lundi"}], within)
    assert own.replaced == ""
    assert plain(own.letters) == f"{len('Pléiades : visite lundi. Répondez 1 à 5')} caractères"
    assert json.loads(own.given)["otherwise"] == "Êtes-vous content ?"
