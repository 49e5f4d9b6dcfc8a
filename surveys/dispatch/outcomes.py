"""What became of a message or a call, in words: what left, what did not and why, what is to come."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from quality.french import french
from quality.web.languages import gettext as _
from surveys.dispatch.home import OTHER, REASONS

STOPPED = frozenset({"failed", "expired", "suppressed", "dead"})


class Told(Protocol):
    """What is read of an attempt."""

    @property
    def channel(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def opens_at(self) -> datetime: ...
    @property
    def sent_at(self) -> datetime | None: ...
    @property
    def settled_at(self) -> datetime | None: ...


def happened_at(message: Told) -> datetime:
    """Give the instant of a message: when it left, else when it was settled."""
    return message.sent_at or message.settled_at or message.opens_at


def has_left(message: Told) -> bool:
    """Say whether a message left or a call was made; one that the carrier gave back did not."""
    return message.sent_at is not None and message.reason != "refused_by_carrier"


def outcome(message: Told) -> str:
    """Say what became of a message or a call, or will."""
    reason = _(REASONS.get(message.reason or "", OTHER))
    if message.state in STOPPED and message.reason == "unsure":
        return _("Est peut-être arrivé\u00a0: l’opérateur n’en a rien dit.")
    if message.state in STOPPED:
        said = (
            _("N’est pas parti\u00a0: {reason}.")
            if message.sent_at is None
            else _("N’est pas arrivé\u00a0: {reason}.")
        )
        return said.format(reason=reason[:1].lower() + reason[1:])
    return _(OUTCOMES[message.state, message.channel == "phone"])


OUTCOMES: Mapping[tuple[str, bool], str] = {
    ("planned", False): french("Prévu. Il ne part que si rien ne s’y oppose à ce moment."),
    ("planned", True): french("Prévu. Il ne se fait que si rien ne s’y oppose à ce moment."),
    ("deferred", False): french("Remis à un peu plus tard."),
    ("deferred", True): french("Remis à un peu plus tard."),
    ("claimed", False): french("En train de partir."),
    ("claimed", True): french("Un agent a cet appel."),
    ("sending", False): french("En train de partir."),
    ("sending", True): french("Un agent a cet appel."),
    ("sent", False): french("Parti."),
    ("sent", True): french("Passé."),
    ("delivered", False): french("Arrivé."),
    ("delivered", True): french("Passé."),
    ("uncertain", False): french("Peut-être parti\u00a0: l’opérateur n’a rien dit. Il ne repart pas."),
    ("uncertain", True): french("Peut-être passé\u00a0: l’appel n’a pas été terminé."),
}
