"""A questionnaire on paper: what is printed, numbered, and when each question is answered, in plain words."""

from datetime import date
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec import structs

from surveys.questionnaire import coding
from surveys.questionnaire.definition import (
    LANGUAGES,
    Choice,
    Item,
    Kind,
    Questionnaire,
    Words,
)
from surveys.questionnaire.expression import Both, Either, Not, written
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.paper.conditions import words
from surveys.questionnaire.paper.form import form, printed
from surveys.questionnaire.reading import library
from surveys.questionnaire.wording import asked
from tests.surveys.questionnaire import oracle
from tests.surveys.questionnaire.paper.sentences import holds
from tests.surveys.questionnaire.strategies import any_atom, any_definition, any_facts

VISIT = Facts(organisation="Aide 34", day=date(2026, 11, 24))
FIRST = Item(alias="globale", kind=Kind.RATING, label=Words("Comment ?"), core=True, dont_know=True)
MOTIVE = Item(
    alias="motif",
    kind=Kind.SINGLE,
    label=Words("Que s’est-il passé ?"),
    choices=(Choice(Words("Un retard"), "late"), Choice(Words("Autre chose"), "other")),
)


def sheet(*items: Item, facts: Facts = VISIT):
    return form(Questionnaire("essai", 1, Words("Essai"), items, ("fr",)), facts, platform="Pléiades")


def only(relevant: str, *before: Item) -> str:
    last = Item(alias="fin", kind=Kind.YES_NO, label=Words("Oui ?"), relevant=relevant)
    found = sheet(FIRST, *before, last).questions[-1].only
    return (
        found.replace("\xa0", " ")
        .removeprefix("Répondez seulement si ")
        .removesuffix(". Sinon, passez à la fin.")
    )


def test_a_condition_is_told_by_the_answers_as_they_are_printed() -> None:
    assert only("${globale} <= 2") == ("vous avez répondu « Très mal » ou « Plutôt mal » à la question 1")


def test_what_holds_of_a_question_left_empty_is_told_by_the_other_answers() -> None:
    assert only("not(${globale} <= 2)") == (
        "vous n’avez pas répondu « Très mal » ou « Plutôt mal » à la question 1"
    )


def test_any_answer_is_told_as_such() -> None:
    assert only("answered(${globale})") == "vous avez répondu à la question 1"


def test_and_and_or_are_never_read_two_ways() -> None:
    both = "(${globale} = 1 or selected(${motif}, 'late')) and answered(${globale})"
    assert only(both, MOTIVE) == (
        "vous avez répondu « Très mal » à la question 1 et vous avez répondu à la question 1, "
        "ou bien vous avez répondu « Un retard » à la question 2 et vous avez répondu à la question 1"
    )


def test_marks_out_of_ten_are_told_by_their_ends() -> None:
    mark = Item(alias="note", kind=Kind.SCALE, label=Words("Note ?"))
    assert only("${note} < 7", mark) == "vous avez répondu de 0 à 6 à la question 2"


def test_a_question_that_the_visit_rules_out_is_not_printed() -> None:
    employer = Item(alias="fiche", kind=Kind.YES_NO, label=Words("?"), relevant="${mode} = 'mandataire'")
    after = Item(alias="fin", kind=Kind.YES_NO, label=Words("Oui ?"), relevant="answered(${fiche})")
    assert [each.alias for each in sheet(FIRST, employer, after).questions] == ["globale"]
    own = Facts(organisation="Aide 34", day=date(2026, 11, 24), mode="mandataire")
    found = sheet(FIRST, employer, after, facts=own).questions
    assert [(each.number, each.only) for each in found[:2]] == [(1, ""), (2, "")]


def test_whoever_skips_is_sent_past_all_questions_of_the_same_case() -> None:
    low = "${globale} <= 2"
    two = [Item(alias=each, kind=Kind.YES_NO, label=Words("?"), relevant=low) for each in "ab"]
    last = Item(alias="fin", kind=Kind.YES_NO, label=Words("Oui ?"))
    found = sheet(FIRST, *two, last).questions
    assert found[1].only.endswith("Sinon, passez à la question 4.")
    assert found[2].only.endswith("Sinon, passez à la question 4.")


def test_the_words_are_those_of_the_person_and_of_the_language() -> None:
    relative = Facts(organisation="Aide 34", day=date(2026, 11, 24), audience="relative")
    found = form(library("default"), relative, platform="Pléiades", language="en")
    assert "your relative" in found.questions[0].label
    assert found.questions[0].options[0] == "1  Very badly"
    assert found.lang == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    assert words()[language].keys() == words()["fr"].keys()
    assert all(text.strip() for text in words()[language].values())


def combined(random: Random, parts: list[object]) -> object:
    """Combine tests into one condition, some of them denied."""
    while len(parts) > 1:
        two = (parts.pop(), parts.pop(random.randrange(len(parts))))
        both = random.choice([Both, Either])(two)
        parts.append(Not(both) if random.random() < 0.5 else both)
    return parts[0]


@st.composite
def ending_in_a_condition(draw: st.DrawFn, random: Random) -> Questionnaire:
    """Draw questions of the paper, then one that is asked on a condition about them."""
    found = draw(any_definition(most=4))
    before = tuple(structs.replace(item, channels=(), relevant=None) for item in found.items)
    tests = [draw(any_atom(before)) for _ in range(random.randint(1, 4))]
    relevant = written(combined(random, tests))
    last = Item(alias="fin", kind=Kind.YES_NO, label=Words("Oui ?"), relevant=relevant)
    return structs.replace(found, items=(*before, last))


def some_answer(random: Random, item: Item) -> object:
    values = [option.value for option in coding.options(item)]
    if item.kind is Kind.MULTIPLE:
        return random.sample([option.value for option in coding.choices(item)], 2)
    if item.kind is Kind.NUMBER:
        values = [random.randint(-20, 20), *values]
    if item.kind is Kind.DATE:
        values = [date(2026, random.randint(1, 12), 3).isoformat(), *values]
    if item.kind is Kind.TEXT:
        values = ["a", "b", "é"]
    chosen = random.choice(["", *values])
    return coding.stored(item, chosen) if chosen and isinstance(chosen, str) else chosen


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), any_facts(), st.randoms(use_true_random=False))
def test_the_sentence_of_a_condition_is_true_when_the_question_is_asked(data, facts, random) -> None:
    questionnaire = data.draw(ending_in_a_condition(random))
    found = form(questionnaire, facts, platform="P")
    assume(all(len(set(each.options)) == len(each.options) for each in found.questions))
    for _ in range(20):
        said = {item.alias: some_answer(random, item) for item in questionnaire.items}
        filled = {each.number: line(questionnaire.item(each.alias), said, facts) for each in found.questions}
        told = [each.alias for each in found.questions if not each.only or holds(_only(each.only), filled)]
        assert told == oracle.path(questionnaire, said, facts, "paper")


def line(item: Item, said: dict[str, object], facts: Facts):
    words = {each.value: each.words for each in asked(item, facts, channel="paper").options}
    return item, said[item.alias], words


def _only(text: str) -> str:
    return text.removeprefix("Répondez seulement si ").rpartition(". Sinon")[0]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_definition(), any_facts())
def test_the_sheet_prints_what_some_answer_can_lead_to_in_order(questionnaire, facts) -> None:
    order = [item.alias for item in questionnaire.asked_on("paper")]
    found = [item.alias for item in printed(questionnaire, facts)]
    assert found == [alias for alias in order if alias in found]
    assert {item.alias for item in questionnaire.asked_on("paper") if not item.relevant} <= set(found)
    boxes = {
        each.alias: (*each.options, *each.outside)
        for each in form(questionnaire, facts, platform="P").questions
    }
    for alias, said in boxes.items():
        assert len(said) == len(coding.options(questionnaire.item(alias)))
