"""The words of a question for one person."""

import re
from dataclasses import replace
from datetime import date

import msgspec
import pytest

from quality.french import d_
from surveys.questionnaire.days import day_words, weekday
from surveys.questionnaire.definition import (
    ChannelWords,
    Choice,
    Item,
    Kind,
    PerChannel,
    Variant,
    Variants,
    Words,
)
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.reading import library
from surveys.questionnaire.wording import asked, words_of

VISIT = Facts(organisation="Aide 34", day=date(2026, 11, 17), activity_words=Words(fr="Ménage"))
AT_HOME = replace(VISIT, mode="mandataire")
DEFAULT = library("default")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Aide 34", "d’Aide 34"),
        ("Cap Domicile", "de Cap Domicile"),
        ("Écoute", "d’Écoute"),
        ("ŒUVRE du Midi", "d’ŒUVRE du Midi"),
        ("Yvette Aide", "d’Yvette Aide"),
        ("Yann Services", "de Yann Services"),
        ("Horizon", "d’Horizon"),
        ("Habitat 34", "d’Habitat 34"),
        ("Haut Languedoc", "de Haut Languedoc"),
        ("Onze Heures", "de Onze Heures"),
        ("« Aimer »", "d’« Aimer »"),
        ("1001 Services", "de 1001 Services"),
        ("", "de "),
    ],
)
def test_de_elides_before_a_vowel_or_a_mute_h(name, said):
    assert d_(name) == said


def test_a_day_is_written_as_it_is_spoken():
    assert day_words(date(2026, 11, 17)) == "mardi 17\xa0novembre"
    assert day_words(date(2027, 8, 1)) == "dimanche 1er\xa0août"
    assert day_words(date(2027, 8, 1), "en") == "Sunday 1\xa0August"
    assert weekday(date(2026, 11, 18), "en") == "Wednesday"


def test_the_first_question_is_worded_for_the_visit():
    first = asked(DEFAULT.items[0], VISIT)
    assert first.label == "Comment s’est passée la visite d’Aide 34, mardi 17\xa0novembre\u202f?"
    assert first.choices == (
        ("1", "Très mal"),
        ("2", "Plutôt mal"),
        ("3", "Moyen"),
        ("4", "Plutôt bien"),
        ("5", "Très bien"),
    )
    assert first.dont_know == "Je ne sais pas"


def test_punctuality_has_its_own_words():
    assert [words for _, words in asked(DEFAULT.item("ponctualite"), VISIT).choices] == [
        "Très en retard",
        "Plutôt en retard",
        "Un peu en retard",
        "À peu près à l’heure",
        "À l’heure",
    ]


def test_what_is_said_at_the_desk_is_the_label_where_nothing_else_is_written():
    work = asked(DEFAULT.item("travail"), VISIT)
    assert (work.say, work.hint, work.probe) == (work.label, "", "")


def test_a_client_who_employs_the_worker_is_asked_in_other_words():
    label = asked(DEFAULT.items[0], AT_HOME).label
    assert label.startswith("Comment s’est passé le travail chez vous")
    assert asked(DEFAULT.items[0], replace(VISIT, mode="mise_a_disposition")) == asked(
        DEFAULT.items[0], VISIT
    )


def test_the_words_of_a_variant_are_also_said_at_the_desk():
    at_home = Variants(mandataire=Variant(label=Words(fr="Et chez vous ?", en="And at home?")))
    advice = msgspec.structs.replace(DEFAULT.item("conseil"), variants=at_home)
    assert asked(advice, AT_HOME).say == "Et chez vous ?"
    assert asked(advice, VISIT).say == "Conseilleriez-vous Aide 34 à un proche\u202f?"


def test_an_english_reader_gets_english_throughout():
    advice = asked(DEFAULT.item("conseil"), VISIT, language="en")
    assert advice.choices == (("yes", "Yes"), ("no", "No"))
    assert advice.dont_know == "I do not know"
    assert advice.hint == "This is about Aide 34."


def test_a_text_has_no_choice_and_no_dont_know():
    comment = asked(DEFAULT.item("commentaire"), VISIT)
    assert (comment.choices, comment.dont_know) == ((), "")


@pytest.mark.parametrize(
    ("alias", "answer", "said"),
    [
        ("globale", 2, "2 Plutôt mal"),
        ("globale", "nsp", "Je ne sais pas"),
        ("conseil", "yes", "Oui"),
        ("commentaire", "Merci", "Merci"),
    ],
)
def test_an_answer_is_said_again_in_words(alias, answer, said):
    assert words_of(DEFAULT.item(alias), answer) == said


@pytest.mark.parametrize("mode", ["prestataire", "mandataire"])
@pytest.mark.parametrize("item", DEFAULT.items, ids=lambda item: item.alias)
def test_french_texts_keep_french_typography(item, mode):
    worded = asked(item, replace(VISIT, mode=mode))
    for text in (worded.label, worded.say, worded.hint, worded.probe, *dict(worded.choices).values()):
        assert "'" not in text
        assert not re.search(r"(?<!\u202f)[?;!]|(?<!\xa0):", text), text


@pytest.mark.parametrize("item", DEFAULT.items, ids=lambda item: item.alias)
def test_a_question_has_fifteen_words_at_most(item):
    spoken = re.findall(r"[\w’-]+", item.label.fr.replace("{jour}", "mardi 17 novembre"))
    assert len(spoken) <= 15


ASKED = Item(
    alias="globale",
    kind=Kind.RATING,
    core=True,
    dont_know=True,
    not_applicable=True,
    label=Words(fr="La visite ?", ar="الزيارة؟"),
    hint=Words(fr="Aide"),
    agent=Words(fr="Ne pas insister."),
    words=PerChannel(
        sms=ChannelWords(label=Words(fr="Visite {organisme}")), paper=ChannelWords(hint=Words(fr="Cochez"))
    ),
    variants=Variants(
        mandataire=Variant(label=Words(fr="Le travail ?"), probe=Words(fr="Chez vous")),
        relative=Variant(label=Words(fr="Chez votre proche ?")),
        mandataire_relative=Variant(
            words=PerChannel(sms=ChannelWords(label=Words(fr="Travail chez un proche")))
        ),
    ),
)


@pytest.mark.parametrize(
    ("channel", "mode", "audience", "label"),
    [
        ("web", "prestataire", "client", "La visite ?"),
        ("email", "prestataire", "client", "La visite ?"),
        ("sms", "prestataire", "client", "Visite Aide 34"),
        ("sms", "mandataire", "client", "Le travail ?"),
        ("web", "prestataire", "relative", "Chez votre proche ?"),
        ("sms", "prestataire", "relative", "Chez votre proche ?"),
        ("web", "mandataire", "relative", "Chez votre proche ?"),
        ("sms", "mandataire", "relative", "Travail chez un proche"),
    ],
)
def test_the_words_of_the_person_come_before_those_of_the_channel(channel, mode, audience, label):
    facts = replace(VISIT, mode=mode, audience=audience)
    assert asked(ASKED, facts, channel=channel).label == label


def test_a_relative_of_a_mandataire_client_is_helped_in_the_words_of_that_mode():
    assert asked(ASKED, replace(VISIT, mode="mandataire", audience="relative")).probe == "Chez vous"
    assert asked(ASKED, replace(VISIT, audience="relative")).probe == ""


def test_paper_has_its_own_hint_and_the_agent_a_note_that_nobody_hears():
    assert asked(ASKED, VISIT, channel="paper").hint == "Cochez"
    worded = asked(ASKED, VISIT, channel="phone")
    assert (worded.hint, worded.agent, worded.say) == ("Aide", "Ne pas insister.", "La visite ?")


def test_a_question_is_asked_in_a_language_only_where_all_of_it_is_written():
    assert asked(ASKED, VISIT, language="ar").language == "fr"
    whole = msgspec.structs.replace(ASKED, hint=None, agent=None)
    worded = asked(whole, VISIT, language="ar")
    assert (worded.language, worded.direction, worded.label) == ("ar", "rtl", "الزيارة؟")
    assert (worded.choices[4], worded.dont_know) == (("5", "جيد جدًا"), "لا أعرف")
    assert asked(whole, VISIT, language="ar", channel="sms").direction == "ltr"


def test_one_language_stands_in_for_another_in_the_order_of_the_questionnaire():
    advice = DEFAULT.item("conseil")
    assert asked(advice, VISIT, language="ar", fallback=("en", "fr")).language == "en"
    assert asked(advice, VISIT, language="ar", fallback=("fr", "en")).language == "fr"


def test_what_does_not_concern_somebody_is_said_apart():
    worded = asked(ASKED, VISIT)
    assert worded.not_applicable == "Cela ne me concerne pas"
    assert [each.value for each in worded.options] == ["1", "2", "3", "4", "5", "nsp", "so"]
    assert [value for value, _ in worded.choices] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        (Kind.SCALE, 10, "10"),
        (Kind.NUMBER, 2.5, "2,5"),
        (Kind.NUMBER, 3, "3"),
        (Kind.DATE, "2026-11-17", "mardi 17\xa0novembre 2026"),
        (Kind.DATE, "so", "Cela ne me concerne pas"),
        (Kind.MULTIPLE, ["un", "deux"], "Le un, Le deux"),
        (Kind.MULTIPLE, "nsp", "Je ne sais pas"),
        (Kind.SINGLE, "deux", "Le deux"),
    ],
)
def test_answers_of_every_kind_are_said_again(kind, answer, said):
    offered = tuple(Choice(Words(fr=f"Le {value}"), value) for value in ("un", "deux"))
    item = Item(
        alias="a", kind=kind, label=Words(fr="?"), choices=offered, dont_know=True, not_applicable=True
    )
    if kind not in {Kind.SINGLE, Kind.MULTIPLE}:
        item = msgspec.structs.replace(item, choices=())
    assert words_of(item, answer) == said


@pytest.mark.parametrize("language", ["fr", "en", "es", "pt", "it", "de", "ar"])
def test_days_are_named_in_every_language(language):
    days = [day_words(date(2026, 11, n), language) for n in range(2, 9)]
    assert len({weekday(date(2026, 11, n), language) for n in range(2, 9)}) == 7
    assert all("2026" not in day for day in days)
