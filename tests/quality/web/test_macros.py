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
