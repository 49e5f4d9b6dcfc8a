"""Lower caps in plain words: whom each concerns, what it comes to (pure but for the reader's language)."""

from collections.abc import Iterator, Mapping

from quality.french import french
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from surveys.protocol.caps import Public
from surveys.protocol.definition import Protocol
from surveys.protocol.editing.forms import whose_of

Names = Mapping[str, str]
NO_NAMES: Names = {}
PUBLICS = {
    Public.FRAIL.value: french("Une visite d’aide à une personne âgée ou handicapée"),
    Public.CHILDREN.value: french("Une visite de garde d’enfants"),
}


def whose_words(whose: str, funders: Names = NO_NAMES) -> str:
    """Say whom a cap concerns; `funders` are names by code.

    >>> whose_words("age_from:85").replace(chr(160), " "), whose_words("funder:CNAV", {"CNAV": "Cnav"})
    ('Une personne de 85 ans ou plus', 'Une visite payée par le financeur Cnav')
    """
    kind, _colon, value = whose.partition(":")
    if kind == "age_from":
        return _("Une personne de {age} ans ou plus").format(age=value)
    if kind == "public":
        return _(PUBLICS[value])
    return _("Une visite payée par le financeur {name}").format(name=funders.get(value, value))


def choice_words(whose: str, funders: Names) -> str:
    """Say whom a cap may concern in a short choice: the name of a funder shows on a telephone."""
    kind, _colon, value = whose.partition(":")
    if kind == "funder":
        return _("Financeur : {name}").format(name=funders.get(value, value))
    return whose_words(whose, funders)


def told_caps(protocol: Protocol, funders: Names) -> Iterator[str]:
    """Tell each lower cap as it is written."""
    for cap in protocol.caps:
        sentence = _("{who} : {contacts} au plus en 30 jours, toutes visites comptées.")
        yield sentence.format(who=whose_words(whose_of(cap), funders), contacts=_contacts(cap.contacts))
    if len(protocol.caps) > 1:
        yield _("Quand plusieurs limites concernent une visite, la plus basse s’applique.")


def _contacts(num: int) -> str:
    return counted(ngettext("{num} message ou appel", "{num} messages ou appels", num), num)


def watched_caps(protocol: Protocol, funders: Names) -> Iterator[str]:
    """Say what each lower cap comes to, beside the others."""
    for cap in protocol.caps:
        who, num = whose_words(whose_of(cap), funders), protocol.cap_for(cap.traits)
        if cap.age_from is not None:
            sentence = _("{who} peut recevoir jusqu’à {contacts} en 30 jours.")
            yield sentence.format(who=who, contacts=_contacts(num))
        else:
            sentence = _(
                "{who} n’entraîne ni message ni appel quand la personne en a déjà reçu {num} en 30 jours."
            )
            yield sentence.format(who=who, num=num)
