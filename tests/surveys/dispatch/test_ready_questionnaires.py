"""Each ready questionnaire by mode, audience, channel and language: whole, its own words, one SMS."""

import re
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Literal

import pytest

from surveys.channels.gsm7 import count
from surveys.dispatch.question import ShortFacts, first_of, question
from surveys.dispatch.text import MessageFacts, render_email, render_sms, template
from surveys.questionnaire.definition import Item
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.paths import path
from surveys.questionnaire.reading import library
from surveys.questionnaire.wording import asked
from surveys.respond.dialogue import MOTIVE, SMS, spoken
from surveys.response import activity_words

CODES = ("default", "first", "no_show", "complaint", "yearly")
MODES, AUDIENCES = ("prestataire", "mandataire", "mise_a_disposition"), ("client", "relative")
CHANNELS = ("web", "email", "sms", "phone", "voice", "paper")
LANGUAGES: tuple[Literal["fr", "en"], ...] = ("fr", "en")
DAY = date(2026, 11, 25)  # mercredi: the longest of the days
LINK = "https://" + "q" * 25 + "/s/" + "K" * 12
LONGEST = MessageFacts("P" * 17, "O" * 17, DAY, LINK, "", "", activity_words=activity_words("I-3"))
VISIT = Facts(organisation="Aide 34", day=DAY, activity="I-3", activity_words=activity_words("I-3"))
ALL = pytest.mark.parametrize(
    ("code", "mode", "audience", "language"), list(product(CODES, MODES, AUDIENCES, LANGUAGES))
)
LEFTOVER = re.compile(r"[{}]|\bNone\b")


def facts(mode: str, audience: str) -> Facts:
    return replace(VISIT, mode=mode, audience=audience)  # type: ignore[arg-type]


@ALL
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_question_is_whole_by_every_channel(
    code: str, mode: str, audience: str, language: str, channel: str
) -> None:
    items = spoken(library(code)).asked_on(channel)
    assert items
    for item in items:
        worded = asked(item, facts(mode, audience), channel=channel, language=language)
        texts = [worded.label, worded.say, *(option.words for option in worded.options)]
        assert all(texts), item.alias
        assert worded.language == language
        for text in (*texts, worded.hint, worded.probe, worded.agent, worded.constraint_message):
            assert not LEFTOVER.search(text), (item.alias, text)


@ALL
def test_the_mail_says_the_first_question_in_its_own_words(
    code: str, mode: str, audience: str, language: Literal["fr", "en"]
) -> None:
    item = first_of(library(code), facts(mode, audience), "email")
    told = replace(LONGEST, organisation="Aide 34", item=item, mode=mode, audience=audience)
    for name in ("opening_email", "reminder_email"):
        mail = render_email(template(name, language), told)
        words = question(item, facts(mode, audience), "email", language).words
        assert words in mail.subject
        assert words in mail.text
        assert not re.search(r"\{|\}", mail.subject + mail.text + re.sub(r"<style>.*</style>", "", mail.html))


def messages(code: str) -> list[tuple[str, Item]]:
    """Give each SMS that a conversation may send, with the question that it asks."""
    first, *later = spoken(library(code)).asked_on(SMS)
    names = [(name, first) for name in ("opening", "reminder", "ask_again")]
    for item in later:
        is_motive = item.alias == MOTIVE.alias
        names += [
            (name, item) for name in (("low_mark", "motive_again") if is_motive else ("next_question",))
        ]
    return names


@ALL
def test_each_sms_is_one_segment_at_the_longest_names(
    code: str, mode: str, audience: str, language: Literal["fr", "en"]
) -> None:
    for name, item in messages(code):
        told = replace(LONGEST, item=item, mode=mode, audience=audience)
        counted = count(render_sms(template(name, language), told))
        assert (counted.encoding, counted.segments) == ("gsm7", 1), (name, counted.units)


def test_after_a_missed_visit_an_sms_asks_what_was_missing_and_not_of_the_work() -> None:
    whole = spoken(library("no_show"))
    assert [item.alias for item in whole.asked_on(SMS)] == ["globale", "motif"]
    short = ShortFacts(organisation="Aide 34", day=DAY)
    low = [item.alias for item in path(whole, {"globale": 1}, short, SMS)]
    assert low == ["globale", "motif"]
    assert [item.alias for item in path(whole, {"globale": 4}, short, SMS)] == ["globale"]
    told = replace(LONGEST, item=whole.item("motif"))
    text = render_sms(template("low_mark"), told)
    assert text.startswith(
        "Merci de nous l'avoir dit. 1 aucune nouvelle, 2 aucun remplacement, 3 urgence, 4 autre. "
    )
    assert "motif" not in [item.alias for item in whole.asked_on("web")]
