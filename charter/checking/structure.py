"""What an edition must hold beyond its shape: every code, reference and count, each fault with its place."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from charter.checking.counting import scored
from charter.checking.crossing import crossed
from charter.definition import Chapter, Concerns, Counts, Criterion, Edition, Measured, Scale, Source, Theme
from charter.source import Found, at
from quality.directory.geography import ACTIVITIES
from quality.errors import NotFound
from quality.french import french
from quality.measures import catalogue
from quality.measures.catalogue import Direction
from quality.measures.disclosure.status import Unit


class Placed(NamedTuple):
    """A criterion, its place in the file, and the code that its own begins with."""

    place: str
    above: str
    criterion: Criterion


def faults(edition: Edition, name: str, others: Sequence[Edition]) -> Iterator[Found]:
    """Find what is wrong in the edition that `<name>.yaml` holds, beside the other editions."""
    yield from _named(edition, name)
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


def _named(edition: Edition, name: str) -> Iterator[Found]:
    """Compare an edition with the name of its file: its code, and its version where that is named too."""
    code, _, version = name.partition(".")
    if edition.code != code:
        yield at(
            "$.code",
            french("le code « {code} » n’est pas le nom du fichier : écrivez « {expected} »"),
            code=edition.code,
            expected=code,
        )
    elif version and version != str(edition.version):
        yield at(
            "$.version",
            french("la version {version} n’est pas celle du nom du fichier : écrivez {expected}"),
            version=edition.version,
            expected=version,
        )


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
            yield at(f"{place}[{rank}]{field}", french("« {code} » en double : gardez-en un"), code=code)
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
                yield at(
                    f"{inner}.code",
                    french("thème « {theme} » en double : donnez-lui un autre code"),
                    theme=theme.code,
                )
            themes.append(theme.code)
            yield from _theme(theme, chapter, inner, objectives)


def _chapter(scale: Scale, chapter: Chapter, rank: int, place: str) -> Iterator[Found]:
    if chapter.number != rank + 1:
        yield at(
            f"{place}.number",
            french("le chapitre {number} vient au rang {rank} : numérotez de 1 en 1"),
            number=chapter.number,
            rank=rank + 1,
        )
    if not chapter.own and not chapter.themes:
        yield at(place, french("ce chapitre est vide : donnez-lui « criteria » ou « themes »"))
    if chapter.own and chapter.themes:
        yield at(
            place, french("ce chapitre a des critères et des thèmes : rangez chaque critère dans un thème")
        )
    if chapter.allows_ri and scale is not Scale.MARKS:
        yield at(f"{place}.allows_ri", french("« RI » n’est que sur l’échelle « marks » : retirez ce champ"))


def _theme(theme: Theme, chapter: Chapter, place: str, objectives: list[str]) -> Iterator[Found]:
    if not theme.own and not theme.objectives:
        yield at(place, french("ce thème est vide : donnez-lui « criteria » ou « objectives »"))
    if theme.own and theme.objectives:
        yield at(
            place, french("ce thème a des critères et des objectifs : rangez chaque critère dans un objectif")
        )
    for line, objective in enumerate(theme.objectives):
        inner = f"{place}.objectives[{line}].code"
        if objective.code in objectives:
            yield at(
                inner,
                french("objectif « {objective} » en double : donnez-lui un autre code"),
                objective=objective.code,
            )
        objectives.append(objective.code)
        if objective.code.partition(".")[0] != str(chapter.number):
            yield at(
                inner,
                french("objectif « {objective} » rangé dans le chapitre {number} : déplacez-le"),
                objective=objective.code,
                number=chapter.number,
            )


def _numbered(placed: Sequence[Placed]) -> Iterator[Found]:
    seen: set[str] = set()
    for place, above, criterion in placed:
        inner = f"{place}.code"
        if criterion.code in seen:
            yield at(
                inner,
                french("critère « {criterion} » en double : donnez-lui un autre code"),
                criterion=criterion.code,
            )
        seen.add(criterion.code)
        parent = criterion.code.rpartition(".")[0]
        if criterion.code.partition(".")[0] != above.partition(".")[0]:
            chapter = above.partition(".")[0]
            yield at(
                inner,
                french("critère « {criterion} » rangé dans le chapitre {chapter} : déplacez-le"),
                criterion=criterion.code,
                chapter=chapter,
            )
        elif parent != above:
            yield at(
                inner,
                french("le code « {criterion} » ne convient pas ici : écrivez « {above}. » puis le rang"),
                criterion=criterion.code,
                above=above,
            )
    for place, _, criterion in placed:
        for rank, element in enumerate(criterion.elements):
            if element.code in seen:
                message = french("« {code} » est aussi le code d’un critère : changez l’un ou l’autre")
                yield at(f"{place}.elements[{rank}].code", message, code=element.code)


def _criterion(edition: Edition, placed: Placed) -> Iterator[Found]:
    place, criterion = placed.place, placed.criterion
    proofs = {item.code for item in edition.evidence}
    yield from repeated(f"{place}.evidence", criterion.evidence)
    yield from repeated(f"{place}.applies_to", criterion.applies_to)
    yield from _dangling(f"{place}.evidence", criterion.evidence, proofs)
    yield from _elements(edition.scale, criterion, place)
    if criterion.imperative and not criterion.compulsory:
        yield at(
            f"{place}.imperative",
            french("un critère impératif est obligatoire : ajoutez « {yaml} »"),
            yaml="compulsory: true",
        )
    if criterion.concerns is not None:
        yield from _concerned(f"{place}.concerns", criterion.concerns)
    if criterion.measured:
        yield from _measured(f"{place}.measured", criterion.measured)


def _dangling(place: str, codes: Iterable[str], known: set[str]) -> Iterator[Found]:
    for rank, code in enumerate(codes):
        if code not in known:
            yield at(
                f"{place}[{rank}]",
                french("preuve inconnue « {code} » : décrivez-la dans la liste « evidence »"),
                code=code,
            )


def _elements(scale: Scale, criterion: Criterion, place: str) -> Iterator[Found]:
    if criterion.elements and scale is not Scale.MARKS:
        yield at(
            f"{place}.elements",
            french("l’échelle « words » s’applique au critère entier : retirez les éléments"),
        )
    yield from repeated(f"{place}.elements", [each.code for each in criterion.elements], ".code")
    for rank, element in enumerate(criterion.elements):
        if element.code.rpartition(".")[0] != criterion.code:
            yield at(
                f"{place}.elements[{rank}].code",
                french("élément « {element} » rangé dans le critère {criterion} : déplacez-le"),
                element=element.code,
                criterion=criterion.code,
            )


def _concerned(place: str, concerns: Concerns) -> Iterator[Found]:
    if concerns == Concerns():
        yield at(place, french("« concerns » ne dit pas qui est concerné : précisez-le ou retirez ce champ"))
    for field in ("modes", "activities", "finess"):
        yield from repeated(f"{place}.{field}", getattr(concerns, field))
    for rank, code in enumerate(concerns.activities):
        if code not in ACTIVITIES:
            yield at(
                f"{place}.activities[{rank}]",
                french("activité inconnue « {code} » : prenez un code de l’article D7231-1"),
                code=code,
            )
    least, most = concerns.least_employees, concerns.most_employees
    if least is not None and most is not None and least > most:
        yield at(
            f"{place}.most_employees",
            french("{most} salariés au plus et {least} au moins : corrigez l’un ou l’autre"),
            most=most,
            least=least,
        )


def _measured(place: str, measured: Measured) -> Iterator[Found]:
    if measured.source is Source.COMPLAINTS:
        if measured.indicator is not None or measured.version is not None:
            yield at(
                place, french("une mesure des réclamations n’a ni « indicator » ni « version » : retirez-les")
            )
        if measured.window is not None or measured.fresh_months is not None:
            yield at(
                place,
                french(
                    "les réclamations se mesurent sur douze mois : retirez « window » et « fresh_months »"
                ),
            )
        return
    if measured.indicator is None or measured.version is None:
        yield at(place, french("une mesure des réponses nomme « indicator » et « version » : ajoutez-les"))
        return
    yield from _indicator(place, measured.indicator, measured.version)


def _indicator(place: str, code: str, version: int) -> Iterator[Found]:
    if code not in catalogue.CATALOGUE:
        known = ", ".join(sorted(catalogue.CATALOGUE))
        yield at(
            f"{place}.indicator",
            french("indicateur inconnu « {code} » : choisissez parmi {known}"),
            code=code,
            known=known,
        )
        return
    try:
        found = catalogue.indicator(code, version)
    except NotFound:
        yield at(
            f"{place}.version",
            french("l’indicateur {code} n’a pas de version {version} : corrigez-la"),
            code=code,
            version=version,
        )
        return
    if found.unit is not Unit.PERCENT or found.direction is not Direction.HIGHER:
        yield at(
            f"{place}.indicator",
            french("{code} n’est pas une part à dépasser : choisissez un autre indicateur"),
            code=code,
        )


def _unasked(edition: Edition) -> Iterator[Found]:
    asked = {code for criterion in edition.criteria for code in criterion.evidence}
    for rank, item in enumerate(edition.evidence):
        if item.code not in asked:
            yield at(
                f"$.evidence[{rank}].code",
                french("aucun critère ne demande « {document} » : demandez cette preuve ou retirez-la"),
                document=item.code,
            )


def _miscounted(edition: Edition) -> Iterator[Found]:
    counted = count(edition)
    for field in Counts.__struct_fields__:
        declared, found = getattr(edition.counts, field), getattr(counted, field)
        if declared != found:
            yield at(
                f"$.counts.{field}",
                french("{declared} annoncés, {found} comptés : corrigez l’un ou l’autre"),
                declared=declared,
                found=found,
            )
