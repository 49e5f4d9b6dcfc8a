"""/reclamations: what waits for the reader, then every complaint chosen, and the views kept under a name."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.access.actor import STAFF, Actor, Role
from quality.complaints.pages import filters, listing, saved_views
from quality.complaints.pages.acts import Act, act_words, awaited_words, is_for, next_act, who_words
from quality.complaints.pages.filters import Filters
from quality.complaints.pages.listing import SEES_SERIOUS, Listed
from quality.complaints.pages.saved_views import View
from quality.complaints.waiting import HREF, READERS
from quality.complaints.words import (
    Tag,
    due_words,
    heading,
    holders,
    kinds,
    left_words,
    marks_words,
    state_tag,
    week_words,
)
from quality.directory.activities import activity_name
from quality.directory.geography import zone_of
from quality.errors import Invalid
from quality.web import keyboard, languages
from quality.web.format import capital, period_text
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

Options = tuple[tuple[str, str], ...]
PAGE = "reclamations"
MOST_SAID = 200


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One thing that waits for the reader: what to do, for whom, and the time left."""

    href: str
    act: str
    about: str
    said: str
    left: str
    due: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A line of the list, in words."""

    href: str
    title: str
    name: str
    about: str
    provider: str
    act: str
    who: str
    due: str
    is_late: bool
    is_serious: bool
    tag: Tag


@dataclass(frozen=True, slots=True)
class ViewLink:
    id: UUID
    name: str
    href: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ComplaintList:
    """The page of the list; `options` are the choices of each filter, () where the reader has none."""

    sentence: str
    waiting: tuple[QueueRow, ...]
    waiting_title: str
    waiting_more: int
    chosen: Filters
    said: tuple[str, ...]
    options: dict[str, Options]
    views: tuple[ViewLink, ...]
    view_name: str
    rows: tuple[ComplaintRow, ...]
    is_provider: bool
    learning: str
    previous: str | None
    following: str | None
    position: str
    keys: bool
    errors: tuple[tuple[str, str], ...]


async def complaint_list(request: Request) -> Response:
    return await _show(request, _chosen(request))


async def keep_view(request: Request) -> Response:
    form = await request.form()
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    chosen = _read(signed_in(request), given)
    try:
        await saved_views.keep(signed_in(request), PAGE, given.get("nom", ""), chosen.query)
    except Invalid as refusal:
        errors = tuple((error.field, error.message) for error in refusal.errors)
        return await _show(request, chosen, given.get("nom", ""), errors)
    return RedirectResponse(_address(chosen), 303)


async def forget_view(request: Request) -> Response:
    await saved_views.forget(signed_in(request), request.path_params["id"])
    return RedirectResponse(HREF, 303)


async def set_keys(request: Request) -> Response:
    form = await request.form()
    response = RedirectResponse(HREF, 303)
    keyboard.keep(response, has_them=form.get("touches") != "non")
    return response


def _chosen(request: Request) -> Filters:
    return _read(signed_in(request), dict(request.query_params))


def _read(actor: Actor, given: dict[str, str]) -> Filters:
    return filters.read(given, is_staff=actor.role in STAFF, sees_serious=actor.role in SEES_SERIOUS)


def _address(chosen: Filters) -> str:
    return f"{HREF}?{chosen.query}" if chosen.query else HREF


async def _show(
    request: Request, chosen: Filters, name: str = "", errors: tuple[tuple[str, str], ...] = ()
) -> Response:
    actor, keyring = signed_in(request), request.app.state.house.keyring
    asked = request.query_params.get("page", "")
    address = f"{HREF}?{chosen.query}&" if chosen.query else f"{HREF}?"
    rows = await listing.listed(actor, keyring, chosen, asked, address)
    is_first = not chosen.query and rows.previous is None
    queue = await listing.queue(actor, rows.rows) if is_first else listing.Queue((), {}, {}, 0)
    kept = await saved_views.views(actor, PAGE)
    providers = await listing.providers(actor)
    platform = (await card_of(actor.platform)).name
    shown = ComplaintList(
        sentence=_sentence(actor),
        waiting=tuple(_queued(row, queue, actor) for row in queue.rows),
        waiting_title=_waiting_title(queue.total),
        waiting_more=queue.total - len(queue.rows),
        chosen=chosen,
        said=filters.said(chosen, providers),
        options=_options(actor, providers),
        views=tuple(_link(view, chosen) for view in kept),
        view_name=name,
        rows=tuple(_row(row, actor, platform) for row in rows.rows),
        is_provider=actor.role == Role.provider,
        learning="" if actor.role == Role.agent else f"{HREF}/bilan",
        previous=rows.previous,
        following=rows.following,
        position=rows.position,
        keys=keyboard.has_keys(request),
        errors=errors,
    )
    return await render(request, shown, 422 if errors else 200)


def _sentence(actor: Actor) -> str:
    if actor.role == Role.provider:
        return _("Ce qui est attendu de vous d’abord. Le nom n’apparaît que si la personne le souhaite.")
    return _("Ce qui vous attend d’abord, puis les échéances les plus proches.")


def _waiting_title(total: int) -> str:
    if not total:
        return _("Rien ne vous attend")
    words = ngettext("{num} réclamation vous attend", "{num} réclamations vous attendent", total)
    return languages.counted(words, total)


def _options(actor: Actor, providers: dict[str, str]) -> dict[str, Options]:
    every, is_staff = (("", _("Tous")),), actor.role in STAFF
    yes = (("", _("Non")), (filters.YES, _("Oui")))
    return {
        "etat": filters.states(),
        "motif": (*every, *kinds().items()),
        "organisme": (*every, *providers.items()) if is_staff else (),
        "main": (("", _("Tout le monde")), *holders().items()) if is_staff else (),
        "retard": yes,
        "suivi": (("", _("Tout le monde")), ("moi", _("Moi"))) if is_staff else (),
        "gravite": yes if actor.role in SEES_SERIOUS else (),
    }


def _link(view: View, chosen: Filters) -> ViewLink:
    href = f"{HREF}?{view.query}" if view.query else HREF
    return ViewLink(view.id, view.name, href, view.query == chosen.query)


def _row(row: Listed, actor: Actor, platform: str) -> ComplaintRow:
    now, act = clock.now(), next_act(row.standing)
    return ComplaintRow(
        href=f"{HREF}/{row.number}",
        title=heading(row.number, row.kind),
        name=row.name or _("Sans nom"),
        about=_about(row.activity, row.month),
        provider=row.provider,
        act=(act_words if is_for(act, actor.role) else awaited_words)(act),
        who="" if act is Act.none else _who(act, row, actor, platform),
        due=_due(row, now, actor),
        is_late=row.due_at is not None and row.due_at < now,
        is_serious=row.is_serious,
        tag=state_tag(row.state, is_call_first=row.disclosure == "call_first"),
    )


def _who(act: Act, row: Listed, actor: Actor, platform: str) -> str:
    return _("Vous") if is_for(act, actor.role) else capital(who_words(act, row.provider, platform))


def _due(row: Listed, now: datetime, actor: Actor) -> str:
    if row.due_at is None:
        return ""
    words = week_words if _hides_days(row, actor) else due_words
    return words(row.due_at, now, zone_of(row.departement))


def _hides_days(row: Listed, actor: Actor) -> bool:
    """Say whether a day would tell a provider whose visit it was."""
    return actor.role == Role.provider and not row.name


def _queued(row: Listed, queue: listing.Queue, actor: Actor) -> QueueRow:
    now, act = clock.now(), next_act(row.standing)
    hides, marks = _hides_days(row, actor), queue.marks.get(row.id, ())
    who = row.name or (_("Une personne sans nom") if actor.role == Role.provider else row.provider)
    return QueueRow(
        href=f"{HREF}/{row.number}",
        act=act_words(act) if is_for(act, actor.role) else _chase(row),
        about=f"{who}. {heading(row.number, row.kind)}. {_about(row.activity, row.month)}.",
        said=_said(marks_words(marks), queue.words.get(row.id, "")),
        left=_left(row, now, hides=hides),
        due="" if hides or row.due_at is None else due_words(row.due_at, now, zone_of(row.departement)),
        is_late=row.due_at is not None and row.due_at < now,
    )


def _said(marks: str, words: str) -> str:
    """Say what a client said: their marks, then their words, cut where they grow long."""
    short = words if len(words) <= MOST_SAID else f"{words[:MOST_SAID].rsplit(' ', 1)[0]}…"
    quoted = _("« %(words)s »") % {"words": short} if short else ""
    return " ".join(filter(None, (marks, quoted)))


def _chase(row: Listed) -> str:
    return _("Relancer %(provider)s") % {"provider": row.provider}


def _left(row: Listed, now: datetime, *, hides: bool) -> str:
    if row.due_at is None:
        return ""
    if hides:
        return week_words(row.due_at, now, zone_of(row.departement))
    return left_words(row.due_at, now, row.departement)


def _about(activity: str, month: date) -> str:
    return _("%(activity)s, %(month)s") % {
        "activity": activity_name(activity),
        "month": period_text(f"{month:%Y-%m}", languages.current()),
    }


ROUTES = (
    page(HREF, complaint_list, roles=READERS, name="complaints"),
    page(f"{HREF}/vues", keep_view, roles=READERS, methods=("POST",), name="complaint-view-keep"),
    page(
        HREF + "/vues/{id:uuid}/supprimer",
        forget_view,
        roles=READERS,
        methods=("POST",),
        name="complaint-view-forget",
    ),
    page(f"{HREF}/touches", set_keys, roles=READERS, methods=("POST",), name="complaint-keys"),
)
