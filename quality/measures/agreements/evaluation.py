"""What is published of an experiment, for whoever writes what it showed: its figures beside its targets."""

from dataclasses import dataclass

from starlette.datastructures import QueryParams

from quality.access.actor import Actor
from quality.measures.models import Convention
from quality.measures.views.choices import POPULATION, choose
from quality.measures.views.dashboard import IndicatorLine, brief, listed
from quality.web.format import capital


@dataclass(frozen=True, slots=True)
class Measured:
    """The newest quarter of a convention, or its newest period: one line an indicator.

    `notes` say which months count where the convention covers a part of it.
    """

    period_words: str
    notes: tuple[str, ...]
    lines: tuple[IndicatorLine, ...]
    has_targets: bool


async def measured(actor: Actor, row: Convention) -> Measured | None:
    """Read what is published of a convention; None before anything is. Inside `scoped(actor)`."""
    choice = await choose(actor, QueryParams({POPULATION: row.code}))
    if choice is None or choice.period is None:
        return None
    page = listed(choice, await brief(actor, choice))
    return Measured(capital(choice.period_words), choice.notes, page.lines, page.has_targets)
