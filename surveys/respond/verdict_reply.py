"""What an SMS sent back says to « est-ce réglé ? »: yes, no, or something for a person to read (pure)."""

import re
import unicodedata

_YES = frozenset(
    {"1", "oui", "ok", "regle", "c est regle", "oui c est regle", "tout est regle", "yes", "settled"}
)
_NO = frozenset({
    "2", "non", "pas regle", "pas du tout", "non pas regle", "ce n est pas regle", "c est pas regle",
    "toujours pas", "pas encore", "non toujours pas", "no", "not settled", "not yet",
})  # fmt: skip
_POLITENESS = "bonjour bonsoir merci beaucoup svp stp madame monsieur cordialement hello hi thanks please"
_POLITE = frozenset(_POLITENESS.split())
_EXPLAINED = {"1 oui": True, "oui 1": True, "1 yes": True, "2 non": False, "non 2": False, "2 no": False}


def read_verdict(text: str) -> bool | None:
    """Read whether it is settled; None when it is not surely one or the other.

    >>> read_verdict("1"), read_verdict("Oui merci !"), read_verdict("2 (non)")
    (True, True, False)
    >>> read_verdict("1 ou 2"), read_verdict("oui mais non"), read_verdict("Rappelez-moi")
    (None, None, None)
    """
    phrase = " ".join(word for word in _plain(text).split() if word not in _POLITE)
    if phrase in _YES:
        return True
    if phrase in _NO:
        return False
    return _EXPLAINED.get(phrase)


def _plain(text: str) -> str:
    """Keep lower-case words and numbers one space apart, accents and punctuation gone."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z]+|[0-9]+", bare))
