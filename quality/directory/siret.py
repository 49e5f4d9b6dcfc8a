"""The number of a French establishment, SIRET, and its check digit."""

LA_POSTE = "356000000"
LENGTH = 14


def digits_of(text: str) -> str:
    """Drop the spaces and points that people put between the groups of a SIRET.

    >>> digits_of("732 829 320 00074")
    '73282932000074'
    """
    return "".join(character for character in text if not character.isspace() and character not in ".-")


def siret_error(text: str) -> str | None:
    """Say what is wrong with a SIRET, or None when it is well formed (Luhn; La Poste: sum of digits by 5).

    >>> siret_error("732 829 320 00074"), siret_error("35600000049837")
    (None, None)
    >>> siret_error("73282932000075")
    'SIRET invalide. Vérifiez chacun de ses quatorze chiffres.'
    """
    siret = digits_of(text)
    if not (siret.isascii() and siret.isdigit() and len(siret) == LENGTH):
        return "Un SIRET compte quatorze chiffres. Corrigez-le."
    if _luhn(siret) % 10 == 0 or (siret.startswith(LA_POSTE) and sum(map(int, siret)) % 5 == 0):
        return None
    return "SIRET invalide. Vérifiez chacun de ses quatorze chiffres."


def _luhn(digits: str) -> int:
    """Sum the digits, every second one from the right doubled and its own digits summed.

    >>> _luhn("73282932000074")
    50
    """
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return sum(map(int, digits[::-2])) + sum(doubled)
