"""What a provider or an agent may not read stays kept: serious events, calls first, thanks, months’ mails."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from quality import clock, jobs
from quality.complaints.resolving import serious
from quality.db import execute, pool
from tests.access_table import LINES, PARAMETERS
from tests.quality.complaints.learning.test_measuring import PROMISE
from tests.quality.complaints.opened import Filed, filed, marked
from tests.quality.complaints.test_confidentiality import (
    COMMUNE,
    NAME,
    SECRETS,
    identify,
    leaks,
    move_clock,
    paths,
    through_the_months,
)
from tests.surveys.reviews.test_review_list import marked as marked_visits
from tests.world import World, sign_in

Owner = asyncpg.Connection
TOLD = re.compile("a été frappée")
WORDS = f"{NAME} a été frappée."


async def reported(world: World, owner: Owner) -> Filed:
    """Write an ordinary complaint, then the serious event of the same client, which is number 2."""
    complaint = await filed(world, "anonymous", name=NAME)
    await identify(world, owner, complaint)
    await serious.report(
        world.agent, world.house.keyring, client=complaint.client, intervention=None, text=WORDS
    )
    await serious.protect(world.actor("supervisor"), 2, f"Fille de {NAME} prévenue, elle a été frappée.")
    return complaint


def agent_paths(complaint: Filed, number: int, identities: list[UUID]) -> list[str]:
    """List every address that an agent may read."""
    known = {**PARAMETERS, "number": str(number), "code": "GLOB"}
    found = [f"/appels/entrant?q={word}" for word in (str(number), "Lefevre")]
    found += ["/reclamations?etat=toutes", "/reclamations?gravite=oui", "/recherche?q=frappee"]
    found += [f"/reclamations/nouvelle?cliente={complaint.client}"]
    for method, path, who in LINES:
        if method == "GET" and ("agent" in who.split() or who == "every role") and "deconnexion" not in path:
            for identity in identities:
                filled = re.sub(r"{\w+:uuid}", str(identity), path)
                found.append(re.sub(r"{(\w+)(:\w+)?}", lambda m: known.get(m[1], str(uuid4())), filled))
    return sorted(set(found))


async def mailed(owner: Owner, address: str) -> list[str]:
    rows = await owner.fetch(
        "SELECT subject, text FROM mail_outbox WHERE recipient = $1 ORDER BY id", address
    )
    return [f"{row['subject']} {row['text']}" for row in rows]


@pytest.mark.parametrize("role", ["provider", "agent"])
async def test_nothing_tells_a_serious_event_to_whoever_may_not_read_it(
    client: httpx.AsyncClient, world: World, owner: Owner, role: str
) -> None:
    complaint = await reported(world, owner)
    await sign_in(client, world, role, world.aide34 if role == "provider" else None)
    address = await owner.fetchval("SELECT email FROM account WHERE email LIKE $1", f"{role}-%")
    cases = [row["id"] for row in await owner.fetch("SELECT id FROM call_case")]
    events = [row["id"] for row in await owner.fetch("SELECT id FROM complaint")]
    asked = paths(2, events) if role == "provider" else agent_paths(complaint, 2, [*cases, *events])
    assert len(asked) >= 20
    for path in ("/reclamations/2", "/reclamations/2/lettre.pdf?modele=opened"):
        assert (await client.get(path)).status_code == 404
    secret = SECRETS if role == "provider" else TOLD
    assert await leaks(client, asked, secret) == {}
    listed = (await client.get("/reclamations?etat=toutes")).text
    assert 'href="/reclamations/1' in listed
    assert 'href="/reclamations/2' not in listed
    await through_the_months(world, owner)
    mails = await mailed(owner, address)
    assert [mail for mail in mails if secret.search(mail) or re.search(r"\bréclamation 2\b", mail)] == []


async def test_a_serious_event_is_found_where_it_may_be_read(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    """Prove that the search above sees the words: a supervisor's own page holds them."""
    await reported(world, owner)
    await sign_in(client, world, "supervisor")
    assert "/reclamations/2" in await leaks(client, ["/reclamations/2"], TOLD)


async def test_a_complaint_that_waits_for_a_call_tells_its_provider_nothing_even_with_a_promise(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    complaint = await filed(world, "call_first", name=NAME)
    await identify(world, owner, complaint)
    await marked(complaint, ponctualite=1)
    # As it is when the wish « appelez-moi d’abord » came after a promise.
    await execute(pool("work"), PROMISE, complaint.id, clock.now() + timedelta(days=4))
    await owner.execute("UPDATE complaint_promise SET detail = $1", f"Visite refaite chez {NAME}.")
    await owner.execute("UPDATE organisation SET email = 'equipe@aide34.invalid' WHERE id = $1", world.aide34)
    await sign_in(client, world, "provider", world.aide34)
    address = await owner.fetchval("SELECT email FROM account WHERE email LIKE 'provider-%'")
    promise = await owner.fetchval("SELECT id FROM complaint_promise")
    assert (await client.get("/reclamations/1")).status_code == 404
    assert 'href="/reclamations/1' not in (await client.get("/reclamations?etat=toutes")).text
    assert await leaks(client, paths(1, [complaint.id, promise])) == {}
    await through_the_months(world, owner)
    mails = [*await mailed(owner, address), *await mailed(owner, "equipe@aide34.invalid")]
    assert [
        mail for mail in mails if SECRETS.search(mail) or re.search("réclamation 1|engagement", mail)
    ] == []


async def test_the_thank_you_names_nobody_on_the_page_or_in_the_mail(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await marked_visits(world, 5, 5, 4, 5, 1)
    complaint = await filed(world, "anonymous", name=NAME)
    for each in await owner.fetch("SELECT id FROM client"):
        await identify(world, owner, Filed(complaint.id, 1, each["id"], complaint.person))
    token = await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/avis/merci")
    assert "Pas encore" not in page.text
    assert SECRETS.search(page.text) is None
    proposed = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    assert proposed
    data = {"jeton": token, "mois": "2026-11", "texte": proposed[1], "action": "envoyer"}
    assert SECRETS.search((await client.post("/avis/merci", data=data)).text) is None
    rows = await owner.fetch("SELECT subject, text FROM mail_outbox")
    assert len(rows) == 1
    assert SECRETS.search(str(rows)) is None


@pytest.mark.parametrize("disclosure", ["anonymous", "named"])
async def test_the_month_s_mail_counts_promises_and_says_none_of_their_words(
    world: World, owner: Owner, disclosure: str
) -> None:
    complaint = await filed(world, disclosure, name=NAME)
    await identify(world, owner, complaint)
    await owner.execute("UPDATE organisation SET email = 'equipe@aide34.invalid' WHERE id = $1", world.aide34)
    await execute(pool("work"), PROMISE, complaint.id, clock.now() + timedelta(days=40))
    await owner.execute("UPDATE complaint_promise SET detail = $1", f"Aller chez {NAME} à {COMMUNE}.")
    await move_clock(owner, datetime(2026, 12, 1, 8, 1, tzinfo=UTC) - clock.now())
    await jobs.run_now(world.house, world.house.jobs["monthly-summaries"])
    (mail,) = await mailed(owner, "equipe@aide34.invalid")
    assert "1 engagement à tenir" in mail.replace("\u00a0", " ").replace("\u202f", " ")
    assert SECRETS.search(mail) is None
