"""Messages a second of one worker: `python bench/bench_sending.py [messages] [lines]`.

A carrier in a process of its own speaks as Kannel and answers after 50 ms. `ours` is `send_due` as the
worker runs it: the claim, the words, the names deciphered, « sending » written and committed, the carrier,
its receipt written. `bare` is the driver alone, as many calls at once, with one message composed before: what
the HTTP client and this machine can do. Interleaved rounds, PostgreSQL with fsync on; the processor's time of
this process is told too, since a busy machine changes it less than the rate. `lines` and `rate` are
options of the carrier's address. Prints one line of JSON. Target: 600 messages a second.
"""

import asyncio
import json
import statistics
import sys
import time
from typing import TYPE_CHECKING

import asyncpg

sys.path.insert(0, __file__.rsplit("/", 1)[0])
from waiting import alone, fill, give_addresses

if TYPE_CHECKING:
    from quality.app import House
    from tests.world import World

MESSAGES, LINES, LATENCY, ROUNDS = 10_000, 60, 0.05, 5
ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 25\r\n\r\n0: Accepted for delivery\n"


async def carry() -> None:
    """Answer each request after a while, for ever; print the port first."""
    loop = asyncio.get_running_loop()

    class Line(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport, self.waiting = transport, b""

        def data_received(self, data: bytes) -> None:
            *requests, self.waiting = (self.waiting + data).split(b"\r\n\r\n")
            for _ in requests:
                loop.call_later(LATENCY, self.transport.write, ANSWER)  # type: ignore[attr-defined]

    server = await loop.create_server(Line, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def ours(house: "House", carriers: object, lines: int, count: int) -> float:
    """Send about so many messages of those due; return messages a second."""
    from surveys.dispatch.sending import send_due
    from surveys.dispatch.stream import CLAIMED_A_LINE

    batch = CLAIMED_A_LINE * lines
    turns = iter(range(count // batch - 1))
    began = time.perf_counter()
    sent = await send_due(
        house,
        carriers,  # type: ignore[arg-type]
        "bench",
        batch,
        goes_on=lambda: next(turns, None) is not None,
    )
    assert sent > count // 2, "nothing is due: give more messages"
    return sent / (time.perf_counter() - began)


async def bare(driver: object, lines: int, count: int) -> float:
    """Give one message to the driver so many times, by as many lines at once."""
    from quality import clock
    from quality.ids import uuid7
    from surveys.channels.message import Outgoing
    from surveys.channels.signature import signed_url

    one = uuid7(clock.now())
    message = Outgoing(
        one, "+33600000001", "38000", "Bonjour", report_url=signed_url("http://b/r", b"k", one)
    )

    async def line() -> None:
        for _ in range(count // lines):
            await driver.send(message)  # type: ignore[attr-defined]

    began = time.perf_counter()
    await asyncio.gather(*(line() for _ in range(lines)))
    return count // lines * lines / (time.perf_counter() - began)


async def measure(house: "House", world: "World", owner: asyncpg.Connection) -> dict[str, object]:
    from surveys.dispatch.carriers import close_carriers, open_carrier
    from tests.surveys.dispatch.asking import asked

    given = [int(value) for value in sys.argv[1:]]
    messages, lines = (*given, *(MESSAGES, LINES)[len(given) :])
    await asked(world)
    await fill(owner, messages)
    await give_addresses(owner, world)
    await owner.execute("UPDATE attempt SET opens_at = opens_at - interval '5 minutes'")
    await owner.execute("VACUUM ANALYZE")
    carrier = await asyncio.create_subprocess_exec(
        sys.executable, __file__, "carry", stdout=asyncio.subprocess.PIPE
    )
    assert carrier.stdout is not None
    port = int(await carrier.stdout.readline())
    opened = open_carrier(f"kannel://u:p@127.0.0.1:{port}/?from=38000&rate=100000&lines={lines}", "sms")
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    spent = dict.fromkeys(rates, 0.0)
    try:
        await ours(house, {"sms": opened}, lines, messages // 10)
        for place in range(ROUNDS):
            for side in ("ours", "bare") if place % 2 == 0 else ("bare", "ours"):
                count = messages * 8 // 10 // ROUNDS // (4 * lines) * 4 * lines
                began = time.process_time()
                rates[side].append(
                    await ours(house, {"sms": opened}, lines, count)
                    if side == "ours"
                    else await bare(opened.driver, lines, count)
                )
                spent[side] += (time.process_time() - began) / count / ROUNDS
    finally:
        await close_carriers({"sms": opened})
        carrier.kill()
        await carrier.wait()
    states = await owner.fetch("SELECT state, count(*) AS n FROM attempt GROUP BY 1")
    medians = {side: statistics.median(found) for side, found in rates.items()}
    return {
        "lines": lines,
        "per_second": {side: round(value) for side, value in medians.items()},
        "ratio": round(medians["ours"] / medians["bare"], 2),
        "cpu_ms_a_message": {side: round(1000 * value, 2) for side, value in spent.items()},
        "states": {row["state"]: row["n"] for row in states},
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["carry"]:
        asyncio.run(carry())
    else:
        print(json.dumps(alone(measure)))
