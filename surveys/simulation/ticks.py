"""The jobs of simulations: what was asked on a page is computed beside the worker, then kept for a month."""

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from quality import aside, clock
from quality.component import Job
from quality.french import french
from surveys.simulation import claiming
from surveys.simulation.claiming import Claim
from surveys.simulation.computing import compute

if TYPE_CHECKING:
    from quality.app import House

LONGEST_SECONDS = 3600.0
KEPT = timedelta(days=30)
TOO_LONG = french("Le calcul durait plus d’une heure. Simulez moins de visites, puis réessayez.")
log = logging.getLogger(__name__)


async def simulate(house: "House") -> None:
    """Compute what waits, one simulation after the other, each in a process of its own."""
    while True:
        await claiming.give_up()
        claimed = await _claimed()
        if claimed is None:
            return
        await _computed_aside(house, claimed)


async def _claimed() -> Claim | None:
    """Claim; what a stop interrupts may be claimed already, and is given back."""
    claim = asyncio.ensure_future(claiming.claim())
    try:
        return await asyncio.shield(claim)
    except asyncio.CancelledError:
        if (claimed := await claim) is not None:
            await claiming.give_back(claimed)
        raise


async def _computed_aside(house: "House", claimed: Claim) -> None:
    try:
        code = await aside.run(compute, house.settings, claimed, seconds=LONGEST_SECONDS)
    except TimeoutError:
        await claiming.fail(claimed, TOO_LONG)
    except asyncio.CancelledError:
        await claiming.give_back(claimed)
        raise
    else:
        if code:
            log.error("the process of simulation %s ended with %s", claimed.id, code)
            await claiming.drop(claimed)


async def forget(house: "House") -> None:  # noqa: ARG001 - a job's signature
    """Forget what was asked a month ago."""
    await claiming.forget(clock.now() - KEPT)


JOBS = (
    Job("simulate-protocols", simulate, timedelta(seconds=2), is_singleton=False, is_cut_short=True),
    Job("forget-simulations", forget, timedelta(hours=1)),
)
