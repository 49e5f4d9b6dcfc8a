"""/reclamations/bilan/mois: the very text of « Votre résumé du mois », and when the next one leaves."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor, Role
from quality.complaints.learning.monthly import (
    Addressee,
    addressee,
    last_month,
    letter,
    month_of,
    next_month,
    sent_at,
)
from quality.complaints.learning.pages import HREF as LEARNING
from quality.complaints.learning.pages import READERS
from quality.db import fetch_one, pool
from quality.directory.geography import zone_of
from quality.errors import NotFound
from quality.web import languages
from quality.web.format import day_text, time_text
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in

HREF = f"{LEARNING}/mois"
ONE = """
SELECT o.id, o.platform_id, o.name, o.departement, o.email, p.name AS platform
FROM organisation o JOIN platform p ON p.id = o.platform_id
WHERE o.platform_id = $1 AND o.kind = 'provider' AND ($2::uuid IS NULL OR o.id = $2)
  AND ($3::text = '' OR o.code = $3)
ORDER BY o.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class MonthlySummary:
    """The page: the mail as it would leave now, to whom, and the day of the next one."""

    subject: str
    lines: tuple[str, ...]
    to: str
    following: str
    provider: str
    is_own: bool


async def monthly_summary(request: Request) -> Response:
    actor = signed_in(request)
    to = await _whose(actor, request.query_params.get("organisme", ""))
    month = last_month(clock.now(), to.departement)
    base = request.app.state.house.settings.base_url.rstrip("/")
    subject, text = letter(await month_of(pool("work"), to, month), to, base)
    shown = MonthlySummary(
        subject=subject,
        lines=tuple(text.split("\n\n")),
        to=to.email,
        following=_following(to),
        provider=to.name,
        is_own=actor.role == Role.provider,
    )
    return await render(request, shown)


async def _whose(actor: Actor, code: str) -> Addressee:
    """Find the provider: its own for one, the one that the staff names; the reader's language is spoken."""
    is_own = actor.role == Role.provider
    own = actor.organisation if is_own else None
    row = await fetch_one(pool("work"), ONE, actor.platform, own, "" if is_own else code)
    if row is None:
        raise NotFound
    return addressee({**row, "language": languages.current()})


def _following(to: Addressee) -> str:
    """Say when the next summary leaves: this month's, or the last one's if it has not left yet."""
    now = clock.now()
    last = last_month(now, to.departement)
    leaves = sent_at(last, to.departement)
    if leaves <= now:
        leaves = sent_at(next_month(last), to.departement)
    return _moment(leaves.astimezone(zone_of(to.departement)))


def _moment(at: datetime) -> str:
    lang = languages.current()
    return _("{day} à {hour}").format(day=day_text(at.date(), lang, year=True), hour=time_text(at, lang))


ROUTES = (page(HREF, monthly_summary, roles=READERS, name="monthly-summary"),)
