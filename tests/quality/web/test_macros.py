"""The macros that pages are made of."""

from types import SimpleNamespace

import pytest

from quality.web.rendering import environment
from tests.quality.web.pages import TEMPLATES, read


@pytest.fixture(scope="module")
def render():
    env = environment(TEMPLATES)

    def render_text(source: str, **fields: object):
        return read(env.from_string(source).render(**fields))

    return render_text


def test_a_tag_is_an_icon_and_a_word(render):
    page = render(
        '{% from "macros/parts.html" import tag %}{{ tag("signal", "Expirée") }}{{ tag("", "À commencer") }}'
    )
    assert [span.attributes["class"] for span in page.all("span")] == ["tag signal", "tag"]
    assert [span.text for span in page.all("span")] == ["Expirée", "À commencer"]
    assert len(page.all("svg")) == 2


def test_a_card_is_named_by_its_heading(render):
    page = render(
        '{% from "macros/parts.html" import card %}'
        '{% call card("delais", "Délais", span=6) %}<p>Deux</p>{% endcall %}'
        '{% call card("liste", "Liste", "Tous", flush=true) %}<p>Trois</p>{% endcall %}'
    )
    assert [s.attributes["class"] for s in page.all("section")] == ["card w6", "card flush"]
    assert [s.attributes["aria-labelledby"] for s in page.all("section")] == ["delais", "liste"]


def test_a_figure_never_goes_without_its_detail(render):
    page = render(
        '{% from "macros/parts.html" import facts, fig %}'
        '{% call facts() %}{{ fig("À l’heure", "81,7 %", "15 550 clients") }}{% endcall %}'
    )
    assert page.all("dd")[0].text == "81,7 % 15 550 clients"


def test_crumbs_exports_pairs_and_pager_link(render):
    page = render(
        '{% from "macros/parts.html" import crumbs, exports, pairs, pager %}'
        '{{ crumbs((("/a", "A"), ("/b", "B"))) }}{{ exports("/x", ("csv", "json"), "periode=2026-Q3") }}'
        '{{ pairs((("Commune", "Lattes"),), one=true) }}{{ pager(None, "/x?page=2", "1 à 50 sur 214") }}'
    )
    links = [link.attributes["href"] for link in page.all("a")]
    assert links == ["/a", "/b", "/x.csv?periode=2026-Q3", "/x.json?periode=2026-Q3", "/x?page=2"]
    assert page.all("dl")[0].attributes["class"] == "pairs one"


def test_a_timeline_tells_what_is_awaited(render):
    done = SimpleNamespace(title="Signal", when="lundi", text="Elle répond 2.", quote="Pas fait", state="")
    awaited = SimpleNamespace(title="Avis", when="mardi", text="", quote="", state="next")
    page = render(
        '{% from "macros/parts.html" import timeline %}{{ timeline(events) }}', events=(done, awaited)
    )
    assert [item.attributes.get("class") for item in page.all("li")] == [None, "next"]
    assert page.all("blockquote")[0].text == "«\u00a0Pas fait\u00a0»"


def test_notes_reasons_and_empty_states_hold_their_words(render):
    page = render(
        '{% from "macros/parts.html" import empty, note, reason %}'
        '{% call note("ok") %}<p>Fait</p>{% endcall %}{% call note(role="status") %}<p>Lu</p>{% endcall %}'
        '<ul>{{ reason("hidden", "Titre", "Phrase") }}</ul>'
        '{{ empty("Rien", "Aucune demande", "/x", "Voir") }}'
    )
    notes = [div.attributes for div in page.all("div") if "note" in div.attributes.get("class", "")]
    assert notes == [{"class": "note ok"}, {"class": "note", "role": "status"}]
    assert [p.text for p in page.all("p")][-2:] == ["Aucune demande", "Voir"]


def test_a_field_is_tied_to_its_hint_and_its_error(render):
    page = render(
        '{% from "macros/forms.html" import field, area, select %}'
        '{{ field("courriel", "E-mail", hint="Le vôtre", error="Il manque le @", value="a", type="email") }}'
        '{{ area("texte", "Texte", value="Bonjour") }}'
        '{{ select("periode", "Période", (("a", "A"), ("b", "B")), "b") }}'
    )
    control = page.all("input")[0].attributes
    assert control["aria-describedby"] == "courriel-aide courriel-erreur"
    assert control["aria-invalid"] == "true"
    assert control["value"] == "a"
    assert page.all("textarea")[0].text == "Bonjour"
    assert [o.attributes["value"] for o in page.with_attribute("selected")] == ["b"]


def test_a_password_never_comes_back(render):
    source = '{{ field("mot", "Mot de passe", value="secret", type="password") }}'
    page = render('{% from "macros/forms.html" import field %}' + source)
    assert "value" not in page.all("input")[0].attributes


def test_choices_keep_what_was_chosen(render):
    page = render(
        '{% from "macros/forms.html" import button, choices, csrf %}{{ csrf("") }}'
        '{{ choices("note", "Votre note", (("oui", "Oui"), ("non", "Non")), ("non",), error="Choisissez") }}'
        '{{ button("Envoyer", "second", "action", "essai") }}'
    )
    assert [box.attributes["id"] for box in page.with_attribute("checked")] == ["note-non"]
    assert page.all("fieldset")[0].attributes["aria-describedby"] == "note-erreur"
    assert page.all("button")[0].attributes["class"] == "btn second"


def test_a_table_has_headings_on_both_sides(render):
    page = render(
        '{% from "macros/tables.html" import table, figure_cell, hidden_cell %}'
        '{{ table("Par mois", (("Mois", false), ("Clients", true)), (("avril", "330"),), stacked=true) }}'
        '<table><tr>{{ figure_cell("86 %", "95 clients") }}'
        '{{ hidden_cell("C") }}{{ hidden_cell("D") }}</tr></table>'
    )
    assert [(th.attributes["scope"], th.text) for th in page.all("th")] == [
        ("col", "Mois"),
        ("col", "Clients"),
        ("row", "avril"),
    ]
    assert page.all("div")[0].attributes["tabindex"] == "0"
    hidden = [cell.text for cell in page.all("td") if cell.attributes.get("class") == "hidden-cell"]
    assert hidden == ["moins de 11\u00a0clients", "non publié, pour protéger les personnes"]


def test_a_chart_comes_with_its_values(render):
    page = render(
        '{% from "macros/charts.html" import bars, plot, values %}{{ plot("dessin", "Carte de contrôle") }}'
        '{{ values("Par mois", (("Mois", false), ("À l’heure", true)), (("avril", "80 %"),)) }}'
        '{{ bars("Moyens", "Moyen", "Part", (("SMS", "barre", "27 %"),)) }}'
    )
    assert page.all("div")[0].attributes["aria-label"] == "Carte de contrôle"
    assert [caption.text for caption in page.all("caption")] == ["Par mois", "Moyens"]


def test_steps_say_which_one_is_current_and_which_are_done(render):
    source = (
        '{% from "macros/parts.html" import steps %}{{ steps(("Choisir", "Vérifier", "Confirmer"), rank) }}'
    )
    page = render(source, rank=2)
    assert [item.attributes.get("class") for item in page.all("li")] == ["done", None, None]
    assert [item.text for item in page.with_attribute("aria-current")] == ["Vérifier"]
    assert page.all("li")[0].text == "Choisir, fait"
    assert render(source, rank=4).with_attribute("aria-current") == []


def test_a_dialog_is_a_place_of_the_page_that_a_link_leads_to(render):
    page = render(
        '{% from "macros/parts.html" import dialog, dialog_link %}{{ dialog_link("abandon", "Abandonner") }}'
        '{% call dialog("abandon", "Abandonner ?") %}<p>Rien n’est enregistré.</p>{% endcall %}'
    )
    opener, closer = page.all("a")
    dialog = page.all("dialog")[0]
    assert opener.attributes["href"] == f"#{dialog.attributes['id']}"
    assert closer.attributes["href"] == "#contenu"
    assert dialog.attributes["aria-labelledby"] == page.all("h2")[0].attributes["id"]


def test_a_permanent_link_leads_somewhere_without_script_and_says_what_happened_with_it(render):
    page = render('{% from "macros/parts.html" import permalink %}{{ permalink("/x?periode=2026-10") }}')
    link, status = page.all("a")[0], page.with_attribute("role")[0]
    assert link.attributes["href"] == "/x?periode=2026-10"
    assert link.attributes["data-copy"] == status.attributes["id"]
    assert status.attributes["data-done"] == "Adresse copiée."


def test_filters_say_in_words_what_is_chosen_and_how_to_drop_it(render):
    source = (
        '{% from "macros/forms.html" import filters, search %}'
        '{% call filters("/x", chosen, "/x") %}{{ search("nom", "Nom", "Martin") }}{% endcall %}'
    )
    page = render(source, chosen=("refusées", "Aide 34"))
    assert page.all("form")[0].attributes == {"class": "filters", "method": "get", "action": "/x"}
    assert page.all("p")[0].text == "Affiché\u00a0: refusées, Aide 34.Tout afficher"
    assert page.all("input")[0].attributes["value"] == "Martin"
    assert page.all("button")[0].text == "Afficher"
    assert render(source, chosen=()).all("p") == []


def test_a_sortable_heading_says_how_its_column_is_read(render):
    page = render(
        '{% from "macros/tables.html" import sortable %}<table><thead><tr>{{ sortable("Organisme") }}'
        '{{ sortable("Clients", "number", true) }}</tr></thead></table>'
    )
    assert [th.attributes["data-sort"] for th in page.all("th")] == ["text", "number"]
    assert [th.attributes.get("class") for th in page.all("th")] == [None, "r"]


def test_what_is_being_saved_is_announced(render):
    status = render('{% from "macros/forms.html" import saving %}{{ saving() }}').all("p")[0].attributes
    assert status["role"] == "status"
    assert "{time}" in status["data-saved"]
    assert status["data-failed"].startswith("Pas encore enregistré")
