"""Where a visit takes place and what it is: départements, their zones, activities and retirement funds."""

import difflib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

import msgspec

from quality.errors import NotFound

DATA = Path(__file__).parent / "data"


class Departement(msgspec.Struct, frozen=True):
    """One département (Code officiel géographique): its regions of today and of 2009, its zone of time."""

    code: str
    name: str
    zone: str
    region: str
    region_name: str
    region2009: str
    region2009_name: str
    timezone: str
    alsace_moselle: bool

    @property
    def label(self) -> str:
        """The name as pages print it: with a curly apostrophe."""
        return self.name.replace("'", "’")

    @property
    def is_overseas(self) -> bool:
        return self.zone == "drom"


class Activity(msgspec.Struct, frozen=True, omit_defaults=True):
    """One activity of article D7231-1 of the Code du travail."""

    code: str
    label: str
    public: str
    regime: str
    modes: tuple[str, ...]
    offre_globale: bool
    regime_prestataire: str | None = None

    @property
    def group(self) -> str:
        return self.public

    def regime_in(self, mode: str) -> str:
        """Give the administrative regime of the activity in this mode.

        >>> activity("I-3").regime_in("prestataire"), activity("I-3").regime_in("mandataire")
        ('autorisation', 'agrement')
        """
        if mode == "prestataire" and self.regime_prestataire:
            return self.regime_prestataire
        return self.regime


class OldActivity(msgspec.Struct, frozen=True, omit_defaults=True):
    """One activity of the 2008 list (agrément simple or qualité), as old authorisations name it."""

    n: int
    code: str
    label: str
    agrement: str
    numbering_verified: bool
    offre_globale: bool = False


class RetirementFund(msgspec.Struct, frozen=True):
    """One retirement fund and the départements it covers."""

    code: str
    name: str
    departements: tuple[str, ...]
    verified: bool


class UnknownCode(NotFound):
    """Nothing has this code: a département, an activity or a fund."""


def _departements() -> Mapping[str, Departement]:
    rows = msgspec.json.decode((DATA / "departements.json").read_bytes(), type=list[Departement])
    return MappingProxyType({row.code: row for row in rows})


def _activities() -> Mapping[str, Activity]:
    rows = msgspec.json.decode((DATA / "activities_d7231_1.json").read_bytes(), type=list[Activity])
    return MappingProxyType({row.code: row for row in rows})


UNKNOWN = "Le code « {code} » n’existe pas."
DEPARTEMENTS = _departements()
ACTIVITIES = _activities()

# Saint-Barthélemy and Saint-Martin share Guadeloupe's postcodes but left it in 2007.
COLLECTIVITIES = frozenset({"97133", "97150"})


def departement(code: str) -> Departement:
    """Give the département of this code, or raise UnknownCode."""
    try:
        return DEPARTEMENTS[code]
    except KeyError:
        raise UnknownCode(UNKNOWN, code=code) from None


@cache
def zone_of(code: str) -> ZoneInfo:
    """Give the zone of time of a département.

    >>> zone_of("974").key
    'Indian/Reunion'
    """
    return ZoneInfo(departement(code).timezone)


def place_in(zone: ZoneInfo) -> str:
    """Give a département of a zone of time, for what is told of the whole zone: its hours and holidays.

    >>> place_in(ZoneInfo("Indian/Reunion")), departement(place_in(ZoneInfo("Europe/Paris"))).alsace_moselle
    ('974', False)
    """
    return next(code for code, found in DEPARTEMENTS.items() if found.timezone == zone.key)


def departement_of_postcode(postcode: str) -> str | None:
    """Give the département of a five-digit postcode; None when it is not one of ours.

    >>> [departement_of_postcode(code) for code in ("34970", "20167", "20200", "20600", "97410", "98000")]
    ['34', '2A', '2B', '2B', '974', None]
    """
    if len(postcode) != 5 or not (postcode.isascii() and postcode.isdigit()) or postcode in COLLECTIVITIES:
        return None
    if postcode.startswith("20"):
        return "2A" if postcode[2] in "01" else "2B"
    code = postcode[:3] if postcode.startswith("97") else postcode[:2]
    return code if code in DEPARTEMENTS else None


def activity(code: str) -> Activity:
    """Give the activity of this code, or raise UnknownCode."""
    try:
        return ACTIVITIES[code]
    except KeyError:
        raise UnknownCode(UNKNOWN, code=code) from None


def nearest_activity(text: str) -> str | None:
    """Suggest the code closest to what was typed, by code and then by label.

    >>> [nearest_activity(text) for text in ("II1", "2-1", "ii 5", "jardinage", "?")]
    ['II-1', 'II-1', 'II-5', 'II-2', None]
    """
    wanted = _spelled(text)
    if wanted in ACTIVITIES:
        return wanted
    close = difflib.get_close_matches(wanted, ACTIVITIES, n=1, cutoff=0.75)
    return close[0] if close else _by_label(text)


def _spelled(text: str) -> str:
    """Spell a code as the list does: Roman part, hyphen, number."""
    found = _LOOSE_CODE.fullmatch(text)
    if not found:
        return text.strip().upper()
    part, number = found.groups()
    return f"{_ROMAN.get(part.upper(), part.upper())}-{int(number)}"


_LOOSE_CODE = re.compile(r"\s*([iIlL]{1,2}|[12])\s*[-._ /°]?\s*(\d{1,2})\s*")
_ROMAN = {"1": "I", "2": "II", "L": "I", "LL": "II", "IL": "II", "LI": "II"}


def _by_label(text: str) -> str | None:
    word = text.strip().casefold()
    if len(word) < 4:
        return None
    return next((row.code for row in ACTIVITIES.values() if word in row.label.casefold()), None)


@cache
def old_activities() -> Mapping[str, OldActivity]:
    """Give the 2008 list by code."""
    rows = msgspec.json.decode((DATA / "activities_2008.json").read_bytes(), type=list[OldActivity])
    return MappingProxyType({row.code: row for row in rows})


@cache
def retirement_funds() -> Mapping[str, RetirementFund]:
    """Give the retirement funds by code."""
    rows = msgspec.json.decode((DATA / "retirement_funds.json").read_bytes(), type=list[RetirementFund])
    return MappingProxyType({row.code: row for row in rows})


@cache
def fund_of(code: str) -> RetirementFund:
    """Give the retirement fund that covers a département, or raise UnknownCode.

    >>> fund_of("34").name
    'Languedoc-Roussillon'
    """
    for fund in retirement_funds().values():
        if code in fund.departements:
            return fund
    raise UnknownCode(UNKNOWN, code=code)
