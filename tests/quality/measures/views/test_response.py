"""From the request to the answer, in words and in bars: what is hidden is nowhere."""

from decimal import Decimal

from quality.measures.disclosure.lattice import Key, Scope
from quality.measures.disclosure.status import Status, Unit
from quality.measures.releases.figures import Figure
from quality.measures.views.complaints import complaints_finding, complaints_sentences
from quality.measures.views.response import response_drawing, response_finding, response_sentences
from tests.quality.web.drawings import check, words_of


def figure(code: str, value: int | None, status: Status = Status.A, unit: Unit = Unit.PERCENT) -> Figure:
    key = Key(None, None, code, 1, Scope.FRANCE, "FR")
    if value is None:
        return Figure(key, None, status, unit)
    low, high = Decimal(value - 5), Decimal(min(100, value + 5))
    return Figure(key, None, status, unit, 100, Decimal(value), low, high)


def of(**values: int | None) -> dict[str, Figure]:
    return {code: figure(code, value, Status.A if value else Status.C) for code, value in values.items()}


def test_the_title_says_how_far_the_requests_went():
    main = of(CON1=62, RR2=55, REF1=6)
    title = "62\u00a0% des demandes ont joint quelqu’un, 55\u00a0% ont reçu une réponse"
    assert response_finding(main) == title
    assert (
        response_sentences(main)[-1] == "Refus\u00a0: 6\u00a0% des demandes (de 1 à 11\u00a0%, 100 clients)."
    )
    assert {"100\u00a0%", "62\u00a0%", "55\u00a0%"} <= set(words_of(check(response_drawing(main))))


def test_a_step_that_is_not_published_has_a_reason_and_no_bar():
    main = of(CON1=None, RR2=55)
    assert response_finding(main) == "55\u00a0% des demandes d’avis ont reçu une réponse"
    words = words_of(check(response_drawing(main)))
    assert "moins de 11 clients" in words
    assert response_sentences(main) == ()


def test_without_a_response_rate_nothing_is_drawn():
    assert response_drawing(of(CON1=60, RR2=None)) == ""
    assert response_finding(of(RR2=None)) == "Demandes d’avis\u00a0: moins de 11 clients"


def test_a_bound_is_drawn_as_a_bound():
    few = Figure(
        Key(None, None, "RR2", 1, Scope.FRANCE, "FR"),
        None,
        Status.L,
        Unit.PERCENT,
        15,
        None,
        Decimal(82),
        Decimal(100),
    )
    assert "au moins 82\u00a0%" in words_of(check(response_drawing({"RR2": few})))


def test_complaints_say_their_delay_first():
    assert (
        complaints_finding(of(RECL_D=78, RECL_S=60)) == "Réclamations\u00a0: 78\u00a0% résolues en 15 jours"
    )
    assert "selon les clients" in complaints_finding(of(RECL_D=None, RECL_S=60))
    rate = {"RECL_T": figure("RECL_T", 6, unit=Unit.PER_THOUSAND)}
    assert complaints_finding(rate) == "Réclamations\u00a0: 6 pour 1\u202f000 visites"


def test_too_few_complaints_are_no_zero():
    main = of(RECL_D=None)
    assert complaints_finding(main) == "Réclamations\u00a0: trop peu pour publier un délai"
    assert "au moins 11 clients" in complaints_sentences(None, main)[-1]
