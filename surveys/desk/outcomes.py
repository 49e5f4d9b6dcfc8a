"""What a call ends on, as data: the words, the delay before the next call, and what else follows (pure).

Delays: contact.md's table of outcomes; codes: AAPOR, Standard Definitions, telephone surveys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from quality.directory.geography import zone_of
from quality.french import french
from surveys.protocol.calendar import Slot, Window, day_part, next_slot

# A system without a last try once called one person 96 times. A survey's calls are bounded by its protocol,
# save those that found the line busy.
MOST_TRIES: Mapping[str, int] = {"survey": 6, "callback": 3, "complaint": 2, "verdict": 2, "inbound": 3}
APPOINTMENT_LASTS = timedelta(hours=2)


class Code(StrEnum):
    """How a call ended."""

    answered = "answered"
    appointment = "appointment"
    not_now = "not_now"
    no_answer = "no_answer"
    busy = "busy"
    voicemail = "voicemail"
    wrong_number = "wrong_number"
    unable = "unable"
    hospital = "hospital"
    refusal = "refusal"
    deceased = "deceased"


class Again(StrEnum):
    """Which call comes next: none, this one once more, or the protocol's following one."""

    never = "never"
    same = "same"
    following = "following"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome: its words in French, its key, its AAPOR code, and when somebody calls again."""

    label: str
    key: str
    aapor: str
    again: Again = Again.never
    delay: timedelta = timedelta(0)
    is_other_part: bool = False

    @property
    def is_final(self) -> bool:
        return self.again is Again.never


OUTCOMES: Mapping[Code, Outcome] = {
    Code.answered: Outcome(french("Appel terminé"), "T", "1.1"),
    Code.appointment: Outcome(french("Prendre rendez-vous"), "R", "2.21", Again.same),
    Code.not_now: Outcome(french("Pas maintenant"), "N", "2.21", Again.following, timedelta(days=7)),
    Code.no_answer: Outcome(
        french("Pas de réponse"), "I", "3.13", Again.following, timedelta(minutes=180), is_other_part=True
    ),
    Code.busy: Outcome(french("Occupé"), "O", "3.12", Again.same, timedelta(minutes=20)),
    Code.voicemail: Outcome(
        french("Messagerie"), "M", "2.22", Again.following, timedelta(minutes=180), is_other_part=True
    ),
    Code.wrong_number: Outcome(french("Faux numéro"), "F", "3.90"),
    Code.unable: Outcome(french("Ne peut pas répondre"), "A", "2.32"),
    Code.hospital: Outcome(french("À l’hôpital"), "H", "2.32"),
    Code.refusal: Outcome(french("Ne veut plus d’appel"), "X", "2.11"),
    Code.deceased: Outcome(french("Deuil"), "E", "2.31"),
}
# These ask for one thing more before they are saved: a date, or a sentence to be said.
CONFIRMED = frozenset({Code.appointment, Code.refusal, Code.deceased})


def next_call(
    outcome: Outcome, now: datetime, departement: str, window: Window, until: datetime
) -> Slot | None:
    """Give the next stretch in which to call, in allowed hours; None is final.

    >>> from datetime import UTC, time
    >>> window = Window(frozenset({1, 2, 3, 4, 5}), ((time(10), time(12, 30)), (time(14), time(18))))
    >>> now, until = datetime(2026, 11, 24, 13, 30, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)
    >>> next_call(OUTCOMES[Code.no_answer], now, "34", window, until).opens_at.isoformat()
    '2026-11-25T09:00:00+00:00'
    >>> next_call(OUTCOMES[Code.busy], now, "34", window, until).opens_at.isoformat()
    '2026-11-24T13:50:00+00:00'
    """
    slot = next_slot(now + outcome.delay, departement, window, until)
    zone = zone_of(departement)
    part = day_part(now, zone)
    while slot and outcome.is_other_part and day_part(slot.opens_at, zone) == part:
        slot = next_slot(slot.closes_at, departement, window, until)
    return slot


def appointment(
    at: datetime, now: datetime, departement: str, window: Window, until: datetime
) -> Slot | None:
    """Give the stretch of an appointment, which expires after two hours; None when nobody may call then.

    >>> from datetime import UTC, time
    >>> window = Window(frozenset({1, 2, 3, 4, 5}), ((time(10), time(13)), (time(14), time(20))))
    >>> now, until = datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)
    >>> appointment(datetime(2026, 11, 25, 13, tzinfo=UTC), now, "34", window, until).closes_at.isoformat()
    '2026-11-25T15:00:00+00:00'
    >>> appointment(datetime(2026, 11, 25, 20, tzinfo=UTC), now, "34", window, until) is None
    True
    """
    if at <= now:
        return None
    slot = next_slot(at, departement, window, min(until, at + APPOINTMENT_LASTS))
    return slot if slot and slot.opens_at == at else None
