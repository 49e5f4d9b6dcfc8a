"""A person on the answer pages: follows redirects by hand, and reads what a page says."""

import html
import re
from dataclasses import dataclass

import httpx

TAGS = re.compile(r"<[^>]+>")


@dataclass
class Person:
    """Somebody with the link, on one device."""

    client: httpx.AsyncClient
    token: str
    at: str = ""
    page: httpx.Response | None = None

    async def open(self, path: str = "", **headers: str) -> httpx.Response:
        """Open a page and follow where it leads, sending the Referer as browsers do."""
        address = path if path.startswith("/") else f"/s/{self.token}{'/' + path if path else ''}"
        if self.at and "referer" not in headers:
            headers["referer"] = f"http://testserver{self.at}"
        return await self._arrive(await self.client.get(address, headers=headers), address)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form with what the page had hidden in it, and follow."""
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', self.text()))
        headers = {"origin": "http://testserver"}
        if self.at:
            headers["referer"] = f"http://testserver{self.at}"
        address = f"/s/{self.token}/{path}"
        sent = await self.client.post(address, data={**hidden, **fields}, headers=headers)
        return await self._arrive(sent, address)

    async def _arrive(self, response: httpx.Response, address: str) -> httpx.Response:
        while response.status_code == 303:
            address = response.headers["location"]
            response = await self.client.get(address, headers={"referer": f"http://testserver{self.at}"})
        self.at, self.page = address, response
        return response

    @property
    def path(self) -> str:
        """Give where the person stands, without the token."""
        return self.at.replace(f"/s/{self.token}", "") or "/"

    def text(self) -> str:
        return self.page.text if self.page is not None else ""

    def words(self) -> str:
        """Give what is read on the page, spaces of French typography made plain."""
        said = html.unescape(TAGS.sub(" ", self.text()))
        return " ".join(re.sub(r"[\u00a0\u202f]", " ", said).split())

    def heading(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.text(), re.DOTALL)
        return (
            html.unescape(TAGS.sub("", found[1])).replace("\u00a0", " ").replace("\u202f", " ")
            if found
            else ""
        )

    def checked(self) -> list[str]:
        return re.findall(r'value="([^"]*)" checked', self.text())

    def links(self) -> dict[str, str]:
        found = re.findall(r'<a[^>]* href="([^"]*)"[^>]*>(.*?)</a>', self.text(), re.DOTALL)
        return {html.unescape(TAGS.sub("", label)).strip(): html.unescape(href) for href, label in found}

    async def follow(self, label: str) -> httpx.Response:
        href = self.links()[label]
        return await self.open(self.at.partition("?")[0] + href if href.startswith("?") else href)
