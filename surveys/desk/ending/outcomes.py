"""What a call ends on, as data: the words, the delay before the next call, and what else follows (pure).

Codes: AAPOR, Standard Definitions, 9th edition, table 1 (telephone): 1.1 complete, 2.11 refusal, 2.21
respondent never available, 2.22 answering device, 2.31 dead, 2.32 unable, 2.33 language, 2.36 miscellaneous,
3.12 busy, 3.13 no answer, 3.90 other (it is not known whether the person can be reached there).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from quality.directory.geography import zone_of
from quality.french import french
from surveys.desk.queueing.spreading import Parts, spread
from surveys.protocol.calendar import Slot, Window, day_part, next_slot

# A system without a last try once called one person 96 times. A survey's calls are bounded by its protocol,
# save those that found the line busy.
MOST_TRIES: Mapping[str, int] = {"survey": 6, "callback": 3, "complaint": 2, "verdict": 2, "inbound": 3}
APPOINTMENT_LASTS = timedelta(hours=2)
# An hour that the person chose is kept beyond the last try, three times.
AGREED_BEYOND = 3


class Code(StrEnum):
    """How a call ended."""

    answered = "answered"
    appointment = "appointment"
    not_now = "not_now"
    no_answer = "no_answer"
    busy = "busy"
    voicemail = "voicemail"
    wrong_number = "wrong_number"
    relative = "relative"
    language = "language"
    referred = "referred"
    unable = "unable"
    hospital = "hospital"
    refusal = "refusal"
    deceased = "deceased"


class Again(StrEnum):
    """Which call comes next: none, this one once more, the protocol's following one, or the next number.

    The same call made once more is the same attempt: it counts once, whatever the part of the day.
    """

    never = "never"
    same = "same"
    following = "following"
    number = "number"


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

    @property
    def is_counted(self) -> bool:
        """Tell whether the call is one of the tries that are spread over the day."""
        return self.again in {Again.never, Again.following}


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
    Code.relative: Outcome(
        french("Un proche répond"), "Q", "2.21", Again.following, timedelta(minutes=180), is_other_part=True
    ),
    Code.wrong_number: Outcome(french("Faux numéro"), "F", "3.90", Again.number),
    Code.language: Outcome(french("Parle une autre langue"), "L", "2.33", Again.same),
    Code.referred: Outcome(french("Passer au superviseur"), "S", "2.36", Again.same),
    Code.unable: Outcome(french("Ne peut pas répondre"), "A", "2.32"),
    Code.hospital: Outcome(french("À l’hôpital"), "H", "2.32"),
    Code.refusal: Outcome(french("Ne veut plus d’appel"), "X", "2.11"),
    Code.deceased: Outcome(french("Deuil"), "E", "2.31"),
}
# These ask for one thing more before they are saved: a date, or a sentence to be said.
CONFIRMED = frozenset({Code.appointment, Code.refusal, Code.deceased})
# These need a word more: a language, or why.
EXPLAINED = frozenset({Code.language, Code.referred})


def next_call(
    outcome: Outcome,
    now: datetime,
    departement: str,
    window: Window,
    until: datetime,
    *,
    tries: Parts | None = None,
    after: datetime | None = None,
) -> Slot | None:
    """Give the next stretch in which to call, in allowed hours and the part of the day tried least.

    `tries` counts the calls made, this one too; `after` is an instant before which nothing is due. None is
    final. The same call made again (busy) waits for its delay only.

    >>> from datetime import UTC, time
    >>> window = Window(frozenset({1, 2, 3, 4, 5}), ((time(10), time(12, 30)), (time(14), time(18))))
    >>> now, until = datetime(2026, 11, 24, 13, 30, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)
    >>> next_call(OUTCOMES[Code.no_answer], now, "34", window, until).opens_at.isoformat()
    '2026-11-25T09:00:00+00:00'
    >>> next_call(OUTCOMES[Code.busy], now, "34", window, until).opens_at.isoformat()
    '2026-11-24T13:50:00+00:00'
    """
    earliest = max(now + outcome.delay, after or now)
    if outcome.again is Again.same:
        return next_slot(earliest, departement, window, until)
    made = day_part(now, zone_of(departement)) if outcome.is_other_part else None
    return spread(earliest, departement, window, until, tries or Parts(), avoided=made)


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
