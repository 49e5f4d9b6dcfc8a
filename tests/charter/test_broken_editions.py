"""Every kind of broken edition that the loader refuses: its file, its line, its place, and what to do.

What breaks the YAML or the shape of a plain edition is in test_editions.py; here is what breaks grids of
marks, levels, applicability, scoring and references between editions.
"""

from typing import NamedTuple

import pytest

from charter.definition import Edition
from charter.editions import decode
from charter.source import EditionRefused, Fault
from tests.charter.grids import MARKS, WORDS, marks, words
from tests.charter.test_editions import MEANING, SOURCE, STRUCTURE

OTHERS = {"marks": marks(), "words": words()}


class Broken(NamedTuple):
    """A text to replace, once; `at` begins the line that is told, and `place` ends the place."""

    old: str
    new: str
    at: str
    place: str
    message: str


def faults(text: str, broken: Broken, others: dict[str, Edition]) -> tuple[str, tuple[Fault, ...]]:
    assert text.count(broken.old) >= 1, broken.old
    changed = text.replace(broken.old, broken.new, 1)
    code = text.partition("\n")[0].removeprefix("code: ")
    with pytest.raises(EditionRefused) as refused:
        decode(changed.encode(), code, [other for name, other in others.items() if name != code])
    assert all(line.startswith(f"{code}.yaml, ligne ") for line in str(refused.value).split("\n"))
    return changed, refused.value.faults


def line_of(text: str, at: str) -> int:
    return 1 + text[: text.index(at)].count("\n")


IN_WORDS = {
    "a date that does not exist": Broken(
        '"2026-11-01"', '"2026-02-31"', "dated", "$.dated", 'comme "2026-11-30"'
    ),
    "a date that is a number": Broken('"2026-11-01"', "2026", "dated", "$.dated", "ajoutez des guillemets"),
    "a date without quotes": Broken('"2026-11-01"', "2026-11-01", "dated", "$.dated", "entre guillemets"),
    "an edition without date": Broken('dated: "2026-11-01"\n', "", "code", "$", "champ « dated » absent"),
    "an unknown scale": Broken("scale: words", "scale: stars", "scale", "$.scale", "words, marks"),
    "an unknown rule": Broken("code: half", "code: third", "  code: third", "$.scoring.code", "half, means"),
    "an unknown version of a rule": Broken(
        "half\n  version: 1",
        "half\n  version: 7",
        "  version: 7",
        "$.scoring.version",
        "la règle half n’a pas de version 7 : choisissez parmi 1",
    ),
    "a rule of another scale": Broken(
        "code: half", "code: means", "  code: means", "$.scoring.code", "compte l’échelle « marks »"
    ),
    "a rule without what it needs": Broken(
        "  partly: 50\n", "", "scoring", "$.scoring", "demande « partly » : ajoutez-le"
    ),
    "a rule with what it does not read": Broken(
        "  partly: 50",
        "  carry: exact\n  partly: 50",
        "  carry",
        "$.scoring.carry",
        "n’a que faire de « carry »",
    ),
    "partly above the whole": Broken(
        "partly: 50", "partly: 150", "  partly", "$.scoring.partly", "au plus 100"
    ),
    "an unknown way to carry": Broken(
        "  partly: 50", "  carry: rounded", "  carry", "$.scoring.carry", "exact, truncated"
    ),
    "a class that stands twice": Broken(
        "code: fair",
        "code: good",
        '    - {code: good, at_least: "50',
        "$.scoring.classes[1].code",
        "en double",
    ),
    "a class named by a letter": Broken(
        "{fr: Bien, en: Good}",
        "{fr: A, en: A}",
        "    - {code: good",
        "$.scoring.classes[0]",
        "écrivez un mot",
    ),
    "a class whose code is a letter": Broken(
        "code: poor", "code: d", "    - {code: d", "$.scoring.classes[2]", "ne se nomme pas d’une lettre"
    ),
    "a threshold outside the scale": Broken(
        '"85"', '"850"', "    - {code: good", "$.scoring.classes[0].at_least", "écrivez de 0 à 100"
    ),
    "a threshold with three decimals": Broken(
        '"85"', '"85.001"', "    - {code: good", "$.scoring.classes[0].at_least", "deux décimales"
    ),
    "a threshold without quotes": Broken(
        '"85"', "85", "    - {code: good", "$.scoring.classes[0].at_least", "ajoutez des guillemets"
    ),
    "classes out of order": Broken(
        'at_least: "50"',
        'at_least: "90"',
        "    - {code: fair",
        "$.scoring.classes[1].at_least",
        "baissez ce seuil",
    ),
    "a last class that leaves some out": Broken(
        'at_least: "0"', 'at_least: "10"', "    - {code: poor", "$.scoring.classes[2].at_least", "écrivez 0"
    ),
    "an unknown cap": Broken("cap: fair", "cap: low", "  cap", "$.scoring.cap", "classe inconnue « low »"),
    "a cap that caps nothing": Broken(
        "cap: fair", "cap: good", "  cap", "$.scoring.cap", "la meilleure classe"
    ),
    "imperatives without cap": Broken(
        "  cap: fair\n", "", "scoring", "$.scoring", "nommez la classe dans « cap »"
    ),
    "a weight of nothing": Broken("weight: 2", "weight: 0", "        weight", "[2].weight", "au moins 1"),
    "an imperative that is not compulsory": Broken(
        "        compulsory: true\n        imperative: true",
        "        imperative: true",
        "        imperative",
        "[0].imperative",
        "ajoutez « compulsory: true »",
    ),
    "an unknown mode": Broken(
        "[mandataire]",
        "[agence]",
        "        concerns",
        ".concerns.modes[0]",
        "prestataire, mandataire, mise_a",
    ),
    "a mode that stands twice": Broken(
        "[mandataire]", "[mandataire, mandataire]", "        concerns", ".concerns.modes[1]", "gardez-en un"
    ),
    "a criterion that concerns nobody in particular": Broken(
        "{modes: [mandataire]}", "{}", "        concerns", ".concerns", "précisez-le ou retirez ce champ"
    ),
    "an activity out of shape": Broken(
        "[I-3", "[3", "        concerns: {act", ".concerns.activities[0]", "ajoutez des guillemets"
    ),
    "an activity badly written": Broken(
        "[I-3", "[III-3", "        concerns: {act", ".concerns.activities[0]", "écrivez-le comme I-3 ou II-10"
    ),
    "an activity that does not exist": Broken(
        "[I-3", "[I-9", "        concerns: {act", ".concerns.activities[0]", "activité inconnue « I-9 »"
    ),
    "sizes that no one has": Broken(
        "most_employees: 50",
        "most_employees: 4",
        "        concerns: {act",
        ".most_employees",
        "4 salariés au plus et 5",
    ),
    "a size of nothing": Broken(
        "least_employees: 5", "least_employees: 0", "        concerns: {act", ".least_employees", "au moins 1"
    ),
    "a category of FINESS badly written": Broken(
        '"460"',
        '"46"',
        "        concerns: {act",
        ".finess[0]",
        'trois chiffres entre guillemets, comme "123"',
    ),
    "evidence that nobody asks": Broken(
        "chapters:",
        "  - {code: diary, label: {fr: Journal, en: Diary}}\nchapters:",
        "  - {code: diary",
        "$.evidence[1].code",
        "aucun critère ne demande « diary »",
    ),
    "elements on the scale of words": Broken(
        "        weight: 2\n",
        '        weight: 2\n        elements: [{code: "1.3.1", label: {fr: A, en: B}}]\n',
        "        elements",
        "[2].elements",
        "retirez les éléments",
    ),
    "RI on the scale of words": Broken(
        "    title: {fr: Un, en: One}\n",
        "    title: {fr: Un, en: One}\n    allows_ri: true\n",
        "    allows_ri",
        "$.chapters[0].allows_ri",
        "n’est que sur l’échelle « marks »",
    ),
    "a chapter without criteria": Broken(
        "  - number: 2\n",
        "  - {number: 2, title: {fr: Vide, en: Empty}}\n  - number: 3\n",
        "  - {number: 2",
        "$.chapters[1]",
        "donnez-lui « criteria » ou « themes »",
    ),
    "an imperative count that is wrong": Broken(
        "imperative: 1}", "imperative: 2}", "counts", "$.counts.imperative", "2 annoncés, 1 comptés"
    ),
    "no imperative count": Broken(
        ", imperative: 1}", "}", "counts", "$.counts", "champ « imperative » absent"
    ),
    "a measure of complaints with a window": Broken(
        "        weight: 2\n",
        "        weight: 2\n        measured: {source: complaints, link: direct, threshold: 80, minimum: 10, "
        "window: month, compared: {fr: A, en: B}}\n",
        "        measured",
        "[2].measured",
        "retirez « window » et « fresh_months »",
    ),
    "an unknown window": Broken(
        "        weight: 2\n",
        "        weight: 2\n        measured: {source: answers, link: direct, threshold: 80, minimum: 10, "
        "window: week, compared: {fr: A, en: B}}\n",
        "        measured",
        "[2].measured.window",
        "month, quarter, year",
    ),
    "a good-practice sheet without English": Broken(
        "        weight: 2\n",
        "        weight: 2\n        practice: {fr: A}\n",
        "        practice",
        ".practice",
        "« en »",
    ),
}

SAME = '        weight: 2\n        same_as: [{edition: marks, version: 1, criterion: "1.2"}]\n'


def same(old: str, new: str, place: str, message: str) -> Broken:
    assert old in SAME
    return Broken("        weight: 2\n", SAME.replace(old, new, 1), "        same_as", place, message)


BETWEEN = {
    "the same as a criterion of its own edition": same(
        "edition: marks", "edition: words", ".same_as[0].edition", "ne renvoie pas à sa propre édition"
    ),
    "the same as one of an unknown edition": same(
        "edition: marks",
        "edition: mark",
        ".same_as[0].edition",
        "édition inconnue « mark » : choisissez parmi marks",
    ),
    "the same as one of another version": same(
        "version: 1", "version: 2", ".same_as[0].version", "l’édition marks est à la version 1"
    ),
    "the same as a criterion that is not there": same(
        '"1.2"', '"9.2"', ".same_as[0].criterion", "l’édition marks n’a pas de critère 9.2"
    ),
    "the same as a code badly written": same('"1.2"', '"1"', ".same_as[0].criterion", 'comme "2.10"'),
    "the same as two of one edition": same(
        "[{",
        '[{edition: marks, version: 1, criterion: "1.1"}, {',
        ".same_as[1]",
        "deux critères de « marks »",
    ),
    "evidence that another edition calls otherwise": Broken(
        "{fr: Registre, en: Log}",
        "{fr: Journal, en: Log}",
        "    label: {fr: Journal",
        "$.evidence[0].label",
        "« log » se dit « Registre » dans marks",
    ),
}

IN_MARKS = {
    "a rule of means without carry": Broken(
        "  carry: exact\n", "", "scoring", "$.scoring", "demande « carry » : ajoutez-le"
    ),
    "a rule of means with partly": Broken(
        "  carry: exact", "  carry: exact\n  partly: 50", "  partly", "$.scoring.partly", "retirez-le"
    ),
    "a threshold under the lowest mark": Broken(
        'at_least: "1"',
        'at_least: "0"',
        "    - {code: poor",
        "$.scoring.classes[2].at_least",
        "écrivez de 1 à 4",
    ),
    "a theme that stands twice": Broken(
        "code: second",
        "code: first",
        "      - code: first\n        title: {fr: Deux",
        ".themes[1].code",
        "en double",
    ),
    "a theme badly named": Broken(
        "code: second",
        "code: The second",
        "      - code: The",
        ".themes[1].code",
        "minuscules, chiffres et tirets",
    ),
    "a theme without criteria": Broken(
        "      - code: second\n",
        "      - {code: empty, title: {fr: Vide, en: Empty}}\n      - code: second\n",
        "      - {code: empty",
        ".themes[1]",
        "ce thème est vide",
    ),
    "a theme with both criteria and objectives": Broken(
        "        title: {fr: Deuxième, en: Second}\n",
        "        title: {fr: Deuxième, en: Second}\n"
        '        criteria: [{code: "1.9", label: {fr: A, en: B}, evidence: [log]}]\n',
        "      - code: second",
        ".themes[1]",
        "rangez chaque critère dans un objectif",
    ),
    "a chapter with both criteria and themes": Broken(
        "    allows_ri: true\n",
        '    allows_ri: true\n    criteria: [{code: "1.9", label: {fr: A, en: B}, evidence: [log]}]\n',
        "  - number: 1",
        "$.chapters[0]",
        "rangez chaque critère dans un thème",
    ),
    "an objective that stands twice": Broken(
        'code: "1.4"\n',
        'code: "1.3"\n',
        '          - code: "1.3"\n            title: {fr: Fin',
        "[1].code",
        "objectif « 1.3 »",
    ),
    "an objective badly written": Broken(
        'code: "1.4"\n', 'code: "1.4.0"\n', '          - code: "1.4.0"', ".objectives[1].code", 'comme "1.2"'
    ),
    "an objective of another chapter": Broken(
        'code: "1.4"\n', 'code: "2.4"\n', '          - code: "2.4"', "[1].code", "rangé dans le chapitre 1"
    ),
    "an objective without criteria": Broken(
        'criteria:\n              - code: "1.4.1"\n                label: {fr: La personne dit., '
        "en: The person says.}\n                evidence: [log]\n",
        "criteria: []\n",
        "            criteria: []",
        ".objectives[1].criteria",
        "au moins 1 élément(s)",
    ),
    "a criterion outside its objective": Broken(
        '"1.4.1"',
        '"1.3.2"',
        '              - code: "1.3.2"',
        ".criteria[0].code",
        "écrivez « 1.4. » puis le rang",
    ),
    "a criterion with a code of an objective's": Broken(
        '"1.2"', '"1.2.1"', '          - code: "1.2.1"', ".criteria[1].code", "écrivez « 1. » puis le rang"
    ),
    "an element of another criterion": Broken(
        '"1.1.3"',
        '"1.2.3"',
        '              - {code: "1.2.3"',
        ".elements[2].code",
        "rangé dans le critère 1.1",
    ),
    "an element that stands twice": Broken(
        '"1.1.3"',
        '"1.1.2"',
        '              - {code: "1.1.2", label: {fr: Elle peut',
        ".elements[2].code",
        "en double",
    ),
    "an element badly written": Broken(
        '"1.1.3"', '"1-1-3"', '              - {code: "1-1-3"', ".elements[2].code", 'comme "2.10.3"'
    ),
    "themes miscounted": Broken(
        "themes: 3", "themes: 4", "  {criteria", "$.counts.themes", "4 annoncés, 3 comptés"
    ),
    "objectives miscounted": Broken(
        "objectives: 2", "objectives: 1", "  {criteria", "$.counts.objectives", "1 annoncés, 2 comptés"
    ),
    "elements miscounted": Broken(
        "elements: 7", "elements: 6", "  {criteria", "$.counts.elements", "6 annoncés, 7 comptés"
    ),
}


@pytest.mark.parametrize("broken", IN_WORDS.values(), ids=IN_WORDS)
def test_an_edition_of_words_is_refused_where_it_breaks(broken: Broken) -> None:
    assert_told(WORDS, broken, {})


@pytest.mark.parametrize("broken", IN_MARKS.values(), ids=IN_MARKS)
def test_a_grid_of_marks_is_refused_where_it_breaks(broken: Broken) -> None:
    assert_told(MARKS, broken, {})


@pytest.mark.parametrize("broken", BETWEEN.values(), ids=BETWEEN)
def test_what_an_edition_says_of_another_is_refused_where_it_is_wrong(broken: Broken) -> None:
    assert_told(WORDS, broken, OTHERS)


def assert_told(text: str, broken: Broken, others: dict[str, Edition]) -> None:
    changed, found = faults(text, broken, others)
    told = [each for each in found if broken.message in each.message.replace("\u00a0", " ")]
    assert told, [str(each) for each in found]
    assert told[0].place.endswith(broken.place), told[0].place
    assert told[0].line == line_of(changed, broken.at), told[0].line


def test_a_criterion_and_an_element_never_share_a_code() -> None:
    criterion = "\n      - code: other\n        title: {fr: A, en: B}\n        objectives:\n"
    criterion += '          - code: "1.1"\n            title: {fr: A, en: B}\n            criteria:\n'
    criterion += '              - {code: "1.1.1", label: {fr: A., en: B.}, evidence: [log]}\n  - number: 2\n'
    broken = Broken(
        "\n  - number: 2\n",
        criterion,
        '              - {code: "1.1.1"',
        ".elements[0].code",
        "aussi le code d’un",
    )
    assert_told(MARKS, broken, {})


def test_the_sound_grids_are_accepted_beside_one_another() -> None:
    assert decode(WORDS.encode(), "words", (marks(),)) == words()
    assert decode(WORDS.replace("        weight: 2\n", SAME).encode(), "words", (marks(),))


def test_the_loader_refuses_more_than_forty_kinds_of_broken_edition() -> None:
    messages = {kind.message for kind in (*IN_WORDS.values(), *IN_MARKS.values(), *BETWEEN.values())}
    assert len(messages) >= 60
    assert len(STRUCTURE) + len(SOURCE) + len(MEANING) + len(messages) >= 95
