"""A sheet that came back: found by its code on the day it was received, and stored as it was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import pool
from quality.errors import Invalid
from quality.french import french
from quality.keys import Keyring
from quality.tokens import normalise
from quality.web.platform import PARIS
from surveys.door.entering import enter
from surveys.door.finding import Door, door_of
from surveys.honesty.rules import SEVERAL
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import completeness
from surveys.questionnaire.paper.typing import Mark, Typed
from surveys.respondents import SELF, Who
from surveys.response import facts_of

CHANNEL = "paper"
OLDEST_DAYS = 60  # between a sheet that came by post and the day when somebody types it
NO_DOOR = french(
    "Ce code n’ouvre aucune visite ce jour-là. Relisez le code, lettre par lettre, puis le jour de réception."
)
NO_DAY = french("Écrivez le jour de réception\u00a0: aujourd’hui, ou un des soixante jours avant.")
EMPTY = french("Rien n’est à enregistrer\u00a0: aucune réponse de cette feuille ne peut être gardée.")
# What the last boxes of the sheet say of who filled it in: in whose place, and no more than they say.
WHO: Mapping[str, tuple[str, Who]] = {
    "": ("client", Who()),
    "alone": ("client", Who(SELF)),
    "helped": ("client", Who(SELF, "helped")),
    "relative": ("relative", Who()),
    "guardian": ("guardian", Who("guardian")),
    "other": ("other", Who("other")),
}
WORKER: Mapping[str, str] = {"": "", "absent": "", "present": "present", "filled_in": "filled_in"}


class SheetRefused(Invalid):
    """A sheet that cannot be typed; `field` says where on the page."""

    title = french("Cette feuille ne peut pas être enregistrée")

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a sheet: answers kept, questions set aside, and whether the code had answers already."""

    answers: int
    aside: int
    is_several: bool


def day_received(written: str, today: date) -> date:
    """Read the day on which a sheet was received."""
    try:
        day = date.fromisoformat(written)
    except ValueError as error:
        raise SheetRefused(NO_DAY, "recu") from error
    if not today - timedelta(days=OLDEST_DAYS) <= day <= today:
        raise SheetRefused(NO_DAY, "recu")
    return day


async def sheet_of(actor: Actor, keyring: Keyring, written: str, received: date) -> Door:
    """Find the visit of a code that is typed, as it stood when the sheet was received."""
    code = normalise(written)
    at = min(clock.now(), datetime.combine(received, time(12), PARIS).astimezone(UTC))
    door = await door_of(pool("answer"), keyring, code, at) if code else None
    if door is None or door.visit.platform_id != actor.platform:
        raise SheetRefused(NO_DOOR, "code")
    return door


def facts_on_paper(door: Door) -> Facts:
    """Give the visit as the sheet was printed: in the words of the client, whoever answers."""
    return facts_of(door.visit)


async def store(
    actor: Actor,
    keyring: Keyring,
    door: Door,
    seal: str,
    typed: Typed,
    *,
    respondent: str,
    who: Who,
    received: date,
) -> Stored:
    """Store what a sheet says; the audit trail says who typed it, when it came and what was set aside."""
    asked = facts_of(door.visit, respondent=respondent)
    if completeness(door.visit.questionnaire, typed.answers, asked) == "none":
        raise SheetRefused(EMPTY, "contenu")
    visit, _ = await enter(
        keyring,
        door,
        seal,
        typed.answers,
        respondent=respondent,
        channel=CHANNEL,
        who=who,
        now=clock.now(),
    )
    aside = {mark.name.lower(): typed.marked(mark) for mark in Mark}
    async with scoped(actor) as db:
        await audit.record(db, actor, "door.paper", f"{visit.id}", {"received": f"{received}", **aside})
    return Stored(
        answers=len(typed.answers),
        aside=typed.marked(Mark.ILLEGIBLE) + typed.marked(Mark.TWO),
        is_several=visit.admissible_of(respondent) == SEVERAL,
    )
