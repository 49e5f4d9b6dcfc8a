"""/appels/{case}/etat, /pouls, /brouillon: is the call still this page's, and what is typed."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from quality.access.actor import STAFF
from quality.web.languages import gettext as _
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.desk.queueing import holding
from surveys.desk.queueing.holding import Hold
from surveys.desk.screen import keeping
from surveys.desk.screen.showing import CASE, case_of, form_of, keyring_of

NO_STORE = {"Cache-Control": "no-store"}


async def state(request: Request) -> Response:
    """Say whether the call is still in this hand; nothing is written."""
    return _told(await holding.state_of(signed_in(request), case_of(request)))


async def heartbeat(request: Request) -> Response:
    """Keep the call in hand while its page is open, and where the agent is on it."""
    actor, case, form = signed_in(request), case_of(request), await form_of(request)
    hold = await holding.heartbeat(actor, case)
    if hold.is_mine:
        await keeping.keep_place(actor, case, form.get("lieu", "").removeprefix("?"))
    return _told(hold)


async def keep_draft(request: Request) -> Response:
    """Keep what is being typed."""
    form = await form_of(request)
    actor, case = signed_in(request), case_of(request)
    name = form.get("brouillon", "")
    is_kept = await keeping.keep_draft(actor, keyring_of(request), case, name, form)
    return Response(status_code=204 if is_kept else 409, headers=NO_STORE)


def _told(hold: Hold) -> Response:
    words = "" if hold.is_mine else why_words().get(hold.why, why_words()["closed"])
    return JSONResponse({"is_mine": hold.is_mine, "words": words}, headers=NO_STORE)


def why_words() -> dict[str, str]:
    """Say why a call left the hand of its agent, and what to do."""
    return {
        "answered": _("La personne vient de répondre par un autre moyen. Ne l’appelez pas, ou prenez congé."),
        "refused": _("La personne vient de refuser d’être sollicitée. Prenez congé, sans poser de question."),
        "deceased": _("Un décès vient d’être signalé. Ne l’appelez pas."),
        "taken": _("Un collègue a repris cet appel. Ne l’appelez pas."),
        "closed": _("Cet appel vient d’être retiré de la file. Ne l’appelez pas."),
    }


ROUTES = (
    page(f"{CASE}/etat", state, roles=STAFF, name="call-state"),
    page(f"{CASE}/pouls", heartbeat, roles=STAFF, methods=("POST",), name="call-heartbeat"),
    page(f"{CASE}/brouillon", keep_draft, roles=STAFF, methods=("POST",), name="call-draft"),
)
