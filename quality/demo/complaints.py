"""What becomes of the complaints of the story: most are settled in time, some late, one comes back."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from quality.access.actor import Actor, Role
from quality.complaints import handling
from quality.complaints.handling import Decision, Kind, Verdict
from quality.db import fetch, pool
from quality.demo.stage import Stage, chance

OPEN = """
SELECT id, number, provider_id, state, awaits_contact, opened_at, acknowledged_at, remedied_at FROM complaint
WHERE platform_id = $1 AND state <> 'closed' ORDER BY number
"""
SOLUTIONS = (
    (
        Kind.late,
        "Un remplacement mal annoncé",
        "Tout changement d’horaire est annoncé la veille.",
    ),
    (
        Kind.not_done,
        "La fiche de mission était incomplète",
        "Visite refaite sans frais, fiche de mission complétée.",
    ),
    (
        Kind.behaviour,
        "Un échange trop vif en fin de visite",
        "Une autre intervenante vient désormais.",
    ),
    (Kind.other, "Une facture comptait une visite de trop", "Facture corrigée, avoir envoyé."),
)
Act = Callable[[Stage, Mapping[str, Any]], Awaitable[None]]


async def follow(stage: Stage) -> None:
    """Let each open complaint take its next step once its time has come."""
    for complaint in await fetch(pool("work"), OPEN, stage.platform):
        step = "call" if complaint["awaits_contact"] else str(complaint["state"])
        since: datetime = complaint[SINCE[step]]
        if stage.moment.at >= since + _wait(step, complaint["number"]) and not _is_left(stage, step, since):
            await ACTS[step](stage, complaint)


def _is_left(stage: Stage, step: str, since: datetime) -> bool:
    """Say whether a newcomer is left for whoever opens the door."""
    return step in {"call", "opened"} and stage.start - since < timedelta(days=6)


SINCE = {
    "call": "opened_at",
    "opened": "opened_at",
    "acknowledged": "acknowledged_at",
    "remedied": "remedied_at",
}
# Days before each step: what most take, and what one in six takes.
WAITS = {"call": (0.5, 1.0), "opened": (0.8, 4.2), "acknowledged": (5.0, 16.0), "remedied": (7.0, 9.0)}


def _wait(step: str, number: int) -> timedelta:
    usual, long = WAITS[step]
    drawn = chance("complaint", step, number)
    return timedelta(days=long if drawn.random() < 1 / 6 else usual * (0.6 + 0.8 * drawn.random()))


def _provider(stage: Stage, complaint: Mapping[str, Any]) -> Actor:
    return Actor(Role.provider, stage.platform, complaint["provider_id"])


def _agent(stage: Stage) -> Actor:
    return Actor(Role.agent, stage.platform)


async def _call(stage: Stage, complaint: Mapping[str, Any]) -> None:
    wants_name = chance("name", complaint["number"]).random() < 0.6
    decision = Decision.named if wants_name else Decision.anonymous
    await handling.disclose(_agent(stage), complaint["number"], decision)


async def _acknowledge(stage: Stage, complaint: Mapping[str, Any]) -> None:
    await handling.acknowledge(_provider(stage, complaint), complaint["number"])


async def _remedy(stage: Stage, complaint: Mapping[str, Any]) -> None:
    kind, cause, solution = chance("remedy", complaint["number"]).choice(SOLUTIONS)
    await handling.remedy(_provider(stage, complaint), complaint["number"], kind, cause, solution)


async def _judge(stage: Stage, complaint: Mapping[str, Any]) -> None:
    is_settled = chance("verdict", complaint["number"], stage.moment.at.month).random() < 0.85
    verdict = Verdict.settled if is_settled else Verdict.not_settled
    await handling.hear_verdict(_agent(stage), complaint["number"], verdict)


ACTS: Mapping[str, Act] = {
    "call": _call,
    "opened": _acknowledge,
    "acknowledged": _remedy,
    "remedied": _judge,
}
