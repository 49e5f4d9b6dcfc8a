"""People's names reduced to what tells two of them apart, whatever the spelling; pure."""

import re
import unicodedata

CIVILITIES = {
    "m": "m",
    "mr": "m",
    "monsieur": "m",
    "mme": "mme",
    "madame": "mme",
    "mlle": "mme",
    "mademoiselle": "mme",
}
SHORTEST_WORD = 2
SORT_LETTERS = 3

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_NOT_A_WORD = re.compile(r"[\W_]+")


def search_words(name: str) -> tuple[str, ...]:
    """Return the words by which a name is searched: no civility, no initial, no accent.

    >>> search_words("Mme Lefèvre-Noël, Jeanne")
    ('jeanne', 'lefevre', 'noel')
    """
    words = {word for word in _words(name) if word not in CIVILITIES and len(word) >= SHORTEST_WORD}
    return tuple(sorted(words))


def whole_name(name: str) -> str:
    """Return a name in one spelling. The civility stays: it tells the two persons of a couple apart.

    >>> whole_name("Madame MARTIN Jeanne") == whole_name("Mme Jeanne Martin")
    True
    >>> whole_name("M. Martin") == whole_name("Mme Martin")
    False
    """
    return " ".join(sorted(CIVILITIES.get(word, word) for word in _words(name)))


def sort_letters(name: str) -> str:
    """Return the first letters of the family name, enough to order a list and too few to read a name.

    >>> sort_letters("MARTIN Jeanne"), sort_letters("Mme Jeanne Étienne")
    ('mar', 'eti')
    """
    parts = [part for part in name.split() if fold_word(part) not in CIVILITIES]
    capitals = [part for part in parts if len(part) >= SHORTEST_WORD and part.isupper()]
    family = capitals[0] if capitals else (parts or [""])[-1]
    return fold_word(family)[:SORT_LETTERS]


def fold_word(word: str) -> str:
    """Drop the case, accents and punctuation of one word.

    >>> fold_word("D’Almeida"), fold_word("Cœur.")
    ('dalmeida', 'coeur')
    """
    return _NOT_A_WORD.sub("", _plain(word))


def _words(name: str) -> list[str]:
    return [word for word in _NOT_A_WORD.split(_plain(name)) if word]


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
