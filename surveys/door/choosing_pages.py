"""/interventions/plusieurs-reponses: what one paper gave several times, and what is kept of it."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import Role
from quality.directory.geography import zone_of
from quality.errors import Conflict, Invalid
from quality.french import french
from quality.web import languages
from quality.web.format import capital, count, day_text, moment_text, spelled_feminine
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.door import choosing
from surveys.door.choosing import Doubt, Paper, entered_at
from surveys.questionnaire.definition import Item
from surveys.questionnaire.logic import Answer
from surveys.questionnaire.wording import asked, words_of
from surveys.respondents import told
from surveys.response import RANKS, InvitedVisit, facts_of

HREF = "/interventions/plusieurs-reponses"
READERS = frozenset({Role.platform, Role.supervisor})
NONE = "aucune"
CHOOSE = french("Choisissez une réponse, ou aucune.")
DONE = {
    "gardee": french("La réponse gardée compte désormais. Les autres restent enregistrées, à part."),
    "aucune": french("Aucune n’est gardée. Toutes restent enregistrées, à part."),
}
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper of the list: where it is read, and how many answers it gave."""

    href: str
    title: str
    provider: str
    answers: str


@dataclass(frozen=True, slots=True)
class DoubtedAnswers:
    """The papers that wait for a choice, the oldest first."""

    title: str
    papers: tuple[PaperLine, ...]
    notice: str


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """The answers of one paper: `columns` are (title, who and when), `rows` a question with each answer.

    `shown` are the links that are read, which the form sends back.
    """

    href: str
    title: str
    sentence: str
    columns: Pairs
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    shown: tuple[str, ...]
    options: Pairs
    errors: Pairs


async def doubted_answers(request: Request) -> Response:
    papers = await choosing.doubted(signed_in(request))
    done = request.query_params.get("fait", "")
    shown = DoubtedAnswers(
        title=waiting(len(papers)) or _("Aucune réponse à départager"),
        papers=tuple(_line(paper) for paper in papers),
        notice=_(DONE[done]) if done in DONE else "",
    )
    return await render(request, shown)


def waiting(papers: int) -> str:
    """Say how many papers wait for a choice; nothing when none does."""
    if not papers:
        return ""
    words = ngettext(
        "{num} visite a plusieurs réponses par un même code",
        "{num} visites ont plusieurs réponses par un même code",
        papers,
    )
    return capital(words.format(num=spelled_feminine(papers, languages.current())))


def _line(paper: Paper) -> PaperLine:
    words = ngettext("{num} réponse", "{num} réponses", paper.answers)
    return PaperLine(
        href=f"{HREF}/{paper.id}",
        title=_("Visite du {day}, client {reference}").format(
            day=day_text(paper.day, languages.current(), year=True), reference=paper.reference
        ),
        provider=paper.provider,
        answers=words.format(num=count(paper.answers, languages.current())),
    )


async def answer_choice(request: Request) -> Response:
    doubt = await choosing.read(signed_in(request), request.path_params["id"])
    if not doubt.links:
        return RedirectResponse(HREF, 303)
    return await render(request, _choice(doubt))


async def choose_answer(request: Request) -> Response:
    actor, paper = signed_in(request), request.path_params["id"]
    sent = await request.form()
    try:
        kept = _kept(str(sent.get("garder", "")))
        await choosing.choose(actor, paper, kept, _shown(sent.getlist("lue")))
    except (Invalid, Conflict) as error:
        doubt = await choosing.read(actor, paper)
        if not doubt.links:
            raise
        field = f"garder-{doubt.links[0].id}" if isinstance(error, Invalid) else ""
        return await render(request, _choice(doubt, ((field, languages.said(error)),)), error.status)
    return RedirectResponse(f"{HREF}?fait={'gardee' if kept else NONE}", 303)


def _kept(written: str) -> UUID | None:
    """Read the link whose answers are kept; None is none."""
    try:
        return None if written == NONE else UUID(written)
    except ValueError as error:
        raise Invalid(CHOOSE) from error


def _shown(written: Sequence[object]) -> set[UUID]:
    """Read which links the page showed; one that is none was not shown."""
    found = set()
    for each in written:
        with suppress(ValueError):
            found.add(UUID(str(each)))
    return found


def _choice(doubt: Doubt, errors: Pairs = ()) -> AnswerChoice:
    paper, links = doubt.paper, doubt.links
    names = [_("Réponse {number}").format(number=number) for number in range(1, len(links) + 1)]
    return AnswerChoice(
        href=f"{HREF}/{paper.id}",
        title=_("Quelle réponse garder\u202f?"),
        sentence=_("Visite du {day}, client {reference}, {provider}.").format(
            day=day_text(paper.day, languages.current(), year=True),
            reference=paper.reference,
            provider=paper.provider,
        ),
        columns=tuple((name, _said_by(link)) for name, link in zip(names, links, strict=True)),
        rows=tuple(_rows(links)),
        shown=tuple(str(link.id) for link in links),
        options=(
            *((str(link.id), name) for name, link in zip(names, links, strict=True)),
            (NONE, _("Aucune")),
        ),
        errors=errors,
    )


def _said_by(link: InvitedVisit) -> str:
    """Say who answered, as they said, and when they began."""
    given = [link.responses[each] for each in RANKS if each in link.responses]
    who = ", ".join(_(told(each.respondent, each.who)) for each in given)
    at = entered_at(link).astimezone(zone_of(link.departement))
    return _("{who}, {when}").format(who=capital(who), when=moment_text(at, languages.current()))


def _rows(links: tuple[InvitedVisit, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Set each question beside what every link answered to it; those that nobody answered are left out."""
    said = [_answers(link) for link in links]
    questions = {alias: label for answers in said for alias, (label, _words) in answers.items()}
    order = {item.alias: rank for link in links for rank, item in enumerate(link.questionnaire.items)}
    missing = ("", _("pas de réponse"))
    return [
        (label, tuple(answers.get(alias, missing)[1] for answers in said))
        for alias, label in sorted(questions.items(), key=lambda pair: order[pair[0]])
    ]


def _answers(link: InvitedVisit) -> Mapping[str, tuple[str, str]]:
    """Give what one link answered, those of whoever comes first where several answered by it."""
    first = min(link.responses.values(), key=lambda each: RANKS[each.respondent])
    given = {item.alias: item for item in link.questionnaire.items if item.alias in first.answers}
    return {alias: (_asked(item, link), _words(item, first.answers[alias])) for alias, item in given.items()}


def _asked(item: Item, link: InvitedVisit) -> str:
    return asked(item, facts_of(link), language=languages.current()).label


def _words(item: Item, answer: Answer) -> str:
    return words_of(item, answer, languages.current())


ROUTES = (
    page(HREF, doubted_answers, roles=READERS, name="doubted-answers"),
    page(f"{HREF}/{{id:uuid}}", answer_choice, roles=READERS, name="answer-choice"),
    page(f"{HREF}/{{id:uuid}}", choose_answer, roles=READERS, methods=("POST",), name="choose-answer"),
)
