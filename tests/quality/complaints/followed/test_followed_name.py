"""With or without the name: given at any time, taken back as long as nobody acted."""

import asyncpg
import httpx

from quality.complaints import reading
from quality.complaints.ladder.escalating import climb
from quality.complaints.resolving import handling
from tests.quality.complaints.followed.guest import guest, words
from tests.world import World


async def shown_name(world: World, number: int) -> bool:
    read = await reading.one(world.provider, world.house.keyring, number)
    return read.subject is not None


async def test_a_name_kept_back_is_given_later(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world, "anonymous")
    assert not await shown_name(world, mine.complaint.number)
    done = await mine.post("/nom", nom="avec")
    assert "Votre choix est enregistré." in words(done)
    assert await shown_name(world, mine.complaint.number)


async def test_a_name_is_taken_back_before_anybody_acted(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    await mine.post("/nom", nom="sans")
    assert not await shown_name(world, mine.complaint.number)


async def test_a_name_that_was_told_cannot_be_untold(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world)
    await handling.countersign(world.provider, mine.complaint.number)
    assert "Aide 34 a déjà pu lire votre nom" in words(await mine.open("/nom"))
    done = await mine.post("/nom", nom="sans")
    assert "Votre choix est noté. Aide 34 a déjà pu lire votre nom" in words(done)
    assert await shown_name(world, mine.complaint.number)
    late = await owner.fetchrow("SELECT audience, text FROM complaint_event WHERE kind = 'wish_late'")
    assert tuple(late) == ("staff", "anonymous")


async def test_a_name_is_told_as_soon_as_the_provider_had_its_letter(
    client: httpx.AsyncClient, world: World
) -> None:
    mine = await guest(client, world)
    assert "a déjà pu lire votre nom" not in words(await mine.open("/nom"))
    await climb(world.house)
    assert "Aide 34 a déjà pu lire votre nom : nous ne pouvons pas le reprendre." in words(
        await mine.open("/nom")
    )
    done = await mine.post("/nom", nom="sans")
    assert "Votre choix est noté. Aide 34 a déjà pu lire votre nom" in words(done)
    assert await shown_name(world, mine.complaint.number)


async def test_who_wanted_a_call_first_may_decide_on_the_page(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mine = await guest(client, world, "call_first")
    assert "Rien n’est dit à Aide 34 avant." in words(await mine.open())
    await mine.post("/nom", nom="sans")
    row = await owner.fetchrow("SELECT disclosure, awaits_contact FROM complaint")
    assert tuple(row) == ("anonymous", False)
    assert not await shown_name(world, mine.complaint.number)


async def test_a_choice_is_asked_for(client: httpx.AsyncClient, world: World) -> None:
    mine = await guest(client, world)
    page = await mine.post("/nom", nom="peut-être")
    assert page.status_code == 422
    assert 'href="#nom-avec"' in page.text


async def test_a_confidential_client_s_page_says_nothing_of_anybody_reading_their_name(
    client: httpx.AsyncClient, world: World
) -> None:
    mine = await guest(client, world, "anonymous")
    said = words(await mine.open())
    assert "Vous ne souhaitez pas que votre nom soit donné." in said
    assert "Vous acceptez" not in said
    assert "a déjà pu lire votre nom" not in words(await mine.open("/nom"))
