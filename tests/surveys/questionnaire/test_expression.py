"""Conditions: what can be read, what it means, and where what cannot is wrong."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire.expression import (
    Answered,
    Both,
    Compare,
    Either,
    ExpressionRefused,
    Literal,
    Name,
    Not,
    Selected,
    This,
    evaluate,
    parse,
    written,
)
from surveys.questionnaire.subjects import is_about_this, names
from tests.surveys.questionnaire import oracle
from tests.surveys.questionnaire.strategies import any_answers, any_definition, any_expression

SAID = {
    "mark": 2,
    "hours": 2.5,
    "day": date(2026, 11, 17),
    "city": "Sète",
    "why": ["late", "rude"],
    "one": "late",
    "unsure": None,
}


@pytest.mark.parametrize(
    ("text", "is_true"),
    [
        ("${mark} = 2", True),
        ("${mark} != 2", False),
        ("${mark} < 3", True),
        ("${mark} <= 2", True),
        ("${mark} > 2", False),
        ("2 >= ${mark}", True),
        ("${hours} = 2.50", True),
        ("${hours} > -1", True),
        ("${day} > date('2026-11-16')", True),
        ('${day} != date("2026-11-17")', False),
        ("${city} = 'Sète'", True),
        ("${city} != 'Agde'", True),
        ("selected(${why}, 'rude')", True),
        ("selected(${why}, 'other')", False),
        ("selected(${one}, 'late')", True),
        ("not(selected(${why}, 'rude'))", False),
        ("${mark} = 2 or ${mark} = 3 and ${mark} = 4", True),
        ("(${mark} = 2 or ${mark} = 3) and ${mark} = 4", False),
        ("${mark} = 3 and ${mark} = 2 or ${hours} < 3", True),
        ("answered(${mark})", True),
        ("answered(${unsure})", True),
        ("answered(${nothing})", False),
        (". = 7", True),
        ("selected(., 'late')", False),
        ("  ${mark}=2  ", True),
        ("'or' = 'or'", True),
    ],
)
def test_a_condition_means_what_it_says(text, is_true):
    assert evaluate(parse(text), SAID, 7) is is_true


@pytest.mark.parametrize("sign", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("name", ["unsure", "nothing", "why", "city"])
def test_what_cannot_be_compared_makes_any_comparison_false(name, sign):
    assert not evaluate(parse(f"${{{name}}} {sign} 2"), SAID)
    assert evaluate(parse(f"not(${{{name}}} {sign} 2)"), SAID)


def test_two_texts_are_equal_or_not_and_never_before_each_other():
    assert not evaluate(parse("${city} < 'Z'"), SAID)
    assert not evaluate(parse("${city} >= 'A'"), SAID)


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("", 1, "il faut une question"),
        ("${a} = 1 and", 13, "il faut une question"),
        ("${a}", 5, "il faut un signe"),
        ("${a} == 1", 7, "il faut une question"),
        ("${a} = 1 ${b} = 2", 10, "est de trop"),
        ("(${a} = 1", 10, "il manque « ) »"),
        ("not ${a} = 1", 5, "il manque « ( »"),
        ("selected(${a} 'x')", 15, "il manque « , »"),
        ("selected('a', 'x')", 10, "il faut une question, comme"),
        ("selected(${a}, 1)", 16, "il faut un texte"),
        ("answered(.)", 10, "il faut une question, comme"),
        ("${a} = ''", 8, "le texte est vide"),
        ("${a} = date('2026-02-30')", 13, "il faut une date comme"),
        ("${a} = date('20260230')", 13, "il faut une date comme"),
        ("${a} = today()", 8, "il faut une question"),
        ("${a} = 1 & 2", 10, "« & » n’a pas de sens"),
        ("  é", 3, "« é » n’a pas de sens"),
        ("${A} = 1", 1, "« $ » n’a pas de sens"),
        ("${a} = 'x", 8, "« ' » n’a pas de sens"),
        ("(" * 21 + "1 = 1" + ")" * 21, 22, "trop de parenthèses"),
        ("1 = 1 or " * 60 + "1 = 1", 501, "500 caractères au plus"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text, at, message):
    with pytest.raises(ExpressionRefused) as refused:
        parse(text)
    assert refused.value.at == at
    assert message in str(refused.value).replace("\xa0", " ")
    assert str(refused.value).startswith(f"au caractère {at}, ")


def test_twenty_parentheses_may_stand_one_in_another():
    assert evaluate(parse("(" * 20 + "1 = 1" + ")" * 20), {})


def test_a_condition_is_read_into_its_parts():
    assert parse("${a} = 1 and not(. > 2.5 or answered(${b})) or selected(., 'x')") == Either(
        (
            Both(
                (
                    Compare(Name("a"), "=", Literal(1)),
                    Not(Either((Compare(This(), ">", Literal(2.5)), Answered(Name("b"))))),
                )
            ),
            Selected(This(), "x"),
        )
    )


def test_a_condition_names_what_it_is_about():
    found = parse("${a} = 1 and not(selected(${b}, 'x')) or answered(${c}) and 1 < ${d}")
    assert names(found) == {"a", "b", "c", "d"}
    assert not is_about_this(found)
    assert is_about_this(parse("1 = 1 or . = 2"))


@pytest.mark.parametrize("number", ["0", "-7", "2.5", "0.000001", "999999999.999999"])
def test_a_number_is_written_as_it_can_be_read(number):
    assert written(parse(f"${{a}} = {number}")) == f"${{a}} = {number}"


@pytest.mark.parametrize(("typed", "number"), [("2.0", 2), ("-3.00", -3), ("0.0", 0), ("2.50", 2.5)])
def test_a_whole_number_may_be_typed_with_its_zeros(typed, number):
    assert parse(f"${{a}} = {typed}") == Compare(Name("a"), "=", Literal(number))


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_is_written_reads_back_and_two_evaluators_agree(data):
    questionnaire = data.draw(any_definition())
    expression = data.draw(any_expression(questionnaire.items))
    text = written(expression)
    assert written(parse(text)) == text
    answers = data.draw(any_answers(questionnaire))
    said = {item.alias: oracle.said(item, answers) for item in questionnaire.items}
    visit = {"mode": "mandataire", "audience": "client", "activity": "I-3", "visit_date": date(2026, 5, 1)}
    values = {
        name: None if it is oracle.BLANK else it for name, it in said.items() if it is not oracle.MISSING
    }
    assert evaluate(parse(text), {**values, **visit}) == oracle.holds(text, {**said, **visit}.__getitem__)


@settings(max_examples=300, deadline=None)
@given(st.text("${}ab().,'<>=! 0123nortdselcw\"", max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        found = parse(text)
    except ExpressionRefused as refusal:
        place = refusal.at
    else:
        place = 1
        assert parse(written(found)) == found
    assert 1 <= place <= len(text) + 1
