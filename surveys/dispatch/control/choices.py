"""What messages are found by: the choices of state, channel and reason, and their words."""

from collections.abc import Mapping

from quality.french import french
from quality.web.languages import gettext as _
from surveys.channels import naming
from surveys.dispatch.control.counting import BLOCKED
from surveys.dispatch.control.listing import STOPPED
from surveys.dispatch.home import REASONS

Pairs = tuple[tuple[str, str], ...]
# By its name in the address: the words of a choice, and the states that it keeps.
STATES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "": (french("Tous"), ()),
    "prevus": (french("Prévus"), ("planned",)),
    "reportes": (french("Remis à plus tard"), ("deferred",)),
    "en-cours": (french("En train de partir"), ("claimed", "sending")),
    "partis": (french("Partis"), ("sent",)),
    "arrives": (french("Arrivés"), ("delivered",)),
    "peut-etre-partis": (french("Peut-être partis"), ("uncertain",)),
    "arretes": (french("Arrêtés, à décider"), tuple(sorted(STOPPED))),
    "non-partis": (french("Retenus ou annulés"), BLOCKED),
    "refuses": (french("Refusés par l’opérateur ou non remis"), ("failed",)),
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
