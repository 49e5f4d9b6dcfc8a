"""/reclamations/{number}/lettre.pdf: a letter to print for a client, in large print."""

from starlette.requests import Request
from starlette.responses import Response

from quality.complaints.pages.letters import letter
from quality.complaints.waiting import HREF, READERS
from quality.web.routing import page
from quality.web.session import signed_in


async def complaint_letter(request: Request) -> Response:
    """Give a letter, the newest unless one is chosen: it names its client, so nobody keeps a copy."""
    keyring = request.app.state.house.keyring
    code = request.query_params.get("modele", "")
    made = await letter(signed_in(request), keyring, request.path_params["number"], code)
    headers = {
        "Content-Disposition": f'attachment; filename="{made.filename}"',
        "Cache-Control": "no-store",
    }
    return Response(made.content, media_type="application/pdf", headers=headers)


ROUTES = (page(HREF + "/{number:int}/lettre.pdf", complaint_letter, roles=READERS),)
