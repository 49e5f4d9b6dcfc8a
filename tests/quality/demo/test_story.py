"""The story: real-looking and fictitious, the same at every run, and accepted by the real intake."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from quality.demo import cast, people
from quality.demo.moments import (
    PARIS,
    RELEASED_MONTHS,
    arrivals,
    first_day,
    is_working,
    live_days,
    moments,
    starts_at,
)
from quality.demo.visits import VISITS, Visit, csv_of, visits
from quality.directory.intake.checking import Checker
from quality.directory.intake.phones import FICTION, read_phone
from quality.directory.intake.providers import SHORT_NAME_LENGTH, sms_name
from quality.directory.intake.reading import open_table
from quality.directory.siret import siret_error
from quality.measures.periods import month_of, releasable

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FUNDERS = {body.code: UUID(int=rank) for rank, body in enumerate(cast.BODIES, start=1)}
PHONES = ("phone", "mobile", "relative_phone")
YEAR = [datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(366)]


@pytest.fixture(scope="module")
def told() -> list[Visit]:
    return visits(START)


def test_every_provider_has_a_valid_number_and_a_name_that_fits_an_sms() -> None:
    assert [provider.siret for provider in cast.PROVIDERS if siret_error(provider.siret)] == []
    assert len(cast.BY_SIRET) == 20
    names = [sms_name(provider.short_name) for provider in cast.PROVIDERS]
    assert max(map(len, names)) <= SHORT_NAME_LENGTH
    assert len(set(names)) == 20


def test_gironde_finances_nobody(told: list[Visit]) -> None:
    paid = {code for visit in told for code in visit.client.funders}
    assert paid == {cast.HERAULT, cast.CNAV}
    assert cast.GIRONDE not in {agreement.funder for agreement in cast.AGREEMENTS}


def test_there_are_five_thousand_visits_of_nine_hundred_clients_over_thirteen_months(
    told: list[Visit],
) -> None:
    assert len(told) == VISITS == 5_000
    assert len({(v.client.provider, v.client.reference) for v in told}) == people.CLIENTS == 900
    months = Counter(visit.line["planned_start"][:7] for visit in told)
    assert len(months) >= RELEASED_MONTHS
    assert min(list(months.values())[:RELEASED_MONTHS]) > 200


def test_a_few_providers_are_large_and_most_are_small(told: list[Visit]) -> None:
    sizes = [n for _, n in Counter(visit.client.provider.rank for visit in told).most_common()]
    assert sizes[0] > 4 * sizes[9]


def test_only_numbers_kept_for_fiction_are_given(told: list[Visit]) -> None:
    numbers = {visit.line[column] for visit in told for column in PHONES} - {""}
    assert len(numbers) > 800
    assert [n for n in numbers if not read_phone(n, allow_fiction=True).e164.startswith(FICTION)] == []
    addresses = {visit.line["email"] for visit in told} - {""}
    assert all(address.endswith(".invalid") for address in addresses)


def test_the_intake_accepts_every_line(told: list[Visit]) -> None:
    checker = Checker(START, FUNDERS, allow_fiction=True)
    rows = open_table(csv_of([visit.line for visit in told]), "histoire.csv").rows
    assert [found for row in rows if isinstance(found := checker.check(row), list)] == []


def test_a_file_arrives_after_the_visits_it_tells(told: list[Visit]) -> None:
    for visit in told:
        ended = datetime.fromisoformat(visit.line["planned_end"])
        assert timedelta() < visit.arrives_at - ended < timedelta(days=9)
        assert visit.arrives_at <= START


def test_the_story_is_the_same_at_every_run(told: list[Visit]) -> None:
    assert visits(START) == told


def test_the_story_names_the_cases_that_a_platform_meets(told: list[Visit]) -> None:
    by_story = {visit.client.story: visit for visit in told}
    assert by_story["hospital"].line["client_status"] == "hospital"
    assert by_story["deceased"].line["client_status"] == "deceased"
    assert by_story["daughter"].client.relative_name == "Claire Martin"
    assert not by_story["daughter"].client.mobile
    couple = {v.client.name for v in told if v.client.phone == people.landline_of(3)}
    assert couple == {"M. André Garcia", "Mme Paulette Garcia"}


def test_mme_martin_was_visited_by_somebody_new_on_the_eve(told: list[Visit]) -> None:
    hers = [visit for visit in told if visit.client.story == "martin"]
    eve = live_days(START)[-1]
    assert hers[-1].line["planned_start"].startswith(eve.isoformat())
    assert hers[-1].line["worker_reference"] not in {visit.line["worker_reference"] for visit in hers[:-1]}


@pytest.mark.parametrize("real", YEAR[::9])
def test_the_clock_starts_on_a_working_day_of_the_week_at_half_past_ten(real: datetime) -> None:
    start = starts_at(real).astimezone(PARIS)
    assert is_working(start.date())
    assert start.isoweekday() >= 2
    assert start.date().isocalendar()[:2] == real.astimezone(PARIS).date().isocalendar()[:2]
    assert (start.hour, start.minute) == (10, 30)


def test_a_tuesday_that_is_a_public_holiday_gives_way_to_the_next_working_day() -> None:
    assert starts_at(datetime(2029, 5, 1, 9, tzinfo=UTC)).astimezone(PARIS).date() == date(2029, 5, 2)


@pytest.mark.parametrize("real", YEAR[::9])
def test_thirteen_months_can_be_published_whatever_the_day(real: datetime) -> None:
    start = starts_at(real)
    today, first = start.astimezone(PARIS).date(), first_day(start)
    months = {month_of(first + timedelta(days=number)).code for number in range((today - first).days)}
    assert sum(releasable(code, today) for code in months) == RELEASED_MONTHS
    assert (start.year - first.year) * 12 + start.month - first.month <= 14  # the partitions made at start


@pytest.mark.parametrize("real", YEAR[::9])
def test_moments_follow_one_another_and_every_file_has_its_moment(real: datetime) -> None:
    start = starts_at(real)
    at = [moment.at for moment in moments(start)]
    assert at == sorted(set(at))
    assert at[-1] < start
    for daily in (True, False):
        assert set(arrivals(start, daily=daily)) <= set(at)
