"""Direct measures and hints: what each may say of a declaration, and what the edition must say of itself."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from charter.assessment import Bounds, Comparison
from charter.declaring import Review
from charter.definition import Answer, Link, Source
from charter.measuring import Measure
from charter.result import result
from charter.reviewing import CharterCriterion, Visit, criterion_page
from charter.words import comparison_tag
from tests.charter.declared import criterion, edition
from tests.charter.samples import PARIS, declared, review


def kept(low: int, high: int, due: int = 40) -> Measure:
    """Measure the share of complaints remedied in time, the one direct measure of the edition."""
    bounds = Bounds(Decimal(low), Decimal(high), due)
    return Measure(
        Source.COMPLAINTS,
        None,
        None,
        bounds,
        Decimal((low + high) // 2),
        0,
        "",
        "",
        date(2025, 11, 24),
        date(2026, 11, 24),
    )


def saying(answer: Answer) -> Review:
    return replace(review(), declared={"3.8": declared(answer)})


def shown(answer: Answer, measure: Measure) -> CharterCriterion:
    return criterion_page(saying(answer), criterion("3.8"), measure, PARIS, Visit())


def test_only_the_remedies_in_time_measure_their_criterion_itself() -> None:
    links = {each.code: each.measured.link for each in edition().criteria if each.measured}
    assert [code for code, link in links.items() if link is Link.DIRECT] == ["3.8"]
    assert len(links) == 8


@pytest.mark.parametrize(
    ("answer", "measure", "tag", "title"),
    [
        (Answer.YES, kept(84, 95), "Confirmé", "La mesure confirme"),
        (Answer.YES, kept(50, 70), "Contredit", "La mesure contredit"),
        (Answer.PARTLY, kept(84, 95), "Mieux que déclaré", "C’est mieux que déclaré"),
        (Answer.NO, kept(84, 95), "Mieux que déclaré", "C’est mieux que déclaré"),
        (Answer.NO, kept(50, 70), "Confirmé", "La mesure confirme"),
        (Answer.YES, kept(70, 90), "On ne peut pas conclure", "Déclaré et mesuré"),
    ],
)
def test_a_direct_measure_confirms_contradicts_or_finds_better(
    answer: Answer, measure: Measure, tag: str, title: str
) -> None:
    versus = shown(answer, measure).versus
    assert versus is not None
    assert (versus.tag[1], versus.title) == (tag, title)
    assert "indice" not in versus.conclusion


def test_a_direct_contradiction_comes_in_the_title() -> None:
    page = result(saying(Answer.YES), {"3.8": kept(50, 70)})
    assert page.title == "Une réponse est contredite par la mesure"
    assert [row.code for row in page.to_check] == ["3.8"]


def test_what_is_better_than_declared_is_good_news_and_nothing_to_check() -> None:
    page = result(saying(Answer.PARTLY), {"3.8": kept(84, 95)})
    assert page.to_check == ()
    assert next(row.reading[0] for row in page.compared if row.code == "3.8") == "ok"


@pytest.mark.parametrize("found", Comparison)
def test_no_hint_confirms_or_contradicts(found: Comparison) -> None:
    state, words, _icon = comparison_tag(found, Link.HINT)
    assert words.startswith("Indice") == (found is not Comparison.unsure)
    assert state != "ok"


def test_too_few_complaints_are_called_complaints() -> None:
    versus = shown(Answer.YES, kept(10, 90, due=9)).versus
    assert versus is not None
    assert versus.conclusion == "Trop peu de réclamations pour conclure\u00a0: il en faut 10."


def test_a_principle_reviewed_with_a_compulsory_criterion_unmet_is_no_success() -> None:
    first = edition().chapters[0]
    every = {each.code: declared(Answer.YES) for each in first.criteria}
    done = replace(review(), declared=every)
    lacking = replace(review(), declared=every | {"1.1": declared(Answer.NO)})
    assert result(done, {}).principles[0].progress[:2] == ("ok", "Terminé")
    assert result(lacking, {}).principles[0].progress[:2] == ("info", "Revu en entier")
