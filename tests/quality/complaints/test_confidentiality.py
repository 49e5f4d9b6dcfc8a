"""Who answered confidentially is told to the provider nowhere: page, form, export, letter, mail, address."""

import io
import re
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from quality import clock, jobs
from quality.access.keys import create_key
from quality.complaints.events import Audience
from quality.complaints.followed import joining
from quality.complaints.pages import attachments
from quality.complaints.resolving import closing, handling, promising, serious
from quality.complaints.resolving.authority import Remedy
from quality.db import fetch_value, pool, transaction
from tests.access_table import LINES, PARAMETERS
from tests.quality.complaints.opened import Filed, filed, marked
from tests.quality.complaints.resolving.test_closing import WRITTEN
from tests.quality.measures.cells import herault_october
from tests.world import AIDE_34, World, sign_in

Owner = asyncpg.Connection
NAME, COMMUNE, POSTCODE = "Mme Zoé Lefèvre-Nogaret", "Saint-Guilhem", "34150"
ADDRESSES = {
    "phone": "+33467555501",
    "mobile": "+33639989902",
    "email": "zoe.nogaret@client.invalid",
    "relative_name": "Paul Nogaret",
    "relative_phone": "+33639989903",
    "relative_email": "paul.nogaret@proche.invalid",
}
# Whatever form they take: the number as it is stored, dialled, and written in pairs.
SECRETS = re.compile(
    "Nogaret|Zoé|Lefèvre|Saint-Guilhem|34150|client\\.invalid|proche\\.invalid"
    "|467.?55.?55.?01|6.?39.?98.?99.?0[23]"
)
JOBS = ("complaint-ladder", "monthly-summaries", "complaint-measures")


async def told(world: World, owner: Owner, disclosure: str = "anonymous") -> Filed:
    """Live a whole complaint whose client tells who they are at each step, to the platform alone."""
    complaint = await filed(world, disclosure, name=NAME)
    await identify(world, owner, complaint)
    await marked(complaint, ponctualite=1, globale=2)
    staff, number = world.staff, complaint.number
    await handling.note(staff, number, f"{NAME}, {COMMUNE}, appelée ce matin.", Audience.staff)
    sent = attachments.Sent(f"courrier {NAME}.pdf", "application/pdf", io.BytesIO(NAME.encode()))
    await attachments.join(staff, world.house.keyring, number, sent, Audience.staff)
    async with transaction("answer") as db:
        await closing.write_message(db, complaint.id, f"Je suis {NAME} de {COMMUNE}.", clock.now())
        paper = joining.Sent(io.BytesIO(f"%PDF {NAME}".encode()), joining.PDF)
        await joining.join(db, world.house.keyring, complaint.id, paper, clock.now())
    await promising.grant(staff, number, Remedy.explain)
    await handling.consent(staff, number, given=True)
    await serious.report(
        world.agent, world.house.keyring, client=complaint.client, intervention=None, text=f"{NAME} a peur."
    )
    await serious.share(world.actor("supervisor"), number + 1)
    return complaint


async def identify(world: World, owner: Owner, complaint: Filed) -> None:
    keyring = world.house.keyring
    for column, value in ADDRESSES.items():
        sealed = keyring.encrypt(value, f"client.{column}", complaint.client)
        sql = f"UPDATE client SET {column}_cipher = $2 WHERE id = $1 RETURNING id"
        await fetch_value(pool("work"), sql, complaint.client, sealed)
    await owner.execute(
        "UPDATE client SET commune = $2, postcode = $3 WHERE id = $1", complaint.client, COMMUNE, POSTCODE
    )


def paths(number: int, identities: list[UUID]) -> list[str]:
    """List every address that a provider may read, with what it can be asked."""
    known = {**PARAMETERS, "number": str(number), "code": "GLOB"}
    found = []
    for method, path, who in LINES:
        if method != "GET" or not ("provider" in who or who in {"every role", "anybody"}):
            continue
        if path.startswith(("/hooks/", "/s/", "/metrics", "/deconnexion")) or who.startswith("key"):
            continue
        for identity in identities:
            filled = re.sub(r"{id:uuid}", str(identity), path)
            filled = re.sub(r"{(\w+)(:\w+)?}", lambda m: known.get(m[1], str(uuid4())), filled)
            found.append(filled)
    asked = ("etat=toutes", "etat=closes", "retard=oui", "gravite=oui", "suivi=moi", f"organisme={AIDE_34}")
    found += [f"/reclamations?{query}" for query in asked]
    found += [f"/reclamations/{number}/lettre.pdf?modele={code}" for code in ("opened", "remedied", "closed")]
    found += [f"/recherche?q={word}" for word in ("Nogaret", "Lefevre", str(number), "0639989902")]
    return sorted(set(found))


async def leaks(
    client: httpx.AsyncClient, addresses: list[str], secret: re.Pattern[str] = SECRETS
) -> dict[str, str]:
    """Open addresses and what they lead to; give those that tell, with what they tell."""
    wrong, seen, todo = {}, set(), list(addresses)
    while todo:
        address = todo.pop()
        seen.add(address)
        answer = await client.get(address)
        assert answer.status_code < 500, address
        if told := secret.search(said_by(answer, address)):
            wrong[address] = told[0]
        if "text/html" in answer.headers.get("content-type", ""):
            linked = re.findall(r'href="(/reclamations[^"#]*)', answer.text)
            todo += [each.replace("&amp;", "&") for each in set(linked) if each not in seen]
            seen |= {each.replace("&amp;", "&") for each in linked}
    return wrong


def said_by(answer: httpx.Response, address: str) -> str:
    """Give all that an answer says; a search says again what was typed."""
    words = answer.text + " ".join(answer.headers.values()) + str(answer.url)
    typed = re.search(r"[?&]q=([^&]+)", address)
    return words.replace(typed[1], "") if typed else words


async def test_nothing_that_a_provider_opens_tells_who_answered_confidentially(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    await herault_october(world)
    complaint = await told(world, owner)
    token = await sign_in(client, world, "provider", world.aide34)
    files = [row["id"] for row in await owner.fetch("SELECT id FROM file")]
    addresses = paths(complaint.number, files)
    assert len(addresses) > 50
    assert "Nogaret" not in (await client.get(f"/reclamations/{complaint.number}")).text
    assert await leaks(client, addresses) == {}
    await refused_forms(client, token, complaint)
    await handling.countersign(world.provider, complaint.number)
    await handling.remedy(world.provider, complaint.number, "late", **WRITTEN)
    assert await leaks(client, addresses) == {}
    async with transaction("answer") as db:
        await closing.reopen_by_client(db, complaint.id, f"{NAME} attend encore.", clock.now())
    assert await leaks(client, addresses) == {}


async def refused_forms(client: httpx.AsyncClient, token: str, complaint: Filed) -> None:
    """Send every form empty: the page that comes back says no more than the one that was left."""
    for method, path, who in LINES:
        if method == "POST" and path.startswith("/reclamations/") and "provider" in who:
            filled = path.replace("{number:int}", str(complaint.number))
            filled = re.sub(r"{\w+(:\w+)?}", str(uuid4()), filled)
            if not filled.endswith(("/accuse", "/suivi")):
                answer = await client.post(filled, data={"jeton": token})
                assert SECRETS.search(answer.text) is None, filled


async def through_the_months(world: World, owner: Owner) -> None:
    """Let the jobs run over two months, whose clock is the one that is stored."""
    for days in (0, 1, 3, 10, 20, 20):
        await move_clock(owner, timedelta(days=days))
        for name in JOBS:
            await jobs.run_now(world.house, world.house.jobs[name])


async def move_clock(owner: Owner, step: timedelta) -> None:
    clock.set_offset(clock.offset() + step)
    await owner.execute(
        "INSERT INTO installation (name, value) VALUES ('clock_offset', $1) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        str(clock.offset().total_seconds()),
    )


async def test_no_mail_to_a_provider_tells_who_answered_confidentially(
    client: httpx.AsyncClient, world: World, owner: Owner
) -> None:
    complaint = await told(world, owner)
    await sign_in(client, world, "provider", world.aide34)
    mailed = await owner.fetchval("SELECT email FROM account")
    await through_the_months(world, owner)
    rows = await owner.fetch("SELECT subject, text FROM mail_outbox WHERE recipient = $1", mailed)
    assert rows
    assert any(str(complaint.number) in row["text"] for row in rows)
    assert [row["subject"] for row in rows if SECRETS.search(f"{row['subject']} {row['text']}")] == []


async def test_no_export_nor_the_api_tells_it(client: httpx.AsyncClient, world: World, owner: Owner) -> None:
    await herault_october(world)
    await told(world, owner)
    key = await create_key(world.operator, "essai", world.aide34)
    headers = {"authorization": f"Bearer {key}"}
    for path in ("/api/v1/figures", "/api/v1/openapi.json", "/metrics"):
        answer = await client.get(path, headers=headers)
        assert SECRETS.search(answer.text) is None


@pytest.mark.parametrize("disclosure", ["anonymous", "call_first"])
async def test_the_same_reading_finds_the_name_where_it_is_given(
    client: httpx.AsyncClient, world: World, owner: Owner, disclosure: str
) -> None:
    """Prove that the search above sees a name: the platform's own page holds it."""
    complaint = await filed(world, disclosure, name=NAME)
    await identify(world, owner, complaint)
    await sign_in(client, world, "agent")
    assert f"/reclamations/{complaint.number}" in await leaks(client, [f"/reclamations/{complaint.number}"])
