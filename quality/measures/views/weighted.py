"""Totals of the whole population as they are and weighted, both as published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from quality.access.actor import Actor
from quality.access.scope import visible
from quality.directory.geography import DEPARTEMENTS
from quality.directory.matching import alphabetical
from quality.french import french
from quality.measures.catalogue import Indicator
from quality.measures.disclosure.lattice import Scope
from quality.measures.models import ReleaseWeighted
from quality.measures.releases.figures import Published, digits_of
from quality.measures.releases.weighing import MARGINS
from quality.measures.views.wording import Reading, label_of, reading
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

NAMES = {
    "activity": french("le type d’activité"),
    "age": french("la tranche d’âge"),
    "funder": french("le financeur"),
}


@dataclass(frozen=True, slots=True)
class WeightedRow:
    """One place: what was measured, and the same weighted."""

    name: str
    reading: Reading
    value: str
    interval: str
    note: str


@dataclass(frozen=True, slots=True)
class Weighted:
    """The totals of an indicator; `margins` says by what they are weighted, and by what they are not."""

    finding: str
    margins: str
    rows: tuple[WeightedRow, ...]


async def weighted(actor: Actor, item: Indicator, found: Sequence[Published]) -> Weighted | None:
    """Read the weighted totals of a page's figures; None without any; inside `scoped(actor)`."""
    totals = {
        each.id: each
        for each in found
        if each.figure.key.scope in {Scope.FRANCE, Scope.DEPARTEMENT}
        and (each.figure.key.indicator, each.figure.key.version) == (item.code, item.version)
        and each.figure.key.convention is None
    }
    kept = await visible(actor, ReleaseWeighted).filter(id__in=list(totals)) if totals else []
    if not kept:
        return None
    rows = [(_row(totals[row.id], row), totals[row.id]) for row in kept]
    ordered = sorted(rows, key=lambda row: _order(*row))
    moved = sum(_is_moved(totals, row) for row in kept)
    used = {name for row in kept for name in row.margins}
    return Weighted(_finding(label_of(item), moved), _margins(used), tuple(row for row, _each in ordered))


def weighted_reading(kept: ReleaseWeighted) -> Reading:
    """Write a weighted total; its clients are those of the raw one."""
    digits, lang = digits_of(kept.value, kept.ci_low, kept.ci_high), languages.current()
    return Reading(
        value=text.percent(kept.value, digits, lang),
        interval=text.interval_text(kept.ci_low, kept.ci_high, digits, lang),
        clients="",
        status=_("redressé"),
        is_shown=True,
        is_fragile=False,
    )


def _order(row: WeightedRow, each: Published) -> tuple[bool, tuple[str, str]]:
    return each.figure.key.scope is not Scope.FRANCE, alphabetical(row.name)


def _row(each: Published, kept: ReleaseWeighted) -> WeightedRow:
    key, shown = each.figure.key, weighted_reading(kept)
    return WeightedRow(
        name=_("France entière") if key.scope is Scope.FRANCE else DEPARTEMENTS[key.code].name,
        reading=reading(each.figure),
        value=shown.value,
        interval=shown.interval,
        note=" ".join(_notes(kept)),
    )


def _notes(kept: ReleaseWeighted) -> list[str]:
    lang = languages.current()
    notes = []
    if kept.trimmed:
        notes.append(
            _("Poids limité pour {part} des clients au plus.").format(
                part=text.percent(kept.trimmed, 0, lang)
            )
        )
    if kept.unreached:
        notes.append(
            _("Personne n’a répondu dans des groupes qui font {part} des clients interrogés.").format(
                part=text.percent(kept.unreached, 0, lang)
            )
        )
    return notes


def _is_moved(totals: Mapping[UUID, Published], kept: ReleaseWeighted) -> bool:
    """Tell whether a weighted value leaves the interval of the raw one."""
    figure = totals[kept.id].figure
    return figure.low is not None and figure.high is not None and not figure.low <= kept.value <= figure.high


def _finding(label: str, moved: int) -> str:
    if not moved:
        return _("{label} : redressés, les totaux restent dans leur intervalle").format(label=label)
    words = ngettext(
        "{label} : redressé, {num} total sort de son intervalle",
        "{label} : redressés, {num} totaux sortent de leur intervalle",
        moved,
    )
    return words.format(label=label, num=text.spelled(moved, languages.current()))


def _margins(used: set[str]) -> str:
    """Say by what totals are weighted, and by what the data do not let them be."""
    by = ", ".join(_(NAMES[name]) for name in MARGINS if name in used)
    missing = ", ".join(_(NAMES[name]) for name in MARGINS if name not in used)
    words = _("Redressé selon {names}.").format(names=by)
    return (
        f"{words} " + _("Sans {names} : une seule valeur est connue.").format(names=missing)
        if missing
        else words
    )
