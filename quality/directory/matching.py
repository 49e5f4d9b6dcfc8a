"""How words are matched whatever their case, accents and signs (pure)."""

import re
import unicodedata

LONGEST = 80
SHORTEST = 2
_SIGNS = re.compile(r"[\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def folded(text: str) -> str:
    """Reduce a text to plain small letters and digits, words apart.

    >>> folded("Étang d’Or  Services"), folded("L’Œil")
    ('etang d or services', 'l oeil')
    """
    plain = text.casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain.translate(_LIGATURES))
        plain = "".join([letter for letter in decomposed if not unicodedata.combining(letter)])
    return _SIGNS.sub(" ", plain).strip()


def alphabetical(name: str) -> tuple[str, str]:
    """Give what a list of names is sorted by: É beside E, small letters beside capitals.

    >>> sorted(["Zone", "CIAS", "Étang d’Or", "Cap Domicile", "Alzon", "Alès"], key=alphabetical)
    ['Alès', 'Alzon', 'Cap Domicile', 'CIAS', 'Étang d’Or', 'Zone']
    """
    return folded(name), name


def matches(query: str, *texts: str) -> bool:
    """Tell whether each word of a query begins a word of one of the texts.

    >>> matches("aide mont", "Aide 34", "Montpellier"), matches("aid", "Laideron"), matches("…", "Aide")
    (True, False, False)
    """
    wanted, known = folded(query).split(), folded(" ".join(texts)).split()
    return bool(wanted) and all(any(word.startswith(each) for word in known) for each in wanted)


def digits(query: str) -> str:
    """Keep the digits of a number written with spaces, as a SIRET often is.

    >>> digits("732 829 320 00074"), digits("Aide 34")
    ('73282932000074', '')
    """
    bare = re.sub(r"[\s.\u00a0\u202f]", "", query)
    return bare if bare.isascii() and bare.isdigit() else ""
