"""What an SMS sent back says to « est-ce réglé ? »: yes, no, or something for a person to read (pure)."""

from surveys.respond.spelled import meant, plain

_SETTLED = frozenset({
    *("1", "oui", "1 oui", "oui 1", "ok", "bon", "regle", "oui regle", "oui bon"),
    *("yes", "1 yes", "settled", "yes settled"),
})  # fmt: skip
_NOT_SETTLED = frozenset({
    *("2", "non", "2 non", "non 2", "pas du", "pas regle", "non pas regle", "ce n pas regle", "n pas regle"),
    *("toujours pas", "non toujours pas", "toujours pas regle", "pas encore", "non pas encore"),
    *("no", "2 no", "not settled", "not yet"),
})  # fmt: skip


def read_verdict(text: str) -> bool | None:
    """Read whether it is settled; None when it is not surely one or the other.

    >>> read_verdict("1"), read_verdict("Oui merci !"), read_verdict("2 (non)")
    (True, True, False)
    >>> read_verdict("1 ou 2"), read_verdict("oui mais non"), read_verdict("Rappelez-moi")
    (None, None, None)
    """
    phrase = meant(plain(text))
    if phrase in _SETTLED:
        return True
    return False if phrase in _NOT_SETTLED else None
