"""Sheets of codes for the visits of a day: half a page for each client, in large print, to leave at home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from quality import typesetting
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, fetch
from quality.errors import NotFound
from quality.ids import uuid7_floor
from quality.keys import Keyring
from quality.web.format import day_text, phone_text
from quality.web.platform import PlatformCard
from quality.web.square import square
from surveys.door.codes import door_code, in_quarters
from surveys.door.finding import LABEL, day_in_id

SOURCE = Path(__file__).with_name("sheet.typ")
RECENT_DAYS = 28
A_FILE = 400  # clients: two hundred pages
VISITED = """
SELECT c.id, c.name_cipher, c.reference, c.language, v.id AS visit, v.departement
FROM client c JOIN LATERAL (
    SELECT i.id, i.departement FROM intervention i
    WHERE i.client_id = c.id AND i.id >= $3 AND i.id < $4 AND i.status <> 'cancelled'
    ORDER BY i.id DESC LIMIT 1) v ON true
WHERE c.platform_id = $1 AND c.provider_id = $2 AND c.status = 'active' AND c.identity_purged_at IS NULL
ORDER BY v.id, c.id
"""
# Words of a half page, in the client's language.
WORDS = {
    "fr": {
        "title": "Comment s’est passée la visite\u202f?",
        "day": "Visite du {day}, {provider}",
        "sentence": "Après la visite, donnez votre avis\u00a0: cela prend une minute.",
        "later": "Si l’adresse ne s’ouvre pas encore, réessayez le lendemain.",
        "type": "Photographiez le carré, ou tapez cette adresse\u00a0:",
        "phone": "Ou appelez {platform}\u00a0: {phone} (non\u00a0surtaxé).",
        "private": "{provider} ne voit pas votre nom sans votre accord.",
        "free": "C’est gratuit. Nous ne demandons jamais d’argent ni de numéro\u00a0de\u00a0carte.",
    },
    "en": {
        "title": "How did the visit go?",
        "day": "Visit of {day}, {provider}",
        "sentence": "After the visit, tell us how it went: it takes one minute.",
        "later": "If the address does not open yet, try again the next day.",
        "type": "Photograph the square, or type this address:",
        "phone": "Or call {platform}: {phone} (not\u00a0premium\u2011rate).",
        "private": "{provider} does not see your name unless you agree.",
        "free": "It is free. We never ask for money or for a card number.",
    },
}


@dataclass(frozen=True, slots=True)
class Visited:
    """Whose half pages are printed; `is_known` when the visits of the day themselves are."""

    rows: Sequence[dict[str, Any]]
    is_known: bool

    @property
    def files(self) -> int:
        """Say in how many files they are printed."""
        return -(-len(self.rows) // A_FILE)

    def in_file(self, number: int) -> Sequence[dict[str, Any]]:
        """Give those of one file, counted from 1."""
        return self.rows[(number - 1) * A_FILE : number * A_FILE]


async def visited_on(db: Connection, actor: Actor, day: date, card: PlatformCard) -> Visited:
    """List the clients of a day; of a day not sent yet, those visited in the four weeks before it."""
    begins = datetime.combine(day, time(), card.zone)
    margin = timedelta(hours=14)  # overseas
    near = await _between(db, actor, begins - margin, begins + timedelta(days=1) + margin)
    known = [row for row in near if day_in_id(row["visit"], row["departement"]) == day]
    if known:
        return Visited(known, is_known=True)
    return Visited(await _between(db, actor, begins - timedelta(days=RECENT_DAYS), begins), is_known=False)


async def _between(db: Connection, actor: Actor, starts: datetime, ends: datetime) -> list[dict[str, Any]]:
    bounds = uuid7_floor(starts), uuid7_floor(ends)
    return await fetch(db, VISITED, actor.platform, actor.organisation, *bounds)


async def halves_of(
    actor: Actor, keyring: Keyring, base_url: str, day: date, card: PlatformCard, *, number: int = 1
) -> list[dict[str, str]]:
    """Write the half pages of a file of a day; they hold names: the audit trail says who printed them."""
    async with scoped(actor) as db:
        rows = (await visited_on(db, actor, day, card)).in_file(number)
        if not rows:
            raise NotFound
        provider = await fetch(db, "SELECT name FROM organisation WHERE id = $1", actor.organisation)
        await audit.record(db, actor, "door.sheet", day.isoformat(), {"clients": len(rows)})
    facts = {"provider": provider[0]["name"], "platform": card.name, "phone": phone_text(card.phone)}
    return [_half(row, keyring, base_url, day, facts) for row in rows]


def _half(
    row: dict[str, Any], keyring: Keyring, base_url: str, day: date, facts: dict[str, str]
) -> dict[str, str]:
    language = row["language"] if row["language"] in WORDS else "fr"
    code = in_quarters(door_code(keyring.subkey(LABEL), row["id"], day))
    link = f"{base_url.rstrip('/')}/s/{code}"
    known = {**facts, "day": day_text(day, language)}
    return {name: words.format_map(known) for name, words in WORDS[language].items()} | {
        "lang": language,
        "name": keyring.decrypt(row["name_cipher"], "client.name", row["id"]) or row["reference"],
        "link": link.partition("://")[2],
        "square": square(link),
    }


def drawn(halves: Sequence[dict[str, str]], platform: str) -> bytes:
    """Draw the pages, two clients on each."""
    return typesetting.drawn(SOURCE, "sheet", {"platform": platform, "halves": halves})
