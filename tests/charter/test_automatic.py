"""What is measured directly proves its criterion, and nobody has to give evidence of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import asyncpg
import httpx
import pytest

from charter.assessment import Bounds
from charter.definition import Edition
from charter.editions import content, decode
from charter.evidence.automatic import measured_rows
from tests.charter.declared import declare
from tests.charter.reviewed import a_file, failing_complaints, remedied_complaints
from tests.charter.samples import PUNCTUALITY, READER
from tests.quality.web.pages import read
from tests.world import World, sign_in

HIGH = replace(PUNCTUALITY, bounds=Bounds(Decimal(84), Decimal(93), 95))
TITLE = "Mesure du critère 3.8"


def measured_directly(months: int | None = None) -> Edition:
    """Give the national charter as if punctuality proved its criterion 2.8."""
    asked = "link: direct" + (f"\n          fresh_months: {months}" if months else "")
    before, mark, after = content("national-2012").decode().partition('code: "2.8"')
    return decode((before + mark + after.replace("link: indice", asked, 1)).encode(), "national-2012")


@pytest.mark.parametrize(
    ("months", "today", "until", "state"),
    [
        (None, date(2026, 11, 24), "Valable jusqu’à la prochaine publication.", "ok"),
        (6, date(2026, 11, 24), "Valable jusqu’au mercredi 31\u00a0mars 2027.", "ok"),
        (6, date(2027, 3, 20), "Valable jusqu’au mercredi 31\u00a0mars 2027.", "info"),
    ],
)
def test_a_published_figure_proves_for_as_long_as_it_serves(
    months: int | None, today: date, until: str, state: str
) -> None:
    rows = measured_rows(replace(READER, today=today), measured_directly(months), {"2.8": HIGH})
    (row,) = rows.values()
    assert (row.until, row.freshness[0]) == (until, state)


def test_only_a_direct_measure_wholly_at_its_threshold_proves() -> None:
    few = replace(HIGH, bounds=Bounds(Decimal(84), Decimal(93), 12))
    low = replace(HIGH, bounds=Bounds(Decimal(70), Decimal(93), 95))
    hidden = replace(HIGH, bounds=None)
    direct = measured_directly()
    assert [bool(measured_rows(READER, direct, {"2.8": each})) for each in (HIGH, few, low, hidden)] == [
        True,
        False,
        False,
        False,
    ]
    hint = decode(content("national-2012"), "national-2012")
    assert not measured_rows(READER, hint, {"2.8": HIGH})


async def unproven(client: httpx.AsyncClient) -> str:
    """Give what the check before sending says of what no evidence proves."""
    page = read((await client.get("/charte/verification")).text)
    cards = {each.attributes["aria-labelledby"]: each.text for each in page.all("section")}
    return cards["unproven-avertit"]


async def test_complaints_answered_in_time_prove_their_criterion_on_every_page(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await declare(world, {"3.8": "yes", "1.1": "yes"})
    await sign_in(client, world, "provider", world.aide34)
    assert "3.8" in await unproven(client)
    assert TITLE not in (await client.get("/charte/preuves")).text
    await failing_complaints(owner, world, 40)
    assert "3.8" in await unproven(client)
    await remedied_complaints(owner)
    assert "3.8" not in await unproven(client)
    assert "1.1" in await unproven(client)
    for address in ("/charte/preuves", "/charte/3/8"):
        shown = (await client.get(address)).text
        assert TITLE in shown
        assert "40 réclamations, 12 derniers mois" in shown
    file = await a_file(world, owner)
    await sign_in(client, world, "platform")
    assert TITLE in (await client.get(f"/charte/dossiers/{file}")).text
