"""French telephone numbers, overseas included, from what people type to E.164."""

import re
from functools import lru_cache
from typing import NamedTuple

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    format_number,
    is_valid_number,
    number_type,
    parse,
)

from quality.directory.intake.refusals import ValueRefused
from quality.french import french

NUMBERS_KEPT = 50_000
# The library keeps one plan a territory, and a number of La Réunion is not valid in the plan of FR.
REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM")
COUNTRY_CODES = frozenset({33, 590, 596, 594, 262, 508})
# Numbers that Arcep keeps for works of fiction: nobody answers there.
FICTION = ("+3363998", "+3319900", "+3326191", "+3335301", "+3346571", "+3353649")

_SEPARATORS = re.compile(r"[\s.\-/_()\u2010-\u2015]+")
_LETTERS_FREE = re.compile(r"\+?[0-9]+")
_MISSING = {1: "un chiffre", 2: "deux chiffres", 3: "trois chiffres"}
_LANDLINES = frozenset(
    {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.VOIP}
)


class Phone(NamedTuple):
    """A number that somebody in France can be reached at."""

    e164: str
    is_mobile: bool


@lru_cache(NUMBERS_KEPT)
def read_phone(text: str, allow_fiction: bool = False) -> Phone:
    """Read a landline or a mobile.

    >>> read_phone("06 12 34 56 78")
    Phone(e164='+33612345678', is_mobile=True)
    >>> [read_phone(typed).e164 for typed in ("0262 12 34 56", "612345678", "0033 (0)4 67 12 34 56")]
    ['+262262123456', '+33612345678', '+33467123456']
    """
    typed = _typed(text)
    if typed.startswith(FICTION):
        return _fiction(typed, allow_fiction)
    number = _parsed(typed)
    if number.country_code not in COUNTRY_CODES:
        raise ValueRefused("Numéro étranger. Donnez un numéro français.")
    kind = number_type(number)
    if kind != PhoneNumberType.MOBILE and kind not in _LANDLINES:
        raise ValueRefused("Numéro surtaxé ou spécial. Donnez un fixe ou un mobile.")
    return Phone(format_number(number, PhoneNumberFormat.E164), kind == PhoneNumberType.MOBILE)


def read_mobile(text: str, allow_fiction: bool = False) -> Phone:
    """Read a mobile, and say so when it is a landline."""
    phone = read_phone(text, allow_fiction)
    if not phone.is_mobile:
        raise ValueRefused("Ce numéro est un fixe. Écrivez-le dans la colonne phone.")
    return phone


def _typed(text: str) -> str:
    """Return `+33…` for a number of the French plan, `+…` for another, once its length is plausible."""
    digits = _SEPARATORS.sub("", text.replace("(0)", ""))
    if not _LETTERS_FREE.fullmatch(digits):
        raise ValueRefused("Un numéro ne contient que des chiffres. Retirez le reste.")
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("33") and len(digits) == 11:
        digits = "+" + digits
    if digits.startswith("+"):
        return digits.replace("+330", "+33", 1) if len(digits) == 13 else digits
    return "+33" + _national(digits)


def _national(digits: str) -> str:
    """Return the nine digits after the 0, which a spreadsheet may have lost."""
    if len(digits) == 9 and digits[0] != "0":
        return digits
    if len(digits) == 10 and digits[0] == "0":
        return digits[1:]
    raise ValueRefused(_wrong_length(digits))


def _wrong_length(digits: str) -> str:
    if len(digits) in {19, 20}:
        return french("Un seul numéro par case.")
    if len(digits) <= 6:
        return french("Numéro trop court. Un numéro français compte dix chiffres.")
    if len(digits) > 10:
        return french("Il y a des chiffres en trop. Un numéro français en compte dix.")
    if digits[0] != "0":
        return french("Un numéro français compte dix chiffres et commence par 0.")
    kind = "mobile" if digits.startswith(("06", "07")) else "numéro"
    return f"Il manque {_MISSING[10 - len(digits)]}. Un {kind} français en compte dix."


def _fiction(e164: str, allowed: bool) -> Phone:
    if not allowed or len(e164) != 12:
        raise ValueRefused("Ce numéro est réservé à la fiction. Donnez le vrai numéro.")
    return Phone(e164, e164.startswith("+336"))


def _parsed(typed: str) -> PhoneNumber:
    attempts: list[tuple[str, str | None]] = [(typed, None)]
    if typed.startswith("+33"):
        attempts = [("0" + typed[3:], region) for region in REGIONS]
    for text, region in attempts:
        try:
            number = parse(text, region)
        except NumberParseException:
            continue
        if is_valid_number(number):
            return number
    raise ValueRefused("Ce numéro n’existe pas. Vérifiez chaque chiffre.")
