"""Facts piped into a text by name, `{organisme}`, and nothing else."""

from collections.abc import Mapping
from string import Formatter

from quality.errors import Invalid
from quality.french import french


class PlaceholderRefused(Invalid):
    """A text names something that cannot be piped into it."""

    title = french("Ce texte ne peut pas être complété")


def placeholders(text: str) -> frozenset[str]:
    """Name the facts a text asks for; refuse anything but a bare name between braces.

    >>> sorted(placeholders("Visite {organisme}, {jour}"))
    ['jour', 'organisme']
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise PlaceholderRefused(french("une accolade est de trop ou n’est pas fermée")) from error
    fields = [
        (name, f"{name}{spec}{conversion or ''}") for _, name, spec, conversion in parts if name is not None
    ]
    for name, whole in fields:
        if name != whole or not name.isidentifier():
            raise PlaceholderRefused(french("« {{{text}}} » n’est pas un nom entre accolades"), text=whole)
    return frozenset(name for name, _ in fields)


def check_placeholders(text: str, known: frozenset[str]) -> None:
    """Refuse a text that names an unknown fact, saying which names exist."""
    unknown = sorted(placeholders(text) - known)
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in sorted(known))
        raise PlaceholderRefused(
            french("« {{{text}}} » n’existe pas ; choisissez parmi {names}"), text=unknown[0], names=names
        )


def pipe(text: str, facts: Mapping[str, str]) -> str:
    """Write the facts into the text.

    >>> pipe("Visite {organisme}", {"organisme": "Aide 34"})
    'Visite Aide 34'
    """
    if "{" not in text and "}" not in text:
        return text
    check_placeholders(text, frozenset(facts))
    return text.format_map(facts)
