"""The first page of an observer: what is published of the whole country, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from tortoise.queryset import QuerySet

from quality.access import audit
from quality.access.actor import Actor, Role
from quality.access.home import GATHERED, Heading
from quality.access.scope import scoped, visible
from quality.component import HomePanel
from quality.measures.catalogue import CATALOGUE, followable
from quality.measures.disclosure.lattice import Scope
from quality.measures.models import ReleaseCell
from quality.measures.releases.figures import Figure, Published
from quality.measures.releases.periods import first_shown
from quality.measures.views.dashboard import is_newest, release_words
from quality.measures.views.reading import RESPONSE_RATE, dressed
from quality.measures.views.summary import asked_sentence
from quality.measures.views.wording import Reading, label_of, reading
from quality.web import languages
from quality.web.format import capital, period_text, spelled_feminine
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

OBSERVER = frozenset({Role.observer})


@dataclass(frozen=True, slots=True)
class NationalPanel:
    """The newest published quarter of the whole country; without a period, nothing is published yet."""

    heading: Heading
    period: str
    release_words: str
    sentences: tuple[str, ...]
    rows: tuple[tuple[str, Reading], ...]


def _heading(actor: Actor, chosen: str) -> Heading:
    """Name the quarter that is published."""
    sentence = f"{_('Bonjour %(name)s.') % {'name': actor.name}} {_(GATHERED[Role.observer])}"
    if not chosen:
        return Heading(_("Rien n’est encore publié"), sentence)
    when = period_text(chosen, languages.current())
    return Heading(_("Ce qui est publié : {period}").format(period=when), sentence)


def _cells(actor: Actor) -> QuerySet[ReleaseCell]:
    return visible(actor, ReleaseCell).filter(
        convention_id__isnull=True, scope_type__in=[Scope.FRANCE, Scope.REGION], activity=""
    )


async def _newest(cells: QuerySet[ReleaseCell]) -> str:
    return first_shown([str(each) for each in await cells.distinct().values_list("period", flat=True)]) or ""


async def panel(actor: Actor) -> NationalPanel:
    """Read the newest quarter; what an observer reads is written in the audit trail."""
    async with scoped(actor) as db:
        cells = _cells(actor)
        chosen = await _newest(cells)
        found = [
            each for each in await dressed(actor, await cells.filter(period=chosen)) if is_newest(each.figure)
        ]
        await audit.record(db, actor, "figures.read", "/accueil")
    heading = _heading(actor, chosen)
    return _panel(heading, chosen, found) if chosen else NationalPanel(heading, "", "", (), ())


def _panel(heading: Heading, chosen: str, found: Sequence[Published]) -> NationalPanel:
    whole = {
        each.figure.key.indicator: each.figure for each in found if each.figure.key.scope is Scope.FRANCE
    }
    return NationalPanel(
        heading=heading,
        period=period_text(chosen, languages.current()),
        release_words=release_words(found),
        sentences=(asked_sentence(chosen, whole.get(RESPONSE_RATE)), _coverage(found)),
        rows=tuple(
            (label_of(CATALOGUE[code]), reading(whole[code])) for code in followable() if code in whole
        ),
    )


def _coverage(found: Sequence[Published]) -> str:
    """Say how many régions have a figure, and how many of these are shown."""
    regions = [each.figure for each in found if each.figure.key.scope is Scope.REGION]
    measured = {figure.key.code for figure in regions}
    shown = {figure.key.code for figure in filter(_is_shown, regions)}
    words = ngettext(
        "{num} région a des clients interrogés, {shown} a un résultat publié.",
        "{num} régions ont des clients interrogés, {shown} avec un résultat publié.",
        len(measured),
    ).format(num=_regions(len(measured)), shown=_regions(len(shown)))
    return f"{capital(words)} " + _("Aucun organisme n’est nommé.")


def _regions(number: int) -> str:
    return spelled_feminine(number, languages.current()) if number else _("aucune")


def _is_shown(figure: Figure) -> bool:
    return not figure.status.is_hidden


PANELS = (HomePanel(OBSERVER, panel, rank=10, heads=True),)
