"""The set scenes of the story: serious events, a complaint shown to a funder, two that become one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from quality import clock
from quality.access.actor import Actor, Role
from quality.complaints.opening import Wish
from quality.complaints.resolving import closing, desk_opening, handling, merging, serious, transmitting
from quality.complaints.resolving.closing import Verdict
from quality.db import fetch_one, fetch_value, pool
from quality.demo.cast import AIDE_34, CCAS, HERAULT
from quality.demo.resolving import staff
from quality.demo.stage import Stage

PROTECTED_AFTER = timedelta(hours=2)
ASKED = (
    "La personne attend une solution depuis plusieurs jours. Pouvez-vous demander à l’organisme quelle "
    "organisation il met en place, puis nous écrire ce qui est décidé\u202f?"
)
ANSWER = (
    "Le service d’aide à domicile a été appelé. Un second intervenant connaît désormais le domicile, et la "
    "personne est prévenue la veille de chaque changement."
)
SERIOUS_WORDS = (
    "Mme dit qu’on lui a parlé très durement, et qu’elle a eu peur. Elle demande que cela ne se sache pas.",
    "Une somme d’argent aurait disparu du tiroir. La personne ne veut accuser personne.",
    "La personne est tombée pendant l’aide à la toilette, et personne n’a appelé.",
)
SERIOUS_STEP = (
    "Appel à la personne et à sa fille. Une autre personne intervient dès ce soir. Numéro 3977 donné."
)
CHANGED = "Trois personnes différentes en une semaine. Elle n’a jamais été prévenue."
CONTESTED = "Le planning a été laissé au domicile. La personne ne l’a pas lu."
SAID_AGAIN = "Elle rappelle pour la même visite : personne ne l’a encore rappelée."


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene, played at the first moment that comes after so many days before the door opens."""

    before: timedelta
    play: Callable[[Stage, int], Awaitable[None]]
    rank: int = 0


@dataclass(slots=True)
class Raised:
    """A complaint that a scene raised, whom it is about, and what its funder was shown."""

    number: int
    provider: UUID
    funder: UUID
    shown: UUID | None = None


async def play(stage: Stage) -> None:
    """Play every scene whose time has come since the last moment."""
    since: datetime | None = stage.kept.get("scenes_until")
    now = stage.moment
    for scene in SCENES:
        at = stage.start - scene.before
        if (since is None or since < at) and at <= now.at:
            await scene.play(stage, scene.rank)
            stage.travel(now)
    stage.kept["scenes_until"] = now.at


async def _serious(stage: Stage, rank: int) -> None:
    """Report a serious event, then protect the person; the supervisor's, whatever the provider."""
    client = await fetch_value(pool("work"), SOMEBODY, stage.platform, CCAS.siret, rank)
    agent, supervisor = await staff(stage, Role.agent), await staff(stage, Role.supervisor)
    keyring = stage.house.keyring
    words = SERIOUS_WORDS[rank % len(SERIOUS_WORDS)]
    opened = await serious.report(agent, keyring, client=client, intervention=None, text=words)
    stage.travel_to(clock.now() + PROTECTED_AFTER)
    await serious.protect(supervisor, opened.number, SERIOUS_STEP)


SOMEBODY = """
SELECT c.id FROM client c JOIN organisation o ON o.id = c.provider_id
WHERE c.platform_id = $1 AND o.code = $2 AND c.status = 'active' ORDER BY c.reference OFFSET 20 + $3 LIMIT 1
"""


async def _raise(stage: Stage, rank: int) -> None:
    """Take the call of a client whom the Hérault helps, about a visit of the week."""
    row = await fetch_one(pool("work"), HELPED, stage.platform, CCAS.siret, HERAULT, clock.now(), rank)
    if row is None:  # a start after a week without visits: the story goes on without this scene
        return
    opened = await desk_opening.open_by_staff(
        await staff(stage, Role.agent),
        stage.house.keyring,
        client=row["client_id"],
        kind="changed",
        disclosure=Wish.NAMED,
        text=CHANGED,
        intervention=row["id"],
    )
    stage.kept[f"raised {rank}"] = Raised(opened.number, row["provider_id"], row["funder"])


HELPED = """
SELECT v.id, v.client_id, v.provider_id, f.id AS funder FROM intervention v
JOIN organisation o ON o.id = v.provider_id AND o.code = $2
JOIN organisation f ON f.platform_id = v.platform_id AND f.code = $3 AND f.id = ANY (v.funders)
WHERE v.platform_id = $1 AND v.status = 'done'
  AND v.ended_at BETWEEN $4::timestamptz - interval '9 days' AND $4
ORDER BY v.ended_at DESC, v.id OFFSET $5 LIMIT 1
"""


async def _contest(stage: Stage, raised: Raised) -> None:
    await handling.contest(Actor(Role.provider, stage.platform, raised.provider), raised.number, CONTESTED)


async def _transmit(stage: Stage, raised: Raised) -> None:
    """Show the complaint to the Hérault, its client agreeing."""
    await handling.consent(await staff(stage, Role.agent), raised.number, given=True)
    supervisor = await staff(stage, Role.supervisor)
    raised.shown = await transmitting.transmit(supervisor, raised.number, raised.funder, ASKED)


async def _answer(stage: Stage, raised: Raised) -> None:
    if raised.shown:
        await transmitting.answer(Actor(Role.funder, stage.platform, raised.funder), raised.shown, ANSWER)


async def _resolve(stage: Stage, raised: Raised) -> None:
    """Bring the solution that the funder obtained."""
    await handling.remedy(
        await staff(stage, Role.platform),
        raised.number,
        "changed",
        cause_code="information",
        cause="Trois personnes différentes en une semaine, sans appel la veille.",
        remedy_code="call_back",
        solution=ANSWER,
    )


async def _settle(stage: Stage, raised: Raised) -> None:
    await closing.hear_verdict(await staff(stage, Role.agent), raised.number, Verdict.settled)


def _after(follow: Callable[[Stage, Raised], Awaitable[None]]) -> Callable[[Stage, int], Awaitable[None]]:
    """Go on with a complaint that a scene raised, if it did."""

    async def played(stage: Stage, rank: int) -> None:
        raised: Raised | None = stage.kept.get(f"raised {rank}")
        if raised is not None:
            await follow(stage, raised)

    return played


async def _merge(stage: Stage, _rank: int) -> None:
    """Open a second complaint of somebody who calls again, and join it to the first."""
    row = await fetch_one(pool("work"), CALLING_AGAIN, stage.platform, AIDE_34.siret)
    if row is None:
        return
    agent, wish = await staff(stage, Role.agent), Wish(row["disclosure"])
    again = await desk_opening.open_by_staff(
        agent, stage.house.keyring, client=row["client_id"], kind="late", disclosure=wish, text=SAID_AGAIN
    )
    await merging.merge(agent, again.number, row["number"])


CALLING_AGAIN = """
SELECT c.number, c.disclosure, s.client_id FROM complaint c JOIN complaint_subject s ON s.id = c.id
JOIN organisation o ON o.id = c.provider_id
WHERE c.platform_id = $1 AND o.code <> $2 AND c.state IN ('opened', 'acknowledged') AND c.disclosure = 'named'
ORDER BY c.number LIMIT 1
"""


SCENES = (
    Scene(timedelta(days=190), _serious, 0),
    Scene(timedelta(days=75), _serious, 1),
    Scene(timedelta(days=40), _raise, 1),
    Scene(timedelta(days=37), _after(_contest), 1),
    Scene(timedelta(days=33), _after(_transmit), 1),
    Scene(timedelta(days=26), _after(_answer), 1),
    Scene(timedelta(days=23), _after(_resolve), 1),
    Scene(timedelta(days=16), _raise, 0),
    Scene(timedelta(days=13), _after(_contest), 0),
    Scene(timedelta(days=11), _after(_settle), 1),
    Scene(timedelta(days=9), _merge),
    Scene(timedelta(days=5), _after(_transmit), 0),
    Scene(timedelta(days=3), _serious, 2),
)
