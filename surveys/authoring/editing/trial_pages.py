"""/questionnaires/{code}/brouillon/essai: a draft answered as a client would; nothing is stored.

The answers so far are in the address, as they were posted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.errors import NotFound
from quality.web.format import capital
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from surveys.authoring.editing import trial_sending, trial_steps
from surveys.authoring.editing.draft_pages import DRAFT
from surveys.authoring.editing.trial import (
    SLOT,
    THANKS,
    WHO,
    WISH,
    Bar,
    Raw,
    Trial,
    answers_in,
    opened,
    tried,
)
from surveys.authoring.editing.trial_steps import WISHED, call_words, lows
from surveys.authoring.pages import READERS, title_of
from surveys.authoring.specimen import people
from surveys.authoring.told import language_names
from surveys.questionnaire.definition import Channel, Item, Questionnaire
from surveys.questionnaire.logic import Answer, AnswerRefused, is_low, parse
from surveys.questionnaire.paths import allows, next_item
from surveys.questionnaire.wording import words_of
from surveys.respond import composing
from surveys.respond.screens import AnswerQuestion
from surveys.respond.standing import number_of, posted, said, standing
from surveys.respondents import WAYS, told, ways_of


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionTrial(AnswerQuestion):
    """A question of the trial, on the page that a client would see."""

    bar: Bar


@dataclass(frozen=True, slots=True)
class TrialEnd:
    """What a trial would have stored: (question, answer) pairs, and what would follow."""

    code: str
    title: str
    answers: tuple[tuple[str, str], ...]
    low: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    person: str
    languages: tuple[tuple[str, str], ...]
    tongue: str


async def question_trial(request: Request) -> Response:
    """Show the question of the address, the first one otherwise."""
    draft, trial = await opened(request)
    item = _item(draft.questionnaire, request.query_params.get("n", "1"))
    place = standing(draft.questionnaire, item, trial.answers, trial.facts)
    if place is None:
        return RedirectResponse(_onward(trial, item, trial.raw), 303)
    chosen = trial.raw.get(item.alias, request.query_params.getlist("note"))  # by a link of the e-mail
    shown = composing.question(trial, item, place, said(item, chosen))
    return _shown(trial, item, shown)


def _item(questionnaire: Questionnaire, number: str) -> Item:
    place = int(number) if number.isdecimal() and len(number) < 4 else 0
    if not 1 <= place <= len(questionnaire.items):
        raise NotFound
    item = questionnaire.items[place - 1]
    if Channel.WEB not in questionnaire.channels_of(item):
        raise NotFound
    return item


def _shown(trial: Trial, item: Item, shown: AnswerQuestion, status: int = 200) -> Response:
    whole = {each.name: getattr(shown, each.name) for each in fields(shown)}
    place = str(number_of(trial.visit.questionnaire, item.alias))
    tried = QuestionTrial(**whole | {"seal": "", "seat": "", "can_refuse": False}, bar=trial.bar(place))
    return trial.show(tried, status)


async def answer_trial(request: Request) -> Response:
    """Take an answer into the address and go on, or show the question again with what is missing."""
    draft, trial = await opened(request)
    item = _item(draft.questionnaire, request.query_params.get("n", ""))
    raw = posted(item.alias, await request.form())
    try:
        value = parse(item, raw)
        if item.constraint is not None and not allows(
            draft.questionnaire, item, value, trial.answers, trial.facts
        ):
            raise AnswerRefused(composing.constraint_message(trial, item))
    except AnswerRefused as refusal:
        return _shown(trial, item, composing.refused(trial, item, raw, refusal), 422)
    return RedirectResponse(_after(trial, item, value, {**trial.raw, item.alias: raw}), 303)


def _after(trial: Trial, item: Item, value: Answer, raw: Raw) -> str:
    """Give where an answer leads: to the wish after a first low mark, to the choice of a call, or on."""
    if is_low(item, value) and not trial.chosen_on(WISH):
        return trial.leading(WISH, raw)
    if item.callback and value == "yes":
        return trial.leading(SLOT, raw)
    return _onward(trial, item, raw)


def _onward(trial: Trial, item: Item, raw: Raw) -> str:
    """Give the address of the question that follows; after the last one, of who answered, asked once."""
    questionnaire = trial.visit.questionnaire
    answers = answers_in(questionnaire, raw, trial.facts)
    following = next_item(questionnaire, answers, trial.facts, after=item.alias)
    if following is not None:
        return trial.leading(str(number_of(questionnaire, following.alias)), raw)
    return trial.leading(THANKS if trial.who.is_said else WHO, raw)


async def trial_end(request: Request) -> Response:
    """Tell what would have been stored, and what would follow."""
    draft, trial = await opened(request)
    questionnaire, answers = draft.questionnaire, trial.answers
    shown = TrialEnd(
        code=draft.code,
        title=title_of(questionnaire),
        answers=(*_told(trial, answers), *_chosen(trial)),
        low=tuple(composing.worded(trial, item).label for item in lows(trial)),
        people=people(),
        person=trial.person,
        languages=language_names(questionnaire),
        tongue=trial.tongue,
    )
    return await render(request, shown)


def _told(trial: Trial, answers: Mapping[str, Answer]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (composing.worded(trial, item).label, words_of(item, answers[item.alias], trial.tongue))
        for item in trial.visit.questionnaire.items
        if item.alias in answers
    )


def _chosen(trial: Trial) -> Iterator[tuple[str, str]]:
    """Tell what was chosen on the last pages, in the words of the staff."""
    for wished in trial.chosen_on(WISH):
        yield _("Ce que la personne souhaite"), _(WISHED.get(wished, ""))
    if called := call_words(trial):
        yield _("Appel demandé"), called
    if trial.who.is_said:
        ways = (WAYS[each].told for each in ways_of(trial.who))
        words = (told(trial.respondent, trial.who), *ways)
        yield _("Qui a répondu"), capital(", ".join(_(each) for each in words))


ROUTES = (
    page(f"{DRAFT}/essai", tried(question_trial), roles=READERS),
    page(f"{DRAFT}/essai", tried(answer_trial), roles=READERS, methods=("POST",)),
    page(f"{DRAFT}/essai/fin", tried(trial_end), roles=READERS),
    *trial_steps.ROUTES,
    *trial_sending.ROUTES,
)
