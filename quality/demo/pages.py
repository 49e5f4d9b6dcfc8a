"""The first page of the demonstration: a door for each person of the story, and the virtual clock."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from quality.access.actor import GATE
from quality.access.addresses import HOME, local_path
from quality.access.scope import scoped
from quality.db import fetch_value
from quality.demo import cast, clockwork, people
from quality.demo.scene import Bubble, Scene
from quality.errors import NotFound
from quality.web import languages
from quality.web.format import day_text, time_text
from quality.web.platform import PARIS
from quality.web.rendering import render
from quality.web.routing import public
from quality.web.session import actor_of, open_session

FIRST_PAGE = "/"


@dataclass(frozen=True, slots=True)
class TalkLine:
    """A message received, and when in words."""

    text: str
    at_iso: str
    at_text: str


@dataclass(frozen=True, slots=True)
class DemoHome:
    """`/`: one door a role; a client's door is the link of a real request, missing when none is open."""

    martin: str
    daughter: str
    providers: int
    talk: tuple[TalkLine, ...]
    password: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoStartAgain:
    """`/demo/reinitialiser`: says what is forgotten, and a button. No field."""


DOORS = frozenset({"plateforme", "appels", "organisme", "herault", "cnav", "observateur"})


async def home(request: Request) -> Response:
    actor = await actor_of(request)
    scene = await _scene(request)
    lang = languages.chosen(request, actor.language if actor else None)
    page = DemoHome(
        martin=scene.links.get(people.MARTIN, ""),
        daughter=scene.links.get(people.DAUGHTER, ""),
        providers=len(cast.AGREEMENTS[0].providers),
        talk=tuple(_line(bubble, lang) for bubble in scene.talk),
        password=cast.PASSWORD,
        others=tuple(player.email for player in cast.PLAYERS if player.door not in DOORS),
    )
    return await render(request, page)


async def _scene(request: Request) -> Scene:
    shown = [part.demo_home for part in request.app.state.house.components if part.demo_home is not None]
    scenes: list[Scene] = [await show(request.app.state.house) for show in shown]
    links = {reference: href for scene in scenes for reference, href in scene.links.items()}
    return Scene(links, tuple(bubble for scene in scenes for bubble in scene.talk))


def _line(bubble: Bubble, lang: str) -> TalkLine:
    at = bubble.at.astimezone(PARIS)
    words = f"{day_text(at.date(), lang)}, {time_text(at, lang)}"
    return TalkLine(bubble.text, at.strftime("%Y-%m-%dT%H:%M"), words)


async def enter(request: Request) -> Response:
    """Open the door of an account without its password; this route exists in the demonstration only."""
    form = await request.form()
    player = cast.BY_DOOR.get(str(form.get("porte", "")))
    if player is None:
        raise NotFound
    async with scoped(GATE) as db:
        membership = await fetch_value(
            db,
            "SELECT m.id FROM membership m JOIN account a ON a.id = m.account_id WHERE a.email = $1",
            player.email,
        )
    if membership is None:
        raise NotFound
    response = RedirectResponse(HOME, 303)
    await open_session(request, response, membership)
    return response


async def move_clock(request: Request) -> Response:
    """Move the clock of everybody forward, and go back to the page one was reading."""
    form = await request.form()
    step = str(form.get("avance", ""))
    if step not in clockwork.STEPS:
        raise NotFound
    await clockwork.advance(step)
    return RedirectResponse(local_path(str(form.get("retour", FIRST_PAGE))), 303)


async def ask_again(request: Request) -> Response:
    """Ask before everything that visitors did is forgotten."""
    return await render(request, DemoStartAgain())


async def start_again(request: Request) -> Response:
    """Start the demonstration again; the first page, asked on another connection, comes when it is ready."""
    again: clockwork.StartingAgain = request.app.state.starting_again
    again.ask()
    return RedirectResponse(FIRST_PAGE, 303, {"connection": "close"})


DEMO_ROUTES = (
    public("/", home, name="demo-home"),
    public("/demo/entrer", enter, methods=("POST",), name="demo-enter"),
    public("/demo/horloge", move_clock, methods=("POST",), name="demo-clock"),
    public("/demo/reinitialiser", ask_again, name="demo-start-again"),
    public("/demo/reinitialiser", start_again, methods=("POST",), name="demo-started-again"),
)
