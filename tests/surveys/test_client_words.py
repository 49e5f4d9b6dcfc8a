"""Everything a client reads or hears in French: short sentences, plain words, and English beside it."""

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
import yaml

from surveys.dispatch.text import shipped
from surveys.questionnaire.definition import wordings
from surveys.questionnaire.reading import library

LIBRARY = ("default", "first", "no_show", "complaint", "yearly")
TEMPLATES = Path(__file__).parents[2] / "templates"
# Pages of the staff that are named like those of clients.
OF_STAFF = {"answer_choice.html"}
MOST_WORDS = 15
# Two bodies and a number, which no shorter sentence names.
LONGER = {
    "Le Département et la caisse de retraite ne voient que des résultats d’au moins 11 personnes.",
}
JARGON = re.compile(
    r"\b(?:SAP|SAAD|NOVA|APA|GIR|mandataires?|prestataires?|référencement|bénéficiaires?|usagers?"
    r"|intervenants?|interventions?|questionnaires?|items?|smartphone|formulaire|cliquez)\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.?!:])\s+|\n+")
MARKED = re.compile(r'_\(\s*"((?:[^"\\]|\\.)*)"')


def of_the_library() -> Iterator[tuple[str, str]]:
    for code in LIBRARY:
        for item in library(code).items:
            for path, words in wordings(item):
                if path[0] != "agent":  # never said to a client
                    yield f"{code} {item.alias} {path}", words.fr


def of_messages() -> Iterator[tuple[str, str]]:
    for (name, language), message in shipped().items():
        if language == "fr":
            yield name, f"{message.subject}\n{message.text}"


def of_voice_and_paper() -> Iterator[tuple[str, str]]:
    for package in ("voice", "paper"):
        text = resources.files(f"surveys.questionnaire.{package}").joinpath("words.yaml").read_text("utf-8")
        yield from ((f"{package} {name}", words) for name, words in yaml.safe_load(text)["fr"].items())


def of_pages() -> Iterator[tuple[str, str]]:
    for name in ("answer_*.html", "followed_*.html"):
        for path in sorted(TEMPLATES.rglob(name)):
            if path.name not in OF_STAFF:
                source = path.read_text(encoding="utf-8")
                yield from ((path.name, found[1]) for found in MARKED.finditer(source))


SOURCES = (of_the_library, of_messages, of_voice_and_paper, of_pages)


@pytest.mark.parametrize("source", SOURCES)
def test_a_sentence_has_fifteen_words_at_most(source):
    long = [
        (place, sentence)
        for place, text in source()
        for sentence in SENTENCE.split(text)
        if len(sentence.split()) > MOST_WORDS and sentence.replace("\xa0", " ") not in LONGER
    ]
    assert long == []


@pytest.mark.parametrize("source", SOURCES)
def test_no_word_is_one_of_the_trade(source):
    assert [(place, text) for place, text in source() if JARGON.search(text)] == []


def test_every_question_is_written_in_english_too():
    missing = [
        (code, item.alias, path)
        for code in LIBRARY
        for item in library(code).items
        for path, words in wordings(item)
        if not words.en
    ]
    assert missing == []
