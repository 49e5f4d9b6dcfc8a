"""Every message and call of a replay, a line each, as CSV (pure)."""

import csv
from collections.abc import Sequence
from datetime import UTC
from operator import attrgetter
from typing import TextIO

from surveys.protocol.ledger import Row
from surveys.simulation.sending import Contact

COLUMNS = ("occasion", "client", "departement", "channel", "at")


def write(target: TextIO, visits: Sequence[Row], contacts: Sequence[Contact]) -> None:
    """Write what leaves in the order of time; `at` is in UTC.

    Visits of a file are named by its own references, stored ones by their identifiers: a reference is
    unique for one provider only.
    """
    names = {visit["id"]: _names(visit) for visit in visits}
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in sorted(contacts, key=attrgetter("at")):
        at = f"{each.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        writer.writerow((*names[each.visit], each.departement, each.channel.value, at))


def _names(visit: Row) -> tuple[object, object]:
    return visit.get("reference", visit["id"]), visit.get("client_reference", visit["client_id"])
