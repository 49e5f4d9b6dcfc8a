"""Letters to the client of a complaint: which ones can be said now, and their pages in large print.

The words are those of client_words.yaml, in the client's language; each letter drawn leaves a line in the
audit trail, as it holds a name.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from quality import clock, typesetting
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.complaints import links
from quality.complaints.client_words import told
from quality.complaints.opening import WITHDRAWN_CAUSE
from quality.complaints.reading import SCOPE, own_organisation
from quality.complaints.resolving.authority import euros
from quality.complaints.vocabulary import REMEDIES
from quality.db import Connection, fetch_one
from quality.directory.geography import zone_of
from quality.errors import NotFound
from quality.keys import Keyring
from quality.web import languages
from quality.web.format import day_text, phone_text
from quality.web.platform import PlatformCard, card_of

SOURCE = Path(__file__).with_name("letter.typ")
# Sentences around the words of the complaint, in the client's language.
FRAME = {
    "fr": {
        "dated": "Le {day}",
        "about": "Réclamation {number}, référence {reference}",
        "greeting": "Madame, Monsieur,",
        "invitation": "Une question\u202f? Un désaccord\u202f? Appelez-nous, l’appel n’est pas surtaxé.",
        "footer": "Réclamation {number}. Donnez ce numéro quand vous nous appelez.",
    },
    "en": {
        "dated": "{day}",
        "about": "Complaint {number}, reference {reference}",
        "greeting": "Dear Sir or Madam,",
        "invitation": "A question? You disagree? Call us: it is not a premium-rate number.",
        "footer": "Complaint {number}. Give this number when you call us.",
    },
}
FACTS = f"""
SELECT c.number, c.state, c.disclosure, c.departement, c.opened_at, c.acknowledge_due_at, c.solution_due_at,
       c.acknowledged_at, c.remedied_at, c.closed_at, c.verdict, c.verdict_due_at, c.cause, c.remedy,
       o.name AS provider, k.id AS client, k.name_cipher, k.language, k.postcode, k.commune,
       c.id, p.remedy_code, p.amount_cents, p.detail, p.due_at AS promise_due_at,
       c.is_serious, p.state AS promise_state
FROM complaint c JOIN organisation o ON o.id = c.provider_id
JOIN complaint_subject s ON s.id = c.id JOIN client k ON k.id = s.client_id
LEFT JOIN LATERAL (SELECT remedy_code, amount_cents, detail, due_at, state FROM complaint_promise
    WHERE complaint_id = c.id AND state <> 'refused' ORDER BY made_at DESC, id DESC LIMIT 1) p ON true
WHERE {SCOPE} AND c.number = $3
"""


@dataclass(frozen=True, slots=True)
class Letter:
    filename: str
    content: bytes


def offered(
    state: str, *, is_promised: bool, is_withdrawn: bool = False, is_serious: bool = False
) -> tuple[str, ...]:
    """Name the letters that say something true now, the newest first.

    A serious event has none: whoever is at home may open a letter.

    >>> offered("remedied", is_promised=True), offered("opened", is_promised=False)
    (('remedied', 'decided', 'opened'), ('opened',))
    """
    if state == "merged" or is_withdrawn or is_serious:
        return ()
    last = {"remedied": ("remedied",), "closed": ("closed",)}.get(state, ())
    return (*last, *(("decided",) if is_promised else ()), *(() if state == "closed" else ("opened",)))


def href_of(number: int, row: Mapping[str, Any], code: str = "") -> str:
    """Give the address of a letter that exists, the newest when none is named; nothing without one.

    `row` holds state, cause, is_serious and is_promised of the complaint.
    """
    codes = offered(
        row["state"],
        is_promised=row["is_promised"],
        is_withdrawn=row["cause"] == WITHDRAWN_CAUSE,
        is_serious=row["is_serious"],
    )
    address = f"/reclamations/{number}/lettre.pdf"
    if code:
        return f"{address}?modele={code}" if code in codes else ""
    return address if codes else ""


async def letter(actor: Actor, keyring: Keyring, number: int, code: str) -> Letter:
    """Draw a letter, the newest when none is named; 404 where nothing of it may be said to its reader."""
    card = await card_of(actor.platform)
    async with scoped(actor) as db:
        row = await _facts(db, actor, number)
        is_withdrawn = row["cause"] == WITHDRAWN_CAUSE
        codes = offered(
            row["state"],
            is_promised=row["remedy_code"] is not None,
            is_withdrawn=is_withdrawn,
            is_serious=row["is_serious"],
        )
        code = code or next(iter(codes), "")
        if code not in codes:
            raise NotFound
        name = keyring.decrypt(row["name_cipher"], "client.name", row["client"]) or ""
        await audit.record(db, actor, "complaint.letter", str(number), {"letter": code})
    reference = links.reference_of(keyring, row["id"])
    words = _words({**row, "reference": reference}, code, name, card)
    return Letter(f"reclamation-{number}.pdf", await asyncio.to_thread(drawn, words))


async def _facts(db: Connection, actor: Actor, number: int) -> dict[str, Any]:
    row = await fetch_one(db, FACTS, actor.platform, own_organisation(actor), number)
    if row is None:
        raise NotFound
    return row


def drawn(words: dict[str, Any]) -> bytes:
    """Draw the pages of a letter."""
    return typesetting.drawn(SOURCE, "letter", words)


def _words(row: dict[str, Any], code: str, name: str, card: PlatformCard) -> dict[str, Any]:
    language, zone = row["language"] if row["language"] in FRAME else "fr", zone_of(row["departement"])
    words = told(code, language, _known(row, card, language, zone), _cases(row))
    facts = {"number": row["number"], "reference": row["reference"], "day": _day(clock.now(), language, zone)}
    frame = {key: sentence.format_map(facts) for key, sentence in FRAME[language].items()}
    town = f"{row['postcode'] or ''} {row['commune'] or ''}".strip()
    return frame | {
        "lang": language,
        "title": words.title,
        "lines": words.lines,
        "platform": card.name,
        "recipient": [each for each in (name, town) if each],
        "phone": phone_text(card.phone),
        "hours": card.hours,
        "signature": card.name,
    }


def _known(row: dict[str, Any], card: PlatformCard, language: str, zone: ZoneInfo) -> dict[str, str]:
    """Write what is known of the complaint; a day that has passed its use is left out."""
    days = {
        "opened": row["opened_at"],
        "acknowledge_by": None if row["acknowledged_at"] else row["acknowledge_due_at"],
        "solution_by": None if row["remedied_at"] else row["solution_due_at"],
        "promise_by": row["promise_due_at"],
        "verdict_by": row["verdict_due_at"],
    }
    return {
        "number": str(row["number"]),
        "reference": row["reference"],
        "provider": row["provider"],
        "platform": card.name,
        "promise": _promise(row, language),
        "solution": _sentence(row["remedy"]),
        "phone": phone_text(card.phone),
        "hours": card.hours,
        **{name: _day(at, language, zone) if at else "" for name, at in days.items()},
    }


PROMISED = {"promised": "awaited", "confirmed": "awaited", "done": "kept", "broken": "broken"}


def _cases(row: dict[str, Any]) -> frozenset[str]:
    verdicts = {"settled": "settled", "no_answer": "silent"}
    promise = PROMISED.get(row["promise_state"] or "", "")
    return frozenset({row["disclosure"], verdicts.get(row["verdict"] or "", ""), promise})


def _day(at: datetime | date, language: str, zone: ZoneInfo) -> str:
    local = at.astimezone(zone).date() if isinstance(at, datetime) else at
    return day_text(local, language, year=True)


def _promise(row: dict[str, Any], language: str) -> str:
    """Say a promise in the client's language: what, how much, and the words of who promised."""
    if row["remedy_code"] is None:
        return ""
    what = REMEDIES[row["remedy_code"]].words.spoken(language)
    with languages.using(language):
        amount = euros(row["amount_cents"]) if row["amount_cents"] else ""
    return " ".join(
        _sentence(each) for each in (", ".join(filter(None, (what, amount))), row["detail"]) if each
    )


def _sentence(words: str) -> str:
    return words if not words or words.endswith((".", "!", "?", "…")) else f"{words}."
