"""The form of a question: sent back as it came it changes nothing; what is wrong is said in its field."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import Environment
from msgspec import structs

from quality.web.rendering import environment
from surveys.authoring.editing.drafts import Draft
from surveys.authoring.editing.item_form import ItemForm, form_of, merged, read, typed_form
from surveys.authoring.editing.question_screen import composed
from surveys.questionnaire.definition import (
    ChannelWords,
    Choice,
    Item,
    Kind,
    PerChannel,
    Questionnaire,
    Variant,
    Variants,
    Words,
)
from surveys.questionnaire.facts import NAMES
from surveys.questionnaire.reading import library
from tests.quality.web.pages import STAFF, TEMPLATES
from tests.sent import sent_by
from tests.surveys.questionnaire.strategies import any_definition, any_words

NOW = datetime(2026, 11, 24, tzinfo=UTC)
MANY_LINES = any_words(st.text("aé \n\r<&\"'«», ", min_size=1, max_size=30).map(lambda text: f"Q{text}?"))
DEFAULT = library("default")
MOTIVE = Item(
    alias="motif",
    kind=Kind.SINGLE,
    label=Words("Pourquoi ?", en="Why?"),
    choices=(Choice(Words("Un retard", en="Late"), "retard"), Choice(Words("Autre chose"), "autre")),
)


@pytest.fixture(scope="module")
def env() -> Environment:
    return environment(TEMPLATES)


def page_of(env: Environment, questionnaire: Questionnaire, alias: str) -> str:
    """Render the page of a question."""
    draft = Draft("essai", questionnaire, 1, 4, NOW, "", "", "")
    shown = composed(draft, alias, form_of(questionnaire.item(alias)), ())
    values = {each.name: getattr(shown, each.name) for each in fields(shown)}
    return env.get_template("surveys/question_editor.html").render(shell=STAFF, **values)


@st.composite
def any_worded_item(draw: st.DrawFn) -> Questionnaire:
    """Draw a question with words of its own nearly everywhere, on several lines."""
    found = draw(any_definition(most=3))
    some = st.none() | MANY_LINES
    variant = Variant(
        label=draw(MANY_LINES),
        probe=draw(some),
        words=PerChannel(email=draw(st.none() | st.builds(ChannelWords, label=some, hint=MANY_LINES))),
    )
    last = structs.replace(
        found.items[-1],
        label=draw(MANY_LINES),
        say=draw(some),
        agent=draw(some),
        words=PerChannel(sms=draw(st.none() | st.builds(ChannelWords, label=MANY_LINES))),
        variants=Variants(mandataire_relative=variant),
    )
    return structs.replace(found, items=(*found.items[:-1], last))


@given(any_worded_item())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_form_sent_back_as_it_came_changes_nothing(env: Environment, questionnaire: Questionnaire):
    for item in questionnaire.items:
        sent = sent_by(page_of(env, questionnaire, item.alias))
        assert read(typed_form(sent), item, set()) == (item, ())


def test_every_question_of_the_product_comes_back_as_it_was(env: Environment):
    for item in DEFAULT.items:
        sent = sent_by(page_of(env, DEFAULT, item.alias))
        assert read(typed_form(sent), item, set()) == (item, ())


def changed(item: Item, **typed: object) -> tuple[Item, list[tuple[str, str]]]:
    form = replace(form_of(item), **typed)
    found, wrong = read(form, item, {"autre_question"})
    return found, [(each.field, each.sentence.format_map(each.values)) for each in wrong]


def texts(item: Item, **typed: str) -> dict[str, str]:
    return {**form_of(item).texts, **{name.replace("__", "."): text for name, text in typed.items()}}


def test_other_words_in_french_keep_their_translation():
    after, wrong = changed(MOTIVE, texts=texts(MOTIVE, label="Pour quelle raison ?", hint="Une seule."))
    assert wrong == []
    assert after.label == Words("Pour quelle raison ?", en="Why?")
    assert after.hint == Words("Une seule.")
    silent, _ = changed(after, texts=texts(after, hint=""))
    assert silent.hint is None


def test_words_for_a_channel_and_a_person_are_written_and_taken_away():
    path = {"variants__relative__words__sms__label": "visite"}
    after, _ = changed(MOTIVE, texts=texts(MOTIVE, **path))
    assert after.variants.relative.words.sms.label == Words("visite")
    assert changed(after, texts=texts(after, **dict.fromkeys(path, "")))[0] == MOTIVE


def test_answers_to_choose_keep_their_translation_and_receive_a_name():
    form = form_of(MOTIVE)
    rows = (
        replace(form.choices[1], label="Autre"),
        replace(form.choices[0], label="Un retard"),
        replace(form.choices[0], label="Un travail non fait", value="", was=""),
    )
    after, wrong = changed(MOTIVE, choices=rows)
    assert wrong == []
    assert after.choices[1] == MOTIVE.choices[0]
    assert [choice.value for choice in after.choices] == ["autre", "retard", "un_travail_non_fait"]


def test_translations_follow_their_answers_whatever_order_somebody_else_gave_them():
    moved = structs.replace(MOTIVE, choices=MOTIVE.choices[::-1])
    after, wrong = read(form_of(MOTIVE), moved, set())
    assert (after, wrong) == (MOTIVE, ())


def test_what_two_people_wrote_is_put_together_and_where_both_wrote_is_named():
    before = form_of(MOTIVE)
    mine = replace(before, texts=texts(MOTIVE, label="A", hint="B"), flags=frozenset({"core"}))
    theirs = replace(before, texts=texts(MOTIVE, label="C", say="D"), relevant="${globale} <= 2")
    form, both = merged(mine, before, theirs)
    assert both == ("label",)
    assert (form.texts["label"], form.texts["hint"], form.texts["say"]) == ("A", "B", "D")
    assert (form.flags, form.relevant) == (frozenset({"core"}), "${globale} <= 2")


@given(any_worded_item(), any_worded_item())
def test_a_form_left_as_it_was_says_what_the_draft_says_now(one: Questionnaire, other: Questionnaire):
    before, now = form_of(one.items[-1]), form_of(other.items[-1])
    assert merged(before, before, now) == (now, ())
    form, both = merged(now, before, now)
    assert both == ()
    assert read(form, other.items[-1], set()) == (other.items[-1], ())


def test_a_condition_may_name_the_questions_before_and_the_facts_of_the_visit():
    draft = Draft("default", DEFAULT, 1, 4, NOW, "", "", "")
    mark, *facts = composed(draft, "ponctualite", form_of(DEFAULT.item("ponctualite")), ()).names
    assert (mark.written, mark.values[0]) == ("${globale}", ("1", "Très mal"))
    named = {each.written for each in facts if each.written.startswith("$")}
    assert named == {f"${{{name}}}" for name in NAMES}


def test_what_cannot_be_kept_is_said_in_its_field():
    label, long = texts(MOTIVE, label=""), texts(MOTIVE, say="x" * 501)
    assert changed(MOTIVE, texts=label) == (MOTIVE, [("label", "Écrivez la question.")])
    assert changed(MOTIVE, texts=long)[1] == [("say", "Ce texte dépasse 500 caractères.")]
    assert [field for field, _ in changed(MOTIVE, alias="Motif !", kind="carte")[1]] == ["alias", "kind"]
    assert [field for field, _ in changed(MOTIVE, alias="autre_question")[1]] == ["alias"]
    relevant = changed(MOTIVE, relevant="${globale} <=")[1]
    assert relevant[0][0] == "relevant"
    assert relevant[0][1].startswith("au caractère 14, il faut une question")
    assert [field for field, _ in changed(MOTIVE, constraint="?")[1]] == ["constraint"]


def test_rows_that_cannot_be_kept_are_said_by_their_number():
    form = form_of(MOTIVE)
    rows = (form.choices[0], replace(form.choices[1], label=""), replace(form.choices[1], value="à b"))
    assert [field for field, _ in changed(MOTIVE, choices=rows)[1]] == ["choices-2-label", "choices-3-value"]
    feeds = typed_form({"measures-1-rule": ["is"], "measures-1-value": ["retard"]}).feeds
    assert [field for field, _ in changed(MOTIVE, feeds=feeds)[1]] == ["measures-1-series"]


def test_an_empty_page_is_read_without_harm():
    assert isinstance(typed_form({}), ItemForm)
    assert typed_form({"label": ["a\0b\r\nc "]}).texts["label"] == "ab\nc"
