"""The catalogue is complete in both languages, and a faulty one is refused with its line."""

from datetime import date

import pytest

from quality.complaints.learning.outcomes import INDICATORS
from quality.errors import NotFound
from quality.measures import catalogue
from quality.measures.catalogue import (
    CATALOGUE,
    SOURCE,
    Direction,
    Kind,
    awaited,
    card,
    followable,
    indicator,
    nameable,
    of_providers,
    parse,
)
from quality.measures.catalogue_source import CatalogueError
from quality.measures.disclosure.status import Unit
from quality.measures.visits.counting import INDICATORS as VISITS

NBSP, NARROW = "\u00a0", "\u202f"

SMALL = """\
methods:
  - kind: share
    formula: {fr: a, en: b}
    interval: {fr: a, en: b}
indicators:
  - code: GLOB
    version: 1
    effective_on: 2025-01-01
    label: {fr: a, en: b}
    sentence: {fr: a, en: b}
    numerator: {fr: a, en: b}
    denominator: {fr: a, en: b}
    unit: percent
    direction: higher
    source: {fr: a, en: b}
    example: {fr: a, en: b}
    kind: share
    principle: 6
    objective: null
"""
AGAIN = SMALL[SMALL.index("  - code") :]
SECOND = AGAIN.replace("version: 1", "version: 2").replace("2025-01-01", "2026-01-01")


def texts(item):
    return [item.label, item.sentence, item.numerator, item.denominator, item.source, item.example]


def whole_texts(item):
    return [item.required, item.formula, item.interval, item.left_out]


def every_text():
    shown = parse(SOURCE.read_text(encoding="utf-8"))
    yield from (text for method in shown.methods for text in (method.formula, method.interval))
    yield from (text for item in shown.indicators for text in texts(item))
    yield from (text for item in shown.of_providers for text in (*texts(item), *whole_texts(item)))
    yield from (text for each in shown.awaited for text in (each.label, each.missing))


def test_what_is_measured_is_not_awaited() -> None:
    awaited = "awaited:\n  - code: {}\n    label: {{fr: a, en: b}}\n    missing: {{fr: a, en: b}}\n"
    assert [each.code for each in parse(SMALL + awaited.format("REFER")).awaited] == ["REFER"]
    with pytest.raises(CatalogueError, match="it is not awaited") as refused:
        parse(SMALL + awaited.format("GLOB"))
    assert refused.value.line == len(SMALL.splitlines()) + 2


def test_what_is_counted_of_providers_is_measured_and_may_be_named_by_a_convention() -> None:
    assert list(of_providers()) == ["CHARTE"]
    assert {each.code for each in awaited()} == {"REFER", "FORM"}
    assert nameable() == [*followable(), "CHARTE"]
    for item in of_providers().values():
        assert item.code not in CATALOGUE
        for text in (*texts(item), *whole_texts(item)):
            assert text.fr != text.en


def test_a_code_is_measured_of_clients_or_of_providers_and_never_both() -> None:
    shipped = SOURCE.read_text(encoding="utf-8")
    whole = shipped[shipped.index("of_providers:") : shipped.index("# What the catalogue of funders names")]
    with pytest.raises(CatalogueError, match="GLOB is already measured") as refused:
        parse(SMALL + whole.replace("CHARTE", "GLOB"))
    assert refused.value.line == len(SMALL.splitlines()) + 2
    awaited = "awaited:\n  - code: CHARTE\n    label: {fr: a, en: b}\n    missing: {fr: a, en: b}\n"
    with pytest.raises(CatalogueError, match="it is not awaited"):
        parse(SMALL + whole + awaited)


@pytest.mark.parametrize(
    ("code", "who"), [("REFER", "La plateforme qui oriente"), ("FORM", "Les organismes")]
)
def test_what_is_awaited_says_from_whom(code: str, who: str) -> None:
    found = next(each for each in awaited() if each.code == code)
    assert found.missing.fr.startswith(who)


def test_what_is_measured_now_is_catalogued():
    answers = ["GLOB", "GLOB_100", "PONCT", "QUAL", "QUAL_TOP", "QUAL_100", "RESP", "RECO"]
    in_time, *others = INDICATORS
    complaints = [in_time, "RECL_M", *others]
    visits = [code for code in VISITS if code not in complaints]
    assert list(CATALOGUE) == [
        *answers,
        "CONT",
        "INFO",
        "NPS",
        "NPS_HIGH",
        "NPS_LOW",
        "PREV",
        "RR2",
        "CON1",
        "REF1",
        "MODE_SMS",
        "MODE_MAIL",
        "MODE_TEL",
        *complaints,
        *visits,
    ]
    assert {item.version for item in CATALOGUE.values()} == {1}


def test_a_definition_says_what_it_counts_and_which_principle_it_serves():
    found = indicator("PONCT", 1)
    assert found.label.fr == "Ponctualité ressentie"
    assert (found.unit, found.direction, found.kind) == (Unit.PERCENT, Direction.HIGHER, Kind.SHARE)
    assert (found.principle, found.objective, found.effective_on) == (2, None, date(2025, 1, 1))
    assert found is CATALOGUE["PONCT"]


def test_every_indicator_has_a_card_in_both_languages():
    for item in CATALOGUE.values():
        shown = card(item)
        assert (shown.version, shown.effective_on) == (item.version, item.effective_on)
        assert (shown.counted, shown.over, shown.source) == (item.numerator, item.denominator, item.source)
        for text in (shown.counted, shown.over, shown.formula, shown.interval, shown.source, shown.example):
            assert text.fr != text.en


def test_french_texts_keep_french_typography():
    for text in every_text():
        assert "'" not in text.fr
        assert all(text.fr[i + 1] == NBSP for i, sign in enumerate(text.fr) if sign == "«")
        assert all(text.fr[i - 1] == NBSP for i, sign in enumerate(text.fr) if sign in "»:%" and sign != ":")
        assert all(text.fr[i - 1] == NARROW for i, sign in enumerate(text.fr) if sign in ";?!")


@pytest.mark.parametrize(("code", "version"), [("GLOB", 2), ("NONE", 1)])
def test_an_unknown_definition_is_not_found(code, version):
    with pytest.raises(NotFound, match=rf"{code}, version {version}"):
        indicator(code, version)


def test_the_module_offers_nothing_it_does_not_have():
    with pytest.raises(AttributeError, match="CATALOG'"):
        catalogue.CATALOG  # noqa: B018 (reading it is the test)


def test_a_later_version_follows_the_first():
    read = parse(SMALL + SECOND)
    assert [(item.code, item.version) for item in read.indicators] == [("GLOB", 1), ("GLOB", 2)]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (SMALL.replace("version: 1", "version: one"), 7, "Expected `int`"),
        (SMALL.replace("principle: 6", "principle: 7"), 18, "<= 6"),
        (SMALL.replace("objective: null", "objective: 0"), 19, ">= 1"),
        (SMALL.replace("unit: percent", "unit: parsec"), 13, "parsec"),
        (SMALL.replace("GLOB", "glob"), 6, "matching regex"),
        (SMALL.replace("label: {fr: a, en: b}", "label: {fr: a, en: ''}"), 9, "length >= 1"),
        (SMALL.replace("label: {fr: a, en: b}", "label: {fr: a}"), 9, "missing required field `en`"),
        (SMALL.replace("    unit: percent\n", ""), 6, "missing required field `unit`"),
        (SMALL.replace("unit: percent", "units: percent"), 6, "field `unit"),
        (SMALL.replace("    unit", "    colour: blue\n    unit"), 6, "unknown field `colour`"),
        (SMALL.replace("    unit", "    version: 1\n    unit"), 13, "`version` stands twice"),
        (SMALL + AGAIN, 21, "GLOB 1 does not follow"),
        (SMALL + SECOND.replace("version: 2", "version: 3"), 21, "GLOB 3 does not follow"),
        (SMALL + SECOND.replace("2026-01-01", "2025-01-01"), 22, "GLOB 2 starts"),
        (
            SMALL.replace("indicators:", SMALL[9 : SMALL.index("indicators:")] + "indicators:"),
            5,
            "method share stands twice",
        ),
        (SMALL.replace("2025-01-01", "2025-13-01"), 1, "month must be in 1..12"),
        (SMALL.replace("2025-01-01", "!!python/name:os.system"), 1, "could not determine a constructor"),
        ("methods: []\n" + SMALL[SMALL.index("indicators") :], 14, "no method computes a share"),
        (SMALL.replace("kind: share", "kind: part"), 17, "what is drawn is of one sort"),
        (SMALL + AGAIN.replace("GLOB", "OTHER") + "    part_of: GLOB\n", 31, "what is drawn is of one sort"),
        ("methods: [\n", 2, "expected the node content"),
        ("", 1, "Expected `object`"),
    ],
)
def test_a_faulty_catalogue_is_refused_with_its_line(text, line, reason):
    with pytest.raises(CatalogueError) as refused:
        parse(text)
    assert reason in str(refused.value)
    assert refused.value.line == line
    assert str(refused.value).startswith(f"catalogue, line {line}: ")


def test_a_character_that_yaml_forbids_is_refused():
    with pytest.raises(CatalogueError, match="line 1"):
        parse("methods: \x00")
