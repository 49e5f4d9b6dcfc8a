"""One simulation computed in a process of its own, which says how far it is and keeps its lease."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from tortoise import Tortoise

from quality import app as composition
from quality import clock
from quality.access.actor import operator
from quality.app import House
from quality.db import pool, tortoise_config
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
BROKEN = french("Le calcul s’est arrêté sur une erreur, notée dans le journal de l’installation.")
log = logging.getLogger(__name__)


def compute(settings: Settings, claimed: Claim) -> None:
    """Compute a simulation, called in a process that does nothing else."""
    asyncio.run(_compute(settings, claimed))


async def _compute(settings: Settings, claimed: Claim) -> None:
    house = composition.compose(settings)
    config = tortoise_config(house.database_url, house.components)
    await Tortoise.init(config=config, _enable_global_fallback=True)
    try:
        await clock.refresh(pool("work"))
        await computed(house, claimed)
    finally:
        await Tortoise.close_connections()


async def computed(house: House, claimed: Claim) -> None:
    """Compute a claimed simulation and keep what came of it, or why nothing did."""
    try:
        found = await _watched(house, claimed, Progress())
    except QualityError as error:
        await claiming.fail(claimed, error.message, **error.values)
    except Exception:
        log.exception("simulation %s failed", claimed.id)
        await claiming.fail(claimed, BROKEN)
    else:
        if found is not None:
            await claiming.finish(claimed, outcome_of(found))


async def _watched(house: House, claimed: Claim, progress: Progress) -> Simulated | None:
    """Simulate, renewing the lease meanwhile; None once another process has taken it."""
    order = await claiming.order_of(claimed, house.keyring)
    if order is None:
        return None
    work = asyncio.create_task(_simulated(house, order, progress))
    while not (await asyncio.wait({work}, timeout=RENEWED.total_seconds()))[0]:
        if not await claiming.renew(claimed, progress):
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
            return None
    return work.result()


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
