"""/avis/merci: the good marks of a month, told to the team: of five clients or more, no verbatim, no day.

The text is the provider's own from there: it may change it, print it on A4 or have it sent to itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access import audit
from quality.access.actor import Actor, Role
from quality.db import fetch_value, transaction
from quality.errors import FieldError, NotFound
from quality.mail import outbox
from quality.web import languages
from quality.web.format import count, period_text
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.reviews.grouping import Distribution, distribution
from surveys.reviews.reading import MONTHS, marks_by_month, month_start

HREF = "/avis/merci"
PROVIDER = frozenset({Role.provider})
GOOD = (5, 4)
LONGEST = 1_500
OWN_ADDRESS = "SELECT email FROM account WHERE id = $1"


@dataclass(frozen=True, slots=True)
class TeamThanks:
    """The page; without months there is nothing to thank for yet. `sent_to` is where the mail just went."""

    months: tuple[tuple[str, str], ...]
    chosen: str
    title: str
    text: str
    provider: str
    sent_to: str
    errors: tuple[tuple[str, str], ...]


async def team_thanks(request: Request) -> Response:
    found = await _good_months(signed_in(request))
    chosen = _chosen(found, request.query_params.get("mois", ""))
    return await render(request, _page(signed_in(request), found, chosen))


async def keep_thanks(request: Request) -> Response:
    """Show the text again as it was changed, ready to print, or send it to whoever asks."""
    actor, form = signed_in(request), await request.form()
    found = await _good_months(actor)
    chosen = _chosen(found, str(form.get("mois", "")))
    text = str(form.get("texte", "")).replace("\r\n", "\n").strip()
    errors = _errors(text)
    sent_to = ""
    if not errors and form.get("action") == "envoyer":
        sent_to = await _send(actor, chosen, text)
    shown = _page(actor, found, chosen, text=text, sent_to=sent_to, errors=errors)
    return await render(request, shown, 422 if errors else 200)


async def _good_months(actor: Actor) -> Mapping[str, Distribution]:
    """Give the months with five marks or more and a good one among them, the newest first."""
    now = clock.now()
    marks = await marks_by_month(actor, now)
    codes = (f"{month_start(now, back):%Y-%m}" for back in range(MONTHS))
    known = {code: distribution(marks.get(code, [])) for code in codes}
    return {code: of for code, of in known.items() if of.is_shown and good(of)}


def good(of: Distribution) -> int:
    """Count the clients for whom the visit went well or very well.

    >>> good(distribution([5, 4, 4, 2, 1]))
    3
    """
    return sum(number for mark, number in of.counts if mark in GOOD)


def _chosen(found: Mapping[str, Distribution], code: str) -> str:
    if code and code not in found:
        raise NotFound
    return code or next(iter(found), "")


def _errors(text: str) -> tuple[FieldError, ...]:
    if 1 <= len(text) <= LONGEST:
        return ()
    return (FieldError("texte", _("Écrivez le message, en 1 500 caractères au plus.")),)


def _page(
    actor: Actor,
    found: Mapping[str, Distribution],
    chosen: str,
    *,
    text: str | None = None,
    sent_to: str = "",
    errors: tuple[FieldError, ...] = (),
) -> TeamThanks:
    lang = languages.current()
    return TeamThanks(
        months=tuple((code, period_text(code, lang)) for code in found),
        chosen=chosen,
        title=_("Merci à toute l’équipe"),
        text=_proposed(chosen, found[chosen]) if text is None and chosen else text or "",
        provider=actor.organisation_name,
        sent_to=sent_to,
        errors=tuple((each.field, each.message) for each in errors),
    )


def _proposed(code: str, of: Distribution) -> str:
    """Propose a text: what the clients said in all, never one of them."""
    lang = languages.current()
    said = _(
        "En {month}, {good} clients sur {clients} ont dit que leur visite s’est bien ou très bien passée."
    ).format(month=period_text(code, lang), good=count(good(of), lang), clients=count(of.clients, lang))
    thanks = _("Ces visites, c’est vous. Merci pour votre attention, votre ponctualité et votre patience.")
    return f"{said}\n\n{thanks}"


async def _send(actor: Actor, code: str, text: str) -> str:
    """Send the text to the account's own address, with its line of the audit trail."""
    async with transaction("work") as db:
        address = str(await fetch_value(db, OWN_ADDRESS, actor.account))
        subject = _("Merci à toute l’équipe, {month}").format(month=period_text(code, languages.current()))
        await outbox.write(db, actor.platform, address, subject, text)
        await audit.record(db, actor, "thanks.send", code)
    return address


ROUTES = (
    page(HREF, team_thanks, roles=PROVIDER, name="team-thanks"),
    page(HREF, keep_thanks, roles=PROVIDER, methods=("POST",), name="team-thanks-keep"),
)
