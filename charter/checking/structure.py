"""What an edition must hold beyond its shape: every code, reference and count, each fault with its place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from charter.checking.counting import scored
from charter.checking.crossing import crossed
from charter.definition import Chapter, Concerns, Counts, Criterion, Edition, Measured, Scale, Source, Theme
from charter.source import Found
from quality.directory.geography import ACTIVITIES
from quality.errors import NotFound
from quality.measures import catalogue
from quality.measures.catalogue import Direction
from quality.measures.disclosure.status import Unit


class Placed(NamedTuple):
    """A criterion, its place in the file, and the code that its own begins with."""

    place: str
    above: str
    criterion: Criterion


def faults(edition: Edition, code: str, others: Mapping[str, Edition]) -> Iterator[Found]:
    """Find what is wrong in the edition that `<code>.yaml` holds, beside the other editions."""
    if edition.code != code:
        yield "$.code", f"le code « {edition.code} » n’est pas le nom du fichier : écrivez « {code} »"
    placed = list(_placed(edition))
    yield from repeated("$.evidence", [item.code for item in edition.evidence], ".code")
    yield from _grouped(edition)
    yield from _numbered(placed)
    for each in placed:
        yield from _criterion(edition, each)
    yield from _unasked(edition)
    yield from scored(edition)
    yield from crossed(edition, [(each.place, each.criterion) for each in placed], others)
    yield from _miscounted(edition)


def count(edition: Edition) -> Counts:
    """Count an edition as it must declare it."""
    compulsory = [each for each in edition.criteria if each.compulsory]
    themes = [theme for chapter in edition.chapters for theme in chapter.themes]
    return Counts(
        criteria=len(edition.criteria),
        compulsory=len(compulsory),
        compulsory_for_all=sum(each.is_for_all for each in compulsory),
        imperative=sum(each.imperative for each in edition.criteria),
        themes=len(themes),
        objectives=sum(len(theme.objectives) for theme in themes),
        elements=sum(len(each.elements) for each in edition.criteria),
    )


def repeated(place: str, codes: Iterable[str], field: str = "") -> Iterator[Found]:
    seen: set[str] = set()
    for rank, code in enumerate(codes):
        if code in seen:
            yield f"{place}[{rank}]{field}", f"« {code} » en double : gardez-en un"
        seen.add(code)


def _placed(edition: Edition) -> Iterator[Placed]:
    for rank, chapter in enumerate(edition.chapters):
        place, above = f"$.chapters[{rank}]", str(chapter.number)
        yield from _rows(place, above, chapter.own)
        for row, theme in enumerate(chapter.themes):
            yield from _rows(f"{place}.themes[{row}]", above, theme.own)
            for line, objective in enumerate(theme.objectives):
                yield from _rows(
                    f"{place}.themes[{row}].objectives[{line}]", objective.code, objective.criteria
                )


def _rows(place: str, above: str, criteria: Iterable[Criterion]) -> Iterator[Placed]:
    for row, criterion in enumerate(criteria):
        yield Placed(f"{place}.criteria[{row}]", above, criterion)


def _grouped(edition: Edition) -> Iterator[Found]:
    """Check chapters, themes and objectives: their numbers, and that each holds one kind of thing."""
    themes: list[str] = []
    objectives: list[str] = []
    for rank, chapter in enumerate(edition.chapters):
        place = f"$.chapters[{rank}]"
        yield from _chapter(edition.scale, chapter, rank, place)
        for row, theme in enumerate(chapter.themes):
            inner = f"{place}.themes[{row}]"
            if theme.code in themes:
                yield f"{inner}.code", f"thème « {theme.code} » en double : donnez-lui un autre code"
            themes.append(theme.code)
            yield from _theme(theme, chapter, inner, objectives)


def _chapter(scale: Scale, chapter: Chapter, rank: int, place: str) -> Iterator[Found]:
    if chapter.number != rank + 1:
        yield (
            f"{place}.number",
            f"le chapitre {chapter.number} vient au rang {rank + 1} : numérotez de 1 en 1",
        )
    if not chapter.own and not chapter.themes:
        yield place, "ce chapitre est vide : donnez-lui « criteria » ou « themes »"
    if chapter.own and chapter.themes:
        yield place, "ce chapitre a des critères et des thèmes : rangez chaque critère dans un thème"
    if chapter.allows_ri and scale is not Scale.MARKS:
        yield f"{place}.allows_ri", "« RI » n’est que sur l’échelle « marks » : retirez ce champ"


def _theme(theme: Theme, chapter: Chapter, place: str, objectives: list[str]) -> Iterator[Found]:
    if not theme.own and not theme.objectives:
        yield place, "ce thème est vide : donnez-lui « criteria » ou « objectives »"
    if theme.own and theme.objectives:
        yield place, "ce thème a des critères et des objectifs : rangez chaque critère dans un objectif"
    for line, objective in enumerate(theme.objectives):
        inner = f"{place}.objectives[{line}].code"
        if objective.code in objectives:
            yield inner, f"objectif « {objective.code} » en double : donnez-lui un autre code"
        objectives.append(objective.code)
        if objective.code.partition(".")[0] != str(chapter.number):
            yield (
                inner,
                f"objectif « {objective.code} » rangé dans le chapitre {chapter.number} : déplacez-le",
            )


def _numbered(placed: Sequence[Placed]) -> Iterator[Found]:
    seen: set[str] = set()
    for place, above, criterion in placed:
        inner = f"{place}.code"
        if criterion.code in seen:
            yield inner, f"critère « {criterion.code} » en double : donnez-lui un autre code"
        seen.add(criterion.code)
        parent = criterion.code.rpartition(".")[0]
        if criterion.code.partition(".")[0] != above.partition(".")[0]:
            chapter = above.partition(".")[0]
            yield inner, f"critère « {criterion.code} » rangé dans le chapitre {chapter} : déplacez-le"
        elif parent != above:
            yield (
                inner,
                f"le code « {criterion.code} » ne convient pas ici : écrivez « {above}. » puis le rang",
            )
    for place, _, criterion in placed:
        for rank, element in enumerate(criterion.elements):
            if element.code in seen:
                message = f"« {element.code} » est aussi le code d’un critère : changez l’un ou l’autre"
                yield f"{place}.elements[{rank}].code", message


def _criterion(edition: Edition, placed: Placed) -> Iterator[Found]:
    place, criterion = placed.place, placed.criterion
    proofs = {item.code for item in edition.evidence}
    yield from repeated(f"{place}.evidence", criterion.evidence)
    yield from repeated(f"{place}.applies_to", criterion.applies_to)
    yield from _dangling(f"{place}.evidence", criterion.evidence, proofs)
    yield from _elements(edition.scale, criterion, place)
    if criterion.imperative and not criterion.compulsory:
        yield f"{place}.imperative", "un critère impératif est obligatoire : ajoutez « compulsory: true »"
    if criterion.concerns is not None:
        yield from _concerned(f"{place}.concerns", criterion.concerns)
    if criterion.measured:
        yield from _measured(f"{place}.measured", criterion.measured)


def _dangling(place: str, codes: Iterable[str], known: set[str]) -> Iterator[Found]:
    for rank, code in enumerate(codes):
        if code not in known:
            yield f"{place}[{rank}]", f"preuve inconnue « {code} » : décrivez-la dans la liste « evidence »"


def _elements(scale: Scale, criterion: Criterion, place: str) -> Iterator[Found]:
    if criterion.elements and scale is not Scale.MARKS:
        yield f"{place}.elements", "l’échelle « words » s’applique au critère entier : retirez les éléments"
    yield from repeated(f"{place}.elements", [each.code for each in criterion.elements], ".code")
    for rank, element in enumerate(criterion.elements):
        if element.code.rpartition(".")[0] != criterion.code:
            yield (
                f"{place}.elements[{rank}].code",
                f"élément « {element.code} » rangé dans le critère {criterion.code} : déplacez-le",
            )


def _concerned(place: str, concerns: Concerns) -> Iterator[Found]:
    if concerns == Concerns():
        yield place, "« concerns » ne dit pas qui est concerné : précisez-le ou retirez ce champ"
    for field in ("modes", "activities", "finess"):
        yield from repeated(f"{place}.{field}", getattr(concerns, field))
    for rank, code in enumerate(concerns.activities):
        if code not in ACTIVITIES:
            yield (
                f"{place}.activities[{rank}]",
                f"activité inconnue « {code} » : prenez un code de l’article D7231-1",
            )
    least, most = concerns.least_employees, concerns.most_employees
    if least is not None and most is not None and least > most:
        yield (
            f"{place}.most_employees",
            f"{most} salariés au plus et {least} au moins : corrigez l’un ou l’autre",
        )


def _measured(place: str, measured: Measured) -> Iterator[Found]:
    if measured.source is Source.COMPLAINTS:
        if measured.indicator is not None or measured.version is not None:
            yield place, "une mesure des réclamations n’a ni « indicator » ni « version » : retirez-les"
        if measured.window is not None or measured.fresh_months is not None:
            yield (
                place,
                "les réclamations se mesurent sur douze mois : retirez « window » et « fresh_months »",
            )
        return
    if measured.indicator is None or measured.version is None:
        yield place, "une mesure des réponses nomme « indicator » et « version » : ajoutez-les"
        return
    yield from _indicator(place, measured.indicator, measured.version)


def _indicator(place: str, code: str, version: int) -> Iterator[Found]:
    if code not in catalogue.CATALOGUE:
        known = ", ".join(sorted(catalogue.CATALOGUE))
        yield f"{place}.indicator", f"indicateur inconnu « {code} » : choisissez parmi {known}"
        return
    try:
        found = catalogue.indicator(code, version)
    except NotFound:
        yield f"{place}.version", f"l’indicateur {code} n’a pas de version {version} : corrigez-la"
        return
    if found.unit is not Unit.PERCENT or found.direction is not Direction.HIGHER:
        yield f"{place}.indicator", f"{code} n’est pas une part à dépasser : choisissez un autre indicateur"


def _unasked(edition: Edition) -> Iterator[Found]:
    asked = {code for criterion in edition.criteria for code in criterion.evidence}
    for rank, item in enumerate(edition.evidence):
        if item.code not in asked:
            yield (
                f"$.evidence[{rank}].code",
                f"aucun critère ne demande « {item.code} » : demandez cette preuve ou retirez-la",
            )


def _miscounted(edition: Edition) -> Iterator[Found]:
    counted = count(edition)
    for field in Counts.__struct_fields__:
        declared, found = getattr(edition.counts, field), getattr(counted, field)
        if declared != found:
            yield f"$.counts.{field}", f"{declared} annoncés, {found} comptés : corrigez l’un ou l’autre"
