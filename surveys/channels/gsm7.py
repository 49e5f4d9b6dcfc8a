"""The alphabet of SMS: what fits, what it costs, what to write instead (3GPP TS 23.038, section 6.2.1)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
ALPHABET = BASIC | EXTENSION
NAME_UNITS = 17

SUBSTITUTES = {
    **dict.fromkeys("’‘‚‛`´′", "'"),
    **dict.fromkeys("“”„″«»", '"'),
    **dict.fromkeys("–—‒―−‐‑⁃•·", "-"),
    **dict.fromkeys("\t\v\x85", " "),
    "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
    "þ": "th", "Þ": "Th", "ı": "i", "ſ": "s", "°": "o", "×": "x", "÷": "/", "⁄": "/", "©": "(c)", "®": "(r)",
}  # fmt: skip
_INSIDE_QUOTES = re.compile("(?<=«)[ \u00a0\u202f]+|[ \u00a0\u202f]+(?=»)")


@dataclass(frozen=True, slots=True)
class SmsCount:
    """The cost of a text: units are septets or UTF-16 halves; `guilty` are the letters outside GSM-7."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    segments: int
    guilty: tuple[str, ...]


def is_gsm7(text: str) -> bool:
    """Tell whether every letter is in the basic table or its extension.

    >>> is_gsm7("déjà"), is_gsm7("être")
    (True, False)
    """
    return ALPHABET.issuperset(text)


def count(text: str) -> SmsCount:
    """Count units and segments: 160 then 153 a segment in GSM-7, 70 then 67 in UCS-2.

    >>> count("Prix : 5 €").units, count("ê" * 71)
    (11, SmsCount(encoding='ucs2', units=71, segments=2, guilty=('ê',)))
    """
    guilty = tuple(dict.fromkeys(letter for letter in text if letter not in ALPHABET))
    if guilty:
        widths = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
        return SmsCount("ucs2", sum(widths), _segments(widths, 70, 67), guilty)
    widths = [2 if letter in EXTENSION else 1 for letter in text]
    return SmsCount("gsm7", sum(widths), _segments(widths, 160, 153), ())


def _segments(widths: Iterable[int], alone: int, joined: int) -> int:
    """Pack letters into segments; one of two units is never split between them."""
    widths = list(widths)
    if sum(widths) <= alone:
        return 1
    segments, used = 1, 0
    for width in widths:
        if used + width > joined:
            segments, used = segments + 1, 0
        used += width
    return segments


def transliterate(text: str) -> str:
    """Write a text in GSM-7, keeping what already is; a letter with no likeness becomes « ? ».

    >>> transliterate("Être à l’heure… « cœur »")
    'Etre à l\\'heure... "coeur"'
    """
    composed = _INSIDE_QUOTES.sub("", unicodedata.normalize("NFC", text))
    return "".join(letter if letter in ALPHABET else _likeness(letter) for letter in composed)


def _likeness(letter: str) -> str:
    if letter in SUBSTITUTES:
        return SUBSTITUTES[letter]
    parts = unicodedata.normalize("NFKD", letter)
    found = "".join(part if part in ALPHABET else SUBSTITUTES.get(part, "") for part in parts)
    if found:
        return found
    category = unicodedata.category(letter)[0]
    return {"Z": " ", "C": "", "M": ""}.get(category, "?")


def sms_name(name: str, units: int = NAME_UNITS) -> str:
    """Cut a name to what an SMS has room for, in GSM-7.

    >>> sms_name("Pléiades Services à domicile")
    'Pléiades Services'
    """
    kept, used = "", 0
    for letter in " ".join(transliterate(name).split()):
        used += 2 if letter in EXTENSION else 1
        if used > units:
            break
        kept += letter
    return kept.rstrip()
