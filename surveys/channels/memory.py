"""The memory carrier: each message becomes a row written by the caller, who owns the table."""

from surveys.channels.message import Outgoing, Receipt, Write
from surveys.channels.opening import DriverRefused, Opening


class MemoryDriver:
    """Carry nothing anywhere; for the demo and for tests."""

    name = "memory"
    repeats = False

    def __init__(self, write: Write, channel: str) -> None:
        self.channel = channel
        self._write = write

    async def send(self, message: Outgoing) -> Receipt:
        await self._write(message, self.channel)
        return Receipt(reference=str(message.id))

    async def close(self) -> None:
        """Leave everything as it is: nothing is held open."""


def open_memory(opening: Opening) -> MemoryDriver:
    if opening.write is None or not opening.channel:
        raise DriverRefused("Le canal memory:// s’ouvre avec sa table et le canal qu’il remplace.")
    return MemoryDriver(opening.write, opening.channel)
