"""A client on the page of their own complaint: opens it, sends its forms, reads what it says."""

import html
import re
from dataclasses import dataclass

import httpx

from quality.complaints.links import token_of
from tests.quality.complaints.opened import Filed, filed
from tests.world import World

TAGS = re.compile(r"<[^>]+>")


@dataclass
class Guest:
    """Somebody with the link, who never signed in."""

    client: httpx.AsyncClient
    token: str
    complaint: Filed

    async def open(self, path: str = "") -> httpx.Response:
        return await self.client.get(f"/suivi/{self.token}{path}")

    async def post(self, path: str, **fields: str) -> httpx.Response:
        sent = await self.client.post(
            f"/suivi/{self.token}{path}", data=fields, headers={"origin": "http://testserver"}
        )
        return await self.client.get(sent.headers["location"]) if sent.status_code == 303 else sent


async def guest(client: httpx.AsyncClient, world: World, disclosure: str = "named", **given: object) -> Guest:
    complaint = await filed(world, disclosure, **given)  # type: ignore[arg-type]
    return Guest(client, token_of(world.house.keyring, complaint.id), complaint)


def words(page: httpx.Response) -> str:
    """Give what is read on a page, spaces of French typography made plain."""
    said = html.unescape(TAGS.sub(" ", page.text.partition("<main")[2]))
    return " ".join(re.sub(r"[\u00a0\u202f]", " ", said).split())


def heading(page: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    return re.sub(r"[\u00a0\u202f]", " ", html.unescape(TAGS.sub("", found[1]))) if found else ""
