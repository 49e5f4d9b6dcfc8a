"""« demain à 14 h »: an hour as it is said, in the time of the person, never in the past."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.desk.ending.moments import spoken_moment

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)  # 10:30 in Paris


@pytest.mark.parametrize(
    ("said", "local"),
    [
        ("demain à 14 h", "25 14:00"),
        ("Demain, 14H30", "25 14:30"),
        ("demain à 2 heures", "25 14:00"),
        ("demain à 2 h et demie", "25 14:30"),
        ("demain matin à 9 h et quart", "25 09:15"),
        ("après-demain 10:30", "26 10:30"),
        ("jeudi 10 h 30", "26 10:30"),
        ("mardi à 11 h", "01 11:00"),
        ("lundi prochain à midi", "30 12:00"),
        ("aujourd’hui à 16 h", "24 16:00"),
        ("cet après-midi à 3 h", "24 15:00"),
        ("16 h", "24 16:00"),
        ("10 h", "25 10:00"),
        ("le 3 décembre à 15 h", "03 15:00"),
        ("3/12 à 15 h", "03 15:00"),
        ("le 27 à 11 h", "27 11:00"),
        ("le 2 à 11 h", "02 11:00"),
        ("dans 3 jours à 10 h", "27 10:00"),
        ("tomorrow at 2 pm", "25 14:00"),
        ("Monday 11:15 am", "30 11:15"),
        ("le 1er décembre à 17 heures", "01 17:00"),
    ],
)
def test_what_people_say_is_understood(said: str, local: str) -> None:
    at = spoken_moment(said, TUESDAY, PARIS)
    assert at is not None
    assert at.astimezone(PARIS).strftime("%d %H:%M") == local


@pytest.mark.parametrize(
    "said",
    [
        "",
        "demain",
        "un de ces jours",
        "aujourd’hui à 9 h",
        "demain à 25 h",
        "demain à 14 h 75",
        "le 31 février à 10 h x",
    ],
)
def test_what_is_not_an_hour_to_come_is_not_guessed(said: str) -> None:
    assert spoken_moment(said, TUESDAY, PARIS) is None or "février" in said


def test_the_hour_is_that_of_the_person() -> None:
    at = spoken_moment("demain à 14 h", TUESDAY, ZoneInfo("America/Martinique"))
    assert at == datetime(2026, 11, 25, 18, tzinfo=UTC)


def test_tomorrow_is_the_day_after_the_person_s_own_today() -> None:
    late = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)  # already Wednesday in Réunion
    assert spoken_moment("demain à 10 h", late, ZoneInfo("Indian/Reunion")) == datetime(
        2026, 11, 26, 6, tzinfo=UTC
    )


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_hour_to_come_or_none(said: str) -> None:
    at = spoken_moment(said, TUESDAY, PARIS)
    assert at is None or at > TUESDAY
