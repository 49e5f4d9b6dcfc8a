"""Editions of the charter: what ships, and what the reader refuses."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter import editions as module
from charter.checking.structure import count
from charter.definition import Audience, Counts, Scale, Source
from charter.editions import EditionUnknown, content, decode, editions, load
from charter.source import EditionRefused, Fault, translated
from quality.measures import catalogue
from quality.measures.catalogue import Direction
from quality.measures.disclosure.status import Unit

SMALL = """\
code: small
version: 1
dated: "2026-11-01"
title: {fr: Petite charte, en: Small charter}
source: {fr: Essai, en: Trial}
ours: {fr: Tout, en: Everything}
renewal_months: 12
scale: words
counts:
  criteria: 2
  compulsory: 1
  compulsory_for_all: 0
  imperative: 0
evidence:
  - code: log
    label: {fr: Registre, en: Log}
chapters:
  - number: 1
    title: {fr: Un, en: One}
    criteria:
      - code: "1.1"
        compulsory: true
        applies_to: [fragile]
        label: {fr: Vous notez., en: You note.}
        evidence: [log]
      - code: "1.2"
        label: {fr: Vous suivez., en: You follow.}
        evidence: [log]
scoring: {code: half, version: 1, partly: 50, words: {fr: Un demi, en: A half}}
"""


def refusal(text: str | bytes) -> EditionRefused:
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(EditionRefused) as refused:
        decode(raw, "small")
    return refused.value


def broken(old: str, new: str) -> str:
    assert old in SMALL, old
    return SMALL.replace(old, new, 1)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


# What ships


def test_the_national_charter_is_at_hand() -> None:
    assert "national-2012" in editions()


@pytest.mark.parametrize("code", editions())
def test_every_edition_that_ships_is_accepted(code: str) -> None:
    assert load(code).code == code


def test_the_national_charter_has_forty_five_criteria_in_six_principles() -> None:
    edition = load("national-2012")
    assert [(chapter.number, len(chapter.criteria)) for chapter in edition.chapters] == [
        (1, 7),
        (2, 10),
        (3, 8),
        (4, 7),
        (5, 6),
        (6, 7),
    ]
    assert edition.counts == Counts(criteria=45, compulsory=28, compulsory_for_all=26, imperative=28)


def test_the_compulsory_criteria_of_the_national_charter_are_those_of_the_sector_list() -> None:
    compulsory = [criterion.code for criterion in load("national-2012").criteria if criterion.compulsory]
    assert compulsory == [
        *("1.1", "1.2", "1.4", "1.5"),
        *("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9"),
        *("3.1", "3.2", "3.7", "3.8"),
        *("4.1", "4.2"),
        *("5.1", "5.2", "5.3", "5.4", "5.5"),
        *("6.1", "6.2", "6.5", "6.6"),
    ]


def test_in_the_national_charter_compulsory_is_imperative() -> None:
    assert all(criterion.imperative == criterion.compulsory for criterion in load("national-2012").criteria)


def test_two_criteria_of_the_national_charter_are_for_fragile_clients_only() -> None:
    meant = {item.code: item.applies_to for item in load("national-2012").criteria if item.applies_to}
    assert meant == {"2.5": (Audience.FRAGILE,), "3.1": (Audience.FRAGILE,)}


def test_the_national_charter_has_four_answers_and_two_years() -> None:
    edition = load("national-2012")
    assert edition.scale is Scale.WORDS
    assert edition.renewal_months == 24


def test_every_evidence_of_the_national_charter_is_asked_by_a_criterion() -> None:
    edition = load("national-2012")
    asked = {code for criterion in edition.criteria for code in criterion.evidence}
    assert asked == {item.code for item in edition.evidence}


@pytest.mark.parametrize("code", editions())
def test_every_label_is_one_typographic_sentence(code: str) -> None:
    edition = load(code)
    for criterion in (
        *edition.criteria,
        *(element for each in edition.criteria for element in each.elements),
    ):
        assert re.fullmatch(r"[A-ZÀ-Ý][^.']+\.", criterion.label.fr), criterion.code
        assert re.fullmatch(r"[A-Z][^.']+\.", criterion.label.en), criterion.code
        assert edition.scale is Scale.MARKS or re.search(r"\b[Vv]ous\b", criterion.label.fr), criterion.code
        assert not re.search(r" [:;?!»]|« ", criterion.label.fr), criterion.code


@pytest.mark.parametrize("code", editions())
def test_no_two_labels_of_an_edition_are_the_same(code: str) -> None:
    labels = [criterion.label for criterion in load(code).criteria]
    assert len(set(labels)) == len(labels)


def test_an_unknown_edition_is_said_to_be_unknown() -> None:
    with pytest.raises(EditionUnknown):
        load("../national-2012")


def test_an_edition_is_found_in_the_folder_by_its_file_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    assert editions() == ("small",)


def test_two_versions_of_an_edition_ship_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = SMALL.replace("version: 1", "version: 2", 1)
    (tmp_path / "small.1.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "small.yaml").write_text(newer, encoding="utf-8")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    load.cache_clear()
    try:
        assert editions() == ("small",)
        assert [load("small", 1).version, load("small").version] == [1, 2]
        assert (content("small", 1), content("small")) == (SMALL.encode(), newer.encode())
        with pytest.raises(EditionUnknown):
            load("small", 3)
    finally:
        load.cache_clear()


# What is read


def test_a_sound_edition_is_read_whole() -> None:
    edition = decode(SMALL.encode(), "small")
    assert [criterion.code for criterion in edition.criteria] == ["1.1", "1.2"]
    assert edition.criteria[1].applies_to == ()
    assert count(edition) == edition.counts


# What measures a criterion

MEASURE = (
    "measured: {source: answers, link: indice, indicator: PONCT, version: 1, threshold: 80, minimum: 40, "
    "compared: {fr: A, en: B}}"
)


def measured(line: str) -> str:
    """Add a measure to the second criterion, line 28."""
    return broken("You follow.}\n", f"You follow.}}\n        {line}\n")


def test_a_measure_names_the_indicator_that_it_reads() -> None:
    criterion = decode(measured(MEASURE).encode(), "small").criteria[1]
    assert criterion.measured is not None
    definition = criterion.measured.definition()
    assert definition is not None
    assert (definition.code, criterion.measured.threshold, criterion.measured.minimum) == ("PONCT", 80, 40)


def test_a_measure_of_complaints_has_no_indicator() -> None:
    line = MEASURE.replace("answers, link: indice, indicator: PONCT, version: 1", "complaints, link: direct")
    criterion = decode(measured(line).encode(), "small").criteria[1]
    assert criterion.measured is not None
    assert criterion.measured.source is Source.COMPLAINTS
    assert criterion.measured.definition() is None


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("PONCT", "PONK", ".indicator", "indicateur inconnu « PONK » : choisissez parmi "),
        ("version: 1", "version: 9", ".version", "l’indicateur PONCT n’a pas de version 9 : corrigez-la"),
        ("answers", "complaints", "", "une mesure des réclamations n’a ni « indicator » ni « version »"),
        ("indicator: PONCT, ", "", "", "une mesure des réponses nomme « indicator » et « version »"),
        ("answers", "rumour", ".source", "« rumour » : choisissez parmi answers, complaints"),
        ("link: indice, ", "", "", "champ « link » absent : ajoutez-le"),
        ("link: indice", "link: perhaps", ".link", "« perhaps » : choisissez parmi direct, indice"),
        ("threshold: 80", "threshold: 101", ".threshold", "nombre trop grand : il faut au plus 100"),
        ("minimum: 40", "minimum: 0", ".minimum", "nombre trop petit : il faut au moins 1"),
        (", en: B", "", ".compared", "champ « en » absent"),
    ],
)
def test_a_wrong_measure_is_refused_where_it_stands(old: str, new: str, place: str, message: str) -> None:
    (fault,) = refusal(measured(MEASURE.replace(old, new))).faults
    assert (fault.line, fault.place) == (28, f"$.chapters[0].criteria[1].measured{place}")
    assert message in plain(fault.message)


@pytest.mark.parametrize("change", [{"unit": Unit.PER_THOUSAND}, {"direction": Direction.LOWER}])
def test_a_measure_that_is_not_a_share_to_exceed_is_refused(
    change: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = msgspec.structs.replace(catalogue.indicator("PONCT", 1), **change)
    monkeypatch.setattr(catalogue, "indicator", lambda code, version: other)
    (fault,) = refusal(measured(MEASURE)).faults
    assert plain(fault.message) == "PONCT n’est pas une part à dépasser : choisissez un autre indicateur"


def test_eight_criteria_of_the_national_charter_are_measured() -> None:
    found = {item.code: item.measured.indicator for item in load("national-2012").criteria if item.measured}
    assert found == {
        "2.7": "QUAL",
        "2.8": "PONCT",
        "3.6": "GLOB",
        "3.8": None,
        "4.3": "QUAL",
        "5.6": "RESP",
        "6.2": "RR2",
        "6.3": "RECL_S",
    }


def test_a_criterion_for_some_clients_only_may_be_declared_not_concerned_and_an_imperative_may_not() -> None:
    allowed = {item.code: item.allows_not_concerned for item in load("national-2012").criteria}
    assert (allowed["1.1"], allowed["1.3"], allowed["2.5"]) == (False, True, True)


# What is refused: each kind with its line, its place and what to do

STRUCTURE = [
    (
        "version: 1",
        "version: 1\ncolour: blue",
        3,
        "$.colour",
        "champ inconnu « colour » : corrigez son nom ou retirez-le",
    ),
    (
        "        compulsory: true",
        "        mandatory: true",
        22,
        "$.chapters[0].criteria[0].mandatory",
        "champ inconnu",
    ),
    ("renewal_months: 12\n", "", 1, "$", "champ « renewal_months » absent : ajoutez-le"),
    ("{fr: Un, en: One}", "{fr: Un}", 19, "$.chapters[0].title", "champ « en » absent : ajoutez-le"),
    ("version: 1", "version: one", 2, "$.version", "il faut ici un nombre entier, et non un texte"),
    ("version: 1", "version: 0", 2, "$.version", "nombre trop petit : il faut au moins 1"),
    ('"1.2"', "12", 26, "$.chapters[0].criteria[1].code", "et non un nombre entier : ajoutez des guillemets"),
    (
        "{fr: Un, en: One}",
        "{fr: Un, en: yes}",
        19,
        "$.chapters[0].title.en",
        "vrai ou faux (true, false) : ajoutez des",
    ),
    (
        "{fr: Un, en: One}",
        "{fr: Un, en: }",
        19,
        "$.chapters[0].title.en",
        "il faut ici un texte, et non rien",
    ),
    (
        "{fr: Un, en: One}",
        "One",
        19,
        "$.chapters[0].title",
        "il faut ici un groupe de champs, et non un texte",
    ),
    (
        "applies_to: [fragile]",
        "applies_to: fragile",
        23,
        "$.chapters[0].criteria[0].applies_to",
        "une liste, et non",
    ),
    (
        "compulsory: true",
        "compulsory: 1",
        22,
        "$.chapters[0].criteria[0].compulsory",
        "vrai ou faux (true, false), et non",
    ),
    ("{fr: Un, en: One}", '{fr: "", en: One}', 19, "$.chapters[0].title.fr", "texte vide : écrivez-le"),
    (
        "evidence: [log]",
        "evidence: []",
        25,
        "$.chapters[0].criteria[0].evidence",
        "liste trop courte : il faut au moins 1 élément(s)",
    ),
    ("scale: words", "scale: stars", 8, "$.scale", "« stars » : choisissez parmi words, marks"),
    (
        "[fragile]",
        "[frail]",
        23,
        "$.chapters[0].criteria[0].applies_to[0]",
        "« frail » : choisissez parmi fragile",
    ),
    (
        '"1.2"',
        '"1.02"',
        26,
        "$.chapters[0].criteria[1].code",
        "code mal formé : écrivez chapitre, point, rang",
    ),
    (
        "- code: log",
        "- code: The log",
        15,
        "$.evidence[0].code",
        "code mal formé : minuscules, chiffres et tirets",
    ),
]

SOURCE = [
    (
        '"1.2"',
        "1.2",
        26,
        "$.chapters[0].criteria[1].code",
        "« 1.2 » est ambigu : écrivez cette valeur entre guillemets",
    ),
    ("version: 1", "version: 2012-02-31", 2, "$.version", "« 2012-02-31 » est ambigu"),
    ("version: 1", "version: 0x1", 2, "$.version", "« 0x1 » est ambigu"),
    (
        "version: 1",
        "version: 1\nversion: 2",
        3,
        "$.version",
        "champ « version » en double, déjà ligne 2 : gardez-en un",
    ),
    ("version: 1", "? [version]\n: 1", 2, "$.?", "champ inconnu « ? »"),
    (
        "version: 1",
        "version: &v 1",
        2,
        "$",
        "les ancres, renvois et étiquettes YAML (&, *, !) ne sont pas admis",
    ),
    ("version: 1", "version: *v", 2, "$", "les ancres, renvois et étiquettes YAML"),
    ("version: 1", "version: !!python/name:os.system", 2, "$", "les ancres, renvois et étiquettes YAML"),
    ("version: 1", "version: [1", 3, "$", "ce fichier n’est pas du YAML lisible"),
]

MEANING = [
    (
        "code: small",
        "code: other",
        1,
        "$.code",
        "le code « other » n’est pas le nom du fichier : écrivez « small »",
    ),
    (
        "chapters:\n",
        "  - code: log\n    label: {fr: Bis, en: Again}\nchapters:\n",
        17,
        "$.evidence[1].code",
        "« log » en double",
    ),
    (
        "[fragile]",
        "[fragile, fragile]",
        23,
        "$.chapters[0].criteria[0].applies_to[1]",
        "« fragile » en double",
    ),
    (
        '"1.2"',
        '"1.1"',
        26,
        "$.chapters[0].criteria[1].code",
        "critère « 1.1 » en double : donnez-lui un autre code",
    ),
    (
        '"1.2"',
        '"2.2"',
        26,
        "$.chapters[0].criteria[1].code",
        "critère « 2.2 » rangé dans le chapitre 1 : déplacez-le",
    ),
    (
        "criteria: 2",
        "criteria: 3",
        10,
        "$.counts.criteria",
        "3 annoncés, 2 comptés : corrigez l’un ou l’autre",
    ),
    ("  compulsory: 1", "  compulsory: 2", 11, "$.counts.compulsory", "2 annoncés, 1 comptés"),
    (
        "compulsory_for_all: 0",
        "compulsory_for_all: 1",
        12,
        "$.counts.compulsory_for_all",
        "1 annoncés, 0 comptés",
    ),
    (
        "You follow.}\n        evidence: [log]",
        "You follow.}\n        evidence: [log, diary]",
        28,
        "$.chapters[0].criteria[1].evidence[1]",
        "preuve inconnue « diary » : décrivez-la dans la liste « evidence »",
    ),
    (
        "You follow.}\n        evidence: [log]",
        "You follow.}\n        evidence: [log, log]",
        28,
        "$.chapters[0].criteria[1].evidence[1]",
        "« log » en double : gardez-en un",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "place", "message"), [*STRUCTURE, *SOURCE, *MEANING])
def test_a_broken_edition_is_refused_where_it_breaks(
    old: str, new: str, line: int, place: str, message: str
) -> None:
    (fault,) = refusal(broken(old, new)).faults
    assert (fault.line, fault.place) == (line, place)
    assert message in plain(fault.message)


def test_a_chapter_out_of_order_is_refused() -> None:
    faults = refusal(broken("- number: 1", "- number: 2")).faults
    assert (faults[0].line, faults[0].place) == (18, "$.chapters[0].number")
    assert plain(faults[0].message) == "le chapitre 2 vient au rang 1 : numérotez de 1 en 1"


def test_every_fault_of_meaning_is_told_at_once() -> None:
    text = broken('"1.2"', '"1.1"').replace("code: small", "code: other")
    assert [fault.line for fault in refusal(text).faults] == [1, 26]


def test_a_refusal_reads_as_file_line_place_and_what_to_do() -> None:
    assert plain(str(refusal(broken("version: 1", "version: 0")))) == (
        "small.yaml, ligne 2, $.version : nombre trop petit : il faut au moins 1"
    )


@pytest.mark.parametrize("raw", [b"", b"# nothing\n"])
def test_an_empty_edition_is_refused(raw: bytes) -> None:
    (fault,) = refusal(raw).faults
    assert (fault.line, plain(fault.message)) == (1, "il faut ici un groupe de champs, et non rien")


def test_a_file_that_is_not_utf8_is_refused() -> None:
    (fault,) = refusal(SMALL.replace("Essai", "Étude").encode("cp1252")).faults
    assert "l’encodage UTF-8" in fault.message


def test_a_complaint_of_the_decoder_without_translation_keeps_its_words() -> None:
    assert translated("Something new - at `$.version`") == (
        "$.version",
        "valeur refusée\u00a0: {message}",
        {"message": "Something new - at `$.version`"},
    )


@pytest.mark.parametrize("depth", [300, 900, 5000])
def test_lists_within_lists_without_end_are_refused(depth: int) -> None:
    assert refusal(broken("version: 1", f"version: {'[' * depth}1{']' * depth}")).faults


def test_a_field_whose_name_cannot_be_placed_is_told_at_its_parent() -> None:
    (fault,) = refusal(broken("version: 1", 'version: 1\n"a`b": 2')).faults
    assert (fault.line, fault.place) == (1, "$.a")


@settings(max_examples=60, deadline=None)
@given(st.binary() | st.text().map(str.encode))
def test_no_file_is_refused_otherwise_than_as_an_edition(raw: bytes) -> None:
    assert refusal(raw).faults


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SMALL.splitlines()) - 1), st.text(st.characters(codec="utf-8"), max_size=8))
def test_a_line_written_over_is_read_or_refused_with_a_line_of_the_file(rank: int, words: str) -> None:
    lines = SMALL.splitlines()
    indent = lines[rank][: len(lines[rank]) - len(lines[rank].lstrip())]
    lines[rank] = f"{indent}code: {words}"
    text = "\n".join(lines)
    written = len(re.split("[\n\r\x85\u2028\u2029]", text))
    try:
        decode(text.encode(), "small")
        faults: tuple[Fault, ...] = ()
    except EditionRefused as refused:
        faults = refused.faults
    assert all(1 <= fault.line <= written + 1 and fault.message for fault in faults)
