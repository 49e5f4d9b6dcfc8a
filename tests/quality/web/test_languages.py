"""Both languages are whole: each sentence has its English, and French comes first until somebody chooses."""

import re
import shutil
from pathlib import Path

import httpx
import pytest
from babel.messages.pofile import read_po, write_po
from starlette.requests import Request

from quality.errors import Conflict
from quality.web import languages
from tests import checks
from tests.world import World, sign_in

PLACEHOLDER = re.compile(r"%\(\w+\)s|%d|%%|\{\w*\}")


def entries(path: Path = checks.ENGLISH) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Give each entry of the catalogue: its French forms, then its English ones."""
    with path.open("rb") as source:
        found = [message for message in read_po(source, locale="en") if message.id]
    forms = [(m.id, m.string) if m.pluralizable else ((m.id,), (m.string,)) for m in found]
    return {french[0]: (french, english) for french, english in forms}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(checks.ENGLISH, tmp_path_factory.mktemp("locale") / "messages.po"))


def test_every_sentence_has_its_english_and_none_is_left_over() -> None:
    assert checks.untranslated() == []


@pytest.mark.parametrize("said", ["Accueil", "%(num)s client"])
def test_a_missing_sentence_and_an_unused_one_are_found(copied: Path, said: str) -> None:
    with copied.open("rb") as source:
        catalogue = read_po(source, locale="en")
    catalogue.delete(said)
    catalogue.add("Une phrase que personne ne dit", "A sentence that nobody says")
    with copied.open("wb") as target:
        write_po(target, catalogue)
    found = checks.untranslated(copied)
    assert f"missing: {said}" in found
    assert "unused: Une phrase que personne ne dit" in found


@pytest.mark.parametrize("form", [0, -1])
def test_a_translation_keeps_the_values_of_its_sentence(form: int) -> None:
    """Compare singulars then plurals: French counts one in words where English may write it."""
    wrong = []
    for french, english in entries().values():
        pair = sorted(PLACEHOLDER.findall(french[form])), sorted(PLACEHOLDER.findall(english[form]))
        if pair[0] != pair[1]:
            wrong.append((french[form], english[form]))
    assert wrong == []


def test_english_is_set_as_english_is_printed() -> None:
    french_signs = re.compile(r"[«»\u202f\u00a0]|\w'\w| [:;?!]|\"")
    wrong = [form for _, english in entries().values() for form in english if french_signs.search(form)]
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "number", "words"),
    [
        ("fr", 0, "%(num)s client"),
        ("fr", 1, "%(num)s client"),
        ("fr", 2, "%(num)s clients"),
        ("en", 0, "%(num)s clients"),
        ("en", 1, "%(num)s client"),
        ("en", 2, "%(num)s clients"),
    ],
)
def test_zero_is_singular_in_french_and_plural_in_english(language: str, number: int, words: str) -> None:
    with languages.using(language):
        assert languages.ngettext("%(num)s client", "%(num)s clients", number) == words


def test_an_error_is_told_in_the_reader_s_language_with_its_values() -> None:
    error = Conflict("La réclamation {number} n’en est plus là. Rechargez la page.", number=7)
    with languages.using("en"):
        assert languages.said(error) == "Complaint 7 has moved on since. Reload the page."
    assert languages.said(error) == str(error)


def test_an_unknown_sentence_stays_as_it_is() -> None:
    with languages.using("en"):
        assert languages.gettext("Phrase inconnue") == "Phrase inconnue"
        assert languages.gettext("") == ""


def test_a_sentence_read_aloud_is_in_its_hearer_s_language() -> None:
    with languages.using("en"):
        assert languages.spoken("Bonjour %(name)s.", "fr", name="Mme Martin") == "Bonjour Mme Martin."
        assert languages.gettext("Accueil") == "Home"


async def language_of(client: httpx.AsyncClient, path: str) -> str:
    page = await client.get(path)
    assert f'<html lang="{page.headers["content-language"]}">' in page.text
    return page.headers["content-language"]


async def test_french_comes_first_whatever_the_browser_prefers(
    client: httpx.AsyncClient, world: World
) -> None:
    client.headers["accept-language"] = "en-GB,en;q=0.9"
    assert await language_of(client, "/connexion") == "fr"
    await sign_in(client, world, "agent")
    assert await language_of(client, "/accueil") == "fr"


async def test_a_language_chosen_once_stays_on_this_browser(client: httpx.AsyncClient, world: World) -> None:
    assert await language_of(client, "/connexion?langue=en") == "en"
    assert await language_of(client, "/mentions-legales") == "en"
    assert await language_of(client, "/connexion?langue=fr") == "fr"
    assert await language_of(client, "/connexion") == "fr"


async def test_an_unknown_language_changes_nothing(client: httpx.AsyncClient, world: World) -> None:
    assert await language_of(client, "/connexion?langue=de") == "fr"
    assert "langue" not in client.cookies


async def test_the_language_of_an_account_follows_it_and_a_choice_comes_before(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "agent")
    await client.post("/compte/langue", data={"jeton": token, "langue": "en"})
    assert await language_of(client, "/accueil") == "en"
    client.cookies.set("langue", "fr")
    assert await language_of(client, "/accueil") == "fr"
    assert await language_of(client, "/accueil?langue=en") == "en"


async def test_an_error_page_speaks_the_language_of_the_account(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "provider", world.aide34)
    await client.post("/compte/langue", data={"jeton": token, "langue": "en"})
    refused = await client.get("/admin")
    assert refused.status_code == 403
    assert "This page is not open to your role" in refused.text
    stale = await client.post("/imports", data={"jeton": "autre"})
    assert "This page was opened before you last signed in" in stale.text


async def test_the_same_page_is_offered_in_the_other_language(
    client: httpx.AsyncClient, world: World
) -> None:
    french = await client.get("/connexion?suite=/admin")
    assert '<a href="?suite=%2Fadmin&amp;langue=en" lang="en">English</a>' in french.text
    english = await client.get("/connexion?suite=/admin&langue=en")
    assert 'langue=fr" lang="fr">Français</a>' in english.text


async def test_a_refused_form_offers_the_page_where_it_was_filled_in(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "agent")
    headers = {"referer": "http://testserver/compte?fait=langue"}
    page = await client.post("/compte/langue", data={"jeton": token, "langue": "de"}, headers=headers)
    assert page.status_code == 422
    assert 'href="/compte?fait=langue&amp;langue=en"' in page.text
    assert 'href="/?langue=en"' in (await client.post("/compte/langue", data={"jeton": token})).text


@pytest.mark.parametrize(
    ("asked", "href"),
    [
        ({"method": "GET", "query_string": b"page=\xff"}, "?page=%C3%BF&langue=en"),
        ({"method": "POST", "headers": [(b"referer", b"http://[::1")]}, "/?langue=en"),
        ({"method": "POST", "headers": [(b"referer", b"http://a//b/c?x=1")]}, "/b/c?x=1&langue=en"),
    ],
)
def test_the_other_language_of_an_address_that_anybody_wrote(asked: dict[str, object], href: str) -> None:
    request = Request({"type": "http", "query_string": b"", "headers": [], **asked})
    assert languages.chosen_here(request, "langue", "en") == href
