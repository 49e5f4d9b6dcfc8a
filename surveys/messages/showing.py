"""A message shown while it is written: its facts with examples, its cost, and what a client would receive."""

from dataclasses import dataclass

from quality.web.languages import gettext as _
from surveys.dispatch.text import (
    MessageFacts,
    Template,
    email_facts,
    render_email,
    render_voice,
    sms_facts,
)
from surveys.messages.checking import faults
from surveys.messages.longest import Longest, cases
from surveys.messages.meter import Meter, meter
from surveys.messages.uses import MEANINGS, known
from surveys.reviews.messages import of_provider


@dataclass(frozen=True, slots=True)
class FactLine:
    """A fact that a message may name: how it is written, what it is, an example."""

    written: str
    meaning: str
    example: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What clients of the provider of the longest name receive: `pieces` of an SMS, else `lines`."""

    d_provider: str
    subject: str
    lines: tuple[str, ...]
    pieces: tuple[tuple[str, bool], ...] = ()


def fact_lines(words: Template, most: Longest) -> tuple[FactLine, ...]:
    """List what a message may name, each with an example of the platform."""
    examples = _examples(words, most.samples(words.name, words.language)[0])
    return tuple(
        FactLine(f"{{{name}}}", _(MEANINGS[name]), examples.get(name, "")) for name in known(words.name)
    )


def _examples(words: Template, sample: MessageFacts) -> dict[str, str]:
    if words.channel == "sms":
        return sms_facts(words, sample)
    if words.channel == "email":
        return email_facts(words, sample)
    return {"plateforme": sample.platform, "telephone": sample.phone, "horaires": sample.hours}


def meter_of(words: Template, most: Longest) -> Meter | None:
    """Measure an SMS; nothing else has a length that costs."""
    if words.channel != "sms":
        return None
    return meter("texte", words.text, cases(words, most.samples(words.name, words.language)))


def preview(words: Template, most: Longest) -> Preview | None:
    """Write a message as its sender does; none while something is wrong in it, save for an SMS."""
    measured = meter_of(words, most)
    if measured is not None:
        return Preview(of_provider(most.short_name), "", (), measured.pieces)
    if faults(words):
        return None
    sample = most.samples(words.name, words.language)[0]
    if words.channel == "voice":
        return Preview("", "", (render_voice(words, sample),))
    email = render_email(words, sample)
    lines = tuple(line for line in email.text.splitlines() if line.strip())
    return Preview(of_provider(most.organisation), email.subject, lines)
