"""One simulation computed in a process of its own, which says how far it is and keeps its lease."""

import asyncio
import logging
import os
from datetime import timedelta
from typing import NoReturn
from uuid import UUID

from tortoise import Tortoise

from quality import app as composition
from quality import clock
from quality.access.actor import operator
from quality.app import House
from quality.db import is_passing, pool, tortoise_config
from quality.directory.intake.refusals import FileRefused
from quality.errors import QualityError
from quality.french import french
from quality.settings import Settings
from quality.web.platform import card_of
from surveys.simulation import claiming, running
from surveys.simulation.asking import Asking
from surveys.simulation.claiming import Claim, Order
from surveys.simulation.files import Sent
from surveys.simulation.outcome import outcome_of
from surveys.simulation.running import Progress, Simulated

RENEWED = timedelta(seconds=1)
BROKEN = french(
    "Le calcul s’est arrêté sur une erreur. Réessayez, ou prévenez la personne qui tient l’installation."
)
INTERRUPTED = 75  # the exit code of a process that may well succeed the next time (sysexits.h)
log = logging.getLogger(__name__)


def compute(settings: Settings, claimed: Claim) -> None:
    """Compute a simulation, called in a process that does nothing else."""
    asyncio.run(_compute(settings, claimed))


async def _compute(settings: Settings, claimed: Claim) -> NoReturn:
    """Leave at once: no thread that reads a file is cancelled, and the end of the loop waits for it."""
    house = composition.compose(settings)
    config = tortoise_config(house.database_url, house.components)
    await Tortoise.init(config=config, _enable_global_fallback=True)
    await clock.refresh(pool("work"))
    os._exit(await computed(house, claimed))


async def computed(house: House, claimed: Claim) -> int:
    """Compute a claimed simulation and keep what came of it, or why nothing did; give an exit code."""
    try:
        found = await _watched(house, claimed, Progress())
    except QualityError as error:
        field = "fichier" if isinstance(error, FileRefused) else ""
        await claiming.fail(claimed, error.message, field, **error.values)
    except Exception as error:
        log.exception("simulation %s failed", claimed.id)
        if is_passing(error):
            return INTERRUPTED
        await claiming.fail(claimed, BROKEN)
    else:
        if found is not None:
            await claiming.finish(claimed, outcome_of(found))
    return 0


async def _watched(house: House, claimed: Claim, progress: Progress) -> Simulated | None:
    """Simulate, renewing the lease meanwhile; None once another process has taken it."""
    order = await claiming.order_of(claimed, house.keyring)
    if order is None:
        return None
    work = asyncio.create_task(_simulated(house, order, progress))
    try:
        while not (await asyncio.wait({work}, timeout=RENEWED.total_seconds()))[0]:
            if not await claiming.renew(claimed, progress):
                return None
        return work.result()
    finally:
        work.cancel()  # what has ended already is left as it is


async def _simulated(house: House, order: Order, progress: Progress) -> Simulated:
    """Read the form again as the page did, and simulate what it asks for."""
    actor, zone = operator(order.platform), (await card_of(order.platform)).zone
    asking = Asking(order.written, {}, order.asked_at.astimezone(zone).date(), order.written["version"])
    provider = UUID(order.written["organisme"]) if order.written.get("organisme") else None
    assumed = asking.assumed()
    if order.file is None:
        period = asking.period(provider)
        return await running.over_period(actor, house, period, order.protocols, assumed, progress=progress)
    sent = Sent(order.file.content, order.file.filename, provider, asking.arrival, zone, order.asked_at)
    return await running.over_file(actor, house, sent, order.protocols, assumed, progress=progress)
