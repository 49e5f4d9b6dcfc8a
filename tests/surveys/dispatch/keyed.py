"""The driver of a carrier that takes a key: the same attempt given twice makes one message."""

from surveys.channels.message import ChannelError, Outgoing, Receipt
from surveys.channels.opening import Opening
from surveys.channels.registry import DRIVERS
from surveys.channels.sms_kannel import KannelAccount, KannelDriver


class KeyedDriver(KannelDriver):
    """Speak as Kannel; the key is the attempt's id, which the report's address holds."""

    repeats = True

    async def send(self, message: Outgoing) -> Receipt:
        try:
            return await super().send(message)
        except ChannelError as error:
            raise ChannelError(
                error.message,
                permanent=error.permanent,
                repeatable=error.uncertain,
                retry_after=error.retry_after,
            ) from error


def open_keyed(opening: Opening) -> KeyedDriver:
    account = KannelAccount(f"http://{opening.host}:{opening.port}", opening.user, opening.password, "38000")
    return KeyedDriver(account, timeout=opening.number("timeout", 1.0))


def register() -> None:
    DRIVERS["keyed"] = f"{__name__}:open_keyed"
