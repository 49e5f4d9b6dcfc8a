"""The square of a register page, read by a library that is not ours, and what its address then says."""

import re
from urllib.parse import urlsplit

import asyncpg
import httpx
import numpy
import zxingcpp
from lxml import etree
from numpy.typing import NDArray

from charter.adhesion.life import Event
from charter.adhesion.moving import decide
from charter.review.deciding import accept
from tests.charter.reviewed import a_file, suspend
from tests.world import World

SVG = "{http://www.w3.org/2000/svg}"


def painted(drawing: str) -> NDArray[numpy.uint8]:
    """Paint an SVG of black lines on white as it says: one unit wide, then scaled."""
    root = etree.fromstring(drawing)
    (path,) = root.iter(f"{SVG}path")
    scale = int(re.fullmatch(r"scale\((\d+)\)", path.attrib["transform"])[1])
    paper = numpy.full(
        (int(root.attrib["height"]) // scale, int(root.attrib["width"]) // scale), 255, numpy.uint8
    )
    x = y = 0.0
    for verb, numbers in re.findall(r"([Mmh])([-\d. ]+)", path.attrib["d"]):
        first, *second = map(float, numbers.split())
        if verb == "h":
            paper[int(y), int(x) : int(x + first)] = 0
            x += first
        else:
            x, y = (first, second[0]) if verb == "M" else (x + first, y + second[0])
    return paper.repeat(scale, 0).repeat(scale, 1)


def read_square(page: str) -> str:
    """Read the only square of a page as a phone does."""
    (drawing,) = re.findall(r"<figure>(<svg.*?</svg>)", page, re.DOTALL)
    (found,) = zxingcpp.read_barcodes(painted(drawing))
    return str(found.text)


async def test_the_square_leads_to_what_the_adhesion_is_worth_today(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    adhesion = await owner.fetchval("SELECT id FROM adhesion")
    address = read_square((await client.get(f"/registre/{adhesion}")).text)
    assert address == f"{world.house.settings.base_url.rstrip('/')}/registre/{adhesion}"
    scanned = urlsplit(address).path
    assert "L’adhésion est en cours." in (await client.get(scanned)).text
    await suspend(owner)
    assert (
        "L’adhésion est suspendue depuis le mardi 24\u00a0novembre 2026" in (await client.get(scanned)).text
    )
    await decide(world.staff, adhesion, Event.revoke, "Rien n’a changé.")
    shown = (await client.get(scanned)).text
    assert "L’adhésion a été retirée le mardi 24\u00a0novembre 2026." in shown
    assert read_square(shown) == address


async def test_an_upheld_appeal_keeps_the_day_of_the_suspension(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await accept(world.staff, await a_file(world, owner))
    adhesion = await suspend(owner)
    # Half past midnight in Paris: the day before in UTC.
    await owner.execute(
        "UPDATE adhesion SET suspended_at = '2026-11-02T23:30:00Z', state = 'appealed', appeal_due_at = now()"
    )
    await decide(world.staff, adhesion, Event.uphold, "La panne dure encore.")
    shown = (await client.get(f"/registre/{adhesion}")).text
    assert "L’adhésion est suspendue depuis le mardi 3\u00a0novembre 2026" in shown
