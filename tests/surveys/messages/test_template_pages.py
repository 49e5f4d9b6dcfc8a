"""/protocoles/messages: read by use and channel, written again, taken back, and what leaves next."""

import html
import re
from datetime import timedelta

import asyncpg
import httpx
import pytest

from quality import clock
from quality.app import House
from quality.db import fetch, fetch_value, pool
from surveys.dispatch.carriers import open_carriers
from surveys.dispatch.sending import send_due
from surveys.dispatch.text import template
from tests.quality.measures.views.test_pages import seen
from tests.surveys.dispatch.asking import NOON, asked, messages, set_clock
from tests.world import World, sign_in

HREF = "/protocoles/messages"
OPENING = f"{HREF}/opening/fr"
OWN = "{plateforme} : {question} ? Répondez {notes} ou {lien} STOP"
RAISED = "{plateforme}, êtes-vous là ? {question}. Répondez {notes} ou {lien} STOP=refus"


async def opened(client: httpx.AsyncClient, world: World, address: str = OPENING) -> dict[str, str]:
    """Sign the platform in, open a message, and give the fields of its form."""
    token = await sign_in(client, world, "platform")
    return {**fields(await client.get(address)), "jeton": token, "action": "enregistrer"}


def fields(answer: httpx.Response) -> dict[str, str]:
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.DOTALL)
    read_at = re.search(r'name="lu" value="([^"]*)"', answer.text)
    assert text
    assert read_at
    return {"texte": html.unescape(text[1]), "lu": read_at[1]}


async def words_of(name: str = "opening", language: str = "fr") -> str:
    sql = "SELECT text FROM message_template WHERE name = $1 AND language = $2"
    return str(await fetch_value(pool("work"), sql, name, language))


async def test_messages_are_listed_by_use_and_channel_with_their_cost(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "platform")
    words = seen(await client.get(HREF))
    for said in (
        "Demander un avis",
        "Premier SMS",
        "Question suivante, par SMS",
        "Répondeur",
        "Texte d’origine",
    ):
        assert said in words
    assert "Texte d’origine, 1 SMS" in words


async def test_new_words_are_kept_and_say_who_wrote_them(client: httpx.AsyncClient, world: World) -> None:
    form = await opened(client, world)
    answer = await client.post(OPENING, data={**form, "texte": OWN})
    assert answer.headers["location"] == f"{OPENING}?fait=enregistre"
    page = seen(await client.get(f"{OPENING}?fait=enregistre"))
    assert "Le prochain envoi prend ces mots." in page
    assert "par Camille Essai" in page
    assert "par Camille Essai" in seen(await client.get(HREF))
    assert await words_of() == OWN
    assert await words_of("opening", "en") == template("opening", "en").text
    audit = await fetch(pool("work"), "SELECT subject, detail FROM audit WHERE action = 'message.write'")
    assert [(row["subject"], row["detail"]) for row in audit] == [("opening", '{"language": "fr"}')]


async def test_the_next_message_uses_the_new_words(
    client: httpx.AsyncClient, world: World, house: House
) -> None:
    form = await opened(client, world)
    await client.post(OPENING, data={**form, "texte": f"Bonjour ! {OWN}"})
    await asked(world)
    set_clock(NOON)
    assert await send_due(house, open_carriers(house), "test") == 1
    (message,) = await messages(house)
    assert message["text"].startswith("Bonjour ! Pleiades : visite Aide 34 mardi ? Répondez")


async def test_a_provider_reads_the_new_words(client: httpx.AsyncClient, world: World) -> None:
    form = await opened(client, world)
    await client.post(OPENING, data={**form, "texte": f"Bonjour ! {OWN}"})
    await sign_in(client, world, "provider", world.aide34)
    assert "Bonjour ! Pleiades : visite Aide 34" in seen(await client.get("/avis/messages"))


async def test_a_refused_text_comes_back_with_each_place(client: httpx.AsyncClient, world: World) -> None:
    form = await opened(client, world)
    typed = "Bonjour\n{plateforme} : visite {organism} & <b> {lien}"
    answer = await client.post(OPENING, data={**form, "texte": typed})
    assert answer.status_code == 422
    assert "<title>Erreur" in answer.text
    words = seen(answer)
    assert "Texte, ligne 2, après « {plateforme} : visite » : « {organism} » n’existe pas" in words
    assert "Vouliez-vous écrire « {organisme} » ?" in words
    assert "Il manque « STOP »" in words
    assert fields(answer)["texte"].replace("\r", "") == typed
    assert re.search(r'<textarea id="texte"[^>]*aria-invalid="true"', answer.text)
    assert await words_of() == template("opening").text


async def test_more_than_one_sms_is_accepted_in_words(client: httpx.AsyncClient, world: World) -> None:
    form = await opened(client, world)
    answer = await client.post(OPENING, data={**form, "texte": RAISED})
    assert answer.status_code == 422
    words = seen(answer)
    assert "La lettre ê fait passer ce message à 3 SMS. La remplacer ?" in words
    assert "Ce message compte 3 SMS par personne. Acceptez-le, ou raccourcissez-le." in words
    assert "J’accepte 3 SMS par personne" in words
    refused = await client.post(OPENING, data={**form, "texte": RAISED, "accord": "2"})
    assert refused.status_code == 422, "two accepted are not three"
    assert (await client.post(OPENING, data={**form, "texte": RAISED, "accord": "3"})).status_code == 303
    assert await words_of() == RAISED


async def test_one_button_replaces_the_guilty_letters_without_saving(
    client: httpx.AsyncClient, world: World
) -> None:
    form = await opened(client, world)
    answer = await client.post(OPENING, data={**form, "texte": RAISED, "action": "remplacer"})
    assert answer.status_code == 200
    assert fields(answer) == {"texte": RAISED.replace("ê", "e"), "lu": form["lu"]}
    assert "fait passer ce message" not in seen(answer).replace("data-given", "")
    assert await words_of() == template("opening").text


async def test_words_are_counted_and_shown_before_they_are_saved(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "UPDATE organisation SET short_name = 'Maintien Domicile' WHERE code = '55208131766522'"
    )
    form = await opened(client, world)
    answer = await client.post(OPENING, data={**form, "texte": f"Bonjour. {OWN}", "action": "verifier"})
    assert answer.status_code == 200
    assert "Bonjour. Pleiades : visite Maintien Domicile" in seen(answer)
    assert await words_of() == template("opening").text


async def test_two_people_who_write_at_once_lose_nothing(client: httpx.AsyncClient, world: World) -> None:
    form = await opened(client, world)
    await client.post(OPENING, data={**form, "texte": f"Un. {OWN}"})
    answer = await client.post(OPENING, data={**form, "texte": f"Deux. {OWN}"})
    assert answer.status_code == 409
    assert "Quelqu’un d’autre a changé ce message." in seen(answer)
    assert fields(answer)["texte"] == f"Deux. {OWN}"
    assert await words_of() == f"Un. {OWN}"
    again = {**form, **fields(answer)}
    assert (await client.post(OPENING, data=again)).status_code == 303
    assert await words_of() == f"Deux. {OWN}"


async def test_words_of_before_are_taken_back_and_nothing_is_forgotten(
    client: httpx.AsyncClient, world: World
) -> None:
    form = await opened(client, world)
    await client.post(OPENING, data={**form, "texte": f"Un. {OWN}"})
    clock.set_offset(timedelta(days=1))
    form |= fields(await client.get(OPENING))
    await client.post(OPENING, data={**form, "texte": f"Deux. {OWN}"})
    page = await client.get(OPENING)
    assert seen(page).count("Revenir à ce texte") == 2
    first = re.findall(r'name="mots" value="([^"]+)"', page.text)[0]
    back = {"jeton": form["jeton"], "lu": fields(page)["lu"], "mots": first}
    assert (await client.post(f"{OPENING}/reprendre", data=back)).headers[
        "location"
    ] == f"{OPENING}?fait=repris"
    assert await words_of() == f"Un. {OWN}"
    page = await client.get(OPENING)
    original = {"jeton": form["jeton"], "lu": fields(page)["lu"]}
    await client.post(f"{OPENING}/reprendre", data=original)
    assert await words_of() == template("opening").text
    page = await client.get(OPENING)
    assert "Revenir au texte d’origine" not in seen(page)
    assert seen(page).count("Revenir à ce texte") == 4


async def test_words_that_did_not_change_leave_no_trace(client: httpx.AsyncClient, world: World) -> None:
    for name in ("opening", "opening_email", "voicemail"):
        address = f"{HREF}/{name}/fr"
        form = await opened(client, world, address)
        form["texte"] = form["texte"].replace("\n", "\r\n")
        subject = {"objet": template(name).subject}
        answer = await client.post(address, data={**form, **subject})
        assert answer.headers["location"] == f"{address}?fait=identique"
    assert await fetch_value(pool("work"), "SELECT count(*) FROM audit WHERE action = 'message.write'") == 0


async def test_an_email_and_a_voicemail_are_shown_as_they_are_received(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "platform")
    email = seen(await client.get(f"{HREF}/opening_email/fr"))
    assert "Comment s’est passée la visite de Cap Domicile" in email
    assert "5 Très bien : http://testserver/s/EXEMPLE12345?note=5" in email
    voicemail = seen(await client.get(f"{HREF}/voicemail/en"))
    assert "Hello, this is Pléiades Services. You can reach us on 04 67 00 00 00" in voicemail


async def test_words_that_the_platform_never_had_begin_with_those_of_the_product(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("DELETE FROM message_template WHERE name = 'news'")
    address = f"{HREF}/news/en"
    form = await opened(client, world, address)
    assert form["texte"] == template("news", "en").text
    own = "Hello, {plateforme}: news, see {lien}"
    assert (await client.post(address, data={**form, "texte": own})).status_code == 303
    assert await words_of("news", "en") == own
    assert template("news", "en").text[:20] in html.unescape((await client.get(address)).text)


@pytest.mark.parametrize("path", ["inconnu/fr", "opening/de", "opening/fr/x"])
async def test_a_message_that_does_not_exist_answers_404(
    client: httpx.AsyncClient, world: World, path: str
) -> None:
    await sign_in(client, world, "platform")
    assert (await client.get(f"{HREF}/{path}")).status_code == 404


async def test_a_mangled_form_answers_404(client: httpx.AsyncClient, world: World) -> None:
    form = await opened(client, world)
    assert (await client.post(OPENING, data={**form, "texte": OWN, "lu": "hier"})).status_code == 404
    gone = {**form, "mots": "x"}
    assert (await client.post(f"{OPENING}/reprendre", data=gone)).status_code == 404
    gone["mots"] = str(world.platform)
    assert (await client.post(f"{OPENING}/reprendre", data=gone)).status_code == 404


async def test_gironde_and_a_provider_change_no_message(client: httpx.AsyncClient, world: World) -> None:
    for role, organisation in (("funder", world.gironde), ("provider", world.aide34), ("supervisor", None)):
        token = await sign_in(client, world, role, organisation)
        assert (await client.get(OPENING)).status_code == 403
        assert (await client.post(OPENING, data={"jeton": token, "texte": OWN})).status_code == 403
