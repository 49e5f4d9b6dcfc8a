"""What a call keeps while it lasts: the very place on its screen, what is being typed, what may be undone.

A draft is what somebody types before it is saved, form by form, encrypted: a cut loses none of it.
"""

import re
from collections.abc import Mapping
from uuid import UUID

import msgspec

from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, execute, fetch_one
from quality.errors import Invalid
from quality.keys import Keyring
from surveys.questionnaire.logic import Answer

Drafts = dict[str, dict[str, str]]  # the form, then its fields
NOTE_PLACE = "call_case.note"
PLACE = re.compile(r"[a-z0-9_=&-]{0,120}")
FORM = re.compile(r"[a-z][a-z_-]{0,39}")
MOST_FIELDS, LONGEST = 12, 2_000
NOTES = "notes"  # the form of the notes of the call itself
TECHNICAL = frozenset({"jeton", "brouillon", "repondant", "lien", "question", "genre", "numero", "lieu"})
MINE = "id = $1 AND platform_id = $2 AND state = 'held' AND agent_id = $3"


async def keep_place(actor: Actor, case: UUID, place: str) -> None:
    """Keep where the agent is on the screen; an address that is not one of ours is left out."""
    if not PLACE.fullmatch(place):
        return
    async with scoped(actor) as db:
        await execute(
            db, f"UPDATE call_case SET place = $4 WHERE {MINE}", case, actor.platform, actor.account, place
        )


async def place_of(actor: Actor, case: UUID) -> str:
    """Give where the agent was on the screen of a call in hand."""
    async with scoped(actor) as db:
        row = await fetch_one(
            db, f"SELECT place FROM call_case WHERE {MINE}", case, actor.platform, actor.account
        )
    return str(row["place"]) if row else ""


async def keep_draft(
    actor: Actor, keyring: Keyring, case: UUID, form: str, fields: Mapping[str, str]
) -> bool:
    """Keep what is being typed in one form; False when the call is no longer the agent's."""
    typed = {name: text for name, text in fields.items() if name not in TECHNICAL and text}
    if (
        not FORM.fullmatch(form)
        or len(typed) > MOST_FIELDS
        or any(len(each) > LONGEST for each in typed.values())
    ):
        raise Invalid("Ce texte est trop long : 2 000 caractères au plus.")
    return await _write(actor, keyring, case, form, typed)


async def drop_draft(actor: Actor, keyring: Keyring, case: UUID, form: str) -> None:
    """Forget what was typed in a form, once it is saved for good."""
    await _write(actor, keyring, case, form, {})


async def _write(actor: Actor, keyring: Keyring, case: UUID, form: str, typed: dict[str, str]) -> bool:
    async with scoped(actor) as db:
        row = await fetch_one(db, SEALED, case, actor.platform, actor.account)
        if row is None:
            return False
        drafts = opened(keyring, case, row["note_cipher"])
        drafts.pop(form, None)
        if typed:
            drafts[form] = typed
        await _seal(db, keyring, case, drafts)
    return True


SEALED = f"SELECT note_cipher FROM call_case WHERE {MINE} FOR NO KEY UPDATE"


async def _seal(db: Connection, keyring: Keyring, case: UUID, drafts: Drafts) -> None:
    sealed = keyring.encrypt(msgspec.json.encode(drafts).decode(), NOTE_PLACE, case) if drafts else None
    await execute(db, "UPDATE call_case SET note_cipher = $2 WHERE id = $1", case, sealed)


def opened(keyring: Keyring, case: UUID, sealed: bytes | None) -> Drafts:
    """Read the drafts of a case."""
    text = keyring.decrypt(sealed, NOTE_PLACE, case)
    return msgspec.json.decode(text, type=Drafts) if text else {}


class LastAnswer(msgspec.Struct, frozen=True, tag="answer", tag_field="kind"):
    """The answer given last, what stood there before it (None when nothing did), and its question."""

    alias: str
    respondent: str
    given: Answer
    was: Answer | None
    number: int


async def remember(db: Connection, case: UUID, last: LastAnswer | None) -> None:
    """Remember in an open transaction which answer may be undone; None when none may be any more."""
    written = msgspec.json.encode(last).decode() if last else None
    await execute(db, "UPDATE call_case SET undo = $2::jsonb WHERE id = $1", case, written)


async def remember_whose(db: Connection, case: UUID, before: str, after: str) -> None:
    """Follow, in what may be undone, answers that were told to be somebody else's."""
    await execute(db, WHOSE, case, before, after)


WHOSE = """
UPDATE call_case SET undo = jsonb_set(undo, '{respondent}', to_jsonb($3::text))
WHERE id = $1 AND undo ->> 'respondent' = $2
"""


def last_answer(undo: str | None) -> LastAnswer | None:
    """Read the answer that may be undone, when that is what a case remembers."""
    try:
        return msgspec.json.decode(undo, type=LastAnswer) if undo else None
    except msgspec.ValidationError:
        return None
