"""The spread of providers: published values only, as published, and no provider named."""

from decimal import Decimal
from uuid import UUID, uuid4

from quality.measures.disclosure.lattice import Key, Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.releases.figures import Figure
from quality.measures.views.coverage import coverage
from quality.measures.views.spread import Spread, spread
from tests.quality.web.drawings import by_class, check, words_of

KEY = Key(None, None, "GLOB", 1, Scope.PROVIDER, "73282932000074-34")


def figure(value: int | None, status: Status = Status.A, digits: int = 0) -> Figure:
    shown = None if value is None else Decimal(value)
    low = None if shown is None else shown - 10 + (Decimal("0.1") if digits else 0)
    return Figure(KEY, uuid4(), status, Unit.PERCENT, 40 if shown else None, shown, low, shown)


def drawn(figures: list[Figure], *silent: UUID) -> Spread:
    found = spread("Visite", figures, coverage(figures, silent))
    assert found is not None
    return found


def test_each_published_provider_is_one_dot():
    found = drawn([figure(value) for value in (80, 80, 82, 90, 95)])
    svg = check(found.drawing)
    assert len(by_class(svg, "circle", "f-brand")) == 5
    assert by_class(svg, "path", "f-signal") == []
    assert "médiane 82\u00a0%" in words_of(svg)
    assert found.finding == "Visite\u00a0: la moitié des organismes publiés à 82\u00a0% ou plus"
    assert (found.shown_words, found.hidden_words) == (
        "5\u00a0organismes sur 5 ont un résultat publié.",
        "",
    )


def test_providers_without_a_dot_are_counted_by_reason_and_make_the_whole():
    alike = Figure(KEY, uuid4(), Status.L, Unit.PERCENT, 15, None, Decimal(77), Decimal(100))
    hidden = [figure(None, Status.C), figure(None, Status.C), figure(None, Status.D)]
    found = drawn([*(figure(value) for value in (80, 81, 82, 83, 84, 85)), alike, *hidden], UUID(int=9))
    assert len(by_class(check(found.drawing), "circle", "f-brand")) == 6
    assert found.finding.endswith("82,5\u00a0% ou plus")
    assert found.shown_words == "7\u00a0organismes sur 11 ont un résultat publié."
    assert found.hidden_words == (
        "1 résultat n’a pas de point, mais une borne\u00a0: tous les clients sont du même avis. "
        "Les autres\u00a0: moins de 11 clients (2), protégés, car le total les révélerait (1), "
        "aucune réponse (1)."
    )


def test_the_median_is_written_as_its_figure_was_published():
    whole = [figure(85), *(figure(value, digits=1) for value in (80, 81, 90, 91))]
    assert drawn(whole).finding.endswith("à 85\u00a0% ou plus")
    fine = [figure(85, digits=1), *(figure(value) for value in (80, 81, 90, 91))]
    assert drawn(fine).finding.endswith("à 85,0\u00a0% ou plus")


def test_too_few_published_providers_are_read_in_the_table():
    figures = [figure(80)] * 4 + [figure(None, Status.C)] * 40
    assert spread("Visite", figures, coverage(figures)) is None
