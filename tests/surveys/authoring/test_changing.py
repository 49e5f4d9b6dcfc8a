"""What may be done to a questionnaire that is being written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from quality.errors import Conflict, NotFound
from surveys.authoring import changing
from surveys.authoring.editing.saying import SENTENCES
from surveys.questionnaire.checking import findings
from surveys.questionnaire.definition import Choice, Item, Kind, Questionnaire, Words, wordings
from surveys.questionnaire.reading import library
from tests.surveys.questionnaire.strategies import any_definition

DEFAULT = library("default")


def aliases(questionnaire: Questionnaire) -> list[str]:
    return [item.alias for item in questionnaire.items]


def test_an_empty_questionnaire_can_be_published_as_it_is():
    assert list(findings(changing.blank("court", "Court"))) == []


def test_a_question_is_added_where_it_was_said_under_a_name_of_its_own():
    after = changing.add(DEFAULT, Kind.SINGLE, "Qui est venu ?", 2).after
    assert aliases(after)[2] == "qui_est_venu"
    assert list(findings(after)) == []
    again = changing.add(after, Kind.TEXT, "Qui est venu ?", 99)
    assert again.after.items[-1].alias == "qui_est_venu_2"
    assert again.values == {"num": len(DEFAULT.items) + 2}


def test_a_copy_feeds_no_result():
    after = changing.duplicate(DEFAULT, "globale").after
    assert aliases(after)[:2] == ["globale", "globale_2"]
    assert after.items[1].measures == ()
    assert after.items[1].label == DEFAULT.items[0].label


def test_the_last_question_stays():
    alone = changing.blank("court", "Court")
    with pytest.raises(Conflict, match="une seule question"):
        changing.remove(alone, "globale")
    with pytest.raises(NotFound):
        changing.remove(DEFAULT, "inconnue")


def test_a_new_name_is_followed_by_the_conditions_that_say_it():
    asking = structs.replace(DEFAULT.items[5], relevant="${globale} <= 2 and answered(${globale})")
    before = changing.replace(DEFAULT, "commentaire", asking).after
    renamed = structs.replace(before.items[0], alias="ensemble")
    after = changing.replace(before, "globale", renamed).after
    assert after.item("commentaire").relevant == "${ensemble} <= 2 and answered(${ensemble})"
    assert list(findings(after)) == []


def test_answers_to_choose_move_with_all_their_words():
    choices = (Choice(Words("Un", en="One"), "a"), Choice(Words("Deux"), "b"))
    item = Item(alias="motif", kind=Kind.SINGLE, label=Words("Pourquoi ?"), choices=choices)
    before = structs.replace(DEFAULT, items=(*DEFAULT.items, item))
    moved = changing.move_choice(before, "motif", 1, 1).after
    assert moved.item("motif").choices == choices[::-1]
    assert changing.remove_choice(moved, "motif", 1).after.item("motif").choices == choices[:1]
    with pytest.raises(NotFound):
        changing.remove_choice(before, "motif", 3)
    assert changing.move_choice(before, "motif", 2, 1).after == before


def test_a_language_leaves_with_all_that_is_written_in_it():
    after = changing.remove_language(DEFAULT, "en").after
    assert after.languages == ("fr",)
    assert all(words.en is None for _path, words in wordings(after))
    assert list(findings(after)) == []
    with pytest.raises(Conflict, match="Le français"):
        changing.remove_language(DEFAULT, "fr")


def test_languages_are_added_last_and_put_in_order():
    three = changing.add_language(DEFAULT, "es").after
    assert changing.move_language(three, "es", -1).after.languages == ("fr", "es", "en")
    assert changing.move_language(three, "es", 1).after == three
    for unknown in ("en", "xx"):
        with pytest.raises(NotFound):
            changing.add_language(DEFAULT, unknown)


def test_words_of_one_language_are_written_and_taken_back():
    path = ("items", 0, "variants", "relative", "label")
    written = changing.reword(DEFAULT, {path: "How was it?"}, "en").after
    assert written.items[0].variants.relative.label.en == "How was it?"
    silent = changing.reword(written, {path: ""}, "en").after
    assert silent.items[0].variants.relative.label.en is None
    assert silent.items[0].variants.relative.label.fr == DEFAULT.items[0].variants.relative.label.fr


@given(any_definition(), st.data())
def test_moving_there_and_back_changes_nothing(questionnaire: Questionnaire, data: st.DataObject):
    alias = data.draw(st.sampled_from(aliases(questionnaire)))
    by = data.draw(st.sampled_from([-1, 1]))
    change = changing.move(questionnaire, alias, by)
    assert sorted(aliases(change.after)) == sorted(aliases(questionnaire))
    if change.after != questionnaire:
        assert changing.move(change.after, alias, -by).after == questionnaire


@given(any_definition(), st.data())
def test_every_change_has_its_sentence(questionnaire: Questionnaire, data: st.DataObject):
    alias = data.draw(st.sampled_from(aliases(questionnaire)))
    for change in (
        changing.move(questionnaire, alias, 1),
        changing.duplicate(questionnaire, alias),
        changing.add(questionnaire, Kind.TEXT, "Quoi ?", 1),
        changing.reword(questionnaire, {("title",): "Titulo"}, "pt"),
    ):
        assert SENTENCES[change.what].format_map(change.values)


@given(any_definition())
def test_writing_again_what_is_written_changes_nothing(questionnaire: Questionnaire):
    for language in ("fr", "en"):
        texts = {path: words.in_(language) or "" for path, words in wordings(questionnaire)}
        assert changing.reword(questionnaire, texts, language).after == questionnaire
