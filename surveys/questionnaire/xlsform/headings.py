"""The headings of a form as people write them: other names of a column, a language beside it, capitals."""

import re
import unicodedata
from dataclasses import dataclass

from surveys.questionnaire.definition import LANGUAGES, Language
from surveys.questionnaire.xlsform import columns as c

# Columns that are held by language.
TRANSLATED = frozenset({c.GUIDANCE, "sq_title", *c.TEXTS})
ALIASES = {
    "caption": c.LABEL,
    "relevance": c.RELEVANT,
    "constraining_message": c.MESSAGE,
    "bind::relevant": c.RELEVANT,
    "bind::constraint": c.CONSTRAINT,
    "bind::required": c.REQUIRED,
    "bind::jr:constraintmsg": c.MESSAGE,
    "calculate": "calculation",
    "bind::calculate": "calculation",
    "read_only": "readonly",
    "bind::readonly": "readonly",
    "control::appearance": "appearance",
    "body::appearance": "appearance",
    "command": c.TYPE,
    "list": c.LIST,
    "value": c.NAME,
    "tag": c.NAME,
}
NAMES = {
    "francais": "fr",
    "french": "fr",
    "anglais": "en",
    "english": "en",
    "espanol": "es",
    "espagnol": "es",
    "spanish": "es",
    "portugues": "pt",
    "portugais": "pt",
    "portuguese": "pt",
    "italiano": "it",
    "italien": "it",
    "italian": "it",
    "deutsch": "de",
    "allemand": "de",
    "german": "de",
    "arabe": "ar",
    "arabic": "ar",
    "العربية": "ar",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its name in the standard or ours, and the language that is written beside it, as written."""

    column: str
    language: str = ""


def heading(text: str) -> Heading:
    """Understand a heading.

    >>> heading("Label::English (en)"), heading(" List Name "), heading("hint : Français")
    (Heading(column='label', language='English (en)'), Heading(column='list_name', language=''), \
Heading(column='hint', language='Français'))
    """
    parts = [part.strip() for part in text.strip().strip("\ufeff").split("::")]
    if len(parts) == 1 and ":" in text:
        name, _, language = text.partition(":")
        if _column(name) in TRANSLATED:
            parts = [name, language.strip()]
    whole = _column("::".join(parts))
    if len(parts) == 1 or whole in ALIASES.values() or _column(parts[0]) not in TRANSLATED:
        return Heading(whole)
    return Heading(_column(parts[0]), parts[1])


def _column(text: str) -> str:
    name = re.sub(r"\s+", "_", text.strip().strip("\ufeff").lower())
    return ALIASES.get(name, name)


def language_of(text: str) -> Language | None:
    """Give the language that a heading names, by its code or its name.

    >>> [language_of(text) for text in ("Français (fr)", "English", "pt-BR", "Occitan (oc)")]
    ['fr', 'en', 'pt', None]
    """
    found = re.search(r"\(\s*([A-Za-z]{2})(?:[-_]\w+)?\s*\)\s*$", text)
    bare = _bare(re.sub(r"\(.*?\)", "", text))
    code = (
        found[1].lower()
        if found
        else NAMES.get(bare, bare[:2] if re.fullmatch(r"\w\w([-_]\w+)?", bare) else "")
    )
    return next((each for each in LANGUAGES if each == code), None)


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
