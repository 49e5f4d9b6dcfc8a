"""/registre: the public register, the page that verifies an adhesion, and its badge."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from charter.adhesion.life import HOLDING, State
from charter.adhesion.words import state_tag
from charter.register.badge import Held, Issuer, badge, issuer_key, profile, public_key, states, thumbprint
from charter.register.printing import pdf
from charter.register.reading import HREF, RegisterEntry, edition_title, entry, found, register, withheld
from quality import clock
from quality.errors import NotFound
from quality.web import languages
from quality.web.format import day_text
from quality.web.platform import card_of
from quality.web.rendering import render
from quality.web.routing import public
from quality.web.session import actor_of
from quality.web.square import square

JWT, JSON = "application/vc+jwt", "application/json"
LONGEST = 5


async def show_register(request: Request) -> Response:
    await actor_of(request)
    query = request.query_params
    shown = await register(
        query.get("departement", ""), query.get("activite", "")[:LONGEST], _rank(query.get("page", ""))
    )
    return await render(request, shown)


def _rank(written: str) -> int:
    return int(written) - 1 if written.isascii() and written.isdigit() and 0 < int(written) < 10_000 else 0


async def show_entry(request: Request) -> Response:
    await actor_of(request)
    return await render(request, await _entry(request))


async def _entry(request: Request) -> RegisterEntry:
    adhesion: UUID = request.path_params["id"]
    address = f"{_base(request)}{HREF}/{adhesion}"
    return await entry(adhesion, address, Markup(square(address)))  # noqa: S704 - our own drawing


async def entry_file(request: Request) -> Response:
    """Give the certificate or the signed badge of an adhesion that holds, or the picture for its site."""
    row = await found(request.path_params["id"])
    name = request.path_params["file"]
    if name == "badge.svg":
        return Response(picture(state_tag(row["state"])[1], row["name"]), media_type="image/svg+xml")
    if State(row["state"]) not in HOLDING or name not in HELD_FILES:
        raise NotFound
    return await HELD_FILES[name](request, row)


async def _certificate(request: Request, row: Mapping[str, Any]) -> Response:
    await actor_of(request)
    shown, card = await _entry(request), await card_of(row["platform_id"])
    day = day_text(clock.now().astimezone(card.zone).date(), languages.current(), year=True)
    content = await asyncio.to_thread(pdf, shown, card.name, day)
    headers = {"Content-Disposition": 'inline; filename="certificat.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


async def _badge(request: Request, row: Mapping[str, Any]) -> Response:
    title = await edition_title(row)
    of = Held(str(row["id"]), row["rank"], row["name"], title, row["starts_on"], row["ends_on"])
    return Response(badge(of, await _issuer(request, row["platform_id"])), media_type=JWT)


HELD_FILES = {"badge.jwt": _badge, "certificat.pdf": _certificate}


async def register_file(request: Request) -> Response:
    """Give who signs the badges, or the list of those that do not hold now."""
    issuer = await _issuer(request, None)
    if request.path_params["file"] == "emetteur.json":
        return Response(msgspec.json.encode(profile(issuer)), media_type=JSON)
    if request.path_params["file"] == "etats.jwt":
        return Response(states(*await withheld(), issuer, clock.now()), media_type=JWT)
    raise NotFound


async def register_key(request: Request) -> Response:
    """Give the public key that signs, at the address that every badge names; no other is known."""
    issuer = await _issuer(request, None)
    if request.path_params["thumbprint"] != thumbprint(issuer.key):
        raise NotFound
    return Response(msgspec.json.encode(public_key(issuer)), media_type="application/jwk+json")


def picture(state: str, name: str) -> str:
    """Draw what a site may show of an adhesion: words in a frame, without script nor link."""
    words = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="64" role="img" aria-label="{}">'
        '<rect x="1" y="1" width="318" height="62" rx="8" fill="#ffffff" stroke="#0b4f8a"/>'
        '<text x="16" y="28" font-family="sans-serif" font-size="15" fill="#161c2d">{}</text>'
        '<text x="16" y="48" font-family="sans-serif" font-size="13" fill="#4a5368">{}</text></svg>'
    )
    return str(words.format(f"{state}, {name}", state, name[:40]))


def _base(request: Request) -> str:
    return str(request.app.state.house.settings.base_url).rstrip("/")


async def _issuer(request: Request, platform: UUID | None) -> Issuer:
    house = request.app.state.house
    name = (await card_of(platform)).name
    return Issuer(issuer_key(house.keyring.subkey("badge issuer")), _base(request), name)


ROUTES = (
    public(HREF, show_register, name="register"),
    public(HREF + "/{id:uuid}", show_entry, name="register-entry"),
    public(HREF + "/{id:uuid}/{file}", entry_file, name="register-entry-file"),
    public(HREF + "/cles/{thumbprint}.json", register_key, name="register-key"),
    public(HREF + "/{file}", register_file, name="register-file"),
)
