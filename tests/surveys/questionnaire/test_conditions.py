"""Conditions that could never be read, never be known or never be true are found before anybody is asked."""

import pytest
from msgspec import structs

from surveys.questionnaire.checking import findings
from surveys.questionnaire.definition import Channel, Choice, Item, Kind, Questionnaire, Words

HOW = Words(fr="Comment ?")
WHY = (Choice(Words(fr="Un retard"), "retard"), Choice(Words(fr="Autre chose"), "autre"))
ASKED = (
    Item(alias="globale", kind=Kind.RATING, label=HOW, core=True),
    Item(alias="motif", kind=Kind.SINGLE, label=HOW, choices=WHY),
    Item(alias="aides", kind=Kind.MULTIPLE, label=HOW, choices=WHY),
    Item(alias="conseil", kind=Kind.YES_NO, label=HOW),
    Item(alias="depuis", kind=Kind.DATE, label=HOW),
    Item(alias="mot", kind=Kind.TEXT, label=HOW),
)


def found(item):
    questionnaire = Questionnaire(
        "essai", 1, HOW, (*ASKED, item, Item(alias="fin", kind=Kind.TEXT, label=HOW))
    )
    return [(finding.path[2], finding.message.replace("\xa0", " ")) for finding in findings(questionnaire)]


def last(**fields):
    return Item(alias="suite", **{"kind": Kind.NUMBER, "label": HOW, **fields})


@pytest.mark.parametrize(
    "condition",
    [
        "${globale} <= 2 and ${motif} = 'retard'",
        "selected(${motif}, 'retard') or selected(${aides}, 'autre')",
        "selected(${conseil}, 'yes') or ${conseil} != 'no'",
        "${depuis} < ${visit_date} or ${depuis} > date('2026-01-01')",
        "${mot} = 'oui' or answered(${mot}) or ${mode} = 'mandataire' or ${mot} != ${provider}",
        "${motif} = ${motif} or ${globale} = ${globale}",
    ],
)
def test_a_sound_condition_has_no_finding(condition):
    assert found(last(relevant=condition)) == []


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("${globale} <", "au caractère 13, il faut une question"),
        ("${fin} = 'x'", "« ${fin} » n’est ni une question posée avant celle-ci, ni un fait"),
        ("${suite} = 1", "« ${suite} » n’est ni une question posée avant celle-ci"),
        ("${salaire} = 1", "« ${salaire} » n’est ni"),
        (". = 1", "« . » est la réponse à cette question, qui n’est pas encore posée"),
        ("${today} > ${visit_date}", "« ${today} » change chaque jour"),
        ("${globale} = 'x'", "on ne compare pas un nombre et un texte"),
        ("${depuis} > 3", "on ne compare pas un nombre et une date"),
        ("${mot} < 'x'", "deux textes sont égaux (=) ou différents (!=)"),
        ("${aides} = 'retard'", "se lit avec selected()"),
        ("${motif} = 'late'", "« late » n’est pas une des réponses"),
        ("'late' != ${motif}", "« late » n’est pas une des réponses"),
        ("selected(${aides}, 'late')", "« late » n’est pas une des réponses"),
        ("${conseil} = 'oui'", "« oui » n’est pas une des réponses"),
        ("selected(${globale}, '1')", "selected() demande une question à choix"),
        ("selected(${mode}, 'mandataire')", "selected() demande une question à choix"),
        ("answered(${mode})", "answered() demande une question"),
    ],
)
def test_a_condition_that_cannot_hold_is_found_where_it_stands(condition, message):
    ((field, said),) = found(last(relevant=condition))
    assert field == "relevant"
    assert message in said


def test_a_constraint_is_about_the_answer_and_may_look_at_today():
    assert found(last(constraint=". >= 0 and . <= ${globale}")) == []
    assert found(last(kind=Kind.DATE, constraint=". <= ${today}")) == []
    assert found(last(kind=Kind.MULTIPLE, choices=WHY, constraint="not(selected(., 'retard'))")) == []
    ((field, said),) = found(last(constraint=". = 'x'"))
    assert (field, said) == ("constraint", "on ne compare pas un nombre et un texte")


def test_a_question_is_asked_only_where_what_it_depends_on_is():
    where = (Channel.WEB, Channel.SMS)
    short = structs.replace(ASKED[1], alias="suite", channels=where, relevant="${conseil} = 'no'")
    ((field, said),) = found(short)
    assert (field, said) == (
        "relevant",
        "« conseil » ne se pose pas par SMS, où cette question se pose",
    )
    assert found(structs.replace(short, relevant="${globale} <= 2")) == []
