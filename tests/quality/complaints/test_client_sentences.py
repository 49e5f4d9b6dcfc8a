"""What clients read is plain: no word that makes whoever comes a woman, no deadline said one day short."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[3]
CLIENT = ("quality/complaints/client_words.yaml", "surveys/dispatch/templates.yaml")
SHOWN = (*CLIENT, "quality/complaints/vocabulary.yaml", "quality/measures/catalogue.yaml")


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def of(path: str) -> list[str]:
    return list(strings(yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))))


def screens() -> Iterator[str]:
    """Give the sentences of every page."""
    with (ROOT / "quality/locale/en/LC_MESSAGES/messages.po").open("rb") as file:
        for message in read_po(file):
            yield from message.id if isinstance(message.id, tuple) else (message.id,)


@pytest.mark.parametrize("path", SHOWN)
def test_no_sentence_of_data_makes_whoever_comes_a_woman(path: str) -> None:
    assert [said for said in of(path) if re.search("intervenante", said, re.IGNORECASE)] == []


def test_no_sentence_of_a_page_does() -> None:
    assert [said for said in screens() if re.search("intervenante", said, re.IGNORECASE)] == []


@pytest.mark.parametrize("path", CLIENT)
def test_a_deadline_includes_its_day_and_a_request_ends_in_plain_words(path: str) -> None:
    unclear = re.compile(r"\bavant le\b|\bclose\b|\bsaisi|récits|[Nn]ous nous engageons", re.IGNORECASE)
    french = [said for said in of(path) if not re.search(r"\b(the|your|is)\b", said)]
    assert [said for said in french if unclear.search(said)] in ([], ["La réclamation est close"])


def test_the_page_of_a_client_says_the_same() -> None:
    source = "".join(
        each.read_text(encoding="utf-8")
        for each in (
            *(ROOT / "quality/complaints/followed").glob("*.py"),
            *(ROOT / "templates").glob("*/followed_*.html"),
        )
    )
    for unclear in ("Avant le", "est close", "sera close", "est saisi", "votre financeur", "mon financeur"):
        assert unclear not in source


def test_each_sentence_that_is_said_twice_is_written_once() -> None:
    """Letters, messages and e-mails take a shared sentence from one place."""
    loaded = [yaml.safe_load((ROOT / path).read_text(encoding="utf-8")) for path in CLIENT]
    # An SMS is written whole: its letters are counted. The reminder’s e-mail is the opening’s, by reference.
    for name in [each for each in loaded[1] if loaded[1][each].get("channel") == "sms"]:
        loaded[1].pop(name)
    loaded[1].pop("reminder_email")
    written = [
        sentence
        for text in strings(loaded)
        for paragraph in text.split("\n\n")
        for sentence in re.split(r"(?<=[.?!])\s+(?=[A-ZÀ-Ý{])", paragraph.strip())
        if len(sentence) > 24 and "[" not in sentence and not sentence.startswith("#")
    ]
    assert len(written) > 50
    assert sorted({each for each in written if written.count(each) > 1}) == []
