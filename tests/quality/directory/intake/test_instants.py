"""Dates and times in the time of the place."""

from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.directory.intake.instants import read_day, read_instant
from quality.directory.intake.refusals import ValueRefused

PARIS = ZoneInfo("Europe/Paris")
REUNION = ZoneInfo("Indian/Reunion")


@pytest.mark.parametrize(
    "written",
    [
        "23/11/2026 09:05",
        "23/11/26 9:05",
        "23-11-2026 09h05",
        "23.11.2026 à 9 h 05",
        "23/11/2026 09:05:00",
        "2026-11-23T09:05",
        "2026-11-23 09:05:00",
        "2026-11-23T09:05:00.000+01:00",
        "2026-11-23T08:05:00Z",
        "46349.378472222",
        "46349,378472222",
    ],
)
def test_one_instant_is_written_in_many_ways(written: str) -> None:
    assert read_instant(written, PARIS) == datetime(2026, 11, 23, 8, 5, tzinfo=UTC)


def test_a_time_without_offset_is_the_time_of_the_place() -> None:
    assert read_instant("23/11/2026 09:05", REUNION) == datetime(2026, 11, 23, 5, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("31/11/2026 14:00", "Le 31 novembre n’existe pas."),
        ("29/02/2026 14:00", "Le 29 février 2026 n’existe pas."),
        ("00/11/2026 14:00", "Le 0 novembre n’existe pas."),
        ("11/23/2026 14:00", "Le mois 23 n’existe pas. La date s’écrit jour/mois/année."),
        ("23/11/2026 25:00", "L’heure 25:00 n’existe pas. Elle va de 00:00 à 23:59."),
        ("23/11/2026 24:00", "L’heure 24:00 n’existe pas. Elle va de 00:00 à 23:59."),
        ("23/11/2026", "Il manque l’heure. Écrivez par exemple 23/11/2026 09:00."),
        ("23/11/0026 09:00", "L’année 26 n’est pas possible. Corrigez la date."),
        ("23/11/1926 09:00", "L’année 1926 n’est pas possible. Corrigez la date."),
        ("10000", "L’année 1927 n’est pas possible. Corrigez la date."),
        ("demain", "Date illisible. Écrivez jj/mm/aaaa hh:mm, par exemple 23/11/2026 09:00."),
        ("2026-11-23T09:00+99:00", "Le décalage +99:00 n’existe pas. La France va de -10:00 à +12:00."),
        (
            "29/03/2026 02:30",
            "02:30 n’existe pas ce jour-là : les horloges avancent d’une heure. Corrigez l’heure.",
        ),
    ],
)
def test_an_impossible_instant_says_what_to_do(written: str, message: str) -> None:
    with pytest.raises(ValueRefused) as refusal:
        read_instant(written, PARIS)
    assert str(refusal.value) == message


def test_a_day_may_carry_a_time_but_must_exist() -> None:
    assert read_day("23/11/2026 09:00") == date(2026, 11, 23)
    with pytest.raises(ValueRefused, match="Le 31 avril n’existe pas"):
        read_day("31/04/2026")
    with pytest.raises(ValueRefused, match="jj/mm/aaaa"):
        read_day("hier")


@settings(max_examples=60)
@given(st.integers(1_000_000_000, 4_000_000_000))
def test_an_instant_written_in_iso_comes_back(seconds: int) -> None:
    whole = datetime.fromtimestamp(seconds, UTC)
    assert read_instant(whole.isoformat(), REUNION) == whole
    assert read_instant(f"{whole.astimezone(REUNION):%d/%m/%Y %H:%M:%S}", REUNION) == whole


@settings(max_examples=60)
@given(st.text("0123456789/-:T +Zh.,é", max_size=30))
def test_no_text_breaks_the_reading_of_an_instant(written: str) -> None:
    with suppress(ValueRefused):
        assert read_instant(written, PARIS).tzinfo is UTC
