"""/interventions: every visit of a month with the decision taken on it, and why some are not followed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.component import MenuEntry
from quality.directory.activities import activity_name
from quality.directory.geography import zone_of
from quality.errors import NotFound
from quality.ids import uuid7_floor
from quality.web import languages
from quality.web.format import count, day_text, percent, period_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import PlatformCard, card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.occasions import reading
from surveys.occasions.reading import PENDING, Choice, Cursor, Line, Lines, Ruling
from surveys.occasions.words import (
    ASKED_BECAUSE,
    FOR_PROVIDER,
    FOR_STAFF,
    STATUSES,
    RulingWords,
    Tag,
    channels,
    standing,
)

HREF = "/interventions"
READERS = frozenset({Role.platform, Role.supervisor, Role.provider})
SENDERS = frozenset({Role.platform, Role.provider})
MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")
MONTHS_BACK = 13
REASONS_SAID = 3
ALL, NOT_FOLLOWED, WAITING = "toutes", "non-suivies", "en-attente"
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a month, a provider, which decisions, and where the page starts."""

    month: date
    provider: UUID | None
    decision: str
    cursor: Cursor | None

    def href(self, **changed: str) -> str:
        """Return the address of this choice; a page of its own starts only where `changed` says so."""
        kept = {
            "mois": f"{self.month:%Y-%m}",
            "organisme": str(self.provider or ""),
            "decision": "" if self.decision == ALL else self.decision,
            **changed,
        }
        return f"{HREF}?{urlencode({name: value for name, value in kept.items() if value})}"


@dataclass(frozen=True, slots=True)
class Found:
    """What was read: the month's counts by ruling, one page of visits, and the providers to choose from."""

    counts: Mapping[str, int]
    lines: Lines
    providers: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One reason why visits are not followed: how many, and the address that lists them."""

    href: str
    label: str
    sentence: str
    count: int

    @property
    def visits(self) -> str:
        return ngettext("%(num)s visite", "%(num)s visites", self.count) % {"num": _count(self.count)}


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit, in words; `href` leads to its story."""

    href: str
    reference: str
    activity: str
    day: str
    provider: str
    status: str
    tag: Tag
    channels: str
    why: str


@dataclass(frozen=True, slots=True)
class OccasionList:
    """The page of the ledger: `months`, `providers` and `decisions` are the choices of the filters."""

    title: str
    sentence: str
    summary: tuple[str, ...]
    reasons: tuple[ReasonRow, ...]
    months: Pairs
    month: str
    providers: Pairs
    provider: str
    decisions: Pairs
    decision: str
    rows: tuple[VisitRow, ...]
    is_staff: bool
    can_send: bool
    all_href: str
    previous: str | None
    following: str | None
    position: str


async def occasion_list(request: Request) -> Response:
    actor = signed_in(request)
    card = await card_of(actor.platform)
    asked = _asked(actor, request.query_params, card)
    known = await reading.providers(actor)
    if asked.provider and reading.is_staff(actor) and asked.provider not in known:
        raise NotFound
    choice = _choice(actor, asked, card)
    counts = await reading.counts(actor, choice)
    lines = await reading.lines(actor, choice, _rulings(actor, asked.decision), asked.cursor)
    today = clock.now().astimezone(card.zone).date()
    return await render(request, _list(actor, asked, Found(counts, lines, known), today))


def _asked(actor: Actor, query: Mapping[str, str], card: PlatformCard) -> Asked:
    """Read the address; what it says badly is left out, so that an old link still opens."""
    written, decision = query.get("mois", ""), query.get("decision", "")
    today = clock.now().astimezone(card.zone).date()
    yesterday = today - timedelta(days=1)  # on the first day of a month nothing of it has happened yet
    month = date.fromisoformat(f"{written}-01" if MONTH.fullmatch(written) else f"{yesterday:%Y-%m}-01")
    slugs = {ALL, NOT_FOLLOWED, WAITING, *(words.slug for words in _words(actor).values())}
    after, before = _uuid(query.get("apres", "")), _uuid(query.get("avant", ""))
    cursor = Cursor(after) if after else Cursor(before, is_back=True) if before else None
    provider = _uuid(query.get("organisme", ""))
    return Asked(month, provider, decision if decision in slugs else ALL, cursor)


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _choice(actor: Actor, asked: Asked, card: PlatformCard) -> Choice:
    """Turn the platform's month into a range of identifiers; a visit's comes from its planned instant."""
    starts, ends = (first_instant(month, card) for month in (asked.month, month_after(asked.month)))
    return reading.choice_of(actor, uuid7_floor(starts), uuid7_floor(ends), asked.provider)


def first_instant(day: date, card: PlatformCard) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=card.zone)


def month_after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _words(actor: Actor) -> Mapping[str, RulingWords]:
    return FOR_STAFF if reading.is_staff(actor) else FOR_PROVIDER


def _rulings(actor: Actor, decision: str) -> tuple[str, ...]:
    """Return the rulings that a filter keeps; none keeps every visit."""
    words = _words(actor)
    groups = {ALL: (), WAITING: PENDING, NOT_FOLLOWED: _not_followed(words)}
    if decision in groups:
        return groups[decision]
    return tuple(ruling for ruling, each in words.items() if each.slug == decision)


def _not_followed(words: Mapping[str, RulingWords]) -> tuple[str, ...]:
    return tuple(ruling for ruling in words if ruling not in {Ruling.ASKED, Ruling.NOTED, *PENDING})


def _list(actor: Actor, asked: Asked, found: Found, today: date) -> OccasionList:
    lines, rows = found.lines, tuple(_row(actor, line, found.providers) for line in found.lines.rows)
    reasons = _reasons(actor, asked, found.counts)
    return OccasionList(
        title=_title(found.counts),
        sentence=_sentence(asked),
        summary=_summary(found.counts, reasons),
        reasons=reasons,
        months=months_offered(asked.month, today),
        month=f"{asked.month:%Y-%m}",
        providers=_providers(found.providers) if reading.is_staff(actor) else (),
        provider=str(asked.provider or ""),
        decisions=_decisions(actor),
        decision=asked.decision,
        rows=rows,
        is_staff=reading.is_staff(actor),
        can_send=actor.role in SENDERS,
        all_href=asked.href(decision="") if asked.decision != ALL else "",
        previous=asked.href(avant=str(lines.rows[0].id)) if rows and lines.has_newer else None,
        following=asked.href(apres=str(lines.rows[-1].id)) if rows and lines.has_older else None,
        position=_position(rows),
    )


def _title(counts: Mapping[str, int]) -> str:
    """Say what the page found: every visit has its decision, or how many still wait."""
    if not counts:
        return _("Aucune visite reçue ce mois-ci")
    waiting = sum(counts.get(ruling, 0) for ruling in PENDING)
    if not waiting:
        return _("Chaque visite a une décision")
    words = ngettext("%(num)s visite attend sa décision", "%(num)s visites attendent leur décision", waiting)
    return words % {"num": _count(waiting)}


def _sentence(asked: Asked) -> str:
    month = period_text(f"{asked.month:%Y-%m}", languages.current())
    return _("Visites de %(month)s, les plus récentes d’abord.") % {"month": month}


def _summary(counts: Mapping[str, int], reasons: Sequence[ReasonRow]) -> tuple[str, ...]:
    """Tell the month in sentences: received, followed, not followed and mostly why, waiting and why."""
    received = sum(counts.values())
    if not received:
        return ()
    left = sum(row.count for row in reasons)
    said = [
        ngettext("%(num)s visite reçue.", "%(num)s visites reçues.", received) % {"num": _count(received)},
        *_followed(counts, received),
    ]
    if left:
        words = ngettext(
            "%(num)s n’est pas suivie\u00a0: %(reasons)s.",
            "%(num)s ne sont pas suivies\u00a0: %(reasons)s.",
            left,
        )
        said.append(words % {"num": _count(left), "reasons": _said(reasons)})
    return (*said, *_waiting(counts))


def _followed(counts: Mapping[str, int], received: int) -> Iterator[str]:
    """Say how many are followed; a provider reads how many are noted, not which of them are followed."""
    if noted := counts.get(Ruling.NOTED, 0):
        words = ngettext(
            "%(num)s est prise en compte\u00a0: la plateforme choisit qui elle interroge.",
            "%(num)s sont prises en compte\u00a0: la plateforme choisit qui elle interroge.",
            noted,
        )
        yield words % {"num": _count(noted)}
    else:
        followed = counts.get(Ruling.ASKED, 0)
        words = ngettext(
            "%(num)s est suivie, soit %(share)s.", "%(num)s sont suivies, soit %(share)s.", followed
        )
        share = percent(100 * followed / received, 0, languages.current())
        yield words % {"num": _count(followed), "share": share}


def _said(reasons: Sequence[ReasonRow]) -> str:
    """Name the commonest reasons with their counts, and the others together.

    >>> rows = [ReasonRow("", f"Motif {n}", "", 9 - n) for n in range(5)]
    >>> _said(rows)
    'motif 0 (9), motif 1 (8), motif 2 (7), autres motifs (11)'
    """
    said = [(row.label[:1].lower() + row.label[1:], row.count) for row in reasons[:REASONS_SAID]]
    rest = sum(row.count for row in reasons[REASONS_SAID:])
    if rest:
        said.append((_("autres motifs"), rest))
    return ", ".join(f"{label} ({_count(number)})" for label, number in said)


def _waiting(counts: Mapping[str, int]) -> list[str]:
    said = []
    if upcoming := counts.get(Ruling.UPCOMING, 0):
        words = ngettext(
            "%(num)s est encore prévue\u00a0: sa décision vient après la visite.",
            "%(num)s sont encore prévues\u00a0: leur décision vient après la visite.",
            upcoming,
        )
        said.append(words % {"num": _count(upcoming)})
    if undecided := counts.get(Ruling.UNDECIDED, 0):
        words = ngettext(
            "%(num)s vient d’arriver et va être examinée.",
            "%(num)s viennent d’arriver et vont être examinées.",
            undecided,
        )
        said.append(words % {"num": _count(undecided)})
    return said


def _reasons(actor: Actor, asked: Asked, counts: Mapping[str, int]) -> tuple[ReasonRow, ...]:
    """List why visits are not followed, the commonest reason first."""
    words = _words(actor)
    rows = (
        ReasonRow(asked.href(decision=each.slug), _(each.label), _(each.sentence), counts[ruling])
        for ruling, each in words.items()
        if ruling in _not_followed(words) and counts.get(ruling)
    )
    return tuple(sorted(rows, key=lambda row: -row.count))


def months_offered(chosen: date, today: date) -> Pairs:
    """Offer next month, this one, those of a year before, and the one chosen."""
    this = 12 * today.year + today.month - 1
    offered = {date(rank // 12, rank % 12 + 1, 1) for rank in range(this - MONTHS_BACK, this + 2)}
    codes = sorted((f"{month:%Y-%m}" for month in offered | {chosen}), reverse=True)
    return tuple((code, period_text(code, languages.current())) for code in codes)


def _providers(known: Mapping[UUID, str]) -> Pairs:
    return (("", _("Tous les organismes")), *((str(provider), name) for provider, name in known.items()))


def _decisions(actor: Actor) -> Pairs:
    words = _words(actor)
    followed = words[Ruling.ASKED if reading.is_staff(actor) else Ruling.NOTED]
    return (
        (ALL, _("Toutes")),
        (followed.slug, _(followed.label)),
        (NOT_FOLLOWED, _("Non suivies, tous motifs")),
        (WAITING, _("En attente")),
        *((words[ruling].slug, _(words[ruling].label)) for ruling in _not_followed(words)),
    )


def _row(actor: Actor, line: Line, known: Mapping[UUID, str]) -> VisitRow:
    local, words = line.at.astimezone(zone_of(line.departement)), _words(actor)[line.ruling]
    is_left = reading.is_staff(actor) and line.ruling in _not_followed(FOR_STAFF)
    tag = (words.state, _("Non suivie") if is_left else _(words.label), words.sign)
    if line.follow_up is not None:
        state, said, sign = standing(line.follow_up)
        tag = (state, _(said), sign)
    return VisitRow(
        href=f"{HREF}/{line.id}",
        reference=line.reference,
        activity=activity_name(line.activity),
        day=day_text(local, languages.current()),
        provider=known.get(line.provider, ""),
        status=_(STATUSES[line.status]),
        tag=tag,
        channels=", ".join(_(each) for each in channels(line.follow_up)) if line.follow_up else "",
        why=_(words.label) if is_left else _(ASKED_BECAUSE.get(line.reason or "", "")),
    )


def _position(rows: Sequence[VisitRow]) -> str:
    """Say which days a page holds, from its first visit to its last."""
    if not rows:
        return ""
    first, last = rows[0].day, rows[-1].day
    return first if first == last else _("%(first)s à %(last)s") % {"first": first, "last": last}


def _count(n: int) -> str:
    return count(n, languages.current())


ROUTES = (page(HREF, occasion_list, roles=READERS, name="interventions"),)
MENU = (MenuEntry(HREF, "Visites", "people", READERS, rank=80),)
