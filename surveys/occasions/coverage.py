"""/interventions/couverture: of each provider's visits, how many were asked about, contacted, answered."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import execute, fetch
from quality.ids import uuid7_floor
from quality.web import languages
from quality.web.format import count, percent, period_text
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.occasions.list_pages import (
    HREF,
    MONTH,
    READERS,
    Pairs,
    first_instant,
    month_after,
    months_offered,
)
from surveys.occasions.reading import RULING_FOR_PROVIDER, RULING_FOR_STAFF, Ruling, is_staff
from surveys.occasions.words import FOR_PROVIDER, FOR_STAFF, RulingWords

PATH = f"{HREF}/couverture"


@dataclass(frozen=True, slots=True)
class Coverage:
    """One provider in one month: its visits, by ruling too.

    `contacted` and `answered` are None for a provider. No number tells it how many of its visits were asked
    about: a line that it sends again as cancelled would move that number, or not, and so tell of one visit.
    """

    provider: UUID
    name: str
    visits: int
    contacted: int | None
    answered: int | None
    rulings: Mapping[str, int]

    @property
    def asked(self) -> int:
        return self.rulings.get(Ruling.ASKED, 0)

    @property
    def noted(self) -> int:
        return self.rulings.get(Ruling.NOTED, 0)


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One line of the page: `href` leads to the provider's visits, `why` are (address, words) pairs."""

    href: str
    name: str
    visits: str
    asked: str
    contacted: str
    answered: str
    why: Pairs


@dataclass(frozen=True, slots=True)
class OccasionCoverage:
    """The page: (value, words) pairs of months, a sentence, and one line a provider."""

    title: str
    sentence: str
    months: Pairs
    month: str
    rows: tuple[CoverageRow, ...]
    csv_href: str
    is_staff: bool


async def occasion_coverage(request: Request) -> Response:
    actor, month = signed_in(request), await _month(request)
    today = clock.now().astimezone((await card_of(actor.platform)).zone).date()
    found = await read(actor, month)
    return await render(request, _page(actor, month, found, today))


async def coverage_csv(request: Request) -> Response:
    """Give the same lines to a spreadsheet, with one column a decision."""
    actor, month = signed_in(request), await _month(request)
    found, words = await read(actor, month), _listed(actor)
    rulings = [ruling for ruling in words if any(each.rulings.get(ruling) for each in found)]
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    heads = [_("Organisme"), _("Visites")]
    heads += [_("Suivies"), _("Contactées"), _("Réponses")] if is_staff(actor) else []
    writer.writerow([*heads, *(_(words[ruling].label) for ruling in rulings)])
    for each in found:
        shown = (each.asked, _plain(each.contacted), _plain(each.answered)) if is_staff(actor) else ()
        counted = (each.rulings.get(ruling, 0) for ruling in rulings)
        writer.writerow([each.name, each.visits, *shown, *counted])
    name = f"couverture-{month:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response("\ufeff" + lines.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


async def _month(request: Request) -> date:
    written = request.query_params.get("mois", "")
    if MONTH.fullmatch(written):
        return date.fromisoformat(f"{written}-01")
    card = await card_of(signed_in(request).platform)
    return clock.now().astimezone(card.zone).date().replace(day=1)


async def read(actor: Actor, month: date) -> Sequence[Coverage]:
    """Count the visits of a month by provider, the largest first; a provider reads its own line."""
    card = await card_of(actor.platform)
    starts, ends = (uuid7_floor(first_instant(day, card)) for day in (month, month_after(month)))
    async with scoped(actor) as db:
        await execute(db, "SET LOCAL plan_cache_mode = force_custom_plan")
        if is_staff(actor):
            return _by_provider(await fetch(db, STAFF_COUNTS, actor.platform, starts, ends))
        rows = await fetch(db, PROVIDER_COUNTS, actor.platform, starts, ends, actor.organisation)
    return _by_provider(rows)


def _by_provider(rows: Sequence[Mapping[str, Any]]) -> list[Coverage]:
    """Gather the counts of each ruling, the provider with most visits first."""
    found = [_of(list(group)) for _provider, group in groupby(rows, key=itemgetter("provider"))]
    return sorted(found, key=lambda each: (-each.visits, each.name))


def _of(rows: Sequence[Mapping[str, Any]]) -> Coverage:
    rulings = {str(row["ruling"]): int(row["visits"]) for row in rows}
    return Coverage(
        provider=rows[0]["provider"],
        name=rows[0]["name"],
        visits=sum(rulings.values()),
        contacted=_total(rows, "contacted"),
        answered=_total(rows, "answered"),
        rulings=rulings,
    )


def _total(rows: Sequence[Mapping[str, Any]], name: str) -> int | None:
    return sum(row[name] for row in rows) if rows[0][name] is not None else None


STAFF_COUNTS = f"""
SELECT i.provider_id AS provider, p.name, {RULING_FOR_STAFF} AS ruling, count(*) AS visits,
       count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM invitation v WHERE v.occasion_id = o.id AND v.collector = 'platform'
             AND (v.was_reached OR EXISTS (
                 SELECT 1 FROM attempt a WHERE a.id BETWEEN child_id(v.id, 0) AND child_id(v.id, 255)
                   AND a.invitation_id = v.id AND a.state IN ('sent', 'delivered'))))) AS contacted,
       count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM invitation v WHERE v.occasion_id = o.id AND v.collector = 'platform'
             AND v.answered_at IS NOT NULL)) AS answered
FROM intervention i JOIN organisation p ON p.id = i.provider_id
LEFT JOIN occasion o ON o.id = i.id AND o.id >= $2 AND o.id < $3
WHERE i.platform_id = $1 AND i.id >= $2 AND i.id < $3 GROUP BY 1, 2, 3 ORDER BY 1
"""
PROVIDER_COUNTS = f"""
SELECT i.provider_id AS provider, p.name, {RULING_FOR_PROVIDER} AS ruling, count(*) AS visits,
       NULL::bigint AS contacted, NULL::bigint AS answered
FROM intervention i JOIN organisation p ON p.id = i.provider_id
LEFT JOIN provider_occasion o ON o.id = i.id AND o.id >= $2 AND o.id < $3
WHERE i.platform_id = $1 AND i.id >= $2 AND i.id < $3 AND i.provider_id = $4 GROUP BY 1, 2, 3 ORDER BY 1
"""


def _listed(actor: Actor) -> Mapping[str, RulingWords]:
    """Give the words of the decisions listed: to the staff, those that asked nobody.

    To a provider all of them, which add up to its visits: some of those noted were asked about.
    """
    if is_staff(actor):
        return {ruling: words for ruling, words in FOR_STAFF.items() if ruling != Ruling.ASKED}
    return FOR_PROVIDER


def _page(actor: Actor, month: date, found: Sequence[Coverage], today: date) -> OccasionCoverage:
    code = f"{month:%Y-%m}"
    return OccasionCoverage(
        title=_("Qui a été interrogé") if is_staff(actor) else _("Vos visites du mois"),
        sentence=_sentence(actor, found, period_text(code, languages.current())),
        months=months_offered(month, today),
        month=code,
        rows=tuple(_row(actor, each, month) for each in found),
        csv_href=f"{PATH}.csv?mois={code}",
        is_staff=is_staff(actor),
    )


def _sentence(actor: Actor, found: Sequence[Coverage], month: str) -> str:
    visits, noted = sum(each.visits for each in found), sum(each.noted for each in found)
    if not visits:
        return _("Aucune visite reçue en {month}.").format(month=month)
    if not is_staff(actor):
        sentence = _(
            "En {month}, {visits} visites reçues, dont {noted} prises en compte\u00a0: "
            "la plateforme choisit qui elle interroge, et ne dit pas de qui il s’agit."
        )
        return sentence.format(month=month, visits=_count(visits), noted=_count(noted))
    followed = sum(each.asked for each in found)
    share = percent(100 * followed / visits, 0, languages.current())
    return _("En {month}, {asked} visites sur {visits} sont suivies, soit {share}.").format(
        month=month, asked=_count(followed), visits=_count(visits), share=share
    )


def _row(actor: Actor, each: Coverage, month: date) -> CoverageRow:
    of = {"organisme": f"{each.provider}"} if is_staff(actor) else {}
    address = {"mois": f"{month:%Y-%m}", **of}
    return CoverageRow(
        href=f"{HREF}?{urlencode(address)}",
        name=each.name,
        visits=_count(each.visits),
        asked=_count(each.asked),
        contacted=_plain(each.contacted),
        answered=_plain(each.answered),
        why=_why(each, _listed(actor), address),
    )


def _why(each: Coverage, words: Mapping[str, RulingWords], address: Mapping[str, str]) -> Pairs:
    """List the decisions with their counts, the commonest first."""
    counted = [(number, words[ruling]) for ruling, number in each.rulings.items() if ruling in words]
    said = _("{reason} ({count})")
    return tuple(
        (
            f"{HREF}?{urlencode({**address, 'decision': word.slug})}",
            said.format(reason=_(word.label), count=_count(number)),
        )
        for number, word in sorted(counted, key=lambda pair: -pair[0])
    )


def _plain(number: int | None) -> str:
    return "" if number is None else _count(number)


def _count(n: int) -> str:
    return count(n, languages.current())


ROUTES = (
    page(PATH, occasion_coverage, roles=READERS),
    page(f"{PATH}.csv", coverage_csv, roles=READERS),
)
