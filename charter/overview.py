"""What the platform reads first: each provider and how far its assessment is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from charter.assessment import score, unmet
from charter.declaring import EDITION, GOING, Kind, asked_by, establishment
from charter.definition import Answer, Edition
from charter.editions import Library
from charter.library import library
from charter.result import HREF
from charter.words import Tag, progress_tag, reviewed_words, said, share_words
from quality.access.actor import Actor
from quality.db import Connection, fetch, fetch_one
from quality.web import format as text
from quality.web import languages
from quality.web.languages import gettext as _
from quality.web.languages import ngettext
from quality.web.paging import ROWS as PAGE
from quality.web.paging import position_words

# The embedded server has no ICU: an accent would sort after Z.
PLAIN = r"lower(regexp_replace(normalize(o.name, NFD), '[\u0300-\u036f]', '', 'g'))"
# Somebody who employs their own carer has no charter to answer, and is never shown singly.
ASSESSED = """
o.platform_id = $1 AND o.kind = 'provider' AND o.legal_form IS DISTINCT FROM 'particulier_employeur'
"""
# A run may be opened, and shared out, before its first answer.
IS_BEGUN = f"EXISTS (SELECT FROM ({GOING}) n JOIN assessment_answer g ON g.assessment_id = n.id)"
ROWS = f"""
SELECT o.code, o.name, o.activities, going.kind, going.edition_version AS version,
       coalesce(given.answers, '{{}}'::jsonb)::text AS answers
FROM (
    SELECT o.id, o.platform_id, o.code, o.name, o.activities, {PLAIN} AS plain,
           {IS_BEGUN} AS is_begun
    FROM organisation o WHERE {ASSESSED}
    ORDER BY is_begun DESC, plain, o.code LIMIT $3 OFFSET $4
) o LEFT JOIN LATERAL ({GOING}) going ON true
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(g.criterion, g.answer) AS answers
    FROM assessment_answer g WHERE g.assessment_id = going.id
) given ON true
ORDER BY o.is_begun DESC, o.plain, o.code
"""


@dataclass(frozen=True, slots=True)
class ProviderRow:
    href: str
    name: str
    reviewed: str
    progress: Tag
    share: str
    unmet: str


@dataclass(frozen=True, slots=True)
class CharterList:
    """The providers of the platform, those that have begun first."""

    title: str
    edition: str
    rows: tuple[ProviderRow, ...]
    previous: str | None
    following: str | None
    position: str


async def overview(db: Connection, actor: Actor, rank: int) -> CharterList:
    """Read a page of providers; inside `scoped(actor)`."""
    known = await library(db, actor.platform)
    edition = known.current(EDITION)
    first = rank * PAGE
    begun, every = await _counts(db, actor)
    shown = await fetch(db, ROWS, actor.platform, EDITION, PAGE, first)
    last = first + len(shown)
    return CharterList(
        title=_title(begun, every),
        edition=said(edition.title),
        rows=tuple(_row(_followed(known, row), row) for row in shown),
        previous=f"{HREF}?page={rank}" if rank else None,
        following=f"{HREF}?page={rank + 2}" if last < every else None,
        position=position_words(first + 1, last, every),
    )


BEGUN = f"""
SELECT count(*) AS every, count(*) FILTER (WHERE {IS_BEGUN}) AS begun
FROM organisation o WHERE {ASSESSED}
"""


def _followed(known: Library, row: Mapping[str, Any]) -> Edition:
    return known.find(EDITION, row["version"]) if row["version"] else known.current(EDITION)


async def _counts(db: Connection, actor: Actor) -> tuple[int, int]:
    """Count the providers that have begun, and all."""
    row = await fetch_one(db, BEGUN, actor.platform, EDITION)
    return (row["begun"], row["every"]) if row else (0, 0)


def _title(begun: int, every: int) -> str:
    lang = languages.current()
    return ngettext(
        "%(begun)s organisme sur %(every)s a commencé son auto-évaluation",
        "%(begun)s organismes sur %(every)s ont commencé leur auto-évaluation",
        begun,
    ) % {"begun": text.count(begun, lang), "every": text.count(every, lang)}


def _row(edition: Edition, row: Mapping[str, Any]) -> ProviderRow:
    asked = asked_by(edition, Kind(row["kind"] or Kind.FULL), establishment(row["activities"]))
    answers = {code: Answer(each) for code, each in msgspec.json.decode(row["answers"]).items()}
    whole, lacking = score(asked.criteria, answers, asked.scoring), unmet(asked, answers)
    return ProviderRow(
        href=f"{HREF}?organisme={row['code']}",
        name=row["name"],
        reviewed=reviewed_words(whole),
        progress=progress_tag(whole.progress, is_met=not lacking),
        share=share_words(whole.share),
        unmet=_unmet_words(len(lacking)) if answers else "",
    )


def _unmet_words(count: int) -> str:
    if not count:
        return _("Rien à régler")
    return ngettext("%(num)s obligatoire non satisfait", "%(num)s obligatoires non satisfaits", count) % {
        "num": count
    }
