"""One language beside the French: on a page, as a file out, and in again after its differences were seen."""

import httpx
import pytest
from hypothesis import given

from surveys.authoring import changing
from surveys.authoring.editing import drafts
from surveys.authoring.editing.translating import as_csv, decoded, places, received
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.reading import library
from tests.sent import sent_by
from tests.surveys.authoring.editing.test_draft_pages import DRAFT, opened, press
from tests.surveys.authoring.test_questionnaire_pages import plain
from tests.surveys.questionnaire.strategies import any_definition
from tests.world import World

DEFAULT = library("default")
PAGE = f"{DRAFT}/traduction/en"


@given(any_definition())
def test_a_file_that_comes_back_as_it_left_changes_nothing(questionnaire: Questionnaire):
    found = received(as_csv(questionnaire, "en"), questionnaire, "en")
    assert (found.texts, found.refusals, found.warnings) == ({}, (), ())


@given(any_definition())
def test_every_text_has_a_name_of_its_own(questionnaire: Questionnaire):
    names = [place.name for place in places(questionnaire)]
    assert len(set(names)) == len(names)


def test_a_formula_leaves_guarded_and_comes_back_bare():
    risky = changing.reword(DEFAULT, {("title",): "=1+1"}, "en").after
    written = as_csv(risky, "en")
    assert ";'=1+1" in written
    assert received(written, DEFAULT, "en").texts == {("title",): "=1+1"}


def test_a_file_says_line_by_line_what_it_does_not_know():
    lines = ("path,fr,en", "title,Suivi d’une visite,A", "title,Suivi d’une visite,B", "rien.label,x,y")
    refusals = [each.replace("\xa0", " ") for each in received("\n".join(lines), DEFAULT, "en").refusals]
    assert refusals == [
        "Ligne 3 : « title » est déjà écrit plus haut.",
        "Ligne 4 : « rien.label » n’est pas un texte de ce questionnaire.",
    ]
    for unreadable in ("", "path;fr\ntitle;x", 'path,fr,en\n"title', "path,fr,en\ntitle"):
        assert "il faut les colonnes" in received(unreadable, DEFAULT, "en").refusals[0]
    long = received(f"path,fr,en\ntitle,x,{'y' * 501}", DEFAULT, "en").refusals
    assert "dépasse 500" in long[0]


@pytest.mark.parametrize(("encoding", "sign"), [("cp1252", ";"), ("utf-16", "\t"), ("utf-8", ",")])
def test_a_file_is_read_as_spreadsheets_write_it(encoding: str, sign: str):
    lines = (("path", "fr", "en"), ("", "", ""), ("title", "Suivi d’une visite", "Café"), ("rien", "x", "y"))
    raw = "\r\n".join(sign.join(line) for line in lines).encode(encoding)
    source = decoded(raw, "en")
    assert source is not None
    assert received(source, DEFAULT, "en").refusals == (
        "Ligne 4 : « rien » n’est pas un texte de ce questionnaire.",
    )
    assert received(source.partition("\r\nrien")[0], DEFAULT, "en").texts == {("title",): "Café"}


def test_windows_cannot_write_arabic():
    assert decoded("Été".encode("cp1252"), "ar") is None
    assert decoded(b"\x81", "en") is None


def test_a_french_that_changed_since_is_said_and_the_rest_is_read():
    found = received("path;fr;en\r\ntitle;Ancien nom;New name", DEFAULT, "en")
    assert found.texts == {("title",): "New name"}
    assert "Ancien nom" in found.warnings[0]
    assert "Suivi d’une visite" in found.warnings[0]


async def test_a_language_is_written_beside_the_french(client: httpx.AsyncClient, world: World) -> None:
    await opened(client, world)
    page = await client.get(PAGE)
    assert "Tout est traduit." in page.text
    fields = sent_by(page.text.partition("/recevoir")[0])
    same = await client.post(PAGE, data=fields)
    assert same.headers["location"] == f"{PAGE}?fait=enregistre"
    await client.post(PAGE, data=fields | {"title": ["After a visit"], "globale.say": [""]})
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert (draft.revision, draft.questionnaire.title.en) == (2, "After a visit")
    assert "Il manque 1 texte" in plain(await client.get(PAGE))
    assert "Textes modifiés (anglais) : 2" in plain(await client.get(DRAFT))
    stale = await client.post(PAGE, data=fields | {"title": ["Mine"], "conseil.label": ["Would you?"]})
    assert stale.status_code == 409
    assert "Mine</textarea>" in stale.text
    assert "tous les deux : Nom du questionnaire." in plain(stale)
    await client.post(PAGE, data=sent_by(stale.text.partition("/recevoir")[0]))
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert draft.questionnaire.title.en == "Mine"
    assert draft.questionnaire.item("conseil").label.en == "Would you?"
    assert draft.questionnaire.item("globale").say.en is None  # type: ignore[union-attr]
    long = await client.post(PAGE, data=fields | {"title": ["x" * 501]})
    assert long.status_code == 422
    for lost in ("fr", "pt", "xx"):
        assert (await client.get(f"{DRAFT}/traduction/{lost}")).status_code == 404


async def test_a_fault_of_a_language_is_said_on_its_page(client: httpx.AsyncClient, world: World) -> None:
    await opened(client, world)
    fields = sent_by((await client.get(PAGE)).text.partition("/recevoir")[0])
    await client.post(PAGE, data=fields | {"ponctualite.choices.2.label": ["Late {visit}"]})
    page = plain(await client.get(PAGE))
    assert 'id="ponctualite.choices.2.label-erreur"' in page
    assert f'href="{PAGE}#ponctualite.choices.2.label"' in plain(await client.get(DRAFT))


async def test_a_file_is_seen_before_it_is_written(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    out = await client.get(f"{PAGE}.csv")
    assert out.headers["content-disposition"] == 'attachment; filename="default-en.csv"'
    back = out.text.replace("Follow-up of a visit", "After a visit").encode()

    async def send(content: bytes) -> httpx.Response:
        files = {"fichier": ("en.csv", content, "text/csv")}
        return await client.post(f"{PAGE}/recevoir", data={"jeton": token}, files=files)

    preview = await send(back)
    assert "After a visit" in preview.text
    assert "Rien n’est encore écrit." in preview.text
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert draft.revision == 1
    applied = await client.post(f"{PAGE}/appliquer", data=sent_by(preview.text))
    assert applied.headers["location"] == f"{PAGE}?fait=enregistre"
    assert "After a visit" in (await client.get(PAGE)).text
    assert "tout y est déjà écrit ainsi" in plain(await send(back))
    late = await client.post(f"{PAGE}/appliquer", data=sent_by(preview.text))
    assert late.status_code == 409
    for wrong in (b"", b"\xff\xfe", b"path,fr,en\nrien,x,y"):
        assert (await send(wrong)).status_code == 422
    assert (await press(client, token, 2, action="annuler")).status_code == 303
