"""French sentences written far from where they are shown, translated there; and « de » before a name."""

import re
import unicodedata
from functools import lru_cache

# A vowel or a mute h elides; these words of French begin like one and do not.
_NO_ELISION = re.compile(r"(onz|oui|uhlan|y[aeiou]|ha(?!b|mec|rmon)|heros\b|hibou|hors|huit)")
_CONTRACTED = {"le": "du", "les": "des"}
_MASCULINE = frozenset({"ccas", "cias", "centre"})  # common nouns that begin the name of an organisation


def french(sentence: str) -> str:
    """Mark a sentence for the English catalogue; `languages.gettext` translates it when it is shown.

    >>> french("Page introuvable")
    'Page introuvable'
    """
    return sentence


@lru_cache(maxsize=1_000)
def d_(name: str) -> str:
    """Put French « de » before a name.

    >>> d_("Aide 34"), d_("Cap Domicile"), d_("Hérault Services"), d_("Handi Aide"), d_("Oui Aide")
    ('d’Aide 34', 'de Cap Domicile', 'd’Hérault Services', 'de Handi Aide', 'de Oui Aide')
    >>> d_("CCAS de Valmarine"), d_("Les Mains d’Oc"), d_("Le Lien"), d_("La Maison")
    ('du CCAS de Valmarine', 'des Mains d’Oc', 'du Lien', 'de La Maison')
    """
    bare = _bare(name).lstrip("« \"'“(’-")
    first, _space, rest = name.partition(" ")
    if rest and _bare(first) in _CONTRACTED:
        return f"{_CONTRACTED[_bare(first)]} {rest}"
    if _bare(first) in _MASCULINE:
        return f"du {name}"
    elides = bare[:1] in set("aeiouyhæ") and not _NO_ELISION.match(bare)
    return f"d’{name}" if bare and elides else f"de {name}"


def _bare(words: str) -> str:
    decomposed = unicodedata.normalize("NFKD", words.replace("œ", "oe").replace("Œ", "Oe")).casefold()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
