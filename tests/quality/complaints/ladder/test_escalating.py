"""The whole ladder by virtual clock, on the real database: each step and letter once, to the right ones."""

import asyncio
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from quality import clock
from quality.access.scope import scoped
from quality.complaints.followed.choosing import change_name
from quality.complaints.ladder import escalating
from quality.complaints.ladder.escalating import climb, take_one
from quality.complaints.opening import Wish
from quality.complaints.pages.listing import count_waiting
from quality.complaints.resolving import closing, handling, promising, serious, transmitting
from quality.complaints.resolving.authority import Remedy
from quality.complaints.resolving.closing import Verdict
from quality.db import execute, fetch, transaction
from quality.errors import Conflict, Forbidden
from tests.quality.complaints.mailed import (
    FUNDER,
    MANAGER,
    PROVIDER,
    SUPERVISOR,
    account,
    at,
    new_letters,
    outbox,
    readers,
)
from tests.quality.complaints.opened import Filed, filed
from tests.surveys.visits import someone, visit
from tests.world import World

Owner = asyncpg.Connection
PARIS = ZoneInfo("Europe/Paris")
WRITTEN = {"cause_code": "staffing", "cause": "Un oubli.", "remedy_code": "explain", "solution": "Excuses."}


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


async def row_of(owner: Owner, complaint: Filed) -> asyncpg.Record:
    return await owner.fetchrow("SELECT * FROM complaint WHERE id = $1", complaint.id)


async def lines(owner: Owner, complaint: Filed) -> list[str]:
    rows = await owner.fetch(
        "SELECT kind FROM complaint_event WHERE complaint_id = $1 ORDER BY at, id", complaint.id
    )
    return [row["kind"] for row in rows]


async def test_an_unanswered_complaint_climbs_to_the_platform_then_to_the_mediator(
    world: World, owner: Owner
) -> None:
    """A complaint of Friday 17:00 is answered by nobody."""
    await readers(world)
    await owner.execute("UPDATE platform SET mediator = 'Médiation 34, 04 67 00 00 01'")
    await at(world, paris("2026-11-27 17:00"))
    complaint = await filed(world)
    await at(world, paris("2026-11-27 17:01"))
    assert await new_letters(owner) == {(PROVIDER, "Une réclamation vous est confiée")}
    await at(world, paris("2026-11-30 08:59"))
    assert await new_letters(owner) == set()
    await at(world, paris("2026-11-30 09:00"))
    assert await new_letters(owner) == {(PROVIDER, "Votre réponse est attendue")}
    await at(world, paris("2026-12-01 17:59"))
    assert (await row_of(owner, complaint))["holder"] == "provider"
    await at(world, paris("2026-12-01 18:00"))
    assert (await row_of(owner, complaint))["holder"] == "platform"
    late = "Pas de réponse à temps"
    assert await new_letters(owner) == {(PROVIDER, late), (SUPERVISOR, late)}
    assert (await lines(owner, complaint))[-1] == "ack_overdue"
    await handling.acknowledge(world.staff, complaint.number)
    await at(world, paris("2026-12-11 09:00"))
    assert await new_letters(owner) == {(PROVIDER, "Votre solution est attendue")}
    await at(world, paris("2026-12-12 18:00"))
    late = "Pas de solution à temps"
    assert await new_letters(owner) == {(PROVIDER, late), (SUPERVISOR, late)}
    await at(world, paris("2026-12-27 18:00"))
    assert (await row_of(owner, complaint))["holder"] == "mediator"
    found = {letter.to: letter.text for letter in await outbox(owner)}
    assert "Médiation 34, 04 67 00 00 01" in found[SUPERVISOR]
    assert set(found) == {PROVIDER, SUPERVISOR}
    await at(world, paris("2027-03-01 09:00"))
    assert len(await outbox(owner)) == 2


async def test_a_contested_complaint_is_the_platform_s(world: World, owner: Owner) -> None:
    await readers(world)
    complaint = await filed(world)
    await climb(world.house)
    await new_letters(owner)
    await handling.contest(world.provider, complaint.number, "Elle était là à l’heure.")
    row = await row_of(owner, complaint)
    assert (row["state"], row["position"], row["holder"]) == ("acknowledged", "contested", "platform")
    await climb(world.house)
    assert await new_letters(owner) == {(SUPERVISOR, "L’organisme conteste")}
    with pytest.raises(Conflict):
        await handling.contest(world.provider, complaint.number, "Encore.")
    await handling.countersign(world.provider, complaint.number)
    row = await row_of(owner, complaint)
    assert (row["position"], row["holder"]) == ("countersigned", "provider")


async def test_with_the_client_s_consent_the_funder_is_told_and_its_answer_comes_back(
    world: World, owner: Owner
) -> None:
    await readers(world)
    complaint = await filed(world)
    await handling.countersign(world.provider, complaint.number)
    await handling.consent(world.agent, complaint.number, given=True)
    await at(world, paris("2026-12-24 18:00"))
    assert (await row_of(owner, complaint))["holder"] == "funder"
    found = await new_letters(owner)
    assert (FUNDER, "Un dossier vous est transmis") in found
    assert not any(to.startswith(("gironde", "cap")) for to, _ in found)
    async with scoped(world.funder) as db:
        rows = await fetch(db, "SELECT id, asked FROM complaint_transmission")
    await transmitting.answer(world.funder, rows[0]["id"], "Nous convoquons l’organisme.")
    await climb(world.house)
    assert await new_letters(owner) == {(SUPERVISOR, "Le financeur a répondu")}
    assert (await row_of(owner, complaint))["holder"] == "platform"
    text = await owner.fetchval("SELECT text FROM complaint_event WHERE kind = 'funder_answered'")
    assert text == "Nous convoquons l’organisme."


async def test_a_funder_told_early_keeps_the_hand_and_its_silence_gives_it_back(
    world: World, owner: Owner
) -> None:
    await readers(world)
    complaint = await filed(world)
    await handling.countersign(world.provider, complaint.number)
    await handling.consent(world.agent, complaint.number, given=True)
    await transmitting.transmit(world.actor("supervisor"), complaint.number, world.herault, "Aidez-nous.")
    await at(world, paris("2026-12-09 09:00"))
    assert (await row_of(owner, complaint))["holder"] == "funder"
    await new_letters(owner)
    await at(world, paris("2026-12-09 18:30"))
    assert (await row_of(owner, complaint))["holder"] == "platform"
    assert (SUPERVISOR, "Le financeur n’a pas répondu") in await new_letters(owner)


async def test_a_client_nobody_reached_is_told_to_the_platform(world: World, owner: Owner) -> None:
    await readers(world)
    complaint = await filed(world, "call_first")
    await at(world, paris("2027-01-10 09:00"))
    assert await new_letters(owner) == {(SUPERVISOR, "Personne à joindre, sans réponse")}
    assert (await row_of(owner, complaint))["holder"] == "platform"
    await handling.disclose(world.agent, complaint.number, handling.Decision.named)
    assert (await row_of(owner, complaint))["holder"] == "provider"


async def test_nothing_alive_is_nobody_s(world: World, owner: Owner) -> None:
    """Two months later each complaint that is not over is in somebody's list."""
    await filed(world)
    clock.set_offset(clock.offset() + timedelta(days=60))
    dates = "acknowledged_at = opened_at, remedied_at = opened_at, verdict_due_at = opened_at"
    await owner.execute(f"UPDATE complaint SET {dates}, cause = 'Oubli', remedy = 'Excuses'")
    cases = product(
        ("opened", "acknowledged", "remedied"),
        ("provider", "platform", "funder", "mediator"),
        ("named", "anonymous", "call_first"),
        (False, True),
        (False, True),
    )
    for state, holder, disclosure, is_serious, is_hidden in cases:
        if (is_hidden and not is_serious) or (
            disclosure == "call_first" and (state != "opened" or is_serious)
        ):
            continue  # never written
        await owner.execute(
            "UPDATE complaint SET state = $1, holder = $2, disclosure = $3::text, is_serious = $4, "
            "is_shared = $5, awaits_contact = $3::text = 'call_first', "
            "handled_at = CASE WHEN $4 THEN opened_at END",
            state, holder, disclosure, is_serious, not is_hidden,
        )  # fmt: skip
        assert await count_waiting(world.actor("supervisor")) == 1, (state, holder, disclosure, is_serious)


async def test_a_hidden_serious_event_once_remedied_ends(world: World, owner: Owner) -> None:
    client = await someone(world)
    event = {"client": client.id, "intervention": None, "text": "Une gifle."}
    made = await serious.report(world.agent, world.house.keyring, **event)
    supervisor = world.actor("supervisor")
    await serious.protect(supervisor, made.number, "Appel du 3977")
    await handling.acknowledge(supervisor, made.number)
    await handling.remedy(supervisor, made.number, "other", **WRITTEN)
    await at(world, paris("2026-12-13 09:00"))
    await at(world, paris("2026-12-24 09:00"))
    assert await owner.fetchval("SELECT verdict FROM complaint WHERE state = 'closed'") == "no_answer"


async def test_a_client_s_choice_on_the_page_starts_the_provider_s_delays(world: World, owner: Owner) -> None:
    await readers(world)
    complaint = await filed(world, "call_first")
    await at(world, paris("2026-12-01 10:00"))
    async with transaction("answer") as db:
        await change_name(db, complaint.id, Wish.NAMED, clock.now())
    await climb(world.house)
    assert await new_letters(owner) == {(PROVIDER, "Une réclamation vous est confiée")}
    assert (await row_of(owner, complaint))["acknowledge_due_at"] > paris("2026-12-03 09:00")


async def test_without_consent_nor_mediator_the_managers_decide(world: World, owner: Owner) -> None:
    await readers(world)
    complaint = await filed(world)
    await handling.countersign(world.provider, complaint.number)
    await at(world, paris("2026-12-24 18:00"))
    assert (await row_of(owner, complaint))["holder"] == "platform"
    assert (MANAGER, "Toujours pas de solution") in await new_letters(owner)


async def remedied(world: World) -> Filed:
    complaint = await filed(world)
    await handling.countersign(world.provider, complaint.number)
    await handling.remedy(world.provider, complaint.number, "late", **WRITTEN)
    return complaint


async def test_a_complaint_that_comes_back_is_told_in_each_of_its_rounds(world: World, owner: Owner) -> None:
    await readers(world)
    complaint = await remedied(world)
    await climb(world.house)
    await new_letters(owner)
    back = {(PROVIDER, "Ce n’est pas réglé"), (SUPERVISOR, "Ce n’est pas réglé")}
    for _ in range(2):
        await closing.hear_verdict(world.agent, complaint.number, Verdict.not_settled)
        await climb(world.house)
        assert await new_letters(owner) == back
        await handling.remedy(world.provider, complaint.number, "late", **WRITTEN)
        await climb(world.house)
    assert await new_letters(owner) == set()
    assert (await row_of(owner, complaint))["round"] == 3


async def test_silence_closes_ten_days_after_asking_and_is_told_apart(world: World, owner: Owner) -> None:
    complaint = await remedied(world)
    await at(world, paris("2027-02-01 09:00"))
    assert (await row_of(owner, complaint))["state"] == "remedied"  # nobody was asked
    await owner.execute("UPDATE complaint SET verdict_asked_at = $1", paris("2027-02-01 10:00"))
    await at(world, paris("2027-02-11 09:59"))
    assert (await row_of(owner, complaint))["state"] == "remedied"
    await at(world, paris("2027-02-11 10:00"))
    row = await row_of(owner, complaint)
    assert (row["state"], row["verdict"]) == ("closed", "no_answer")
    assert (await lines(owner, complaint))[-1] == "silence"


async def test_a_provider_cannot_close_whatever_it_does(world: World, owner: Owner) -> None:
    complaint = await filed(world)
    with pytest.raises(Conflict):
        await handling.remedy(world.provider, complaint.number, "late", **WRITTEN)
    await handling.countersign(world.provider, complaint.number)
    await handling.remedy(world.provider, complaint.number, "late", **WRITTEN)
    for verdict in Verdict:
        with pytest.raises(Forbidden):
            await closing.hear_verdict(world.provider, complaint.number, verdict)
    assert (await row_of(owner, complaint))["state"] == "remedied"


async def test_a_serious_event_is_told_at_once_and_again_when_nothing_is_done(
    world: World, owner: Owner
) -> None:
    await readers(world)
    client = await someone(world, mobile="+33639980001")
    event = {"client": client.id, "intervention": await visit(client), "text": "Une gifle."}
    made = await serious.report(world.agent, world.house.keyring, **event)
    await climb(world.house)
    found = await outbox(owner)
    assert [letter.to for letter in found] == [SUPERVISOR]
    assert "3977" in found[0].text
    assert "gifle" not in found[0].text + found[0].subject
    await new_letters(owner)
    await at(world, paris("2026-11-25 10:31"))
    late = "Événement grave : aucune mesure depuis 24 heures"
    assert await new_letters(owner) == {(SUPERVISOR, late), (MANAGER, late)}
    await at(world, paris("2027-01-25 10:31"))
    assert await new_letters(owner) == set()  # nothing is due from a provider that does not know
    await serious.share(world.actor("supervisor"), made.number)
    await climb(world.house)
    await at(world, paris("2027-01-26 09:00"))
    assert (PROVIDER, "Une réclamation vous est confiée") in await new_letters(owner)


async def test_a_handled_serious_event_is_not_told_again(world: World, owner: Owner) -> None:
    await readers(world)
    client = await someone(world)
    event = {"client": client.id, "intervention": None, "text": "Une gifle."}
    made = await serious.report(world.agent, world.house.keyring, **event)
    await serious.protect(world.actor("supervisor"), made.number, "Appel du 3977")
    await at(world, paris("2026-11-27 10:31"))
    assert await new_letters(owner) == {(SUPERVISOR, "Événement grave signalé")}


async def promised(world: World) -> promising.Promised:
    async with scoped(world.operator) as db:
        await execute(
            db,
            """
            INSERT INTO referencing (id, platform_id, provider_id, status, since, acknowledge_days,
                solution_days, alert_days, authority)
            VALUES (gen_random_uuid(), $1, $2, 'referenced', '2026-01-01', 2, 15, 30, '{"replan_hours": 72}')
            """,
            world.platform,
            world.aide34,
        )
    complaint = await filed(world)
    await handling.countersign(world.provider, complaint.number)
    return await promising.grant(world.agent, complaint.number, Remedy.replan, detail="Jeudi matin")


async def test_a_promise_nobody_confirms_is_chased_and_then_broken(world: World, owner: Owner) -> None:
    await readers(world)
    await owner.execute("UPDATE organisation SET on_call_name = 'Mme Roux', on_call_phone = '+33467000009'")
    made = await promised(world)
    await climb(world.house)
    assert (PROVIDER, "Un engagement est pris en votre nom") in await new_letters(owner)
    await at(world, paris("2026-11-25 18:00"))
    chased = {letter.to: letter.text for letter in await outbox(owner)}
    assert set(chased) == {PROVIDER, SUPERVISOR}
    assert "Mme Roux, 04 67 00 00 09" in chased[SUPERVISOR].replace("\xa0", " ").replace("\u202f", " ")
    await new_letters(owner)
    await at(world, paris("2026-11-27 10:31"))
    late = "Engagement non tenu à temps"
    assert await new_letters(owner) == {(PROVIDER, late), (SUPERVISOR, late)}
    assert await owner.fetchval("SELECT state FROM complaint_promise") == "broken"
    await promising.fulfil(world.agent, made.id, "client")
    row = await owner.fetchrow("SELECT state, done_at > due_at FROM complaint_promise")
    assert tuple(row) == ("done", True)


async def test_a_declined_promise_is_told_to_the_platform(world: World, owner: Owner) -> None:
    await readers(world)
    made = await promised(world)
    await climb(world.house)
    await new_letters(owner)
    await promising.decline(world.provider, made.id, "Personne n’est libre")
    await climb(world.house)
    assert await new_letters(owner) == {(SUPERVISOR, "Engagement refusé par l’organisme")}


async def test_a_client_who_says_it_is_settled_says_that_the_promise_is_kept(
    world: World, owner: Owner
) -> None:
    await promised(world)
    await handling.remedy(world.provider, 1, "late", **WRITTEN)
    await closing.hear_verdict(world.agent, 1, Verdict.settled)
    row = await owner.fetchrow("SELECT state, done_how FROM complaint_promise")
    assert tuple(row) == ("done", "client")


@pytest.mark.parametrize("disclosure", ["named", "anonymous", "call_first"])
async def test_a_client_s_message_is_told_to_whoever_may_read_it(
    world: World, owner: Owner, disclosure: str
) -> None:
    await readers(world)
    complaint = await filed(world, disclosure)
    await climb(world.house)
    await new_letters(owner)
    async with transaction("answer") as db:
        await closing.write_message(db, complaint.id, "C’est Mme Martin.", clock.now())
    await climb(world.house)
    told = PROVIDER if disclosure == "named" else SUPERVISOR
    assert await new_letters(owner) == {(told, "La personne a écrit")}


async def test_no_letter_tells_who_a_nameless_client_is_nor_when(world: World, owner: Owner) -> None:
    await readers(world)
    complaint = await filed(world, "anonymous")
    async with transaction("answer") as db:
        await closing.write_message(db, complaint.id, "C’est Mme Martin, lundi à 9 h.", clock.now())
    for day in range(45):
        await at(world, paris("2026-11-24 10:40") + timedelta(days=day))
    found = await outbox(owner)
    assert len(found) >= 6
    for letter in found:
        written = letter.subject + letter.text
        assert not any(word in written for word in ("Martin", "lundi", "novembre", "décembre", "9 h"))


async def test_letters_are_in_the_language_of_each_reader(world: World, owner: Owner) -> None:
    await account(world, "fr@demo.invalid", "provider", world.aide34)
    await account(world, "en@demo.invalid", "provider", world.aide34, "en")
    await filed(world)
    await climb(world.house)
    found = {letter.to: letter for letter in await outbox(owner)}
    assert found["fr@demo.invalid"].text.startswith("Bonjour,")
    assert found["en@demo.invalid"].text.startswith("Hello,")
    assert "http://testserver/reclamations/1" in found["en@demo.invalid"].text


async def test_without_an_account_the_provider_s_own_address_is_written_to(
    world: World, owner: Owner
) -> None:
    await owner.execute(
        "UPDATE organisation SET email = 'contact@aide34.invalid' WHERE id = $1", world.aide34
    )
    await filed(world)
    await climb(world.house)
    assert [letter.to for letter in await outbox(owner)] == ["contact@aide34.invalid"]


async def test_ten_workers_at_once_take_each_step_once(world: World, owner: Owner) -> None:
    await readers(world)
    for _ in range(4):
        await filed(world)
    clock.set_offset(clock.offset() + timedelta(days=40))
    await asyncio.gather(*(climb(world.house) for _ in range(10)))
    await climb(world.house)
    notices = await owner.fetch("SELECT complaint_id, kind, round FROM complaint_notice")
    assert len(notices) == len({tuple(row) for row in notices}) == 4 * 4
    found = [(letter.to, letter.subject) for letter in await outbox(owner)]
    assert len(found) == len(set(found)) == 4 * 7


async def test_a_crash_in_the_middle_of_a_step_leaves_nothing_half_done(world: World, owner: Owner) -> None:
    await readers(world)
    complaint = await filed(world)
    await owner.execute("ALTER TABLE mail_outbox ADD CONSTRAINT is_full CHECK (subject = '') NOT VALID")
    try:
        await climb(world.house)  # says so in the log and goes on
    finally:
        await owner.execute("ALTER TABLE mail_outbox DROP CONSTRAINT is_full")
    assert await owner.fetchval("SELECT count(*) FROM complaint_notice") == 0
    assert await take_one(world.house, complaint.id) is True
    assert await take_one(world.house, complaint.id) is False
    assert len(await outbox(owner)) == 1


def test_every_step_has_its_rule() -> None:
    assert set(escalating.RULES) == set(escalating.Kind)
