"""French is set as French is printed, in every sentence; a template says nothing outside the catalogue."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from quality.web.rendering import environment
from tests import checks
from tests.quality.web.pages import TEMPLATES

WRONG = re.compile(
    r"(?<=\w)'(?=\w)"  # an apostrophe is U+2019
    r"|(?<!\u00a0)(?<!Authorization):(?=\s|$)|«(?!\u00a0)|(?<!\u00a0)»|\d (?:[%€]|h\b)|\bh \d"
    r"|(?<!\u202f)[;?!](?=\s|$|»)|\b\d{1,3} \d{3}\b"
)
LIBRARY = ("complaint", "default", "first", "no_show", "yearly")
TEXTS = (
    *(f"surveys/questionnaire/library/{each}.yaml" for each in LIBRARY),
    "quality/measures/catalogue.yaml",
    "charter/data/editions/national-2012.yaml",
    "quality/complaints/client_words.yaml",
)
# Proper names, the same in every language, and attributes that a macro or a block writes apart.
UNTOUCHED = re.compile(r"Suivi Qualité|\b3977\b|[\w-]+=\"[^\"]*\"?|^w\d$")
ATTRIBUTE = re.compile(r'\b(?:aria-label|alt|title|placeholder)="([^"{\0]*\w[^"]*)"')


@pytest.fixture(scope="module")
def env() -> Environment:
    return environment(TEMPLATES)


def sentences() -> Iterator[str]:
    with checks.ENGLISH.open("rb") as source:
        for message in read_po(source, locale="en"):
            yield from message.id if message.pluralizable else (message.id,)


def words_of(tree: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Give each text of a YAML tree with its place, save those in English."""
    branches: Iterator[tuple[object, object]] = iter(())
    if isinstance(tree, dict):
        branches = ((key, value) for key, value in tree.items() if key != "en")
    elif isinstance(tree, list):
        branches = iter(enumerate(tree))
    elif isinstance(tree, str):
        yield place, tree
    for key, value in branches:
        yield from words_of(value, f"{place}/{key}")


def test_every_sentence_of_the_code_and_the_templates_is_well_set() -> None:
    assert [each for each in sentences() if WRONG.search(each)] == []


@pytest.mark.parametrize("path", TEXTS)
def test_every_text_of_a_data_file_is_well_set(path: str) -> None:
    tree = yaml.safe_load((checks.ROOT / path).read_text(encoding="utf-8"))
    assert [found for found in words_of(tree) if WRONG.search(found[1])] == []


@pytest.mark.parametrize(
    "text",
    ["l'avis", "Attention : ici", "Rien", "« mot »", "86 %", "14 h 30", "Quoi ?", "2 000 clients", "Fin;"],
)
def test_the_check_sees_what_is_badly_set(text: str) -> None:
    assert bool(WRONG.search(text)) is (text != "Rien")


def own_words(env: Environment, path: Path) -> list[str]:
    """Give what a template writes without going through the catalogue, between tags and in attributes."""
    tree = env.parse(path.read_text(encoding="utf-8"))
    pieces = [
        node.data if isinstance(node, nodes.TemplateData) else "\0"
        for output in tree.find_all(nodes.Output)
        for node in output.nodes
    ]
    html = "".join(pieces)
    outside = re.sub(r"<!?[^<>]*>", "\0", html)
    found = [*outside.split("\0"), *ATTRIBUTE.findall(html)]
    plain = [" ".join(each.split()) for each in found]
    return [each for each in plain if re.search(r"\w", UNTOUCHED.sub("", each))]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_a_template_says_nothing_outside_the_catalogue(env: Environment, path: Path) -> None:
    assert own_words(env, path) == []
