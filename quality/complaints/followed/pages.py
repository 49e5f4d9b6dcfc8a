"""/suivi/{token}: a complaint followed by its client; GET and HEAD change nothing."""

from dataclasses import replace

from starlette.datastructures import FormData
from starlette.responses import Response

from quality import clock
from quality.complaints.followed import choosing, messaging
from quality.complaints.followed.reading import Followed
from quality.complaints.followed.screens import (
    Errors,
    FollowedComplaint,
    FollowedConsent,
    FollowedMessage,
    FollowedName,
    FollowedVerdict,
)
from quality.complaints.followed.telling import consent_lines, shortened
from quality.complaints.followed.visiting import Visitor, posting, reading
from quality.complaints.links import reference_of
from quality.complaints.opening import Wish
from quality.complaints.resolving import closing
from quality.component import FollowedOffer
from quality.db import transaction
from quality.web.format import phone_text
from quality.web.languages import gettext as _
from quality.web.routing import public

LONGEST = 1_000
NAMES = {"avec": Wish.NAMED, "sans": Wish.ANONYMOUS}
CONSENTS = {"oui": True, "non": False}


def _saved(done: str, provider: str) -> str:
    """Say what was just done, by the word that the address carries."""
    told = _(
        "Votre choix est noté. %(provider)s a déjà pu lire votre nom : nous ne pouvons pas le reprendre."
    )
    return {
        "regle": _("Merci. Votre demande est terminée."),
        "pas-regle": _("Nous reprenons votre demande."),
        "message": _("Votre message est enregistré."),
        "photo": _("Votre fichier est envoyé."),
        "nom": _("Votre choix est enregistré."),
        "nom-dit": told % {"provider": provider},
        "financeur": _("Votre choix est enregistré."),
        "rappel": _("Votre demande d’appel est enregistrée."),
    }.get(done, "")


async def follow(visitor: Visitor) -> Response:
    followed, story = visitor.followed, visitor.story
    now = clock.now()
    is_alive = followed.state != "closed" and not followed.is_serious
    page = FollowedComplaint(
        token=visitor.token,
        title=story.title(),
        lede=story.lede(),
        saved=_saved(visitor.request.query_params.get("fait", ""), followed.provider),
        steps=story.steps(),
        cause=_cause(followed),
        pledges=story.pledges(),
        said=story.said(),
        lines=story.lines(),
        can_settle=followed.state == "remedied" and not followed.is_serious,
        can_reopen=followed.awaits_verdict(now) and not followed.is_serious,
        name=followed.disclosure if is_alive else "",
        funders=consent_lines(followed.funders) if is_alive and followed.funders else "",
        consent=_consent(followed),
        can_write=not followed.is_withdrawn,
        reference=reference_of(visitor.keyring, followed.id),
        is_serious=followed.is_serious,
        offers=tuple([(offer.path, _(offer.label)) for offer in await _offers(visitor, followed)]),
    )
    return visitor.show(page)


async def _offers(visitor: Visitor, followed: Followed) -> list[FollowedOffer]:
    """Give what the components offer to do about a complaint, as long as it goes on or when they say so."""
    offers: list[FollowedOffer] = visitor.request.app.state.house.followed_offers
    return [
        offer
        for offer in offers
        if (followed.state != "closed" if offer.is_open is None else await offer.is_open(followed))
    ]


def _cause(followed: Followed) -> str:
    """Say why it happened, once a solution stands beside it: before, nobody is blamed."""
    is_known = followed.remedied_at is not None and not followed.is_serious and not followed.is_withdrawn
    if not is_known or not followed.cause:
        return ""
    cause = shortened(followed.cause)
    return _("Pourquoi, selon %(provider)s : %(cause)s") % {"provider": followed.provider, "cause": cause}


def _consent(followed: Followed) -> str:
    if followed.is_transmitted:
        return "transmitted"
    return {True: "oui", False: "non", None: ""}[followed.funder_consent]


async def ask_settled(visitor: Visitor) -> Response:
    if visitor.followed.state != "remedied" or visitor.followed.is_serious:
        return visitor.go()
    return visitor.show(_verdict(visitor, is_settled=True))


async def settle(visitor: Visitor, form: FormData) -> Response:  # noqa: ARG001 - a form's signature
    async with transaction("answer") as db:
        await closing.settle_by_client(db, visitor.followed.id, clock.now())
    settled = replace(visitor.followed, state="closed", closed_at=clock.now())
    next_ones = [offer for offer in await _offers(visitor, settled) if offer.follows_verdict]
    return visitor.go(f"/{next_ones[0].path}" if next_ones else "", done="regle")


async def ask_reopened(visitor: Visitor) -> Response:
    if not visitor.followed.awaits_verdict(clock.now()) or visitor.followed.is_serious:
        return visitor.go()
    return visitor.show(_verdict(visitor, is_settled=False))


async def reopen(visitor: Visitor, form: FormData) -> Response:
    text = str(form.get("message", "")).strip()
    if len(text) > LONGEST:
        return visitor.show(_verdict(visitor, is_settled=False, value=text, errors=_too_long()), 422)
    if not visitor.followed.awaits_verdict(clock.now()) or visitor.followed.is_serious:
        return visitor.go()
    async with transaction("answer") as db:
        await closing.reopen_by_client(db, visitor.followed.id, text, clock.now())
    return visitor.go(done="pas-regle")


def _verdict(visitor: Visitor, *, is_settled: bool, value: str = "", errors: Errors = ()) -> FollowedVerdict:
    return FollowedVerdict(
        token=visitor.token,
        is_settled=is_settled,
        provider=visitor.followed.provider,
        value=value,
        errors=errors,
    )


async def ask_message(visitor: Visitor) -> Response:
    return visitor.show(_message(visitor))


async def write(visitor: Visitor, form: FormData) -> Response:
    text = str(form.get("message", "")).strip()
    if not text:
        missing = [("message", _("Écrivez votre message"))]
        return visitor.show(_message(visitor, errors=missing), 422)
    if len(text) > LONGEST:
        return visitor.show(_message(visitor, text, _too_long()), 422)
    if not _was_just_said(visitor.followed, text):
        async with transaction("answer") as db:
            is_kept = await messaging.write(db, visitor.followed.id, text, clock.now())
        if not is_kept:
            return visitor.show(_message(visitor, text, _too_many(visitor.card.phone)), 429)
    return visitor.go(done="message")


def _too_many(phone: str) -> Errors:
    """Say that the day has its five, and how to be heard today: what was written stays in its field."""
    if phone:
        said = _(
            "Vous avez déjà envoyé %(count)s messages aujourd’hui. Appelez-nous au %(phone)s, "
            "ou envoyez ce message demain."
        )
    else:
        said = _("Vous avez déjà envoyé %(count)s messages aujourd’hui. Envoyez ce message demain.")
    return [("message", said % {"count": messaging.MOST_A_DAY, "phone": phone_text(phone)})]


def _was_just_said(followed: Followed, text: str) -> bool:
    """Tell a form sent twice: the same words as those of the last line."""
    return any(line.kind == "message" and line.text == text for line in followed.lines[-1:])


def _message(visitor: Visitor, value: str = "", errors: Errors = ()) -> FollowedMessage:
    return FollowedMessage(
        token=visitor.token,
        provider=visitor.followed.provider,
        is_named=visitor.followed.disclosure == "named" and not visitor.followed.is_serious,
        value=value,
        errors=errors,
    )


def _too_long() -> Errors:
    return [("message", _("Écrivez 1 000 caractères au plus"))]


async def ask_name(visitor: Visitor) -> Response:
    return visitor.show(_name(visitor))


async def choose_name(visitor: Visitor, form: FormData) -> Response:
    wanted = NAMES.get(str(form.get("nom", "")))
    if wanted is None:
        return visitor.show(_name(visitor, [("nom-avec", _("Choisissez avec ou sans votre nom"))]), 422)
    async with transaction("answer") as db:
        is_done = await choosing.change_name(db, visitor.followed.id, wanted, clock.now())
    return visitor.go(done="nom" if is_done else "nom-dit")


def _name(visitor: Visitor, errors: Errors = ()) -> FollowedName:
    followed = visitor.followed
    return FollowedName(
        token=visitor.token,
        provider=followed.provider,
        value={"named": "avec", "anonymous": "sans"}.get(followed.disclosure, ""),
        is_told=followed.disclosure == "named" and followed.is_told,
        errors=errors,
    )


async def ask_consent(visitor: Visitor) -> Response:
    return visitor.show(_consenting(visitor)) if visitor.followed.funders else visitor.go()


async def choose_consent(visitor: Visitor, form: FormData) -> Response:
    if not visitor.followed.funders:
        return visitor.go()
    given = CONSENTS.get(str(form.get("accord", "")))
    if given is None:
        return visitor.show(_consenting(visitor, [("accord-oui", _("Choisissez oui ou non"))]), 422)
    async with transaction("answer") as db:
        await choosing.consent(db, visitor.followed.id, given=given, now=clock.now())
    return visitor.go(done="financeur")


def _consenting(visitor: Visitor, errors: Errors = ()) -> FollowedConsent:
    return FollowedConsent(
        token=visitor.token,
        funders=consent_lines(visitor.followed.funders),
        value=_consent(visitor.followed),
        errors=errors,
    )


HREF = "/suivi/{token}"
ROUTES = (
    public(HREF, reading(follow), name="followed-complaint"),
    public(f"{HREF}/regle", reading(ask_settled), name="followed-settled"),
    public(f"{HREF}/regle", posting(settle), methods=("POST",), name="followed-settle"),
    public(f"{HREF}/pas-regle", reading(ask_reopened), name="followed-not-settled"),
    public(f"{HREF}/pas-regle", posting(reopen), methods=("POST",), name="followed-reopen"),
    public(f"{HREF}/message", reading(ask_message), name="followed-message"),
    public(f"{HREF}/message", posting(write), methods=("POST",), name="followed-write"),
    public(f"{HREF}/nom", reading(ask_name), name="followed-name"),
    public(f"{HREF}/nom", posting(choose_name), methods=("POST",), name="followed-choose-name"),
    public(f"{HREF}/financeur", reading(ask_consent), name="followed-consent"),
    public(f"{HREF}/financeur", posting(choose_consent), methods=("POST",), name="followed-choose-consent"),
)
