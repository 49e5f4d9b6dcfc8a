"""/interventions/couverture: of each provider's visits, how many were asked about, contacted, answered."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor, Role
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
from surveys.occasions.reading import is_staff
from surveys.occasions.words import FOR_PROVIDER, FOR_STAFF

PATH = f"{HREF}/couverture"
FEWEST_TOLD = 5  # fewer answers would tell a provider who answered


@dataclass(frozen=True, slots=True)
class Coverage:
    """One provider in one month; `contacted` and `answered` are None where the reader may not know them."""

    provider: UUID
    name: str
    visits: int
    asked: int
    contacted: int | None
    answered: int | None
    why: str
    why_count: int

    @property
    def left(self) -> int:
        return self.visits - self.asked


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One line of the page; `href` leads to the provider's visits of the month."""

    href: str
    name: str
    visits: str
    asked: str
    contacted: str
    answered: str
    why: str


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
    found = await read(actor, month)
    today = clock.now().astimezone((await card_of(actor.platform)).zone).date()
    return await render(request, _page(actor, month, found, today))


async def coverage_csv(request: Request) -> Response:
    """Give the same lines to a spreadsheet."""
    actor, month = signed_in(request), await _month(request)
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [
            _("Organisme"),
            _("Visites"),
            _("Suivies"),
            _("Contactées"),
            _("Réponses"),
            _("Premier motif"),
            _("Combien"),
        ]
    )
    for each in await read(actor, month):
        shown = (_plain(each.contacted), _answers(each.answered))
        writer.writerow([each.name, each.visits, each.asked, *shown, each.why, each.why_count or ""])
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
    own = actor.organisation if actor.role == Role.provider else None
    async with scoped(actor) as db:
        await execute(db, "SET LOCAL plan_cache_mode = force_custom_plan")
        ledger = STAFF_LEDGER if is_staff(actor) else PROVIDER_LEDGER
        rows = await fetch(db, COUNTS.format(ledger=ledger), actor.platform, starts, ends, own)
    words = FOR_STAFF if is_staff(actor) else FOR_PROVIDER
    return [_of(row, {ruling: _(each.label) for ruling, each in words.items()}) for row in rows]


def _of(row: Mapping[str, object], labels: Mapping[str, str]) -> Coverage:
    given = dict(row)
    why = str(given.pop("why") or "")
    return Coverage(**given, why=labels.get(why, ""))  # type: ignore[arg-type]


STAFF_LEDGER = """
SELECT i.provider_id, o.decision = 'asked' AS is_asked,
       CASE WHEN o.decision = 'not_asked' THEN o.reason END AS why,
       EXISTS (SELECT 1 FROM invitation v JOIN attempt a ON a.invitation_id = v.id
                   AND a.id BETWEEN child_id(v.id, 0) AND child_id(v.id, 255)
               WHERE v.occasion_id = o.id AND v.collector = 'platform'
                 AND a.state IN ('sent', 'delivered')) AS is_contacted,
       EXISTS (SELECT 1 FROM invitation v WHERE v.occasion_id = o.id AND v.collector = 'platform'
                 AND v.answered_at IS NOT NULL) AS is_answered
FROM intervention i LEFT JOIN occasion o ON o.id = i.id AND o.id >= $2 AND o.id < $3
WHERE i.platform_id = $1 AND i.id >= $2 AND i.id < $3 AND ($4::uuid IS NULL OR i.provider_id = $4)
"""
PROVIDER_LEDGER = """
SELECT i.provider_id, o.decision = 'asked' AS is_asked,
       CASE WHEN o.decision = 'not_asked' THEN o.ruling END AS why,
       NULL::boolean AS is_contacted, NULL::boolean AS is_answered
FROM intervention i LEFT JOIN provider_occasion o ON o.id = i.id AND o.id >= $2 AND o.id < $3
WHERE i.platform_id = $1 AND i.id >= $2 AND i.id < $3 AND i.provider_id = $4
"""
COUNTS = """
WITH visit AS ({ledger}), reason AS (
    SELECT DISTINCT ON (provider_id) provider_id, why, count(*) AS why_count FROM visit WHERE why IS NOT NULL
    GROUP BY provider_id, why ORDER BY provider_id, why_count DESC, why
)
SELECT v.provider_id AS provider, p.name, count(*) AS visits, count(*) FILTER (WHERE v.is_asked) AS asked,
       CASE WHEN bool_or(v.is_contacted IS NOT NULL) THEN count(*) FILTER (WHERE v.is_contacted)
       END AS contacted,
       CASE WHEN bool_or(v.is_answered IS NOT NULL) THEN count(*) FILTER (WHERE v.is_answered)
       END AS answered,
       r.why, coalesce(r.why_count, 0) AS why_count
FROM visit v JOIN organisation p ON p.id = v.provider_id LEFT JOIN reason r USING (provider_id)
GROUP BY v.provider_id, p.name, r.why, r.why_count ORDER BY visits DESC, p.name
"""


def _page(actor: Actor, month: date, found: Sequence[Coverage], today: date) -> OccasionCoverage:
    code = f"{month:%Y-%m}"
    return OccasionCoverage(
        title=_("Qui a été interrogé"),
        sentence=_sentence(found, period_text(code, languages.current())),
        months=months_offered(month, today),
        month=code,
        rows=tuple(_row(each, code, is_staff(actor)) for each in found),
        csv_href=f"{PATH}.csv?mois={code}",
        is_staff=is_staff(actor),
    )


def _sentence(found: Sequence[Coverage], month: str) -> str:
    visits, asked = sum(each.visits for each in found), sum(each.asked for each in found)
    if not visits:
        return _("Aucune visite reçue en {month}.").format(month=month)
    share = percent(100 * asked / visits, 0, languages.current())
    return _("En {month}, {asked} visites sur {visits} sont suivies, soit {share}.").format(
        month=month, asked=_count(asked), visits=_count(visits), share=share
    )


def _row(each: Coverage, month: str, is_read_by_staff: bool) -> CoverageRow:
    of = f"&organisme={each.provider}" if is_read_by_staff else ""
    why = _("{reason} ({count})").format(reason=each.why, count=_count(each.why_count)) if each.why else ""
    return CoverageRow(
        href=f"{HREF}?mois={month}{of}",
        name=each.name,
        visits=_count(each.visits),
        asked=_count(each.asked),
        contacted=_plain(each.contacted),
        answered=_answers(each.answered),
        why=why,
    )


def _plain(number: int | None) -> str:
    return "" if number is None else _count(number)


def _answers(number: int | None) -> str:
    """Write a number of answers; a few of them are not counted out."""
    if number is not None and 0 < number < FEWEST_TOLD:
        return _("moins de {fewest}").format(fewest=FEWEST_TOLD)
    return _plain(number)


def _count(n: int) -> str:
    return count(n, languages.current())


ROUTES = (
    page(PATH, occasion_coverage, roles=READERS),
    page(f"{PATH}.csv", coverage_csv, roles=READERS),
)
