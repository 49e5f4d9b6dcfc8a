"""/questionnaires/{code}/brouillon: begun, changed step by step, undone, published once."""

import asyncio
import re
from dataclasses import replace

import asyncpg
import httpx
import msgspec
import pytest

from quality import clock
from quality.access.scope import scoped
from quality.db import fetch_value, pool
from quality.errors import Conflict
from quality.ids import uuid7
from surveys.authoring import changing, store
from surveys.authoring.editing import drafts
from surveys.publishing import publish
from surveys.questionnaire.reading import library, read_json
from tests.sent import sent_by
from tests.surveys.authoring.test_questionnaire_pages import HREF, plain
from tests.world import World, sign_in

DRAFT = f"{HREF}/default/brouillon"
QUESTION = f"{DRAFT}/questions/commentaire"


async def opened(client: httpx.AsyncClient, world: World) -> str:
    """Sign the platform in and open a draft of `default`; return the token of its forms."""
    token = await sign_in(client, world, "platform")
    answer = await client.post(f"{DRAFT}/ouvrir", data={"jeton": token})
    assert answer.headers["location"] == DRAFT
    return token


async def press(client: httpx.AsyncClient, token: str, revision: int, **fields: str) -> httpx.Response:
    return await client.post(DRAFT, data={"jeton": token, "revision": str(revision), **fields})


async def written(world: World) -> list[str]:
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    return [item.alias for item in draft.questionnaire.items]


async def test_a_draft_begins_as_the_version_in_use(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    page = plain(await client.get(DRAFT))
    assert "Brouillon : Suivi d’une visite" in page
    assert "Rien n’a changé depuis le début de ce brouillon." in page
    await client.post(f"{DRAFT}/ouvrir", data={"jeton": token})
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert (draft.questionnaire, draft.based_on, draft.revision) == (library("default"), 2, 1)
    assert "Continuer le brouillon" in (await client.get(f"{HREF}/default")).text
    assert "Brouillon enregistré par" in (await client.get(HREF)).text


async def test_a_question_moves_and_the_step_is_said_undone_and_done_again(
    client: httpx.AsyncClient, world: World
) -> None:
    token, before = await opened(client, world), [item.alias for item in library("default").items]
    answer = await press(client, token, 1, action="monter-travail")
    assert answer.headers["location"] == f"{DRAFT}#monter-travail"
    page = plain(await client.get(DRAFT))
    assert "Dernier changement : Question 3 déplacée avant la question 2." in page
    assert await written(world) == ["globale", "travail", "ponctualite", *before[3:]]
    undone = await press(client, token, 2, action="annuler")
    assert undone.headers["location"] == f"{DRAFT}#annuler"
    assert await written(world) == before
    assert "Rétablir : Question 3 déplacée avant la question 2" in plain(await client.get(DRAFT))
    await press(client, token, 3, action="retablir")
    assert (await written(world))[1] == "travail"
    english = (await client.get(f"{DRAFT}?langue=en")).text
    assert "Question 3 moved before question 2" in english


async def test_what_was_undone_is_lost_once_something_else_changes(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    await press(client, token, 1, action="retirer-rappel")
    await press(client, token, 2, action="annuler")
    await press(client, token, 3, action="copier-conseil")
    page = plain(await client.get(DRAFT))
    assert "Question 5 copiée" in page
    assert "Rétablir" not in page
    await press(client, token, 4, action="annuler")
    assert "rappel" in await written(world)


async def test_a_question_is_added_and_opens(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    fields = {"action": "ajouter", "question": "Qui est venu ?", "genre": "single", "place": "1"}
    answer = await press(client, token, 1, **fields)
    assert answer.headers["location"] == f"{DRAFT}/questions/qui_est_venu"
    refused = await press(client, token, 2, action="ajouter", question=" ", genre="text")
    assert refused.status_code == 422
    assert plain(refused).index("La question n’est pas ajoutée") < plain(refused).index("<h1>")


async def test_a_stale_button_changes_nothing_and_says_so(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    await press(client, token, 1, action="monter-travail")
    late = await press(client, token, 1, action="retirer-globale")
    assert late.status_code == 409
    assert "Quelqu’un d’autre a changé" in plain(late)
    typed = await press(client, token, 1, action="ajouter", question="Ma question", genre="text")
    assert typed.status_code == 409
    assert "Ma question</textarea>" in typed.text
    assert "globale" in await written(world)
    assert (await press(client, token, 2, action="brûler")).status_code == 404
    gone = await client.post(f"{DRAFT}/supprimer", data={"jeton": token, "revision": "1"})
    assert gone.status_code == 409


async def test_of_two_who_change_at_once_the_second_is_told(client: httpx.AsyncClient, world: World) -> None:
    await opened(client, world)
    both = [
        drafts.change(world.staff, "default", 1, lambda now: changing.duplicate(now, "conseil"))
        for _ in range(2)
    ]
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["Conflict", "Questionnaire"]


async def test_a_form_sent_back_as_it_came_makes_no_step(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    page = await client.get(QUESTION)
    answer = await client.post(QUESTION, data={**sent_by(page.text), "action": "enregistrer"})
    assert answer.headers["location"] == f"{QUESTION}?fait=enregistre"
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert draft.revision == 1
    assert token


async def test_a_question_is_changed_field_by_field(client: httpx.AsyncClient, world: World) -> None:
    await opened(client, world)
    fields = sent_by((await client.get(QUESTION)).text)
    fields |= {
        "label": ["Un mot de plus ?"],
        "relevant": ["${globale} <= 2"],
        "words.paper.hint": ["En majuscules."],
        "action": ["liste"],
    }
    answer = await client.post(QUESTION, data=fields)
    assert answer.headers["location"] == f"{DRAFT}#question-commentaire"
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    item = draft.questionnaire.item("commentaire")
    assert item.label.fr == "Un mot de plus ?"
    assert item.label.en == library("default").item("commentaire").label.en
    assert item.relevant == "${globale} <= 2"
    assert item.words.of("paper").hint.fr == "En majuscules."  # type: ignore[union-attr]


async def test_a_form_that_cannot_be_kept_comes_back_as_typed(
    client: httpx.AsyncClient, world: World
) -> None:
    await opened(client, world)
    fields = sent_by((await client.get(QUESTION)).text)
    fields |= {"label": [""], "hint": ["Mon aide"], "relevant": ["${globale} <"], "alias": ["rappel"]}
    refused = await client.post(QUESTION, data=fields)
    assert refused.status_code == 422
    page = plain(refused)
    assert page.index('role="alert"') < page.index("<h1>")
    assert "Mon aide</textarea>" in page
    assert '<a href="#label">Question : Écrivez la question.</a>' in page
    assert '<a href="#alias">Nom dans les conditions : Une autre question porte déjà ce nom.</a>' in page
    assert 'id="relevant-erreur">Erreur : Au caractère' in page
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert draft.revision == 1


async def test_a_stale_form_keeps_what_was_typed(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    fields = sent_by((await client.get(QUESTION)).text) | {"label": ["Ma version"]}
    await press(client, token, 1, action="monter-travail")
    other = sent_by((await client.get(QUESTION)).text) | {"hint": ["Son aide"], "say": ["À lire"]}
    await client.post(QUESTION, data=other)
    stale = await client.post(QUESTION, data=fields | {"say": ["Ma lecture"]})
    assert stale.status_code == 409
    assert "Voici votre texte" in plain(stale)
    assert "tous les deux : À lire à voix haute." in plain(stale)
    for kept in ("Ma version", "Son aide", "Ma lecture"):
        assert f"{kept}</textarea>" in stale.text
    again = await client.post(QUESTION, data=sent_by(stale.text))
    assert again.status_code == 303
    await press(client, token, 4, action="retirer-commentaire")
    gone = await client.post(QUESTION, data=fields)
    assert gone.status_code == 409
    assert "Ma version</textarea>" in gone.text


async def test_what_breaks_a_rule_is_kept_and_said_where_it_is(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    fields = sent_by((await client.get(QUESTION)).text)
    fields |= {"relevant": ["${inconnue} = 1"], "flags": ["signal"]}
    assert (await client.post(QUESTION, data=fields)).status_code == 303
    page = plain(await client.get(QUESTION))
    assert '<a href="#relevant">Condition pour la poser : « ${inconnue} » n’est ni une question' in page
    assert '<a href="#flags-signal">Signal : Seule une note peut être un signal.</a>' in page
    listed = plain(await client.get(DRAFT))
    assert f'<a href="{QUESTION}#flags-signal">Signal : Seule une note peut être un signal.</a>' in listed
    english = (await client.get(f"{DRAFT}?langue=en")).text
    assert "Only a mark may be a signal." in english
    data = {"jeton": token, "revision": "2", "version": "3"}
    refused = await client.post(f"{DRAFT}/publier?langue=fr", data=data)
    assert refused.status_code == 422
    assert "À corriger avant de publier" in refused.text
    assert "Publier la version" not in refused.text
    assert await drafts.find(world.staff, "default")


async def test_answers_to_choose_are_added_moved_and_taken_away(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    fields = {"action": "ajouter", "question": "Pourquoi ?", "genre": "single", "place": "7"}
    here = (await press(client, token, 1, **fields)).headers["location"]

    async def save(action: str, **typed: str) -> str:
        sent = sent_by((await client.get(here)).text) | {
            name.replace("_", "-"): [v] for name, v in typed.items()
        }
        return (await client.post(here, data={**sent, "action": action})).headers["location"]

    await save("enregistrer", choices_3_label="Un retard")
    assert await save("monter-3") == f"{here}#choices-2-label"
    assert await save("retirer-1") == f"{here}#choices"
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    found = draft.questionnaire.item("pourquoi").choices
    assert [(each.value, each.label.fr) for each in found] == [
        ("un_retard", "Un retard"),
        ("b", "Deuxième réponse"),
    ]


async def test_the_title_and_the_languages_are_set(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    page = f"{DRAFT}/reglages"

    async def post(revision: int, action: str, **typed: str) -> httpx.Response:
        data = {"jeton": token, "revision": str(revision), "action": action, **typed}
        return await client.post(page, data=data)

    titles = {"title-fr": "Après la visite", "title-en": ""}
    assert (await post(1, "titre", **titles)).status_code == 303
    assert (await post(2, "ajouter", langue="pt")).status_code == 303
    assert (await post(3, "monter-pt")).status_code == 303
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert draft.questionnaire.title == changing.Words("Après la visite")
    assert draft.questionnaire.languages == ("fr", "pt", "en")
    refused = await post(4, "titre", **{"title-fr": "", "title-pt": "Depois"})
    assert refused.status_code == 422
    assert 'value="Depois"' in refused.text
    late = await post(1, "retirer-pt")
    assert late.status_code == 409
    assert (await post(4, "retirer-fr")).status_code == 409
    assert "Langue déplacée : portugais" in plain(await client.get(DRAFT))


async def test_a_questionnaire_begins_empty_or_from_another(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "platform")

    async def begin(title: str, model: str) -> httpx.Response:
        return await client.post(HREF, data={"jeton": token, "nom": title, "modele": model})

    blank = await begin("Suivi du soir", "vide")
    assert blank.headers["location"] == f"{HREF}/suivi_du_soir/brouillon"
    assert "Jamais publié." in plain(await client.get(HREF))
    assert (await client.get(f"{HREF}/suivi_du_soir")).headers[
        "location"
    ] == f"{HREF}/suivi_du_soir/brouillon"
    await begin("Une fois par an", "fourni:yearly")
    draft = await drafts.find(world.staff, "une_fois_par_an")
    assert draft is not None
    assert draft.questionnaire.items == library("yearly").items
    assert (await begin("Le mien", "plateforme:default")).status_code == 303
    copied = await drafts.find(world.staff, "le_mien")
    assert copied is not None
    assert copied.questionnaire.title == changing.Words("Le mien")
    for title, model, said in (
        ("suivi  du soir", "vide", "porte déjà ce nom"),
        ("Suivi d’une visite", "vide", "porte déjà ce nom"),
        ("", "vide", "Écrivez un nom"),
        ("Autre", "fourni:../x", "Choisissez un modèle"),
        ("Autre", "plateforme:inconnu", "Choisissez un modèle"),
    ):
        refused = await begin(title, model)
        assert refused.status_code == 422
        assert said in refused.text


async def test_long_names_that_begin_alike_are_two_questionnaires(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    for year, code in ((2026, "questionnaire_de_satisfaction"), (2027, "questionnaire_de_satisfaction_2")):
        data = {"jeton": token, "nom": f"Questionnaire de satisfaction {year}", "modele": "vide"}
        begun = await client.post(HREF, data=data)
        assert begun.headers["location"] == f"{HREF}/{code}/brouillon"


async def test_a_review_says_what_changes_and_what_becomes_of_results(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    assert "il dit la même chose" in plain(await client.get(f"{DRAFT}/relecture"))
    question = f"{DRAFT}/questions/conseil"
    fields = sent_by((await client.get(question)).text) | {"label": ["Le recommanderiez-vous ?"]}
    await client.post(question, data=fields)
    await press(client, token, 2, action="retirer-respect")
    await press(client, token, 3, action="ajouter", question="Autre chose ?", genre="text", place="99")
    await press(client, token, 4, action="monter-travail")
    page = plain(await client.get(f"{DRAFT}/relecture"))
    assert "7. Autre chose ?" in page
    assert "4. Comment la personne s’est-elle comportée avec vous ?" in page
    assert "Question 4, question (français)" in page
    assert "Le conseilleriez-vous à un proche ?" in page
    assert "1, 3, 2, 5, 6, 7" in page
    assert "La suite s’arrête : sa question est retirée." in page
    assert page.count("La suite continue.") == 4
    assert "Anglais</a><br>Il manque 1 texte : le français le remplace." in page


async def test_a_broken_series_is_refused_with_the_reason(client: httpx.AsyncClient, world: World) -> None:
    await opened(client, world)
    question = f"{DRAFT}/questions/travail"
    fields = sent_by((await client.get(question)).text) | {"relevant": ["${globale} <= 2"]}
    await client.post(question, data=fields)
    page = plain(await client.get(f"{DRAFT}/relecture"))
    assert "on la pose aux mêmes personnes qu’avant" in page
    assert "Refusé" in page
    assert "Publier la version" not in page


async def test_what_is_not_asked_about_a_visit_says_why_it_feeds_no_result(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    draft = f"{HREF}/yearly/brouillon"
    await client.post(f"{draft}/ouvrir", data={"jeton": token})
    question = f"{draft}/questions/annee"
    fields = sent_by((await client.get(question)).text)
    fields |= {"measures-1-series": ["RECO:1"], "measures-1-rule": ["top2"]}
    await client.post(question, data=fields)
    page = plain(await client.get(f"{draft}/relecture"))
    assert "Résultats nourris : Ce questionnaire n’est pas posé après une visite" in page
    assert "Publier la version" not in page


async def test_publishing_leaves_no_draft_and_answers_their_version(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await opened(client, world)
    await press(client, token, 1, action="retirer-rappel")
    asked = await fetch_value(pool("work"), "SELECT id FROM questionnaire_version WHERE code = 'default'")
    data = {"jeton": token, "revision": "2", "version": "3"}
    answer = await client.post(f"{DRAFT}/publier", data=data)
    assert answer.headers["location"] == f"{HREF}/default?fait=publie"
    assert "Version 3, publiée le" in plain(await client.get(f"{HREF}/default?fait=publie"))
    assert await drafts.find(world.staff, "default") is None
    assert await owner.fetchval("SELECT count(*) FROM questionnaire_step") == 0
    newest = (await store.versions(world.staff, "default"))[0]
    assert (newest.version, len(newest.questionnaire.items), newest.author != "") == (3, 6, True)
    kept = await fetch_value(
        pool("work"), "SELECT definition FROM questionnaire_version WHERE id = $1", asked
    )
    assert read_json(kept.encode()) == library("default")
    lines = await owner.fetch(
        "SELECT action, subject FROM audit WHERE action LIKE 'questionnaire.%' ORDER BY id"
    )
    assert [(line["action"], line["subject"]) for line in lines] == [
        ("questionnaire.draft", "default"),
        ("questionnaire.publish", "default"),
    ]
    again = await client.post(f"{DRAFT}/publier", data=data)
    assert again.status_code == 404


async def test_a_version_published_meanwhile_is_compared_first(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    second = msgspec.structs.replace(library("default"), version=3)
    async with scoped(world.staff) as db:
        await publish(db, world.platform, second)
    late = await client.post(f"{DRAFT}/publier", data={"jeton": token, "revision": "1", "version": "3"})
    assert late.status_code == 409
    assert "Publier la version 4" in plain(late)


async def test_a_draft_is_discarded_with_its_steps(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    await press(client, token, 1, action="copier-conseil")
    answer = await client.post(f"{DRAFT}/supprimer", data={"jeton": token, "revision": "2"})
    assert answer.headers["location"] == f"{HREF}?fait=supprime"
    assert await drafts.drafts(world.staff) == {}
    assert (await client.get(DRAFT)).status_code == 404


async def test_a_supervisor_reads_a_draft_and_changes_nothing(
    client: httpx.AsyncClient, world: World
) -> None:
    await opened(client, world)
    token = await sign_in(client, world, "supervisor")
    page = plain(await client.get(DRAFT))
    assert "Comment le travail a-t-il été fait ?" in page
    assert "<button" not in page.partition("<main")[2].partition("</main>")[0]
    assert "Publier" not in (await client.get(f"{DRAFT}/relecture")).text
    assert (await press(client, token, 1, action="retirer-rappel")).status_code == 403
    assert (await client.get(QUESTION)).status_code == 403


async def test_gironde_and_another_platform_see_no_draft(client: httpx.AsyncClient, world: World) -> None:
    await opened(client, world)
    elsewhere = replace(world.staff, platform=uuid7(clock.now()))
    assert await drafts.find(elsewhere, "default") is None
    with pytest.raises(Conflict):
        await drafts.discard(elsewhere, "default", 1)
    await sign_in(client, world, "funder", world.gironde)
    for address in (DRAFT, f"{DRAFT}/relecture", f"{DRAFT}/reglages", QUESTION):
        assert (await client.get(address)).status_code == 403


async def test_only_a_question_asked_by_sms_counts_its_sms(client: httpx.AsyncClient, world: World) -> None:
    await opened(client, world)
    page = (await client.get(f"{DRAFT}/questions/globale")).text
    assert 'data-sms="words.sms.label"' in page
    assert "sms-count.js" in page
    assert "data-sms=" not in (await client.get(f"{DRAFT}/questions/travail")).text


async def test_the_sms_is_counted_in_each_language_and_the_longest_is_named(
    client: httpx.AsyncClient, world: World
) -> None:
    await opened(client, world)
    lines = re.findall(
        r"<li>((?:Français|Anglais).*?)</li>", (await client.get(f"{DRAFT}/questions/globale")).text
    )
    assert [line.split("\u00a0")[0] for line in lines] == ["Français", "Anglais"]
    letters = [int(re.findall(r"(\d+)\s+caractères", line)[0]) for line in lines]
    longest = [line.endswith("C’est le message le plus long.") for line in lines]
    assert longest == [letters[0] >= letters[1], letters[0] < letters[1]]
