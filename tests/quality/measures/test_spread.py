"""The spread of providers: published values only, as published, and no provider named."""

from decimal import Decimal
from uuid import UUID

from quality.measures.disclosure import Status, Unit
from quality.measures.figures import Figure
from quality.measures.lattice import Key, Scope
from quality.measures.spread import spread
from tests.quality.web.drawings import by_class, check, words_of

KEY = Key(None, None, "GLOB", 1, Scope.PROVIDER, "73282932000074-34")


def figure(value: int | None, status: Status = Status.A) -> Figure:
    shown = None if value is None else Decimal(value)
    return Figure(KEY, UUID(int=1), status, Unit.PERCENT, 40 if shown else None, shown, shown, shown)


def test_each_published_provider_is_one_dot():
    found = spread("Visite bien passée", [figure(value) for value in (80, 80, 82, 90, 95)])
    assert found is not None
    svg = check(found.drawing)
    assert len(by_class(svg, "circle", "f-brand")) == 5
    assert by_class(svg, "path", "f-signal") == []
    assert "médiane 82\u00a0%" in words_of(svg)
    assert found.finding == "Visite bien passée\u00a0: la moitié des organismes publiés à 82\u00a0% ou plus"
    assert found.hidden_words == ""


def test_hidden_providers_are_counted_and_not_drawn():
    figures = [figure(value) for value in (80, 81, 82, 83, 84, 85)] + [
        figure(None, Status.C),
        figure(None, Status.D),
    ]
    found = spread("Visite", figures)
    assert found is not None
    assert len(by_class(check(found.drawing), "circle", "f-brand")) == 6
    assert found.hidden_words.startswith("2")
    assert found.finding.endswith("82,5\u00a0% ou plus")


def test_too_few_published_providers_are_read_in_the_table():
    assert spread("Visite", [figure(80)] * 4 + [figure(None, Status.C)] * 40) is None
