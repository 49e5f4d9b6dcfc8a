"""The alphabet of SMS and what a text costs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.channels.gsm7 import BASIC, EXTENSION, SmsCount, count, is_gsm7, sms_name, transliterate


def test_the_tables_hold_what_the_standard_holds():
    assert len(BASIC) == 127  # 128 positions, of which one is the escape
    assert len(EXTENSION) == 10
    assert is_gsm7("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\r\n€[]{}|~^\\\f")


@pytest.mark.parametrize("letter", "êâîôûëïçœÀÈÊ«»’…–\u00a0\t`°\x1b")
def test_these_letters_are_not_in_the_alphabet_of_sms(letter):
    assert not is_gsm7(letter)
    assert count(letter).guilty == (letter,)


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("", SmsCount("gsm7", 0, 1, ())),
        ("a" * 160, SmsCount("gsm7", 160, 1, ())),
        ("a" * 161, SmsCount("gsm7", 161, 2, ())),
        ("a" * 306, SmsCount("gsm7", 306, 2, ())),
        ("a" * 307, SmsCount("gsm7", 307, 3, ())),
        ("€" * 80, SmsCount("gsm7", 160, 1, ())),
        ("ê" * 70, SmsCount("ucs2", 70, 1, ("ê",))),
        ("ê" * 71, SmsCount("ucs2", 71, 2, ("ê",))),
        ("ê" * 134, SmsCount("ucs2", 134, 2, ("ê",))),
        ("ê" * 135, SmsCount("ucs2", 135, 3, ("ê",))),
        ("être à l’aise, être", SmsCount("ucs2", 19, 1, ("ê", "’"))),
        ("\N{GRINNING FACE}" * 35, SmsCount("ucs2", 70, 1, ("\N{GRINNING FACE}",))),
    ],
)  # fmt: skip
def test_a_text_is_counted_as_a_carrier_counts_it(text, counted):
    assert count(text) == counted


def test_an_escaped_letter_is_never_split_between_two_segments():
    # 152 letters leave one septet free in each segment: the sign of the euro opens the next one.
    assert count(("a" * 152 + "€") * 2).segments == 3
    assert count("ê" * 66 + "\N{GRINNING FACE}" + "ê" * 66).segments == 3


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Répondez à l'été, très mal où", "Répondez à l'été, très mal où"),
        ("êtes-vous là ? ÇÀÈÊ ç", "etes-vous là ? ÇAEE c"),
        ("« Le cœur »", '"Le coeur"'),
        ("l’heure… – 14\u00a0h\u202f30", "l'heure... - 14 h 30"),
        ("e\u0301te\u0302", "éte"),
        ("n° 5 ½", "no 5 1/2"),
        ("Łódź ™", "Lodz TM"),
        ("a\u200bb\x07c\u0302", "abc"),
        ("日本 \N{GRINNING FACE}", "?? ?"),
        ("\u2003", " "),
    ],
)
def test_a_text_is_written_with_the_letters_of_sms(text, written):
    assert transliterate(text) == written


@settings(max_examples=60)
@given(st.text())
def test_any_text_can_be_written_with_the_letters_of_sms(text):
    written = transliterate(text)
    assert is_gsm7(written)
    assert transliterate(written) == written


def test_a_long_name_is_cut_to_its_room():
    assert sms_name("Association d’aide aux aînés") == "Association d'aid"
    assert sms_name("  Aide \n 34 ") == "Aide 34"
    assert sms_name("€" * 17) == "€" * 8
    assert sms_name("Aide à domicile 34", units=7) == "Aide à"
