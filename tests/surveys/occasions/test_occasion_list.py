"""/interventions: each visit with its decision, the true reason for the staff, one word for a provider."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from quality import clock
from quality.db import execute, pool, transaction
from surveys.occasions import reading
from surveys.occasions.list_pages import HREF
from surveys.occasions.reading import FollowUp
from surveys.occasions.words import ASKED_BECAUSE, FOR_PROVIDER, FOR_STAFF, HELD, standing
from surveys.protocol.deciding import decide_pending
from surveys.protocol.occasion import Reason
from surveys.protocol.telling import Told
from tests.surveys.dispatch.asking import set_clock
from tests.surveys.invited import insert, invited
from tests.surveys.visits import MOBILE, MORNING, Someone, someone, visit, wait
from tests.world import World, sign_in

NOT_ASKED = [reason for reason in Reason if reason not in ASKED_BECAUSE and reason is not Reason.PLANNED]
SECRET = (
    Reason.CAP,
    Reason.OWN_CAP,
    Reason.INTERVAL,
    Reason.NOT_DRAWN,
    Reason.REFUSED,
    Reason.CONTACT_NO,
    Reason.COMPLAINT_OPEN,
    Reason.DECEASED,  # told elsewhere: the line itself says nothing of it
)


OWN = {
    "cancelled": Told.CANCELLED,
    "hospital": Told.SPARED,
    "moved": Told.SPARED,
    "ended": Told.SPARED,
    "too_late": Told.TOO_LATE,
    "client_not_eligible": Told.TOO_LATE,
}


async def decided(
    client: Someone,
    reason: str,
    reference: str = "V-1",
    ended_at: datetime = MORNING,
    told: Told | None = None,
) -> UUID:
    """Write one visit and the ledger's line on it."""
    status = {"cancelled": "cancelled", "not_done": "not_done"}.get(reason, "done")
    identity = await visit(client, ended_at, reference=reference, status=status, is_undecided=False)
    async with transaction("work") as db:
        await insert(
            db,
            "occasion",
            id=identity,
            platform_id=client.world.platform,
            provider_id=client.provider,
            client_id=client.id,
            person_id=client.person,
            decision="asked" if reason in ASKED_BECAUSE else "not_asked",
            reason=reason,
            told=told or OWN.get(reason, Told.NOTED),
            decided_at=clock.now(),
        )
    return identity


async def read(client: httpx.AsyncClient, query: str = "") -> str:
    page = await client.get(f"{HREF}{query}")
    assert page.status_code == 200, page.text
    return unescape(page.text)


def main_of(page: str) -> str:
    return page.partition("<main")[2]


def references(page: str) -> list[str]:
    """Return the references of the visits, in the order of the page."""
    return re.findall(r'<th scope="row"><a href="/interventions/[^"]+">([^<]+)</a></th>', page)


def rows_of(page: str) -> str:
    """Return the list of visits without the filters and the reasons above it."""
    return page.partition('id="visites"')[2]


async def test_a_month_is_told_in_sentences_that_add_up(client: httpx.AsyncClient, world: World) -> None:
    martin = await someone(world, mobile=MOBILE)
    for reason in ("every_visit", "drawn", "cap", "cap", "interval", "cancelled"):
        await decided(martin, reason)
    await visit(martin, status="planned")
    await visit(martin)
    await sign_in(client, world, "platform")
    page = await read(client)
    assert "<h1>2 visites attendent leur décision</h1>" in page
    for sentence in (
        "8 visites reçues.",
        "2 sont suivies, soit 25\u00a0%.",
        "4 ne sont pas suivies\u00a0: plafond atteint (2), demande trop récente (1), visite annulée (1).",
        "1 est encore prévue\u00a0: sa décision vient après la visite.",
        "1 vient d’arriver et va être examinée.",
    ):
        assert sentence in page


async def test_the_first_day_of_a_month_opens_on_the_one_before(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "platform")
    for day, month in ((1, "novembre"), (2, "décembre")):
        set_clock(datetime(2026, 12, day, 9, tzinfo=UTC))
        assert f"Visites de {month} 2026" in (await client.get("/interventions")).text.replace("\u00a0", " ")


async def test_once_all_is_decided_the_page_says_so(client: httpx.AsyncClient, world: World) -> None:
    martin = await someone(world, mobile=MOBILE)
    await visit(martin)
    await visit(martin, MORNING + timedelta(minutes=1))
    await sign_in(client, world, "provider", world.aide34)
    assert "<h1>2 visites attendent leur décision</h1>" in await read(client)
    clock.set_offset(clock.offset() + timedelta(hours=1))
    assert await decide_pending(world.house) == 2
    page = await read(client)
    assert "<h1>Chaque visite a une décision</h1>" in page
    assert rows_of(page).count("Prise en compte") == 2


async def test_a_visit_to_be_decided_again_waits_unless_somebody_was_asked(
    client: httpx.AsyncClient, world: World
) -> None:
    martin = await someone(world, mobile=MOBILE)
    await decided(martin, "cap", "V-CAP")
    await decided(martin, "drawn", "V-ASKED")
    await wait()
    await sign_in(client, world, "platform")
    assert references(await read(client, "?decision=en-attente")) == ["V-CAP"]
    assert references(await read(client, "?decision=suivi-demande")) == ["V-ASKED"]


async def test_a_visit_asked_anew_stands_as_its_last_request_does(
    client: httpx.AsyncClient, world: World
) -> None:
    back = await visit(await someone(world, mobile=MOBILE), reference="V-BACK")
    await decide_pending(world.house)
    for status in ("cancelled", "done"):
        await execute(pool("work"), "UPDATE intervention SET status = $2 WHERE id = $1", back, status)
        await wait()
        await decide_pending(world.house)
    await sign_in(client, world, "platform")
    assert "Demande à envoyer" in rows_of(await read(client))
    await execute(
        pool("work"),
        "UPDATE invitation SET closed_at = $1, closed_reason = 'expired' WHERE closed_at IS NULL",
        clock.now(),
    )
    assert "Sans réponse" in rows_of(await read(client))


@pytest.mark.parametrize("reason", NOT_ASKED)
async def test_the_staff_reads_the_true_reason(
    client: httpx.AsyncClient, world: World, reason: Reason
) -> None:
    await decided(await someone(world, mobile=MOBILE), reason)
    await sign_in(client, world, "supervisor")
    listed = rows_of(await read(client))
    assert f"<td>{FOR_STAFF[reason].label}</td>" in listed
    assert "Non suivie" in listed


@pytest.mark.parametrize("reason", SECRET)
async def test_a_provider_reads_one_word_whatever_the_reason(
    client: httpx.AsyncClient, world: World, reason: Reason
) -> None:
    await decided(await someone(world, mobile=MOBILE), reason)
    await sign_in(client, world, "provider", world.aide34)
    page = await read(client)
    assert "1 est prise en compte\u00a0: la plateforme choisit qui elle interroge." in page
    assert "Prise en compte" in rows_of(page)
    words = FOR_STAFF[reason]
    assert words.label not in main_of(page)
    for address in (f'value="{words.slug}"', f"decision={words.slug}"):
        assert address not in page
    # The address of a reason that is not theirs to know filters nothing.
    assert len(references(await read(client, f"?decision={words.slug}"))) == 1
    assert len(references(await read(client, "?decision=plafond"))) == 1


@pytest.mark.parametrize("reason", SECRET)
async def test_two_secret_reasons_make_the_same_page(
    client: httpx.AsyncClient, world: World, reason: Reason
) -> None:
    martin = await someone(world, mobile=MOBILE)
    identity = await decided(martin, "cap", "V-1")
    await sign_in(client, world, "provider", world.aide34)
    before = main_of(await read(client))
    await execute(pool("work"), "UPDATE occasion SET reason = $1 WHERE id = $2", reason.value, identity)
    assert main_of(await read(client)) == before


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("cancelled", "Visite annulée"),
        ("hospital", "Personne non dérangée"),
        ("deceased", "Personne non dérangée"),
        ("moved", "Personne non dérangée"),
        ("ended", "Personne non dérangée"),
        ("too_late", "Visite trop ancienne"),
        ("client_not_eligible", "Visite trop ancienne"),
    ],
)
async def test_a_provider_reads_what_its_own_lines_say(
    client: httpx.AsyncClient, world: World, reason: str, words: str
) -> None:
    await decided(
        await someone(world, mobile=MOBILE), reason, told=Told.SPARED if reason == "deceased" else None
    )
    await sign_in(client, world, "provider", world.aide34)
    assert words in rows_of(await read(client))


async def test_no_channel_is_told_to_a_provider_only_when_its_line_held_none(
    client: httpx.AsyncClient, world: World
) -> None:
    await decided(await someone(world), "no_channel", "V-NONE", told=Told.NO_CHANNEL)
    await decided(await someone(world, relative_phone=MOBILE), "no_channel", "V-RELATIVE-REFUSED")
    await sign_in(client, world, "provider", world.aide34)
    assert references(await read(client, "?decision=sans-contact")) == ["V-NONE"]
    assert references(await read(client, "?decision=prise-en-compte")) == ["V-RELATIVE-REFUSED"]


def test_every_reason_has_its_words_for_the_staff_and_an_address_of_its_own() -> None:
    assert set(NOT_ASKED) <= set(FOR_STAFF)
    assert set(FOR_STAFF) & set(ASKED_BECAUSE) == set()
    for words in (FOR_STAFF, FOR_PROVIDER):
        assert len({each.slug for each in words.values()}) == len(words)


async def test_a_provider_never_learns_who_answered_nor_by_which_channel(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    _, invitation = await invited(world)
    await sign_in(client, world, "provider", world.aide34)
    before = main_of(await read(client))
    assert "Prise en compte" in rows_of(before)
    await owner.execute("UPDATE invitation SET answered_at = now() WHERE id = $1", invitation)
    assert main_of(await read(client)) == before
    await owner.execute("UPDATE invitation SET closed_at = now(), closed_reason = 'answered'")
    await owner.execute("UPDATE attempt SET state = 'suppressed', reason = 'answered' WHERE step > 0")
    assert main_of(await read(client)) == before
    await owner.execute("UPDATE attempt SET state = 'suppressed', reason = 'refused' WHERE step > 0")
    assert main_of(await read(client)) == before
    for word in ("SMS", "répondu", "refusé", "Sans réponse"):
        assert word not in rows_of(before)


async def test_the_staff_follows_a_request_from_sending_to_answer(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await invited(world)
    await sign_in(client, world, "platform")

    async def cell() -> str:
        found = re.search(
            r'<td><span class="tag.*?</td>\s*<td>(.*?)</td>', rows_of(await read(client)), re.DOTALL
        )
        assert found
        return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())

    assert await cell() == "Demande envoyée SMS Chaque visite est suivie"
    await owner.execute("UPDATE attempt SET sent_at = NULL, state = 'planned'")
    assert await cell() == "Demande à envoyer SMS, Appel Chaque visite est suivie"
    await owner.execute("UPDATE attempt SET sent_at = now(), state = 'sent'")
    assert await cell() == "Demande envoyée SMS, Appel Chaque visite est suivie"
    await owner.execute("UPDATE attempt SET state = 'suppressed', reason = 'refused' WHERE step = 2")
    assert await cell() == "A refusé SMS, Appel Chaque visite est suivie"
    await owner.execute("UPDATE attempt SET reason = 'answered' WHERE step = 2")
    await owner.execute("UPDATE invitation SET closed_at = now(), closed_reason = 'expired'")
    assert await cell() == "Sans réponse SMS, Appel Chaque visite est suivie"
    await owner.execute("UPDATE attempt SET state = 'expired', reason = 'cap', sent_at = NULL")
    assert await cell() == "Aucun envoi : plafond de 30 jours atteint SMS, Appel Chaque visite est suivie"
    await owner.execute("UPDATE attempt SET state = 'sent', reason = NULL, sent_at = now()")
    await owner.execute("UPDATE invitation SET closed_reason = 'cancelled'")
    assert await cell() == "Demande retirée SMS, Appel Chaque visite est suivie"
    await owner.execute("UPDATE invitation SET closed_reason = 'answered', answered_at = now()")
    assert await cell() == "A répondu SMS, Appel Chaque visite est suivie"


def request(**given: object) -> FollowUp:
    nothing = {"sent": frozenset(), "planned": frozenset(), "is_answered": False, "is_refused": False}
    return FollowUp(**{**nothing, "closed_reason": None, **given})


@pytest.mark.parametrize("closed", [None, "expired"])
@pytest.mark.parametrize("reason", sorted({*HELD, "something new"}))
def test_a_request_of_which_nothing_left_is_not_without_answer(reason: str, closed: str | None) -> None:
    assert standing(request(held=reason, closed_reason=closed))[1].startswith("Aucun envoi")


async def held_back(*reasons: tuple[int, str, str]) -> None:
    """Settle steps of the request, one second after the other, each in a state with a reason."""
    for second, (step, state, reason) in enumerate(reasons):
        await execute(
            pool("work"),
            """
            UPDATE attempt SET state = $2, reason = $3,
                settled_at = $4::timestamptz + $5 * interval '1 second'
            WHERE step = $1
            """,
            step,
            state,
            reason,
            clock.now(),
            second,
        )


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        (
            ((1, "suppressed", "merged"), (3, "suppressed", "merged"), (5, "expired", "cap")),
            "plafond de 30 jours",
        ),
        (
            ((1, "failed", "address_changed"), (3, "failed", "no_words"), (5, "expired", "window_over")),
            "texte",
        ),
        (
            ((1, "failed", "refused_by_carrier"), (3, "suppressed", "late"), (5, "suppressed", "late")),
            "refusé",
        ),
        (
            ((1, "expired", "window_over"), (3, "expired", "window_over"), (5, "expired", "window_over")),
            "heures",
        ),
    ],
)
async def test_the_last_reason_that_tells_something_is_told_before_the_closing_too(
    client: httpx.AsyncClient, world: World, reasons: tuple[tuple[int, str, str], ...], told: str
) -> None:
    await visit(await someone(world, mobile=MOBILE))
    await decide_pending(world.house)
    await sign_in(client, world, "platform")
    await held_back(*reasons[:-1])
    assert "Demande à envoyer" in rows_of(await read(client))
    await held_back(*reasons)
    listed = rows_of(await read(client))
    assert "Aucun envoi" in listed
    assert told in listed


async def test_a_message_that_its_carrier_gave_back_never_left(
    client: httpx.AsyncClient, world: World
) -> None:
    await visit(await someone(world, mobile=MOBILE))
    await decide_pending(world.house)
    await held_back((1, "failed", "refused_by_carrier"), (3, "expired", "cap"), (5, "expired", "cap"))
    await execute(pool("work"), "UPDATE attempt SET sent_at = $1 WHERE step = 1", clock.now())
    await sign_in(client, world, "platform")
    assert "Aucun envoi\u00a0: plafond" in rows_of(await read(client))


async def test_no_name_is_read(client: httpx.AsyncClient, world: World, owner: asyncpg.Connection) -> None:
    await invited(world, name="Mme Martin")
    await sign_in(client, world, "platform")
    assert "Martin" not in await read(client)
    assert await owner.fetchval("SELECT count(*) FROM audit") == 0


async def test_a_provider_sees_nothing_of_another(client: httpx.AsyncClient, world: World) -> None:
    await decided(await someone(world, mobile=MOBILE), "cap", "V-AIDE34")
    await sign_in(client, world, "provider", world.cap)
    page = await read(client)
    assert "V-AIDE34" not in page
    assert "Aide 34" not in page
    assert "Aucune visite reçue ce mois-ci" in page
    assert "Envoyer un fichier" in page
    assert (await client.get(f"{HREF}?organisme={world.aide34}")).status_code == 404
    assert (await client.get(f"{HREF}?organisme={world.cap}")).status_code == 200


async def test_the_rows_of_another_provider_stay_hidden_from_the_statements_themselves(world: World) -> None:
    await decided(await someone(world, mobile=MOBILE), "cap")
    starts, ends = UUID(int=0), UUID(int=2**128 - 1)
    forced = reading.Choice(starts, ends, world.aide34)
    cap = world.actor("provider", world.cap)
    assert (await reading.lines(cap, forced)).rows == ()
    assert await reading.counts(cap, forced) == {}
    assert len((await reading.lines(world.provider, forced)).rows) == 1


@pytest.mark.parametrize(
    ("role", "organisation"),
    [
        ("funder", "gironde"),
        ("funder", "herault"),
        ("observer", "observer"),
        ("agent", None),
        ("admin", None),
    ],
)
async def test_gironde_and_whoever_has_no_business_there_sees_no_visit(
    client: httpx.AsyncClient, world: World, role: str, organisation: str | None
) -> None:
    await decided(await someone(world, mobile=MOBILE), "cap", "V-AIDE34")
    await sign_in(client, world, role, getattr(world, organisation) if organisation else None)
    page = await client.get(HREF)
    assert page.status_code == 403
    assert "V-AIDE34" not in page.text
    assert 'href="/interventions"' not in page.text


async def test_the_staff_chooses_a_provider_and_another_platforms_does_not_exist(
    client: httpx.AsyncClient, world: World
) -> None:
    await decided(await someone(world, mobile=MOBILE), "cap", "V-AIDE34")
    await decided(await someone(world, provider=world.cap), "cap", "V-CAP")
    await sign_in(client, world, "platform")
    assert set(references(await read(client))) == {"V-AIDE34", "V-CAP"}
    page = await read(client, f"?organisme={world.cap}")
    assert references(page) == ["V-CAP"]
    assert "1 visite reçue." in page
    for unknown in (uuid4(), world.herault):
        assert (await client.get(f"{HREF}?organisme={unknown}")).status_code == 404


async def test_another_platforms_visits_are_not_counted(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await decided(await someone(world, mobile=MOBILE), "cap", "V-OURS")
    await owner.execute("UPDATE intervention SET platform_id = $1", uuid4())
    await sign_in(client, world, "platform")
    assert "Aucune visite reçue ce mois-ci" in await read(client)


async def test_the_address_chooses_a_month_by_the_platforms_midnight(
    client: httpx.AsyncClient, world: World
) -> None:
    martin = await someone(world, mobile=MOBILE)
    # Visits last an hour: the first starts on 31 October at 23:59 in Paris, the second on 1 November at 0:00.
    await decided(martin, "cap", "V-OCTOBER", ended_at=datetime(2026, 10, 31, 23, 59, tzinfo=UTC))
    await decided(martin, "cap", "V-NOVEMBER", ended_at=datetime(2026, 11, 1, 0, 0, tzinfo=UTC))
    await sign_in(client, world, "provider", world.aide34)
    assert references(await read(client)) == ["V-NOVEMBER"]
    assert references(await read(client, "?mois=2026-10")) == ["V-OCTOBER"]
    for unreadable in ("2026-13", "octobre", "1999-01", "2026-1"):
        assert references(await read(client, f"?mois={unreadable}")) == ["V-NOVEMBER"]


async def test_the_reasons_lead_to_their_visits(client: httpx.AsyncClient, world: World) -> None:
    martin = await someone(world, mobile=MOBILE)
    await decided(martin, "cap", "V-CAP")
    await decided(martin, "hospital", "V-HOSPITAL")
    await decided(martin, "drawn", "V-ASKED")
    await sign_in(client, world, "platform")
    links = re.findall(
        r'<th scope="row"><a href="(/interventions\?[^"]+)">', await read(client, "?mois=2026-11")
    )
    found = [references(await read(client, link.removeprefix(HREF))) for link in links]
    assert sorted(found) == [["V-CAP"], ["V-HOSPITAL"]]
    assert sorted(references(await read(client, "?decision=non-suivies"))) == ["V-CAP", "V-HOSPITAL"]
    empty = await read(client, "?decision=plafond&mois=2026-10")
    assert "Aucune visite n’a cette décision" in empty


@pytest.mark.parametrize("decision", ["", "&decision=non-suivies"])
async def test_pages_follow_each_other_without_loss_or_repetition_and_lead_back(
    client: httpx.AsyncClient, world: World, decision: str
) -> None:
    martin = await someone(world, mobile=MOBILE)
    names = [f"V-{number}" for number in range(2 * reading.PAGE_ROWS + 10)]
    for number, name in enumerate(names):
        await decided(martin, "cap", name, ended_at=MORNING + timedelta(minutes=number))
    await sign_in(client, world, "platform")
    page = await read(client, f"?mois=2026-11{decision}")
    assert 'rel="prev"' not in page
    pages = [references(page)]
    while link := re.search(r'href="/interventions(\?[^"]+)" rel="next"', page):
        assert decision in link[1]
        page = await read(client, link[1])
        pages.append(references(page))
    newest = names[::-1]
    assert pages == [newest[:50], newest[50:100], newest[100:]]
    back = []
    while link := re.search(r'href="/interventions(\?[^"]+)" rel="prev"', page):
        page = await read(client, link[1])
        back.append(references(page))
    assert back == [newest[50:100], newest[:50]]


async def test_a_cursor_that_is_no_identifier_starts_from_the_top(
    client: httpx.AsyncClient, world: World
) -> None:
    await decided(await someone(world, mobile=MOBILE), "cap", "V-1")
    await sign_in(client, world, "platform")
    assert references(await read(client, "?apres=hier&avant=demain&organisme=nous&decision=rien")) == ["V-1"]


async def test_the_page_speaks_english(client: httpx.AsyncClient, world: World) -> None:
    await decided(await someone(world, mobile=MOBILE), "cap")
    await sign_in(client, world, "provider", world.aide34)
    page = await read(client, "?langue=en")
    assert "<h1>Every visit has a decision</h1>" in page
    assert "1 is taken into account: the platform chooses whom it asks." in page
