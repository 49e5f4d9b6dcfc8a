"""The live links of a demonstration, as /demo/messages lists them, each taken once.

They ask about a visit that was done: one that was missed has questions of its own.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from quality.demo.providers import FIRST_SIRET
from tests.live import Demo

TOKEN = re.compile(r"/s/([0-9A-Z]{12})")
OPEN = """
SELECT i.id, o.code AS provider, o.name AS provider_name, i.month, i.audience, p.funders
FROM memory_message m
JOIN attempt a ON a.id = m.attempt_id
JOIN invitation i ON i.id = a.invitation_id
JOIN organisation o ON o.id = i.provider_id
JOIN questionnaire_version v ON v.id = i.questionnaire_id AND v.code = 'default'
CROSS JOIN LATERAL (
    SELECT array_agg(f.code) AS funders FROM organisation f WHERE f.id = ANY (i.funders)) p
WHERE strpos(m.text, $1) > 0 AND i.closed_at IS NULL AND i.answered_at IS NULL AND i.language = 'fr'
  AND i.closes_at > now() + make_interval(secs => clock_offset_seconds()) + interval '1 hour'
LIMIT 1
"""


@dataclass(frozen=True)
class Link:
    """One request that waits for its answer: the message, and what the database says of it."""

    token: str
    message: dict[str, Any]
    invitation: UUID
    provider: str
    provider_name: str
    month: date
    funders: frozenset[str]

    @property
    def path(self) -> str:
        return f"/s/{self.token}"

    @property
    def is_wanted(self) -> bool:
        return self.provider == FIRST_SIRET or "D34" in self.funders

    @property
    def addresses(self) -> list[str]:
        found: list[str] = self.message["links"]
        return found


class Links:
    """A heap from which each test takes a link of its own.

    All tests answer from this device, and five clients of one provider there would be set apart.
    """

    def __init__(self, waiting: list[Link]) -> None:
        self.waiting = waiting
        self.taken: Counter[str] = Counter()  # how many of each provider

    @classmethod
    async def read(cls, demo: Demo, behind: asyncpg.Connection) -> "Links":
        found: dict[str, Link] = {}
        for message in demo.messages():
            token = next(iter(TOKEN.findall(message["text"])), "")
            row = await behind.fetchrow(OPEN, token) if token and token not in found else None
            if row is not None and row["audience"] == "client":
                found[token] = Link(
                    token,
                    message,
                    row["id"],
                    row["provider"],
                    row["provider_name"],
                    row["month"],
                    frozenset(row["funders"] or ()),
                )
        return cls(list(found.values()))

    def take(self, channel: str = "sms", provider: str = "", funder: str = "") -> Link:
        """Take the newest link that fits, of the provider asked least; those that are wanted last."""

        def order(link: Link) -> tuple[bool, int]:
            return not (provider or funder) and link.is_wanted, self.taken[link.provider]

        for link in sorted(self.waiting, key=order):
            fits = link.message["channel"] == channel and provider in {"", link.provider}
            if fits and (not funder or funder in link.funders):
                self.waiting.remove(link)
                self.taken[link.provider] += 1
                return link
        raise AssertionError(f"no live link is left: {channel} {provider} {funder}")
