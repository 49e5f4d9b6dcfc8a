"""/questionnaires/depuis-un-classeur: read and told before anything is kept, then a draft."""

import httpx

from surveys.authoring.editing import drafts
from surveys.questionnaire.reading import library
from surveys.questionnaire.xlsform.workbook import write
from surveys.questionnaire.xlsform.writing import form_of
from tests.surveys.authoring.test_questionnaire_pages import HREF, plain
from tests.surveys.questionnaire.xlsform.sheets import xlsx
from tests.world import World, sign_in

IMPORT = f"{HREF}/depuis-un-classeur"
FORM = """
| survey |
| type | name | label | required | relevant |
| select_one on | on | Alors ? | yes | |
| geopoint | ici | Où ? | | |
| text | fin | Fin | | {condition} |
| choices |
| list_name | name | label |
| on | yes | Oui |
| on | no | Non |
| settings |
| form_title | form_id |
| Alors ? | alors |
"""


async def sent(client: httpx.AsyncClient, token: str, content: bytes) -> httpx.Response:
    return await client.post(IMPORT, data={"jeton": token}, files={"fichier": ("Mon classeur.xlsx", content)})


def definition_in(answer: httpx.Response) -> str:
    found = answer.text.partition('name="definition" value="')[2].partition('"')[0]
    return found.replace("&#34;", '"').replace("&amp;", "&").replace("&#39;", "'").replace("&lt;", "<")


async def drafted(client: httpx.AsyncClient, token: str, definition: str) -> httpx.Response:
    return await client.post(f"{IMPORT}/brouillon", data={"jeton": token, "definition": definition})


async def test_a_form_is_told_then_made_a_draft(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "platform")
    assert f'href="{IMPORT}"' in (await client.get(HREF)).text
    answer = await sent(client, token, xlsx(FORM.format(condition="${on} != 'yes'")))
    page = plain(answer)
    assert answer.status_code == 200
    assert "Un nouveau questionnaire." in page
    assert "Une question de type « geopoint » n’existe pas ici" in page
    assert await drafts.find(world.staff, "alors") is None
    answer = await drafted(client, token, definition_in(answer))
    assert answer.headers["location"] == f"{HREF}/alors/brouillon"
    draft = await drafts.find(world.staff, "alors")
    assert draft is not None
    assert [item.relevant for item in draft.questionnaire.items] == [None, "not(${on} = 'yes')"]
    again = await drafted(
        client, token, definition_in(await sent(client, token, xlsx(FORM.format(condition=""))))
    )
    assert again.status_code == 409
    assert "Ce questionnaire a déjà un brouillon." in plain(again)


async def test_a_questionnaire_of_ours_comes_back_as_its_next_version(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    answer = await sent(client, token, write(form_of(library("default"))))
    assert "La version 3 de « Suivi d’une visite », une fois publiée." in plain(answer)
    assert "Tout le classeur est repris." in plain(answer)
    await drafted(client, token, definition_in(answer))
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert (draft.questionnaire, draft.based_on) == (library("default"), 2)
    assert "Rien n’a changé depuis le début" in plain(await client.get(f"{HREF}/default/brouillon"))


async def test_what_must_be_mended_in_the_workbook_offers_no_draft(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    answer = await sent(client, token, xlsx(FORM.format(condition="regex(${on}, 'y')")))
    assert (answer.status_code, definition_in(answer)) == (422, "")
    assert "Corrigez ces lignes dans le classeur, puis relisez-le." in plain(answer)
    assert "survey, ligne 4" in plain(answer)
    english = await client.post(
        f"{IMPORT}?langue=en",
        data={"jeton": token},
        files={"fichier": ("a.xlsx", xlsx(FORM.format(condition="x(1)")))},
    )
    assert "“x()” does not exist here" in english.text


async def test_two_questions_of_one_name_are_mended_in_the_workbook(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    form = FORM.format(condition="")
    answer = await sent(client, token, xlsx(form.replace("| text | fin |", "| text | on |")))
    assert (answer.status_code, definition_in(answer)) == (422, "")
    assert plain(answer).count("« on » sert à deux questions.") == 2
    sound = definition_in(await sent(client, token, xlsx(form)))
    forged = await drafted(client, token, sound.replace('"alias":"fin"', '"alias":"on"'))
    assert forged.status_code == 422


async def test_a_rule_that_is_broken_is_mended_in_the_draft(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "platform")
    answer = await sent(client, token, xlsx(FORM.format(condition="${on} = 'peut-être'")))
    assert "Le brouillon gardera ces défauts" in plain(answer)
    assert (await drafted(client, token, definition_in(answer))).status_code == 303
    page = plain(await client.get(f"{HREF}/alors/brouillon"))
    assert "« peut-être » n’est pas une des réponses à choisir" in page


async def test_what_is_no_form_is_refused_beside_the_field(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "platform")
    answer = await sent(client, token, b"type;name")
    assert answer.status_code == 422
    assert "Ce fichier n’est pas un classeur .xlsx" in plain(answer)
    answer = await client.post(IMPORT, data={"jeton": token})
    assert "Choisissez un classeur .xlsx." in plain(answer)
    read = definition_in(await sent(client, token, xlsx(FORM.format(condition=""))))
    for lost in ('{"code": "a"}', read.replace("Alors ?", "Alors\\u0000")):
        answer = await drafted(client, token, lost)
        assert (answer.status_code, "s’est perdue" in plain(answer)) == (422, True)
