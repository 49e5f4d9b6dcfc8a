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
from quality.demo.providers import COUNTRIES, NAMED, PROVIDERS
from quality.demo.visits import Calendar, Visit, csv_of, visits_of
from quality.directory.intake.checking import Checker
from quality.directory.intake.phones import FICTION, read_phone
from quality.directory.intake.providers import SHORT_NAME_LENGTH, sms_name
from quality.directory.intake.reading import open_table
from quality.directory.siret import siret_error
from quality.measures.releases.periods import month_of, releasable

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FUNDERS = {body.code: UUID(int=rank) for rank, body in enumerate(cast.BODIES, start=1)}
PHONES = ("phone", "mobile", "relative_phone")
YEAR = [datetime(2027, 1, 1, 12, tzinfo=UTC) + timedelta(days=day) for day in range(366)]


@pytest.fixture(scope="module")
def told() -> list[Visit]:
    calendar = Calendar(START)
    return [visit for provider in PROVIDERS for visit in visits_of(provider, calendar)]


@pytest.fixture(scope="module")
def clients() -> list[people.Client]:
    return [client for group in people.clients().values() for client in group]


def of_story(told: list[Visit], story: str) -> list[Visit]:
    return [visit for visit in told if visit.client.story == story]


def test_there_are_180_providers_in_herault_and_around_it() -> None:
    assert len(PROVIDERS) == 180
    places = Counter(provider.departement for provider in PROVIDERS)
    assert set(places) == {"34", "30", "11", "12", "48", "81"} == set(COUNTRIES)
    assert places["34"] > 90


def test_every_provider_has_a_valid_number_and_a_name_that_fits_an_sms() -> None:
    assert [p.name for p in PROVIDERS if not p.is_private and siret_error(p.siret)] == []
    assert len(cast.BY_SIRET) == 180
    names = [sms_name(provider.short_name) for provider in PROVIDERS]
    assert max(map(len, names)) <= SHORT_NAME_LENGTH
    assert len(set(names)) == len({provider.name for provider in PROVIDERS}) == 180


def test_every_kind_of_provider_is_there() -> None:
    forms = {provider.legal_form for provider in PROVIDERS}
    assert forms >= {"association", "entreprise", "micro_entreprise", "cooperative", "ccas", "cias"}
    assert [provider.siret for provider in PROVIDERS if provider.is_private] == ["PE-0021"]
    assert {provider.mode for provider in NAMED} == {"prestataire", "mandataire"}


def test_gironde_finances_nobody(clients: list[people.Client]) -> None:
    paid = {code for client in clients for code in client.funders}
    assert paid == {cast.HERAULT, cast.CNAV}
    assert cast.GIRONDE not in {agreement.funder for agreement in cast.AGREEMENTS}


def test_herault_pays_in_its_own_place_and_the_pension_fund_everywhere(clients: list[people.Client]) -> None:
    places = {
        code: {c.departement for c in clients if code in c.funders} for code in (cast.HERAULT, cast.CNAV)
    }
    assert places[cast.HERAULT] == {"34"}
    assert places[cast.CNAV] == set(COUNTRIES)
    for agreement in cast.AGREEMENTS:
        assert places[agreement.funder] <= set(agreement.departements)


def test_there_are_200_000_visits_of_5_000_clients_over_18_months(told: list[Visit]) -> None:
    assert abs(len(told) - 200_000) < 10_000
    assert len({(v.client.provider.siret, v.client.reference) for v in told}) == people.CLIENTS == 5_000
    assert {visit.client.provider for visit in told} == set(PROVIDERS)
    months = Counter(f"{visit.planned_start:%Y-%m}" for visit in told)
    assert len(months) == RELEASED_MONTHS + 1
    assert min(list(months.values())[:RELEASED_MONTHS]) > 8_000


def test_a_few_providers_are_large_and_most_are_small(told: list[Visit]) -> None:
    sizes = [n for _, n in Counter(visit.client.provider.rank for visit in told).most_common()]
    assert sizes[0] > 3 * sizes[9] > 9 * sizes[99]


def test_a_visit_is_numbered_once_by_its_provider(told: list[Visit]) -> None:
    assert len({(v.client.provider.siret, v.reference) for v in told}) == len(told)
    assert len({visit.identity for visit in told}) == len(told)


def test_only_numbers_kept_for_fiction_are_given(clients: list[people.Client]) -> None:
    numbers = {getattr(client, column) for client in clients for column in PHONES} - {""}
    assert len(numbers) > 4_800
    assert [n for n in numbers if not read_phone(n, allow_fiction=True).e164.startswith(FICTION)] == []
    addresses = {client.email for client in clients} - {""}
    assert all(address.endswith(".invalid") for address in addresses)


def test_nobody_is_visited_on_a_sunday_or_a_holiday(told: list[Visit]) -> None:
    days = {visit.planned_start.astimezone(PARIS).date() for visit in told}
    assert [day for day in days if not is_working(day) and day.isoweekday() != 6] == []


def test_the_intake_accepts_every_line_of_the_last_days(told: list[Visit]) -> None:
    checker = Checker(START, FUNDERS, allow_fiction=True)
    some = [v for v in told if v.client.provider.sends_daily and v.arrives_at > START - timedelta(days=8)]
    assert len(some) > 500
    rows = open_table(csv_of([visit.line for visit in some]), "histoire.csv").rows
    assert [found for row in rows if isinstance(found := checker.check(row), list)] == []


def test_a_file_arrives_after_the_visits_it_tells(told: list[Visit]) -> None:
    for visit in told:
        assert timedelta() < visit.arrives_at - visit.ended_at < timedelta(days=9)
        assert visit.arrives_at <= START


def test_the_story_is_the_same_at_every_run(told: list[Visit]) -> None:
    known: dict[str, list[Visit]] = {}
    for visit in told:
        known.setdefault(visit.client.provider.siret, []).append(visit)
    for provider in PROVIDERS[::20]:
        assert visits_of(provider, Calendar(START)) == known[provider.siret]


def test_the_story_names_the_cases_that_a_platform_meets(told: list[Visit]) -> None:
    last = {visit.client.story: visit for visit in told}
    assert last["hospital"].client_status == "hospital"
    assert last["deceased"].client_status == "deceased"
    assert last["daughter"].client.relative_name == "Claire Martin"
    assert not last["daughter"].client.mobile
    couple = {v.client.name for v in told if v.client.phone == people.landline_of(3)}
    assert couple == {"M. André Garcia", "Mme Paulette Garcia"}
    widow = next(v.client for v in told if v.client.name == "Mme Denise Vabre")
    assert (widow.age_band, widow.mobile, widow.email) == ("85+", "", "")


def test_mme_martin_was_visited_by_somebody_new_on_the_eve(told: list[Visit]) -> None:
    hers = of_story(told, "martin")
    assert hers[-1].planned_start.astimezone(PARIS).date() == live_days(START)[-1]
    assert hers[-1].worker not in {visit.worker for visit in hers[:-1]}


def test_a_worker_is_the_usual_one_save_when_away(told: list[Visit]) -> None:
    hers = [v for v in told if v.client.reference == "C0012"]
    assert 0.8 < Counter(visit.worker for visit in hers).most_common(1)[0][1] / len(hers) <= 1


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
def test_seventeen_months_can_be_published_whatever_the_day(real: datetime) -> None:
    start = starts_at(real)
    today, first = start.astimezone(PARIS).date(), first_day(start)
    months = {month_of(first + timedelta(days=number)).code for number in range((today - first).days)}
    assert sum(releasable(code, today) for code in months) == RELEASED_MONTHS
    assert 17.2 < (today - first).days / 30.44 < 18.6


@pytest.mark.parametrize("real", YEAR[::9])
def test_moments_follow_one_another_and_every_file_has_its_moment(real: datetime) -> None:
    start = starts_at(real)
    at = [moment.at for moment in moments(start)]
    assert at == sorted(set(at))
    assert at[-1] < start
    for daily in (True, False):
        assert set(arrivals(start, daily=daily)) <= set(at)
