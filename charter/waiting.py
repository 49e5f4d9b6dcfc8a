"""The charter in the menu and on a provider's home page."""

from dataclasses import dataclass

from charter.assessment import chapter_scores, next_unanswered, score
from charter.declaring import Review, review
from charter.measuring import measures
from charter.result import (
    HREF,
    PrincipleRow,
    compared_rows,
    contrary,
    criterion_href,
    principle_row,
    reviewed_title,
)
from charter.rules import READERS, WRITERS
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
    principles = tuple(
        principle_row(of, chapter, found) for chapter, found in chapter_scores(of.edition, of.answers)
    )
    title = _("Charte : {reviewed}").format(reviewed=reviewed_title(whole))
    return CharterPanel(title, HREF, contrary(rows), principles)


async def tasks(actor: Actor) -> tuple[Task, ...]:
    """Ask to begin the assessment, or to go on with it."""
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


async def _own(actor: Actor) -> Review:
    async with scoped(actor):
        return await review(actor, "")


MENU = (MenuEntry(HREF, "Charte", "charter", frozenset(READERS | WRITERS), rank=45),)
HOME = (HomeSection(frozenset(WRITERS), tasks, rank=60),)
PANELS = (HomePanel(frozenset(WRITERS), panel, rank=60, span=6),)
