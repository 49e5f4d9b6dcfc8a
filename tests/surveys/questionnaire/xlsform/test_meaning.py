"""Forms of others go in and come out with the same meaning, as pyxform and an XPath engine read both.

The meaning of a form is its title and, in order, the name, control, type, words in each language, hints,
guidance, choices, obligation and message of each question, then what is asked and allowed on sampled
answers. Where answers exclude each other and the form says nothing of it, our sentence is no difference.
"""

import random
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from surveys.questionnaire.coding import stored
from surveys.questionnaire.definition import Item, Kind, Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.paths import allows, relevant
from surveys.questionnaire.xlsform.reading import received
from surveys.questionnaire.xlsform.workbook import write
from surveys.questionnaire.xlsform.writing import EXCLUSIVE_SAID, form_of
from tests.scale import SCALE
from tests.surveys.questionnaire.xlsform.forms import FORMS, Written
from tests.surveys.questionnaire.xlsform.inventing import invented
from tests.surveys.questionnaire.xlsform.sheets import read, xlsx
from tests.surveys.questionnaire.xlsform.xforms import TODAY, Question, XForm, squeezed, xform

SAMPLES = 60
VISIT = Facts(organisation="Aide 34", day=date(2026, 11, 17), today=TODAY)
Answers = dict[str, object]


def answers_to(form: XForm, chance: random.Random) -> Answers:
    """Draw an answer, or none, to each question."""
    return {each.name: _answer(each, chance) for each in form.questions if chance.random() < 0.75}


def _answer(asked: Question, chance: random.Random) -> object:
    values = [value for value, _ in asked.choices]
    if asked.control == "select":
        return sorted(chance.sample(values, chance.randint(1, len(values))), key=values.index)
    if values:
        return chance.choice(values)
    if asked.type == "date":
        return (TODAY + timedelta(days=chance.randint(-330, 20))).isoformat()
    if asked.type == "string":
        return chance.choice(["oui", "rien", "l'été", "Un mot."])
    return chance.choice([-1, 0, 1, 2, 3, 5, 7, 10, 20, 31, 600]) + (0.5 if asked.type == "decimal" else 0)


def ours(item: Item, answer: object) -> object:
    """Give an answer of a form as it is stored here."""
    outside = [value for value in ("nsp", "so") if answer in (value, [value])]
    if outside:
        return outside[0]
    return stored(item, answer) if isinstance(answer, str) and item.kind is not Kind.TEXT else answer


def differences(before: XForm, after: XForm) -> set[tuple[str, str]]:
    """Name the traits of questions that changed, (question, trait)."""
    assert [each.name.lower() for each in before.questions] == [each.name for each in after.questions]
    assert before.title == after.title
    return {
        (one.name.lower(), trait.name)
        for one, other in zip(before.questions, after.questions, strict=True)
        for trait in fields(Question)
        if trait.name != "name" and _differs(trait.name, one, other)
    }


def _differs(trait: str, one: Question, other: Question) -> bool:
    if trait == "message" and not one.message:
        return bool(other.message) and ("fr", squeezed(EXCLUSIVE_SAID.fr)) not in other.message
    return bool(getattr(one, trait) != getattr(other, trait))


def kept(form: XForm, questionnaire: Questionnaire, dropped: frozenset[str]) -> XForm:
    """Leave out the questions that were said to be lost, and those of repeats."""
    known = {item.alias for item in questionnaire.items}
    lost = {each.name for each in form.questions if each.name.lower() not in known}
    assert {name for name in lost if not name.endswith("_visite")} == dropped
    questions = tuple(each for each in form.questions if each.name not in lost)
    return XForm(form.title, questions, form.relevant, form.allows)


def asks_the_same(before: XForm, after: XForm, written: Questionnaire, answers: Answers) -> None:
    """Compare three readings of the same answers: the form before, after, and the questionnaire between."""
    lowered = {name.lower(): answer for name, answer in answers.items()}
    own = {name: ours(written.item(name), answer) for name, answer in lowered.items()}
    asked = {item.alias for item in relevant(written, own, VISIT)}  # type: ignore[arg-type]
    for question in before.questions:
        name = question.name.lower()
        found = before.relevant(question.name, answers), after.relevant(name, lowered), name in asked
        assert len(set(found)) == 1, (name, found)


def allows_the_same(before: XForm, after: XForm, written: Questionnaire, answers: Answers, lost: str) -> None:
    lowered = {name.lower(): answer for name, answer in answers.items()}
    own = {name: ours(written.item(name), answer) for name, answer in lowered.items()}
    asked = {item.alias for item in relevant(written, own, VISIT)}  # type: ignore[arg-type]
    for question in before.questions:
        name = question.name.lower()
        if name not in asked or name not in own or name in lost.split():
            continue
        by_ours = _allowed(written, written.item(name), own)
        found = before.allows(question.name, answers), after.allows(name, lowered), by_ours
        assert len(set(found)) == 1, (name, found, answers.get(question.name))


def _allowed(written: Questionnaire, item: Item, answers: Mapping[str, object]) -> bool:
    answer = answers[item.alias]
    alone = {choice.value for choice in item.choices if choice.exclusive} | {"nsp", "so"}
    chosen = answer if isinstance(answer, list) else []
    if len(chosen) > 1 and alone & set(chosen):
        return False
    return allows(written, item, answer, answers, VISIT)  # type: ignore[arg-type]


def comes_through(text: str, expected: Written, seed: int, samples: int = SAMPLES) -> None:
    found = read(text)
    assert found.questionnaire is not None, found.said
    before = kept(xform(xlsx(text)), found.questionnaire, expected.dropped)
    after = xform(write(form_of(found.questionnaire)))
    unchecked = " ".join(name for name, trait in expected.lost if trait == "constraint")
    shown = {(name, trait) for name, trait in expected.lost if trait != "constraint"}
    assert differences(before, after) == shown
    chance = random.Random(seed)
    for _ in range(samples):
        answers = answers_to(before, chance)
        asks_the_same(before, after, found.questionnaire, answers)
        allows_the_same(before, after, found.questionnaire, answers, unchecked)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_written_by_a_team_keeps_its_meaning_and_says_what_is_lost(name: str) -> None:
    expected = FORMS[name]
    said = [f"{each.sheet} {each.row} {each.column}" for each in read(expected.text).said]
    assert tuple(said) == expected.said
    comes_through(expected.text, expected, seed=1)


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_form_invented_keeps_its_meaning(seed: int) -> None:
    comes_through(invented(seed), Written(""), seed)


@settings(max_examples=25 * SCALE, deadline=None)
@given(st.integers(6, 10**9))
def test_any_form_invented_keeps_its_meaning(seed: int) -> None:
    # A condition that can never hold, or grows too long, is refused.
    assume(read(invented(seed)).questionnaire is not None)
    comes_through(invented(seed), Written(""), seed, samples=8)


@pytest.mark.parametrize("name", FORMS)
def test_what_came_in_comes_in_again_as_the_same(name: str) -> None:
    found = read(FORMS[name].text).questionnaire
    assert found is not None
    assert received(form_of(found)).questionnaire == found
