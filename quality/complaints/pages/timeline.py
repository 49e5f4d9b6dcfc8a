"""The timeline of a complaint in words, each line dated as far as its reader may know."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from quality.complaints.reading import Event, Read
from quality.complaints.words import (
    PROMISES,
    cause_words,
    day_words,
    event_title,
    marks_words,
    moment_words,
    month_words,
    promise_words,
    told_disclosure,
    wish_words,
)
from quality.directory.geography import zone_of
from quality.web.languages import gettext as _

OWN_ACTS = frozenset(
    {"acknowledged", "remedied", "note", "countersigned", "contested", "assigned", "promised", "confirmed"}
    | {"declined", "kept"}
)
# At one instant, what the client said comes before what follows from it.
FIRST = ("signal", "wish", "opened")
QUOTED = frozenset({"note", "told", "message", "contested"})


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    title: str
    when: str
    text: str
    quote: str
    state: str


def timeline(read: Read, platform: str, *, is_provider: bool) -> tuple[TimelineEvent, ...]:
    """Tell a complaint from the low mark to the verdict, as far as its reader may know."""
    zone = zone_of(read.departement)
    told = sorted((*_signal(read), *read.events), key=lambda event: (event.at, _place(event.kind)))
    last = max((at for at, event in enumerate(told) if event.kind.endswith("remedied")), default=-1)
    return tuple(
        _event(
            read, event, platform, zone, _words(read, event, has_cause=at == last, is_provider=is_provider)
        )
        for at, event in enumerate(told)
    )


def _place(kind: str) -> int:
    return next((rank for rank, start in enumerate(FIRST) if kind.startswith(start)), len(FIRST))


def _signal(read: Read) -> tuple[Event, ...]:
    """Say in one line the low marks from which a complaint comes."""
    if not read.marks:
        return ()
    return (Event(min(mark.at for mark in read.marks), "signal", "all", marks_words(read.marks)),)


def _words(read: Read, event: Event, *, has_cause: bool, is_provider: bool) -> str:
    """Say what a line holds; the cause is written once, with the last solution."""
    if event.kind == "wish_late":
        return wish_words(event.text)
    if event.kind.removeprefix("staff_") in PROMISES:
        return promise_words(event.text)
    if event.kind.removeprefix("staff_") in {"merged", "merged_in"}:
        return _("Réclamation %(number)s.") % {"number": event.text}
    if event.kind == "opened" and is_provider:
        return told_disclosure(read.disclosure)
    return cause_words(read.cause, event.text) if has_cause and read.cause else event.text


def _event(read: Read, event: Event, platform: str, zone: ZoneInfo, words: str) -> TimelineEvent:
    is_note = event.kind.removeprefix("staff_") in QUOTED
    author = _author(event.kind, read.provider, platform)
    when = _when(read, event, zone)
    if event.audience in ("staff", "serious"):
        when = _("%(when)s, pour l’équipe seulement") % {"when": when}
    return TimelineEvent(
        title=event_title(event.kind),
        when=_("%(when)s, par %(author)s") % {"when": when, "author": author} if author else when,
        text="" if is_note else words,
        quote=words if is_note else "",
        state="",
    )


def _when(read: Read, event: Event, zone: ZoneInfo) -> str:
    """Date a line: without a name, by the day for the provider's own acts and by the month for the rest."""
    if not read.is_nameless:
        return moment_words(event.at, zone)
    return (day_words if event.kind in OWN_ACTS else month_words)(event.at, zone)


def _author(kind: str, provider: str, platform: str) -> str:
    if kind.startswith("staff_"):
        return platform
    return provider if kind in OWN_ACTS else ""
