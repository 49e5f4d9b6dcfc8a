"""Files on the home page: the one that a provider owes, and those that the platform received and awaits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from quality import clock
from quality.access.actor import Actor, Role
from quality.access.home import Task
from quality.access.scope import scoped
from quality.component import HomePanel, HomeSection
from quality.db import fetch, fetch_one
from quality.directory.intake.rhythm import days_late
from quality.directory.matching import alphabetical
from quality.web import languages
from quality.web.format import capital, day_text, spelled
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from quality.web.platform import PARIS

HREF = "/imports"
PROVIDER = frozenset({Role.provider})
PLATFORM = frozenset({Role.platform})
SENDERS = PROVIDER | PLATFORM
LOOKED_BACK = timedelta(days=120)
LATEST_SHOWN = 5
# Row-level security says the same as the first lines of these statements (two walls).
RECEIVED = """
SELECT provider_id, committed_at FROM import_batch
WHERE platform_id = $1 AND ($2::uuid IS NULL OR provider_id = $2) AND state = 'committed'
  AND committed_at >= $3
"""
PREVIEWED = """
SELECT id, filename FROM import_batch
WHERE platform_id = $1 AND ($2::uuid IS NULL OR provider_id = $2) AND state = 'previewed'
ORDER BY id DESC LIMIT 3
"""
COUNTS = """
SELECT count(*) FILTER (WHERE b.state = 'committed' AND b.committed_at >= $2) AS today,
       count(*) FILTER (WHERE b.state = 'previewed') AS to_confirm,
       (SELECT count(*) FROM organisation o WHERE o.platform_id = $1 AND o.kind = 'provider'
        AND NOT EXISTS (SELECT 1 FROM import_batch f WHERE f.provider_id = o.id AND f.state = 'committed'))
        AS never
FROM import_batch b WHERE b.platform_id = $1
"""
NAMES = "SELECT id, code, name FROM organisation WHERE platform_id = $1 AND id = ANY ($2::uuid[])"


@dataclass(frozen=True, slots=True)
class LateFile:
    """A provider whose file is expected since some days."""

    href: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class FilesPanel:
    """Files received and awaited by the platform, in sentences; then the late ones, the latest first."""

    title: str
    sentences: tuple[str, ...]
    late: tuple[LateFile, ...]


async def tasks(actor: Actor) -> Sequence[Task]:
    """Ask for the file that is late, and for the answer on those read and not confirmed."""
    async with scoped(actor) as db:
        own = actor.organisation if actor.role == Role.provider else None
        previewed = await fetch(db, PREVIEWED, actor.platform, own)
        received = await fetch(db, RECEIVED, actor.platform, own, clock.now() - LOOKED_BACK) if own else []
    return (*_late_task(received), *map(_confirm_task, previewed))


def _late_task(received: Sequence[Mapping[str, Any]]) -> Sequence[Task]:
    days = [_day(row["committed_at"]) for row in received]
    late = days_late(days, _day(clock.now()))
    if not late:
        return ()
    title = ngettext(
        "Envoyer le fichier des visites, attendu depuis {num} jour",
        "Envoyer le fichier des visites, attendu depuis {num} jours",
        late,
    ).format(num=late)
    sentence = _("Le dernier est arrivé {day}. Sans lui, vos clients ne sont pas interrogés.").format(
        day=day_text(max(days), languages.current())
    )
    return (Task(title, sentence, HREF, _("Choisir le fichier"), clock.now() - timedelta(days=late)),)


def _confirm_task(row: Mapping[str, Any]) -> Task:
    return Task(
        _("Confirmer le fichier {name}").format(name=row["filename"] or _("sans nom")),
        _("Il est lu, et rien n’est encore enregistré."),
        f"{HREF}/{row['id']}",
        _("Vérifier"),
    )


async def panel(actor: Actor) -> FilesPanel:
    now = clock.now()
    midnight = now.astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    async with scoped(actor) as db:
        counts = await fetch_one(db, COUNTS, actor.platform, midnight) or {}
        received = await fetch(db, RECEIVED, actor.platform, None, now - LOOKED_BACK)
        late = _lateness(received, _day(now))
        names = {row["id"]: row for row in await fetch(db, NAMES, actor.platform, list(late))}
    ordered = sorted(late, key=lambda each: (-late[each], alphabetical(names[each]["name"])))
    return FilesPanel(
        title=_title(len(late)),
        sentences=_sentences(len(ordered) - LATEST_SHOWN, counts),
        late=tuple(_late_file(names[each], late[each]) for each in ordered[:LATEST_SHOWN]),
    )


def _sentences(more: int, counts: Mapping[str, int]) -> tuple[str, ...]:
    """Say what is more than nothing."""
    known = (
        (more, ngettext("{num} autre aussi.", "{num} autres aussi.", more)),
        (
            counts["today"],
            ngettext("{num} fichier reçu aujourd’hui.", "{num} fichiers reçus aujourd’hui.", counts["today"]),
        ),
        (
            counts["to_confirm"],
            ngettext(
                "{num} fichier attend d’être confirmé.",
                "{num} fichiers attendent d’être confirmés.",
                counts["to_confirm"],
            ),
        ),
        (
            counts["never"],
            ngettext(
                "{num} organisme n’a encore envoyé aucun fichier.",
                "{num} organismes n’ont encore envoyé aucun fichier.",
                counts["never"],
            ),
        ),
    )
    said = tuple(counted(words, n) for n, words in known if n > 0)
    return said or (_("Aucun fichier n’est arrivé aujourd’hui."),)


def _lateness(received: Sequence[Mapping[str, Any]], today: date) -> dict[UUID, int]:
    days: dict[UUID, list[date]] = {}
    for row in received:
        days.setdefault(row["provider_id"], []).append(_day(row["committed_at"]))
    counted = {provider: days_late(found, today) for provider, found in days.items()}
    return {provider: late for provider, late in counted.items() if late}


def _late_file(row: Mapping[str, Any], late: int) -> LateFile:
    words = ngettext("attendu depuis {num} jour", "attendu depuis {num} jours", late).format(num=late)
    return LateFile(f"/prestataires/{row['code']}", row["name"], words)


def _title(late: int) -> str:
    if not late:
        return _("Aucun fichier en retard")
    words = ngettext("{num} fichier en retard", "{num} fichiers en retard", late)
    return capital(words.format(num=spelled(late, languages.current())))


def _day(at: datetime) -> date:
    return at.astimezone(PARIS).date()


HOME = (HomeSection(SENDERS, tasks, rank=20),)
PANELS = (HomePanel(PLATFORM, panel, rank=20, span=6),)
