"""The providers' file: one organisation a line."""

import unicodedata
from collections.abc import Callable
from typing import Any

import msgspec

from quality.directory.intake.columns import PROVIDERS
from quality.directory.intake.reading import Row
from quality.directory.intake.refusals import LineError, ValueRefused, line_error
from quality.directory.intake.values import read_activity, read_departement, read_email, text_of
from quality.directory.intake.vocabulary import read_legal_form
from quality.directory.siret import digits_of, siret_error

SHORT_NAME_LENGTH = 17
PRIVATE_EMPLOYER = "particulier_employeur"
# The characters of GSM 03.38 that take one unit and that a name needs.
SMS_CHARACTERS = frozenset(
    " !\"#%&'()*+,-./0123456789:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzàäåæèéìñòöøùüßÄÅÆÇÉÑÖØÜ"
)
SMS_REPLACEMENTS = {
    "’": "'",
    "‘": "'",
    "«": '"',
    "»": '"',
    "œ": "oe",
    "Œ": "OE",
    "–": "-",
    "—": "-",
    "…": "...",
}


class ProviderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One provider; None leaves the stored value, and only a private employer has no SIRET."""

    line: int
    siret: str | None
    name: str
    short_name: str
    legal_form: str
    departement: str
    email: str | None = None
    activities: tuple[str, ...] | None = None


def check_provider(row: Row) -> ProviderLine | list[LineError]:
    """Return the provider that a row holds, or every reason why it is refused."""
    if row.errors:
        return list(row.errors)
    found: dict[str, Any] = {}
    errors: list[LineError] = []
    for column, read in READERS.items():
        text = row.values.get(column, "").strip()
        if not text:
            continue
        try:
            found[column] = read(text)
        except ValueRefused as refusal:
            errors.append(line_error(row.line, column, text, str(refusal)))
    _missing(row, found, errors)
    _shorten(row, found, errors)
    found.setdefault("siret", None)
    return errors or ProviderLine(line=row.line, **found)


def sms_name(text: str) -> str:
    """Return a name in the characters that one SMS unit can carry.

    >>> sms_name("Présence Ânée"), sms_name("L’Œuvre")
    ('Présence Anée', "L'OEuvre")
    """
    plain = "".join(
        _sms_character(character) for character in unicodedata.normalize("NFC", " ".join(text.split()))
    )
    odd = sorted({character for character in plain if character not in SMS_CHARACTERS})
    if odd:
        raise ValueRefused("Un SMS ne peut pas écrire {odd}. Retirez-le du nom court.", odd=" ".join(odd))
    return plain


def _sms_character(character: str) -> str:
    if character in SMS_CHARACTERS:
        return character
    return SMS_REPLACEMENTS.get(character) or unicodedata.normalize("NFD", character)[0]


def _read_siret(text: str) -> str:
    if message := siret_error(text):
        raise ValueRefused(message)
    return digits_of(text)


def _read_short_name(text: str) -> str:
    name = sms_name(text)
    if len(name) > SHORT_NAME_LENGTH:
        message = f"Nom court trop long : {len(name)} caractères. Gardez-en {SHORT_NAME_LENGTH} au plus."
        raise ValueRefused(message)
    return name


def _read_activities(text: str) -> tuple[str, ...]:
    codes = {read_activity(part.strip()) for part in text.split("|") if part.strip()}
    return tuple(sorted(codes))


def _missing(row: Row, found: dict[str, Any], errors: list[LineError]) -> None:
    refused = {error.column for error in errors}
    for column in PROVIDERS.required:
        if column in found or column in refused:
            continue
        if column == "siret" and found.get("legal_form") == PRIVATE_EMPLOYER:
            continue
        message = f"Case vide. « {PROVIDERS.headings[column]} » est obligatoire."
        errors.append(line_error(row.line, column, "", message))


def _shorten(row: Row, found: dict[str, Any], errors: list[LineError]) -> None:
    """Take the name for the short name when none is given and it fits in an SMS."""
    if "name" not in found or "short_name" in found or any(error.column == "short_name" for error in errors):
        return
    try:
        found["short_name"] = _read_short_name(found["name"])
    except ValueRefused:
        message = f"Case vide. Donnez un nom court de {SHORT_NAME_LENGTH} caractères au plus, pour les SMS."
        errors.append(line_error(row.line, "short_name", "", message))


READERS: dict[str, Callable[[str], object]] = {
    "siret": _read_siret,
    "name": text_of(120),
    "short_name": _read_short_name,
    "legal_form": read_legal_form,
    "departement": read_departement,
    "email": read_email,
    "activities": _read_activities,
}
