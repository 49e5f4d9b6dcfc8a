"""The yearly report of an establishment as a tagged PDF and as a workbook: the same words and figures."""

from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from quality import typesetting
from quality.directory.geography import departement
from quality.measures.catalogue import indicator
from quality.measures.exports import COLUMNS, Value, record
from quality.measures.releases.figures import Published
from quality.measures.reports.workbook import Writer
from quality.measures.views.wording import label_of, reading
from quality.network.yearly import Year, YearlyPart
from quality.web import languages
from quality.web.format import capital, day_text, paris_day, period_text
from quality.web.languages import gettext as _

SOURCE = Path(__file__).with_name("yearly.typ")
Rows = Sequence[tuple[str, ...]]


def figure_heads() -> tuple[str, ...]:
    return (
        _("Indicateur"),
        _("Département"),
        _("Période"),
        _("Résultat"),
        _("Intervalle à 95 % et clients"),
    )


def figure_rows(of: Year) -> list[tuple[str, ...]]:
    """Write each published figure, or why it is hidden."""
    return list(_figure_rows(of.figures))


def _figure_rows(figures: Sequence[Published]) -> Iterator[tuple[str, ...]]:
    series = {(each.figure.key.indicator, each.figure.key.version) for each in figures}
    versions = Counter(code for code, _version in series)
    for each in figures:
        key = each.figure.key
        shown, where = reading(each.figure), departement(key.code.rpartition("-")[2])
        item = indicator(key.indicator, key.version)
        label = series_words(label_of(item), key.version, versions[key.indicator])
        when = capital(period_text(each.period, languages.current()))
        yield label, f"{where.name} ({where.code})", when, shown.value, shown.detail


def series_words(label: str, version: int, count: int) -> str:
    """Name a series: by its version too where its indicator has several.

    >>> series_words("Ponctualité", 2, 1), series_words("Ponctualité", 2, 2)
    ('Ponctualité', 'Ponctualité, version 2')
    """
    return label if count == 1 else _("{label}, version {number}").format(label=label, number=version)


def sentence() -> str:
    return _(
        "Les faits et les résultats viennent de la plateforme. Ce que l’organisme écrit lui-même est marqué "
        "comme tel. Vérifiez les rubriques que demande NOVA : ce document n’en est pas le formulaire."
    )


def own_words() -> tuple[str, str]:
    """Say whose words follow, and that nobody checked them."""
    return (
        _("Écrit par l’organisme"),
        _("Ces textes sont ceux de l’organisme. La plateforme ne les a ni écrits ni vérifiés."),
    )


def nothing_written() -> str:
    return _("À compléter par l’organisme.")


def nothing_published(of: Year) -> str:
    return _("Aucun résultat de {year} n’est publié pour cet établissement.").format(year=of.year)


def seals(of: Year) -> list[str]:
    """Name the releases that the figures come from."""
    made = {(each.period, paris_day(each.released_at), each.method, each.release) for each in of.figures}
    lang = languages.current()
    words = _("{period} : publication du {day}, méthode {method}, {release}")
    return [
        words.format(
            period=capital(period_text(period, lang)),
            day=day_text(day, lang, year=True),
            method=method,
            release=release,
        )
        for period, day, method, release in sorted(made)
    ]


def said(of: Year, platform: str) -> dict[str, Any]:
    """Say a report in the reader's language, ready to be drawn."""
    title, whose = own_words()
    return {
        "lang": languages.current(),
        "platform": platform,
        "title": of.title,
        "sentence": sentence(),
        "facts": {"title": _("L’établissement"), "rows": of.of.facts},
        "figures": {
            "title": _("Ce que disent les clients"),
            "heads": figure_heads(),
            "rows": figure_rows(of),
            "none": nothing_published(of),
            "seals": seals(of),
        },
        "parts": [_said_part(each) for each in of.parts],
        "own": {"title": title, "sentence": whose, "rows": [(head, _parts(text)) for head, text in of.words]},
        "page": _("Page"),
    }


def _said_part(of: YearlyPart) -> dict[str, Any]:
    tables = [
        {"title": each.title, "heads": each.heads, "rows": each.rows, "none": each.none} for each in of.tables
    ]
    return {"title": of.title, "sentence": of.sentence, "facts": of.facts, "tables": tables}


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.splitlines() if part.strip()] or [nothing_written()]


def pdf(of: Year, platform: str) -> bytes:
    """Draw the report; the same words give the same bytes."""
    return typesetting.drawn(SOURCE, "yearly", said(of, platform))


def workbook(of: Year, platform: str) -> bytes:
    """Write the results in words, their data, the establishment, each part and what it wrote itself."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": of.title, "author": platform, **_made(of)})
        writer = Writer(book)
        writer.sheet(_("Résultats"), figure_heads(), figure_rows(of) or [(nothing_published(of),)])
        writer.sheet(_("Données"), COLUMNS, _data(of))
        writer.sheet(_("Établissement"), (_("Quoi"), _("Valeur")), [*of.of.facts, *_notes(of)])
        title, whose = own_words()
        rows = [(head, text or nothing_written()) for head, text in of.words]
        writer.sheet(title, (_("Rubrique"), whose), rows)
        for part in of.parts:
            writer.sheet(part.title, (_("Quoi"), _("Valeur")), part.facts)
            for each in part.tables:
                writer.sheet(each.title, each.heads, each.rows or [(each.none,)])
    return target.getvalue()


def _made(of: Year) -> dict[str, Any]:
    newest = max((each.released_at for each in of.figures), default=None)
    return {"created": newest.replace(tzinfo=None)} if newest else {}


def _data(of: Year) -> Iterator[Sequence[Value]]:
    for each in of.figures:
        yield list(record(each).values())


def _notes(of: Year) -> Rows:
    return [(_("Ce que contient ce classeur"), sentence()), *((_("Publication"), each) for each in seals(of))]
