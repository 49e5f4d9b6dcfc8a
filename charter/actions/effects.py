"""What is measured since actions are done, each by its own edition."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from charter.actions.planning import Planned, Reading, after
from charter.declaring import Review
from charter.definition import Source
from charter.measuring import Measure, complaints_since, measures
from quality.access.actor import Actor
from quality.db import Connection

Effects = dict[UUID, Reading]
DAY = timedelta(days=1)


async def effects(
    db: Connection, actor: Actor, of: Review, planned: Sequence[Planned], zone: ZoneInfo
) -> Effects:
    """Give by action what is measured since it is done, where that is known; inside `scoped(actor)`.

    Published figures tell of a period that starts that day or later, complaints from the day after it.
    """
    done = [(each, each.done_on) for each in planned if each.done_on and each.before]
    versions = {each.version for each, _ in done}
    by_version = {version: await _measured(db, actor, of, version) for version in versions}
    counted: dict[date, Measure | None] = {}
    found: Effects = {}
    for each, day in done:
        newest = by_version[each.version].get(each.criterion)
        if newest and newest.source is Source.COMPLAINTS:
            if day not in counted:
                since = datetime.combine(day + DAY, time.min, zone)
                counted[day] = await complaints_since(db, actor, of.provider, since)
            newest = counted[day]
        reading = after(each, newest)
        if reading:
            found[each.id] = reading
    return found


async def _measured(db: Connection, actor: Actor, of: Review, version: tuple[str, int]) -> dict[str, Measure]:
    is_reviewed = version == (of.edition.code, of.edition.version)
    edition = of.edition if is_reviewed else of.library.find(*version)
    return await measures(db, actor, of.provider, edition)
