"""What is wrong in the words of a message, and where (pure): a message with a fault is never kept."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as set_by
from difflib import get_close_matches

from quality.french import french
from surveys.dispatch.text import Template
from surveys.messages.uses import MEANINGS, USES, known

LONGEST = {"sms": 1000, "email": 10_000, "voice": 1000}
LONGEST_SUBJECT = 150
SHOWN_BEFORE = 24

EMPTY = french("Écrivez le texte du message.")
NO_SUBJECT = french("Écrivez l’objet de l’e-mail.")
LONG = french("Ce texte dépasse {most} caractères.")
BRACE = french("Une accolade est de trop, ou n’est pas fermée.")
UNKNOWN = french("« {written} » n’existe pas dans ce message.")
NEAR = french("« {written} » n’existe pas dans ce message. Vouliez-vous écrire « {near} » ?")
ALONE = french("« {notes} » se met seul, entre deux lignes vides.")
LINK = french("Un lien s’écrit [ses mots]({address}).")
MISSING = french("Il manque « {written} » : {meaning}.")
NO_STOP = french("Il manque « STOP » : la personne doit savoir comment refuser.")
MONEY = french("« {written} » parle d’argent. Un message n’en demande jamais.")

_FACT = re.compile(r"\{([^{}]*)\}|[{}]")
_BAD_LINK = re.compile(r"\]\((?!\{\w+\}\))")
_PARAGRAPH = re.compile(r"(?:[^\n]+\n?)+")
_STOP = re.compile(r"\bSTOP\b")
_SENTENCE = re.compile(r"[^.!?\n]+")
_NEVER = re.compile(r"\b(?:jamais|never)\b", re.IGNORECASE)
_MONEY = re.compile(
    r"[€$£]|\b(?:argent|euros?|pay(?:er|ez|ement|ements)|paiements?|virements?|iban|rib|cartes? bancaires?"
    r"|cartes? bleues?|num[ée]ros? de carte|money|pay|payments?|bank|card numbers?|credit cards?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right: its field, then its line and the words before it where it has a place."""

    field: str
    sentence: str
    values: Mapping[str, object] = set_by(default_factory=dict)
    line: int = 0
    before: str = ""


def faults(template: Template) -> tuple[Fault, ...]:
    """List what is wrong in a message.

    >>> from surveys.dispatch.text import Template
    >>> wrong = faults(Template("voicemail", "voice", "fr", "Ici {plateforme}, {organisme}, {telephone}"))
    >>> [(fault.values["written"], fault.line, fault.before) for fault in wrong]
    [('{organisme}', 1, 'Ici {plateforme},')]
    """
    return (*_subject_faults(template), *_text_faults(template))


def _subject_faults(template: Template) -> Iterator[Fault]:
    if template.channel != "email":
        return
    if not template.subject:
        yield Fault("objet", NO_SUBJECT)
    if len(template.subject) > LONGEST_SUBJECT:
        yield Fault("objet", LONG, {"most": LONGEST_SUBJECT})
    may = frozenset(known(template.name)) - {"notes"}
    yield from _wrong_facts("objet", template.subject, may)
    yield from _money("objet", template.subject)


def _text_faults(template: Template) -> Iterator[Fault]:
    text = template.text
    if not text:
        yield Fault("texte", EMPTY)
        return
    if len(text) > LONGEST[template.channel]:
        yield Fault("texte", LONG, {"most": LONGEST[template.channel]})
    yield from _wrong_facts("texte", text, frozenset(known(template.name)))
    yield from _money("texte", text)
    if template.channel == "email":
        yield from _layout(text)
    yield from _missing(template)


def _wrong_facts(where: str, text: str, may: frozenset[str]) -> Iterator[Fault]:
    for found in _FACT.finditer(text):
        if found[1] is None:
            yield _at(where, text, found.start(), BRACE)
        elif found[1] not in may:
            near = get_close_matches(found[1], may, 1)
            values = {"written": found[0], **({"near": f"{{{near[0]}}}"} if near else {})}
            yield _at(where, text, found.start(), NEAR if near else UNKNOWN, values)


def _money(where: str, text: str) -> Iterator[Fault]:
    """Find what speaks of money; only a sentence that says never may."""
    for sentence in _SENTENCE.finditer(text):
        found = _MONEY.search(sentence[0])
        if found and not _NEVER.search(sentence[0]):
            yield _at(where, text, sentence.start() + found.start(), MONEY, {"written": found[0]})


def _layout(text: str) -> Iterator[Fault]:
    for found in _PARAGRAPH.finditer(text):
        if "{notes}" in found[0] and found[0].strip() != "{notes}":
            start = found.start() + found[0].index("{notes}")
            yield _at("texte", text, start, ALONE, {"notes": "{notes}"})
    for found in _BAD_LINK.finditer(text):
        yield _at("texte", text, found.start(), LINK, {"address": "{lien}"})


def _missing(template: Template) -> Iterator[Fault]:
    use, whole = USES[template.name], f"{template.subject}\n{template.text}"
    for fact in (each for each in MEANINGS if each in use.required):
        # A subject may ask the question; everything else must stand in the text.
        if f"{{{fact}}}" not in (whole if fact == "question" else template.text):
            yield Fault("texte", MISSING, {"written": f"{{{fact}}}", "meaning": MEANINGS[fact]})
    if use.must_say_stop and not _STOP.search(template.text):
        yield Fault("texte", NO_STOP)


def _at(
    where: str, text: str, start: int, sentence: str, values: Mapping[str, object] | None = None
) -> Fault:
    before = text[:start]
    line = before.rpartition("\n")[2]
    shown = line.strip()[-SHOWN_BEFORE:].strip()
    return Fault(where, sentence, values or {}, before.count("\n") + 1, shown)
