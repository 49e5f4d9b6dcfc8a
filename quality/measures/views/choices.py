"""What a reader of figures chose by the address: a population and a period, among theirs."""

from dataclasses import dataclass

from starlette.datastructures import QueryParams

from quality.access.actor import Actor
from quality.errors import NotFound
from quality.measures.releases.periods import Length, first_shown, newest
from quality.measures.releases.periods import period as period_of
from quality.measures.views.reading import Sight, periods_of, sights
from quality.web import languages
from quality.web.format import period_text

POPULATION, PERIOD = "population", "periode"


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen sight and period, and what else may be chosen; no period when nothing is published."""

    sight: Sight
    sights: tuple[Sight, ...]
    period: str | None
    periods: tuple[str, ...]

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
    """Read the choice of an address; None without any population, 404 for one that is not the reader's."""
    found, named = await sights(actor), query.get(POPULATION)
    if not found and not named:
        return None
    sight = _pick(found, named)
    periods = tuple(newest(await periods_of(actor, sight)))
    period = query.get(PERIOD) or first_shown(periods)
    if period and period not in periods:
        raise NotFound
    return Choice(sight, tuple(found), period, periods)


def _pick(found: list[Sight], name: str | None) -> Sight:
    for sight in found:
        if name in (None, "", sight.name):
            return sight
    raise NotFound
