"""Départements, zones of time, activities and funds."""

from datetime import UTC, datetime

import pytest

from quality.directory import geography
from quality.directory.geography import UnknownCode


@pytest.mark.parametrize(
    ("postcode", "code"),
    [
        ("34970", "34"),
        ("01000", "01"),
        ("20000", "2A"),
        ("20110", "2A"),
        ("20200", "2B"),
        ("20600", "2B"),
        ("97110", "971"),
        ("97200", "972"),
        ("97300", "973"),
        ("97410", "974"),
        ("97600", "976"),
    ],
)
def test_a_postcode_gives_its_departement(postcode, code):
    assert geography.departement_of_postcode(postcode) == code


@pytest.mark.parametrize(
    "postcode", ["", "3497", "349700", "3497O", "98000", "97500", "97150", "97133", "00100", "٣٤٩٧٠"]
)
def test_an_unknown_postcode_gives_nothing(postcode):
    assert geography.departement_of_postcode(postcode) is None


def test_the_departements_are_complete():
    assert len(geography.DEPARTEMENTS) == 101
    assert {row.code for row in geography.DEPARTEMENTS.values() if row.alsace_moselle} == {"57", "67", "68"}
    assert {row.code for row in geography.DEPARTEMENTS.values() if row.is_overseas} == {
        "971",
        "972",
        "973",
        "974",
        "976",
    }


def test_la_reunion_is_three_hours_ahead_of_paris_in_winter_and_two_in_summer():
    winter, summer = datetime(2026, 11, 17, 12, tzinfo=UTC), datetime(2026, 7, 17, 12, tzinfo=UTC)
    for instant, hours in ((winter, 3), (summer, 2)):
        paris = instant.astimezone(geography.zone_of("75")).utcoffset()
        reunion = instant.astimezone(geography.zone_of("974")).utcoffset()
        assert (reunion - paris).total_seconds() == hours * 3600


def test_every_departement_has_a_zone_and_one_fund():
    for code in geography.DEPARTEMENTS:
        assert geography.zone_of(code).key == geography.departement(code).timezone
        assert sum(code in fund.departements for fund in geography.retirement_funds().values()) == 1
        assert code in geography.fund_of(code).departements


@pytest.mark.parametrize(
    "find", [geography.departement, geography.zone_of, geography.activity, geography.fund_of]
)
def test_an_unknown_code_is_said(find):
    with pytest.raises(UnknownCode, match="99"):
        find("99")


def test_an_activity_has_the_group_of_its_public():
    assert geography.activity("I-3").group == "PA_PH"
    assert {row.group for row in geography.ACTIVITIES.values()} == {"enfants", "PA_PH", "tous"}
    assert len(geography.ACTIVITIES) == 26


def test_only_help_to_frail_people_needs_the_departement_s_authorisation():
    by_regime = [
        code for code, row in geography.ACTIVITIES.items() if row.regime_in("prestataire") == "autorisation"
    ]
    assert by_regime == ["I-3", "I-4", "I-5"]
    assert geography.activity("II-1").regime_in("prestataire") == "declaration"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("II-1", "II-1"),
        ("ii-01", "II-1"),
        ("ll-1", "II-1"),
        ("1-3", "I-3"),
        ("II-33", "II-3"),
        ("linge repassé", "II-9"),
    ],
)
def test_the_nearest_activity_is_suggested(typed, code):
    assert geography.nearest_activity(typed) == code


@pytest.mark.parametrize("typed", ["", "zzz", "chasse à courre"])
def test_nothing_near_is_suggested_as_nothing(typed):
    assert geography.nearest_activity(typed) is None


def test_the_2008_list_has_twenty_one_activities_in_order():
    assert [row.n for row in geography.old_activities().values()] == list(range(1, 22))
    assert geography.old_activities()["LINGE"].offre_globale
