"""The steps of the story's complaints, taken by the real verbs, each at its own instant."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quality import clock
from quality.access.actor import Actor, Role
from quality.complaints import opening, waiting
from quality.complaints.ladder import escalating
from quality.complaints.opening import Wish
from quality.complaints.resolving import closing, handling, promising
from quality.complaints.resolving.authority import Remedy
from quality.complaints.resolving.closing import Verdict
from quality.complaints.resolving.handling import Decision, Kind
from quality.complaints.resolving.promising import NotAuthorised
from quality.db import fetch, pool, transaction
from quality.demo.complaints import Grievance
from quality.demo.stage import Stage, chance
from quality.errors import Conflict

MOST_STEPS = 12  # that the ladder takes at once for one complaint
SOLUTIONS = (
    (
        Kind.late,
        "information",
        "Un remplacement mal annoncé",
        "explain",
        "Tout changement d’horaire est annoncé la veille.",
    ),
    (
        Kind.not_done,
        "replacement",
        "La fiche de mission était incomplète",
        "replan",
        "Visite refaite sans frais, fiche de mission complétée.",
    ),
    (
        Kind.behaviour,
        "behaviour",
        "Un échange trop vif en fin de visite",
        "replace_worker",
        "Une autre personne vient désormais.",
    ),
    (
        Kind.billing,
        "invoice",
        "Une facture comptait une visite de trop",
        "refund",
        "Facture corrigée, avoir envoyé.",
    ),
)
# The complaint that a visitor reads from the call to « c’est réglé ».
TOLD = (
    Kind.late,
    "travel",
    "La remplaçante avait une ancienne adresse et n’a pas prévenu de son retard.",
    "explain",
    "L’adresse est corrigée dans le dossier. Un retard de plus de dix minutes est annoncé par téléphone.",
)
NOTE = (
    "Appel à Mme Soler ce matin : elle a attendu quarante minutes sans nouvelles. "
    "Nous vérifions son dossier avec la remplaçante."
)
CONTESTS = (
    "Notre pointage montre une arrivée à l’heure et un départ à l’heure.",
    "La personne avait accepté le changement d’horaire la veille, au téléphone.",
)
CONFIRMS = "La permanence de l’organisme"
TOO_MUCH = 9_000  # cents, above what anybody at the desk may grant
GIVEN = 3_000
NAMED_REMEDIES = (Remedy.call_back, Remedy.replan, Remedy.replan, Remedy.replace_worker, Remedy.refund)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the desk about a complaint, for whoever writes the log of calls."""

    at: datetime
    client: UUID
    complaint: UUID | None
    kind: str
    is_situation: bool


async def follow(stage: Stage) -> None:
    """Take every step whose time has come, in order, each at its own instant."""
    due = [
        (step, grievance)
        for grievance in stage.grievances
        for step in grievance.steps
        if stage.told_until < step.at <= stage.moment.at
    ]
    now = stage.moment
    for step, grievance in sorted(due, key=lambda each: (each[0].at, each[1].key)):
        stage.travel_to(step.at)
        await ACTS[step.kind](stage, grievance)
    stage.travel(now)
    stage.told_until = now.at


Act = Callable[[Stage, Grievance], Awaitable[None]]


async def staff(stage: Stage, role: Role) -> Actor:
    """Give the actor of a role of the platform, under its account of the demonstration."""
    if "accounts" not in stage.kept:
        rows = await fetch(pool("work"), ACCOUNTS, stage.platform)
        stage.kept["accounts"] = {row["role"]: row["account_id"] for row in rows}
    return Actor(role, stage.platform, account=stage.kept["accounts"].get(role))


ACCOUNTS = "SELECT role, account_id FROM membership WHERE platform_id = $1 AND organisation_id IS NULL"


def provider(stage: Stage, grievance: Grievance) -> Actor:
    return Actor(Role.provider, stage.platform, grievance.source.provider_id)


def called(stage: Stage, grievance: Grievance, kind: str, *, is_situation: bool) -> None:
    """Keep that the desk called about a complaint, or was called."""
    call = Call(clock.now(), grievance.source.client_id, grievance.id, kind, is_situation)
    stage.kept.setdefault("calls", []).append(call)


async def _open(stage: Stage, grievance: Grievance) -> None:
    """Take the wish, unless it was given by the answer page of the last days."""
    if grievance.number:
        return
    async with transaction("answer") as db:
        opened = await opening.wish(
            db, stage.house.keyring, grievance.source, grievance.wish, now=grievance.steps[0].at
        )
    if opened is None:
        raise LookupError(grievance.key)
    grievance.number, grievance.id = opened.number, opened.id


def _is_named(grievance: Grievance) -> bool:
    if grievance.wish is Wish.CALL_FIRST:
        return chance("name", *grievance.key).random() < 0.6
    return grievance.wish is Wish.NAMED


async def _call(stage: Stage, grievance: Grievance) -> None:
    decision = Decision.named if _is_named(grievance) else Decision.anonymous
    await handling.disclose(await staff(stage, Role.agent), grievance.number, decision)
    called(stage, grievance, "complaint", is_situation=True)


async def _refused(stage: Stage, grievance: Grievance) -> None:
    """Want to grant what is not the agent's to grant: the refusal is counted."""
    remedy, cents = (Remedy.refund, TOO_MUCH) if _is_named(grievance) else (Remedy.mediation, None)
    try:
        await promising.grant(await staff(stage, Role.agent), grievance.number, remedy, amount_cents=cents)
    except NotAuthorised:
        return


async def _grant(stage: Stage, grievance: Grievance) -> None:
    """Promise in the call what the grid allows; without a name the desk explains, which is done at once."""
    drawn = chance("grant", *grievance.key)
    remedy = drawn.choice(NAMED_REMEDIES) if _is_named(grievance) else Remedy.explain
    promised = await promising.grant(
        await staff(stage, Role.agent),
        grievance.number,
        remedy,
        amount_cents=GIVEN if remedy is Remedy.refund else None,
        is_first_contact=grievance.by_phone,
    )
    grievance.promise = None if remedy is Remedy.explain else promised.id
    called(stage, grievance, "complaint", is_situation=True)


async def _confirm(stage: Stage, grievance: Grievance) -> None:
    if grievance.promise:
        await _unless_over(promising.confirm(provider(stage, grievance), grievance.promise, CONFIRMS))


async def _keep(stage: Stage, grievance: Grievance) -> None:
    if grievance.promise:
        await _unless_over(promising.fulfil(provider(stage, grievance), grievance.promise, "provider"))


async def _unless_over(change: Awaitable[None]) -> None:
    """Change a promise that a file of visits may already have shown done."""
    try:
        await change
    except Conflict:
        return


async def _acknowledge(stage: Stage, grievance: Grievance) -> None:
    await handling.countersign(provider(stage, grievance), grievance.number)


async def _contest(stage: Stage, grievance: Grievance) -> None:
    why = chance("contest", *grievance.key).choice(CONTESTS)
    await handling.contest(provider(stage, grievance), grievance.number, why)


async def _note(stage: Stage, grievance: Grievance) -> None:
    await handling.note(provider(stage, grievance), grievance.number, NOTE)


async def _remedy(stage: Stage, grievance: Grievance) -> None:
    await _remedied_by(provider(stage, grievance), grievance)


async def _decide(stage: Stage, grievance: Grievance) -> None:
    await _remedied_by(await staff(stage, Role.platform), grievance)


async def _remedied_by(actor: Actor, grievance: Grievance) -> None:
    drawn = chance("remedy", *grievance.key).choice(SOLUTIONS)
    kind, cause_code, cause, remedy_code, solution = TOLD if grievance.is_told else drawn
    await handling.remedy(
        actor,
        grievance.number,
        kind,
        cause_code=cause_code,
        cause=cause,
        remedy_code=remedy_code,
        solution=solution,
    )


async def _settled(stage: Stage, grievance: Grievance) -> None:
    await closing.hear_verdict(await staff(stage, Role.agent), grievance.number, Verdict.settled)
    called(stage, grievance, "verdict", is_situation=True)


async def _not_settled(stage: Stage, grievance: Grievance) -> None:
    await closing.hear_verdict(await staff(stage, Role.agent), grievance.number, Verdict.not_settled)
    called(stage, grievance, "verdict", is_situation=False)


async def _asked(stage: Stage, grievance: Grievance) -> None:
    """Ask whether it is settled; in the last days the client's own message does."""
    if grievance.id and not stage.moment.is_live:
        await waiting.note_asked(pool("work"), grievance.id, clock.now())


async def _silence(stage: Stage, grievance: Grievance) -> None:
    """Let the ladder close what its client did not answer."""
    for _ in range(MOST_STEPS):
        if grievance.id is None or not await escalating.take_one(stage.house, grievance.id):
            return


ACTS: Mapping[str, Act] = {
    "open": _open,
    "call": _call,
    "refused": _refused,
    "grant": _grant,
    "confirm": _confirm,
    "keep": _keep,
    "acknowledge": _acknowledge,
    "countersign": _acknowledge,
    "contest": _contest,
    "note": _note,
    "remedy": _remedy,
    "decide": _decide,
    "settled": _settled,
    "not_settled": _not_settled,
    "asked": _asked,
    "silence": _silence,
}
