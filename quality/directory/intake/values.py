"""The cells that hold a code, a name, an amount or an address, read one by one."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, lru_cache
from uuid import UUID

from quality.directory.geography import (
    ACTIVITIES,
    DEPARTEMENTS,
    departement_of_postcode,
    nearest_activity,
)
from quality.directory.intake.columns import fold
from quality.directory.intake.refusals import ValueRefused

VALUES_KEPT = 8192
REFERENCE_LENGTH = 80
NAME_LENGTH = 120
EMAIL_LENGTH, MAILBOX_LENGTH = 254, 64
HOURS_LIMIT = Decimal(10_000)
LIKENESS = 4

_HOURS = re.compile(r"[0-9]{1,5}(?:[.,][0-9]{1,4})? ?h?", re.IGNORECASE)
# The dot-atom of RFC 5322 section 3.2.3, and host names of RFC 1123 with at least one dot.
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]",
)
_WORD = re.compile(r"\w+")


def text_of(longest: int) -> Callable[[str], str]:
    """Return the reader of a text of at most `longest` characters, without control characters."""

    def read(text: str) -> str:
        if len(text) > longest:
            message = f"Texte trop long. Gardez {longest} caractères au plus."
            raise ValueRefused(message)
        if not text.isprintable():
            return _without_odd_spaces(text)
        return text

    return read


def read_name(text: str) -> str:
    """Read a person's name: at least one letter, single spaces, composed accents.

    >>> read_name("Mme  MARTIN")
    'Mme MARTIN'
    """
    name = _read_name_text(text if text.isascii() else unicodedata.normalize("NFC", text))
    if not any(map(str.isalpha, name)):
        message = "Un nom contient au moins une lettre."
        raise ValueRefused(message)
    return " ".join(name.split())


def _without_odd_spaces(text: str) -> str:
    """Keep the spaces that `isprintable` dislikes (no-break, narrow), refuse what is not a space."""
    plain = "".join(" " if unicodedata.category(character) == "Zs" else character for character in text)
    if not plain.isprintable():
        message = "Un caractère invisible s’est glissé dans ce texte. Retapez-le."
        raise ValueRefused(message)
    return plain


read_reference = text_of(REFERENCE_LENGTH)
_read_name_text = text_of(NAME_LENGTH)


@lru_cache(VALUES_KEPT)
def read_email(text: str) -> str:
    """Read one e-mail address, in lower case.

    >>> read_email("Jeanne.Martin@Exemple.FR")
    'jeanne.martin@exemple.fr'
    """
    address = text.lower()
    mailbox = address.partition("@")[0]
    if len(address) > EMAIL_LENGTH or len(mailbox) > MAILBOX_LENGTH or not _EMAIL.fullmatch(address):
        raise ValueRefused(_email_advice(address))
    return address


def _email_advice(address: str) -> str:
    if address.count("@") > 1:
        return "Une seule adresse par case."
    if not address.isascii():
        return "Une adresse ne contient ni accent ni signe spécial. Corrigez-la."
    return "Adresse incomplète. Elle s’écrit nom@domaine.fr."


@lru_cache(VALUES_KEPT)
def read_postcode(text: str) -> str:
    """Read a French postcode; four digits may be a lost 0 or a lost end, and only the sender knows.

    >>> read_postcode("34 970")
    '34970'
    """
    postcode = text.replace(" ", "")
    if departement_of_postcode(postcode) is None:
        message = "Code postal inconnu. Il compte cinq chiffres, par exemple 34970 ou 01000."
        raise ValueRefused(message)
    return postcode


@lru_cache(VALUES_KEPT)
def read_departement(text: str) -> str:
    """Read a département's code.

    >>> read_departement("34"), read_departement("1"), read_departement("2a")
    ('34', '01', '2A')
    """
    code = text.upper().zfill(2)
    if code not in DEPARTEMENTS:
        message = "Département inconnu. Écrivez son code, par exemple 34, 2A ou 974."
        raise ValueRefused(message)
    return code


@lru_cache(VALUES_KEPT)
def read_activity(text: str) -> str:
    """Read an activity by its code or its full label.

    >>> read_activity("ii-1"), read_activity("Livraison de repas à domicile")
    ('II-1', 'II-8')
    """
    code = _activities_by_word().get(fold(text))
    if code is None:
        nearest = closest_activity(text)
        advice = f"Code le plus proche : {nearest}." if nearest else "Écrivez un code, par exemple II-1."
        message = f"Activité inconnue. {advice}"
        raise ValueRefused(message)
    return code


@cache
def _activities_by_word() -> dict[str, str]:
    labels = {fold(activity.label): code for code, activity in ACTIVITIES.items()}
    return labels | {fold(code): code for code in ACTIVITIES}


def closest_activity(text: str) -> str | None:
    """Suggest a code: the nearest spelling, else the label sharing the longest beginning of a word.

    >>> closest_activity("MENAGE"), closest_activity("II-99"), closest_activity("zzz")
    ('II-1', 'II-9', None)
    """
    typed = [fold(word) for word in _WORD.findall(text)]
    shared = {code: _likeness(typed, words) for code, words in _label_words().items()}
    best = max(shared, key=shared.__getitem__)
    return nearest_activity(text) or (best if shared[best] >= LIKENESS else None)


@cache
def _label_words() -> dict[str, tuple[str, ...]]:
    return {
        code: tuple(fold(word) for word in _WORD.findall(activity.label))
        for code, activity in ACTIVITIES.items()
    }


def _likeness(typed: list[str], words: tuple[str, ...]) -> int:
    return max((_shared_start(one, other) for one in typed for other in words), default=0)


def _shared_start(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


@lru_cache(VALUES_KEPT)
def read_hours(text: str) -> Decimal:
    """Read a number of hours, to the hundredth.

    >>> read_hours("12,5"), read_hours("30")
    (Decimal('12.50'), Decimal('30.00'))
    """
    if not _HOURS.fullmatch(text):
        message = "Nombre d’heures illisible. Écrivez par exemple 12,5."
        raise ValueRefused(message)
    hours = Decimal(text.rstrip("hH ").replace(",", ".")).quantize(Decimal("0.01"))
    if hours >= HOURS_LIMIT:
        message = "Nombre d’heures trop grand. Vérifiez la virgule."
        raise ValueRefused(message)
    return hours


def funders_of(known: Mapping[str, UUID]) -> Callable[[str], tuple[UUID, ...]]:
    """Return the reader of funders' codes separated by `|`; the order and repetitions do not matter."""
    ids = {code.upper(): identity for code, identity in known.items()}

    @lru_cache(VALUES_KEPT)
    def read(text: str) -> tuple[UUID, ...]:
        codes = [code.strip().upper() for code in text.split("|") if code.strip()]
        unknown = [code for code in codes if code not in ids]
        if unknown or not codes:
            raise ValueRefused(_unknown_funder(unknown, ids))
        return tuple(sorted({ids[code] for code in codes}))

    return read


def _unknown_funder(unknown: list[str], known: Mapping[str, UUID]) -> str:
    if not unknown:
        return "Écrivez les codes des financeurs, séparés par une barre |."
    names = ", ".join(unknown)
    choices = (
        f"Codes connus : {', '.join(sorted(known))}." if known else "Aucun financeur n’est encore déclaré."
    )
    return f"Financeur inconnu : {names}. {choices}"
