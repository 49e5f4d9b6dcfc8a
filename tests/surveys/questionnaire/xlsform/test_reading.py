"""An XLSForm read as a questionnaire: ours come back whole, others' with what is lost said line by line."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from quality.web import languages
from surveys.questionnaire import coding
from surveys.questionnaire.definition import (
    ChannelWords,
    Item,
    Language,
    PerChannel,
    Questionnaire,
    Variant,
    Variants,
    Words,
)
from surveys.questionnaire.reading import library
from surveys.questionnaire.xlsform.opening import opened
from surveys.questionnaire.xlsform.reading import received
from surveys.questionnaire.xlsform.tables import SURVEY, Form, Row
from surveys.questionnaire.xlsform.workbook import write
from surveys.questionnaire.xlsform.writing import form_of
from tests.scale import SCALE
from tests.surveys.questionnaire.strategies import any_definition
from tests.surveys.questionnaire.test_library import CODES
from tests.surveys.questionnaire.xlsform.sheets import read, told

QUIET = settings(deadline=None, max_examples=60 * SCALE, suppress_health_check=list(HealthCheck))
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="{}\ufffe\uffff")
FACTS = st.sampled_from(["{organisme}", "{d_organisme}", "{jour}", "{activite}", "{{", "}}", "${{", "=1+1"])
TEXT = st.lists(st.text(LETTERS, min_size=1, max_size=9) | FACTS, min_size=1, max_size=5).map("".join)


@st.composite
def any_wording(draw: st.DrawFn, written: tuple[Language, ...]) -> Words:
    others = {each: draw(st.none() | TEXT) for each in written if each != "fr"}
    return Words(fr=draw(TEXT), **others)


@st.composite
def any_channel_words(draw: st.DrawFn, words: st.SearchStrategy[Words]) -> PerChannel:
    own = st.builds(ChannelWords, label=words, hint=st.none() | words)
    return PerChannel(**{name: draw(st.none() | own) for name in PerChannel.__struct_fields__})


@st.composite
def any_whole_definition(draw: st.DrawFn) -> Questionnaire:
    """Draw a definition in several languages with every text that a question may have."""
    found = draw(any_definition(most=4))
    others = draw(st.permutations([each for each in get_args(Language) if each not in ("fr", "en")]))[:2]
    written = tuple(draw(st.permutations(["fr", "en", *others])))
    words = any_wording(written)
    items = []
    for item in found.items:
        variant = st.builds(Variant, label=words, say=st.none() | words, words=any_channel_words(words))
        items.append(
            structs.replace(
                item,
                label=draw(words),
                say=draw(st.none() | words),
                probe=draw(st.none() | words),
                agent=draw(st.none() | words),
                words=draw(any_channel_words(words)),
                variants=Variants(
                    **{name: draw(st.none() | variant) for name in draw(st.sets(st.sampled_from(WHO)))}
                ),
                constraint_message=draw(st.none() | words) if item.constraint else None,
            )
        )
    version = draw(st.integers(1, 99))
    return structs.replace(found, items=tuple(items), languages=written, version=version)


WHO = Variants.__struct_fields__


@pytest.mark.parametrize("code", CODES)
def test_the_library_comes_back_whole_from_a_workbook(code: str) -> None:
    form, said = opened(write(form_of(library(code))))
    found = received(form)
    assert (*said, *found.said) == ()
    assert found.questionnaire == library(code)


@QUIET
@given(any_definition() | any_whole_definition())
def test_any_definition_comes_back_equal_to_itself(written: Questionnaire) -> None:
    form, said = opened(write(form_of(written)))
    found = received(form)
    assert (*said, *found.said) == ()
    assert found.questionnaire == written


def edited(form: Form, number: int, **cells: str) -> Form:
    rows = [
        Row(row.number, {**row.cells, **cells}) if row.number == number else row for row in form[SURVEY].rows
    ]
    columns = tuple(dict.fromkeys((*form[SURVEY].columns, *cells)))
    return {**form, SURVEY: replace(form[SURVEY], rows=tuple(rows), columns=columns)}


def last_row(written: Questionnaire) -> int:
    return form_of(written)[SURVEY].rows[-1].number


def with_last(relevant: str) -> Questionnaire:
    written = library("default")
    return structs.replace(
        written, items=(*written.items[:-1], structs.replace(written.items[-1], relevant=relevant))
    )


def test_a_condition_changed_in_a_workbook_is_the_one_that_is_read() -> None:
    written = with_last("${globale} != 2")
    found = received(edited(form_of(written), last_row(written), relevant="${globale} != 3"))
    assert found.questionnaire is not None
    assert found.questionnaire.items[-1].relevant == "not(${globale} = 3)"
    assert told(found)[0].startswith("survey 11 sq_relevant: « sq_relevant » ne dit plus la même chose")


def test_guidance_changed_in_a_workbook_is_said_to_be_unread() -> None:
    written = library("default")
    found = received(edited(form_of(written), 6, **{"guidance_hint::Français (fr)": "Autre chose"}))
    assert found.questionnaire == written
    assert "survey 6 guidance_hint: « guidance_hint » a changé" in told(found)[0]


def test_words_of_ours_changed_in_a_workbook_are_said_to_stay() -> None:
    form = form_of(library("default"))
    choices = form["choices"]
    rows = [
        Row(row.number, {**row.cells, "label::Français (fr)": "Sans avis"}) if row["name"] == "nsp" else row
        for row in choices.rows
    ]
    found = received({**form, "choices": replace(choices, rows=tuple(rows))})
    assert found.questionnaire == library("default")
    assert "choices 7 label: Les mots de « nsp » sont les nôtres ici : « Je ne sais pas »." in told(found)


FIRST = """
| survey |
| type           | name  | label   | required | {columns} |
| select_one avis | avis | Un avis | yes      | {blanks} |
{rows}
| settings |
| form_title | form_id |
| Avis       | avis    |
| choices |
| list_name | name | label |
| avis      | bon  | Bon   |
| avis      | nul  | Nul   |
| avis      | 9    | Neuf  |
| motifs    | a    | A     |
| motifs    | b    | B     |
| motifs    | rien | Rien  |
"""


def foreign(*rows: str, columns: str = "relevant | constraint") -> str:
    width = columns.count("|")
    return FIRST.format(columns=columns, blanks=" | " * width, rows="\n".join(f"| {row} |" for row in rows))


def item(text: str) -> Item:
    found = read(text)
    assert found.questionnaire is not None, told(found)
    return found.questionnaire.items[-1]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("${avis} = 'nul'", "${avis} = 'nul'"),
        ("${avis} != 'nul'", "not(${avis} = 'nul')"),
        ("${avis} != ''", "answered(${avis})"),
        ("not(${avis}='')", "answered(${avis})"),
        ("${avis} = 9", "${avis} = '9'"),
        ("${avis} > 5", "${avis} = '9'"),
        (
            "selected(${avis}, 'bon') or selected(${avis},'nul')",
            "selected(${avis}, 'bon') or selected(${avis}, 'nul')",
        ),
        ("true() and ${avis} = ‘bon’", "${avis} = 'bon'"),
        ("(${avis} = 'bon' and (${avis} != '' and true()))", "${avis} = 'bon' and answered(${avis})"),
    ],
)
def test_a_condition_of_another_form_is_said_with_its_meaning_there(theirs: str, ours: str) -> None:
    assert item(foreign(f"text | fin | Fin | | {theirs} |")).relevant == ours


def test_two_fields_are_equal_in_a_form_when_both_are_empty() -> None:
    text = foreign("integer | a | A | | |", "integer | b | B | | |", "text | fin | Fin | | ${a} = ${b} |")
    assert item(text).relevant == "${a} = ${b} or (not(answered(${a})) and not(answered(${b})))"
    assert item(text.replace("${a} = ${b}", "number(${a}) = number(${b})")).relevant == "${a} = ${b}"


def test_today_is_a_fact_that_only_a_check_may_use() -> None:
    rows = ("today | jour_j | | | |", "date | fin | Fin | | | . <= ${jour_j}")
    assert item(foreign(*rows)).constraint == ". <= ${today}"
    assert (
        read(foreign(rows[0], "date | fin | Fin | | ${jour_j} > date('2026-01-01') |")).questionnaire is None
    )


@pytest.mark.parametrize(
    ("theirs", "why"),
    [
        ("regex(${avis}, '^b')", "« regex() » n’existe pas ici"),
        ("${avis} + 1 > 2", "« + » ne se calcule pas ici"),
        ("${inconnu} = 1", "« ${inconnu} » n’est ni une question gardée"),
        ("${avis}", "il faut une comparaison"),
        ("${avis} = ", "la condition n’est pas finie"),
        ("../avis = 'bon'", "au caractère 1, « ../avis » n’a pas de sens ici"),
        ("${avis} = 'autre'", "« autre » n’est pas une des réponses"),
        ("false()", "Cette condition n’est jamais vraie"),
        ("(" * 90 + "1 = 1" + ")" * 90, "trop de parenthèses"),
        (" or ".join(["${avis} = 'bon'"] * 60), "dépasse 500 caractères"),
        ("1 = 1" + " " * 6_000 + "or 1 = 1", "trop longue"),
    ],
)
def test_a_condition_that_cannot_be_held_stops_the_form_and_is_located(theirs: str, why: str) -> None:
    found = read(foreign(f"text | fin | Fin | | {theirs} |"))
    assert found.questionnaire is None
    assert told(found)[0].startswith("! survey 3 relevant: ")
    assert why in told(found)[0]


def test_groups_are_flattened_with_their_conditions() -> None:
    text = foreign(
        "begin_group | g | Un titre | | ${avis} = 'nul' |",
        "begin group | h | | | ${avis} != 'bon' |",
        "text | fin | Fin | | answered |".replace("answered", "${avis} != ''"),
        "end group | | | | |",
        "end_group | | | | |",
    )
    found = read(text)
    assert found.questionnaire is not None
    last = found.questionnaire.items[-1]
    assert last.relevant == "${avis} = 'nul' and not(${avis} = 'bon') and answered(${avis})"
    assert told(found) == [
        "survey 3 label: Le titre du groupe n’est pas repris : dites-le dans ses questions s’il compte."
    ]


@pytest.mark.parametrize(
    "kind", ["geopoint", "image", "time", "barcode", "rank motifs", "select_one_from_file a.csv"]
)
def test_a_question_of_an_unknown_type_is_lost_and_said(kind: str) -> None:
    found = read(foreign(f"{kind} | ici | Ici | | |"))
    assert found.questionnaire is not None
    assert [each.alias for each in found.questionnaire.items] == ["avis"]
    assert told(found) == [
        f"survey 3 type: Une question de type « {kind} » n’existe pas ici : posez-la en texte, ou retirez-la."
    ]


def test_what_is_no_question_is_lost_and_said() -> None:
    text = foreign(
        "note | bonjour | Bonjour | | |",
        "calculate | total | | | |",
        "start | start | | | |",
        "begin_repeat | r | Visites | | |",
        "text | a | A | | |",
        "integer | b | B | | |",
        "end_repeat | | | | |",
        " | perdu | Perdu | | |",
    )
    said = [line.split(": ", 1) for line in told(read(text))]
    assert [(place, words.split(" n’", 1)[0]) for place, words in said] == [
        ("survey 3 type", "Un texte sans question"),
        ("survey 4 type", "Le calcul « total »"),
        ("survey 5 type", "« start »"),
        ("survey 6 type", "Une répétition"),
        ("survey 10 type", "Cette ligne"),
    ]
    assert "ses questions (2)" in said[3][1]


def test_columns_that_are_not_read_are_said_once_and_what_changes_a_question_on_its_row() -> None:
    text = foreign(
        "text | fin | Fin | | minimal | x | moi | w1 |",
        columns="appearance | default | ma_colonne | bind::odk:length",
    )
    assert [line.partition(" n’est")[0].partition(" règle")[0] for line in told(read(text))] == [
        "survey 1 appearance: « appearance »",
        "survey 1 ma_colonne: La colonne « ma_colonne »",
        "survey 1 bind::odk:length: La colonne « bind::odk:length »",
        "survey 3 default: La réponse proposée d’avance",
    ]


@pytest.mark.parametrize(
    "theirs",
    [
        "not(selected(., 'rien') and count-selected(.) > 1)",
        "count-selected(.) < 2 or not(selected(.,'rien'))",
        "not(selected(., 'rien')) or count-selected(.) = 1",
        "not(selected(., 'rien') and (selected(., 'a') or selected(., 'b')))",
    ],
)
def test_a_choice_that_excludes_the_others_is_recognised_however_it_is_spelled(theirs: str) -> None:
    several = item(foreign(f"select_multiple motifs | motifs | Motifs | | | {theirs}"))
    assert several.constraint is None
    assert [choice.exclusive for choice in several.choices] == [False, False, True]


def test_a_check_that_cannot_be_made_is_lost_and_said() -> None:
    found = read(foreign("text | fin | Fin | | | string-length(.) < 9"))
    assert found.questionnaire is not None
    assert found.questionnaire.items[-1].constraint is None
    why, lost = told(found)
    assert why.startswith("survey 3 constraint: « string-length() » n’existe pas ici")
    assert lost.startswith("survey 3 constraint: Cette vérification n’est pas reprise")


def test_marks_and_yes_or_no_are_recognised_by_their_list() -> None:
    marks = "\n".join(f"| note | {mark} | Mot {mark} |" for mark in range(1, 6))
    tenths = "\n".join(f"| dix | {mark} | {mark} |" for mark in range(11))
    words = "| on | yes | Oui |\n| on | no | Non |\n| on2 | yes | Oui ! |\n| on2 | no | Non |\n"
    rows = [f"select_one {name} | {name} | Q | | |" for name in ("note", "dix", "on", "on2")]
    found = read(foreign(*rows) + f"{marks}\n{tenths}\n{words}")
    assert found.questionnaire is not None
    kinds = [each.kind.value for each in found.questionnaire.items]
    assert kinds == ["single", "rating", "scale", "yes_no", "single"]
    assert coding.choices(found.questionnaire.items[1])[0].words.fr == "Mot 1"
    [line] = told(found)
    assert line.startswith("survey 3 type: Lu comme une note, 5 étant la meilleure.")


def test_names_are_written_as_ours_and_their_conditions_follow() -> None:
    found = read(foreign("integer | Âge-2 | Âge | | |", "text | fin | Fin | | ${Âge-2} > 3 |"))
    assert found.questionnaire is not None
    assert found.questionnaire.items[-1].relevant == "${age_2} > 3"
    assert told(found) == ["survey 3 name: Le nom « Âge-2 » devient « age_2 », sans majuscule ni accent."]


def test_an_answer_said_again_in_a_text_stops_the_form() -> None:
    assert told(read(foreign("text | fin | Vous dites ${avis} ? | | |")))[0] == (
        "! survey 3 label: Un texte ne reprend pas une réponse : réécrivez-le sans « ${avis} »."
    )


def test_languages_are_those_of_the_headings_and_the_order_of_their_columns() -> None:
    text = """
    | survey |
    | type | name | required | label::English | label::Français (fr) | label::Occitan (oc) |
    | select_one on | on | yes | Well? | Alors ? | E ben ? |
    | choices |
    | list name | name | label::English | label::Français (fr) |
    | on | yes | Yes | Oui |
    | on | no | No | Non |
    | settings |
    | form_title | form_id | default_language | style |
    | Alors | alors | English | pages |
    """
    found = read(text)
    assert found.questionnaire is not None
    assert found.questionnaire.languages == ("en", "fr")
    assert found.questionnaire.items[0].label == Words(fr="Alors ?", en="Well?")
    assert [line.split(":")[0] for line in told(found)] == ["survey 1 label", "settings 1 style"]


def test_a_form_without_french_is_refused_with_the_place() -> None:
    found = read("| survey |\n| type | name | label::English (en) |\n| text | a | A |")
    assert found.questionnaire is None
    assert "! survey 2 label::Français (fr): il manque le champ « fr »" in told(found)


def test_each_question_that_is_wrong_is_said() -> None:
    found = read(foreign("text | a | | | |", f"text | b | {'b' * 501} | | |"))
    assert told(found)[:2] == [
        "! survey 3 label: il manque le champ « label »",
        "! survey 4 label: le texte dépasse 500 caractères",
    ]


def test_what_is_said_is_said_in_english_too() -> None:
    found = read(foreign("geopoint | ici | Ici | | |", "text | fin | Fin | | ${x} = 1 |"))
    with languages.using("en"):
        said = [languages.gettext(each.message).format_map(each.values) for each in found.said]
    assert said == [
        "“${x}” is neither a question kept before this one nor a fact of the visit",
        "A question of type “geopoint” does not exist here: ask it as text, or remove it.",
    ]
