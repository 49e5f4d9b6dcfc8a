"""Accounts: who lets whom in, with which role, and how an access is closed."""

from dataclasses import replace

import asyncpg
import pytest

from quality.access import accounts, signing
from quality.access.actor import Actor, operator
from quality.access.codes import Purpose
from quality.access.founding import create_platform
from quality.app import House
from quality.errors import Conflict, Forbidden, Invalid, NotFound
from tests.quality.access.conftest import BASE, SECRET_WORDS, Joined, outbox_of
from tests.world import World

EMAIL = "camille@demo.invalid"


def newcomer(role: str = "agent", organisation: object = None, email: str = EMAIL) -> accounts.Newcomer:
    return accounts.checked(email, "Camille Essai", role, organisation)


async def test_an_invitation_is_mailed_and_chooses_the_first_password(
    house: House, world: World, owner: asyncpg.Connection
) -> None:
    invitation = await accounts.create_account(world.staff, newcomer("provider", world.aide34), BASE)
    letters = await outbox_of(owner, EMAIL)
    assert invitation.link
    assert [invitation.link in letter["text"] for letter in letters] == [True]
    assert "Pléiades Services" in letters[0]["text"]
    code = invitation.link.rpartition("/")[2]
    assert await signing.set_password_by_code(code, Purpose.invitation, SECRET_WORDS) == invitation.account
    spaces = await signing.sign_in(house.keyring, EMAIL, SECRET_WORDS, "")
    assert [space.organisation_name for space in spaces] == ["Aide 34"]


async def test_an_invitation_lasts_three_days(world: World, owner: asyncpg.Connection) -> None:
    await accounts.create_account(world.staff, newcomer(), BASE)
    hours = await owner.fetchval(
        "SELECT extract(epoch FROM expires_at - created_at) / 3600 FROM one_time_code"
    )
    assert hours == 72


async def test_inviting_again_somebody_who_waits_sends_another_link(
    world: World, owner: asyncpg.Connection
) -> None:
    first = await accounts.create_account(world.staff, newcomer(), BASE)
    second = await accounts.create_account(world.staff, newcomer(), BASE)
    assert first.account == second.account
    assert len(await outbox_of(owner, EMAIL)) == 2
    old = (first.link or "").rpartition("/")[2]
    with pytest.raises(Conflict):
        await signing.set_password_by_code(old, Purpose.invitation, SECRET_WORDS)


async def test_somebody_known_gets_one_more_space_without_a_code(
    world: World, joined: Joined, owner: asyncpg.Connection
) -> None:
    account = await joined()
    invitation = await accounts.create_account(world.staff, newcomer("provider", world.cap), BASE)
    assert invitation == accounts.Invitation(account, None)
    assert "/connexion" in (await outbox_of(owner, EMAIL))[0]["text"]
    with pytest.raises(Conflict):
        await accounts.create_account(world.staff, newcomer("provider", world.cap), BASE)


@pytest.mark.parametrize("role", ["supervisor", "agent", "provider", "funder", "observer"])
async def test_the_others_let_nobody_in(world: World, role: str) -> None:
    with pytest.raises(Forbidden):
        await accounts.create_account(replace(world.staff, role=role), newcomer(), BASE)


async def test_a_manager_does_not_make_an_administrator(world: World) -> None:
    with pytest.raises(Forbidden):
        await accounts.create_account(world.staff, newcomer("admin"), BASE)
    admin = replace(world.staff, role="admin")
    assert (await accounts.create_account(admin, newcomer("admin"), BASE)).link


async def test_an_organisation_of_another_platform_or_kind_is_refused(house: House, world: World) -> None:
    elsewhere = await create_platform(house, "AUTRE", "Autre plateforme")
    for actor, role, organisation in (
        (operator(elsewhere), "provider", world.aide34),
        (world.staff, "funder", world.aide34),
    ):
        with pytest.raises(Invalid) as refusal:
            await accounts.create_account(actor, newcomer(role, organisation), BASE)
        assert [entry.field for entry in refusal.value.errors] == ["organisme"]


async def test_every_wrong_field_is_said_at_once(world: World) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.checked("camille", " ", "provider")
    assert [entry.field for entry in refusal.value.errors] == ["email", "nom", "organisme"]
    with pytest.raises(Invalid, match="enregistr"):
        accounts.checked(EMAIL, "Camille", "agent", world.aide34)
    with pytest.raises(Invalid):
        accounts.checked(EMAIL, "Camille", "reine")


@pytest.mark.parametrize(
    "email", ["a@b", "a b@c.fr", "a@b.fr\nBcc: x@y.fr", "@b.fr", "a@b..fr", "x" * 250 + "@b.fr"]
)
def test_an_address_that_no_letter_reaches_is_refused(email: str) -> None:
    with pytest.raises(Invalid):
        accounts.checked(email, "Camille", "agent")


async def test_a_refused_invitation_writes_nothing(world: World, owner: asyncpg.Connection) -> None:
    with pytest.raises(Invalid):
        await accounts.create_account(world.staff, newcomer("funder", world.aide34), BASE)
    for table in ("account", "membership", "mail_outbox", "one_time_code"):
        assert await owner.fetchval(f'SELECT count(*) FROM "{table}"') == 0


async def test_closing_an_access_ends_it_here_and_keeps_it_elsewhere(
    house: House, world: World, joined: Joined, owner: asyncpg.Connection
) -> None:
    elsewhere = await create_platform(house, "AUTRE", "Autre plateforme")
    account = await joined()
    await accounts.create_account(operator(elsewhere), newcomer("agent"), BASE)
    await accounts.deactivate(world.staff, account)
    spaces = await signing.sign_in(house.keyring, EMAIL, SECRET_WORDS, "")
    assert [space.platform_name for space in spaces] == ["Autre plateforme"]
    await accounts.deactivate(operator(elsewhere), account)
    assert await owner.fetchval("SELECT is_active FROM account WHERE id = $1", account) is False


async def test_an_access_of_another_platform_is_not_closed(
    house: House, world: World, joined: Joined
) -> None:
    account = await joined()
    elsewhere = Actor(role="platform", platform=await create_platform(house, "AUTRE", "Autre plateforme"))
    with pytest.raises(NotFound):
        await accounts.deactivate(elsewhere, account)


async def test_nobody_closes_their_own_access_nor_a_manager_an_administrator_s(
    world: World, joined: Joined
) -> None:
    account = await joined(role="admin")
    with pytest.raises(Forbidden):
        await accounts.deactivate(world.staff, account)
    with pytest.raises(Forbidden):
        await accounts.deactivate(replace(world.staff, role="admin", account=account), account)
    with pytest.raises(Forbidden):
        await accounts.deactivate(world.agent, account)


async def test_an_account_says_its_language_once(
    world: World, joined: Joined, owner: asyncpg.Connection
) -> None:
    account = await joined()
    actor = replace(world.staff, account=account)
    await accounts.change_language(actor, "en")
    assert await owner.fetchval("SELECT language FROM account WHERE id = $1", account) == "en"
    with pytest.raises(Invalid):
        await accounts.change_language(actor, "xx")
