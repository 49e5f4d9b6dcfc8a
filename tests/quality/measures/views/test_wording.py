"""Figures are read in words, French or English, and a bound stands for what a few all said."""

from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest
from msgspec.structs import replace

from quality.measures.catalogue import CATALOGUE, Direction
from quality.measures.disclosure.lattice import Key, Scope
from quality.measures.disclosure.status import Status, Unit, publish
from quality.measures.releases.figures import Figure
from quality.measures.statistics import Moments, share
from quality.measures.views.coverage import Coverage, coverage
from quality.measures.views.summary import asked_sentence, targets_sentences, unanswered, unmeasured, unseen
from quality.measures.views.wording import Verdict, label_of, reading, verdict
from quality.web import languages

KEY = Key(None, None, "GLOB", 1, Scope.FRANCE, "FR")


def figure(value: str | None, low: str, high: str, clients: int = 100, status: Status = Status.A) -> Figure:
    shown = None if value is None else Decimal(value)
    return Figure(KEY, None, status, Unit.PERCENT, clients, shown, Decimal(low), Decimal(high))


def hidden(status: Status) -> Figure:
    return Figure(KEY, None, status, Unit.PERCENT)


def test_a_value_never_goes_without_its_interval_and_its_clients() -> None:
    found = reading(figure("84.0", "76.0", "90.0"))
    assert (found.value, found.detail) == ("84\u00a0%", "de 76 à 90\u00a0%, 100 clients")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.C, "moins de 11 clients"),
        (Status.D, "non publié, pour protéger les personnes"),
        (Status.M, "aucune réponse"),
    ],
)
def test_a_hidden_figure_says_why_and_never_zero(status: Status, words: str) -> None:
    found = reading(hidden(status))
    assert (found.value, found.detail, found.is_shown) == (words, "", False)


def test_what_all_of_a_few_said_is_a_bound() -> None:
    assert reading(figure(None, "84", "100", 20, Status.L)).value == "au moins 84\u00a0%"
    assert reading(figure(None, "0", "16", 20, Status.L)).value == "au plus 16\u00a0%"
    assert reading(figure(None, "84", "100", 20, Status.L)).detail == "20 clients"
    rate = replace(figure(None, "0", "100", 20, Status.L), unit=Unit.PER_THOUSAND)
    assert reading(rate).value == "au plus 100 pour 1\u202f000"


def test_lower_is_better_turns_the_verdict_round() -> None:
    found = figure("5", "3", "8")
    assert verdict(found, 9, Direction.LOWER) is Verdict.MET
    assert verdict(found, 2, Direction.LOWER) is Verdict.NOT_MET
    assert verdict(hidden(Status.C), 2, Direction.LOWER) is Verdict.UNSURE


@pytest.mark.parametrize(
    ("low", "high", "target", "direction", "found"),
    [
        ("80", "88", 80, Direction.HIGHER, Verdict.UNSURE),  # 79.6 is published as 80
        ("81", "88", 80, Direction.HIGHER, Verdict.MET),
        ("80.1", "88.4", 80, Direction.HIGHER, Verdict.MET),
        ("80.0", "88.4", 80, Direction.HIGHER, Verdict.UNSURE),
        ("60", "79", 80, Direction.HIGHER, Verdict.NOT_MET),
        ("60", "79", 79.3, Direction.HIGHER, Verdict.UNSURE),  # 79.4 is published as 79
        ("3", "8", 8, Direction.LOWER, Verdict.UNSURE),
        ("3", "8", 2.7, Direction.LOWER, Verdict.UNSURE),
    ],
)
def test_no_target_is_met_or_missed_by_a_rounding(
    low: str, high: str, target: float, direction: Direction, found: Verdict
) -> None:
    assert verdict(figure("84", low, high), target, direction) is found


@pytest.mark.parametrize("direction", [Direction.HIGHER, Direction.LOWER])
def test_what_is_said_of_a_published_figure_holds_for_the_unrounded_one(direction: Direction) -> None:
    said = set()
    for clients, target in product((40, 399, 400, 4000), (25, 50.5, 62, 80)):
        for x in range(0, clients + 1, clients // 40):
            true = share(Moments.of([(1, 1)] * x + [(1, 0)] * (clients - x)))
            assert true is not None
            shown = publish(true, clients, Unit.PERCENT)
            rounded = Figure(KEY, None, Status.A, Unit.PERCENT, 40, shown.value, shown.low, shown.high)
            found = verdict(rounded, target, direction)
            reaches = 100 * true.low >= target, 100 * true.high <= target
            misses = 100 * true.high < target, 100 * true.low > target
            is_lower = direction is Direction.LOWER
            assert found is not Verdict.MET or reaches[is_lower]
            assert found is not Verdict.NOT_MET or misses[is_lower]
            said.add(found)
    assert said == set(Verdict)


def test_english_readers_read_english_labels() -> None:
    with languages.using("en"):
        assert label_of(CATALOGUE["GLOB"]) == "Visit went well"
        assert reading(figure("84", "76", "90")).value == "84%"


def test_the_sentence_of_requests_never_says_a_hidden_number() -> None:
    assert "100 clients interrogés" in asked_sentence("2026-10", figure("58", "48", "67"))
    assert "n’est pas publié (moins de 11 clients)" in asked_sentence("2026-10", hidden(Status.C))
    assert "aucune demande" in asked_sentence("2026-10", None)


def test_targets_are_counted_in_one_sentence() -> None:
    found = targets_sentences(
        [("Un", Verdict.MET), ("Deux", Verdict.UNSURE), ("Trois", Verdict.MET), ("Quatre", Verdict.NOT_MET)]
    )
    assert found == (
        "Les objectifs sont atteints pour «\u00a0Un\u00a0», «\u00a0Trois\u00a0».",
        "L’objectif n’est pas atteint pour «\u00a0Quatre\u00a0».",
        "On ne peut pas conclure sur l’objectif de «\u00a0Deux\u00a0».",
    )
    assert targets_sentences([]) == ()


def test_what_stays_unseen_is_counted_from_what_is_published() -> None:
    rows = unseen(
        "Visite",
        Coverage(5, 1, {Status.C: 1, Status.D: 2, Status.M: 1}),
        figure("58.8", "50.0", "67.0"),
        excludes_mandataire=True,
    )
    assert [row.title.replace("\u00a0", " ") for row in rows] == [
        "Les réponses une par une",
        "1 organisme",
        "2 organismes",
        "1 organisme",
        "41,2 % des demandes sans réponse",
        "Les visites en mode mandataire",
    ]
    assert rows[3].sentence.replace("\u00a0", " ") == "Pour « Visite » : aucune réponse."
    nothing = Coverage(0, 0, dict.fromkeys((Status.C, Status.D, Status.M), 0))
    assert len(unseen("Visite", nothing, figure("100", "96", "100"), excludes_mandataire=False)) == 1


def test_what_nothing_measures_is_said_never_counted() -> None:
    titles = [row.title.replace("\u00a0", " ") for row in unmeasured()]
    assert "Qualité de l’emploi : pas encore mesuré" in titles
    assert not [code for code in ("REFER", "FORM") if code in CATALOGUE]


def test_what_is_followed_and_has_no_figure_is_named_with_its_reason() -> None:
    codes = ["QUAL", "QUAL_TOP", "QUAL_100", "PREV", "NPS", "NPS_HIGH", "PONCT_O", "RECL_D", "RECL_M"]
    known = dict.fromkeys(("QUAL", "RECL_D"), figure("80", "70", "90"))
    rows = [(row.title.replace("\u00a0", " "), row.sentence) for row in unanswered(codes, known)]
    assert [title for title, _ in rows] == [
        "« Travail très bien fait », « Note du travail, sur 100 »",
        "« Conseils de prévention reçus », « Recommandation, de −100 à 100 »",
        "« Ponctualité relevée », « Délai médian de solution »",
    ]
    assert ["sans garder chaque note" in why for _, why in rows] == [True, False, False]
    assert "une fois par an" in rows[1][1]
    assert unanswered(["QUAL"], known) == []


def test_a_provider_counts_once_by_the_best_that_is_published_of_it() -> None:
    here, far, other, silent = (UUID(int=number) for number in range(4))
    key, far_key = (Key(None, None, "GLOB", 1, Scope.PROVIDER, code) for code in ("a-34", "a-30"))
    rows = [
        Figure(key, here, Status.C, Unit.PERCENT),
        Figure(far_key, here, Status.A, Unit.PERCENT, 40, Decimal(80), Decimal(70), Decimal(90)),
        Figure(key, far, Status.C, Unit.PERCENT),
        Figure(far_key, far, Status.D, Unit.PERCENT),
        Figure(key, other, Status.C, Unit.PERCENT),
    ]
    found = coverage(rows, [here, far, other, silent])
    assert (found.followed, found.shown) == (4, 1)
    assert found.hidden == {Status.C: 1, Status.D: 1, Status.M: 1}
    assert found.shown + sum(found.hidden.values()) == found.followed


@pytest.mark.parametrize(
    ("group", "reason"), [(figure("80", "70", "90"), Status.D), (hidden(Status.C), Status.C)]
)
def test_private_employers_have_one_figure_and_none_in_their_own_name(group: Figure, reason: Status) -> None:
    alone, other = UUID(int=1), UUID(int=2)
    found = coverage([group], [alone, other], [alone])
    assert (found.followed, found.shown) == (2, 0)
    assert found.hidden == {Status.C: 0, Status.D: 0, Status.M: 1} | {reason: 1}
