"""The result as a PDF: tagged, the same words as the page, the same bytes for the same words."""

import httpx

from charter.printing import pdf, told
from charter.result import result
from tests.charter.declared import declare
from tests.charter.samples import MEASURES, review
from tests.world import AIDE_34, World, sign_in


def test_the_same_words_give_the_same_bytes_and_are_tagged() -> None:
    shown = result(review(), MEASURES)
    first = pdf(shown, "Charte")
    assert first == pdf(shown, "Charte")
    assert first.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in first


def test_it_says_what_the_page_says() -> None:
    shown = result(review(), MEASURES)
    principles, blocking, last, others, compared = told(shown, "Charte")["tables"]
    assert len(principles["rows"]) == 6
    assert [row[0][:3] for row in blocking["rows"]] == [each.code for each in shown.blocking]
    assert len(compared["rows"]) == len(shown.compared)
    assert [last["none"], others["none"]] == [shown.last.sentence, shown.peers.sentence]


async def test_the_provider_and_the_platform_take_it_and_gironde_does_not(
    client: httpx.AsyncClient, world: World
) -> None:
    await declare(world, {"1.1": "no"})
    await sign_in(client, world, "provider", world.aide34)
    answer = await client.get("/charte.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    await sign_in(client, world, "platform")
    assert (await client.get(f"/charte.pdf?organisme={AIDE_34}")).status_code == 200
    assert (await client.get("/charte.pdf")).status_code == 404
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get("/charte.pdf")).status_code == 403
