"""/appels/entrainement: false calls on the same screen with the same keys; nothing is stored but the run."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from quality import clock
from quality.access.actor import STAFF, Actor
from quality.access.scope import scoped
from quality.complaints.resolving.authority import Remedy, cents_of
from quality.db import execute, fetch, fetch_one
from quality.errors import Conflict, NotFound
from quality.ids import uuid7
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk.ending.outcomes import CONFIRMED, OUTCOMES, Code
from surveys.desk.screen import panels
from surveys.desk.screen.asking import Asking
from surveys.desk.screen.composing import PANEL_OF, WHO_PANEL, Panel
from surveys.desk.screen.ending_pages import read_back, understood
from surveys.desk.screen.panel_pages import after_who, missing_of, nobody_told, who_posted
from surveys.desk.screen.screens import CallDebrief, CallTraining, DebriefLine, Errors, TrainingRow
from surveys.desk.screen.script import is_withheld
from surveys.desk.screen.showing import Form, asking_of, choose, form_of, go, number_of, speaker
from surveys.desk.training import false_call
from surveys.desk.training import scenarios as training
from surveys.desk.training.false_call import Run
from surveys.desk.training.scenarios import Pattern, Scenario, Step, judge
from surveys.questionnaire.logic import AnswerRefused, parse
from surveys.questionnaire.reading import library
from surveys.questionnaire.wording import words_of
from surveys.respond.standing import posted
from surveys.respondents import Who

HREF = "/appels/entrainement"
RUN = HREF + "/{run:uuid}"
MOST_STEPS = 200
Row = dict[str, Any]


async def show_list(request: Request) -> Response:
    """List the false calls, with how one's last one of each ended, and the rules of a call."""
    actor, found = signed_in(request), training.training()
    async with scoped(actor) as db:
        rows = await fetch(db, LAST, actor.platform, actor.account)
    last = {row["scenario"]: row for row in rows}
    lang = languages.current()
    shown = CallTraining(
        rows=tuple(_row(each, last.get(each.code)) for each in found.scenarios),
        rules=tuple((rule.title.of(lang), rule.text.of(lang)) for rule in found.rules),
    )
    return await render(request, shown)


LAST = """
SELECT DISTINCT ON (scenario) scenario, answers, outcome FROM training_run
WHERE platform_id = $1 AND account_id = $2 AND ended_at IS NOT NULL ORDER BY scenario, started_at DESC
"""


def _row(scenario: Scenario, last: Row | None) -> TrainingRow:
    title = scenario.title.of(languages.current())
    if last is None:
        return TrainingRow(scenario.code, title, _("pas encore pris"), is_good=False)
    judged = judge(scenario, _steps(last["answers"]))
    kept = sum(each.is_kept for each in judged)
    words = ngettext("%(kept)s règle suivie sur %(all)s", "%(kept)s règles suivies sur %(all)s", kept)
    return TrainingRow(scenario.code, title, words % {"kept": kept, "all": len(judged)}, kept == len(judged))


async def begin(request: Request) -> Response:
    """Begin a false call."""
    actor, code = signed_in(request), (await form_of(request)).get("situation", "")
    if training.training().scenario(code) is None:
        raise NotFound
    run = uuid7(clock.now())
    async with scoped(actor) as db:
        await execute(db, BEGIN, run, actor.platform, actor.account, code, clock.now())
    return go(f"{HREF}/{run}")


BEGIN = """
INSERT INTO training_run (id, platform_id, account_id, scenario, answers, started_at)
VALUES ($1, $2, $3, $4, '{"steps": []}', $5)
"""


async def show_run(request: Request) -> Response:
    """Show the false call, or its debrief once it is over."""
    run = await _read(request)
    if run.ended_at is not None:
        return await render(request, _debrief(run))
    return await _show(request, run, asking_of(request))


async def _show(
    request: Request,
    run: Run,
    asking: Asking,
    form: Form | None = None,
    errors: Errors = (),
    *,
    panel: Panel | None = None,
    refused: Sequence[str] | None = None,
) -> Response:
    actor = signed_in(request)
    call = false_call.compose_false(
        run,
        asking,
        await card_of(actor.platform),
        actor.name,
        panel=panel,
        values=form,
        refused=refused,
        errors=errors,
    )
    return await render(request, call, 422 if errors else 200)


async def act(request: Request) -> Response:
    """Do in a false call what its form asks, as in a true one."""
    run, form = await _read(request), await form_of(request)
    if run.ended_at is not None:
        raise Conflict("Cet entraînement est terminé.")
    verb = ACTS.get(request.path_params["verb"])
    if verb is None:
        raise NotFound
    return await verb(request, run, form)


async def state(request: Request) -> Response:
    """A false call is nobody else's."""
    await _read(request)
    return JSONResponse({"is_mine": True, "words": ""}, headers={"Cache-Control": "no-store"})


async def _answer(request: Request, run: Run, form: Form) -> Response:
    alias, (respondent, relation) = form.get("question", ""), speaker(form)
    who, number = respondent or "client", number_of(form.get("numero", ""), most=99) or 1
    raw, following = posted(alias, await request.form()), Asking(number + 1, who, relation)
    try:
        item = library("default").item(alias)
        given = "" if is_withheld(item, raw) else parse(item, raw)
    except KeyError as error:
        raise NotFound from error
    except AnswerRefused as refusal:
        here, errors = Asking(number, who, relation), ((alias, _(refusal.message)),)
        return await _show(request, run, here, form, errors, refused=raw)
    if given == "":
        return await _on(request, run, following)
    return await _on(request, run, following, Step("answer", alias, str(given)[:200], who))


async def _wish(request: Request, run: Run, form: Form) -> Response:
    wanted, who = form.get("souhait", ""), form.get("repondant", "client")
    if wanted not in ("nom", "sans", "appel", "rien"):
        return await _show(request, run, Asking(respondent=who), form, choose("souhait-nom"))
    panel = "accord" if wanted in ("nom", "sans") else ""
    return await _on(request, run, Asking(respondent=who, panel=panel, complaint=1), Step("wish", wanted))


async def _complaint(request: Request, run: Run, form: Form) -> Response:
    asking = Asking(respondent=form.get("repondant", ""), panel="reclamation")
    if missing := missing_of(form):
        return await _show(request, run, asking, form, missing)
    panel = "" if form["souhait"] == "appel" else "accord"
    step = Step("complaint", form["motif"], form["souhait"])
    return await _on(request, run, replace(asking, panel=panel, complaint=1), step)


async def _grant(request: Request, run: Run, form: Form) -> Response:
    asking = Asking(respondent=form.get("repondant", ""), panel="accord", complaint=1)
    wanted, cents = form.get("solution", ""), cents_of(form.get("montant", ""))
    if wanted not in panels.OFFERED or (wanted == Remedy.refund and not cents):
        field = "montant" if wanted == Remedy.refund else "solution-explain"
        return await _show(request, run, asking, form, ((field, _("Choisissez une solution.")),))
    refusal = false_call.refused(wanted, cents)
    if refusal is not None:
        await _write(request, run, Step("refused", wanted, str(cents or "")))
        return await _show(request, run, asking, form, panel=refusal)
    step = Step("grant", wanted, str(cents or ""))
    return await _on(request, run, replace(asking, panel="recapitulatif", promise="exemple"), step)


async def _danger(request: Request, run: Run, _form: Form) -> Response:
    return await _on(request, run, Asking(panel="danger-note"), Step("danger"))


async def _who(request: Request, run: Run, _form: Form) -> Response:
    form, respondent, who = await who_posted(request)
    here = Asking(number_of(form.get("q", ""), most=99), respondent, panel=WHO_PANEL)
    if who == Who():
        return await _show(request, run, here, form, nobody_told())
    step = Step("who", who.relation, form["comment"][:40], respondent)
    return await _on(request, run, after_who(here, form, who.place(respondent)), step)


async def _language(request: Request, run: Run, form: Form) -> Response:
    wanted = form.get("langue-parlee", "")
    if wanted in languages.LANGUAGES:
        return await _on(request, run, Asking(), Step("language", wanted))
    return await _over(request, run, Step("end", Code.language.value))


async def _undo(request: Request, run: Run, _form: Form) -> Response:
    last = training.last_given(run.steps)
    if last is None:
        raise Conflict("Il n’y a pas de réponse à annuler. Revenez à la question pour la corriger.")
    number = 1 + [item.alias for item in library("default").items].index(last.what)
    return await _on(request, run, Asking(number, last.who), Step("undo", last.what, who=last.who))


async def _end(request: Request, run: Run, form: Form) -> Response:
    """End a false call as a true one: what is said first is said, an hour is read back."""
    code = form.get("issue", "")
    if code not in OUTCOMES:
        return await _show(request, run, Asking(), form, choose("issues"))
    asking = Asking(panel=PANEL_OF.get(Code(code), ""))
    if Code(code) is Code.appointment and form.get("confirme") != "oui":
        return await _appointment(request, run, asking, form)
    if Code(code) in CONFIRMED and form.get("confirme") != "oui":
        return await _show(request, run, asking, form)
    told = (Step("told", form["prevenir"]),) if form.get("prevenir") in ("oui", "non") else ()
    return await _over(request, run, *told, Step("end", code))


async def _appointment(request: Request, run: Run, asking: Asking, form: Form) -> Response:
    at = understood(form, false_call.zone())
    if at is None:
        wrong = (("quand", _("Écrivez un jour et une heure, par exemple « demain à 14 h »")),)
        return await _show(request, run, asking, form, wrong)
    card = await card_of(signed_in(request).platform)
    shown = Panel(appointment=read_back(at, false_call.PLACE, card))
    return await _show(request, run, asking, form, panel=shown)


async def _follow(request: Request, run: Run, form: Form) -> Response:
    return await _on(request, run, Asking(), Step("follow", form.get("quoi", "")[:20]))


async def _look(request: Request, run: Run, form: Form) -> Response:
    """Note which panel is read, once: a script read aloud is part of the call."""
    place = dict(part.partition("=")[::2] for part in form.get("lieu", "").removeprefix("?").split("&"))
    panel = place.get("panneau", "")
    if panel and Step("panel", panel) not in run.steps and panel.replace("-", "").isalpha():
        await _write(request, run, Step("panel", panel[:40]))
    return await state(request)


async def _forget(_request: Request, _run: Run, _form: Form) -> Response:
    """Keep nothing of what is typed in a false call."""
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def _give_back(request: Request, run: Run, _form: Form) -> Response:
    return await _over(request, run, Step("end", "given_back"))


ACTS = {
    "reponse": _answer,
    "souhait": _wish,
    "reclamation": _complaint,
    "accord": _grant,
    "danger": _danger,
    "qui": _who,
    "langue": _language,
    "annuler": _undo,
    "issue": _end,
    "suite": _follow,
    "confirmation": _follow,
    "pouls": _look,
    "brouillon": _forget,
    "rendre": _give_back,
}


async def _on(request: Request, run: Run, asking: Asking, step: Step | None = None) -> Response:
    if step is not None:
        await _write(request, run, step)
    return go(asking.href(f"entrainement/{run.id}"))


async def _over(request: Request, run: Run, *steps: Step) -> Response:
    await _write(request, run, *steps, outcome=steps[-1].what)
    return go(f"{HREF}/{run.id}")


async def _write(request: Request, run: Run, *steps: Step, outcome: str | None = None) -> None:
    actor = signed_in(request)
    if len(run.steps) >= MOST_STEPS:
        raise Conflict("Cet entraînement est trop long. Commencez-en un autre.")
    written = msgspec.json.encode([*run.steps, *steps]).decode()
    async with scoped(actor) as db:
        await execute(db, WRITE, run.id, written, outcome, clock.now())


WRITE = """
UPDATE training_run SET answers = jsonb_build_object('steps', $2::jsonb), outcome = $3::text,
    ended_at = CASE WHEN $3::text IS NULL THEN NULL ELSE $4::timestamptz END
WHERE id = $1
"""


async def _read(request: Request) -> Run:
    """Read one's own run; another's does not exist."""
    actor: Actor = signed_in(request)
    async with scoped(actor) as db:
        row = await fetch_one(db, READ, request.path_params["run"], actor.platform, actor.account)
    if row is None:
        raise NotFound
    scenario = training.training().scenario(row["scenario"])
    if scenario is None:
        raise NotFound
    steps = _steps(row["answers"])
    return Run(row["id"], scenario, steps, row["started_at"], row["ended_at"], row["outcome"])


READ = """
SELECT id, scenario, answers, started_at, ended_at, outcome FROM training_run
WHERE id = $1 AND platform_id = $2 AND account_id = $3
"""


def _steps(answers: str) -> list[Step]:
    return msgspec.json.decode(answers, type=dict[str, list[Step]]).get("steps", [])


def step_words(step: Pattern) -> str:
    """Say a step as one says it to somebody who learns."""
    plain = {
        "wish": _("Noter ce que la personne souhaite"),
        "complaint": _("Ouvrir une réclamation"),
        "danger": _("Prévenir la supervision"),
        "respondent": _("Noter qui répond"),
        "who": _("Dire qui a répondu"),
        "language": _("Changer la langue de l’appel"),
        "told": _("Proposer de prévenir l’organisme"),
        "refused": _("Dire qui peut accorder davantage"),
        "panel": _("Lire le texte prévu"),
        "answer": _("Noter une réponse"),
        "grant": _("Accorder une solution"),
    }
    if step.do == "end":
        return _("Terminer par « %(outcome)s »") % {"outcome": _(OUTCOMES[Code(step.what)].label)}
    if step.do == "answer" and len(step.value) == 1:
        item = library("default").item(step.what)
        said = words_of(item, _mark(step.value[0]), languages.current())
        return _("Noter « %(answer)s »") % {"answer": said}
    return plain[step.do]


def _mark(value: str) -> int | str:
    return int(value) if value.isdecimal() else value


def _debrief(run: Run) -> CallDebrief:
    scenario, lang = run.scenario, languages.current()
    lines = []
    for judged in judge(scenario, run.steps):
        number, rule = training.training().rule(judged.rule)
        lines.append(
            DebriefLine(
                number=number,
                step=step_words(judged.step),
                title=rule.title.of(lang),
                text=rule.text.of(lang),
                is_kept=judged.is_kept,
                is_forbidden=judged.is_forbidden,
            )
        )
    outcome = OUTCOMES.get(Code(run.outcome)) if run.outcome and run.outcome in OUTCOMES else None
    return CallDebrief(
        title=scenario.title.of(lang),
        code=scenario.code,
        outcome=_(outcome.label) if outcome else _("Appel rendu"),
        kept=sum(line.is_kept for line in lines),
        lines=tuple(lines),
    )


ROUTES = (
    page(HREF, show_list, roles=STAFF, name="call-training"),
    page(HREF, begin, roles=STAFF, methods=("POST",), name="call-training-begin"),
    page(RUN, show_run, roles=STAFF, name="call-training-run"),
    page(RUN + "/etat", state, roles=STAFF, name="call-training-state"),
    page(RUN + "/{verb}", act, roles=STAFF, methods=("POST",), name="call-training-act"),
)
