"""Providers beside their peers: the funnel of an indicator, its finding, and the table that says the same.

The words come from what was judged and kept with the release; the order is by name, and nobody has a rank.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from markupsafe import Markup
from tortoise.expressions import Q

from quality.access.actor import Actor
from quality.access.scope import allowed, visible_records
from quality.conditions import written
from quality.db import fetch, pool
from quality.directory.geography import DEPARTEMENTS, departement
from quality.directory.matching import alphabetical
from quality.errors import NotFound
from quality.measures.catalogue import CATALOGUE, Indicator, Kind
from quality.measures.disclosure.lattice import Scope
from quality.measures.models import ReleaseFunnel, ReleaseStanding
from quality.measures.releases.comparing import KeptLimit, Word, is_overseas
from quality.measures.releases.figures import Figure, Published, digits_of
from quality.measures.statistics.funnel import FEWEST_PEERS
from quality.measures.views.choices import Choice
from quality.measures.views.groups import activity_words, kind_words
from quality.measures.views.reading import Sight, names_of, published
from quality.measures.views.spread import bound_words
from quality.measures.views.wording import Reading, label_of, reading
from quality.web import format as text
from quality.web import funnel, languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.paging import Slice, sliced

order_of = cache(alphabetical)  # of départements
PAIRS, PAGE = "pairs", "page_pairs"
OVERSEAS = "-outre-mer"
FLAGS = frozenset({Word.WARNING, Word.ALERT})
MOST_TOLD = 5
Group = tuple[str, bool]  # activity group, overseas
Row = tuple["ComparedRow", Published]


GROUPS = """
SELECT activity, substring(scope_code FROM '[^-]+$') AS place, release_id, count(ci_low) AS shown
FROM release_cell
WHERE platform_id = $1 AND period = $2 AND indicator = $3 AND version = $4 AND convention_id {population}
  AND scope_type = 'provider_departement' AND activity <> '' AND provider_id IS NOT NULL
GROUP BY 1, 2, 3
"""
FLAGGED = """
SELECT s.id, s.level, s.is_high
FROM release_standing s JOIN release_funnel f ON f.id = s.funnel_id JOIN release r ON r.id = f.release_id
WHERE {which} AND f.convention_id = $1 AND r.period = $2 AND s.level = ANY ($3)
"""


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One provider in words, as in the table under the drawing."""

    name: str
    place: str
    reading: Reading
    words: str
    is_flagged: bool


@dataclass(frozen=True, slots=True)
class About:
    """Which indicator and which peers, the address of the page that shows them, and the other peers."""

    label: str
    words: str
    here: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Peers:
    """One group of peers: the drawing and its finding; without drawing, `why` says why there is none."""

    about: About
    finding: str
    why: str
    drawing: Markup
    notes: tuple[str, ...]
    limits: tuple[str, ...]
    rows: Slice[ComparedRow]
    told: tuple[ComparedRow, ...]
    untold: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What a release keeps of one group: the peers' funnel and what it says of each figure."""

    peers: int
    centre: Decimal
    reliability: int
    limits: Sequence[KeptLimit]
    standings: Mapping[UUID, Mapping[str, Any]]

    @property
    def digits(self) -> int:
        """With how many decimals the mean was kept: a whole one has those of its limits."""
        return max(digits_of(self.centre, each.low, each.high) for each in self.limits)


def few_words() -> str:
    return _("moins de 40 clients, non comparé")


def standing_words(word: Word, *, is_high: bool) -> str:
    """Say where a provider stands, in the words that every page uses.

    >>> standing_words(Word.ORDINARY, is_high=True), standing_words(Word.ALERT, is_high=False)
    ('différence non significative', 'nettement en dessous de ses pairs')
    """
    return {
        (Word.WARNING, True): _("au-dessus de ses pairs"),
        (Word.WARNING, False): _("en dessous de ses pairs"),
        (Word.ALERT, True): _("nettement au-dessus de ses pairs"),
        (Word.ALERT, False): _("nettement en dessous de ses pairs"),
    }.get((word, is_high), few_words() if word is Word.FEW else _("différence non significative"))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which peers a reader asked for by the address, and where the page is."""

    group: str = ""
    page: str = ""
    address: str = ""


async def peers(actor: Actor, sight: Sight, item: Indicator, period: str, asked: Asked) -> Peers | None:
    """Compare the providers of a group, the asked one or the best known; None where nothing is compared.

    Shares alone are: a score is shown and never judged; and a provider reads no other's figure.
    """
    if item.kind is not Kind.SHARE or sight.provider_code:
        return None
    groups = await _groups(actor, sight, item, period)
    if not groups:
        return None
    group = _chosen(groups, asked.group)
    about = About(
        label_of(item),
        group_words(group),
        f"{asked.address}{PAIRS}={group_name(group)}",
        tuple(
            (f"{asked.address}{PAIRS}={group_name(each)}#pairs", group_words(each))
            for each in sorted(groups)
            if each != group
        ),
    )
    kept = await _kept(actor, sight, item, groups[group].release, group)
    if kept is None:
        return _none(about, await _figures(actor, sight, item, period, group))
    return _drawn(about, kept, await _rows(actor, sight, kept), asked.page)


async def _figures(actor: Actor, sight: Sight, item: Indicator, period: str, group: Group) -> list[Published]:
    """Read the figures of a group of which nothing was kept."""
    found = await published(
        actor,
        sight,
        period=period,
        indicator=item.code,
        version=item.version,
        scope_type=Scope.PROVIDER,
        activity=group[0],
        provider_id__isnull=False,
    )
    return [each for each in found if is_overseas(each.figure.key.code) == group[1]]


async def judged_beside_peers(actor: Actor, choice: Choice) -> list[tuple[Figure, Word, bool]]:
    """Give the flagged figures of a choice, with what was said of each; inside `scoped(actor)`."""
    of = choice.sight.convention
    if choice.period is None or of is None:
        return []
    known = await flagged(actor, of.id, choice.period)
    found = await published(actor, choice.sight, id__in=known) if known else []
    return [
        (each.figure, *known[each.id])
        for each in found
        if CATALOGUE[each.figure.key.indicator].version == each.figure.key.version
    ]


async def flagged(actor: Actor, convention: UUID, period: str) -> dict[UUID, tuple[Word, bool]]:
    """Give what was said of each flagged figure of a convention in a period, and if it is high."""
    values: list[object] = [convention, period, list(FLAGS)]
    sql = FLAGGED.format(which=written(allowed(actor, ReleaseStanding), values, "s"))
    rows = await fetch(pool("web"), sql, *values)
    return {row["id"]: (Word(row["level"]), row["is_high"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Counted:
    """How many figures of a group are shown, and the release that they stand in."""

    shown: int
    release: UUID


async def _groups(actor: Actor, sight: Sight, item: Indicator, period: str) -> dict[Group, Counted]:
    """Count the figures that are shown in each group of peers, those without any included."""
    asked = (actor.platform, period, item.code, item.version)
    rows = (
        await fetch(pool("web"), GROUPS.format(population="= $5"), *asked, sight.convention.id)
        if sight.convention
        else await fetch(pool("web"), GROUPS.format(population="IS NULL"), *asked)
    )
    shown: Counter[Group] = Counter()
    for row in rows:
        shown[row["activity"], departement(row["place"]).is_overseas] += row["shown"]
    return {group: Counted(count, rows[0]["release_id"]) for group, count in shown.items()}


def _chosen(groups: Mapping[Group, Counted], asked: str) -> Group:
    if not asked:
        return max(sorted(groups), key=lambda group: groups[group].shown)
    for group in groups:
        if group_name(group) == asked:
            return group
    raise NotFound


def _is_shown(each: Published) -> bool:
    return each.figure.low is not None


def group_name(group: Group) -> str:
    return group[0] + (OVERSEAS if group[1] else "")


def group_words(group: Group) -> str:
    return f"{activity_words(group[0])}, {kind_words(is_overseas=group[1])}"


async def _kept(actor: Actor, sight: Sight, item: Indicator, release: UUID, group: Group) -> Kept | None:
    asked = Q(
        release_id=release,
        convention_id=sight.convention.id if sight.convention else None,
        indicator=item.code,
        version=item.version,
        activity=group[0],
        is_overseas=group[1],
    )
    drawn = await visible_records(actor, ReleaseFunnel, "id, peers, centre, reliability, limits", asked)
    if not drawn:
        return None
    row = drawn[0]
    said = await visible_records(actor, ReleaseStanding, "id, level, is_high", Q(funnel_id=row["id"]))
    limits = msgspec.json.decode(row["limits"], type=list[KeptLimit])
    standings = {each["id"]: each for each in said}
    return Kept(row["peers"], row["centre"], row["reliability"], limits, standings)


async def _rows(actor: Actor, sight: Sight, kept: Kept) -> list[Row]:
    """Give those that were compared, by name: an order by result would be a ranking."""
    shown = await published(actor, sight, id__in=kept.standings)
    names = await names_of(actor, [each.figure.provider for each in shown])
    rows = [
        (_row(each, names.get(each.figure.provider, ""), kept.standings[each.id]), each) for each in shown
    ]
    return sorted(rows, key=lambda row: (alphabetical(row[0].name), order_of(row[0].place)))


def _row(each: Published, name: str, standing: Mapping[str, Any]) -> ComparedRow:
    where, word = DEPARTEMENTS[each.figure.key.code.rpartition("-")[2]].name, Word(standing["level"])
    words = standing_words(word, is_high=standing["is_high"])
    return ComparedRow(name, where, reading(each.figure), words, word in FLAGS)


def _none(about: About, found: Sequence[Published]) -> Peers:
    """Say why nobody is compared."""
    count = len({each.figure.provider for each in found if _is_shown(each)})
    why = _("Cette période a été publiée avant que les organismes soient comparés.")
    if count < FEWEST_PEERS:
        why = _(
            "Pour comparer, il faut au moins {least} organismes publiés de même activité : {count}."
        ).format(least=text.spelled(FEWEST_PEERS, languages.current()), count=_counted(count))
    nothing: Slice[ComparedRow] = sliced((), "", "")
    title = _("{label} : pas de comparaison").format(label=about.label)
    return Peers(about, title, why, Markup(""), (), (), nothing, (), 0)


def _counted(count: int) -> str:
    if not count:
        return _("aucun ne l’est")
    words = ngettext("{num} seul l’est", "{num} seulement le sont", count)
    return words.format(num=text.spelled(count, languages.current()))


def _drawn(about: About, kept: Kept, rows: Sequence[Row], page: str) -> Peers:
    told = [row for row, _each in rows if row.is_flagged]
    flagged = len({each.figure.provider for row, each in rows if row.is_flagged})
    finding = _finding(about.label, flagged, is_judged=any(row.words != few_words() for row, _each in rows))
    return Peers(
        about=about,
        finding=finding,
        why="",
        drawing=_drawing(kept, rows, finding),
        notes=_notes(kept, rows),
        limits=_limits(kept),
        rows=sliced([row for row, _each in rows], page, f"{about.here}&", "#pairs", name=PAGE),
        told=tuple(told[:MOST_TOLD]),
        untold=max(0, len(told) - MOST_TOLD),
    )


def _finding(label: str, flagged: int, *, is_judged: bool) -> str:
    if not is_judged:
        return _("{label} : aucun organisme n’a assez de clients pour être comparé").format(label=label)
    if not flagged:
        return _("{label} : aucune différence significative entre organismes").format(label=label)
    words = ngettext(
        "{label} : {num} organisme s’écarte de ses pairs plus que le hasard",
        "{label} : {num} organismes s’écartent de leurs pairs plus que le hasard",
        flagged,
    )
    return words.format(label=label, num=text.spelled(flagged, languages.current()))


def _drawing(kept: Kept, rows: Sequence[Row], finding: str) -> Markup:
    points = [
        funnel.FunnelPoint(row.name, figure.n_clients, float(figure.value), row.is_flagged)
        for row, each in rows
        if (figure := each.figure).value is not None and figure.n_clients is not None
    ]
    return funnel.funnel_plot(
        points,
        float(kept.centre),
        [funnel.FunnelLimit(each.clients, float(each.low), float(each.high)) for each in kept.limits],
        "%",
        title=finding,
        desc=_(
            "Un point par organisme publié, selon ses clients. Les valeurs sont dans le tableau qui suit."
        ),
        width=760,
        name="pairs",
        lang=languages.current(),
        digits=kept.digits,
    )


def _notes(kept: Kept, rows: Sequence[Row]) -> tuple[str, ...]:
    lang = languages.current()
    centre = text.percent(kept.centre, kept.digits, lang)
    bounds = sum(each.figure.value is None for _row, each in rows)
    return (
        _("{num} organismes publiés de même activité sont comparés ; leur moyenne est de {centre}.").format(
            num=text.count(kept.peers, lang), centre=centre
        ),
        _("Entre les limites, une différence peut venir du hasard : elle n’est pas significative."),
        *bound_words(bounds),
    )


def _limits(kept: Kept) -> tuple[str, ...]:
    """Say what a comparison is worth."""
    return (
        _(
            "Un écart est signalé à partir de 40 clients, par un calcul exact et non par le dessin. "
            "De ceux qui sont signalés, un sur vingt au plus, en moyenne, l’est par hasard."
        ),
        _(
            "Avec 30 clients, {part} de ce qui sépare les organismes leur est propre ; "
            "le reste est dû au hasard des réponses."
        ).format(part=text.percent(kept.reliability, 0, languages.current())),
    )
