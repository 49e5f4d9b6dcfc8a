"""Telephone numbers, as typed and as stored."""

import pytest

from quality.directory.intake.phones import Phone, read_mobile, read_phone
from quality.directory.intake.refusals import ValueRefused


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("+33 06 12 34 56 78", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("33612345678", "+33612345678"),
        ("612345678", "+33612345678"),
        ("0690 12 34 56", "+590690123456"),
        ("0696 12 34 56", "+596696123456"),
        ("0694 12 34 56", "+594694123456"),
        ("0692 12 34 56", "+262692123456"),
        ("+262 692 12 34 56", "+262692123456"),
        ("0639 20 12 34", "+262639201234"),
    ],
)
def test_a_mobile_of_france_or_overseas_is_kept_in_e164(typed: str, e164: str) -> None:
    assert read_phone(typed) == Phone(e164, is_mobile=True)


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("04 67 12 34 56", "+33467123456"),
        ("0590 12 34 56", "+590590123456"),
        ("0262 12 34 56", "+262262123456"),
        ("09 12 34 56 78", "+33912345678"),
    ],
)
def test_a_landline_is_kept_and_is_no_mobile(typed: str, e164: str) -> None:
    assert read_phone(typed) == Phone(e164, is_mobile=False)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("06 12 34 56", "Il manque deux chiffres. Un mobile français en compte dix."),
        ("04 67 12 34 5", "Il manque un chiffre. Un numéro français en compte dix."),
        ("06 12 34 5", "Il manque trois chiffres. Un mobile français en compte dix."),
        ("06 12 34 56 78 9", "Il y a des chiffres en trop. Un numéro français en compte dix."),
        ("67123456", "Un numéro français compte dix chiffres et commence par 0."),
        ("06 12 34 56 78 / 04 67 12 34 56", "Un seul numéro par case."),
        ("3939", "Numéro trop court. Un numéro français compte dix chiffres."),
        ("0612345678 (fille)", "Un numéro ne contient que des chiffres. Retirez le reste."),
        ("+32 470 12 34 56", "Numéro étranger. Donnez un numéro français."),
        ("0899 12 34 56", "Numéro surtaxé ou spécial. Donnez un fixe ou un mobile."),
        ("0800 12 34 56", "Numéro surtaxé ou spécial. Donnez un fixe ou un mobile."),
        ("00 00 00 00 00", "Ce numéro n’existe pas. Vérifiez chaque chiffre."),
        ("0000000000000000000000", "Ce numéro n’existe pas. Vérifiez chaque chiffre."),
        ("٠٦١٢٣٤٥٦٧٨", "Un numéro ne contient que des chiffres. Retirez le reste."),
    ],
)
def test_a_number_that_nobody_can_call_says_what_to_do(typed: str, message: str) -> None:
    with pytest.raises(ValueRefused) as refusal:
        read_phone(typed)
    assert str(refusal.value) == message


def test_a_landline_is_refused_as_a_mobile() -> None:
    with pytest.raises(ValueRefused, match="est un fixe"):
        read_mobile("04 67 12 34 56")


@pytest.mark.parametrize(
    "typed", ["06 39 98 00 01", "0199000001", "0261910001", "0353010001", "0465710001", "+33 5 36 49 00 01"]
)
def test_numbers_of_fiction_are_refused_unless_the_data_is_fiction(typed: str) -> None:
    with pytest.raises(ValueRefused, match="réservé à la fiction"):
        read_phone(typed)
    assert read_phone(typed, allow_fiction=True).e164.startswith("+33")
    assert read_phone(typed, allow_fiction=True).is_mobile == typed.startswith("06")


def test_a_fictional_number_still_has_ten_digits() -> None:
    with pytest.raises(ValueRefused):
        read_phone("+33 6 39 98 00", allow_fiction=True)
