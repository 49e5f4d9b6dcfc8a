"""What a reader of figures chose by the address: a population and a period, among theirs."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from quality.access.actor import Actor
from quality.errors import NotFound
from quality.measures.releases.periods import Length, first_shown, newest
from quality.measures.releases.periods import period as period_of
from quality.measures.views.reading import Sight, periods_of, sights
from quality.measures.views.whole_months import part_words
from quality.web import languages
from quality.web.format import period_text
from quality.web.languages import gettext as _

POPULATION, PERIOD = "population", "periode"


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen sight and period, and what else may be chosen; no period when nothing is published.

    `notes` are sentences that say what is not shown as it was asked, and which months are not counted.
    """

    sight: Sight
    sights: tuple[Sight, ...]
    period: str | None
    periods: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def sight_options(self) -> tuple[tuple[str, str], ...]:
        return tuple((each.name, each.label) for each in self.sights)

    @property
    def period_options(self) -> tuple[tuple[str, str], ...]:
        return tuple((code, period_text(code, languages.current())) for code in self.periods)

    @property
    def period_words(self) -> str:
        return period_text(self.period, languages.current()) if self.period else ""

    @property
    def query(self) -> str:
        """The address part that leads another page to the same choice."""
        return f"{POPULATION}={self.sight.name}&{PERIOD}={self.period or ''}"


def months_of(choice: Choice) -> list[str]:
    """Give the months among the periods where something of the chosen sight is published."""
    return [each for each in choice.periods if period_of(each).length is Length.MONTH]


async def choose(actor: Actor, query: QueryParams) -> Choice | None:
    """Read the choice of an address; None without any population, 404 for one that is not the reader's.

    A population may lack a period that another one of the reader has: its own first period is then shown. A
    period where nothing is published for the reader is 404.
    """
    found, named = await sights(actor), query.get(POPULATION)
    if not found and not named:
        return None
    sight, asked = _pick(found, named), query.get(PERIOD) or None
    periods = tuple(newest(await periods_of(actor, sight)))
    is_lacking = asked is not None and asked not in periods
    if is_lacking and not await periods_of(actor, *found, among=[str(asked)]):
        raise NotFound
    shown = first_shown(periods) if is_lacking or asked is None else asked
    notes = (*(_instead(str(asked), shown) if is_lacking else ()), *part_words(sight.convention, shown))
    return Choice(sight, tuple(found), shown, periods, notes)


def _instead(asked: str, shown: str | None) -> tuple[str, ...]:
    """Say that a population lacks the period asked for, and which one is shown."""
    lang = languages.current()
    if shown is None:
        words = _("Rien n’est publié sur ces visites pour la période demandée, {asked}.")
        return (words.format(asked=period_text(asked, lang)),)
    words = _("Rien n’est publié sur ces visites pour la période demandée, {asked} : voici {shown}.")
    return (words.format(asked=period_text(asked, lang), shown=period_text(shown, lang)),)


async def first_with(actor: Actor, found: Sequence[Sight], period: str) -> Sight | None:
    """Give the first of some sights where something of a period is published; inside `scoped(actor)`.

    What is published of any visits is published of all of them: that sight needs no question.
    """
    for sight in found:
        if sight.convention is None or await periods_of(actor, sight, among=[period]):
            return sight
    return None


def _pick(found: list[Sight], name: str | None) -> Sight:
    for sight in found:
        if name in (None, "", sight.name):
            return sight
    raise NotFound
