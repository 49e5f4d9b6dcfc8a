"""The texts of messages, rendered for one person."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from surveys.channels.gsm7 import count
from surveys.dispatch.text import (
    FOLLOW_UPS,
    MessageFacts,
    render_email,
    render_sms,
    render_voice,
    shipped,
    template,
)
from surveys.questionnaire.reading import library

LINK = "https://avis.pleiades.example/s/K7M42Q9DX3PV"
VISIT = MessageFacts(
    platform="Pléiades Services",
    organisation="Aide 34",
    day=date(2026, 11, 23),
    link=LINK,
    phone="04\xa067\xa000\xa000\xa000",
    hours="du lundi au vendredi, de 10\xa0h à 12\xa0h\xa030",
)
SMS = [key for key, known in shipped().items() if known.channel == "sms"]
EMAILS = [key for key, known in shipped().items() if known.channel == "email"]
LONGEST_LINK = "https://" + "q" * 25 + "/s/" + "K" * 12
LONGEST_FOLLOW = "https://" + "q" * 25 + "/suivi/" + "K" * 12
LONGEST_PHONE = "04\xa067\xa000\xa000\xa000"


class Page(HTMLParser):
    """The tags, links and words of an e-mail."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.words = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.words.append(data)


def test_the_opening_sms_says_exactly_this():
    assert render_sms(template("opening"), VISIT) == (
        "Pléiades Services : visite Aide 34 lundi. Répondez de 1 (très mal) à 5 (très bien) "
        f"ou {LINK} STOP=refus"
    )


def test_the_question_after_a_low_mark_says_exactly_this():
    assert render_sms(template("low_mark"), VISIT) == (
        "Merci de nous l'avoir dit. 1 retard, 2 travail non fait, 3 comportement, 4 autre. "
        f"Que souhaitez-vous ? {LINK}"
    )


@pytest.mark.parametrize(("name", "language"), SMS)
@settings(max_examples=30)
@example(platform="P" * 40, organisation="O" * 40, day=2)
@example(platform="œ" * 17, organisation="€" * 17, day=2)
@given(platform=st.text(max_size=40), organisation=st.text(max_size=40), day=st.integers(0, 6))
def test_a_shipped_sms_is_one_segment_whatever_the_names(name, language, platform, organisation, day):
    is_followed = name in FOLLOW_UPS  # any other question has the length that its own words give it
    link, number = (LONGEST_FOLLOW, LONGEST_PHONE) if is_followed else (LONGEST_LINK, "")
    facts = MessageFacts(platform, organisation, VISIT.day + timedelta(days=day), link, number, "")
    counted = count(render_sms(template(name, language), facts))
    assert (counted.encoding, counted.segments) == ("gsm7", 1)


LIBRARY = ("default", "first", "no_show", "complaint", "yearly")
FIRST_SMS = ("opening", "reminder", "ask_again")


@pytest.mark.parametrize("code", LIBRARY)
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", FIRST_SMS)
def test_the_first_question_of_the_library_fits_one_segment_at_the_longest_names(name, language, code):
    longest = MessageFacts("P" * 17, "O" * 17, date(2026, 11, 25), LONGEST_LINK, "", "")
    for mode in ("prestataire", "mandataire", "mise_a_disposition"):
        for audience in ("client", "relative"):
            facts = replace(longest, item=library(code).items[0], mode=mode, audience=audience)
            counted = count(render_sms(template(name, language), facts))
            assert (counted.encoding, counted.segments) == ("gsm7", 1), (mode, audience, counted)


def test_an_employer_and_a_relative_read_their_own_words():
    employer = replace(VISIT, mode="mandataire")
    assert "travail Aide 34 lundi. Répondez de 1" in render_sms(template("opening"), employer)
    subject = render_email(template("opening_email"), employer).subject
    assert subject.startswith("Comment s’est passé le travail chez vous, lundi 23")
    relative = render_email(template("opening_email"), replace(VISIT, audience="relative"))
    assert "chez votre proche, lundi" in relative.subject
    assert relative.subject in relative.text


def test_a_question_of_yes_or_no_is_asked_by_its_own_answers():
    asks = replace(VISIT, item=library("default").item("conseil"))
    text = render_sms(template("next_question"), asks)
    assert text == (
        "Le conseilleriez-vous à un proche ? Répondez 1 (oui) ou 2 (non) ou voyez " + LINK + " STOP=refus"
    )
    email = render_email(template("opening_email"), asks)
    assert f'<a href="{LINK}?reponse=yes">Oui</a>' in email.html
    assert f"\nNon\xa0: {LINK}?reponse=no\n" in email.text


def test_a_question_with_values_of_its_own_lists_them():
    assert render_sms(template("motive_again", "en"), VISIT).startswith(
        "One digit only, please: 1 late, 2 work not done, 3 behaviour, 4 other."
    )


@settings(max_examples=60)
@given(st.text(alphabet="abcdéèàùAÉÇ '-.&", min_size=17, max_size=17))
def test_names_of_seventeen_letters_are_kept_whole(name):
    kept = " ".join(name.split())
    assert kept in render_sms(template("opening"), replace(VISIT, organisation=name, link=LONGEST_LINK))


def test_the_longest_opening_leaves_the_room_it_should():
    longest = MessageFacts("P" * 17, "O" * 17, date(2026, 11, 25), LONGEST_LINK, "", "")
    assert len(LONGEST_LINK) == 33 + 15
    assert count(render_sms(template("opening"), longest)).units == 158


def test_letters_outside_the_alphabet_of_sms_are_replaced_in_names():
    text = render_sms(template("opening"), replace(VISIT, organisation="Forêt & Cœur"))
    assert "visite Foret & Coeur lundi" in text


def test_the_words_of_an_sms_leave_as_they_were_written():
    edited = msgspec.structs.replace(template("opening"), text="Êtes-vous là, {jour} ? {lien}")
    assert render_sms(edited, VISIT) == f"Êtes-vous là, lundi ? {LINK}"


def test_a_name_cannot_break_the_line():
    assert "\n" not in render_sms(template("opening"), replace(VISIT, organisation="Aide\r\n34"))


def test_a_reader_of_another_language_gets_french():
    assert template("opening", "pt") is template("opening")
    assert template("opening", "en").text.startswith("{plateforme}: {question}. Reply")


def test_voicemail_says_nothing_of_the_visit():
    words = render_voice(template("voicemail"), VISIT)
    assert words == (
        "Bonjour, ici Pléiades Services. Vous pouvez nous joindre au 04\xa067\xa000\xa000\xa000, "
        "du lundi au vendredi, de 10\xa0h à 12\xa0h\xa030. Merci et bonne journée."
    )
    assert "Aide 34" not in words


def test_an_email_asks_in_its_subject():
    subject = "Comment s’est passée la visite d’Aide 34, lundi 23\xa0novembre\u202f?"
    assert render_email(template("opening_email"), VISIT).subject == subject
    assert render_email(template("reminder_email"), VISIT).subject == f"Rappel\xa0: {subject}"


@pytest.mark.parametrize(("name", "language"), EMAILS)
def test_both_parts_of_an_email_hold_the_same_links(name, language):
    email = render_email(template(name, language), VISIT)
    expected = [f"{LINK}?note={mark}" for mark in range(1, 6)] + [f"{LINK}/rappel", f"{LINK}/stop"]
    expected = [LINK] if name in FOLLOW_UPS else expected
    assert Page(email.html).links == expected
    assert re.findall(r"https?://\S+", email.text) == expected


@pytest.mark.parametrize(("name", "language"), EMAILS)
def test_both_parts_of_an_email_say_the_same(name, language):
    email = render_email(template(name, language), VISIT)
    words = " ".join(Page(email.html[email.html.index("<body>") :]).words).split()
    text = re.sub(r"(\xa0| ?): ?https?://\S+", " ", email.text)
    assert text.split() == words


def test_score_links_have_words():
    email = render_email(template("opening_email"), VISIT)
    assert f'<a href="{LINK}?note=5">5 Très bien</a>' in email.html
    assert f"\n1 Très mal\xa0: {LINK}?note=1\n" in email.text


def test_an_email_says_who_gave_the_address_who_reads_and_asks_for_no_money():
    text = render_email(template("opening_email"), VISIT).text
    assert "Aide 34 nous a donné votre adresse" in text
    assert "résultats d’au moins 11 personnes" in text
    assert "jamais d’argent ni de numéro de carte" in text
    assert "04\xa067\xa000\xa000\xa000. Appel non surtaxé, du lundi" in text


def test_an_email_loads_nothing_and_runs_nothing():
    page = Page(render_email(template("opening_email"), VISIT).html)
    assert set(page.tags) == {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "h2",
        "p",
        "ul",
        "li",
        "a",
    }
    assert "url(" not in "".join(page.words)


def test_a_name_is_never_read_as_html_nor_as_a_header():
    hostile = '<script>"x"</script>\r\nBcc: a [b]({refus}) &amp;'
    email = render_email(template("opening_email"), replace(VISIT, organisation=hostile))
    page = Page(email.html)
    assert "script" not in page.tags
    assert any('<script>"x"</script> Bcc: a [b]({refus}) &amp;' in words for words in page.words)
    assert "\n" not in email.subject
    assert len(page.links) == 7


def test_french_emails_keep_french_typography():
    email = render_email(template("opening_email"), VISIT)
    for text in (email.subject, re.sub(r"https?://\S+", "", email.text)):
        assert "'" not in text
        assert not re.search(r"(?<!\u202f)[?;!]|(?<!\xa0):|«(?!\xa0)|(?<!\xa0)»", text)
