"""Caps lower than the house's, by the funder of a visit or by what makes a person vulnerable (pure).

Nothing of anybody's health is known: vulnerability is an age band, or the public that the activity is for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from quality.french import french

MOST_CAPS = 12
# The bands of the ages of clients' files, by the age that they begin at.
AGES: Mapping[int, str] = {60: "60-74", 75: "75-84", 85: "85+"}


class Public(StrEnum):
    """Whom an activity of article D7231-1 is for, when it is not for everybody."""

    FRAIL = "PA_PH"
    CHILDREN = "enfants"


@dataclass(frozen=True, slots=True)
class Traits:
    """What caps read of a visit and of its person: codes of funders, age bands told, public of the activity.

    A person whom several providers help may have several age bands, or none.
    """

    funders: frozenset[str] = frozenset()
    age_bands: frozenset[str] = frozenset()
    public: str = ""


NO_TRAITS = Traits()


class Cap(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """At most `contacts` messages and calls of the last 30 days for those who have one trait."""

    contacts: Annotated[int, Meta(ge=1, le=4)]
    funder: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    age_from: Literal[60, 75, 85] | None = None
    public: Public | None = None

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Give the traits that it names, which must be one.

        >>> Cap(contacts=2, age_from=85).names
        (('age_from', '85'),)
        """
        traits = {"funder": self.funder, "age_from": self.age_from, "public": self.public}
        return tuple((name, str(value)) for name, value in traits.items() if value is not None)

    @property
    def traits(self) -> Traits:
        """Give the traits of somebody whom it concerns, the youngest where it is an age."""
        return Traits(
            frozenset({self.funder} if self.funder else ()),
            frozenset({AGES[self.age_from]} if self.age_from else ()),
            self.public or "",
        )

    def concerns(self, traits: Traits) -> bool:
        if self.age_from is not None:
            return any(begins >= self.age_from and band in traits.age_bands for begins, band in AGES.items())
        if self.public is not None:
            return traits.public == self.public
        return self.funder in traits.funders


# (index and field of the cap, sentence, values of its places)
_Found = tuple[str, str, Mapping[str, object]]


def findings(caps: tuple[Cap, ...], contact_cap: int) -> Iterator[_Found]:
    """List what the types cannot say of caps, beside the cap of all."""
    seen: set[tuple[tuple[str, str], ...]] = set()
    for index, cap in enumerate(caps):
        if len(cap.names) != 1:
            sentence = french(
                "donnez «\u00a0funder\u00a0», «\u00a0age_from\u00a0» ou «\u00a0public\u00a0», l’un des trois"
            )
            yield f"[{index}]", sentence, {}
        elif cap.names in seen:
            yield f"[{index}]", french("cette limite est déjà donnée plus haut"), {}
        seen.add(cap.names)
        if cap.contacts > contact_cap:
            yield f"[{index}].contacts", french("au plus {cap}, la limite de tous"), {"cap": contact_cap}
