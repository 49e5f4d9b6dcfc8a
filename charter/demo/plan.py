"""What Aide 34 has to show for its charter in the demonstration, and what it does about its gaps."""

import io
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from charter.declaring import EDITION
from charter.editions import load
from quality.access.actor import Actor, Role
from quality.access.scope import scoped
from quality.db import Connection, execute
from quality.demo.stage import Stage
from quality.files import storage
from quality.files.documents import TEXT

ADDED = timedelta(weeks=5)


@dataclass(frozen=True, slots=True)
class ToldProof:
    """An evidence of the story; `expires` is in days from its start."""

    title: str
    document: str
    name: str
    content: str
    url: str
    expires: int | None


@dataclass(frozen=True, slots=True)
class ToldAction:
    """An action of the story; `due` is in days from its start."""

    criterion: str
    title: str
    due: int
    state: str
    note: str


PROOFS = (
    ToldProof(
        "Registre des réclamations",
        "complaint_log",
        "registre-2026.txt",
        "Registre des réclamations, données fictives.\nOuvert le, motif, réponse, close le.\n",
        "",
        219,
    ),
    ToldProof(
        "Procédure de remplacement, version 4",
        "replacement_procedure",
        "remplacement-v4.txt",
        "Procédure de remplacement, données fictives.\nUne remplaçante est proposée le jour même.\n",
        "",
        18,
    ),
    ToldProof("Plan de formation", "training_plan", "", "", "https://aide34.invalid/formation", -55),
)
ACTIONS = (
    ToldAction("2.4", "Mettre à jour les prix du livret d’accueil", 21, "doing", "Le texte est relu."),
    ToldAction("3.2", "Revoir les onze plans qui ont plus d’un an", -6, "doing", "Sept sur onze sont revus."),
    ToldAction("1.6", "Noter l’orientation de chaque refus", -30, "done", "Une ligne au relevé d’appels."),
)
PROVED = (
    ToldProof("Registre des réclamations", "complaint_log", "", "", "https://thau.invalid/registre", 160),
    ToldProof("Devis type", "quote", "", "", "https://thau.invalid/devis", None),
    ToldProof("Plan de formation", "training_plan", "", "", "https://thau.invalid/formation", None),
    ToldProof("Avis de changement", "change_notices", "", "", "https://thau.invalid/changements", None),
)
PROOF = """
INSERT INTO evidence (id, platform_id, provider_id, title, document, expires_on, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
REVISION = """
INSERT INTO evidence_revision (id, platform_id, provider_id, evidence_id, number, file_id, url, added_at)
VALUES ($1, $2, $3, $4, 1, $5, $6, $7)
"""
ACTION = """
INSERT INTO charter_action (id, platform_id, provider_id, edition, edition_version, criterion, title, due_on,
    state, note, created_at, changed_at, done_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)
"""


async def write(stage: Stage, provider: UUID) -> None:
    """Write the evidence and the actions of one provider, as its own pages would have."""
    actor = Actor(role=Role.provider, platform=stage.platform, organisation=provider)
    async with scoped(actor) as db:
        for proof in PROOFS:
            await _write_proof(db, stage, provider, proof, ADDED)
        await _write_actions(db, stage, provider)


async def prove(stage: Stage, provider: UUID, before: timedelta) -> None:
    """Write what one provider showed with the file that was accepted, so long before the start."""
    actor = Actor(role=Role.provider, platform=stage.platform, organisation=provider)
    async with scoped(actor) as db:
        for proof in PROVED:
            await _write_proof(db, stage, provider, proof, before)


async def _write_actions(db: Connection, stage: Stage, provider: UUID) -> None:
    today, at = stage.start.date(), stage.start - ADDED
    for action in ACTIONS:
        due_on = today + timedelta(days=action.due)
        identity = uuid5(provider, action.criterion)
        whose = (identity, stage.platform, provider, EDITION, load(EDITION).version)
        done_on = due_on if action.state == "done" else None
        what = (action.criterion, action.title, due_on, action.state, action.note)
        await execute(db, ACTION, *whose, *what, at, done_on)


async def _write_proof(
    db: Connection, stage: Stage, provider: UUID, proof: ToldProof, before: timedelta
) -> None:
    at, identity = stage.start - before, uuid5(provider, proof.document)
    expires_on = None if proof.expires is None else stage.start.date() + timedelta(days=proof.expires)
    whose = (stage.platform, provider)
    await execute(db, PROOF, identity, *whose, proof.title, proof.document, expires_on, at)
    file = None
    if proof.name:
        owner, content = storage.Owner(stage.platform, provider), io.BytesIO(proof.content.encode())
        file = await storage.put(db, stage.house.keyring, owner, content, name=proof.name, media_type=TEXT)
    await execute(db, REVISION, uuid5(identity, "1"), *whose, identity, file, proof.url, at)
