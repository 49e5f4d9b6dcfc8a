"""A bare application that takes the same answers as ours: what bench_survey.py measures us beside.

It does what any answering must: it reads what it knows before each page, parses each form, stores each answer
by one statement and one commit, and leads to the next page. Nothing more: it sends no security header, checks
neither origin nor size, opens unknown links and closed ones, counts no figure, keeps no history and withdraws
no message. What these cost is ours to pay in the other half.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import asyncpg
from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from quality.db import credentials
from quality.web.languages import OtherLanguage
from quality.web.rendering import Shell
from surveys.respond.screens import AnswerQuestion, Choice

TEMPLATES = Path(__file__).parents[1] / "templates"
READ = "SELECT answers FROM bare_answer WHERE id = $1"
UPSERT = """
INSERT INTO bare_answer (id, answers, at) VALUES ($1, $2::jsonb, now())
ON CONFLICT (id) DO UPDATE SET answers = bare_answer.answers || excluded.answers, at = excluded.at
"""


def bare_app(url: str, folder: Path, questions: int) -> Starlette:
    """Return an application with nothing around its handlers."""
    pages = {path.stem: path.read_bytes().split(b"TOKEN") for path in folder.glob("*.html")}
    template, facts = plain_template(), question_facts(questions)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(**credentials(url), min_size=1, max_size=8) as pool:
            app.state.pool = pool
            yield

    def prefix(request: Request) -> str:
        return str(request.scope["path"].split("/")[1])

    async def known(request: Request) -> str:
        token = str(request.path_params["token"])
        async with request.app.state.pool.acquire() as connection:
            await connection.fetchval(READ, f"{prefix(request)} {token}")
        return token

    async def show(request: Request) -> Response:
        token = await known(request)
        return HTMLResponse(token.encode().join(pages[request.path_params.get("number", "1")]))

    async def show_rendered(request: Request) -> Response:
        return HTMLResponse(template.render(**{**facts, "token": await known(request)}))

    async def save(request: Request) -> Response:
        token, number = request.path_params["token"], int(request.path_params["number"])
        form = await request.form()
        async with request.app.state.pool.acquire() as connection:
            await connection.execute(UPSERT, f"{prefix(request)} {token}", json.dumps(dict(form)))
        following = number + 1 if number < questions else "qui"
        return RedirectResponse(f"/{prefix(request)}/{token}/{following}", 303)

    return Starlette(
        routes=[
            Route("/s/{token}", show),
            Route("/s/{token}/{number}", show),
            Route("/s/{token}/{number}", save, methods=["POST"]),
            Route("/jinja/{token}", show_rendered),
            Route("/jinja/{token}/{number}", show_rendered),
            Route("/jinja/{token}/{number}", save, methods=["POST"]),
        ],
        lifespan=lifespan,
    )


def plain_template() -> Any:
    jinja = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"])
    jinja.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return jinja.get_template("surveys/answer_question.html")


def question_facts(questions: int) -> dict[str, object]:
    """Give what the template of a question asks for, ready beforehand."""
    words = ("Très mal", "Plutôt mal", "Moyen", "Plutôt bien", "Très bien")
    shell = Shell(
        lang="fr",
        demo=False,
        now_text="",
        now_iso="",
        today_text="",
        platform_name="Pléiades Services",
        platform_phone="04\u00a067\u00a000\u00a000\u00a000",
        platform_phone_link="tel:+33467000000",
        platform_hours="Du lundi au vendredi, de 10\u00a0h à 12\u00a0h\u00a030 et de 14\u00a0h à 18\u00a0h.",
        actor=None,
        menu=(),
        csrf="",
        path="",
        static=lambda name: f"/static/{name}?v=b64a41888c",
        chosen_language="",
        other_language=OtherLanguage("?langue=en", "English"),
    )
    page = AnswerQuestion(
        token="",
        number=1,
        rank=1,
        total=questions,
        name="globale",
        kind="rating",
        label="Comment s’est passée la visite d’Aide\u00a034, lundi 23\u00a0novembre\u202f?",
        hint="",
        tongue="fr",
        direction="ltr",
        choices=[Choice(str(n), str(n), each) for n, each in enumerate(words, start=1)],
        outside=[Choice("nsp", "", "Je ne sais pas")],
        chosen=(),
        written="",
        parts=(),
        keyboard="numeric",
        is_preset=False,
        provider="Aide 34",
        seat="",
        back=None,
        skip=None,
        can_refuse=True,
    )
    return {"shell": shell, **{each.name: getattr(page, each.name) for each in fields(page)}}
