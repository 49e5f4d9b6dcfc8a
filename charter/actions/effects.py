"""What is measured since actions are done, each of those whom it was measured of before."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from charter.actions.planning import Planned, Reading, after
from charter.measuring import EVERYBODY, Measure, Population, complaints_since, since
from quality.access.actor import Actor
from quality.db import Connection
from quality.measures.releases.figures import Published
from quality.measures.views.reading import published

Effects = dict[UUID, Reading]
DAY = timedelta(days=1)


async def effects(
    db: Connection, actor: Actor, provider: UUID, planned: Sequence[Planned], zone: ZoneInfo
) -> Effects:
    """Give by action what is measured since it is done, where that is known; inside `scoped(actor)`.

    Published figures tell of a period that starts that day or later, complaints from the day after it. What
    was noted of answers without saying whose is compared with nothing.
    """
    done = [(each, each.done_on, each.before) for each in planned if each.done_on and each.before]
    figures = await _figures(actor, provider, {before.of for _, _, before in done if before.of})
    counted = {
        day: await complaints_since(db, actor, provider, datetime.combine(day + DAY, time.min, zone))
        for day in {day for _, day, before in done if before.is_of_complaints}
    }
    found: Effects = {}
    for each, day, before in done:
        newest: Measure | None = None
        if before.is_of_complaints:
            newest = counted[day]
        elif before.of:
            newest = since(before.of, figures, day)
        reading = after(each, newest)
        if reading:
            found[each.id] = reading
    return found


async def _figures(actor: Actor, provider: UUID, of: Collection[Population]) -> Sequence[Published]:
    indicators = {each.indicator for each in of}
    if not indicators:
        return ()
    return await published(
        actor, EVERYBODY, provider_id=provider, activity="", indicator__in=sorted(indicators)
    )
