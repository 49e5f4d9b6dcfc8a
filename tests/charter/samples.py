"""Samples of the charter's pages, composed as the application composes them, without a database."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from charter.actions.planning import Given as PlannedGiven
from charter.actions.planning import Planned, Reading, State
from charter.actions.proposing import proposals
from charter.actions.showing import Sight, action_page, new_page, plan_page
from charter.agreed.pages import AgreedCharterPage, AgreedRow, CommitmentRow
from charter.answering import Draft, Written
from charter.assessment import Bounds, Progress
from charter.declaring import Declared, Kind, Review
from charter.definition import Answer, Source
from charter.editions import joined, load, shipped
from charter.evidence.checking import check_page
from charter.evidence.checkup import Finding, Found
from charter.evidence.keeping import Given, Revision
from charter.evidence.listing import ProofRow, Reader, Refused, evidence_list, evidence_page
from charter.evidence.proving import Proof
from charter.measuring import Measure, Population
from charter.offline.pages import Difference, OfflineGrid
from charter.overview import CharterList, ProviderRow
from charter.publishing.checking import Checked
from charter.publishing.showing import edition_list
from charter.result import result
from charter.reviewing import Visit, chapter_page, criterion_page
from charter.runs.carry_pages import carry_page
from charter.runs.carrying import CarryOver
from charter.runs.pages import ChapterShare, RunList, RunRow
from charter.runs.succession import Before, succession
from charter.source import Fault
from charter.tabling import table_page
from charter.words import progress_tag
from quality.web.paging import Slice
from tests.charter.campaigns.samples import OWN
from tests.charter.campaigns.samples import SAMPLES as OF_CAMPAIGNS
from tests.charter.declared import criterion, edition
from tests.charter.grids import WORDS, words
from tests.charter.owned import second
from tests.rows import NOW

FRESH = Visit()
PARIS = ZoneInfo("Europe/Paris")
BOUNDS = Bounds(Decimal(52), Decimal(71), 95)
PUNCTUALITY = Measure(
    Source.ANSWERS,
    None,
    None,
    BOUNDS,
    Decimal(62),
    0,
    "2026-Q3",
    "Hérault",
    date(2026, 7, 1),
    date(2026, 9, 30),
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


def marked() -> Review:
    """Give an assessment by marks, one of its elements answered."""
    said = {"1.1.1": Declared("4", "Chaque année.", "", NOW), "1.1.2": Declared("nc", "", "Aucun.", NOW)}
    return Review(load("three-chapters-2026"), UUID(int=1), "73282932000074", "Aide 34", True, said)


THEIRS = Written("1.2", 2, "no", "Le répondeur est en panne.", "", "Camille Essai", NOW)
CHANGED = Visit(
    {"1.2": Draft("yes", "Chaque soir.", version=1)}, theirs={"1.2": THEIRS}, past=(THEIRS, THEIRS), sheet="a"
)
READER = Reader("Aide 34", True, "", NOW.date(), PARIS)
PROOFS = (
    Proof(
        UUID(int=2),
        "Registre des réclamations",
        "complaint_log",
        *("", 0, ""),
        date(2026, 9, 30),
        2,
        "registre.pdf",
        "application/pdf",
        180_000,
        b"s" * 32,
        "",
    ),
    Proof(
        UUID(int=3), "Site", "", "national-2012", 1, "1.1", None, 1, "", "", 0, b"", "https://aide34.invalid/"
    ),
)
MEASURED = (
    ProofRow(
        "/charte/3/8",
        "Mesure du critère 3.8",
        "95\u00a0%, de 83 à 99\u00a0%, 40 réclamations, 12 derniers mois",
        "Mesurée de nouveau chaque jour.",
        ("ok", "Valable", ""),
        "3.8 Vous répondez à chaque réclamation",
    ),
)
REVISIONS = (
    Revision(2, "", NOW, "registre.pdf", 180_000, b"s" * 32, "Camille Essai"),
    Revision(1, "https://aide34.invalid/registre", NOW, "", 0, b"", ""),
)
FINDINGS = tuple(Found(each, criterion("1.4")) for each in Finding)
SIGHT, OWNERS = (
    Sight("Aide 34", True, "", edition(), NOW.date()),
    ((str(UUID(int=9)), "Camille Essai"),),
)
OTHER = Sight("Aide 34", False, "73282932000074", edition(), NOW.date())
IN_HERAULT = Population("PONCT", 1, "73282932000074-34", 3)
READ_BEFORE = Reading(
    Decimal(40),
    Bounds(Decimal(30), Decimal(50), 90),
    0,
    "2026-Q2",
    date(2026, 4, 1),
    date(2026, 6, 30),
    IN_HERAULT,
)
ACTIONS = tuple(
    Planned(
        UUID(int=7),
        "national-2012",
        1,
        "2.8",
        "Appeler avant chaque changement",
        *(None, ""),
        date(2026, 10, 1),
        state,
        "Deux secteurs sur trois.",
        READ_BEFORE,
        NOW,
        date(2026, 7, 1) if state is State.DONE else None,
    )
    for state in (State.DONE, State.DOING)
)
RUNS = RunList(
    title="Évaluations",
    provider="Aide 34",
    is_own=True,
    up="/charte",
    rows=(
        RunRow(
            "/charte",
            "Charte",
            "Tous les critères",
            "Commencée",
            "2 réponses",
            ("info", "En cours", ""),
            "",
            "/charte/evaluations/reprise?edition=national-2012.2&etendue=full",
        ),
    ),
    editions=(("national-2012", "Charte"),),
    kinds=(("full", "Tous les critères"),),
    chosen=("", "full"),
    shared="Charte",
    shared_edition="national-2012",
    chapters=(ChapterShare(1, "1. Disponibilité", (("a", "Camille Essai", True),)),),
    errors=(),
)
GRID = OfflineGrid(
    title="Répondre hors ligne",
    sentence="Charte",
    up="/charte",
    action="/charte/hors-ligne",
    download="/charte/hors-ligne.xlsx",
    differences=(),
    wrong=(),
    errors=(),
)
SECOND_WORDS = second()
OWNED = joined(shipped().every, (words(), SECOND_WORDS), {("words", 1)})
FAULTY = Checked("petite.yaml", None, (Fault(12, "$.chapters[0].criteria[3].code", "écrivez un autre code"),))
GOOD = Checked("words.3.yaml", msgspec.structs.replace(words(), version=3))
SOURCE = Review(words(), UUID(int=1), "73282932000074", "Aide 34", True, {}, library=OWNED)
BEFORE = {"1.1": Before("yes"), "1.2": Before("no"), "2.1": Before("partly")}
CARRIED = CarryOver(
    SOURCE,
    SECOND_WORDS,
    Kind.FULL,
    succession(words(), {**BEFORE, "1.3": Before("no")}, SECOND_WORDS),
    {1: (("1", "Camille Essai"), ("2", "Dominique Essai"))},
)
NOTHING_CARRIED = succession(words(), {"1.2": Before("no")}, SECOND_WORDS)
MEASURES = {"2.8": PUNCTUALITY}
EFFECTS = {
    ACTIONS[0].id: Reading(Decimal(62), BOUNDS, 0, "2026-Q3", date(2026, 7, 1), date(2026, 9, 30), IN_HERAULT)
}
BEGUN = (load("national-2012"), load("three-chapters-2026"))
EMPTY = Visit({"1.3": Draft(comment="Déjà écrit.", version=0)}, (("reponse-yes", "Choisissez une réponse."),))
LISTED = ProviderRow(
    "/charte?organisme=73282932000074",
    "Aide 34",
    "27 critères sur 45",
    progress_tag(Progress.ongoing, is_met=True),
    "89\u00a0%",
    "Rien à régler",
)
AGREED = AgreedCharterPage(
    title="Charte de qualité",
    sentence="Ce que la convention fait connaître de ses organismes.",
    code="herault-2025",
    convention="Convention 2025-2027",
    is_own=False,
    period="2026-Q3",
    periods=(("2026-Q3", "3e trimestre 2026"), ("2026-09", "septembre 2026")),
    finding="Un organisme tient tous les impératifs de la charte",
    sentences=("Au 30\u00a0septembre\u00a02026, 1 organisme sur 2 avait un dossier accepté.",),
    method=(("On compte", "Les critères tenus et prouvés"),),
    providers=Slice(
        (
            AgreedRow(
                id="organisme-73282932000074",
                name="Aide 34",
                adhesion=("ok", "Adhésion en cours", ""),
                joined="Charte nationale qualité",
                until="du 1er\u00a0mai\u00a02026 au 30\u00a0avril\u00a02028",
                register="/registre/00000000-0000-0000-0000-000000000001",
                whole=("ok", "Tous tenus", ""),
                held="67\u00a0% (30 sur 45)",
                edition="Charte nationale qualité",
                finding="1 mesure va contre ce qui est déclaré",
                commitments=(
                    CommitmentRow(
                        code="2.8",
                        label="Vous prévenez le client avant tout changement.",
                        declared=("ok", "Oui", ""),
                        verified=("info", "En partie", "clock"),
                        value="62\u00a0%",
                        is_shown=True,
                        detail="de 52 à 71\u00a0%, 95 clients",
                        threshold="80\u00a0%",
                        compared="Nous comparons la ponctualité.",
                        reading=("signal", "Indice contraire\u00a0: à vérifier", ""),
                    ),
                    CommitmentRow(
                        code="5.6",
                        label="Vous respectez le client.",
                        declared=("ok", "Oui", ""),
                        verified=("ok", "Oui", ""),
                        value="pas dans la convention",
                        is_shown=False,
                        detail="",
                        threshold="80\u00a0%",
                        compared="Nous comparons le respect.",
                        reading=("", "Rien à comparer encore", ""),
                    ),
                ),
            ),
            AgreedRow(
                id="organisme-55208131766522",
                name="Cap Domicile",
                adhesion=("", "Pas d’adhésion", ""),
                joined="",
                until="",
                register="",
                whole=None,
                held="",
                edition="",
                finding="",
                commitments=(),
            ),
        ),
        None,
        None,
        "",
    ),
    unseen=(("Les commentaires et les preuves de l’organisme", "Ils restent entre lui et la plateforme."),),
)
# name of the sample → template, fields
SAMPLES: dict[str, tuple[str, dict[str, object]]] = {
    **OF_CAMPAIGNS,
    "charter_in_campaign": (
        "charter/charter_result.html",
        context(result(review(), MEASURES, campaigns=(OWN, replace(OWN, is_sent=True, sessions=())))),
    ),
    "charter": ("charter/charter_result.html", context(result(review(), MEASURES))),
    "charter_new": ("charter/charter_result.html", context(result(review(begun=False), {}))),
    "charter_read": ("charter/charter_result.html", context(result(review(is_own=False), MEASURES))),
    "charter_chapter": ("charter/charter_chapter.html", context(chapter_page(review(), 2, MEASURES))),
    "charter_criterion": ("charter/charter_criterion.html", opened("2.8")),
    "charter_criterion_saved": ("charter/charter_criterion.html", opened("1.3", Visit(just_saved="1.2"))),
    "charter_criterion_read": ("charter/charter_criterion.html", opened("1.3", is_own=False)),
    "charter_criterion_error": ("charter/charter_criterion.html", opened("1.3", EMPTY)),
    "charter_criterion_changed": ("charter/charter_criterion.html", opened("1.2", CHANGED)),
    "charter_criterion_marks": (
        "charter/charter_criterion.html",
        context(criterion_page(marked(), marked().criterion("1.1"), None, PARIS, FRESH)),
    ),
    "charter_table": ("charter/charter_table.html", context(table_page(review(), 1, PARIS, CHANGED))),
    "charter_table_marks": ("charter/charter_table.html", context(table_page(marked(), 1, PARIS, FRESH))),
    "agreed_charter": ("charter/agreed_charter_page.html", context(AGREED)),
    "agreed_charter_before": (
        "charter/agreed_charter_page.html",
        context(
            replace(
                AGREED,
                is_own=True,
                period="",
                periods=(),
                sentences=(),
                method=(),
                providers=Slice((), None, None, ""),
            )
        ),
    ),
    "evidence_list": (
        "charter/evidence_list.html",
        context(evidence_list(READER, PROOFS, Refused(), "Plan", MEASURED)),
    ),
    "evidence_list_read": (
        "charter/evidence_list.html",
        context(evidence_list(replace(READER, is_own=False), (), Refused(), "")),
    ),
    "evidence_list_error": (
        "charter/evidence_list.html",
        context(
            evidence_list(
                READER,
                (),
                Refused(
                    Given(criterion="1.4", edition="national-2012"), (("fichier", "Ce fichier est vide."),)
                ),
                "",
            )
        ),
    ),
    "evidence_page": (
        "charter/evidence_page.html",
        context(evidence_page(READER, PROOFS[0], REVISIONS, Refused())),
    ),
    "charter_check": ("charter/charter_check.html", context(check_page(review(), FINDINGS))),
    "charter_check_empty": ("charter/charter_check.html", context(check_page(review(), ()))),
    "action_plan": (
        "charter/action_plan.html",
        context(plan_page(SIGHT, ACTIONS, proposals(edition(), SAID, {"2.8"}, ()), EFFECTS, BEGUN)),
    ),
    "action_plan_read": ("charter/action_plan.html", context(plan_page(OTHER, (), (), {}))),
    "action_page": (
        "charter/action_page.html",
        context(action_page(SIGHT, ACTIONS[0], EFFECTS[ACTIONS[0].id], OWNERS)),
    ),
    "action_page_read": ("charter/action_page.html", context(action_page(OTHER, ACTIONS[1], None, ()))),
    "action_new": (
        "charter/action_page.html",
        context(
            new_page(
                SIGHT,
                criterion("1.4"),
                OWNERS,
                (PlannedGiven(title="Noter"), (("echeance", "Écrivez une date, comme 2027-06-30."),)),
            )
        ),
    ),
    "run_list": ("charter/run_list.html", context(RUNS)),
    "run_list_read": ("charter/run_list.html", context(replace(RUNS, is_own=False, rows=(), chapters=()))),
    "edition_list": ("charter/edition_list.html", context(edition_list(shipped(), may_publish=False))),
    "edition_list_owned": (
        "charter/edition_list.html",
        context(edition_list(OWNED, may_publish=True, done="words.2")),
    ),
    "edition_list_faulty": (
        "charter/edition_list.html",
        context(edition_list(OWNED, may_publish=True, found=FAULTY)),
    ),
    "edition_list_good": (
        "charter/edition_list.html",
        context(edition_list(OWNED, may_publish=True, found=GOOD, raw=WORDS.encode())),
    ),
    "charter_carry": ("charter/charter_carry.html", context(carry_page(CARRIED, 1))),
    "charter_carry_nothing": (
        "charter/charter_carry.html",
        context(
            carry_page(replace(CARRIED, found=NOTHING_CARRIED, given={}), 0, (("", "Une réponse a changé."),))
        ),
    ),
    "offline_grid": ("charter/offline_grid.html", context(GRID)),
    "offline_grid_read": (
        "charter/offline_grid.html",
        context(
            replace(
                GRID,
                differences=(
                    Difference("1.1", "Vous répondez", "Oui", "", "Non", "Le soir.", "[]", is_newer=True),
                    Difference("1.2", "Vous dites oui", "À revoir", "", "Oui", "", "[]", is_newer=False),
                ),
                wrong=((4, "1.3", "La réponse manque."),),
            )
        ),
    ),
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
