"""The terms of a convention, and whether they make sense (pure)."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from uuid import UUID

import msgspec

from quality.directory.geography import ACTIVITIES, DEPARTEMENTS
from quality.errors import FieldError
from quality.measures.catalogue import CATALOGUE, nameable, of_providers
from quality.measures.disclosure.status import Unit
from quality.measures.models import Convention
from quality.measures.releases.periods import whole_months
from quality.web.languages import gettext as _

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_CODE, LONGEST_TITLE, LONGEST_HYPOTHESIS = 40, 160, 2_000
MOST_DAYS = 365
FIRST_YEAR, LAST_YEAR = 2000, 2100
FULL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A convention as agreed; no activity, département or delay named means no restriction.

    `targets` are per cent by indicator: {"GLOB": 85}. `authority` is what may be promised in a call.
    """

    code: str
    title: str
    funder: UUID
    providers: tuple[UUID, ...]
    starts_on: date
    ends_on: date | None = None
    status: str = "in_force"
    activities: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    excludes_mandataire: bool = False
    indicators: tuple[str, ...] = ()
    targets: Mapping[str, float] = field(default_factory=dict)
    acknowledge_days: int | None = None
    solution_days: int | None = None
    authority: Mapping[str, object] = field(default_factory=dict)
    is_experiment: bool = False
    hypothesis: str = ""

    @property
    def digest(self) -> bytes:
        """What a party signs: SHA-256 of all the terms, whatever the state of the convention."""
        said = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "status"}
        return hashlib.sha256(msgspec.json.encode(said, order="sorted")).digest()


def terms_of(row: Convention) -> Terms:
    """Read the terms that are stored."""
    return Terms(
        code=row.code,
        title=row.title,
        funder=row.funder_id,
        providers=tuple(row.providers),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        status=row.status,
        activities=tuple(row.activities),
        departements=tuple(row.departements),
        excludes_mandataire=row.excludes_mandataire,
        indicators=tuple(row.indicators),
        targets={code: float(str(each)) for code, each in row.targets.items()},
        acknowledge_days=row.acknowledge_days,
        solution_days=row.solution_days,
        authority=row.authority,
        is_experiment=row.is_experiment,
        hypothesis=row.hypothesis,
    )


def errors(terms: Terms) -> Iterator[FieldError]:
    """Say field by field what makes no sense."""
    yield from _names(terms)
    yield from _dates(terms)
    yield from _delays(terms)
    yield from _unknown("indicators", {*terms.indicators, *terms.targets}, nameable())
    yield from _unknown("activities", terms.activities, ACTIVITIES)
    yield from _unknown("departements", terms.departements, DEPARTEMENTS)
    yield from _targets(terms)


def _names(terms: Terms) -> Iterator[FieldError]:
    if not CODE.fullmatch(terms.code) or len(terms.code) > LONGEST_CODE:
        yield FieldError(
            "code", _("Écrivez le code comme herault-2025 : minuscules, chiffres et traits d’union.")
        )
    if not 0 < len(terms.title) <= LONGEST_TITLE:
        yield FieldError("title", _("Donnez à la convention un titre de 160 caractères au plus."))
    if not terms.providers:
        yield FieldError("providers", _("Nommez au moins un organisme."))


def _dates(terms: Terms) -> Iterator[FieldError]:
    if terms.ends_on and terms.ends_on < terms.starts_on:
        yield FieldError(
            "ends_on", _("La convention finit avant de commencer : corrigez une des deux dates.")
        )
    elif not _are_near(terms):
        yield FieldError("starts_on", _("Écrivez des dates entre 2000 et 2100."))
    elif whole_months(terms.starts_on, terms.ends_on) is None:
        words = _(
            "Aucun mois entier entre ces dates : rien ne compterait. "
            "Commencez le premier jour d’un mois, finissez le dernier jour d’un mois."
        )
        yield FieldError("ends_on", words)
    if terms.is_experiment and not terms.ends_on:
        yield FieldError("ends_on", _("Un banc d’essai a une fin : écrivez sa date."))
    if terms.is_experiment and not 0 < len(terms.hypothesis) <= LONGEST_HYPOTHESIS:
        words = _("Écrivez ce que ce banc d’essai doit vérifier, en 2 000 caractères au plus.")
        yield FieldError("hypothesis", words)


def _are_near(terms: Terms) -> bool:
    return terms.starts_on.year >= FIRST_YEAR and (terms.ends_on or terms.starts_on).year <= LAST_YEAR


def _delays(terms: Terms) -> Iterator[FieldError]:
    for name in ("acknowledge_days", "solution_days"):
        days = getattr(terms, name)
        if days is not None and not 0 < days <= MOST_DAYS:
            yield FieldError(name, _("Écrivez un nombre de jours entre 1 et 365."))


def _targets(terms: Terms) -> Iterator[FieldError]:
    for code, target in sorted(terms.targets.items()):
        if not 0 <= target <= FULL:
            words = _("L’objectif {code} est un pourcentage, de 0 à 100.")
            yield FieldError("targets", words.format(code=code))
        if code in of_providers() or (code in CATALOGUE and CATALOGUE[code].unit is not Unit.PERCENT):
            words = _("{code} se suit sans objectif.")
            yield FieldError("targets", words.format(code=code))
        if code not in terms.indicators:
            words = _("L’objectif {code} n’est pas un des indicateurs suivis.")
            yield FieldError("targets", words.format(code=code))


def _unknown(name: str, codes: Iterable[str], known: Collection[str]) -> Iterator[FieldError]:
    for code in sorted(set(codes) - set(known)):
        yield FieldError(name, _("Le code « {code} » n’existe pas.").format(code=code))
