"""Which questions are asked, and what is still true of what was answered."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire import coding
from surveys.questionnaire.checking import findings
from surveys.questionnaire.definition import Channel, Choice, Item, Kind, Questionnaire, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import completeness, contributions, low_items
from surveys.questionnaire.paths import allows, kept, next_item, path, position, previous_item
from surveys.questionnaire.reading import library, read_json
from tests.surveys.questionnaire import oracle
from tests.surveys.questionnaire.strategies import any_answers, any_definition, any_facts

HOW = Words(fr="Comment ?")
VISIT = Facts(organisation="Aide 34", day=date(2026, 11, 17), today=date(2026, 11, 20))
CHANNELS = [channel.value for channel in Channel]
WHY = tuple(Choice(Words(fr=value), value) for value in ("retard", "travail", "autre"))
QUESTIONS = Questionnaire(
    "essai",
    1,
    HOW,
    (
        Item(alias="globale", kind=Kind.RATING, label=HOW, core=True, signal=True),
        Item(alias="motif", kind=Kind.SINGLE, label=HOW, choices=WHY, core=True, relevant="${globale} <= 2"),
        Item(
            alias="minutes",
            kind=Kind.NUMBER,
            label=HOW,
            core=True,
            dont_know=True,
            relevant="selected(${motif}, 'retard')",
            constraint=". > 0 and . <= 600",
        ),
        Item(alias="respect", kind=Kind.RATING, label=HOW, signal=True, relevant="answered(${motif})"),
        Item(alias="depuis", kind=Kind.DATE, label=HOW, constraint=". <= ${today} and . != ${visit_date}"),
        Item(alias="chez_vous", kind=Kind.TEXT, label=HOW, relevant="${mode} = 'mandataire'"),
    ),
)
LATE = {"globale": 1, "motif": "retard", "minutes": 20, "respect": 2}


def on(answers, facts=VISIT, channel="web"):
    return [item.alias for item in path(QUESTIONS, answers, facts, channel)]


def test_the_questionnaire_of_these_tests_is_sound():
    assert list(findings(QUESTIONS)) == []


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, ["globale", "depuis"]),
        ({"globale": 3}, ["globale", "depuis"]),
        ({"globale": "nsp"}, ["globale", "depuis"]),
        ({"globale": 2}, ["globale", "motif", "depuis"]),
        ({"globale": 2, "motif": "autre"}, ["globale", "motif", "respect", "depuis"]),
        (LATE, ["globale", "motif", "minutes", "respect", "depuis"]),
        ({**LATE, "globale": 5}, ["globale", "depuis"]),
    ],
)
def test_a_question_is_asked_while_its_condition_holds(answers, asked):
    assert on(answers) == asked


def test_the_facts_of_the_visit_decide_too():
    at_home = Facts(organisation="Aide 34", day=date(2026, 11, 17), mode="mandataire")
    assert on({}, at_home)[-1] == "chez_vous"


def test_what_is_no_longer_relevant_is_not_kept_nor_what_depends_on_it():
    assert kept(QUESTIONS, LATE, VISIT) == LATE
    assert kept(QUESTIONS, {**LATE, "globale": 4}, VISIT) == {"globale": 4}
    assert kept(QUESTIONS, {"globale": 4, "inconnue": 1}, VISIT) == {"globale": 4}


def test_what_is_no_longer_relevant_counts_for_nothing():
    assert [item.alias for item in low_items(QUESTIONS, LATE, VISIT)] == ["globale", "respect"]
    assert low_items(QUESTIONS, {**LATE, "globale": 3}, VISIT) == ()
    fed = msgspec.structs.replace(QUESTIONS, items=(*QUESTIONS.items[:3], fed_by_respect()))
    assert contributions(fed, LATE, VISIT) == {"RESP:1": (1, 0)}
    assert contributions(fed, {**LATE, "globale": 3}, VISIT) == {}


def fed_by_respect():
    measures = library("default").item("respect").measures
    return msgspec.structs.replace(QUESTIONS.items[3], measures=measures)


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({}, "none"),
        ({"globale": 4}, "complete"),
        ({"minutes": 10}, "none"),
        ({"globale": 2}, "complete"),
        ({"globale": 2, "motif": "retard"}, "complete"),
        ({"chez_vous": "ici"}, "none"),
        ({"depuis": "2026-01-01"}, "partial"),
    ],
)
def test_a_response_is_complete_on_the_core_questions_that_were_asked(answers, state):
    assert completeness(QUESTIONS, answers, VISIT) == state


def test_the_next_question_follows_on_the_path():
    assert next_item(QUESTIONS, {}, VISIT).alias == "globale"
    assert next_item(QUESTIONS, {"globale": 2}, VISIT).alias == "motif"
    assert next_item(QUESTIONS, {"globale": 2, "depuis": ""}, VISIT, after="depuis") is None
    assert next_item(QUESTIONS, {"globale": 4}, VISIT, after="globale").alias == "depuis"
    assert next_item(QUESTIONS, {"globale": 4}, VISIT, after="minutes").alias == "depuis"
    assert next_item(QUESTIONS, {"globale": 4, "depuis": "nsp"}, VISIT) is None


def test_back_leads_to_the_question_before_on_the_path():
    assert previous_item(QUESTIONS, {"globale": 4}, VISIT, before="depuis").alias == "globale"
    assert previous_item(QUESTIONS, LATE, VISIT, before="depuis").alias == "respect"
    assert previous_item(QUESTIONS, LATE, VISIT, before="globale") is None


def test_the_number_of_questions_is_said_only_where_no_answer_changes_it():
    assert position(QUESTIONS, {"globale": 4}, VISIT, alias="depuis") == (2, None)
    assert position(library("default"), {}, VISIT, alias="travail") == (3, 7)
    by_mode = msgspec.structs.replace(QUESTIONS, items=(QUESTIONS.items[0], *QUESTIONS.items[4:]))
    assert position(by_mode, {}, VISIT, alias="depuis") == (2, 2)
    with pytest.raises(KeyError):
        position(QUESTIONS, {}, VISIT, alias="motif")


def test_a_short_message_asks_the_first_question_only():
    assert on(LATE, channel="sms") == ["globale"]
    assert position(QUESTIONS, {}, VISIT, "sms", alias="globale") == (1, 1)
    assert next_item(QUESTIONS, {"globale": 1}, VISIT, "sms") is None


@pytest.mark.parametrize(
    ("alias", "answer", "is_allowed"),
    [
        ("minutes", 20, True),
        ("minutes", 0, False),
        ("minutes", 601, False),
        ("minutes", "nsp", True),
        ("depuis", "2026-11-20", True),
        ("depuis", "2026-11-21", False),
        ("depuis", "2026-11-17", False),
        ("globale", 5, True),
        ("chez_vous", "", True),
    ],
)
def test_an_answer_meets_the_constraint_of_its_question(alias, answer, is_allowed):
    assert allows(QUESTIONS, QUESTIONS.item(alias), answer, LATE, VISIT) is is_allowed


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_path_asks_what_two_functions_say_in_the_order_of_the_definition(data):
    questionnaire = data.draw(any_definition())
    answers, facts = data.draw(any_answers(questionnaire)), data.draw(any_facts())
    for channel in CHANNELS:
        asked = path(questionnaire, answers, facts, channel)
        assert [item.alias for item in asked] == oracle.path(questionnaire, answers, facts, channel)
        assert all(channel in questionnaire.channels_of(item) for item in asked)
        assert list(asked) == [item for item in questionnaire.items if item in asked]
        for before, item in pairwise(asked):
            assert next_item(questionnaire, answers, facts, channel, after=before.alias) == item
            assert previous_item(questionnaire, answers, facts, channel, before=item.alias) == before


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_only_what_is_relevant_is_kept_and_keeping_again_changes_nothing(data):
    questionnaire = data.draw(any_definition())
    answers, facts = data.draw(any_answers(questionnaire)), data.draw(any_facts())
    held = kept(questionnaire, answers, facts)
    assert held.keys() == {
        alias for alias in answers if oracle.is_relevant(questionnaire, alias, answers, facts)
    }
    assert kept(questionnaire, held, facts) == held
    assert contributions(questionnaire, answers, facts) == contributions(questionnaire, held, facts)
    later = replace(facts, today=facts.day + timedelta(days=90))
    assert kept(questionnaire, answers, later) == held


@settings(max_examples=200, deadline=None)
@given(any_definition())
def test_any_definition_is_sound_and_reads_back_the_same(questionnaire):
    assert list(findings(questionnaire)) == []
    assert read_json(msgspec.json.encode(questionnaire)) == questionnaire
    for item in questionnaire.items:
        for channel in CHANNELS:
            digits = [option.digit for option in coding.options(item, channel) if option.digit]
            assert len(digits) == len(set(digits))


def test_a_text_is_compared_as_it_was_written_even_where_it_looks_like_a_code():
    word = Item(alias="mot", kind=Kind.TEXT, label=HOW)
    after = Item(alias="suite", kind=Kind.TEXT, label=HOW, relevant="${mot} = 'nsp'")
    questionnaire = msgspec.structs.replace(QUESTIONS, items=(QUESTIONS.items[0], word, after))
    assert [item.alias for item in path(questionnaire, {"mot": "nsp"}, VISIT)] == ["globale", "mot", "suite"]
    assert [item.alias for item in path(questionnaire, {"mot": "non"}, VISIT)] == ["globale", "mot"]
