"""What a protocol would send to one person about one visit: each message, its day and hour, its exact text.

Pure but for the reader's language: the texts are written by what writes the real ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from quality.directory.geography import zone_of
from quality.web import languages
from quality.web.format import day_text, time_text
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from surveys.channels import naming
from surveys.dispatch.text import MessageFacts, Template, render_email, render_sms
from surveys.protocol.arms import Case, may_be_drawn
from surveys.protocol.caps import NO_TRAITS, Traits
from surveys.protocol.definition import Channel, Protocol, Step
from surveys.protocol.editing.words import after_words
from surveys.protocol.planning import Base, PlannedAttempt, Reach, plan

Language = Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message or call foreseen: what it is, when, its lines, and what stops it."""

    title: str
    when: str
    subject: str
    lines: tuple[str, ...]
    stops: str


@dataclass(frozen=True, slots=True)
class Somebody:
    """Whom the preview is for: the ways to reach them, the place, their language, what lower caps read."""

    reach: Reach
    departement: str
    language: Language
    traits: Traits = NO_TRAITS


@dataclass(frozen=True, slots=True)
class Words:
    """What writes the texts: templates by name, the facts of an SMS and of an e-mail, what a call says."""

    templates: Mapping[str, Template]
    sms: MessageFacts
    email: MessageFacts
    call: Callable[[], str]


def foreseen(protocol: Protocol, somebody: Somebody, ended_at: datetime, words: Words) -> tuple[Message, ...]:
    """Give the messages that a visit would bring if nobody answered, in their order."""
    base = Base(ended_at, ended_at)
    capped = protocol.capped_for(somebody.traits)
    attempts = plan(base, somebody.departement, somebody.reach, capped, ended_at)
    return tuple(_message(each, protocol, somebody, ended_at, words) for each in attempts)


def begun_by(first: str, somebody: Somebody, protocol: Protocol, ended_at: datetime) -> Somebody | None:
    """Give somebody whose first contact chance drew; None when it may not choose for them."""
    if not first:
        return somebody
    base = Base(ended_at, ended_at)
    case = Case(UUID(int=0), somebody.reach, somebody.traits, base, somebody.departement)
    if not may_be_drawn(case, protocol, ended_at):
        return None
    return replace(somebody, reach=replace(somebody.reach, first=Channel(first)))


def _message(
    attempt: PlannedAttempt, protocol: Protocol, somebody: Somebody, ended_at: datetime, words: Words
) -> Message:
    zone = zone_of(somebody.departement)
    step = protocol.steps[attempt.step - 1]
    subject, lines = _text(attempt, words)
    return Message(
        title=_title(attempt, step),
        when=when_words(attempt, ended_at, zone),
        subject=subject,
        lines=lines,
        stops=_stops(attempt, step, zone),
    )


def _title(attempt: PlannedAttempt, step: Step) -> str:
    if attempt.channel is Channel.PHONE and step.attempts > 1:
        return counted(_("Appel, essai {num}"), attempt.try_number)
    return _((naming.REMINDER if step.reminds else naming.ONE)[attempt.channel])


def when_words(attempt: PlannedAttempt, ended_at: datetime, zone: ZoneInfo) -> str:
    """Say the day and the hours of a message, and how many days after the visit.

    >>> from datetime import UTC
    >>> from surveys.protocol.definition import load
    >>> ended = datetime(2026, 11, 24, 9, tzinfo=UTC)
    >>> first = plan(Base(ended, ended), "34", Reach(True, False, True), load("default"), ended)[1]
    >>> when_words(first, ended, zone_of("34")).replace(chr(160), " ")
    'jeudi 26 novembre, entre 10 h et 13 h (deux jours après)'
    """
    lang = languages.current()
    opens, closes = attempt.opens_at.astimezone(zone), attempt.closes_at.astimezone(zone)
    days = (opens.date() - ended_at.astimezone(zone).date()).days
    return _("{day}, entre {start} et {end} ({rank})").format(
        day=day_text(opens.date(), lang),
        start=time_text(opens, lang),
        end=time_text(closes, lang),
        rank=after_words(days),
    )


def _text(attempt: PlannedAttempt, words: Words) -> tuple[str, tuple[str, ...]]:
    """Write the text with what writes the real one; a message without words has none."""
    if attempt.channel is Channel.PHONE:
        return "", (words.call(),)
    template = words.templates.get(attempt.template)
    if template is None:
        return "", (_("Ce message n’a pas de texte : il ne partira pas."),)
    if attempt.channel is Channel.SMS:
        return "", (render_sms(template, words.sms),)
    email = render_email(template, words.email)
    return email.subject, tuple(line for line in email.text.splitlines() if line.strip())


def _stops(attempt: PlannedAttempt, step: Step, zone: ZoneInfo) -> str:
    """Say what would keep a message from leaving."""
    sentences = [
        _(
            "Ne part pas après une réponse, un refus, un décès ou une hospitalisation, "
            "ni pendant une réclamation, ni au-delà de la limite de messages de la personne."
        )
    ]
    if step.reminds:
        sentences.append(_("Ne part pas si aucun message n’est parti avant."))
    last = attempt.give_up_at.astimezone(zone) - timedelta(seconds=1)
    given_up = _("Abandonné s’il n’est pas parti à la fin du {day}.")
    sentences.append(given_up.format(day=day_text(last.date(), languages.current())))
    return " ".join(sentences)


def summary(messages: tuple[Message, ...]) -> str:
    """Count the messages of a preview in a sentence."""
    if not messages:
        return _("Ce protocole ne prévoit rien pour cette personne : la visite ne serait pas suivie.")
    words = ngettext(
        "Sans réponse, {num} message ou appel.", "Sans réponse, {num} messages ou appels.", len(messages)
    )
    return counted(words, len(messages))
