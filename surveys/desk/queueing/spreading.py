"""Calls spread over the day: nobody is called twice in the same part before the other was tried (pure)."""

from dataclasses import dataclass, replace
from datetime import datetime

from quality.directory.geography import zone_of
from surveys.protocol.calendar import DayPart, Slot, Window, day_part, next_slot


@dataclass(frozen=True, slots=True)
class Parts:
    """How often somebody was called in each part of the day."""

    morning: int = 0
    afternoon: int = 0

    def of(self, part: DayPart) -> int:
        return self.morning if part is DayPart.MORNING else self.afternoon

    def is_uneven(self, part: DayPart) -> bool:
        """Tell whether a part was tried more than the other."""
        return self.of(part) > min(self.morning, self.afternoon)

    def after(self, part: DayPart) -> "Parts":
        """Count one call more.

        >>> Parts(1, 0).after(DayPart.AFTERNOON)
        Parts(morning=1, afternoon=1)
        """
        if part is DayPart.MORNING:
            return replace(self, morning=self.morning + 1)
        return replace(self, afternoon=self.afternoon + 1)


def spread(
    after: datetime,
    departement: str,
    window: Window,
    until: datetime,
    tries: Parts,
    *,
    avoided: DayPart | None = None,
) -> Slot | None:
    """Give the first allowed stretch of the part tried least, the avoided one last; None when none is left.

    A part that has no stretch left before `until` is not waited for.

    >>> from datetime import UTC, time
    >>> window = Window(frozenset({1, 2, 3, 4, 5}), ((time(10), time(12, 30)), (time(14), time(18))))
    >>> now, until = datetime(2026, 11, 24, 9, 30, tzinfo=UTC), datetime(2026, 11, 24, 17, tzinfo=UTC)
    >>> spread(now, "34", window, until, Parts(morning=1)).opens_at.isoformat()
    '2026-11-24T13:00:00+00:00'
    >>> spread(now, "34", window, until, Parts(afternoon=1)).opens_at.isoformat()
    '2026-11-24T09:30:00+00:00'
    >>> spread(now, "34", window, until.replace(hour=12), Parts(morning=1)).opens_at.isoformat()
    '2026-11-24T09:30:00+00:00'
    """
    zone = zone_of(departement)
    firsts: dict[DayPart, Slot] = {}
    slot = next_slot(after, departement, window, until)
    while slot is not None and len(firsts) < len(DayPart):
        firsts.setdefault(day_part(slot.opens_at, zone), slot)
        slot = next_slot(slot.closes_at, departement, window, until)
    if not firsts:
        return None
    return min(firsts.items(), key=lambda each: (tries.of(each[0]), each[0] is avoided, each[1].opens_at))[1]
