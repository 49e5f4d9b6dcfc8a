"""Pages for everybody: who we are, accessibility, privacy, legal notice."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from quality.web.platform import PlatformCard, card_of
from quality.web.rendering import render
from quality.web.routing import public
from quality.web.session import actor_of


@dataclass(frozen=True, slots=True)
class Welcome:
    """`/`: who asks, why, and what we never ask."""


@dataclass(frozen=True, slots=True)
class Accessibility:
    contact: str


@dataclass(frozen=True, slots=True)
class Privacy:
    contact: str


@dataclass(frozen=True, slots=True)
class LegalNotice:
    contact: str
    legal_notice: str


async def _card(request: Request) -> PlatformCard:
    actor = await actor_of(request)
    return await card_of(actor.platform if actor else None)


async def welcome(request: Request) -> Response:
    await actor_of(request)
    return await render(request, Welcome())


async def accessibility(request: Request) -> Response:
    return await render(request, Accessibility((await _card(request)).data_contact))


async def privacy(request: Request) -> Response:
    return await render(request, Privacy((await _card(request)).data_contact))


async def legal_notice(request: Request) -> Response:
    card = await _card(request)
    return await render(request, LegalNotice(card.data_contact, card.legal_notice))


ROUTES = (
    public("/", welcome),
    public("/accessibilite", accessibility),
    public("/confidentialite", privacy),
    public("/mentions-legales", legal_notice),
)
