"""Somebody who tries a draft: who they are, what they said and what they chose are all in the address."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from quality.errors import Conflict
from quality.french import french
from quality.web import csrf, languages
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.session import signed_in
from surveys.authoring.editing.draft_pages import address_of, drafted
from surveys.authoring.editing.drafts import Draft
from surveys.authoring.editing.located import Fault, located
from surveys.authoring.pages import HREF, WRITERS, title_of
from surveys.authoring.specimen import NOBODY, invited, language_named, person_named, visit_of
from surveys.questionnaire.checking import findings
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import Answer, AnswerRefused, parse
from surveys.questionnaire.paths import kept
from surveys.respond.reader import Reader
from surveys.respondents import Who, who_of

LONGEST = 6_000  # an address that every browser and server takes
UNFINISHED = french("Corrigez d’abord le brouillon : chaque endroit à reprendre est indiqué.")
TOO_LONG = french("Cet essai est trop long pour une adresse. Recommencez avec des réponses plus courtes.")
# What is chosen beside the answers, by the page that asks it: no question has such a name.
WISH, SLOT, WHO, THANKS = "souhait", "rappel", "qui", "merci"
Raw = dict[str, list[str]]
View = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What stands above each page of a trial, and the proof that its form is one's own."""

    action: str
    proof: str
    draft: str
    again: str
    end: str


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
        return self.who.place(self.about.audience)

    @property
    def facts(self) -> Facts:
        return self.about

    @property
    def answers(self) -> Mapping[str, Answer]:
        return answers_in(self.visit.questionnaire, self.raw, self.about)

    @property
    def who(self) -> Who:
        """Give who answers and how, as it was said on its page."""
        relation, *ways = self.chosen_on(WHO) or [""]
        return who_of(relation, ways)

    def chosen_on(self, step: str) -> list[str]:
        """Give what was chosen on one of the last pages; nothing before."""
        return self.raw.get(f"/{step}", [])

    def with_chosen(self, step: str, *values: str) -> Raw:
        return {**self.raw, f"/{step}": list(values)}

    def address(self, path: str = "") -> str:
        """Write the address of a page of this trial: a question, one of the last pages, or the end."""
        return self.leading(path.removeprefix("/"), self.raw)

    def leading(self, place: str, raw: Raw) -> str:
        """Write the address of a page with other answers; refuse more than an address takes."""
        packed = _packed(raw)
        if len(packed) > LONGEST:
            raise Conflict(TOO_LONG)
        number = {"n": place} if place.isdecimal() else {}
        query = urlencode({**number, "qui": self.person, "parle": self.tongue, "r": packed})
        step = "" if number else f"/{place or 'fin'}"
        return f"{HREF}/{self.visit.questionnaire.code}/brouillon/essai{step}?{query}"

    def bar(self, place: str) -> Bar:
        """Give what surrounds the page of this place, whose form is sent to it."""
        return Bar(
            action=self.leading(place, self.raw),
            proof=csrf.token_of(self.request),
            draft=f"{HREF}/{self.visit.questionnaire.code}/brouillon",
            again=self.leading("1", {}),
            end=self.leading("", self.raw),
        )


def answers_in(questionnaire: Questionnaire, raw: Raw, facts: Facts) -> dict[str, Answer]:
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


class Unfinished(Conflict):
    """A draft in which something is wrong."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(UNFINISHED)
        self.draft = draft


@dataclass(frozen=True, slots=True)
class UnfinishedTrial:
    """A draft that cannot be tried yet; `faults` are (address, sentence) pairs."""

    code: str
    title: str
    faults: tuple[tuple[str, str], ...]
    may_write: bool


def tried(view: View) -> View:
    """Make a view of a trial say what is to be corrected first in a draft where something is wrong."""

    @wraps(view)
    async def showing(request: Request) -> Response:
        try:
            return await view(request)
        except Unfinished as refused:
            return await render(request, _unfinished(request, refused.draft), refused.status)

    return showing


def _unfinished(request: Request, draft: Draft) -> UnfinishedTrial:
    found = located(draft.questionnaire, findings(draft.questionnaire))
    return UnfinishedTrial(
        code=draft.code,
        title=title_of(draft.questionnaire),
        faults=tuple((address_of(draft.code, each), _told(each)) for each in found),
        may_write=signed_in(request).role in WRITERS,
    )


def _told(fault: Fault) -> str:
    if not fault.number:
        return fault.words
    return _("Question {number}, {words}").format(number=fault.number, words=fault.words)


async def ready(request: Request) -> Draft:
    """Read a draft to be tried; one in which something is wrong is not."""
    draft = await drafted(request)
    if any(findings(draft.questionnaire)):
        raise Unfinished(draft)
    return draft


async def opened(request: Request) -> tuple[Draft, Trial]:
    """Open the trial of an address."""
    draft = await ready(request)
    questionnaire = draft.questionnaire
    query = request.query_params
    person = person_named(query.get("qui", ""))
    about = visit_of(person)
    return draft, Trial(
        request=request,
        token="",
        visit=invited(questionnaire, about, "fr", signed_in(request).platform or NOBODY),
        card=await card_of(signed_in(request).platform),
        choices={},
        raw=_unpacked(query.get("r", "")),
        about=about,
        tongue=language_named(questionnaire, query.get("parle", "")),
        person=person,
    )
