"""The words of a question for one person."""

import re
from datetime import date

import msgspec
import pytest

from quality.french import d_
from surveys.questionnaire.definition import Variant, Variants, Words
from surveys.questionnaire.reading import library
from surveys.questionnaire.wording import VisitFacts, asked, day_words, weekday, words_of

VISIT = VisitFacts("Aide 34", date(2026, 11, 17), "Ménage")
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
    label = asked(DEFAULT.items[0], VISIT, mode="mandataire").label
    assert label.startswith("Comment s’est passé le travail chez vous")
    assert asked(DEFAULT.items[0], VISIT, mode="mise_a_disposition") == asked(DEFAULT.items[0], VISIT)
    assert asked(DEFAULT.items[0], VISIT, mode="prestataire") == asked(DEFAULT.items[0], VISIT)


def test_the_words_of_a_variant_are_also_said_at_the_desk():
    at_home = Variants(mandataire=Variant(label=Words(fr="Et chez vous ?", en="And at home?")))
    advice = msgspec.structs.replace(DEFAULT.item("conseil"), variants=at_home)
    assert asked(advice, VISIT, mode="mandataire").say == "Et chez vous ?"
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
    worded = asked(item, VISIT, mode=mode)
    for text in (worded.label, worded.say, worded.hint, worded.probe, *dict(worded.choices).values()):
        assert "'" not in text
        assert not re.search(r"(?<!\u202f)[?;!]|(?<!\xa0):", text), text


@pytest.mark.parametrize("item", DEFAULT.items, ids=lambda item: item.alias)
def test_a_question_has_fifteen_words_at_most(item):
    spoken = re.findall(r"[\w’-]+", item.label.fr.replace("{jour}", "mardi 17 novembre"))
    assert len(spoken) <= 15
