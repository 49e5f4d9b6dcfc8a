"""A message that its author sends to themselves: by the carrier of its channel, and kept nowhere.

It goes to nobody whom the platform follows: a refusal, the hours and the cap are the gate's to hold.
"""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.db import fetch_value, pool, transaction
from quality.errors import Conflict, TooMany, Unavailable
from quality.french import french
from surveys.channels.message import ChannelError, Outgoing
from surveys.dispatch.carriers import open_carrier

if TYPE_CHECKING:
    from quality.app import House

ACTION = "trial.send"
AN_HOUR, MOST = timedelta(hours=1), 5
PATIENCE = 15.0  # seconds that somebody waits in front of a page
NO_CARRIER = {
    "sms": french("Aucun opérateur de SMS n’est réglé : l’essai ne peut pas partir par SMS."),
    "email": french("Aucun serveur d’e-mail n’est réglé : l’essai ne peut pas partir par e-mail."),
}
SOMEBODY_S = french("Ce numéro est celui d’une personne suivie. Un essai ne s’envoie qu’à vous.")
TOO_MANY = french("Cinq essais sont partis depuis une heure. Attendez, puis recommencez.")
NOT_TAKEN = french("L’essai n’est pas parti : l’opérateur ne l’a pas pris. Réessayez dans un moment.")
COUNT = "SELECT count(*) FROM audit WHERE account_id = $1 AND action = $2 AND at > $3"
FOLLOWED = "SELECT EXISTS (SELECT FROM endpoint WHERE platform_id = $1 AND kind = 'phone' AND key = $2)"


def address_of(house: "House", channel: str) -> str:
    """Give the carrier's address of a channel, "" where none is set."""
    return {"sms": house.settings.sms_url, "email": house.settings.email_url}[channel]


async def send(house: "House", actor: Actor, channel: str, message: Outgoing, subject: str) -> None:
    """Give one message to its carrier, once it is written in the audit trail; `subject` is what it tries.

    Raise Conflict without a carrier or for somebody else's number, TooMany above five an hour and account,
    Unavailable when the carrier does not take it.
    """
    url = address_of(house, channel)
    if not url:
        raise Conflict(NO_CARRIER[channel])
    if channel == "sms" and await _is_followed(house, actor, message.to):
        raise Conflict(SOMEBODY_S)
    await _count(actor, channel, subject)
    carrier = open_carrier(url, channel)
    try:
        async with asyncio.timeout(PATIENCE):
            turn = (await carrier.pace.turns(channel, 1))[0]
            await asyncio.sleep(max(0.0, turn - asyncio.get_running_loop().time()))
            await carrier.driver.send(message)
    except (ChannelError, TimeoutError) as error:
        raise Unavailable(NOT_TAKEN) from error
    finally:
        await carrier.driver.close()


async def _is_followed(house: "House", actor: Actor, number: str) -> bool:
    key = house.keyring.lookup("phone", number)
    return bool(await fetch_value(pool("work"), FOLLOWED, actor.platform, key))


async def _count(actor: Actor, channel: str, subject: str) -> None:
    """Write it down before it leaves, or refuse it; the chain of the trail counts those sent at once."""
    async with transaction("work") as db:
        await audit.record(db, actor, ACTION, subject, {"channel": channel})
        sent = await fetch_value(db, COUNT, actor.account, ACTION, clock.now() - AN_HOUR)
        if sent > MOST:
            raise TooMany(TOO_MANY)
