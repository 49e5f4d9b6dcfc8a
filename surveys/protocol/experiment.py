"""The experiment on first contacts, as data of a protocol: for how many people chance chooses their channel.

Until what it finds is significant the mix of channels is shown, and no figure is adjusted for it.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from quality.french import french

Way = Literal["sms", "email", "phone"]
WAYS: tuple[Way, ...] = ("sms", "email", "phone")
LEAST = 2  # one channel alone compares nothing


class Experiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """`share` people in a hundred, among those whom every one of `channels` reaches; 0 for none."""

    share: Annotated[int, Meta(ge=0, le=100)] = 0
    channels: tuple[Way, ...] = ()

    @property
    def compared(self) -> tuple[Way, ...]:
        """Give the channels compared, each once and in one order, so that a draw is the same however written.

        >>> Experiment(share=10, channels=("phone", "sms")).compared
        ('sms', 'phone')
        """
        return tuple(way for way in WAYS if way in self.channels)

    @property
    def is_on(self) -> bool:
        return self.share > 0


# (field of the experiment, sentence, values of its places)
_Found = tuple[str, str, Mapping[str, object]]


def findings(experiment: Experiment, begins: Mapping[Way, bool]) -> Iterator[_Found]:
    """List what the types cannot say; `begins` tells by which channels a first contact may begin."""
    if not experiment.is_on:
        return
    if len(experiment.compared) < LEAST:
        yield ".channels", french("choisissez deux moyens à comparer, ou trois"), {}
    elif len(experiment.compared) < len(experiment.channels):
        yield ".channels", french("chaque moyen se donne une fois"), {}
    if not all(begins[way] for way in experiment.compared):
        sentence = french("aucune étape ne commence par ce moyen\u00a0: retirez-le, ou ajoutez une étape")
        yield ".channels", sentence, {}
