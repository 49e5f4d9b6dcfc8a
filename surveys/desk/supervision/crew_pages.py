"""/appels/pilotage/equipes and /consignes: who works how, and what the desk is told."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import Role
from quality.directory.intake.vocabulary import LANGUAGES
from quality.errors import Invalid
from quality.web import languages
from quality.web.format import capital, moment_text
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk.supervision import crew_settings, notices
from surveys.desk.supervision.crew_settings import Agent
from surveys.desk.supervision.screens import AgentLine, DeskCrew, DeskNotices, Errors, NoticeLine, TeamLine

TEAMS_HREF, NOTICES_HREF = "/appels/pilotage/equipes", "/appels/pilotage/consignes"
SUPERVISORS = frozenset({Role.platform, Role.supervisor})
Form = dict[str, str]


async def desk_crew(request: Request) -> Response:
    return await _crew(request)


async def _crew(request: Request, values: Form | None = None, errors: Errors = ()) -> Response:
    actor = signed_in(request)
    teams, agents = await crew_settings.teams(actor), await crew_settings.agents(actor)
    shown = DeskCrew(
        teams=tuple(TeamLine(str(t.id), t.name, str(t.lines), str(t.agents)) for t in teams),
        agents=tuple(_agent(agent) for agent in agents),
        team_choices=(("", _("Aucune équipe")), *((str(team.id), team.name) for team in teams)),
        languages=tuple((code, capital(_language(code))) for code in LANGUAGES),
        is_saved="fait" in request.query_params,
        values=values or {},
        errors=errors,
    )
    return await render(request, shown, 422 if errors else 200)


def _language(code: str) -> str:
    return {
        "fr": _("français"),
        "en": _("anglais"),
        "es": _("espagnol"),
        "pt": _("portugais"),
        "it": _("italien"),
        "de": _("allemand"),
        "ar": _("arabe"),
    }[code]


def _agent(agent: Agent) -> AgentLine:
    return AgentLine(
        id=str(agent.id),
        name=agent.name,
        team=str(agent.team_id or ""),
        languages=agent.languages or ("fr",),
        starts=_hour(agent.starts_minute),
        ends=_hour(agent.ends_minute),
    )


def _hour(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"


async def create_team(request: Request) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        await crew_settings.create_team(signed_in(request), form.get("nom", ""), form.get("lignes", ""))
    except Invalid as refusal:
        return await _crew(request, form, _errors(refusal))
    return _go(TEAMS_HREF)


async def change_team(request: Request) -> Response:
    team: UUID = request.path_params["team"]
    lines = str((await request.form()).get("lignes", ""))
    try:
        await crew_settings.change_lines(signed_in(request), team, lines)
    except Invalid as refusal:
        return await _crew(request, None, _errors(refusal, f"-{team}"))
    return _go(TEAMS_HREF)


async def remove_team(request: Request) -> Response:
    await crew_settings.remove_team(signed_in(request), request.path_params["team"])
    return _go(TEAMS_HREF)


async def set_agent(request: Request) -> Response:
    account: UUID = request.path_params["account"]
    form = await request.form()
    try:
        work = crew_settings.work_of(
            str(form.get("equipe", "")),
            [str(each) for each in form.getlist("langues")],
            str(form.get("debut", "")),
            str(form.get("fin", "")),
        )
        await crew_settings.set_agent(signed_in(request), account, work)
    except Invalid as refusal:
        return await _crew(request, None, _errors(refusal, f"-{account}"))
    return _go(TEAMS_HREF)


async def desk_notices(request: Request) -> Response:
    return await _notices(request)


async def _notices(request: Request, values: Form | None = None, errors: Errors = ()) -> Response:
    actor = signed_in(request)
    zone, lang = (await card_of(actor.platform)).zone, languages.current()
    lines = tuple(
        NoticeLine(str(each.id), each.title, each.text, moment_text(each.at.astimezone(zone), lang))
        for each in await notices.read(actor)
    )
    shown = DeskNotices(
        lines=lines, is_saved="fait" in request.query_params, values=values or {}, errors=errors
    )
    return await render(request, shown, 422 if errors else 200)


async def write_notice(request: Request) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        await notices.write(signed_in(request), form.get("titre", ""), form.get("texte", ""))
    except Invalid as refusal:
        return await _notices(request, form, _errors(refusal))
    return _go(NOTICES_HREF)


async def remove_notice(request: Request) -> Response:
    await notices.remove(signed_in(request), request.path_params["notice"])
    return _go(NOTICES_HREF)


def _errors(refusal: Invalid, suffix: str = "") -> Errors:
    return tuple((f"{each.field}{suffix}", _(each.message)) for each in refusal.errors)


def _go(href: str) -> Response:
    return RedirectResponse(f"{href}?fait", 303)


TEAM, AGENT = TEAMS_HREF + "/{team:uuid}", "/appels/pilotage/agents/{account:uuid}"
_POST = ("POST",)
ROUTES = (
    page(TEAMS_HREF, desk_crew, roles=SUPERVISORS, name="desk-crew"),
    page(TEAMS_HREF, create_team, roles=SUPERVISORS, methods=_POST, name="desk-team-create"),
    page(f"{TEAM}/lignes", change_team, roles=SUPERVISORS, methods=_POST, name="desk-team-change"),
    page(f"{TEAM}/supprimer", remove_team, roles=SUPERVISORS, methods=_POST, name="desk-team-remove"),
    page(AGENT, set_agent, roles=SUPERVISORS, methods=_POST, name="desk-agent-set"),
    page(NOTICES_HREF, desk_notices, roles=SUPERVISORS, name="desk-notices"),
    page(NOTICES_HREF, write_notice, roles=SUPERVISORS, methods=_POST, name="desk-notice-write"),
    page(
        NOTICES_HREF + "/{notice:uuid}/supprimer",
        remove_notice,
        roles=SUPERVISORS,
        methods=_POST,
        name="desk-notice-remove",
    ),
)
