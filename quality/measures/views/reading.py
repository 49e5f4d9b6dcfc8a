"""Reads published figures for somebody: whose population, at which place, and nothing else.

Figures come from release_cell alone, through `visible` and the row-level security behind it.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from quality.access.actor import Actor, Role
from quality.access.scope import allowed, visible
from quality.conditions import written
from quality.db import fetch, fetch_records, pool
from quality.directory.geography import departement
from quality.directory.territories import territory_names
from quality.measures.catalogue import RESPONSE
from quality.measures.disclosure.lattice import TOPS, Key, Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.models import Convention, Release, ReleaseCell
from quality.measures.releases.figures import Figure, Published
from quality.measures.views.conventions import conventions
from quality.measures.views.wording import territory_words
from quality.web.languages import gettext as _

WHOLE = "ensemble"
RESPONSE_RATE = "RR2"
PRIVATE_EMPLOYER = "particulier_employeur"


@dataclass(frozen=True, slots=True)
class Sight:
    """One population as its reader sees it: all of it, or one provider's part of it in a département."""

    name: str
    label: str
    convention: Convention | None
    provider_code: str = ""
    individuals: frozenset[UUID] = frozenset()  # the private employers that it follows

    @property
    def indicators(self) -> Sequence[str] | None:
        """The codes that may be shown; None for all."""
        return None if self.convention is None else [*self.convention.indicators, *RESPONSE]

    def is_main(self, key: Key) -> bool:
        """Tell whether a figure is the sight's own, not that of one of its parts."""
        return key.code == self.provider_code if self.provider_code else key.scope in TOPS


async def sights(actor: Actor) -> list[Sight]:
    """Give the populations that a reader may choose, the first by default; inside `scoped(actor)`."""
    found = await conventions(actor)
    followed = list({each for row in found for each in row.providers})
    rows = await fetch(pool("web"), AMONG, actor.platform, followed, PRIVATE_EMPLOYER)
    private = frozenset(row["id"] for row in rows)
    return [_with(private, each) for each in await SIGHTS[Role(actor.role)](actor, found)]


def _with(private: frozenset[UUID], sight: Sight) -> Sight:
    followed = sight.convention.providers if sight.convention else ()
    return replace(sight, individuals=private.intersection(followed))


async def _of_funder(actor: Actor, found: Sequence[Convention]) -> list[Sight]:  # noqa: ARG001 - one signature
    return [Sight(each.code, each.title, each) for each in found]


async def _of_platform(actor: Actor, found: Sequence[Convention]) -> list[Sight]:
    return [Sight(WHOLE, _("Toutes les visites suivies"), None), *await _of_funder(actor, found)]


async def _of_provider(actor: Actor, found: Sequence[Convention]) -> list[Sight]:
    """Give what the funders see of this provider, in each département where something is published."""
    by_id = {each.id: each for each in found}
    places = await fetch(pool("web"), PLACES, actor.platform, actor.organisation, list(by_id))
    ordered = sorted(places, key=itemgetter("scope_code", "convention_id"))
    return [_provider_sight(by_id[row["convention_id"]], row["scope_code"]) for row in ordered]


def _provider_sight(of: Convention, code: str) -> Sight:
    where = departement(code.rpartition("-")[2])
    return Sight(f"{of.code}~{where.code}", f"{of.title}, {where.name}", of, code)


SIGHTS: dict[Role, Callable[[Actor, Sequence[Convention]], Awaitable[list[Sight]]]] = {
    Role.funder: _of_funder,
    Role.platform: _of_platform,
    Role.supervisor: _of_platform,
    Role.provider: _of_provider,
}


NAMES = "SELECT id, name FROM organisation WHERE platform_id = $1 AND id = ANY ($2::uuid[])"
AMONG = "SELECT id FROM organisation WHERE platform_id = $1 AND id = ANY ($2::uuid[]) AND legal_form = $3"


# Read as the driver gives them: as models, these rows take six times as long.
FIGURES = """
SELECT c.id, c.release_id, c.indicator, c.version, c.scope_type, c.scope_code, c.provider_id, c.activity,
       c.period, c.status, c.unit, c.n_clients, c.value, c.ci_low, c.ci_high, r.method, r.created_at
FROM release_cell c JOIN release r ON r.id = c.release_id WHERE {which}
"""
IN_ORDER = itemgetter("period", "indicator", "version", "scope_type", "scope_code", "activity")
SCOPES, STATUSES = {each.value: each for each in Scope}, {each.value: each for each in Status}
UNITS = {each.value: each for each in Unit}


# One look into the index for each release: a release says something of a sight, or nothing.
PERIODS = """
SELECT r.period FROM release r
WHERE r.platform_id = $1 AND ($2::text[] IS NULL OR r.period = ANY ($2)) AND (
    $3::boolean AND EXISTS (
        SELECT FROM release_cell c
        WHERE c.platform_id = r.platform_id AND c.period = r.period AND c.convention_id IS NULL)
    OR EXISTS (
        SELECT FROM unnest($4::uuid[]) AS convention JOIN release_cell c
          ON c.platform_id = r.platform_id AND c.period = r.period AND c.convention_id = convention)
    OR EXISTS (
        SELECT FROM unnest($5::uuid[], $6::text[]) AS s (convention, place) JOIN release_cell c
          ON c.platform_id = r.platform_id AND c.period = r.period AND c.convention_id = s.convention
         AND c.scope_type = 'provider_departement' AND c.scope_code = s.place))
"""
# Where something of a provider is published in its conventions: from each place to the next one in the index.
PLACES = """
WITH RECURSIVE place AS (
    (SELECT convention_id, scope_code FROM release_cell
     WHERE platform_id = $1 AND provider_id = $2 AND convention_id IS NOT NULL
     ORDER BY convention_id, scope_code LIMIT 1)
    UNION ALL
    SELECT following.* FROM place CROSS JOIN LATERAL (
        SELECT c.convention_id, c.scope_code FROM release_cell c
        WHERE c.platform_id = $1 AND c.provider_id = $2
          AND (c.convention_id, c.scope_code) > (place.convention_id, place.scope_code)
        ORDER BY c.convention_id, c.scope_code LIMIT 1) following
)
SELECT scope_code, convention_id FROM place WHERE convention_id = ANY ($3)
"""


async def periods_of(actor: Actor, *sights: Sight, among: Collection[str] | None = None) -> list[str]:
    """Give the periods where something of one of these sights is published; inside `scoped(actor)`."""
    if not sights:
        return []
    followed = [(each.convention.id, each.provider_code) for each in sights if each.convention]
    whole = [convention for convention, place in followed if not place]
    parts = [pair for pair in followed if pair[1]]
    places = ([convention for convention, _place in parts], [place for _convention, place in parts])
    of = (actor.platform, None if among is None else list(among))
    rows = await fetch(pool("web"), PERIODS, *of, len(followed) < len(sights), whole, *places)
    return [row["period"] for row in rows]


async def published(actor: Actor, sight: Sight, *which: Q, **facts: object) -> list[Published]:
    """Give the published figures of a sight by period and key, narrowed by columns of release_cell.

    A page that shows some figures asks for those alone: a population has thousands in each period.
    """
    values: list[object] = []
    narrowed: Any = facts
    asked = Q(allowed(actor, ReleaseCell), _of_sight(sight), *which, Q(**narrowed))
    rows = await fetch_records(pool("web"), FIGURES.format(which=written(asked, values, "c")), *values)
    return [_read(row, sight.convention) for row in sorted(rows, key=IN_ORDER)]


def _read(row: Mapping[str, Any], of: Convention | None) -> Published:
    """Make a published figure of a row of FIGURES, of a convention or of all visits."""
    key = Key(
        of.funder_id if of else None,
        of.id if of else None,
        row["indicator"],
        row["version"],
        SCOPES[row["scope_type"]],
        row["scope_code"],
        row["activity"],
    )
    figure = Figure(
        key,
        row["provider_id"],
        STATUSES[row["status"]],
        UNITS[row["unit"]],
        row["n_clients"],
        row["value"],
        row["ci_low"],
        row["ci_high"],
    )
    released = (row["release_id"], row["method"], row["created_at"])
    return Published(row["id"], figure, row["period"], *released, of.code if of else "")


def mains(sight: Sight) -> Q:
    """Write that cells are the sight's own, not those of its parts."""
    return Q(scope_code=sight.provider_code) if sight.provider_code else Q(scope_type__in=sorted(TOPS))


async def names_of(actor: Actor, providers: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Name some providers; inside `scoped(actor)`."""
    rows = await fetch(pool("web"), NAMES, actor.platform, [each for each in providers if each])
    return {row["id"]: row["name"] for row in rows}


async def named_territories(actor: Actor, codes: Iterable[str]) -> dict[str, str]:
    """Name territories by their codes in figures, in the order of these; inside `scoped(actor)`."""
    wanted = sorted(set(codes))
    names = await territory_names(pool("web"), actor.platform) if wanted else {}
    return {code: territory_words(code, names) for code in wanted}


async def dressed(actor: Actor, cells: Iterable[ReleaseCell]) -> list[Published]:
    """Give rows of release_cell with what their releases say."""
    rows = list(cells)
    known = visible(actor, Release).filter(id__in={row.release_id for row in rows})
    made = await known.only("id", "method", "created_at")
    releases = {release.id: release for release in made}
    codes = await codes_of(actor)
    found = [published_of(row, releases[row.release_id], codes) for row in rows]
    return sorted(found, key=_order)


def _order(each: Published) -> tuple[object, ...]:
    return each.period, each.figure.key.order


async def codes_of(actor: Actor) -> dict[UUID | None, str]:
    """Give the codes of the conventions that somebody reads, none for all the visits that are followed."""
    found = await visible(actor, Convention).values_list("id", "code")
    return {None: "", **dict(found)}


def cells_of(actor: Actor, sight: Sight) -> Any:
    """Give the published cells of a sight, to be narrowed and read."""
    return visible(actor, ReleaseCell).filter(_of_sight(sight))


def _of_sight(sight: Sight) -> Q:
    if sight.convention is None:
        return Q(convention_id__isnull=True)
    if sight.provider_code:
        return Q(convention_id=sight.convention.id, scope_code=sight.provider_code)
    return Q(convention_id=sight.convention.id)


def published_of(row: Any, release: Release, conventions: Mapping[UUID | None, str]) -> Published:
    """Make a published figure of a row of release_cell; `conventions` are codes by id."""
    key = Key(
        row.funder_id,
        row.convention_id,
        row.indicator,
        row.version,
        Scope(row.scope_type),
        row.scope_code,
        row.activity,
    )
    figure = Figure(
        key,
        row.provider_id,
        Status(row.status),
        Unit(row.unit),
        row.n_clients,
        row.value,
        row.ci_low,
        row.ci_high,
    )
    code = conventions[row.convention_id]
    return Published(row.id, figure, row.period, row.release_id, release.method, release.created_at, code)
