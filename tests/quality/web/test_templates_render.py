"""Every page renders with exactly the fields it documents, and is clean HTML."""

import re

import pytest
from jinja2 import Environment, UndefinedError, meta, nodes

from quality.web.rendering import environment
from tests.quality.web.pages import (
    ANSWER,
    QUESTION,
    SAMPLES,
    STAFF,
    TEMPLATES,
    THANKS,
    Reading,
    read,
)

GLOBALS = {"shell", "_", "ngettext", "self", "range", "caller"}
LINKS = re.compile(
    r"/(ici\?(langue=en|texte=normal))?|/(accueil|connexion|confidentialite|accessibilite|mentions-legales|donnees|indicateurs|reclamations|demo/reinitialiser)"
    r"|/interventions(/(reponses-a-part|plusieurs-reponses|bilans))?(/\d)?(\?page=\d#liste)?"
    r"|/conventions(/[a-z0-9-]+(/charte)?)?"
    r"|/charte(\.pdf|/\d((/\d+){1,2}|/tableau)?)?(\?(organisme=\d{14}|page=\d|edition=[a-z0-9-]+))?"
    r"|/charte/actions(\.csv|\.xlsx|/[0-9a-f-]{36}|/nouvelle\?critere=[\d.]+)?(\?(organisme=\d{14}|edition=[a-z0-9-]+))?"
    r"|/charte/campagnes(/nouvelle|/[0-9a-f-]{36})?"
    r"|/charte/editions(/[a-z0-9-]+(\.\d+)?\.yaml)?|/charte/adhesion|/charte/dossiers(/[0-9a-f-]{36})?|/registre(/[0-9a-f-]{36}(/badge.jwt|/certificat.pdf)?)?"
    r"|/charte/(evaluations|hors-ligne(\.xlsx)?)(\?(organisme=\d{14}|edition=[a-z0-9-]+))?"
    r"|/charte/evaluations/reprise\?edition=[a-z0-9.-]+&etendue=(full|compulsory)"
    r"|/charte/verification(\?organisme=\d{14})?|/charte/preuves(/[0-9a-f-]{36}(/fichier/\d)?)?(\?(organisme=\d{14}|critere=[\d.]+&edition=[a-z0-9-]+))?"
    r"|/suivi/[0-9A-Z]{12}|/s/[0-9A-Z]{12}(/(\d+|souhait|merci|stop|rappel|qui|probleme|lecteurs))?(\?proche=(oui|non))?|(tel:|mailto:|#).+"
    r"|https://aide34\.invalid/.*|https://(www\.cnil\.fr|formulaire\.defenseurdesdroits\.fr)/.*"
)
PLAIN_TYPOGRAPHY = re.compile(r"\w'\w| [:;?!»%]|« |\d h\b|\bh \d|\d [a-zà-ÿ]+ 20\d\d|11 personnes")
STAFF_PAGE = """{% extends "layout/staff.html" %}{% from "macros/parts.html" import head %}
{% block title %}Essai{% endblock %}{% block content %}{{ head("Essai") }}{% endblock %}"""
DESK_PAGE = """{% extends "layout/desk.html" %}{% block title %}Essai{% endblock %}
{% block person %}<h1 class="deskname">Mme Martin</h1>{% endblock %}
{% block content %}<p>Question</p>{% endblock %}"""


@pytest.fixture(scope="module")
def env() -> Environment:
    return environment(TEMPLATES)


@pytest.fixture(scope="module")
def pages(env) -> dict[str, Reading]:
    readings = {
        name: read(env.get_template(template).render(shell=shell, **fields))
        for name, (template, shell, fields) in SAMPLES.items()
    }
    layouts = {"staff": STAFF_PAGE, "desk": DESK_PAGE}
    return readings | {
        name: read(env.from_string(text).render(shell=STAFF)) for name, text in layouts.items()
    }


NAMES = [*SAMPLES, "staff", "desk"]
ANSWER_NAMES = [name for name, (_, shell, _) in SAMPLES.items() if shell is ANSWER]
every_page = pytest.mark.parametrize("name", NAMES)


def fields_of(env: Environment, template: str) -> set[str]:
    source = (TEMPLATES / template).read_text(encoding="utf-8")
    tree = env.parse(source)
    used = meta.find_undeclared_variables(tree) - GLOBALS - own_names(tree)
    for parent in meta.find_referenced_templates(tree):
        if parent and not parent.startswith("macros/"):
            used |= fields_of(env, parent)
    return used


def own_names(tree: nodes.Template) -> set[str]:
    """Collect what the top of a template imports or sets, since its blocks see it too."""
    imported = {
        name[1] for each in tree.find_all(nodes.FromImport) for name in each.names if isinstance(name, tuple)
    }
    plain = {name for each in tree.find_all(nodes.FromImport) for name in each.names if isinstance(name, str)}
    macros = {macro.name for macro in tree.find_all(nodes.Macro)}
    return (
        imported | plain | macros | {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    )


def test_every_template_compiles(env):
    for name in env.list_templates():
        env.get_template(name)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_uses_exactly_its_fields(env, name):
    template, _, fields = SAMPLES[name]
    assert fields_of(env, template) == set(fields)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_documents_its_fields_at_its_top(name):
    template, _, fields = SAMPLES[name]
    heading = (TEMPLATES / template).read_text(encoding="utf-8").partition("#}")[0]
    assert heading.startswith("{#")
    assert [field for field in fields if not re.search(rf"\b{field}\b", heading)] == []


def test_a_missing_field_is_an_error(env):
    fields = {key: value for key, value in THANKS.items() if key != "reference"}
    with pytest.raises(UndefinedError, match="reference"):
        env.get_template("surveys/answer_thanks.html").render(shell=ANSWER, **fields)


def test_an_unknown_icon_is_an_error(env):
    with pytest.raises(UndefinedError):
        env.from_string('{% from "macros/icons.html" import icon %}{{ icon("dragon") }}').render()


def test_names_are_escaped(env):
    hostile = QUESTION | {"provider": "<b>Aide & Cie</b>", "label": "<script>alert(1)</script>"}
    html = env.get_template("surveys/answer_question.html").render(shell=ANSWER, **hostile)
    assert "&lt;b&gt;Aide &amp; Cie&lt;/b&gt; ne voit pas" in html
    assert "<script" not in html


@every_page
def test_ids_are_unique(pages, name):
    ids = [element.attributes["id"] for element in pages[name].with_attribute("id")]
    assert sorted(ids) == sorted(set(ids))


@every_page
def test_nothing_is_inline(pages, name):
    reading = pages[name]
    assert [
        e.tag for e in reading.elements for key in e.attributes if key == "style" or key.startswith("on")
    ] == []
    assert reading.all("style") == []
    assert [script for script in reading.all("script") if "src" not in script.attributes] == []


@every_page
def test_a_page_has_a_language_a_title_and_one_heading(pages, name):
    reading = pages[name]
    assert reading.all("html")[0].attributes["lang"] == "fr"
    assert len(reading.all("title")[0].text.partition(" – ")[0].strip()) > 3
    assert len(reading.all("h1")) == 1
    assert reading.all("h1")[0].text.strip()


@every_page
def test_references_between_elements_hold(pages, name):
    reading = pages[name]
    ids = {element.attributes["id"] for element in reading.with_attribute("id")}
    for attribute in ("for", "aria-labelledby", "aria-describedby"):
        for element in reading.with_attribute(attribute):
            assert set(element.attributes[attribute].split()) <= ids, attribute
    anchors = {e.attributes["href"][1:] for e in reading.all("a") if e.attributes["href"].startswith("#")}
    assert anchors <= ids


@every_page
def test_every_control_has_a_label(pages, name):
    reading = pages[name]
    labelled = {label.attributes.get("for") for label in reading.all("label")}
    for tag in ("input", "select", "textarea"):
        for control in reading.all(tag):
            inside = any(parent.tag == "label" for parent in control.parents)
            assert (
                inside or control.attributes.get("type") == "hidden" or control.attributes["id"] in labelled
            )


@every_page
def test_every_posting_form_carries_the_token(pages, name):
    reading = pages[name]
    forms = [form for form in reading.all("form") if form.attributes.get("method") == "post"]
    tokens = [field for field in reading.all("input") if field.attributes.get("name") == "jeton"]
    assert [token.parents[-1] for token in tokens] == forms
    assert all(token.attributes["value"].startswith("jeton-") for token in tokens)


@every_page
def test_links_lead_to_pages_that_exist(pages, name):
    links = [element.attributes["href"] for element in pages[name].all("a")]
    assert [link for link in links if not LINKS.fullmatch(link)] == []


@every_page
def test_french_signs_are_typeset(pages, name):
    reading = pages[name]
    labels = [element.attributes["aria-label"] for element in reading.with_attribute("aria-label")]
    assert [text for text in [*reading.texts, *labels] if PLAIN_TYPOGRAPHY.search(text)] == []


@pytest.mark.parametrize("name", ANSWER_NAMES)
def test_an_answer_page_has_one_stylesheet_and_no_script(pages, name):
    reading = pages[name]
    files = [link.attributes["href"] for link in reading.all("link")]
    assert files == ["data:,", "/static/respond.css"]
    assert reading.all("script") == []
    assert [e.attributes["content"] for e in reading.all("meta") if e.attributes.get("name") == "robots"] == [
        "noindex"
    ]


@pytest.mark.parametrize("name", [name for name in SAMPLES if name.endswith("_error")])
def test_a_refused_answer_says_so_first_and_leads_to_the_field(pages, name):
    reading = pages[name]
    main = [element for element in reading.elements if any(p.tag == "main" for p in element.parents)]
    assert reading.all("title")[0].text.strip().startswith("Erreur\u00a0:")
    assert main[0].attributes["role"] == "alert"
    target = next(e.attributes["href"][1:] for e in main if e.attributes.get("href", "").startswith("#"))
    control = next(e for e in main if e.attributes.get("id") == target)
    assert control.attributes["aria-invalid"] == "true"
    assert control.attributes["aria-describedby"].endswith("-erreur")


def test_a_refused_answer_comes_back_filled_in(pages):
    assert pages["question_text_error"].all("textarea")[0].text == "Merci"


def test_a_link_of_an_email_only_prechecks(pages):
    checked = pages["question_relative"].with_attribute("checked")
    assert [box.attributes["value"] for box in checked] == ["5"]
    assert pages["question_relative"].all("button")[0].text == "Envoyer ma réponse"
    assert pages["question"].with_attribute("checked") == []


def test_a_relative_is_remembered_by_the_form(pages):
    hidden = {e.attributes["name"]: e.attributes["value"] for e in pages["question_relative"].all("input")}
    assert hidden["proche"] == "oui"


def test_only_the_first_question_says_who_reads(pages):
    assert "Qui lit votre réponse" in pages["question"].all("body")[0].text
    assert "Qui lit votre réponse" not in pages["question_text"].all("body")[0].text


def test_a_confidential_complaint_never_promises_an_answer_to_a_named_client(pages):
    assert "sans votre nom" in pages["thanks_confidential"].all("main")[0].text
    assert "vous propose" not in pages["thanks_confidential"].all("main")[0].text


def test_signing_out_is_a_form(pages):
    for name in ("staff", "desk"):
        posting = {form.attributes["action"]: form.attributes["method"] for form in pages[name].all("form")}
        assert posting["/deconnexion"] == "post"


def test_every_page_of_the_staff_offers_the_search(pages):
    found = [form for form in pages["staff"].all("form") if form.attributes.get("role") == "search"]
    assert [(form.attributes["method"], form.attributes["action"]) for form in found] == [
        ("get", "/recherche"),  # in the menu of a narrow screen
        ("get", "/recherche"),  # in the side bar
    ]


def test_the_current_page_and_the_counts_are_in_the_menu(pages):
    current = pages["staff"].with_attribute("aria-current")
    assert {link.attributes["href"] for link in current} == {"/indicateurs"}
    assert "Réclamations2 à traiter" in pages["staff"].all("nav")[0].text


def test_the_demo_strip_shows_only_in_the_demo(pages):
    assert "données fictives" in pages["error"].all("header")[0].text
    assert "données fictives" not in pages["legal_notice"].all("header")[0].text


def test_without_a_number_nothing_invites_to_call(pages):
    for name in ("error_no_phone", "privacy_no_phone"):
        assert not any(link.attributes["href"].startswith("tel:") for link in pages[name].all("a"))
        assert "surtaxé" not in pages[name].all("body")[0].text


def test_an_error_says_what_to_do_and_no_sentence_twice(pages):
    assert "Vérifiez l’adresse" in pages["error"].all("main")[0].text
    assert pages["error"].all("main")[0].text.count("Page introuvable") == 1
    assert "Cette adresse ne répond pas." in pages["error_staff"].all("main")[0].text
    assert "ou à l’accueil" in pages["error_staff"].all("main")[0].text


def test_an_empty_legal_notice_says_so(pages):
    assert "pas encore écrit" in pages["legal_notice_empty"].all("main")[0].text
