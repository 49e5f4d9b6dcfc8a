"""Where providers of the demonstration stand with their adhesion, told by the real verbs.

Aide 34 renews one that a certificate gave, Thau Présence holds one, Soleil à Domicile contests that its own
is suspended, and Cap Domicile has a contested point to answer.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from charter.adhesion.causes import IGNORED
from charter.adhesion.consent import show_figures
from charter.adhesion.life import MENDING, Event, months_after
from charter.adhesion.moving import LIVING, Why, appeal, move
from charter.adhesion.recognising import Certificate, recognise
from charter.declaring import EDITION
from charter.definition import Answer
from charter.editions import load
from charter.review.deciding import Judgement, accept, judge
from charter.submitting import submit
from quality.access.actor import Actor, Role, operator
from quality.access.scope import scoped
from quality.db import fetch_one, fetch_value, pool, transaction
from quality.demo.cast import AIDE_34
from quality.demo.providers import PROVIDERS, Provider
from quality.demo.stage import Stage

CAP, THAU, SOLEIL = PROVIDERS[1], PROVIDERS[3], PROVIDERS[8]
# How long before the others began those whose file was decided had begun.
EARLIER: Mapping[Provider, timedelta] = {
    CAP: timedelta(0),
    THAU: timedelta(weeks=28),
    SOLEIL: timedelta(weeks=40),
}
CERTIFICATE = "Certificat de qualité des services à domicile, organisme fictif"
FILE = "SELECT id FROM review_file WHERE provider_id = $1 AND decided_at IS NULL"
UNANSWERED = Why.found(IGNORED, load(EDITION))


@dataclass(frozen=True, slots=True)
class Part:
    """One provider on the stage, and who judges it."""

    stage: Stage
    provider: UUID

    @property
    def own(self) -> Actor:
        return Actor(Role.provider, platform=self.stage.platform, organisation=self.provider)

    @property
    def judge(self) -> Actor:
        return Actor(Role.platform, platform=self.stage.platform)

    def go(self, *, days: float) -> None:
        """Go to some days before the demonstration starts."""
        self.stage.travel_to(self.stage.start - timedelta(days=days))

    async def file(self) -> UUID:
        async with scoped(self.judge) as db:
            found: UUID = await fetch_value(db, FILE, self.provider)
        return found

    async def adhesion(self) -> dict[str, Any] | None:
        return await fetch_one(pool("work"), LIVING, self.provider, EDITION)

    async def move(self, event: Event, why: Why) -> None:
        living = await self.adhesion()
        if living is not None:
            async with transaction("work") as db:
                await move(db, operator(self.stage.platform), living, event, why)

    async def appeal(self, words: str) -> None:
        living = await self.adhesion()
        if living is not None:
            await appeal(self.own, living["id"], words)


async def tell(stage: Stage) -> None:
    """Play the parts of the providers that are there, then come back to the present moment."""
    for provider_id, provider in stage.providers.items():
        if provider in PARTS:
            await PARTS[provider](Part(stage, provider_id))
    stage.travel(stage.moment)


async def _certified(part: Part) -> None:
    part.go(days=560)
    last = months_after(part.stage.start.date(), 5)
    first = months_after(last, -24) + timedelta(days=1)
    await recognise(part.judge, Certificate(part.provider, CERTIFICATE, first, last))
    part.go(days=30)
    await show_figures(part.own, is_shown=True)


async def _accepted(part: Part) -> None:
    part.go(days=196)
    await submit(part.own)
    part.go(days=182)
    await accept(part.judge, await part.file())
    await show_figures(part.own, is_shown=True)


async def _contested(part: Part) -> None:
    part.go(days=9)
    await submit(part.own)
    file = await part.file()
    part.go(days=2)
    contested = Judgement("contester", Answer.PARTLY, "Le tarif du dimanche manque sur l’affiche.")
    base_url = part.stage.house.settings.base_url
    await judge(part.judge, file, "1.1", Judgement("accepter"), base_url)
    await judge(part.judge, file, "2.1", contested, base_url)


async def _appealed(part: Part) -> None:
    part.go(days=290)
    await submit(part.own)
    part.go(days=270)
    await accept(part.judge, await part.file())
    part.go(days=9 + MENDING.days)
    await part.move(Event.warn, UNANSWERED)
    part.go(days=9)
    await part.move(Event.suspend, UNANSWERED)
    part.go(days=4)
    await part.appeal("Nous avons répondu par courrier, sans le noter ici.")


PARTS: Mapping[Provider, Callable[[Part], Awaitable[None]]] = {
    AIDE_34: _certified,
    CAP: _contested,
    THAU: _accepted,
    SOLEIL: _appealed,
}
