"""How soon the first question is there on a slow telephone: `python bench/bench_first_question.py`.

Chromium opens a link without JavaScript over 50 kB/s and 400 ms a request, beside an empty page of a bare
Starlette application, in windows whose cache is empty, in interleaved rounds. `decided_s` cannot vary with
the machine: the seconds that the requests and bytes recorded by Chromium take, after the two round trips that
open a secure connection. `painted_s` is the median of the first paint on Chromium's own clock, which opens a
connection for nothing. Prints one line of JSON. Target: less than 2 s decided.
"""

import json
import statistics
from typing import TYPE_CHECKING

from waiting import alone

if TYPE_CHECKING:
    import asyncpg
    from playwright.async_api import Browser

    from quality.app import House
    from tests.browser.slow_link import Recorder
    from tests.world import World

ROUNDS = 7
EMPTY = "<!doctype html><html lang=fr><title>.</title><link rel=icon href=data:,><p>."
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


async def _shown(browser: "Browser", address: str) -> "tuple[Recorder, float]":
    """Open an address in a window without a cache; give what Chromium recorded, and when it first painted."""
    from tests.browser.slow_link import recorded

    window = await browser.new_context(java_script_enabled=False)
    page = await window.new_page()
    seen = await recorded(page, is_slow=True)
    await page.goto(address)
    painted = None
    while painted is None:
        painted = await page.evaluate(PAINTED)
    await window.close()
    return seen, float(painted)


def _told(shown: "list[tuple[Recorder, float]]") -> dict[str, float]:
    seen = shown[0][0]
    assert all(each.asked == seen.asked for each, _ in shown)
    return {
        "requests": len(seen.asked),
        "bytes": seen.weight,
        "decided_s": round(seen.seconds, 2),
        "painted_s": round(statistics.median(painted for _, painted in shown) / 1000, 2),
    }


async def measure(house: "House", world: "World", owner: "asyncpg.Connection") -> dict[str, object]:  # noqa: ARG001
    """Open both pages in turn, in the other order every second round."""
    from playwright.async_api import async_playwright
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    from quality.app import create_app
    from tests.browser.conftest import ARGUMENTS, CHROMIUM
    from tests.served import served
    from tests.surveys.invited import invited

    token, _ = await invited(world)
    bare = Starlette(routes=[Route("/", lambda request: HTMLResponse(EMPTY))])  # noqa: ARG005
    shown: dict[str, list[tuple[Recorder, float]]] = {"ours": [], "bare": []}
    async with served(create_app(house)) as url, served(bare) as bare_url, async_playwright() as playwright:
        addresses = {"ours": f"{url}/s/{token}", "bare": f"{bare_url}/"}
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for place in range(ROUNDS):
            for name in list(addresses)[:: 1 if place % 2 == 0 else -1]:
                shown[name].append(await _shown(browser, addresses[name]))
        await browser.close()
    ratios = [ours / bare for (_, ours), (_, bare) in zip(shown["ours"], shown["bare"], strict=True)]
    return {
        "bench": "first question",
        "ours": _told(shown["ours"]),
        "bare": _told(shown["bare"]),
        "decided ours / bare": round(shown["ours"][0][0].seconds / shown["bare"][0][0].seconds, 2),
        "painted ours / bare": round(statistics.median(ratios), 2),
    }


if __name__ == "__main__":
    print(json.dumps(alone(measure)))
