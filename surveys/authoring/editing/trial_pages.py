"""/questionnaires/{code}/brouillon/essai: a draft answered as a client would; nothing is stored.

The answers so far are in the address, as they were posted.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.errors import Conflict, NotFound
from quality.french import french
from quality.web import csrf, languages
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring.editing.draft_pages import DRAFT, drafted
from surveys.authoring.editing.drafts import Draft
from surveys.authoring.pages import HREF, READERS, title_of
from surveys.authoring.specimen import language_named, people, person_named, visit_of
from surveys.authoring.told import language_names
from surveys.questionnaire.checking import findings
from surveys.questionnaire.definition import Channel, Item, Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import Answer, AnswerRefused, low_items, parse
from surveys.questionnaire.paths import allows, kept, next_item
from surveys.questionnaire.wording import words_of
from surveys.respond import composing
from surveys.respond.questions import posted
from surveys.respond.reader import Reader
from surveys.respond.screens import AnswerQuestion
from surveys.respond.standing import number_of, said, standing
from surveys.response import InvitedVisit

NOBODY = UUID(int=0)
LONGEST = 6_000  # an address that every browser and server takes
UNFINISHED = french("Corrigez d’abord le brouillon : chaque endroit à reprendre est indiqué.")
TOO_LONG = french("Cet essai est trop long pour une adresse. Recommencez avec des réponses plus courtes.")
Raw = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionTrial(AnswerQuestion):
    """A question of the trial, on the page that a client would see; `proof` is the token of the session."""

    action: str
    proof: str
    draft: str
    again: str
    end: str


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


@dataclass(frozen=True, slots=True)
class Trial(Reader):
    """Somebody who tries: their answers and their visit come from the address."""

    raw: Raw
    about: Facts
    tongue: str
    person: str

    @property
    def language(self) -> str:
        return languages.current()

    @property
    def spoken(self) -> str:
        return self.tongue

    @property
    def respondent(self) -> str:
        return "client"

    @property
    def seat(self) -> str:
        return ""

    @property
    def facts(self) -> Facts:
        return self.about

    @property
    def answers(self) -> Mapping[str, Answer]:
        return _answers(self.visit.questionnaire, self.raw, self.about)

    def address(self, path: str = "") -> str:
        """Write the address of a question of this trial, or of its end."""
        return self.leading(path.removeprefix("/"), self.raw)

    def leading(self, number: str, raw: Raw) -> str:
        place = {"n": number} if number.isdecimal() else {}
        query = urlencode({**place, "qui": self.person, "parle": self.tongue, "r": _packed(raw)})
        end = "" if place else "/fin"
        return f"{HREF}/{self.visit.questionnaire.code}/brouillon/essai{end}?{query}"


def _answers(questionnaire: Questionnaire, raw: Raw, facts: Facts) -> dict[str, Answer]:
    """Read the answers of an address; one that does not do is left out, as one that is asked no more."""
    found: dict[str, Answer] = {}
    for item in questionnaire.items:
        if item.alias not in raw:
            continue
        try:
            found[item.alias] = parse(item, raw[item.alias])
        except AnswerRefused:
            continue
    return kept(questionnaire, found, facts)


def _packed(raw: Raw) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(raw)).decode().rstrip("=")


def _unpacked(text: str) -> Raw:
    """Read the answers of an address; what is no answers is none.

    >>> _unpacked(_packed({"globale": ["4"]})), _unpacked("?")
    ({'globale': ['4']}, {})
    """
    try:
        whole = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.json.decode(whole, type=Raw)
    except (ValueError, msgspec.DecodeError):
        return {}


async def _trial(request: Request) -> tuple[Draft, Trial]:
    """Open the trial of an address; a draft in which something is wrong is not tried."""
    draft = await drafted(request)
    questionnaire = draft.questionnaire
    if any(findings(questionnaire)):
        raise Conflict(UNFINISHED)
    query = request.query_params
    person = person_named(query.get("qui", ""))
    return draft, Trial(
        request=request,
        token="",
        visit=_invited(questionnaire),
        card=await card_of(signed_in(request).platform),
        choices={},
        raw=_unpacked(query.get("r", "")),
        about=visit_of(person),
        tongue=language_named(questionnaire, query.get("parle", "")),
        person=person,
    )


def _invited(questionnaire: Questionnaire) -> InvitedVisit:
    """Invent the invitation of nobody."""
    now = clock.now()
    return InvitedVisit(
        id=NOBODY,
        platform_id=NOBODY,
        provider_id=NOBODY,
        client_id=NOBODY,
        occasion_id=None,
        audience="client",
        questionnaire_id=NOBODY,
        language="fr",
        pseudonym=NOBODY,
        month=now.date(),
        visit_on=now.date(),
        activity="",
        mode="prestataire",
        departement="",
        territory="",
        funders=(),
        age_band="",
        first_mode="",
        collector="",
        provider_name="",
        provider_short_name="",
        closes_at=now,
        closed_at=None,
        closed_reason=None,
        seen="",
        questionnaire=questionnaire,
        responses={},
    )


async def question_trial(request: Request) -> Response:
    """Show the question of the address, the first one otherwise."""
    draft, trial = await _trial(request)
    item = _item(draft.questionnaire, request.query_params.get("n", "1"))
    place = standing(draft.questionnaire, item, trial.answers, trial.facts)
    if place is None:
        return RedirectResponse(_onward(trial, item, trial.raw), 303)
    shown = composing.question(trial, item, place, said(item, trial.raw.get(item.alias, [])))
    return _shown(request, trial, item, shown)


def _item(questionnaire: Questionnaire, number: str) -> Item:
    place = int(number) if number.isdecimal() and len(number) < 4 else 0
    if not 1 <= place <= len(questionnaire.items):
        raise NotFound
    item = questionnaire.items[place - 1]
    if Channel.WEB not in questionnaire.channels_of(item):
        raise NotFound
    return item


def _shown(request: Request, trial: Trial, item: Item, shown: AnswerQuestion, status: int = 200) -> Response:
    questionnaire = trial.visit.questionnaire
    whole = {each.name: getattr(shown, each.name) for each in fields(shown)}
    number = str(number_of(questionnaire, item.alias))
    tried = QuestionTrial(
        **whole | {"seal": "", "can_refuse": False},
        action=trial.leading(number, trial.raw),
        proof=csrf.token_of(request),
        draft=f"{HREF}/{questionnaire.code}/brouillon",
        again=trial.leading("1", {}),
        end=trial.leading("", trial.raw),
    )
    return trial.show(tried, status)


async def answer_trial(request: Request) -> Response:
    """Take an answer into the address and go on, or show the question again with what is missing."""
    draft, trial = await _trial(request)
    item = _item(draft.questionnaire, request.query_params.get("n", ""))
    raw = posted(item, await request.form())
    try:
        value = parse(item, raw)
        if item.constraint is not None and not allows(
            draft.questionnaire, item, value, trial.answers, trial.facts
        ):
            raise AnswerRefused(composing.constraint_message(trial, item))
    except AnswerRefused as refusal:
        return _shown(request, trial, item, composing.refused(trial, item, raw, refusal), 422)
    given = {**trial.raw, item.alias: raw}
    if len(_packed(given)) > LONGEST:
        raise Conflict(TOO_LONG)
    return RedirectResponse(_onward(trial, item, given), 303)


def _onward(trial: Trial, item: Item, raw: Raw) -> str:
    """Give the address of the question that follows, or of the end."""
    questionnaire = trial.visit.questionnaire
    answers = _answers(questionnaire, raw, trial.facts)
    following = next_item(questionnaire, answers, trial.facts, after=item.alias)
    return trial.leading(str(number_of(questionnaire, following.alias)) if following else "", raw)


async def trial_end(request: Request) -> Response:
    """Tell what would have been stored, and what would follow."""
    draft, trial = await _trial(request)
    questionnaire, answers = draft.questionnaire, trial.answers
    shown = TrialEnd(
        code=draft.code,
        title=title_of(questionnaire),
        answers=_told(trial, answers),
        low=tuple(
            composing.worded(trial, item).label for item in low_items(questionnaire, answers, trial.facts)
        ),
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


ROUTES = (
    page(f"{DRAFT}/essai", question_trial, roles=READERS),
    page(f"{DRAFT}/essai", answer_trial, roles=READERS, methods=("POST",)),
    page(f"{DRAFT}/essai/fin", trial_end, roles=READERS),
)
