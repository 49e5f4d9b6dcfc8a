"""The texts shown to a provider are the very texts that its clients receive."""

from datetime import date

import asyncpg
import httpx
import pytest
from msgspec import structs
from msgspec.json import encode

from surveys.channels.gsm7 import count
from surveys.dispatch.text import MessageFacts, render_email, render_sms, template
from surveys.questionnaire.definition import PerChannel, Words
from surveys.questionnaire.reading import library
from tests.quality.measures.views.test_pages import seen
from tests.world import World, sign_in

LINK = "http://testserver/s/EXEMPLE12345"
MONDAY = date(2026, 11, 23)


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


@pytest.mark.parametrize("name", ["opening", "reminder", "low_mark", "ask_again", "motive_again"])
async def test_an_sms_is_shown_letter_for_letter_with_its_cost(
    client: httpx.AsyncClient, world: World, name: str
) -> None:
    await sign_in(client, world, "provider", world.aide34)
    words = seen(await client.get("/avis/messages"))
    text = render_sms(template(name), MessageFacts("Pleiades", "Aide 34", MONDAY, LINK, "", ""))
    assert plain(text) in words
    assert f"{count(text).segments} SMS, {count(text).units} caractères" in words


async def test_what_clients_hear_of_their_complaint_is_shown_too(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "provider", world.aide34)
    words = seen(await client.get("/avis/messages"))
    link, phone = "http://testserver/suivi/EXEMPLE12345", "04 67 00 00 00"
    for name in ("news", "verdict"):
        text = render_sms(template(name), MessageFacts("Pleiades", "Aide 34", MONDAY, link, phone, ""))
        assert plain(text) in words
        assert plain(template(f"{name}_email").subject) in words
    assert "Une fois, sept jours après la solution." in words


async def test_the_messages_speak_of_the_questionnaire_of_the_platform(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    whole = library("default")
    words = Words("Comment s’est passé le passage {d_organisme} ?", "How did it go with {organisme}?")
    first = structs.replace(whole.items[0], label=words, words=PerChannel())
    definition = encode(structs.replace(whole, version=90, items=(first, *whole.items[1:]))).decode()
    await owner.execute(
        """
        INSERT INTO questionnaire_version (id, platform_id, code, version, definition, published_at)
        VALUES (gen_random_uuid(), $1, 'default', 90, $2::jsonb, now())
        """,
        world.platform,
        definition,
    )
    await sign_in(client, world, "provider", world.aide34)
    shown = plain(seen(await client.get("/avis/messages")))
    assert "Comment s'est passé le passage d'Aide 34 ? Répondez de 1" in shown  # the SMS
    assert "Rappel : Comment s’est passé le passage d’Aide 34 ?" in shown  # the e-mail


async def test_the_email_is_shown_with_its_subject(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "provider", world.aide34)
    words = seen(await client.get("/avis/messages"))
    hours = "du lundi au vendredi, de 10 h à 12 h 30 et de 14 h à 18 h"
    facts = MessageFacts("Pléiades Services", "Aide 34", MONDAY, LINK, "04 67 00 00 00", hours)
    email = render_email(template("opening_email"), facts)
    assert plain(email.subject) in words
    for line in filter(None, email.text.splitlines()):
        assert plain(line) in words
    assert "Le texte est le même que celui du premier e-mail." in words


async def test_each_message_says_when_it_leaves(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "provider", world.aide34)
    words = seen(await client.get("/avis/messages"))
    assert "4 heures après la visite, du lundi au vendredi, de 10 h à 13 h et de 14 h à 19 h." in words
    assert "2 jours après la visite, du lundi au vendredi" in words
    assert "2 essais au plus. Pour qui n’a ni portable ni e-mail." in words
    assert "Une personne est contactée 4 fois au plus en 30 jours." in words


async def test_the_call_and_the_voicemail_are_told(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "provider", world.aide34)
    words = seen(await client.get("/avis/messages"))
    assert "la plateforme qui travaille avec Aide 34. Je ne vends rien" in words
    assert "Bonjour, ici Pléiades Services. Vous pouvez nous joindre au 04 67 00 00 00" in words


async def test_the_platform_chooses_a_provider_and_an_unknown_one_answers_404(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "platform")
    assert "Ce que les clients d’Aide 34 reçoivent" in seen(await client.get("/avis/messages"))
    page = await client.get("/avis/messages?organisme=55208131766522")
    assert "Cap Domicile" in seen(page)
    assert (await client.get("/avis/messages?organisme=D34")).status_code == 404


async def test_a_provider_reads_its_own_texts_only(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "provider", world.aide34)
    assert (await client.get("/avis/messages?organisme=55208131766522")).status_code == 404
    assert "Cap Domicile" not in (await client.get("/avis/messages")).text


async def test_gironde_reads_no_text_of_a_provider(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "funder", world.gironde)
    assert (await client.get("/avis/messages")).status_code == 403


async def test_the_messages_of_each_moment_are_shown(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "provider", world.aide34)
    missed = plain(seen(await client.get("/avis/messages?moment=no_show")))
    assert "visite Aide 34 non faite. Répondez de 1" in missed
    assert "1 aucune nouvelle, 2 aucun remplacement" in missed
    assert "parler de la visite prévue lundi 23 novembre, qui n’a pas eu lieu ?" in missed
    year = plain(seen(await client.get("/avis/messages?moment=yearly")))
    assert "année avec Aide 34. Répondez de 1" in year
    assert "parler de cette année avec Aide 34 ?" in year
    assert "Réponse à une note de 1 ou 2" not in year


async def test_a_provider_reads_what_its_platform_chose_to_ask(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE questionnaire_use SET code = 'no_show' WHERE moment = 'visit'")
    await owner.execute("UPDATE questionnaire_use SET code = '' WHERE moment = 'yearly'")
    await sign_in(client, world, "provider", world.aide34)
    page = await client.get("/avis/messages?moment=yearly")
    assert "visite Aide 34 non faite. Répondez de 1" in plain(seen(page))
    assert 'value="yearly"' not in page.text
