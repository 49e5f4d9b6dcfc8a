"""A questionnaire written as an XLSForm: pyxform reads it, and its conditions say the same."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.questionnaire import coding
from surveys.questionnaire.definition import Channel, Choice, Item, Kind, Questionnaire, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.paths import allows, relevant
from surveys.questionnaire.reading import library, read_yaml
from surveys.questionnaire.xlsform import columns as c
from surveys.questionnaire.xlsform.tables import CHOICES, SETTINGS, SURVEY
from surveys.questionnaire.xlsform.workbook import write
from surveys.questionnaire.xlsform.writing import form_of
from tests.scale import SCALE
from tests.surveys.questionnaire.strategies import any_answers, any_definition, any_facts
from tests.surveys.questionnaire.test_library import CODES
from tests.surveys.questionnaire.xlsform.xforms import TODAY, XForm, xform

QUIET = settings(deadline=None, max_examples=40 * SCALE, suppress_health_check=list(HealthCheck))
SIGNS = """
code: signes
version: 1
title: {fr: Signes}
languages: [fr]
items:
  - {alias: note, kind: rating, core: true, dont_know: true, label: {fr: Note}}
  - {alias: autre, kind: rating, dont_know: true, not_applicable: true, label: {fr: Autre}}
  - {alias: mot, kind: text, label: {fr: Mot}}
  - {alias: jour_a, kind: date, label: {fr: Jour}}
"""


def questionnaire(relevant: str) -> Questionnaire:
    return read_yaml(f'{SIGNS}  - {{alias: fin, kind: text, label: {{fr: Fin}}, relevant: "{relevant}"}}\n')


def cells(written: Questionnaire, alias: str) -> Mapping[str, str]:
    return next(row.cells for row in form_of(written)[SURVEY].rows if row[c.NAME] == alias)


def of_form(facts: Facts) -> dict[str, object]:
    """Give the facts as the hidden fields of a form hold them."""
    return {name: str(value) for name, value in facts.values().items()}


def in_form(written: Questionnaire, answers: Mapping[str, object]) -> dict[str, object]:
    """Give answers as a form holds them: no « ne sait pas » beside a number or a date."""
    unheld = {Kind.NUMBER, Kind.DATE}
    return {
        item.alias: answers[item.alias]
        for item in written.items
        if item.alias in answers and not (item.kind in unheld and answers[item.alias] in ("nsp", "so"))
    }


def says_the_same(written: Questionnaire, form: XForm, answers: Mapping[str, object], facts: Facts) -> None:
    known = {**of_form(facts), **answers}
    asked = {item.alias for item in relevant(written, answers, facts)}
    for item in written.items:
        assert form.relevant(item.alias, known) == (item.alias in asked), item.alias
        if item.alias in asked and item.alias in answers:
            expected = allows(written, item, answers[item.alias], answers, replace(facts, today=TODAY))
            assert form.allows(item.alias, known) == expected, item.alias


@pytest.mark.parametrize("code", CODES)
def test_pyxform_reads_every_questionnaire_of_the_library(code: str) -> None:
    form = xform(write(form_of(library(code))))
    assert form.title == library(code).title.fr.replace("’", "'")  # as pyxform does
    assert [each.name for each in form.questions] == [item.alias for item in library(code).items]
    for item in library(code).items:
        shown = form.question(item.alias)
        assert {language for language, _ in shown.labels} == {"fr", "en"}
        assert [value for value, _ in shown.choices] == [option.value for option in coding.options(item)]
        assert shown.required == ("true()" if item.core else "false()")


def test_what_the_standard_has_no_room_for_stands_in_our_columns() -> None:
    globale = cells(library("default"), "globale")
    assert globale[c.TYPE] == "select_one globale"
    assert globale["label::English (en)"] == "How did the visit of ${organisme} go, on ${jour}?"
    assert globale["sq_kind"] == "rating"
    assert globale["sq_measures"] == "GLOB 1 scale"
    assert globale["sq_mandataire_relative_sms_label::English (en)"] == "work ${organisme} ${jour}"
    assert globale["guidance_hint::English (en)"].startswith("Read aloud: How did the visit")


def test_the_same_choices_are_one_list_and_a_fact_is_a_hidden_field() -> None:
    form = form_of(library("default"))
    types = {row[c.NAME]: row[c.TYPE] for row in form[SURVEY].rows}
    assert types["travail"] == types["globale"]
    assert types["ponctualite"] != types["globale"]
    assert types["organisme"] == "hidden"
    assert [row[c.NAME] for row in form[CHOICES].rows if row[c.LIST] == "conseil"] == ["yes", "no", "nsp"]
    assert form[SETTINGS].rows[0]["default_language"] == "Français (fr)"


@pytest.mark.parametrize(
    ("own", "spelled"),
    [
        ("${note} <= 2", "${note} <= 2"),
        ("${note} != 2", "(${note} != '' and ${note} != 'nsp' and ${note} != 2)"),
        ("${note} = ${autre}", "number(${note}) = number(${autre})"),
        ("${jour_a} < ${visit_date}", "${jour_a} < date(${visit_date})"),
        ("answered(${mot})", "${mot} != ''"),
        ("${mode} != 'mandataire'", "${mode} != 'mandataire'"),
        ("${mot} = '${note} l’a'", '${mot} = concat("$", "{note} l’a")'),
    ],
)
def test_a_condition_keeps_its_meaning_where_nothing_was_answered(own: str, spelled: str) -> None:
    written = cells(questionnaire(own), "fin")
    assert written[c.RELEVANT] == spelled
    assert written.get(c.OWN_RELEVANT, own) == own
    assert (c.OWN_RELEVANT in written) == (own != spelled)


def test_a_check_against_today_is_read_by_pyxform() -> None:
    item = "  - {alias: fin, kind: date, label: {fr: Fin}, constraint: '. != ${today} and . < ${today}'}\n"
    form = xform(write(form_of(read_yaml(SIGNS + item))))
    days = ("2026-11-23", "2026-11-24", "2026-11-25")
    assert [form.allows("fin", {"fin": day}) for day in days] == [True, False, False]


def test_choices_that_exclude_the_others_become_a_constraint() -> None:
    several = Item(
        alias="motifs",
        kind=Kind.MULTIPLE,
        label=Words("Motifs"),
        dont_know=True,
        choices=reasons(),
        channels=(Channel.WEB,),
    )
    first = Item(alias="note", kind=Kind.RATING, core=True, label=Words("Note"))
    written = Questionnaire("motifs", 1, Words("Motifs"), (first, several), ("fr",))
    form = xform(write(form_of(written)))
    allowed = [["retard"], ["nsp"], ["retard", "autre"], ["retard", "nsp"], ["rien", "autre"]]
    assert [form.allows("motifs", {"motifs": each}) for each in allowed] == [True, True, True, False, False]
    assert form.question("motifs").message[0][1].startswith("Une des réponses cochées exclut")


def reasons() -> tuple[Choice, ...]:
    values = (("retard", False), ("autre", False), ("rien", True))
    return tuple(Choice(Words(value), value, alone) for value, alone in values)


@QUIET
@given(st.data())
def test_any_definition_is_read_by_pyxform_and_asks_the_same_questions(data: st.DataObject) -> None:
    written = data.draw(any_definition())
    form = xform(write(form_of(written)))
    assert [each.name for each in form.questions] == [item.alias for item in written.items]
    facts = data.draw(any_facts())
    for _ in range(3):
        answers = in_form(written, data.draw(any_answers(written)))
        says_the_same(written, form, answers, facts)
