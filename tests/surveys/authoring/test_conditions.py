"""A condition of a questionnaire read whole is told in words: of questions, of the visit, of the answer."""

import pytest

from quality.web import languages
from surveys.authoring.conditions import FACTS, allowed_if, asked_if
from surveys.questionnaire.definition import Choice, Item, Kind, Questionnaire, Words
from surveys.questionnaire.facts import NAMES

MARK = Item(alias="globale", kind=Kind.NUMBER, label=Words("Combien ?"))
WHEN = Item(alias="jour_venu", kind=Kind.DATE, label=Words("Quel jour ?"))
WHY = Item(
    alias="motif",
    kind=Kind.MULTIPLE,
    label=Words("Pourquoi ?"),
    choices=(Choice(value="retard", label=Words("Un retard")), Choice(value="autre", label=Words("Autre"))),
)


def read(kind: Kind = Kind.TEXT, **conditions: str) -> tuple[Questionnaire, Item]:
    item = Item(
        alias="suite",
        kind=kind,
        label=Words("Ensuite ?"),
        choices=WHY.choices if kind is Kind.MULTIPLE else (),
        **conditions,
    )
    return Questionnaire(code="essai", version=1, title=Words("Essai"), items=(MARK, WHEN, WHY, item)), item


@pytest.mark.parametrize(
    ("relevant", "words"),
    [
        ("${globale} <= 2", "la réponse à la question 1 ne dépasse pas 2"),
        ("selected(${motif}, 'retard')", "la personne répond « Un retard » à la question 3"),
        ("${mode} = 'mandataire'", "le mode de la visite est « mandataire »"),
        ("not(${mode} = 'mandataire')", "le mode de la visite est autre que « mandataire »"),
        ("${audience} = 'relative'", "la personne qui répond est « un proche »"),
        ("${departement} = '34'", "le département est « Hérault »"),
        ("${visit_date} > date('2026-01-01')", "la date de la visite est après jeudi 1er janvier 2026"),
        ("date('2026-01-01') >= ${today}", "la date du jour est jeudi 1er janvier 2026 ou avant"),
        ("${jour_venu} = ${visit_date}", "la réponse à la question 2 est la date de la visite"),
        (
            "not(${jour_venu} < ${visit_date})",
            "la réponse à la question 2 est la date de la visite ou après, ou manque",
        ),
        (
            "${globale} <= 2 and (${mode} = 'mandataire' or ${audience} = 'client')",
            "la réponse à la question 1 ne dépasse pas 2 et le mode de la visite est « mandataire », ou bien "
            "la réponse à la question 1 ne dépasse pas 2 et la personne qui répond est « la personne aidée »",
        ),
        ("answered(${mode})", "toujours"),
        ("not(answered(${mode}))", "jamais"),
    ],
)
def test_a_condition_is_told_in_words(relevant: str, words: str) -> None:
    assert asked_if(*read(relevant=relevant)).replace("\u00a0", " ").replace("\u202f", " ") == words


@pytest.mark.parametrize(
    ("kind", "constraint", "words"),
    [
        (Kind.NUMBER, ". >= 1 and . <= 31", "la réponse est 1 ou plus et la réponse ne dépasse pas 31"),
        (Kind.NUMBER, ". != 2.5", "la réponse est autre que 2,5"),
        (Kind.DATE, ". >= ${visit_date}", "la réponse est la date de la visite ou après"),
        (Kind.DATE, ". < ${jour_venu}", "la réponse est avant la réponse à la question 2"),
        (Kind.MULTIPLE, "not(selected(., 'retard'))", "la réponse ne contient pas « Un retard »"),
    ],
)
def test_a_constraint_is_told_in_words(kind: Kind, constraint: str, words: str) -> None:
    assert allowed_if(*read(kind, constraint=constraint)).replace("\u00a0", " ") == words


def test_it_is_told_in_the_language_of_the_reader() -> None:
    with languages.using("en"):
        told = asked_if(*read(relevant="${globale} <= 2 and ${mode} = 'mandataire'"))
    assert (
        told == "the answer to question 1 is 2 or less and the mode of the visit is “employed by the client”"
    )


@pytest.mark.parametrize("wrong", ["${globale} <=", "${partie} = 1"])
def test_what_is_wrong_in_a_draft_stands_as_it_was_written(wrong: str) -> None:
    assert asked_if(*read(relevant=wrong)) == wrong


def test_every_fact_has_words() -> None:
    assert FACTS.keys() == NAMES
