"""/admin/envois/messages: each message and call of two months, found by state, reason or reference."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.web import languages
from quality.web.format import day_text, moment_text
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.channels import naming
from surveys.dispatch.control import listing
from surveys.dispatch.control.choices import STATES, Pairs, filters, reason_offered
from surveys.dispatch.control.listing import STOPPED, Cursor, Message, Messages, Wanted
from surveys.dispatch.control.pages import A_DAY, HREF, READERS
from surveys.dispatch.home import REASONS
from surveys.dispatch.outcomes import happened_at, outcome

LIST = f"{HREF}/messages"
MOST_TYPED = 80
PERIODS = {A_DAY: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message: for whom, what became of it and when.

    `href` is the story of its visit and `decide` where somebody decides what becomes of it, if any.
    """

    href: str
    title: str
    provider: str
    when: str
    outcome: str
    decide: str


@dataclass(frozen=True, slots=True)
class MessageList:
    """The page: what each filter offers and has, one page of messages, the latest first.

    `unasked` is the story of the visit that was looked for, when no message is about it.
    """

    states: Pairs
    state: str
    channels: Pairs
    channel: str
    reasons: Pairs
    reason: str
    reference: str
    chosen: tuple[str, ...]
    rows: tuple[MessageRow, ...]
    unasked: str
    previous: str | None
    following: str | None
    position: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, by the names of its fields."""

    etat: str = ""
    canal: str = ""
    motif: str = ""
    reference: str = ""
    depuis: str = ""

    def href(self, **changed: str) -> str:
        """Return the address of this choice; a page of its own starts only where `changed` says so."""
        kept = {name: getattr(self, name) for name in self.__slots__} | changed
        given = {name: value for name, value in kept.items() if value}
        return f"{LIST}?{urlencode(given)}" if given else LIST


async def message_list(request: Request) -> Response:
    actor, asked = signed_in(request), _asked(request.query_params)
    wanted = Wanted(STATES[asked.etat][1], asked.canal, asked.motif, asked.reference)
    since = clock.now() - PERIODS[asked.depuis] if asked.depuis else None
    wanted = replace(wanted, blocked_since=since, cursor=_cursor(request.query_params))
    found = await listing.read(actor, request.app.state.house.keyring, wanted)
    zone = (await card_of(actor.platform)).zone
    return await render(request, _list(asked, found, lambda instant: instant.astimezone(zone)))


def _asked(query: Mapping[str, str]) -> Asked:
    """Read the address; what it says badly is left out, so that an old link still opens."""
    state, channel, reason = (query.get(name, "") for name in ("etat", "canal", "motif"))
    return Asked(
        state if state in STATES else "",
        channel if channel in naming.MANY else "",
        reason if reason in REASONS else "",
        " ".join(query.get("reference", "").split())[:MOST_TYPED],
        query["depuis"] if query.get("depuis") in PERIODS else "",
    )


def _cursor(query: Mapping[str, str]) -> Cursor | None:
    for name, is_back in (("apres", False), ("avant", True)):
        try:
            return Cursor(UUID(query.get(name, "")), is_back=is_back)
        except ValueError:
            continue
    return None


def _list(asked: Asked, found: Messages, local: Callable[[datetime], datetime]) -> MessageList:
    states, channels, reasons = filters()
    rows = found.rows
    return MessageList(
        states=states,
        state=asked.etat,
        channels=channels,
        channel=asked.canal,
        reasons=reasons,
        reason=reason_offered(asked.motif),
        reference=asked.reference,
        chosen=_chosen(asked),
        rows=tuple(_row(each, local) for each in rows),
        unasked=f"/interventions/{found.unasked}" if found.unasked else "",
        previous=asked.href(avant=str(rows[0].id)) if rows and found.has_newer else None,
        following=asked.href(apres=str(rows[-1].id)) if rows and found.has_older else None,
        position=_position(rows[0], rows[-1], local) if rows else "",
    )


def _chosen(asked: Asked) -> tuple[str, ...]:
    said = (
        _(STATES[asked.etat][0]) if asked.etat else "",
        _(naming.MANY[asked.canal]) if asked.canal else "",
        _(REASONS[asked.motif]) if asked.motif else "",
        _("Ce qui n’est pas parti ou pas arrivé depuis vingt-quatre heures") if asked.depuis else "",
        _("référence {reference}").format(reference=asked.reference) if asked.reference else "",
    )
    return tuple(words[:1].lower() + words[1:] if words != "SMS" else words for words in said if words)


def _row(each: Message, local: Callable[[datetime], datetime]) -> MessageRow:
    return MessageRow(
        href=f"/interventions/{each.visit}" if each.visit else "",
        title=_("{channel} pour le client {reference}").format(
            channel=_(naming.ONE[each.channel]),
            reference=each.reference,
        ),
        provider=each.provider,
        when=moment_text(local(happened_at(each)), languages.current()),
        outcome=outcome(each),
        decide=_decide(each),
    )


def _decide(each: Message) -> str:
    """Give the address where somebody decides of a message that stopped: the page begins at it."""
    before = UUID(int=each.id.int - 1)
    return f"{HREF}?{urlencode({'apres': before})}#arretes" if each.state in STOPPED else ""


def _position(first: Message, last: Message, local: Callable[[datetime], datetime]) -> str:
    """Say which days a page holds, from its first message to its last."""
    days = [day_text(local(each.opens_at).date(), languages.current()) for each in (first, last)]
    return days[0] if days[0] == days[1] else _("%(first)s à %(last)s") % {"first": days[0], "last": days[1]}


ROUTES = (page(LIST, message_list, roles=READERS),)
