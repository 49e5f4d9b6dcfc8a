"""The texts of messages: SMS in GSM-7, e-mails with a true text part, the words left on voicemail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from html import escape
from importlib import resources
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from quality.complaints.client_words import Text, sentences
from quality.french import d_
from surveys.channels.gsm7 import sms_name, transliterate
from surveys.dispatch.question import Question, ShortFacts, item_of, question
from surveys.questionnaire.days import day_words, weekday
from surveys.questionnaire.definition import Item, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.piping import pipe
from surveys.questionnaire.reading import library

Channel = Literal["sms", "email", "voice"]

# What becomes of one's own complaint asks for no mark and cannot be unsubscribed from.
FOLLOW_UPS = frozenset({"news", "verdict", "news_email", "verdict_email"})

_CONTROLS = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_LINK = re.compile(r"\[([^\[\]]+)\]\((\{\w+\})\)")
_HEADING = re.compile(r"(#{1,2}) (.+)", re.DOTALL)
_PART = re.compile(r"\[\[(\w+)\]\]")
_LINK_HERE = "\x00"  # no fact holds one: they are cleaned of control characters
_TWICE_ENDED = re.compile(r"([?!])\.(?= )")
_COLON = {"fr": "\N{NO-BREAK SPACE}: ", "en": ": "}
_STYLE = (
    "body{font:18px/1.5 sans-serif;color:#161c2d;max-width:36em;margin:0 auto;padding:16px}"
    "h1{font-size:24px}h2{font-size:20px}a{color:#0b4f8a}ul{list-style:none;padding:0}"
    "li a{display:block;padding:12px 16px;margin:8px 0;border:1px solid #7a8396;border-radius:10px}"
)


class Template(Struct, frozen=True, forbid_unknown_fields=True):
    """A message's words in one language; only an e-mail has a subject."""

    name: str
    channel: Channel
    language: Literal["fr", "en"]
    text: str
    subject: str = ""


class _Words(Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    subject: str = ""


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    channel: Channel
    fr: _Words
    en: _Words


class Email(NamedTuple):
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What a message may say; `link` is the answer page, `hours` follow the phone number in a sentence.

    `item` is the question asked, in the words for this `mode` and `audience`; a sample that gives none speaks
    of a visit.
    """

    platform: str
    organisation: str
    day: date
    link: str
    phone: str
    hours: str
    item: Item | None = None
    mode: str = "prestataire"
    audience: str = "client"
    activity_words: Words | None = None

    def facts(self, kind: type[Facts]) -> Facts:
        """Give the visit as its question knows it."""
        return kind(
            organisation=self.organisation,
            day=self.day,
            mode=self.mode,
            audience="client" if self.audience == "client" else "relative",
            activity_words=self.activity_words,
        )


@cache
def shipped() -> dict[tuple[str, str], Template]:
    """Give every template of the product by name and language."""
    raw = (resources.files("surveys.dispatch") / "templates.yaml").read_bytes()
    loaded = msgspec.yaml.decode(raw)
    parts = {**sentences(), **msgspec.convert(loaded.pop("parts"), dict[str, Text])}
    entries = msgspec.convert(loaded, dict[str, _Entry])
    languages: tuple[Literal["fr", "en"], ...] = ("fr", "en")
    return {
        (name, language): Template(
            name, entry.channel, language, _whole(words.text, parts, language), words.subject
        )
        for name, entry in entries.items()
        for language, words in zip(languages, (entry.fr, entry.en), strict=True)
    }


def _whole(text: str, parts: Mapping[str, Text], language: str) -> str:
    """Put in a text the sentences that other texts say too.

    >>> _whole("Bonjour. [[a]]", {"a": Text("Au revoir.", "Goodbye.")}, "en")
    'Bonjour. Goodbye.'
    """
    return _PART.sub(lambda found: parts[found[1]].of(language), text)


def template(name: str, language: str = "fr") -> Template:
    """Choose a template; French stands in for a language that is not written.

    >>> template("opening", "pt").language
    'fr'
    """
    return shipped()[name, "en" if language == "en" else "fr"]


def render_sms(template: Template, facts: MessageFacts) -> str:
    """Write an SMS: its own words as they are written, names cut to their room, all facts in GSM-7.

    >>> aide = MessageFacts("Pléiades Services", "Aide 34", date(2026, 11, 23), "https://q.fr/s/K7M4", "", "")
    >>> render_sms(template("opening"), aide)[:50]
    'Pléiades Services : visite Aide 34 lundi. Répondez'
    """
    return linked(unlinked_sms(template, facts), facts.link)


def unlinked_sms(template: Template, facts: MessageFacts) -> str:
    """Write all of an SMS but its link, in which alone those of one visit's day and provider differ."""
    return ended_once(pipe(template.text, sms_facts(template, facts) | {"lien": _LINK_HERE}))


def linked(text: str, link: str) -> str:
    """Put the link in an SMS.

    >>> linked(f"Répondez ici : {_LINK_HERE}", "https://q.fr/s/K7M4")
    'Répondez ici : https://q.fr/s/K7M4'
    """
    return text.replace(_LINK_HERE, transliterate(link))


def ended_once(text: str) -> str:
    """Leave out the full stop of a message after a question that has its own sign.

    >>> ended_once("Êtes-vous content ?. Répondez 1 ou 2")
    'Êtes-vous content ? Répondez 1 ou 2'
    """
    return _TWICE_ENDED.sub(r"\1", text)


def sms_facts(template: Template, facts: MessageFacts) -> dict[str, str]:
    """Give what an SMS may name; what was not written for SMS is put in their alphabet."""
    short = replace(facts, organisation=sms_name(_clean(facts.organisation)))
    said = _question(template, short)
    known = {
        "plateforme": sms_name(_clean(facts.platform)),
        "organisme": short.organisation,
        "jour": weekday(facts.day, template.language),
        "lien": facts.link,
        "telephone": facts.phone,
        "question": said.words,
        "notes": said.notes,
    }
    return {name: transliterate(value) for name, value in known.items()}


def _question(template: Template, facts: MessageFacts) -> Question:
    visit = facts.facts(ShortFacts if template.channel == "sms" else Facts)
    item = facts.item or item_of(template.name, library("default"), visit, template.channel)
    return question(item, visit, template.channel, template.language)


def render_voice(template: Template, facts: MessageFacts) -> str:
    """Write the words left on voicemail, which say nothing of the visit."""
    known = {"plateforme": facts.platform, "telephone": facts.phone, "horaires": facts.hours}
    return pipe(template.text, known)


def render_email(template: Template, facts: MessageFacts) -> Email:
    """Write an e-mail: its subject, its text part, and the same words in HTML without any image."""
    said = _asked(template, facts)
    known = email_facts(template, facts)
    paragraphs = [paragraph.strip() for paragraph in re.split(r"\n\s*\n", template.text.strip())]
    subject = pipe(template.subject, known)
    text = "\n\n".join(_text_paragraph(paragraph, known, said, template.language) for paragraph in paragraphs)
    safe = {name: escape(value) for name, value in known.items()}
    body = "\n".join(_html_paragraph(paragraph, safe, said) for paragraph in paragraphs)
    html = (
        f'<!doctype html>\n<html lang="{template.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(subject)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
    return Email(subject, text + "\n", html)


def _asked(template: Template, facts: MessageFacts) -> Question:
    return _question(template, replace(facts, organisation=_clean(facts.organisation)))


def email_facts(template: Template, facts: MessageFacts) -> dict[str, str]:
    """Give what an e-mail may name, each on one line."""
    known = {
        "plateforme": facts.platform,
        "organisme": facts.organisation,
        "d_organisme": d_(facts.organisation),
        "jour": day_words(facts.day, template.language),
        "lien": facts.link,
        "rappel": f"{facts.link}/rappel",
        "refus": f"{facts.link}/stop",
        "telephone": facts.phone,
        "horaires": facts.hours,
        "question": _asked(template, facts).words,
    }
    return {name: _clean(value) for name, value in known.items()}


def _clean(value: str) -> str:
    """Keep a fact on one line: a line break in a name would forge a header or a paragraph."""
    return _CONTROLS.sub(" ", value).strip()


def _text_paragraph(paragraph: str, known: Mapping[str, str], said: Question, language: str) -> str:
    if paragraph == "{notes}":
        colon, link = _COLON[language], known["lien"]
        return "\n".join(f"{each.words}{colon}{link}?{each.query}" for each in said.links)
    heading = _HEADING.fullmatch(paragraph)
    bare = heading[2] if heading else paragraph
    return pipe(_LINK.sub(lambda m: f"{m[1]}{_COLON[language]}{m[2]}", bare), known)


def _html_paragraph(paragraph: str, safe: Mapping[str, str], said: Question) -> str:
    if paragraph == "{notes}":
        link = safe["lien"]
        items = (f'<li><a href="{link}?{each.query}">{escape(each.words)}</a></li>' for each in said.links)
        return f"<ul>{''.join(items)}</ul>"
    heading = _HEADING.fullmatch(paragraph)
    tag = f"h{len(heading[1])}" if heading else "p"
    words = _LINK.sub(r'<a href="\2">\1</a>', escape(heading[2] if heading else paragraph, quote=False))
    return f"<{tag}>{pipe(words, safe)}</{tag}>"
