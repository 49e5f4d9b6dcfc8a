"""The charter in the menu and on a provider's home page."""

from dataclasses import dataclass

from charter.actions.showing import HREF as ACTIONS
from charter.assessment import next_unanswered, score
from charter.campaigns.reading import HREF as CAMPAIGNS
from charter.campaigns.sharing import tasks as campaign_tasks
from charter.declaring import Review, review, review_of
from charter.definition import Chapter
from charter.evidence.listing import HREF as EVIDENCE
from charter.measuring import measures
from charter.result import (
    HREF,
    PrincipleRow,
    chapter_title,
    compared_rows,
    contrary,
    criterion_href,
    principle_rows,
    reviewed_title,
)
from charter.review.addresses import ADHESION
from charter.review.awaiting import judge_tasks, provider_tasks
from charter.rules import JUDGES, PAYERS, READERS, WRITERS
from charter.runs.sharing import given_to
from charter.scoring.reading import reading
from charter.words import label_of
from quality.access.actor import Actor
from quality.access.home import Task
from quality.access.scope import scoped
from quality.component import HomePanel, HomeSection, MenuEntry
from quality.web.languages import gettext as _
from quality.web.languages import ngettext


@dataclass(frozen=True, slots=True)
class CharterPanel:
    """The six principles of a provider's charter and how far each is."""

    title: str
    href: str
    contrary: str
    principles: tuple[PrincipleRow, ...]


async def panel(actor: Actor) -> CharterPanel:
    async with scoped(actor) as db:
        of = await review(actor, "")
        rows = compared_rows(of, await measures(db, actor, of.provider, of.edition))
    whole = score(of.edition.criteria, of.answers, of.edition.scoring)
    principles = principle_rows(of, reading(of.edition, of.said))
    title = _("Charte : {reviewed}").format(reviewed=reviewed_title(whole))
    return CharterPanel(title, HREF, contrary(rows), principles)


async def tasks(actor: Actor) -> tuple[Task, ...]:
    """Ask for the chapters that the reader was given; else to begin the assessment, or to go on with it."""
    given = await _given(actor)
    if given:
        return tuple(task for of, chapter in given if (task := _chapter_task(of, chapter)))
    of = await _own(actor)
    following = next_unanswered(of.edition, of.answers)
    if following is None:
        return ()
    sentence = _("Critère {code} : {label}.").format(code=following.code, label=label_of(following))
    href = criterion_href(of, following)
    if not of.answers:
        return (Task(_("Commencer l’auto-évaluation de la charte"), sentence, href, _("Commencer")),)
    left = len(of.edition.criteria) - len(of.answers)
    title = ngettext(
        "Poursuivre l’auto-évaluation : %(num)s critère reste",
        "Poursuivre l’auto-évaluation : %(num)s critères restent",
        left,
    )
    return (Task(title % {"num": left}, sentence, href, _("Continuer")),)


async def _given(actor: Actor) -> tuple[tuple[Review, Chapter], ...]:
    """Read the chapters that the reader was given, with their assessments."""
    async with scoped(actor) as db:
        found: list[tuple[Review, Chapter]] = []
        given = await given_to(db, actor.account)
        own = {run: await review_of(actor, run) for run in {each for each, _number in given}}
        for run, number in given:
            of = own[run]
            chapters = [each for each in of.edition.chapters if each.number == number]
            found.extend((of, each) for each in chapters)
    return tuple(found)


def _chapter_task(of: Review, chapter: Chapter) -> Task | None:
    left = [each for each in chapter.criteria if each.code not in of.answers]
    if not left:
        return None
    title = ngettext(
        "Chapitre à remplir : %(num)s critère reste",
        "Chapitre à remplir : %(num)s critères restent",
        len(left),
    )
    sentence = _("On vous a confié « {chapter} ».").format(chapter=chapter_title(chapter))
    return Task(title % {"num": len(left)}, sentence, criterion_href(of, left[0]), _("Continuer"))


async def _own(actor: Actor) -> Review:
    async with scoped(actor):
        return await review(actor, "")


MENU = (
    MenuEntry(HREF, "Charte", "charter", frozenset(READERS | WRITERS), rank=45),
    MenuEntry(ACTIONS, "Plan d’actions", "action", frozenset(WRITERS), rank=46),
    MenuEntry(EVIDENCE, "Preuves", "evidence", frozenset(WRITERS), rank=47),
    MenuEntry(ADHESION, "Adhésion", "adhesion", frozenset(WRITERS), rank=49),
    MenuEntry(CAMPAIGNS, "Campagnes", "charter", frozenset(PAYERS), rank=65),
)
HOME = (
    HomeSection(frozenset(WRITERS), tasks, rank=60),
    HomeSection(frozenset(WRITERS), provider_tasks, rank=20),
    HomeSection(frozenset(WRITERS), campaign_tasks, rank=30),
    HomeSection(frozenset(JUDGES), judge_tasks, rank=60),
)
PANELS = (HomePanel(frozenset(WRITERS), panel, rank=60, span=6),)
