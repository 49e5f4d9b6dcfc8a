"""What the register shows: adhesions of every platform, read in the pool `answer`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from markupsafe import Markup

from charter.adhesion.life import HOLDING, State
from charter.adhesion.words import origin_words, state_tag
from charter.editions import Library
from charter.library import library
from charter.words import Tag, said
from quality.db import fetch, fetch_one, fetch_value, pool
from quality.directory.activities import activity_name
from quality.directory.geography import DEPARTEMENTS
from quality.errors import NotFound
from quality.measures.catalogue import indicator
from quality.measures.views.wording import label_of
from quality.web import languages
from quality.web.format import day_text, interval_text, number, percent, period_text
from quality.web.languages import gettext as _
from quality.web.paging import ROWS, position_words
from quality.web.platform import card_of

HREF = "/registre"
FOUND = """
FROM adhesion a JOIN organisation o ON o.id = a.provider_id
WHERE a.state NOT IN ('ended', 'revoked') AND o.legal_form IS DISTINCT FROM 'particulier_employeur'
  AND ($1 = '' OR o.departement = $1) AND ($2 = '' OR $2 = ANY (o.activities))
"""
LISTED = (
    "SELECT a.id, a.platform_id, a.edition, a.edition_version, a.state, a.ends_on, o.name, o.departement "
    f"{FOUND} "
    "ORDER BY o.name, a.edition, a.id LIMIT $3 OFFSET $4"
)
COUNTED = f"SELECT count(*) AS every {FOUND}"
ONE = """
SELECT a.id, a.platform_id, a.provider_id, a.rank, a.state, a.starts_on, a.ends_on, a.changed_at,
       a.suspended_at, a.certificate, a.edition, a.edition_version, o.name, o.departement, o.siret,
       o.activities
FROM adhesion a JOIN organisation o ON o.id = a.provider_id
WHERE a.id = $1 AND o.legal_form IS DISTINCT FROM 'particulier_employeur'
"""
# Its newest quarter, as last published: the policy of the pool lets through those of a provider that agreed,
# from 40 clients.
FIGURES = """
SELECT DISTINCT ON (c.indicator, c.scope_code)
       c.indicator, c.version, c.period, c.scope_code, c.value, c.ci_low, c.ci_high, c.n_clients
FROM release_cell c
WHERE c.provider_id = $1 AND c.activity = '' AND c.value IS NOT NULL AND c.unit = 'percent'
  AND c.period = (
    SELECT max(d.period) FROM release_cell d WHERE d.provider_id = $1 AND d.period LIKE '____-Q_')
ORDER BY c.indicator, c.scope_code, c.release_id DESC
"""
WITHHELD = "SELECT rank FROM adhesion WHERE state NOT IN ('valid', 'warned')"
LAST_RANK = "SELECT coalesce(max(rank), 0) FROM adhesion"


@dataclass(frozen=True, slots=True)
class RegisterRow:
    href: str
    name: str
    edition: str
    place: str
    tag: Tag
    until: str


@dataclass(frozen=True, slots=True)
class Register:
    """/registre: who adheres, by département and activity."""

    title: str
    rows: tuple[RegisterRow, ...]
    departement: str
    departements: tuple[tuple[str, str], ...]
    activity: str
    activities: tuple[tuple[str, str], ...]
    previous: str | None
    following: str | None
    position: str


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """/registre/{id}: what an adhesion is worth today, in plain words."""

    title: str
    identity: str
    tag: Tag
    sentence: str
    origin: str
    edition: str
    activities: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    period: str
    badge: str
    certificate: str
    snippet: str
    square: Markup
    address: str
    limit: str


async def register(departement: str, activity: str, rank: int) -> Register:
    """Read a page of the register."""
    db = pool("answer")
    wanted = (departement if departement in DEPARTEMENTS else "", activity)
    counted = await fetch_one(db, COUNTED, *wanted)
    every = counted["every"] if counted else 0
    shown = await fetch(db, LISTED, *wanted, ROWS, rank * ROWS)
    last, known = rank * ROWS + len(shown), await _libraries(shown)
    query = f"{HREF}?departement={wanted[0]}&activite={wanted[1]}&page="
    offered = await fetch(db, f"SELECT DISTINCT unnest(o.activities) AS code {FOUND} ORDER BY 1", "", "")
    return Register(
        title=_("Registre des adhésions"),
        rows=tuple(_row(row, known[row["platform_id"]]) for row in shown),
        departement=wanted[0],
        departements=(
            ("", _("Tous")),
            *((code, f"{code} {each.name}") for code, each in DEPARTEMENTS.items()),
        ),
        activity=wanted[1],
        activities=(("", _("Toutes")), *((row["code"], activity_name(row["code"])) for row in offered)),
        previous=f"{query}{rank}" if rank else None,
        following=f"{query}{rank + 2}" if last < every else None,
        position=position_words(rank * ROWS + 1, last, every),
    )


async def _libraries(rows: Iterable[Mapping[str, Any]]) -> Mapping[UUID, Library]:
    platforms = {row["platform_id"] for row in rows}
    return {each: await library(pool("answer"), each) for each in platforms}


def _row(row: Mapping[str, Any], known: Library) -> RegisterRow:
    until = day_text(row["ends_on"], languages.current(), year=True)
    edition, place = (
        said(known.find(row["edition"], row["edition_version"]).title),
        _place(row["departement"]),
    )
    return RegisterRow(f"{HREF}/{row['id']}", row["name"], edition, place, state_tag(row["state"]), until)


def _place(code: str | None) -> str:
    return DEPARTEMENTS[code].name if code is not None and code in DEPARTEMENTS else ""


async def found(adhesion: UUID) -> dict[str, Any]:
    """Read one adhesion of the register, or answer 404."""
    row = await fetch_one(pool("answer"), ONE, adhesion)
    if row is None:
        raise NotFound
    return row


async def edition_title(row: Mapping[str, Any]) -> str:
    """Write the title of the edition that an adhesion follows."""
    known = await library(pool("answer"), row["platform_id"])
    return said(known.find(row["edition"], row["edition_version"]).title)


async def entry(adhesion: UUID, address: str, square: Markup) -> RegisterEntry:
    """Read the page that verifies an adhesion."""
    row = await found(adhesion)
    holds = State(row["state"]) in HOLDING
    figures = await fetch(pool("answer"), FIGURES, row["provider_id"]) if holds else []
    place, siret = _place(row["departement"]), row["siret"] or ""
    period = figures[0]["period"] if figures else ""
    return RegisterEntry(
        title=row["name"],
        identity=", ".join(filter(None, (place, f"SIRET {siret}" if siret else ""))),
        tag=state_tag(row["state"]),
        sentence=_sentence(row, (await card_of(row["platform_id"])).zone),
        origin=origin_words(row),
        edition=await edition_title(row),
        activities=tuple(activity_name(code) for code in row["activities"]),
        figures=tuple(map(_figure, figures)),
        period=period_text(period, languages.current()) if period else "",
        badge=f"{HREF}/{row['id']}/badge.jwt" if holds else "",
        certificate=f"{HREF}/{row['id']}/certificat.pdf" if holds else "",
        snippet=str(_snippet(address, row["name"])) if holds else "",
        square=square,
        address=address,
        limit=_("L’adhésion engage l’organisme : ce n’est ni une certification, ni une note de l’État."),
    )


def _snippet(address: str, name: str) -> Markup:
    """Write what a site pastes to show an adhesion: a link and a picture of its state of the day."""
    words = _("Adhésion de {name} à la charte de qualité : lire son état").format(name=name)
    drawn = Markup('<a href="{}"><img src="{}/badge.svg" width="320" height="64" alt="{}"></a>')
    return drawn.format(address, address, words)


def _sentence(row: Mapping[str, Any], zone: ZoneInfo) -> str:
    lang = languages.current()
    until = day_text(row["ends_on"], lang, year=True)
    since = day_text(row["changed_at"].astimezone(zone).date(), lang, year=True)
    stopped = day_text((row["suspended_at"] or row["changed_at"]).astimezone(zone).date(), lang, year=True)
    words = {
        State.valid: _("L’adhésion est en cours. Elle vaut jusqu’au {until}."),
        State.warned: _("L’adhésion est en cours, jusqu’au {until}. Un engagement est à rétablir."),
        State.suspended: _("L’adhésion est suspendue depuis le {stopped} : un engagement n’est pas tenu."),
        State.appealed: _(
            "L’adhésion est suspendue depuis le {stopped}. L’organisme a fait appel le {since}."
        ),
        State.ended: _("L’adhésion a pris fin le {until}. Elle ne vaut plus."),
        State.revoked: _("L’adhésion a été retirée le {since}. Elle ne vaut plus."),
    }
    return words[State(row["state"])].format(until=until, since=since, stopped=stopped)


def _figure(row: Mapping[str, Any]) -> tuple[str, str]:
    lang = languages.current()
    detail = _("{interval}, {clients} clients, {place}").format(
        interval=interval_text(row["ci_low"], row["ci_high"], 0, lang),
        clients=number(row["n_clients"], 0, lang),
        place=_place(row["scope_code"].rpartition("-")[2]),
    )
    return label_of(
        indicator(row["indicator"], row["version"])
    ), f"{percent(row['value'], 0, lang)}, {detail}"


async def withheld() -> tuple[list[int], int]:
    """List the bits of the adhesions that do not hold now, and give the last bit of all."""
    last: int = await fetch_value(pool("answer"), LAST_RANK)
    return [row["rank"] for row in await fetch(pool("answer"), WITHHELD) if row["rank"] <= last], last
