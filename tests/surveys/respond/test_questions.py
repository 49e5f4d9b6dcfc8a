"""One question a page, without script: stored alone, resumed, corrected, and never by a GET."""

import gzip
import re
from collections.abc import AsyncIterator

import asyncpg
import httpx
import msgspec
import pytest

from surveys.response import response_id
from tests.surveys.invited import invited
from tests.surveys.respond.browsing import Person
from tests.surveys.respond.defined import published
from tests.world import World

Owner = asyncpg.Connection
GOOD = ("5", "4", "4", "5", "oui", "Rien à dire", "non")
NAMES = ("globale", "ponctualite", "travail", "respect", "conseil", "commentaire", "rappel")


async def stored(owner: Owner, respondent: str = "client") -> dict[str, object]:
    found = await owner.fetchval("SELECT answers FROM response WHERE respondent = $1", respondent)
    return msgspec.json.decode(found) if found else {}


async def test_a_person_answers_to_the_end(person: Person, owner: Owner) -> None:
    await person.open()
    for number, (name, value) in enumerate(zip(NAMES, GOOD, strict=True), start=1):
        assert f"Question {number} sur 7" in person.words()
        await person.post(str(number), **{name: value})
    assert person.path == "/qui"
    await person.follow("Passer cette page")
    assert person.path == "/merci"
    assert person.heading() == "Merci, votre réponse est enregistrée"
    assert await stored(owner) == {
        "globale": 5,
        "ponctualite": 4,
        "travail": 4,
        "respect": 5,
        "conseil": "yes",
        "commentaire": "Rien à dire",
        "rappel": "no",
    }
    row = await owner.fetchrow("SELECT channel, respondent, version FROM response")
    assert tuple(row) == ("web", "client", 7)


async def test_the_first_question_names_the_provider_and_the_day_and_nobody(person: Person) -> None:
    await person.open()
    assert person.heading() == "Comment s’est passée la visite d’Aide 34, lundi 23 novembre ?"
    assert "Martin" not in person.text()


async def test_the_first_answer_is_stored_as_soon_as_it_is_posted(person: Person, owner: Owner) -> None:
    await person.open()
    await person.post("1", globale="4")
    assert await stored(owner) == {"globale": 4}
    assert person.path == "/2"


async def test_a_link_resumes_at_the_first_question_not_answered(person: Person) -> None:
    await person.open()
    await person.post("1", globale="4")
    await person.post("2", ponctualite="nsp")
    await person.open()
    assert "Question 3 sur 7" in person.words()


async def test_a_finished_answer_opens_on_the_thanks_and_can_be_changed(person: Person, owner: Owner) -> None:
    for number, (name, value) in enumerate(zip(NAMES, GOOD, strict=True), start=1):
        await person.post(str(number), **{name: value})
    await person.open()
    assert person.path == "/merci"
    await person.follow("Changer ma réponse")
    assert person.checked() == ["5"]
    await person.post("1", globale="3")
    assert (await stored(owner))["globale"] == 3
    assert person.path == "/2"


async def test_back_shows_the_answer_given(person: Person) -> None:
    await person.post("1", globale="4")
    await person.follow("Retour")
    assert (person.path, person.checked()) == ("/1", ["4"])


async def test_an_optional_question_can_be_passed(person: Person, owner: Owner) -> None:
    await person.post("1", globale="4")
    await person.follow("Passer cette question")
    assert person.path == "/3"
    await person.open("7")
    await person.follow("Passer cette question")
    assert person.path == "/qui"
    await person.follow("Passer cette page")
    assert "Il reste 6 questions" in person.words()
    assert await stored(owner) == {"globale": 4}


async def test_the_thanks_lead_to_the_first_question_that_remains(person: Person) -> None:
    await person.post("1", globale="4")
    await person.open("merci")
    await person.follow("Y répondre maintenant")
    assert person.path == "/2"


async def test_a_comment_comes_back_as_it_was_written(person: Person, owner: Owner) -> None:
    await person.post("1", globale="4")
    await person.post("6", commentaire="<b>l’aide</b> & moi\r\n« bien »\x00")
    assert (await stored(owner))["commentaire"] == "<b>l’aide</b> & moi\n« bien »"
    await person.open("6")
    assert "<b>l’aide" not in person.text()
    assert "&lt;b&gt;l’aide&lt;/b&gt; &amp; moi" in person.text()


# ---- errors ----


async def test_a_missing_answer_says_what_to_do(person: Person, owner: Owner) -> None:
    await person.open()
    page = await person.post("1")
    assert page.status_code == 422
    assert re.search(r"<title>\s*Erreur\s*:", page.text)
    main = page.text.split("<main", 1)[1]
    assert main.index('class="errors"') < main.index("<form")
    assert 'href="#globale-1"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert "Choisissez une réponse, de 1 à 5" in person.words()
    assert await stored(owner) == {}


@pytest.mark.parametrize("value", ["0", "6", "4.5", "", "nsp nsp", "é", "\x00"])
async def test_a_value_outside_the_scale_is_refused(person: Person, owner: Owner, value: str) -> None:
    assert (await person.post("1", globale=value)).status_code == 422
    assert await stored(owner) == {}


async def test_a_text_that_is_too_long_is_kept_on_the_page(person: Person, owner: Owner) -> None:
    await person.post("1", globale="4")
    page = await person.post("6", commentaire="a" * 2_001)
    assert page.status_code == 422
    assert "a" * 2_001 in page.text
    assert await stored(owner) == {"globale": 4}


async def test_a_yes_or_no_left_empty_points_to_yes(person: Person) -> None:
    page = await person.post("5")
    assert page.status_code == 422
    assert 'href="#conseil-yes"' in page.text
    assert 'id="conseil-yes"' in page.text


@pytest.mark.parametrize("path", ["0", "8", "99999999999999999999"])
async def test_a_question_that_does_not_exist_is_404(person: Person, path: str) -> None:
    assert (await person.open(path)).status_code == 404
    assert (await person.post(path, globale="4")).status_code == 404


async def test_a_form_that_is_too_heavy_is_refused(person: Person) -> None:
    assert (await person.post("6", commentaire="a" * 70_000)).status_code == 413


async def test_a_heavy_form_that_tells_no_length_is_refused(person: Person, owner: Owner) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"globale=4"
        for _part in range(9):
            yield b"&x=" + b"a" * 8_000

    heading = {"content-type": "application/x-www-form-urlencoded"}
    sent = await person.client.post(f"/s/{person.token}/1", content=parts(), headers=heading)
    assert sent.status_code == 413
    assert await stored(owner) == {}


async def test_a_form_with_too_many_fields_is_refused(person: Person, owner: Owner) -> None:
    fields = {f"champ{number}": "1" for number in range(30)}
    assert (await person.post("1", globale="4", **fields)).status_code == 413
    assert await stored(owner) == {}


async def test_a_form_sent_as_multipart_is_read(person: Person, owner: Owner) -> None:
    sent = await person.client.post(f"/s/{person.token}/1", files={"globale": (None, "4")})
    assert sent.status_code == 303
    assert await stored(owner) == {"globale": 4}


@pytest.mark.parametrize("body", [b"globale=%ff", b"\xff\xfe", b"globale", b"&&&", b""])
async def test_a_form_that_is_no_form_says_what_is_missing(person: Person, owner: Owner, body: bytes) -> None:
    sent = await person.client.post(f"/s/{person.token}/1", content=body)
    assert sent.status_code == 422
    assert await stored(owner) == {}


async def test_a_form_from_another_site_is_refused(person: Person, owner: Owner) -> None:
    page = await person.client.post(
        f"/s/{person.token}/1", data={"globale": "1"}, headers={"origin": "https://elsewhere.invalid"}
    )
    assert page.status_code == 403
    assert await stored(owner) == {}


# ---- twice, back, two devices ----


async def test_a_double_post_counts_once(person: Person, owner: Owner) -> None:
    await person.post("1", globale="4")
    await person.post("1", globale="4")
    assert await owner.fetchval("SELECT n FROM cell WHERE indicator = 'GLOB'") == 1
    assert await owner.fetchval("SELECT count(*) FROM response") == 1


async def test_two_devices_share_one_answer(person: Person, owner: Owner, client: httpx.AsyncClient) -> None:
    tablet = Person(client, person.token)
    await person.open()
    await tablet.open()
    await person.post("1", globale="4")
    await tablet.post("1", globale="2")
    assert tablet.path == "/souhait"
    await person.post("2", ponctualite="5")
    assert await stored(owner) == {"globale": 2, "ponctualite": 5}
    assert await owner.fetchval("SELECT x FROM cell WHERE indicator = 'GLOB'") == 0


# ---- what a link may choose ----


async def test_a_score_link_only_checks_beforehand(person: Person, owner: Owner) -> None:
    await person.open(f"/s/{person.token}?note=4")
    assert person.checked() == ["4"]
    assert "Envoyer ma réponse" in person.words()
    assert await stored(owner) == {}
    await person.post("1", globale="4")
    assert await stored(owner) == {"globale": 4}


@pytest.mark.parametrize("note", ["0", "6", "nsp", "4%27", ""])
async def test_a_score_link_outside_the_scale_checks_nothing(person: Person, note: str) -> None:
    await person.open(f"/s/{person.token}?note={note}")
    assert person.checked() == []
    assert "Continuer" in person.words()


async def test_a_score_link_after_the_answer_shows_the_question_again(person: Person) -> None:
    await person.post("1", globale="4")
    await person.open(f"/s/{person.token}?note=2")
    assert "Question 1 sur 7" in person.words()
    assert person.checked() == ["2"]


async def test_a_relative_stays_a_relative_from_page_to_page(person: Person, owner: Owner) -> None:
    await person.open()
    await person.follow("Je réponds pour un proche")
    assert "Vous répondez pour une autre personne" in person.words()
    await person.post("1", globale="5")
    await person.post("2", ponctualite="4")
    await person.follow("Retour")
    assert person.checked() == ["4"]
    assert await stored(owner, "relative") == {"globale": 5, "ponctualite": 4}
    await person.open("merci?proche=oui")
    await person.follow("Changer ma réponse")
    await person.post("1", globale="3")
    assert (await stored(owner, "relative"))["globale"] == 3
    assert await stored(owner) == {}


async def test_a_relatives_answer_leaves_the_clients_own_page_empty(person: Person, owner: Owner) -> None:
    await person.open("1?proche=oui")
    await person.post("1", globale="5")
    mine = Person(person.client, person.token)
    await mine.open()
    assert "Question 1 sur 7" in mine.words()
    assert mine.checked() == []
    await mine.post("1", globale="2")
    assert await stored(owner) == {"globale": 2}
    assert await stored(owner, "relative") == {"globale": 5}


async def test_a_person_may_say_that_it_is_for_themselves_after_all(person: Person, owner: Owner) -> None:
    await person.open("1?proche=oui")
    await person.follow("Je réponds pour moi")
    await person.post("1", globale="4")
    assert await stored(owner) == {"globale": 4}


async def test_a_relative_who_was_asked_answers_as_one(
    world: World, client: httpx.AsyncClient, owner: Owner
) -> None:
    token, invitation = await invited(world, audience="relative")
    asked = Person(client, token)
    await asked.open()
    assert "Vous répondez pour une autre personne" in asked.words()
    await asked.post("1", globale="4")
    assert await owner.fetchval("SELECT id FROM response") == response_id(invitation, "relative")


async def test_english_is_kept_from_page_to_page(person: Person) -> None:
    await person.open(f"/s/{person.token}?langue=en")
    assert "How did the visit" in person.heading()
    await person.post("1", globale="4")
    assert person.path == "/2?langue=en"
    await person.open("1")
    assert person.path == "/1?langue=en"
    assert 'lang="en"' in person.text()
    assert (await person.post("2")).text.count('<html lang="en"') == 1


async def test_the_language_is_the_invitations_unless_chosen(world: World, client: httpx.AsyncClient) -> None:
    token, _ = await invited(world, language="en")
    asked = Person(client, token)
    await asked.open()
    assert "How did the visit" in asked.heading()
    await asked.open(f"/s/{token}?langue=fr")
    assert "Comment s’est passée" in asked.heading()


async def test_a_language_that_is_not_written_falls_back_to_french(
    world: World, client: httpx.AsyncClient
) -> None:
    token, _ = await invited(world, language="ar")
    asked = Person(client, token)
    await asked.open(f"/s/{token}?langue=de")
    assert "Comment s’est passée" in asked.heading()


# ---- weight and headers ----


async def test_a_page_is_light_and_makes_one_other_request(person: Person) -> None:
    page = await person.open()
    assert len(page.content) < 30_000
    assert "<script" not in page.text
    assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)[0].startswith(
        "/static/respond.css"
    )
    assert len(re.findall(r'(?:src|href)="(?:/static|http)', page.text)) == 1
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex"
    sheet = await person.client.get(re.findall(r'href="(/static/[^"]+)"', page.text)[0])
    assert len(gzip.compress(sheet.content)) < 3_072


# ---- facts of the visit ----


async def test_a_question_names_the_activity_of_the_visit(
    world: World, client: httpx.AsyncClient, owner: Owner
) -> None:
    named = {"alias": "g", "kind": "rating", "core": True, "label": {"fr": "{activite}, bien ?"}}
    version = await published(owner, world, named)
    said = []
    for number, activity in enumerate(("II-1", "II-2"), start=1):
        token, invitation = await invited(world, activity=activity, mobile=f"+3363998001{number}")
        await owner.execute("UPDATE invitation SET questionnaire_id = $1 WHERE id = $2", version, invitation)
        person = Person(client, token)
        await person.open()
        said.append(person.heading())
    assert said == [
        "Entretien de la maison et travaux ménagers, bien ?",
        "Petits travaux de jardinage, bien ?",
    ]


async def test_a_token_typed_in_lower_case_keeps_the_language_of_its_page(person: Person) -> None:
    await person.open(f"/s/{person.token.lower()}?langue=en")
    await person.follow("I am answering for a relative or friend")
    assert person.path == "/1?proche=oui&langue=en"


@pytest.mark.parametrize("header", ["referer", "origin"])
async def test_an_address_that_is_none_in_a_header_breaks_nothing(person: Person, header: str) -> None:
    """A proxy or a program may write anything there."""
    sent = {header: "http://[::1"}
    assert (await person.client.get(f"/s/{person.token}/1", headers=sent)).status_code == 200
    answer = await person.client.post(f"/s/{person.token}/1", data={"globale": "9"}, headers=sent)
    assert answer.status_code == {"referer": 422, "origin": 403}[header]
