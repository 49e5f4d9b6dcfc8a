"""The last page: what was recorded, what happens next and when, and how to come back."""

from starlette.responses import Response

from quality import clock
from quality.complaints.links import link_of
from quality.db import Connection, pool
from quality.web import languages
from quality.web.languages import gettext as _
from surveys.disclosing import NAMED, PLATFORM, is_nameless
from surveys.dispatch.links import LABEL
from surveys.dispatch.token import spoken_reference
from surveys.honesty.rules import ADMISSIBLE
from surveys.respond import compiled
from surveys.respond.calling import call_text
from surveys.respond.lows import Discontent, discontent
from surveys.respond.questions import remaining
from surveys.respond.reader import Reader
from surveys.respond.screens import AnswerThanks
from surveys.respondents import RELATIONS
from surveys.response import SURVEY, InvitedVisit, KnownResponse

OUTCOMES = {"named": "named", "anonymous": "confidential"}
# What differs from one person to the next.
OWN = ("token", "reference", "provider", "today", "acknowledged_by", "remedied_by", "callback_text", "follow",
       "until")  # fmt: skip


async def show(reader: Reader) -> Response:
    """Show the end to somebody who answered something; others start at question 1."""
    db = pool("answer")
    told = await discontent(db, reader.visit, reader.respondent)
    called = call_text(reader, told.called_from)
    known = reader.visit.responses.get(reader.respondent)
    if not known and not called and not told:
        return reader.go("")
    is_named = known is not None and await _is_named(db, reader.visit, known)
    return shown(reader, _page(reader, told, called, NAMED if is_named else PLATFORM))


def shown(reader: Reader, page: AnswerThanks) -> Response:
    """Show the page as it was compiled for all those who said as much."""
    general = compiled.marked(page, OWN)
    words = {name: getattr(page, name) for name in OWN}
    return compiled.shown(reader, general, lambda: general, lambda _tongue: words)


def _page(reader: Reader, told: Discontent, called: str, readers: str) -> AnswerThanks:
    visit = reader.visit
    key = reader.request.app.state.house.keyring.subkey(LABEL)
    acknowledged_at = told.complaint and told.complaint.acknowledge_due_at
    solved_at = told.complaint and told.complaint.solution_due_at
    left, known = remaining(reader), visit.responses.get(reader.respondent)
    return AnswerThanks(
        token=reader.token,
        seat=reader.seat,
        outcome=_outcome(visit, told, called),
        reference=spoken_reference(key, visit.id),
        provider=visit.provider_name,
        today=reader.day(clock.now()),
        acknowledged_by=reader.day(acknowledged_at) if acknowledged_at else "",
        remedied_by=reader.day(solved_at) if solved_at else "",
        callback_text=called,
        follow=_follow(reader, told),
        is_answered=known is not None,
        who=_who(reader),
        readers=readers,
        can_share=visit.is_invited,
        counts=known is not None and _counts(visit, known),
        until=reader.day(visit.closes_at),
        remaining=len(left),
        next_number=next(iter(left), None),
    )


async def _is_named(db: Connection, visit: InvitedVisit, known: KnownResponse) -> bool:
    """Tell whether the provider reads these answers with their name."""
    return visit.is_invited and known.disclosure == NAMED and not await is_nameless(db, known.id)


def _counts(visit: InvitedVisit, known: KnownResponse) -> bool:
    """Tell whether answers are in the results that others read: those by a printed code are in none."""
    return visit.is_invited and known.admissible == ADMISSIBLE and bool(known.cells)


def _who(reader: Reader) -> str:
    """Say again for whom somebody answered, once they said it."""
    known = reader.visit.responses.get(reader.respondent)
    if known is None or not known.who.is_said:
        return ""
    with languages.using(reader.language):
        words = _(RELATIONS[known.relation].said)
    return words[:1].lower() + words[1:]


def _follow(reader: Reader, told: Discontent) -> str:
    """Give the address where the complaint just opened is followed, when there is one."""
    if told.complaint is None:
        return ""
    link = link_of(reader.request.app.state.house.keyring, "", told.complaint.id)
    return f"{link}?langue={reader.choices['langue']}" if "langue" in reader.choices else link


def _outcome(visit: InvitedVisit, told: Discontent, called: str) -> str:
    if told.complaint and told.complaint.disclosure in OUTCOMES:
        return OUTCOMES[told.complaint.disclosure]
    if called:
        return "callback"
    if visit.purpose != SURVEY:
        return "opinion"
    return "signal" if told else "thanks"
