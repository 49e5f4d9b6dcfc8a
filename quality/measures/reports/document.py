"""The report of a population and period: a tagged PDF to read and to print, its data attached.

It holds every figure of the period with all activities together; the attached file holds each activity too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from quality import typesetting
from quality.directory.matching import alphabetical
from quality.measures.catalogue import CATALOGUE, indicator, of_providers
from quality.measures.disclosure.lattice import Scope
from quality.measures.exports import facts_for_programs, for_programs
from quality.measures.releases.counted import PublishedFact
from quality.measures.releases.figures import Figure
from quality.measures.reports.contents import Contents, Definition, signed_words
from quality.measures.views.dashboard import coverage_of, provider_figures, shown_codes, target_line
from quality.measures.views.facts import fact_reading, fact_words, reach_of
from quality.measures.views.reading import RESPONSE_RATE
from quality.measures.views.summary import Unseen, unanswered, unmeasured, unseen
from quality.measures.views.wording import in_language, label_of, reading
from quality.web import languages
from quality.web.languages import gettext as _

SOURCE = Path(__file__).with_name("report.typ")
RANKS = {Scope.REGION: 1, Scope.DEPARTEMENT: 2, Scope.TERRITORY: 3, Scope.PROVIDER: 4}


def words(contents: Contents, platform: str) -> dict[str, Any]:
    """Say a report in the reader's language, ready to be drawn."""
    rows = list(_summary(contents))
    return {
        "lang": languages.current(),
        "platform": platform,
        "title": contents.title,
        "release": contents.release_words,
        "sentences": contents.sentences,
        "summary": {
            "title": _("Les indicateurs"),
            "heads": _summary_heads(),
            "rows": rows,
            "note": _concluding(rows),
        },
        "unseen": {
            "title": _("Ce que ce rapport ne montre pas, et pourquoi"),
            "rows": [(each.title, each.sentence) for each in _unseen(contents)],
        },
        "details": [*_details(contents), *_of_providers(contents)],
        "method": {
            "title": _("Comment c’est calculé"),
            "rows": [(each.label, _pairs(each)) for each in contents.definitions],
        },
        "seals": [signed_words(seal) for seal in contents.seals],
        "files": list(_attached(contents)),
        "page": _("Page"),
    }


def drawn(said: Mapping[str, Any]) -> bytes:
    """Draw the pages; the same words give the same bytes."""
    return typesetting.drawn(SOURCE, "report", said)


def _summary_heads() -> tuple[str, ...]:
    return (_("Indicateur"), _("Résultat"), _("Intervalle à 95 % et clients"), _("Objectif"))


def _summary(contents: Contents) -> Iterator[Sequence[str]]:
    main = contents.main
    for code in shown_codes(contents.sight):
        shown = reading(main.get(code))
        target = target_line(contents.sight, code, main.get(code))
        aimed = f"{target.words} : {target.conclusion}" if target else ""
        yield label_of(CATALOGUE[code]), shown.value, shown.detail, aimed


def _concluding(rows: Iterable[Sequence[str]]) -> str:
    """Say when a target is met or not, where a row has one."""
    has_targets = any(aimed for *_others, aimed in rows)
    return _("On conclut quand tout l’intervalle est du même côté, arrondis compris.") if has_targets else ""


def _details(contents: Contents) -> Iterator[dict[str, Any]]:
    """Give one table an indicator: its places, then its providers, by name."""
    for definition in contents.definitions:
        rows = sorted(_places(contents, definition), key=lambda row: (row[0], alphabetical(row[1])))
        if rows:
            item = indicator(definition.indicator, definition.version)
            yield {
                "title": definition.label,
                "sentence": in_language(item.sentence),
                "heads": (
                    _("Où"),
                    _("Résultat"),
                    _("Intervalle à 95 % et clients"),
                    _("Ce que vaut ce résultat"),
                ),
                "rows": [row[1:] for row in rows],
            }


def _places(contents: Contents, of: Definition) -> Iterator[tuple[int, str, str, str, str]]:
    for line in contents.lines:
        key = line.figure.key
        if (key.indicator, key.version, key.activity) == (of.indicator, of.version, ""):
            yield _place(contents, line.figure)


def _place(contents: Contents, figure: Figure) -> tuple[int, str, str, str, str]:
    shown = reading(figure)
    rank = 0 if contents.sight.is_main(figure.key) else RANKS[figure.key.scope]
    return rank, contents.where(figure), shown.value, shown.detail, shown.status if shown.is_shown else ""


def _of_providers(contents: Contents) -> Iterator[dict[str, Any]]:
    """Give one table of what is counted of providers, by name."""
    for code, item in of_providers().items():
        found = [fact for fact in contents.facts if fact.indicator == code]
        if found:
            words = fact_words(contents.sight, found, contents.period, reach_of(contents.sight))
            said = next(each for each in words if each.label == in_language(item.label))
            rows = sorted(map(partial(_of_provider, contents), found), key=lambda row: alphabetical(row[0]))
            yield {
                "title": in_language(item.label),
                "sentence": " ".join(said.sentences),
                "heads": (_("Organisme"), _("Résultat"), _("Tenus, sur ceux demandés"), _("Impératifs")),
                "rows": rows,
            }


def _of_provider(contents: Contents, fact: PublishedFact) -> tuple[str, str, str, str]:
    shown = fact_reading(fact)
    kept = _("{held} sur {asked}").format(held=fact.held, asked=fact.asked)
    return contents.who(fact), shown.value, kept, shown.detail


def _attached(contents: Contents) -> Iterator[dict[str, str]]:
    """Give the files that the report carries: each activity of each figure, and the facts beside them."""
    name = f"{contents.name}.csv"
    words = _(
        "Les chiffres de ce rapport, avec chaque groupe d’activités, sont joints à ce document : {name}."
    )
    yield {"name": name, "text": for_programs(contents.lines), "said": words.format(name=name)}
    if contents.facts:
        name = f"{contents.name}-organismes.csv"
        words = _("Ce qui est compté de chaque organisme y est joint aussi : {name}.")
        yield {"name": name, "text": facts_for_programs(contents.facts), "said": words.format(name=name)}


def _unseen(contents: Contents) -> list[Unseen]:
    codes = shown_codes(contents.sight)
    code = codes[0]
    whole = [each for each in contents.lines if not each.figure.key.activity]
    convention = contents.sight.convention
    return [
        *unseen(
            label_of(CATALOGUE[code]),
            coverage_of(contents.sight, provider_figures(whole, code)),
            contents.main.get(RESPONSE_RATE),
            excludes_mandataire=bool(convention and convention.excludes_mandataire),
        ),
        *unanswered(codes, contents.main),
        *unmeasured(),
    ]


def _pairs(of: Definition) -> list[tuple[str, str]]:
    rows = [
        (_("On compte"), of.counted),
        (_("Sur"), of.over),
        (_("On laisse de côté"), of.left_out),
        (_("Formule"), of.formula),
        (_("Intervalle"), of.interval),
        (_("Source"), of.source),
        (_("Exemple"), of.example),
    ]
    return [(term, text) for term, text in rows if text]
