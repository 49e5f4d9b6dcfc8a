"""What messages are found by: the choices of state, channel and reason, and their words."""

from collections.abc import Mapping

from quality.french import french
from quality.web.languages import gettext as _
from surveys.channels import naming
from surveys.dispatch.control.listing import EVERY, Choice
from surveys.dispatch.home import REASONS

Pairs = tuple[tuple[str, str], ...]
UNSURE, GIVEN_UP = "unsure", "abandoned"
# By its name in the address: the words of a choice, and what it keeps. Each message is in exactly one.
STATES: Mapping[str, tuple[str, Choice]] = {
    "": (french("Tous"), EVERY),
    "prevus": (french("Prévus"), Choice(("planned",))),
    "reportes": (french("Remis à plus tard"), Choice(("deferred",))),
    "en-cours": (french("En train de partir"), Choice(("claimed", "sending"))),
    "partis": (french("Partis"), Choice(("sent",))),
    "arrives": (french("Arrivés"), Choice(("delivered",))),
    "peut-etre-partis": (french("Peut-être partis, à décider"), Choice(("uncertain",))),
    "peut-etre-arrives": (
        french("Peut-être arrivés, sans nouvelle de l’opérateur"),
        Choice(("failed", "suppressed", "expired"), only=(UNSURE,)),
    ),
    "arretes": (french("Arrêtés, à décider"), Choice(("dead",))),
    "abandonnes": (french("Abandonnés par quelqu’un"), Choice(("failed",), only=(GIVEN_UP,))),
    "non-partis": (french("Retenus ou annulés"), Choice(("suppressed", "expired"), but=(UNSURE,))),
    "refuses": (french("Échoués"), Choice(("failed",), but=(UNSURE, GIVEN_UP))),
}


def filters() -> tuple[Pairs, Pairs, Pairs]:
    """Give the choices of state, channel and reason, each with its words."""
    states = tuple((slug, _(words)) for slug, (words, _states) in STATES.items())
    channels = (("", _("Tous")), *((code, _(words)) for code, words in naming.MANY.items()))
    by_words = {_(words): code for code, words in reversed(list(REASONS.items()))}
    return states, channels, (("", _("Tous")), *((code, words) for words, code in sorted(by_words.items())))


def reason_offered(reason: str) -> str:
    """Give the reason that is offered for those that are said by the same words."""
    words = REASONS.get(reason)
    return next((code for code, said in REASONS.items() if said == words), "")
