"""A false call on the same screen as a true one: its file is computed from the steps of the run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from quality import clock
from quality.complaints.resolving import authority
from quality.complaints.resolving.authority import Allowed, Remedy
from quality.directory.geography import zone_of
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import spoken
from quality.web.platform import PlatformCard
from surveys.desk.screen import panels
from surveys.desk.screen.asking import Asking
from surveys.desk.screen.composing import Panel, compose
from surveys.desk.screen.keeping import LastAnswer
from surveys.desk.screen.reading import File, Person
from surveys.desk.screen.screens import Call, Choice, Errors, Followed, Promised, Remedies, Training
from surveys.desk.training import scenarios as training
from surveys.desk.training.scenarios import GRID, Scenario, Step
from surveys.dispatch.text import template
from surveys.questionnaire.logic import Answer, is_low
from surveys.questionnaire.reading import library
from surveys.respondents import Who
from surveys.response import InvitedVisit, KnownResponse, response_id

PROVIDER, PLACE, NUMBER = "Aide Exemple", "34", 1
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Run:
    """A false call in somebody's hands: its scenario and what was done in it."""

    id: UUID
    scenario: Scenario
    steps: list[Step]
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None


def compose_false(
    run: Run,
    asking: Asking,
    card: PlatformCard,
    agent: str,
    *,
    panel: Panel | None = None,
    values: dict[str, str] | None = None,
    refused: Sequence[str] | None = None,
    errors: Errors = (),
) -> Call:
    """Write the page of a false call, with what its person says now."""
    scenario, steps = run.scenario, run.steps
    file = _file(run)
    shown = panel or _panel(steps, asking, file.person.language)
    call = compose(file, asking, card, agent, panel=shown, values=values, refused=refused, errors=errors)
    alias = call.question.alias if call.question and not call.panel else ""
    is_first = not any(step.do != "panel" for step in steps) and asking.number is None
    words = training.reply(scenario, "" if is_first else alias, call.panel, is_first=is_first)
    said = words.of(languages.current()) if words else ""
    return replace(call, case=f"entrainement/{run.id}", training=Training(str(run.id), said))


def zone() -> ZoneInfo:
    """Give the zone in which the invented people live."""
    return zone_of(PLACE)


def _file(run: Run) -> File:
    scenario, steps = run.scenario, run.steps
    language = next((step.what for step in reversed(steps) if step.do == "language"), "fr")
    visit, last = _visit(run.id, steps, language), training.last_given(steps)
    lows = {
        step.who for step in steps
        if step.do == "answer" and is_low(visit.questionnaire.item(step.what), _value(step.value))
    }  # fmt: skip
    return File(
        case=f"entrainement/{run.id}",
        client=NOBODY,
        kind="survey",
        wish="",
        tries=1,
        last_outcome=None,
        has_message=False,
        is_incoming=False,
        created_at=run.started_at,
        complaint_id=None,
        audience="client",
        person=Person(
            name=scenario.person.name,
            phones=("+33199000000",),
            age_band=scenario.person.age,
            commune=scenario.person.commune,
            departement=PLACE,
            language=language,
            status="active",
        ),
        provider=PROVIDER,
        on_call_name="Claire Exemple",
        on_call_phone="+33199000001",
        visit=visit,
        voicemail=template("voicemail", language),
        started_at=None,
        ended_at=None,
        answers=(),
        complaints=(),
        messages=(),
        unwished=frozenset() if training.is_wished(steps) else frozenset(lows),
        picked_at=run.started_at,
        drafts={},
        last=_last(visit, last) if last else None,
    )


def _value(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _last(visit: InvitedVisit, step: Step) -> LastAnswer:
    number = 1 + [item.alias for item in visit.questionnaire.items].index(step.what)
    return LastAnswer(step.what, step.who, _value(step.value), None, number)


def _visit(run: UUID, steps: list[Step], language: str) -> InvitedVisit:
    now = clock.now()
    yesterday = (now - timedelta(days=1)).astimezone(zone_of(PLACE)).date()
    told = training.told_of(steps)
    known = {
        who: _response(run, who, answers, told.get(who, Who()))
        for who, answers in training.answers_of(steps).items()
        if answers
    }
    return InvitedVisit(
        id=run,
        platform_id=NOBODY,
        provider_id=NOBODY,
        client_id=NOBODY,
        occasion_id=NOBODY,
        audience="client",
        questionnaire_id=NOBODY,
        language=language,
        pseudonym=NOBODY,
        month=yesterday.replace(day=1),
        visit_on=yesterday,
        activity="I-3",
        mode="prestataire",
        departement=PLACE,
        territory="",
        funders=(),
        age_band="",
        first_mode="phone",
        collector="platform",
        provider_name=PROVIDER,
        provider_short_name=PROVIDER,
        closes_at=now + timedelta(days=7),
        closed_at=None,
        closed_reason=None,
        seen="",
        questionnaire=library("default"),
        responses=known,
    )


def _response(run: UUID, respondent: str, answers: Mapping[str, Answer], who: Who) -> KnownResponse:
    return KnownResponse(
        id=response_id(run, respondent),
        respondent=respondent,
        version=1,
        answers=dict(answers),
        cells={},
        admissible="yes",
        relation=who.relation,
        help=who.help,
        worker=who.worker,
    )


def _panel(steps: list[Step], asking: Asking, language: str) -> Panel:
    """Give what a panel shows, from an invented authority grid and an invented complaint."""
    if asking.panel == "accord":
        return Panel(remedies=remedies())
    if asking.panel == "recapitulatif":
        return Panel(promised=_promised(steps, language))
    if asking.panel == "suite":
        return Panel(followed=Followed(NUMBER, _("Réclamation ouverte"), _("En cours"), "", False, False, ""))
    return Panel()


def remedies(refusal: str = "", told: str = "") -> Remedies:
    """List what may be granted in a false call."""
    choices = tuple(
        Choice(each.value, panels.offer(GRID, "agent", each), str(rank))
        for rank, each in enumerate(panels.OFFERED, 1)
    )
    return Remedies(NUMBER, choices, authority.allowed_words(GRID, "agent"), refusal, told)


def refused(remedy: str, cents: int | None) -> Panel | None:
    """Say who can grant what the invented grid does not let an agent grant."""
    decided = authority.decide(GRID, "agent", Remedy(remedy), cents)
    if isinstance(decided, Allowed):
        return None
    who = authority.who_words(decided.who_can)
    limit = authority.euros(decided.limit or 0)
    refusal = _("C’est plus que ce que vous pouvez accorder (%(limit)s). Qui le peut : %(who)s.")
    told = spoken(
        "Je ne peux pas vous le promettre moi-même. Je transmets votre demande à %(who)s. "
        "Vous aurez une réponse avant %(when)s.",
        languages.current(),
        who=who,
        when=_("quinze jours"),
    )
    return Panel(remedies=remedies(refusal % {"limit": limit, "who": who}, told))


def _promised(steps: list[Step], language: str) -> Promised | None:
    granted = next((step for step in reversed(steps) if step.do == "grant"), None)
    if granted is None:
        return None
    row = {
        "remedy_code": granted.what,
        "amount_cents": int(granted.value or 0),
        "provider": PROVIDER,
        "due_at": clock.now() + timedelta(hours=48),
        "departement": PLACE,
    }
    said = panels.read_back(row, "EX-0001", language)
    return Promised(
        id="exemple",
        number=NUMBER,
        say=said,
        reference="EX-0001",
        confirmed_by="Claire Exemple",
        is_confirmed=False,
    )
