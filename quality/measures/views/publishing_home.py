"""Releases on the platform's home page: the periods that may be published, and the last one that was."""

from dataclasses import dataclass

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.scope import scoped, visible
from quality.component import HomePanel
from quality.measures.models import Release
from quality.measures.releases.periods import next_releasable
from quality.measures.releases.releasing import CALENDAR, waiting
from quality.web import languages
from quality.web.format import capital, day_text, period_text, spelled_feminine
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

PLATFORM = frozenset({Role.platform})


@dataclass(frozen=True, slots=True)
class ReleasesPanel:
    """What may be published now, in words, and when the last release was made."""

    title: str
    periods: tuple[str, ...]
    last: str
    following: str


async def panel(actor: Actor) -> ReleasesPanel | None:
    if actor.platform is None:
        return None
    lang, today = languages.current(), clock.now().astimezone(CALENDAR).date()
    ready = await waiting(actor.platform, today)
    async with scoped(actor):
        last = await visible(actor, Release).order_by("-created_at", "-id").first()
    coming = next_releasable(today)
    return ReleasesPanel(
        title=_title(len(ready), lang),
        periods=tuple(period_text(code, lang) for code in ready),
        last=_("Dernière publication : {period}, le {day}.").format(
            period=period_text(last.period, lang),
            day=day_text(last.created_at.astimezone(CALENDAR).date(), lang, year=True),
        )
        if last
        else _("Rien n’a encore été publié."),
        following=_("La prochaine période, {period}, pourra être publiée le {day}.").format(
            period=period_text(coming.code, lang), day=day_text(coming.releasable_on, lang, year=True)
        ),
    )


def _title(ready: int, lang: str) -> str:
    if not ready:
        return _("Aucune période à publier")
    words = ngettext("{num} période à publier", "{num} périodes à publier", ready)
    return capital(words.format(num=spelled_feminine(ready, lang)))


PANELS = (HomePanel(PLATFORM, panel, rank=50, span=6),)
