"""/questionnaires/{code}/brouillon/essai/envoi: the author sends the first message of a draft to themselves.

It says that it is a trial, and leads to the trial, which stores nothing and asks to be signed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.access.scope import scoped
from quality.db import fetch_one
from quality.directory.intake.phones import read_mobile
from quality.directory.intake.refusals import ValueRefused
from quality.errors import Conflict, TooMany, Unavailable
from quality.french import french
from quality.ids import uuid7
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.authoring.editing.draft_pages import DRAFT, typed_once
from surveys.authoring.editing.trial import ready, tried
from surveys.authoring.pages import HREF, WRITERS, title_of
from surveys.authoring.previews.about import About
from surveys.authoring.specimen import language_named, people, person_named, visit_of
from surveys.authoring.told import language_names
from surveys.channels.message import Outgoing
from surveys.dispatch import trying
from surveys.dispatch.question import first_of
from surveys.dispatch.text import Email, render_email, render_sms
from surveys.messages import store as words

MARK = {"fr": "ESSAI", "en": "TRIAL"}
SAID = {
    "fr": "Ceci est un essai : rien n’est enregistré.",
    "en": "This is a trial: nothing is stored.",
}
SENT = {
    "email": french("L’essai est parti à {address}."),
    "sms": french("L’essai est parti par SMS."),
}
NO_MOBILE = french("Écrivez votre numéro de mobile, comme 06 12 34 56 78.")
ACCOUNT = """
SELECT a.email, p.sender_email FROM account a, platform p WHERE a.id = $1 AND p.id = $2
"""


@dataclass(frozen=True, slots=True)
class TrialSending:
    """The page; `no_email` and `no_sms` say why one cannot leave, `typed` is the number that was refused."""

    code: str
    title: str
    people: tuple[tuple[str, str], ...]
    person: str
    languages: tuple[tuple[str, str], ...]
    tongue: str
    email: str
    no_email: str
    no_sms: str
    typed: str
    notice: str
    refusal: str
    errors: tuple[tuple[str, str], ...]


async def trial_sending(request: Request) -> Response:
    return await _page(request, request.query_params)


async def _page(
    request: Request, asked: Mapping[str, str], *, refusal: str = "", error: str = "", status: int = 200
) -> Response:
    draft, house = await ready(request), request.app.state.house
    email, _sender = await _addresses(request)
    done = _(SENT.get(asked.get("fait", ""), ""))
    missing = {
        channel: "" if trying.address_of(house, channel) else _(why)
        for channel, why in trying.NO_CARRIER.items()
    }
    shown = TrialSending(
        code=draft.code,
        title=title_of(draft.questionnaire),
        people=people(),
        person=person_named(asked.get("qui", "")),
        languages=language_names(draft.questionnaire),
        tongue=language_named(draft.questionnaire, asked.get("parle", "")),
        email=email,
        no_email=missing["email"],
        no_sms=missing["sms"],
        typed=asked.get("numero", ""),
        notice=done.format(address=email),
        refusal=refusal,
        errors=(("numero", error),) if error else (),
    )
    return await render(request, shown, status)


async def _addresses(request: Request) -> tuple[str, str]:
    """Read the author's own address, and the one from which the platform writes."""
    actor = signed_in(request)
    async with scoped(actor) as db:
        row = await fetch_one(db, ACCOUNT, actor.account, actor.platform)
    return (row["email"], row["sender_email"]) if row else ("", "")


async def send_trial(request: Request) -> Response:
    """Send by the channel of the button pressed; what is refused comes back in words."""
    typed = await typed_once(request)
    channel = "sms" if typed.get("par") == "sms" else "email"
    try:
        await _send(request, channel, typed)
    except ValueRefused:
        return await _page(request, typed, error=_(NO_MOBILE), status=422)
    except (Conflict, TooMany, Unavailable) as refused:
        return await _page(request, typed, refusal=languages.said(refused), status=refused.status)
    chosen = {name: typed.get(name, "") for name in ("qui", "parle")}
    query = urlencode({"fait": channel, **chosen})
    return RedirectResponse(f"{HREF}/{request.path_params['code']}/brouillon/essai/envoi?{query}", 303)


async def _send(request: Request, channel: str, typed: Mapping[str, str]) -> None:
    draft, house, actor = await ready(request), request.app.state.house, signed_in(request)
    about = await _about(request, typed)
    if channel == "sms":
        fiction = house.settings.sms_url.startswith("memory:")
        number = read_mobile(typed.get("numero", ""), fiction).e164
        message = Outgoing(uuid7(clock.now()), number, "", sms(about))
    else:
        address, sender = await _addresses(request)
        written = email(about)
        message = Outgoing(
            uuid7(clock.now()), address, sender, written.text, subject=written.subject, html=written.html
        )
    await trying.send(house, actor, channel, message, draft.code)


async def _about(request: Request, typed: Mapping[str, str]) -> About:
    draft, actor = await ready(request), signed_in(request)
    known = await words.current(actor)
    base = request.app.state.house.settings.base_url.rstrip("/")
    return About(
        questionnaire=draft.questionnaire,
        visit=visit_of(person_named(typed.get("qui", ""))),
        language=language_named(draft.questionnaire, typed.get("parle", "")),
        card=await card_of(actor.platform),
        templates={key: found.template for key, found in known.items()},
        link=f"{base}{HREF}/{draft.code}/brouillon/essai",
    )


def sms(about: About) -> str:
    """Write the first SMS, which says first that it is a trial."""
    item = first_of(about.questionnaire, about.visit, "sms")
    text = render_sms(about.template("opening"), replace(about.facts(is_sms=True), item=item))
    return f"{MARK[about.message_language]}. {text}"


def email(about: About) -> Email:
    """Write the first e-mail, which says that it is a trial; each of its links leads to the trial."""
    item = first_of(about.questionnaire, about.visit, "email")
    written = render_email(about.template("opening_email"), replace(about.facts(is_sms=False), item=item))
    mark, said = MARK[about.message_language], SAID[about.message_language]
    return Email(
        f"[{mark}] {written.subject}",
        _to_trial(f"{said}\n\n{written.text}", about.link),
        _to_trial(
            written.html.replace("<body>\n", f"<body>\n<p><strong>{escape(said)}</strong></p>\n", 1),
            about.link,
        ),
    )


def _to_trial(text: str, link: str) -> str:
    """Lead to the trial where a true message leads to a refusal or a call, which it has not."""
    return text.replace(f"{link}/stop", link).replace(f"{link}/rappel", link)


ROUTES = (
    page(f"{DRAFT}/essai/envoi", tried(trial_sending), roles=WRITERS),
    page(f"{DRAFT}/essai/envoi", tried(send_trial), roles=WRITERS, methods=("POST",)),
)
