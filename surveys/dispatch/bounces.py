"""E-mails that come back to the address of their own message: their report is applied as a carrier's is."""

from datetime import datetime
from typing import TYPE_CHECKING

from quality.db import fetch_value, pool
from surveys.channels import bounce
from surveys.channels.message import Report
from surveys.channels.verp import attempt_of
from surveys.dispatch import reports
from surveys.dispatch.writing import BOUNCE_LABEL

if TYPE_CHECKING:
    from quality.app import House

EXISTS = "SELECT EXISTS (SELECT FROM attempt WHERE id = $1 AND channel = 'email')"


async def take(house: "House", raw: bytes, recipient: str, now: datetime) -> bool:
    """Apply what a message that came back says; False when its address names none of our e-mails.

    `recipient` is the envelope's, "" where the mail server gave none: the message's own headers then tell.
    """
    key = house.keyring.subkey(BOUNCE_LABEL)
    addresses = (recipient,) if recipient else bounce.recipients_of(raw)
    attempt = next((found for each in addresses if (found := attempt_of(each, key))), None)
    if attempt is None or not await fetch_value(pool("work"), EXISTS, attempt):
        return False
    state = bounce.state_of(raw)
    if state is not None:
        await reports.apply(pool("work"), Report(attempt, state), now)
    return True
