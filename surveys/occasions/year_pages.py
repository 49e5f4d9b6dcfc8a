"""/interventions/bilans: what clients answered about their year, the latest first, for the platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, fetch, fetch_value
from quality.directory.geography import zone_of
from quality.web import languages
from quality.web.format import capital, moment_text
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from quality.web.paging import ROWS, first_row, placed
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.occasions.answers import READERS
from surveys.occasions.list_pages import HREF as VISITS
from surveys.occasions.list_pages import Pairs
from surveys.questionnaire.logic import Answer
from surveys.questionnaire.wording import words_of
from surveys.respondents import Who, told
from surveys.response import questionnaire_of

HREF = f"{VISITS}/bilans"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class YearRow:
    """One answer: `href` leads to the last visit before it, where it is read whole; "" without any.

    `first` is what was answered to the first question, of the year as a whole; "" where it was passed.
    """

    href: str
    title: str
    provider: str
    who: str
    first: str
    when: str


@dataclass(frozen=True, slots=True)
class YearList:
    """The answers about a year; `years` and `providers` are (value, words) pairs, with the one chosen."""

    title: str
    rows: tuple[YearRow, ...]
    years: Pairs
    year: str
    providers: Pairs
    provider: str
    picked: tuple[str, ...]
    previous: str | None
    following: str | None
    position: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which answers are listed, "" for all of them: of a year and a provider, among those with some."""

    year: str
    provider: str
    years: Pairs
    providers: Pairs


async def year_list(request: Request) -> Response:
    actor, asked = signed_in(request), request.query_params
    async with scoped(actor) as db:
        choice = await _choice(db, actor, asked)
        values = (actor.platform, choice.year, choice.provider)
        total: int = await fetch_value(db, f"SELECT count(*) {CHOSEN}", *values)
        start = first_row(asked.get("page", ""), total)
        found = await fetch(db, LISTED, *values, start)
        rows = [await _row(db, each) for each in found]
    return await render(request, _list(choice, rows, start, total))


CHOSEN = """
FROM invitation i JOIN response r ON r.invitation_id = i.id JOIN client c ON c.id = i.client_id
WHERE i.platform_id = $1 AND i.purpose = 'yearly' AND i.answered_at IS NOT NULL
  AND ($2 = '' OR extract(year FROM i.month)::text = $2) AND ($3 = '' OR i.provider_id::text = $3)
"""
LISTED = f"""
SELECT r.respondent, r.relation, r.help, r.worker, r.questionnaire_id, r.answers::text AS answers,
       r.created_at, c.reference, i.provider_name AS provider, i.departement, i.month,
       (SELECT v.id FROM intervention v WHERE v.client_id = i.client_id AND v.status = 'done'
        AND v.ended_at <= r.created_at ORDER BY v.ended_at DESC, v.id DESC LIMIT 1) AS visit
{CHOSEN} ORDER BY r.created_at DESC, r.id LIMIT {ROWS} OFFSET $4
"""
YEARS = """
SELECT DISTINCT extract(year FROM i.month)::integer AS year FROM invitation i
WHERE i.platform_id = $1 AND i.purpose = 'yearly' AND i.answered_at IS NOT NULL ORDER BY year DESC
"""
PROVIDERS = """
SELECT o.id, o.name FROM organisation o WHERE o.id IN (SELECT i.provider_id FROM invitation i
    WHERE i.platform_id = $1 AND i.purpose = 'yearly' AND i.answered_at IS NOT NULL)
ORDER BY o.name
"""


async def _choice(db: Connection, actor: Actor, asked: Mapping[str, str]) -> Choice:
    """Read the address; what is not offered is left out."""
    years = tuple((str(each["year"]),) * 2 for each in await fetch(db, YEARS, actor.platform))
    providers = tuple((str(each["id"]), each["name"]) for each in await fetch(db, PROVIDERS, actor.platform))
    year, provider = asked.get("annee", ""), asked.get("organisme", "")
    return Choice(
        year if year in dict(years) else "", provider if provider in dict(providers) else "", years, providers
    )


async def _row(db: Connection, row: Row) -> YearRow:
    first = (await questionnaire_of(db, row["questionnaire_id"])).items[0]
    answers = msgspec.json.decode(row["answers"], type=dict[str, Answer])
    answer = answers.get(first.alias)
    lang = languages.current()
    who = Who(row["relation"], row["help"], row["worker"])
    title = _("Bilan de {year}, client {reference}")
    return YearRow(
        href=f"{VISITS}/{row['visit']}" if row["visit"] else "",
        title=title.format(year=row["month"].year, reference=row["reference"]),
        provider=row["provider"],
        who=capital(_(told(row["respondent"], who))),
        first="" if answer is None else words_of(first, answer, lang),
        when=moment_text(row["created_at"].astimezone(zone_of(row["departement"])), lang),
    )


def _list(choice: Choice, rows: list[YearRow], start: int, total: int) -> YearList:
    kept = {"annee": choice.year, "organisme": choice.provider}
    query = urlencode({name: value for name, value in kept.items() if value})
    cut = placed(rows, start, total, f"{HREF}?{query}{'&' if query else ''}", "#liste")
    picked = (choice.year, dict(choice.providers).get(choice.provider, ""))
    return YearList(
        title=_title(total),
        rows=cut.rows,
        years=(("", _("Toutes")), *choice.years),
        year=choice.year,
        providers=(("", _("Tous")), *choice.providers),
        provider=choice.provider,
        picked=tuple(filter(None, picked)),
        previous=cut.previous,
        following=cut.following,
        position=cut.position,
    )


def _title(total: int) -> str:
    if not total:
        return _("Bilans de l’année")
    return counted(ngettext("{num} bilan de l’année", "{num} bilans de l’année", total), total)


ROUTES = (page(HREF, year_list, roles=READERS, name="year-list"),)
