"""/admin/envois: what waits to leave, what stopped, and the switches of each channel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import Actor, Role
from quality.access.refusals import said
from quality.access.scope import scoped
from quality.component import MenuEntry
from quality.db import fetch, fetch_value
from quality.errors import Invalid, NotFound
from quality.french import french
from quality.web import languages
from quality.web.format import count, moment_text
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.channels import naming
from surveys.dispatch.control import counting, restraining, stuck
from surveys.dispatch.control.choices import Pairs, filters
from surveys.dispatch.control.counting import Counts
from surveys.dispatch.control.restraining import BUDGETED, CHANNELS, Restraint
from surveys.dispatch.control.stuck import A_PAGE, Stuck
from surveys.dispatch.home import OTHER, REASONS

HREF = "/admin/envois"
A_DAY = "24h"
READERS = frozenset({Role.platform, Role.supervisor})
Errors = tuple[tuple[str, str], ...]
DONE = {
    "suspendu": french("Plus rien ne part par ce canal."),
    "repris": french("Le canal a repris. Ce qui attendait part peu à peu."),
    "budget": french("La limite du jour est enregistrée."),
    "relance": french("Le message est prévu de nouveau."),
    "abandon": french("Le message est abandonné."),
}


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One channel: what is due, since when, and its switches; `budget` is what its field holds."""

    code: str
    name: str
    due: str
    oldest: str
    kept: str
    stopped: str
    is_held: bool
    held: str
    has_budget: bool
    budget: str
    spent: str
    why: str


@dataclass(frozen=True, slots=True)
class StuckLine:
    """One message that stopped: what it is, why it waits, and whether it may leave again."""

    id: str
    words: str
    why: str
    since: str
    until: str
    may_leave: bool


@dataclass(frozen=True, slots=True)
class SendingBoard:
    """The page; `blocked` are (reason, count, address that lists them) of the last day, the commonest first.

    `failures` say how many visits could not be decided, and requests planned again, if any; `states`, `kinds`
    and `reasons` are what messages are found by.
    """

    channels: tuple[ChannelLine, ...]
    stopped: tuple[StuckLine, ...]
    following: str | None
    blocked: tuple[tuple[str, str, str], ...]
    failures: tuple[str, ...]
    states: Pairs
    kinds: Pairs
    reasons: Pairs
    notice: str
    errors: Errors


async def sending_board(request: Request) -> Response:
    return await _board(request)


async def _board(request: Request, typed: dict[str, str] | None = None, errors: Errors = ()) -> Response:
    actor = signed_in(request)
    zone = (await card_of(actor.platform)).zone
    after = _after(request)
    restraints, counts = await restraining.read(actor), await counting.of_platform(actor)
    found = await stuck.read(actor, after)
    people = await _names(actor, [r.held_by for r in restraints.values() if r.held_by])

    def moment(at: datetime) -> str:
        return moment_text(at.astimezone(zone), languages.current())

    states, kinds, reasons = filters()
    shown = SendingBoard(
        channels=tuple(_channel(restraints[c], counts, people, moment, typed or {}) for c in CHANNELS),
        stopped=tuple(_stopped(each, moment) for each in found[:A_PAGE]),
        following=f"{HREF}?{urlencode({'apres': found[A_PAGE - 1].id})}" if len(found) > A_PAGE else None,
        blocked=_blocked(counts),
        failures=_failures(counts),
        states=states,
        kinds=kinds,
        reasons=reasons,
        notice=_(DONE[request.query_params["fait"]]) if request.query_params.get("fait") in DONE else "",
        errors=errors,
    )
    return await render(request, shown, 422 if errors else 200)


def _after(request: Request) -> UUID | None:
    try:
        return UUID(request.query_params["apres"]) if "apres" in request.query_params else None
    except ValueError as error:
        raise NotFound from error


async def _names(actor: Actor, accounts: list[UUID]) -> dict[UUID, str]:
    async with scoped(actor) as db:
        rows = await fetch(db, "SELECT id, name FROM account WHERE id = ANY ($1::uuid[])", accounts)
    return {row["id"]: row["name"] for row in rows}


def _channel(
    restraint: Restraint, counts: Counts, people: dict[UUID, str], moment: Any, typed: dict[str, str]
) -> ChannelLine:
    code, lang = restraint.channel, languages.current()
    oldest = counts.oldest.get(code)
    held = ""
    if restraint.held_at is not None:
        who = people.get(restraint.held_by or UUID(int=0), _("un ancien compte"))
        held = _("Suspendu par {who}, {when}\u00a0: {why}").format(
            who=who, when=moment(restraint.held_at), why=restraint.held_why
        )
    per_day = "" if restraint.per_day is None else str(restraint.per_day)
    return ChannelLine(
        code=code,
        name=_(naming.MANY[code]),
        due=count(counts.due.get(code, 0), lang),
        oldest=_("le plus ancien depuis {when}").format(when=moment(oldest)) if oldest else "",
        kept=_kept(counts.kept.get(code, 0)),
        stopped=_stopped_of(counts.uncertain.get(code, 0), counts.dead.get(code, 0)),
        is_held=restraint.is_held,
        held=held,
        has_budget=code in BUDGETED,
        budget=typed.get(f"budget-{code}", per_day),
        spent=_spent(restraint),
        why=typed.get(f"pourquoi-{code}", ""),
    )


def _kept(number: int) -> str:
    words = ngettext(
        "{num} attend : une règle le retient.", "{num} attendent : une règle les retient.", number
    )
    return counted(words, number) if number else ""


def _stopped_of(uncertain: int, dead: int) -> str:
    unsure = ngettext("{num} peut-être parti", "{num} peut-être partis", uncertain)
    stopped = ngettext("{num} arrêté", "{num} arrêtés", dead)
    return ", ".join(
        counted(words, number) for words, number in ((unsure, uncertain), (stopped, dead)) if number
    )


def _spent(restraint: Restraint) -> str:
    if restraint.per_day is None:
        return ""
    left = max(0, restraint.per_day - restraint.spent)
    if not left:
        return _("La limite du jour est atteinte\u00a0: la suite partira demain, aux heures permises.")
    words = ngettext("Il en reste {left} aujourd’hui.", "Il en reste {left} aujourd’hui.", left)
    return words.format(left=count(left, languages.current()))


def _stopped(each: Stuck, moment: Any) -> StuckLine:
    is_uncertain = each.state == "uncertain"
    words = _("{channel} pour le client {reference} de {provider}").format(
        channel=_(naming.ONE[each.channel]),
        reference=each.reference,
        provider=each.provider,
    )
    why = (
        _("L’opérateur n’a pas dit s’il l’a reçu. Il ne repart pas, pour ne pas écrire deux fois.")
        if is_uncertain
        else _("L’envoi s’est interrompu cinq fois.")
    )
    return StuckLine(
        id=str(each.id),
        words=words,
        why=why,
        since=moment(each.since),
        until=moment(each.give_up_at),
        may_leave=not is_uncertain and not each.is_over,
    )


def _blocked(counts: Counts) -> tuple[tuple[str, str, str], ...]:
    """Count by words, since some reasons are said by the same; those without words lead to no list."""
    found: dict[str, int] = {}
    hrefs = {_(OTHER): ""}
    for reason, number in counts.blocked.items():
        words = _(REASONS.get(reason, OTHER))
        found[words] = found.get(words, 0) + number
        if reason in REASONS:
            hrefs[words] = f"{HREF}/messages?{urlencode({'depuis': A_DAY, 'motif': reason})}"
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((words, count(number, languages.current()), hrefs[words]) for words, number in ordered)


def _failures(counts: Counts) -> tuple[str, ...]:
    visits = ngettext(
        "{num} visite n’a pas pu être examinée\u00a0: elle le sera de nouveau dans les six heures.",
        "{num} visites n’ont pas pu être examinées\u00a0: elles le seront de nouveau dans les six heures.",
        counts.undecided,
    )
    requests = ngettext(
        "La suite de {num} demande d’avis n’a pas pu être prévue\u00a0: elle le sera dans les six heures.",
        "La suite de {num} demandes d’avis n’a pas pu être prévue\u00a0: elle le sera dans les six heures.",
        counts.unplanned,
    )
    numbers = ((visits, counts.undecided), (requests, counts.unplanned))
    return tuple(counted(words, number) for words, number in numbers if number)


async def hold(request: Request) -> Response:
    channel = _known(request)
    typed = await _typed(request)
    try:
        await restraining.hold(signed_in(request), channel, typed.get(f"pourquoi-{channel}", ""))
    except Invalid as error:
        return await _board(request, typed, said(error))
    return RedirectResponse(f"{HREF}?fait=suspendu", 303)


async def resume(request: Request) -> Response:
    await restraining.resume(signed_in(request), _known(request))
    return RedirectResponse(f"{HREF}?fait=repris", 303)


async def give_budget(request: Request) -> Response:
    channel = _known(request)
    typed = await _typed(request)
    if channel not in BUDGETED:
        raise NotFound
    try:
        await restraining.give_budget(signed_in(request), channel, typed.get(f"budget-{channel}", ""))
    except Invalid as error:
        return await _board(request, typed, said(error))
    return RedirectResponse(f"{HREF}?fait=budget", 303)


async def again(request: Request) -> Response:
    await stuck.again(signed_in(request), request.path_params["id"])
    return RedirectResponse(f"{HREF}?fait=relance", 303)


async def abandon(request: Request) -> Response:
    await stuck.abandon(signed_in(request), request.path_params["id"])
    return RedirectResponse(f"{HREF}?fait=abandon", 303)


def _known(request: Request) -> str:
    channel: str = request.path_params["channel"]
    if channel not in CHANNELS:
        raise NotFound
    return channel


async def _typed(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}


async def count_stuck(actor: Actor) -> int:
    """Count what waits for somebody's decision."""
    async with scoped(actor) as db:
        return int(
            await fetch_value(
                db,
                "SELECT count(*) FROM attempt WHERE platform_id = $1 AND state = 'dead'",
                actor.platform,
            )
        )


ROUTES = (
    page(HREF, sending_board, roles=READERS),
    page(f"{HREF}/messages/{{id:uuid}}/relancer", again, roles=READERS, methods=("POST",)),
    page(f"{HREF}/messages/{{id:uuid}}/abandonner", abandon, roles=READERS, methods=("POST",)),
    page(f"{HREF}/{{channel}}/suspendre", hold, roles=READERS, methods=("POST",)),
    page(f"{HREF}/{{channel}}/reprendre", resume, roles=READERS, methods=("POST",)),
    page(f"{HREF}/{{channel}}/budget", give_budget, roles=READERS, methods=("POST",)),
)
MENU = (MenuEntry(HREF, "Envois", "send", READERS, rank=85, count=count_stuck),)
