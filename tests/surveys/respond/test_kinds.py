"""Every kind of question on its page: what is offered, stored, shown again, refused with its reason."""

import re
from collections.abc import Awaitable, Callable

import asyncpg
import httpx
import msgspec
import pytest

from tests.surveys.respond.browsing import Person
from tests.surveys.respond.defined import MARK, asked, published
from tests.world import World

Owner = asyncpg.Connection
OUTSIDE = {"dont_know": True, "not_applicable": True}
CHOICES = [
    {"value": "retard", "label": {"fr": "Un retard"}},
    {"value": "travail", "label": {"fr": "Un travail non fait"}},
    {"value": "rien", "label": {"fr": "Rien de cela"}, "exclusive": True},
]
ITEMS = (
    MARK | OUTSIDE,
    {"alias": "conseil", "kind": "scale", "label": {"fr": "De 0 à 10 ?"}, **OUTSIDE},
    {"alias": "fini", "kind": "yes_no", "label": {"fr": "Est-ce fini ?"}, **OUTSIDE},
    {
        "alias": "lieu",
        "kind": "single",
        "label": {"fr": "Où ?"},
        "choices": [{"value": "salon", "label": {"fr": "Au salon"}}, {"value": "B.2", "label": {"fr": "B"}}],
        **OUTSIDE,
    },
    {"alias": "motif", "kind": "multiple", "label": {"fr": "Quoi ?"}, "choices": CHOICES, **OUTSIDE},
    {"alias": "nuits", "kind": "number", "label": {"fr": "Combien de nuits ?"}, **OUTSIDE},
    {"alias": "heures", "kind": "number", "decimals": True, "label": {"fr": "Combien d’heures ?"}, **OUTSIDE},
    {"alias": "jour", "kind": "date", "label": {"fr": "Quel jour ?"}, **OUTSIDE},
    {"alias": "mots", "kind": "text", "label": {"fr": "Et encore ?"}},
)
NUMBERS = {item["alias"]: str(number) for number, item in enumerate(ITEMS, start=1)}
Field = str | list[str]


@pytest.fixture
async def person(world: World, client: httpx.AsyncClient, owner: Owner) -> Person:
    someone = await asked(owner, world, client, await published(owner, world, *ITEMS))
    await someone.open()
    return someone


@pytest.fixture
def stored(owner: Owner) -> Callable[[str], Awaitable[object]]:
    async def read(alias: str) -> object:
        found = await owner.fetchval("SELECT answers FROM response")
        return (msgspec.json.decode(found) if found else {}).get(alias)

    return read


def typed(person: Person) -> list[str]:
    """Read what stands in the fields that are written in."""
    return re.findall(r'<input type="text"[^>]* value="([^"]*)"', person.text())


@pytest.mark.parametrize(
    ("alias", "fields", "expected"),
    [
        ("globale", {"globale": "4"}, 4),
        ("globale", {"globale": "so"}, "so"),
        ("conseil", {"conseil": "0"}, 0),
        ("conseil", {"conseil": "10"}, 10),
        ("conseil", {"conseil": "nsp"}, "nsp"),
        ("fini", {"fini": "no"}, "no"),
        ("fini", {"fini": "so"}, "so"),
        ("lieu", {"lieu": "B.2"}, "B.2"),
        ("motif", {"motif": ["travail", "retard"]}, ["retard", "travail"]),
        ("motif", {"motif": "rien"}, ["rien"]),
        ("motif", {"motif": "so"}, "so"),
        ("nuits", {"nuits": " 12 "}, 12),
        ("nuits", {"nuits": ["", "nsp"]}, "nsp"),
        ("heures", {"heures": "1,5"}, 1.5),
        ("jour", {"jour-jour": "5", "jour-mois": "11", "jour-annee": "2026"}, "2026-11-05"),
        ("jour", {"jour": "2026-11-05"}, "2026-11-05"),
        ("jour", {"jour": "so", "jour-jour": "", "jour-mois": "", "jour-annee": ""}, "so"),
        ("mots", {"mots": "Merci"}, "Merci"),
    ],
)
async def test_an_answer_is_stored_and_shown_again(
    person: Person,
    stored: Callable[[str], Awaitable[object]],
    alias: str,
    fields: dict[str, Field],
    expected: object,
) -> None:
    page = NUMBERS[alias]
    await person.open(page)
    sent = await person.client.post(f"/s/{person.token}/{page}", data=fields)
    assert sent.status_code == 303
    assert await stored(alias) == expected
    await person.open(page)
    assert shown(person) == seen(expected)


def shown(person: Person) -> list[str]:
    written = re.findall(r"<textarea[^>]*>([^<]*)<", person.text())
    return [each for each in (*typed(person), *written, *person.checked()) if each]


def seen(answer: object) -> list[str]:
    """Say how an answer stands on its page."""
    if isinstance(answer, list):
        return answer
    return {"2026-11-05": ["5", "11", "2026"], "1.5": ["1,5"]}.get(str(answer), [str(answer)])


@pytest.mark.parametrize(
    ("alias", "fields", "anchor", "says", "kept"),
    [
        ("conseil", {}, "conseil-0", "Choisissez une des réponses proposées", []),
        ("conseil", {"conseil": "11"}, "conseil-0", "Choisissez une des réponses proposées", []),
        ("lieu", {"lieu": "cave"}, "lieu-salon", "Choisissez une des réponses proposées", []),
        ("motif", {}, "motif-retard", "Cochez au moins une réponse", []),
        ("motif", {"motif": ["retard", "rien"]}, "motif-retard", "exclut les autres", ["retard", "rien"]),
        ("nuits", {"nuits": "trois"}, "nuits", "Écrivez un nombre en chiffres", ["trois"]),
        ("nuits", {"nuits": "1,5"}, "nuits", "sans virgule", ["1,5"]),
        ("nuits", {"nuits": ["3", "nsp"]}, "nuits", "Donnez une seule réponse", ["3", "nsp"]),
        ("nuits", {"nuits": "<b>"}, "nuits", "Écrivez un nombre", ["&lt;b&gt;"]),
        ("jour", {"jour-jour": "31", "jour-mois": "2"}, "jour-jour", "Écrivez une date", ["31", "2"]),
        ("jour", {"jour-annee": "2026", "jour": "nsp"}, "jour-jour", "une seule réponse", ["2026", "nsp"]),
        ("jour", {}, "jour-jour", "Écrivez une date", []),
    ],
)
async def test_a_refused_answer_stays_on_its_page_with_the_reason(
    person: Person,
    stored: Callable[[str], Awaitable[object]],
    alias: str,
    fields: dict[str, Field],
    anchor: str,
    says: str,
    kept: list[str],
) -> None:
    page = await person.client.post(f"/s/{person.token}/{NUMBERS[alias]}", data=fields)
    person.page = page
    assert page.status_code == 422
    assert says in person.words()
    assert f'href="#{anchor}"' in page.text
    assert f'id="{anchor}"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert f'id="{alias}-erreur"' in page.text
    assert shown(person) == kept
    assert await stored(alias) is None


async def test_several_boxes_are_boxes_and_say_so(person: Person) -> None:
    await person.open(NUMBERS["motif"])
    assert person.text().count('type="checkbox"') == 5
    assert "Plusieurs réponses sont possibles." in person.words()
    assert "Cela ne me concerne pas" in person.words()


async def test_a_0_to_10_has_eleven_marks(person: Person) -> None:
    await person.open(NUMBERS["conseil"])
    assert re.findall(r'type="radio" name="conseil" id="[^"]*" value="(\d+)"', person.text()) == [
        str(mark) for mark in range(11)
    ]


async def test_twenty_boxes_all_checked_are_read(
    world: World, client: httpx.AsyncClient, owner: Owner, stored: Callable[[str], Awaitable[object]]
) -> None:
    choices = [{"value": f"v{n}", "label": {"fr": f"Choix {n}"}} for n in range(20)]
    many = {"alias": "motif", "kind": "multiple", "label": {"fr": "Quoi ?"}, "choices": choices}
    someone = await asked(owner, world, client, await published(owner, world, MARK, many))
    values = [choice["value"] for choice in choices]
    fields = {"motif": values, "langue": "fr", "proche": "non"}
    assert (await client.post(f"/s/{someone.token}/2", data=fields)).status_code == 303
    assert await stored("motif") == values


# ---- constraints ----

NIGHTS = {
    "alias": "nuits",
    "kind": "number",
    "label": {"fr": "Combien de nuits ?"},
    "constraint": ". >= 0 and . <= 31",
    "constraint_message": {"fr": "Écrivez un nombre de 0 à 31", "en": "Write a number from 0 to 31"},
}
SINCE = {"alias": "depuis", "kind": "date", "label": {"fr": "Depuis ?"}, "constraint": ". <= ${today}"}
FEWER = {
    "alias": "moins",
    "kind": "number",
    "label": {"fr": "Dont ?"},
    "constraint": ". <= ${nuits}",
    "constraint_message": {"fr": "Pas plus que le total"},
}


@pytest.fixture
async def constrained(world: World, client: httpx.AsyncClient, owner: Owner) -> Person:
    return await asked(owner, world, client, await published(owner, world, MARK, NIGHTS, SINCE, FEWER))


async def test_a_constraint_says_in_its_own_words_what_is_wrong(constrained: Person) -> None:
    page = await constrained.post("2", nuits="45")
    assert page.status_code == 422
    assert "Erreur : Écrivez un nombre de 0 à 31" in constrained.words()
    assert typed(constrained) == ["45"]


async def test_a_constraint_speaks_english(constrained: Person) -> None:
    await constrained.client.post(f"/s/{constrained.token}/2?langue=en", data={"nuits": "45"})
    await constrained.open("2?langue=en")
    page = await constrained.post("2", nuits="45")
    assert page.status_code == 422


async def test_a_constraint_without_words_says_that_the_answer_does_not_do(constrained: Person) -> None:
    fields = {"depuis-jour": "25", "depuis-mois": "11", "depuis-annee": "2026"}
    assert (await constrained.post("3", **fields)).status_code == 422
    assert "Cette réponse ne convient pas ici : vérifiez-la" in constrained.words()
    assert typed(constrained) == ["25", "11", "2026"]
    assert (await constrained.post("3", **{**fields, "depuis-jour": "24"})).status_code == 200


async def test_an_answer_is_not_refused_for_another_that_has_changed_elsewhere(
    constrained: Person, owner: Owner
) -> None:
    await constrained.post("2", nuits="2")
    await constrained.open("4")
    changed = """UPDATE response SET answers = answers || '{"nuits": 9}', version = version + 1"""
    await owner.execute(changed)
    assert (await constrained.post("4", moins="5")).status_code == 200
    assert await owner.fetchval("SELECT answers ->> 'moins' FROM response") == "5"


# ---- relevance ----

WHY = {
    "alias": "motif",
    "kind": "single",
    "label": {"fr": "Quoi ?"},
    "choices": CHOICES[:2],
    "relevant": "${globale} <= 2",
}
LATE = {
    "alias": "heure",
    "kind": "number",
    "label": {"fr": "Combien de minutes ?"},
    "relevant": "selected(${motif}, 'retard')",
}
WORDS = {"alias": "mots", "kind": "text", "label": {"fr": "Et encore ?"}}
SPOKEN = {"alias": "voix", "kind": "yes_no", "label": {"fr": "Dites ?"}, "channels": ["phone"]}


@pytest.fixture
async def branching(world: World, client: httpx.AsyncClient, owner: Owner) -> Person:
    mark = {key: value for key, value in MARK.items() if key != "signal"}
    version = await published(owner, world, mark, WHY, LATE, SPOKEN, WORDS)
    someone = await asked(owner, world, client, version)
    await someone.open()
    return someone


async def test_the_next_question_is_the_next_that_is_asked(branching: Person) -> None:
    await branching.post("1", globale="5")
    assert branching.path == "/5"
    await branching.post("1", globale="2")
    assert branching.path == "/2"
    await branching.post("2", motif="retard")
    assert branching.path == "/3"
    await branching.post("3", heure="20")
    assert branching.path == "/5"
    await branching.follow("Retour")
    assert branching.path == "/3"


async def test_back_and_skip_pass_over_what_is_not_asked(branching: Person) -> None:
    await branching.post("1", globale="4")
    await branching.follow("Retour")
    assert branching.path == "/1"
    await branching.open("5")
    await branching.follow("Passer cette question")
    assert branching.path == "/qui"
    await branching.follow("Passer cette page")
    assert "Il reste 1 question" in branching.words()


async def test_no_number_of_questions_is_told_that_may_turn_out_wrong(branching: Person) -> None:
    assert "Question 1" not in branching.words()
    await branching.post("1", globale="5")
    assert "Question" not in branching.words()


async def test_a_question_that_is_not_asked_leads_to_the_one_that_is(branching: Person) -> None:
    await branching.post("1", globale="5")
    await branching.open("2")
    assert branching.path == "/5"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_question_of_another_channel_has_no_page(branching: Person, method: str) -> None:
    page = await branching.client.request(method, f"/s/{branching.token}/4", data={"voix": "yes"})
    assert page.status_code == 404


async def test_a_number_of_questions_that_the_visit_settles_is_told(
    world: World, client: httpx.AsyncClient, owner: Owner
) -> None:
    only = {**WORDS, "alias": "mandat", "relevant": "${mode} = 'mandataire'"}
    version = await published(owner, world, MARK, only, WORDS)
    one = await asked(owner, world, client, version)
    await one.open()
    assert "Question 1 sur 2" in one.words()
    await one.post("1", globale="5")
    assert (one.path, "Question 2 sur 2" in one.words()) == ("/3", True)
    other = await asked(owner, world, client, version, mode="mandataire", mobile="+33639980002")
    await other.open()
    assert "Question 1 sur 3" in other.words()


# ---- languages ----


async def test_a_question_is_asked_in_a_language_that_the_page_has_not(
    world: World, client: httpx.AsyncClient, owner: Owner
) -> None:
    arabic = MARK | {"label": {"fr": "Bien ?", "ar": "هل كل شيء بخير؟"}}
    version = await published(owner, world, arabic, WORDS, languages=["fr", "ar"])
    one = await asked(owner, world, client, version, language="ar")
    await one.open()
    assert '<h1 lang="ar" dir="rtl">هل كل شيء بخير؟</h1>' in one.text()
    assert '<html lang="fr"' in one.text()
    assert "ممتاز" not in one.text()
    assert "جيد جدًا" in one.text()
    await one.open("1?langue=fr")
    assert one.heading() == "Bien ?"
    await one.open("2")
    assert one.heading() == "Et encore ?"


# ---- links of an e-mail ----


@pytest.mark.parametrize(
    ("link", "checked"), [("reponse=salon", ["salon"]), ("reponse=nsp", []), ("note=1", [])]
)
async def test_a_link_checks_an_answer_beforehand(
    world: World, client: httpx.AsyncClient, owner: Owner, link: str, checked: list[str]
) -> None:
    first = {**ITEMS[3], "core": True}
    someone = await asked(owner, world, client, await published(owner, world, first, WORDS))
    await someone.open(f"/s/{someone.token}?{link}")
    assert someone.checked() == checked
    assert await owner.fetchval("SELECT count(*) FROM response") == 0
