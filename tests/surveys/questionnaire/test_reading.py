"""Definitions read from YAML and JSON, and what is said of those refused."""

import msgspec
import pytest

from surveys.questionnaire.definition import Kind
from surveys.questionnaire.reading import DefinitionRefused, library, read_json, read_tree, read_yaml

SOUND = """\
code: essai
version: 1
title: {fr: Essai, en: Trial}
items:
  - alias: globale
    kind: rating
    core: true
    label: {fr: 'Comment ?', en: 'How?'}
    measures:
      - {indicator: GLOB, version: 1, rule: top2}
    variants:
      mandataire:
        label: {fr: 'Et chez vous ?', en: 'And at home?'}
"""
FULL = """\
code: essai
version: 2
title: {fr: Essai}
languages: [fr, ar]
items:
  - alias: globale
    kind: rating
    core: true
    not_applicable: true
    label: {fr: Quoi, ar: كيف}
    agent: {fr: Ne pas insister.}
    choices: [{fr: a}, {fr: b}, {fr: c}, {fr: d}, {fr: e}]
    words:
      sms: {label: {fr: Visite}}
    variants:
      relative: {label: {fr: Chez votre proche}}
      mandataire_relative: {words: {sms: {label: {fr: Travail}}}}
  - alias: motif
    kind: single
    relevant: "${globale} <= 2"
    channels: [web, sms]
    label: {fr: Pourquoi}
    choices:
      - {value: retard, label: {fr: Retard}}
      - {value: autre, label: {fr: Autre}}
    measures:
      - {indicator: FAIT, version: 1, rule: is, value: autre}
  - alias: heures
    kind: number
    decimals: true
    constraint: ". >= 0"
    constraint_message: {fr: Un nombre d’heures}
    label: {fr: Combien d’heures}
"""
# What was stored by the first version of the product.
FORMER = (
    '{"code":"default","version":1,"title":{"fr":"Suivi","en":"Follow-up"},"items":[{"alias":"globale",'
    '"kind":"rating","label":{"fr":"Quoi","en":"What"},"choices":[{"fr":"a","en":"a"},{"fr":"b","en":"b"},'
    '{"fr":"c","en":"c"},{"fr":"d","en":"d"},{"fr":"e","en":"e"}],"dont_know":true,"core":true,"signal":true,'
    '"measures":[{"indicator":"GLOB","version":1,"rule":"top2"}],"variants":{"mandataire":{"label":'
    '{"fr":"Et","en":"And"}}}}]}'
)
MEASURE = "items[0].measures[0]"
AT_HOME = "items[0].variants.mandataire"


def refusal(old, new):
    assert old in SOUND
    with pytest.raises(DefinitionRefused) as refused:
        read_yaml(SOUND.replace(old, new))
    return [(error.field, error.message) for error in refused.value.errors]


def test_a_sound_definition_is_read():
    assert read_yaml(SOUND).item("globale").kind is Kind.RATING


@pytest.mark.parametrize("questionnaire", [library("default"), read_yaml(FULL)], ids=lambda each: each.code)
def test_what_is_stored_reads_back_the_same(questionnaire):
    stored = msgspec.json.encode(questionnaire)
    assert read_json(stored) == questionnaire
    assert read_tree(msgspec.json.decode(stored)) == questionnaire


def test_every_key_of_a_definition_is_read():
    overall, motive, hours = read_yaml(FULL).items
    assert (overall.not_applicable, overall.agent.fr, overall.choices[4].label.fr) == (
        True,
        "Ne pas insister.",
        "e",
    )
    assert overall.words.sms.label.fr == "Visite"
    assert overall.variants.mandataire_relative.words.sms.label.fr == "Travail"
    assert (motive.relevant, motive.channels) == ("${globale} <= 2", ("web", "sms"))
    assert [(choice.value, choice.label.fr) for choice in motive.choices] == [
        ("retard", "Retard"),
        ("autre", "Autre"),
    ]
    assert (hours.decimals, hours.constraint, hours.constraint_message.fr) == (
        True,
        ". >= 0",
        "Un nombre d’heures",
    )


def test_a_definition_stored_before_reads_the_same():
    (item,) = read_json(FORMER.encode()).items
    assert [choice.label.en for choice in item.choices] == ["a", "b", "c", "d", "e"]
    assert (item.variants.mandataire.label.fr, item.measures[0].series) == ("Et", "GLOB:1")
    assert read_json(FORMER.encode()).languages == ("fr", "en")


def test_a_value_written_with_an_accent_is_refused():
    with pytest.raises(DefinitionRefused, match="lettres et des chiffres sans accent"):
        read_yaml(FULL.replace("value: retard", "value: Répété"))


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ("core: true", "coeur: true", "items[0].coeur", "ligne 7, le champ « coeur » n’existe pas"),
        ("kind: rating\n", "\n", "items[0].kind", "ligne 5, il manque le champ « kind »"),
        ("kind: rating", "kind: smiley", "items[0].kind", "ligne 6, la valeur « smiley » n’est pas permise"),
        (
            "core: true",
            "core: 3",
            "items[0].core",
            "ligne 7, il faut oui ou non sans guillemets, pas un nombre",
        ),
        (
            "rule: top2",
            "rule: yes",
            f"{MEASURE}.rule",
            "ligne 10, il faut un texte, pas oui ou non sans guillemets",
        ),
        ("version: 1\ntitle", "version: 0\ntitle", "version", "ligne 2, le nombre doit être au moins 1"),
        ("code: essai", "code: Essai", "code", "ligne 1, il faut des minuscules, des chiffres et « _ »"),
        ("GLOB", "glob", f"{MEASURE}.indicator", "ligne 10, il faut des majuscules, des chiffres et « _ »"),
        ("'Comment ?'", "''", "items[0].label.fr", "ligne 8, le texte est vide"),
        ("Comment ?", "a" * 501, "items[0].label.fr", "ligne 8, le texte dépasse 500 caractères"),
        ("'Comment ?'", r'"Com\0ment ?"', "items[0].label.fr", "ligne 8, le texte contient un caractère"),
        ("chez vous ?", "{vous} ?", f"{AT_HOME}.label.fr", "ligne 13, « {vous} » n’existe pas"),
        (
            "title: {fr: Essai, en: Trial}",
            "title: ",
            "title",
            "ligne 3, il faut un groupe de champs, pas rien",
        ),
    ],
)
def test_each_error_names_its_field_its_line_and_what_is_wrong(old, new, field, message):
    ((at, said),) = refusal(old, new)
    assert at == field
    assert said.replace("\xa0", " ").startswith(message)


def test_an_empty_list_of_questions_is_refused():
    with pytest.raises(DefinitionRefused, match="la liste est vide"):
        read_yaml("code: essai\nversion: 1\ntitle: {fr: a, en: b}\nitems: []")


def test_all_broken_rules_are_said_at_once():
    errors = refusal("core: true", "callback: true")
    assert [field for field, _ in errors] == ["items[0].kind", "items[0].callback"]


def test_a_field_written_twice_is_refused_not_overwritten():
    assert refusal("    core: true", "    core: true\n    core: false") == [
        ("items[0].core", "ligne 8, ce champ est écrit deux fois")
    ]


def test_an_alias_of_yaml_that_holds_itself_is_refused():
    with pytest.raises(DefinitionRefused):
        read_yaml("items: &a [*a]")


def test_a_file_that_is_not_yaml_says_its_line():
    assert refusal("title: {fr: Essai", "title: {fr: [Essai") == [
        ("", "ligne 3, ce n’est pas du YAML lisible")
    ]


def test_a_binary_file_is_refused():
    with pytest.raises(DefinitionRefused, match="caractère interdit"):
        read_yaml("code: \x00")


@pytest.mark.parametrize("text", ["", "- a", "? [a]\n: b"])
def test_a_file_of_another_shape_is_refused(text):
    with pytest.raises(DefinitionRefused):
        read_yaml(text)


def test_json_cut_short_is_refused():
    with pytest.raises(DefinitionRefused, match="le contenu n’est pas lisible"):
        read_json(b'{"items": [')


def test_an_error_in_json_names_its_field_without_a_line():
    with pytest.raises(DefinitionRefused) as refused:
        read_json(b'{"code": "essai", "version": "1"}')
    assert [error.field for error in refused.value.errors] == ["version"]
    assert "ligne" not in refused.value.message
