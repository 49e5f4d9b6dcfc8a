"""/protocoles: read in plain words, written as a draft, tried on somebody, published once."""

import asyncio
import re
from datetime import date, timedelta

import asyncpg
import httpx
import msgspec
import pytest

from quality.db import fetch, fetch_value, pool
from quality.errors import Conflict, Invalid
from surveys.protocol.deciding import decide_pending
from surveys.protocol.definition import decode, load
from surveys.protocol.editing import drafts
from surveys.protocol.editing.forms import form_of
from tests.surveys.closing import shut
from tests.surveys.protocol.editing.test_forms import sent
from tests.surveys.visits import MOBILE, MORNING, someone, visit
from tests.world import AIDE_34, World, sign_in

HREF = "/protocoles"
DRAFT = f"{HREF}/default/brouillon"


def plain(answer: httpx.Response) -> str:
    """Give a page with plain spaces only."""
    return answer.text.replace("\xa0", " ").replace("\u202f", " ")


async def opened(client: httpx.AsyncClient, world: World) -> str:
    """Sign the platform in and open a draft of `default`; return the token of its forms."""
    token = await sign_in(client, world, "platform")
    answer = await client.post(f"{DRAFT}/ouvrir", data={"jeton": token})
    assert answer.headers["location"] == DRAFT
    return token


def typed(token: str, revision: int = 1, **fields: str | list[str]) -> dict[str, object]:
    return {**sent(form_of(load("default"))), "jeton": token, "revision": str(revision), **fields}


async def test_a_protocol_is_told_in_plain_words(client: httpx.AsyncClient, world: World) -> None:
    await sign_in(client, world, "supervisor")
    assert "Suivi allégé" in (await client.get(HREF)).text
    page = plain(await client.get(f"{HREF}/default"))
    assert "Un SMS, 4 heures après la visite au plus tôt. Après 4 jours, on y renonce." in page
    assert "Un client peut recevoir jusqu’à 4 messages ou appels en 10 jours." in page
    assert "Entre deux visites suivies d’un même client : 30 jours au moins." in page
    assert "delay" not in page
    assert (await client.get(f"{HREF}/inconnu")).status_code == 404


async def test_a_supervisor_reads_and_does_not_write(client: httpx.AsyncClient, world: World) -> None:
    token = await sign_in(client, world, "supervisor")
    assert "Ouvrir un brouillon" not in (await client.get(f"{HREF}/default")).text
    assert (await client.post(f"{DRAFT}/ouvrir", data={"jeton": token})).status_code == 403


async def test_a_wrong_draft_is_kept_and_says_what_to_do_beside_each_field(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    saved = await client.post(DRAFT, data=typed(token, contacts="beaucoup", **{"etape-3-delai": "9"}))
    assert saved.headers["location"] == f"{DRAFT}?fait=enregistre"
    page = plain(await client.get(DRAFT))
    assert 'value="beaucoup"' in page
    assert 'id="contacts-erreur">Erreur : Écrivez un nombre entier de 1 à 4.' in page
    assert 'id="etape-3-delai-erreur">Erreur : L’étape commence après sa propre fin.' in page
    assert '<a href="#etape-3-delai">Étape 3 : L’étape commence après sa propre fin.</a>' in page
    assert '<a href="#contacts">Messages et appels au plus : Écrivez un nombre' in page
    english = (await client.get(f"{DRAFT}?langue=en")).text
    assert "Write a whole number from 1 to 4." in english
    assert "the step begins after its own end" in english.lower()
    review = (await client.get(f"{DRAFT}/relecture?langue=fr")).text
    assert "À corriger avant de publier" in review
    assert "Publier la version" not in review
    refused = await client.post(f"{DRAFT}/publier", data={"jeton": token, "revision": "2"})
    assert refused.status_code == 422
    assert 'value="beaucoup"' in (await client.get(DRAFT)).text


async def test_buttons_add_remove_and_move_steps_without_a_script(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    added = await client.post(DRAFT, data=typed(token, action="ajouter"))
    assert added.headers["location"] == f"{DRAFT}#etape-7-message"
    moved = await client.post(DRAFT, data=typed(token, 2, action="monter-2"))
    assert moved.headers["location"] == f"{DRAFT}#etape-1-message"
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert [step.message for step in draft.form.steps[:2]] == ["email:opening_email", "sms:opening"]
    await client.post(DRAFT, data=typed(token, 3, action="retirer-1"))
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert len(draft.form.steps) == 5


async def test_a_published_draft_is_the_next_version_and_older_requests_keep_theirs(
    client: httpx.AsyncClient, world: World
) -> None:
    await visit(await someone(world, mobile=MOBILE))
    await decide_pending(world.house)
    token = await opened(client, world)
    await client.post(DRAFT, data=typed(token, contacts="2"))
    review = (await client.get(f"{DRAFT}/relecture")).text
    assert "Les textes" not in review
    assert "sollicitée 4 fois au plus" in review
    assert "sollicitée 2 fois au plus" in review
    done = await client.post(f"{DRAFT}/publier", data={"jeton": token, "revision": "2"})
    assert done.headers["location"] == f"{HREF}/default?fait=publie"
    assert "Version 2" in (await client.get(f"{HREF}/default")).text
    assert "4 fois au plus" in (await client.get(f"{HREF}/default/versions/1")).text
    await visit(await someone(world, mobile="+33639980002"), MORNING + timedelta(minutes=5))
    await decide_pending(world.house)
    rows = await fetch(
        pool("work"),
        """
        SELECT v.version, count(a.id) AS attempts
        FROM invitation i JOIN protocol_version v ON v.id = i.protocol_id
        JOIN attempt a ON a.invitation_id = i.id GROUP BY v.version ORDER BY v.version
        """,
    )
    assert rows == [{"version": 1, "attempts": 4}, {"version": 2, "attempts": 2}]
    assert (
        await fetch_value(pool("work"), "SELECT count(*) FROM audit WHERE action = 'protocol.publish'") == 1
    )


async def test_of_two_people_who_publish_at_once_one_is_told(world: World) -> None:
    await drafts.begin(world.staff, "default")
    results = await asyncio.gather(
        *(drafts.publish(world.staff, "default", 1) for _person in range(2)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["Conflict", "int"]
    count = "SELECT count(*) FROM protocol_version WHERE name = 'default'"
    assert await fetch_value(pool("work"), count) == 2


async def test_whoever_saves_over_somebody_else_is_told_and_loses_nothing(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    await client.post(DRAFT, data=typed(token, libelle="Le premier"))
    late = await client.post(DRAFT, data=typed(token, libelle="Le second"))
    assert late.status_code == 409
    assert "Quelqu’un d’autre a enregistré ce brouillon." in late.text
    assert 'value="Le second"' in late.text
    revision = re.search(r'name="revision" value="(\d+)"', late.text)
    assert revision is not None
    await client.post(DRAFT, data=typed(token, int(revision[1]), libelle="Le second"))
    assert 'value="Le second"' in (await client.get(DRAFT)).text


async def test_a_draft_that_was_published_meanwhile_is_opened_again_with_what_was_typed(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    await drafts.publish(world.staff, "default", 1)
    late = await client.post(DRAFT, data=typed(token, libelle="Mon texte"))
    assert late.status_code == 409
    assert "vient d’être publié ou supprimé" in late.text
    await client.post(DRAFT, data=typed(token, 0, libelle="Mon texte"))
    draft = await drafts.find(world.staff, "default")
    assert draft is not None
    assert (draft.form.label, draft.based_on) == ("Mon texte", 2)


async def test_a_draft_is_deleted_and_the_published_version_stays(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    late = await client.post(f"{DRAFT}/supprimer", data={"jeton": token, "revision": "9"})
    assert late.status_code == 409
    await client.post(f"{DRAFT}/supprimer", data={"jeton": token, "revision": "1"})
    assert (await client.get(DRAFT)).status_code == 404
    assert (await client.get(f"{HREF}/default")).status_code == 200
    with pytest.raises(Conflict):
        await drafts.delete(world.staff, "default", 1)


async def test_a_new_protocol_is_copied_published_and_given_to_a_provider(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    new = {"jeton": token, "libelle": "Suivi du soir", "modele": "integral"}
    made = await client.post(HREF, data=new)
    assert made.headers["location"] == f"{HREF}/suivi-du-soir/brouillon"
    assert "Pas encore publié." in (await client.get(HREF)).text
    leads = await client.get(f"{HREF}/suivi-du-soir")
    assert leads.headers["location"] == f"{HREF}/suivi-du-soir/brouillon/relecture"
    refused = await client.post(HREF, data=new)
    assert refused.status_code == 422
    assert "Un protocole porte déjà ce nom." in refused.text
    assert (await client.post(HREF, data={**new, "libelle": "!"})).status_code == 422
    await client.post(f"{HREF}/suivi-du-soir/brouillon/publier", data={"jeton": token, "revision": "1"})
    given = {"jeton": token, "organisme": AIDE_34, "protocole": "suivi-du-soir"}
    assert (await client.post(f"{HREF}/usage", data=given)).headers["location"] == f"{HREF}?fait=usage"
    await visit(await someone(world, phone="+33467112233"))
    await decide_pending(world.house)
    sql = "SELECT v.name FROM invitation i JOIN protocol_version v ON v.id = i.protocol_id"
    assert await fetch_value(pool("work"), sql) == "suivi-du-soir"
    usual = {"jeton": token, "organisme": "", "protocole": "integral"}
    await client.post(f"{HREF}/usage", data=usual)
    assert await fetch_value(pool("work"), "SELECT protocol FROM platform") == "integral"
    back = {"jeton": token, "organisme": AIDE_34, "protocole": ""}
    await client.post(f"{HREF}/usage", data=back)
    assert (
        await fetch_value(pool("work"), "SELECT count(*) FROM organisation WHERE protocol IS NOT NULL") == 0
    )
    for wrong in ({"protocole": "inconnu"}, {"protocole": ""}, {"organisme": "X", "protocole": "default"}):
        assert (await client.post(f"{HREF}/usage", data={"jeton": token, **wrong})).status_code == 422


async def test_a_protocol_leaves_as_yaml_and_comes_back_as_a_draft(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    answer = await client.get(f"{HREF}/default.yaml")
    assert answer.headers["content-disposition"] == 'attachment; filename="default-v1.yaml"'
    assert decode(answer.content) == load("default")
    assert (await client.get(f"{HREF}/default.yaml?version=8")).status_code == 404
    brought = await client.post(
        f"{HREF}/importer", data={"jeton": token}, files={"fichier": ("p.yaml", answer.content)}
    )
    assert brought.headers["location"] == DRAFT
    again = await client.post(f"{HREF}/importer", data={"jeton": token, "yaml": answer.text})
    assert again.status_code == 409
    assert "a déjà un brouillon" in again.text
    await drafts.publish(world.staff, "default", 1)
    sql = "SELECT definition FROM protocol_version WHERE name = 'default' AND version = 2"
    published = decode(msgspec.json.decode(await fetch_value(pool("work"), sql)))
    assert published == msgspec.structs.replace(load("default"), version=2)


async def test_caps_by_attribute_are_typed_told_tried_and_leave_as_yaml(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await opened(client, world)
    form = plain(await client.get(DRAFT))
    assert "Financeur : Département de l’Hérault" in form
    row = {"limite-1-qui": "age_from:85", "limite-1-contacts": "5"}
    await client.post(DRAFT, data=typed(token, **row))
    wrong = plain(await client.get(DRAFT))
    assert '<a href="#limite-1-contacts">Limite 1 : Écrivez un nombre entier de 1 à 4.</a>' in wrong
    rows = {"limite-1-qui": "age_from:85", "limite-1-contacts": "2"}
    rows |= {"limite-2-qui": "funder:CNAV", "limite-2-contacts": "3"}
    await client.post(DRAFT, data=typed(token, 2, **rows))
    form = plain(await client.get(DRAFT))
    assert '<option value="age_from:85" selected>' in form
    assert 'id="limite-3-qui"' in form
    review = plain(await client.get(f"{DRAFT}/relecture"))
    assert "Une personne de 85 ans ou plus : 2 messages ou appels au plus en 30 jours" in review
    assert "Une personne de 85 ans ou plus peut recevoir jusqu’à 2 messages ou appels en 30 jours." in review
    await client.post(f"{DRAFT}/publier", data={"jeton": token, "revision": "3"})
    told = plain(await client.get(f"{HREF}/default"))
    assert "Une visite payée par le financeur Cnav : 3 messages ou appels au plus en 30 jours" in told
    source = (await client.get(f"{HREF}/default.yaml")).text
    assert "caps:\n- contacts: 2\n  age_from: 85\n- contacts: 3\n  funder: CNAV\n" in source
    tried = plain(await client.get(f"{HREF}/default/apercu?jour=2026-11-24&limite=age_from:85"))
    assert "Sans réponse, 2 messages ou appels." in tried
    await someone(world, mobile=MOBILE, reference="C-1", age_band="85+")
    real = plain(await client.get(f"{HREF}/default/apercu?jour=2026-11-24&client=C-1"))
    assert "Sans réponse, 2 messages ou appels." in real


async def test_a_yaml_that_names_an_unknown_funder_is_a_draft_to_put_right(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    source = drafts.as_yaml(load("default")) + "caps:\n- {funder: D99, contacts: 2}\n"
    brought = await client.post(f"{HREF}/importer", data={"jeton": token, "yaml": source})
    assert brought.headers["location"] == DRAFT
    page = plain(await client.get(DRAFT))
    assert "D99 (n’existe pas)" in page
    assert "Limite 1 : Ce choix n’existe pas : choisissez-en un autre." in page


async def test_an_interval_brought_by_a_file_is_said_to_be_the_platform_s(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    source = drafts.as_yaml(load("default")).replace("interval_days: 30", "interval_days: 14")
    brought = await client.post(f"{HREF}/importer", data={"jeton": token, "yaml": source})
    assert brought.headers["location"] == f"{DRAFT}?intervalle=14"
    page = plain(await client.get(f"{DRAFT}?intervalle=14"))
    assert "interval_days : le fichier dit 14 jours." in page
    assert "C’est le délai de la plateforme qui s’appliquera : 30 jours." in page
    assert "interval_days" not in plain(await client.get(f"{DRAFT}?intervalle=beaucoup"))


async def test_a_message_without_english_is_told_and_the_language_of_the_person_is_chosen(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    token = await sign_in(client, world, "platform")
    assert "en anglais" not in (await client.get(f"{HREF}/default")).text
    english = plain(await client.get(f"{HREF}/default/apercu?parle=en&jour=2026-11-24"))
    assert '<option value="en" selected>Anglais</option>' in english
    assert '<div class="letter" lang="en">' in english
    assert "Répondez de 1" not in english
    await owner.execute("DELETE FROM message_template WHERE name = 'reminder' AND language = 'en'")
    await client.post(f"{DRAFT}/ouvrir", data={"jeton": token})
    for address in (f"{HREF}/default", f"{DRAFT}/relecture"):
        page = plain(await client.get(address))
        assert "Le message « SMS : rappel » n’est pas écrit en anglais" in page


async def test_a_refused_yaml_says_where_in_the_language_of_its_reader(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await sign_in(client, world, "platform")
    source = drafts.as_yaml(load("default")).replace("contact_cap: 4", "contact_cap: 9")
    refused = await client.post(f"{HREF}/importer", data={"jeton": token, "yaml": source})
    assert refused.status_code == 422
    assert "contact_cap : attendu : un nombre ≤ 4" in plain(refused)
    assert "contact_cap: 9" in refused.text
    english = await client.post(f"{HREF}/importer?langue=en", data={"jeton": token, "yaml": "a: [1"})
    assert "line 1" in english.text
    for content in (b"\xff\xfe", b"x" * 70_000):
        answer = await client.post(
            f"{HREF}/importer", data={"jeton": token}, files={"fichier": ("p.yaml", content)}
        )
        assert answer.status_code == 422


async def test_an_invented_client_sees_each_message_with_its_day_and_exact_text(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "supervisor")
    page = plain(await client.get(f"{HREF}/default/apercu?jour=2026-11-24&heure=10:00"))
    assert "Sans réponse, 4 messages ou appels." in page
    assert "Pleiades : visite Aide 34 mardi. Répondez de 1" in page
    landline = (await client.get(f"{HREF}/default/apercu?moyens=fixe&departement=974")).text
    assert "974" in landline
    assert "Sans réponse, 2 messages ou appels." in landline
    wrong = await client.get(f"{HREF}/default/apercu?jour=hier")
    assert wrong.status_code == 422
    assert 'value="hier"' in wrong.text
    for lost in ("version=brouillon", "version=7", "organisme=X"):
        assert (await client.get(f"{HREF}/default/apercu?{lost}")).status_code == 404


async def test_a_platform_without_a_protocol_reads_that_nobody_is_asked(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await sign_in(client, world, "platform")
    sentence = "Aucun protocole : personne n’est sollicité après une visite."
    assert sentence not in plain(await client.get(HREF))
    await owner.execute("DELETE FROM protocol_version")
    page = plain(await client.get(HREF))
    assert sentence in page
    assert not re.search(r"<ul[^>]*>\s*</ul>", page)
    assert "Apporter un protocole écrit ailleurs" in page
    assert not re.search(r"<select[^>]*>\s*</select>", page)  # nothing to copy, nothing to follow


async def test_a_platform_without_a_provider_tries_its_protocols_with_an_invented_one(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute("UPDATE organisation SET kind = 'observer' WHERE kind = 'provider'")
    await sign_in(client, world, "supervisor")
    page = plain(await client.get(f"{HREF}/default/apercu?jour=2026-11-24&heure=10:00"))
    assert "Aucun organisme n’est encore inscrit : l’essai en invente un." in page
    assert "visite Organisme exemple mardi" in page
    assert 'name="client"' not in page
    assert (await client.get(f"{HREF}/default/apercu?organisme=X")).status_code == 404


async def test_a_real_client_is_chosen_by_reference_without_a_name(
    client: httpx.AsyncClient, world: World
) -> None:
    await someone(world, reference="C-12", email="a@exemple.invalid", departement="974")
    await someone(world, reference="C-13", mobile=MOBILE, status="hospital")
    await sign_in(client, world, "supervisor")
    known = (await client.get(f"{HREF}/default/apercu?client=C-12")).text
    assert "Comment s’est passée la visite" in known
    assert "974 (La Réunion)" in known
    assert "Cet essai ne sait rien de ses refus, d’une réclamation en cours" in known
    assert "Cet essai ne sait rien" not in (await client.get(f"{HREF}/default/apercu")).text
    away = (await client.get(f"{HREF}/default/apercu?client=C-13")).text
    assert "n’est pas sollicité en ce moment (à l’hôpital)" in away
    unknown = await client.get(f"{HREF}/default/apercu?client=C-14")
    assert unknown.status_code == 422
    assert "Aucun client de cet organisme" in unknown.text


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (date(2026, 11, 24), "n’est pas sollicité en ce moment (à l’hôpital)"),
        (date(2026, 12, 1), "ne sera plus sollicité à partir du mardi 1er décembre (à l’hôpital)"),
    ],
)
async def test_a_state_of_a_client_holds_from_its_own_day(
    client: httpx.AsyncClient, world: World, since: date, told: str
) -> None:
    await someone(world, reference="C-13", mobile=MOBILE, status="hospital", status_since=since)
    await sign_in(client, world, "supervisor")
    page = plain(await client.get(f"{HREF}/default/apercu?client=C-13"))
    assert re.findall(r"Ce client (.*?) :", page) == [told]


async def test_a_protocol_is_tried_with_the_days_on_which_the_platform_is_shut(
    client: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await sign_in(client, world, "supervisor")
    tried = f"{HREF}/integral/apercu?jour=2026-11-24&heure=10:00&moyens=fixe"
    assert "mercredi 25 novembre, entre" in plain(await client.get(tried))
    await shut(owner, "2026-11-25")
    page = plain(await client.get(tried))
    assert "mercredi 25 novembre, entre" not in page
    assert "jeudi 26 novembre, entre" in page


async def test_a_draft_is_tried_before_it_is_published(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    await client.post(DRAFT, data=typed(token, contacts="1"))
    page = (await client.get(f"{HREF}/default/apercu?version=brouillon")).text
    assert "Sans réponse, 1 message ou appel." in page


async def test_a_draft_that_is_not_finished_is_not_published(world: World) -> None:
    await drafts.begin(world.staff, "default")
    form = msgspec.structs.replace(form_of(load("default")), label="")
    await drafts.save(world.staff, "default", 1, form)
    with pytest.raises(Invalid):
        await drafts.publish(world.staff, "default", 2)
    assert await drafts.find(world.staff, "default") is not None


async def test_gironde_and_providers_see_no_protocol(client: httpx.AsyncClient, world: World) -> None:
    for role, organisation in (("funder", world.gironde), ("provider", world.aide34), ("agent", None)):
        token = await sign_in(client, world, role, organisation)
        for address in (HREF, f"{HREF}/default", f"{HREF}/default.yaml", f"{HREF}/default/apercu", DRAFT):
            assert (await client.get(address)).status_code == 403
        assert (await client.post(f"{DRAFT}/ouvrir", data={"jeton": token})).status_code == 403


async def test_another_platform_sees_no_draft(world: World) -> None:
    await drafts.begin(world.staff, "default")
    assert await drafts.find(world.stranger, "default") is None


async def test_an_experiment_is_written_told_and_published(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    fields = {"hasard": "20", "hasard-moyens": ["sms", "phone"]}
    await client.post(DRAFT, data=typed(token, **fields))
    review = plain(await client.get(f"{DRAFT}/relecture"))
    assert "Pour 20 % des personnes, le sort choisit le premier contact, à égalité : SMS, appel." in review
    assert "Les étapes décident du premier contact, pour tout le monde." in review  # what it changes
    await client.post(f"{DRAFT}/publier", data={"jeton": token, "revision": "2"})
    kept = await fetch_value(
        pool("work"), "SELECT definition -> 'experiment' FROM protocol_version WHERE version = 2"
    )
    assert msgspec.json.decode(kept) == {"share": 20, "channels": ["sms", "phone"]}
    called = plain(await client.get(f"{HREF}/default/apercu?jour=2026-11-24&heure=10:00&premier=phone"))
    assert "Appel, essai 1" in called
    assert "SMS de rappel" not in called
    usual = plain(await client.get(f"{HREF}/default/apercu?jour=2026-11-24&heure=10:00"))
    assert "SMS de rappel" in usual
    wishing = f"{HREF}/default/apercu?jour=2026-11-24&heure=10:00&premier=phone&preference=sms"
    spared = plain(await client.get(wishing))
    assert "Cette personne ne serait pas tirée au sort" in spared
    assert "SMS de rappel" in spared


async def test_a_wrong_experiment_is_told_beside_its_fields(client: httpx.AsyncClient, world: World) -> None:
    token = await opened(client, world)
    await client.post(DRAFT, data=typed(token, hasard="20"))
    page = plain(await client.get(DRAFT))
    assert "Premier contact tiré au sort : Choisissez deux moyens à comparer, ou trois." in page
    assert "#hasard-moyens-1" in page


async def test_without_an_experiment_the_preview_proposes_no_draw(
    client: httpx.AsyncClient, world: World
) -> None:
    await sign_in(client, world, "platform")
    assert 'name="premier"' not in (await client.get(f"{HREF}/default/apercu")).text
