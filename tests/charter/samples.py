"""Samples of the charter's pages, composed as the application composes them, without a database."""

from dataclasses import fields
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from charter.assessment import Bounds, Progress
from charter.declaring import Declared, Draft, Review
from charter.definition import Answer, Source
from charter.measuring import Measure
from charter.overview import CharterList, ProviderRow
from charter.result import result
from charter.reviewing import Visit, chapter_page, criterion_page
from charter.words import progress_tag
from tests.charter.declared import criterion, edition
from tests.rows import NOW

FRESH = Visit()
PARIS = ZoneInfo("Europe/Paris")
PUNCTUALITY = Measure(
    Source.ANSWERS,
    None,
    None,
    Bounds(Decimal(52), Decimal(71), 95),
    Decimal(62),
    0,
    "2026-Q3",
    "Hérault",
)
SAID = {"1.1": Answer.YES, "1.2": Answer.PARTLY, "1.3": Answer.NOT_CONCERNED, "2.8": Answer.YES}


def declared(answer: Answer) -> Declared:
    is_out = answer is Answer.NOT_CONCERNED
    return Declared(answer, "" if is_out else "Chaque soir.", "Aucun client." if is_out else "", NOW)


def review(*, is_own: bool = True, begun: bool = True) -> Review:
    said = {code: declared(answer) for code, answer in SAID.items()} if begun else {}
    return Review(edition(), UUID(int=1), "73282932000074", "Aide 34", is_own, said)


def context(page: object) -> dict[str, object]:
    return {field.name: getattr(page, field.name) for field in fields(page)}  # type: ignore[arg-type]


def opened(code: str, visit: Visit = FRESH, *, is_own: bool = True) -> dict[str, object]:
    measure = PUNCTUALITY if code == "2.8" else None
    return context(criterion_page(review(is_own=is_own), criterion(code), measure, PARIS, visit))


MEASURES = {"2.8": PUNCTUALITY}
EMPTY = Visit(Draft(comment="Déjà écrit."), (("reponse-yes", "Choisissez une réponse."),))
LISTED = ProviderRow(
    "/charte?organisme=73282932000074",
    "Aide 34",
    "27 critères sur 45",
    progress_tag(Progress.ongoing, is_met=True),
    "89\u00a0%",
    "Rien à régler",
)
# name of the sample → template, fields
SAMPLES: dict[str, tuple[str, dict[str, object]]] = {
    "charter": ("charter/charter_result.html", context(result(review(), MEASURES))),
    "charter_new": ("charter/charter_result.html", context(result(review(begun=False), {}))),
    "charter_read": ("charter/charter_result.html", context(result(review(is_own=False), MEASURES))),
    "charter_chapter": ("charter/charter_chapter.html", context(chapter_page(review(), 2, MEASURES))),
    "charter_criterion": ("charter/charter_criterion.html", opened("2.8")),
    "charter_criterion_saved": ("charter/charter_criterion.html", opened("1.3", Visit(just_saved="1.2"))),
    "charter_criterion_read": ("charter/charter_criterion.html", opened("1.3", is_own=False)),
    "charter_criterion_error": ("charter/charter_criterion.html", opened("1.3", EMPTY)),
    "charter_list": (
        "charter/charter_list.html",
        context(
            CharterList(
                "1 organisme a commencé", "Charte", (LISTED,), None, "/charte?page=2", "1 à 50 sur 51"
            )
        ),
    ),
    "charter_list_empty": (
        "charter/charter_list.html",
        context(CharterList("Aucun organisme", "Charte", (), None, None, "")),
    ),
}
