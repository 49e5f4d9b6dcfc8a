"""/suivi/{token}/avis: a client says how their complaint was handled, once they said that it is settled."""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from quality import clock
from quality.complaints.followed.reading import Followed
from quality.complaints.followed.visiting import PREFIX, Visitor, posting, reading
from quality.component import FollowedOffer
from quality.db import pool, transaction
from quality.french import french
from quality.web.rendering import NO_STORE
from quality.web.routing import public
from surveys.dispatch.links import token_of
from surveys.news.judging import Judgement, begin, judgement_of
from surveys.questionnaire.definition import Channel
from surveys.response import questionnaire_of

PATH = "avis"
HREF = f"{PREFIX}{{token}}/{PATH}"


@dataclass(frozen=True, slots=True)
class FollowedOpinion:
    """Before the questions: how many there are, and what was just done."""

    token: str
    questions: int
    is_settled: bool


async def show(visitor: Visitor) -> Response:
    """Offer the questions; those begun already go on."""
    judgement = await _judgement(visitor.followed)
    just = visitor.request.query_params.get("fait", "")
    if judgement is None:
        return visitor.go(done=just)
    if judgement.invitation is not None:
        return _questions(visitor, judgement)
    questionnaire = await questionnaire_of(pool("answer"), judgement.questionnaire)
    asked = questionnaire.asked_on(Channel.WEB)
    return visitor.show(FollowedOpinion(visitor.token, len(asked), is_settled=just == "regle"))


async def answer(visitor: Visitor, form: FormData) -> Response:  # noqa: ARG001 - a form's signature
    """Begin: the request is written, and its questions follow."""
    judgement = await _judgement(visitor.followed)
    if judgement is None:
        return visitor.go()
    async with transaction("work") as db:
        begun = await begin(db, visitor.keyring, visitor.followed.id, judgement.questionnaire, clock.now())
    return _questions(visitor, Judgement(judgement.questionnaire, begun)) if begun else visitor.go()


def _questions(visitor: Visitor, judgement: Judgement) -> Response:
    if judgement.invitation is None:
        raise LookupError(visitor.token)
    query = f"?langue={visitor.chosen}" if visitor.chosen else ""
    address = f"/s/{token_of(visitor.keyring, judgement.invitation)}{query}"
    return RedirectResponse(address, 303, headers={**NO_STORE, "X-Robots-Tag": "noindex"})


async def _judgement(followed: Followed) -> Judgement | None:
    return await judgement_of(pool("answer"), followed, clock.now())


async def is_open(followed: Followed) -> bool:
    return await _judgement(followed) is not None


OFFERS = (
    FollowedOffer(
        PATH, french("Dire comment ma réclamation a été suivie"), is_open=is_open, follows_verdict=True
    ),
)
ROUTES = (
    public(HREF, reading(show), name="followed-opinion"),
    public(HREF, posting(answer), methods=("POST",), name="followed-judge"),
)
