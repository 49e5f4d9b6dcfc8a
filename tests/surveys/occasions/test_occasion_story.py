"""/interventions/{id}: why a visit is followed or not, and what became of it; a provider reads its part."""

from html import unescape
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from surveys.occasions.list_pages import HREF
from surveys.protocol.occasion import Reason
from tests.surveys.dispatch.asking import NOON, asked, change, claim_at, set_clock
from tests.surveys.invited import invited
from tests.surveys.occasions.test_occasion_list import SECRET, decided
from tests.surveys.protocol.capped import publish_next, with_experiment
from tests.surveys.test_collect import say
from tests.surveys.visits import MOBILE, someone
from tests.world import World, sign_in


async def story(client: httpx.AsyncClient, visit: UUID) -> str:
    page = await client.get(f"{HREF}/{visit}")
    assert page.status_code == 200, page.text
    return unescape(page.text).replace("\xa0", " ")


async def visit_of(owner: asyncpg.Connection) -> UUID:
    return UUID(str(await owner.fetchval("SELECT id FROM occasion")))


async def test_the_story_tells_each_message_and_what_is_next(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    set_clock(NOON)
    await claim_at()
    await change("attempt", "state = 'delivered', sent_at = $1, lease_until = NULL", NOON, where="step = 1")
    await sign_in(client, world, "supervisor")
    page = await story(client, await visit_of(owner))
    assert "Décision : suivie" in page
    assert "Première visite" in page
    assert page.index("Arrivé.") < page.index("SMS de rappel") < page.index("Fin du suivi")
    assert "mardi 24 novembre 2026, 12 h 05" in page
    assert "Martin" not in page


async def test_what_did_not_leave_says_why(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    sets = "state = 'suppressed', reason = 'answered', settled_at = $1"
    await change("attempt", sets, NOON)
    await change("invitation", "answered_at = $1", NOON)
    await sign_in(client, world, "platform")
    page = await story(client, await visit_of(owner))
    assert "N’est pas parti : la personne a déjà répondu." in page
    assert "Une réponse est arrivée" in page


async def test_what_may_have_arrived_is_not_said_lost_and_the_end_says_why(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    await change("attempt", "state = 'failed', reason = 'unsure', sent_at = $1, settled_at = $1", NOON)
    await change("invitation", "closed_at = $1, closed_reason = 'expired'", NOON)
    await sign_in(client, world, "supervisor")
    page = await story(client, await visit_of(owner))
    assert "Est peut-être arrivé : l’opérateur n’en a rien dit." in page
    assert "Le délai est passé sans réponse." in page


@pytest.mark.parametrize(
    ("sets", "told"),
    [
        (
            "state = 'suppressed', reason = 'merged'",
            "Le délai est passé sans qu’aucun message ni appel soit parti.",
        ),
        ("state = 'sent', sent_at = opens_at", "Le délai est passé sans réponse."),
    ],
)
async def test_nobody_is_said_to_have_left_without_answer_what_never_left(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, sets: str, told: str
) -> None:
    await asked(world)
    await change("attempt", sets)
    await change("invitation", "closed_at = $1, closed_reason = 'expired'", NOON)
    await sign_in(client, world, "supervisor")
    assert told in await story(client, await visit_of(owner))


async def drawn(owner: asyncpg.Connection, draw: float, expected: int) -> None:
    """Write that a visit was drawn, in a stratum that aims at 40 clients of so many expected."""
    await owner.execute(
        """
        INSERT INTO stratum (id, platform_id, quarter, provider_id, funders, activity_group, expected, target,
            seed, created_at)
        SELECT gen_random_uuid(), platform_id, '2026-Q4', provider_id, '{}', 'fragile', $1, 40, '\\x00', now()
        FROM occasion
        """,
        expected,
    )
    await owner.execute("UPDATE occasion SET draw = $1, stratum_id = (SELECT id FROM stratum)", draw)


async def test_the_draw_is_explained_to_the_staff(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    visit = await decided(await someone(world, mobile=MOBILE), Reason.NOT_DRAWN)
    await drawn(owner, 0.75, 80)
    await sign_in(client, world, "platform")
    page = await story(client, visit)
    assert "Nombre tiré : 0,750. La visite est suivie s’il est plus petit que 0,500." in page
    assert "40 clients visés pour 80 visites attendues" in page
    await sign_in(client, world, "provider", world.aide34)
    assert "tiré" not in await story(client, visit)


@pytest.mark.parametrize(
    ("draw", "expected", "told"),
    [
        (0.0016, 20_000, "0,0016. La visite est suivie s’il est plus petit que 0,0020."),
        (0.99996, 40, "0,99996. La visite est suivie s’il est plus petit que 1,00000."),
        (0.5, 80, "0,500. La visite est suivie s’il est plus petit que 0,500."),
    ],
)
async def test_a_draw_is_told_apart_from_its_threshold(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, draw: float, expected: int, told: str
) -> None:
    visit = await decided(await someone(world, mobile=MOBILE), Reason.DRAWN)
    await drawn(owner, draw, expected)
    await sign_in(client, world, "platform")
    assert f"Nombre tiré : {told}" in await story(client, visit)


@pytest.mark.parametrize("reason", SECRET)
async def test_a_provider_reads_one_word_for_what_is_not_its_own(
    client: httpx.AsyncClient, world: World, reason: str
) -> None:
    visit = await decided(await someone(world, mobile=MOBILE), reason)
    await sign_in(client, world, "provider", world.aide34)
    page = await story(client, visit)
    assert "Prise en compte" in page
    assert "La plateforme choisit qui elle interroge" in page


async def test_a_provider_reads_neither_messages_nor_answers(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    await change("invitation", "answered_at = $1", NOON)
    await sign_in(client, world, "provider", world.aide34)
    page = await story(client, await visit_of(owner))
    assert "Prise en compte" in page
    assert "SMS" not in page
    assert "Une réponse est arrivée" not in page


async def test_another_s_visit_does_not_exist(client: httpx.AsyncClient, world: World) -> None:
    visit = await decided(await someone(world, mobile=MOBILE, provider=world.cap), Reason.CAP)
    await sign_in(client, world, "provider", world.aide34)
    assert (await client.get(f"{HREF}/{visit}")).status_code == 404
    assert (await client.get(f"{HREF}/{uuid4()}")).status_code == 404


async def test_gironde_reads_no_story(client: httpx.AsyncClient, world: World) -> None:
    visit = await decided(await someone(world, mobile=MOBILE), Reason.CAP)
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get(f"{HREF}/{visit}")).status_code == 403


async def test_the_list_leads_to_each_story(client: httpx.AsyncClient, world: World) -> None:
    visit = await decided(await someone(world, mobile=MOBILE), Reason.CAP)
    await sign_in(client, world, "platform")
    assert f'href="{HREF}/{visit}"' in (await client.get(HREF)).text


async def corrected(world: World) -> UUID:
    """Give a visit whose answer was corrected once, by telephone."""
    _, invitation = await invited(world)
    await say(invitation, globale=4, commentaire="Merci")
    await say(invitation, channel="phone", globale=2)
    return invitation


@pytest.mark.parametrize("role", ["platform", "supervisor"])
async def test_the_platform_reads_each_answer_and_what_it_was(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection, role: str
) -> None:
    await corrected(world)
    await sign_in(client, world, role)
    page = await story(client, await visit_of(owner))
    assert "Réponse : La personne elle-même" in page
    assert "2 Plutôt mal" in page
    assert "« 4 Plutôt bien » jusqu’au" in page
    assert "corrigée au téléphone" in page
    assert await owner.fetchval("SELECT count(*) FROM audit WHERE action = 'answers.read'") == 1


async def test_a_provider_never_reads_an_answer_nor_what_it_was(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await corrected(world)
    await sign_in(client, world, "provider", world.aide34)
    page = await story(client, await visit_of(owner))
    for words in ("Plutôt", "Merci", "corrigée", "La personne elle-même"):
        assert words not in page


async def test_a_first_contact_drawn_by_the_experiment_is_said_to_the_staff_alone(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await publish_next(owner, with_experiment(100))
    await asked(world)
    drawn = await owner.fetchval("SELECT first_mode FROM invitation")
    told = {"sms": "SMS, plutôt que : Appel.", "phone": "Appel, plutôt que : SMS."}[drawn]
    await sign_in(client, world, "supervisor")
    page = await story(client, await visit_of(owner))
    assert "Premier contact tiré au sort (essai de modes)" in page
    assert told in page
    await sign_in(client, world, "provider", world.aide34)
    assert "tiré au sort" not in await story(client, await visit_of(owner))


async def test_without_an_experiment_nothing_is_said_of_the_first_contact(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await asked(world)
    await sign_in(client, world, "supervisor")
    assert "essai de modes" not in await story(client, await visit_of(owner))
