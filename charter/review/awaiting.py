"""What the review asks of its reader on the home page: files to review, appeals, contested points."""

from charter.review.addresses import ADHESION, FILES
from quality.access.actor import Actor
from quality.access.home import Task
from quality.access.scope import scoped
from quality.db import fetch, fetch_one
from quality.web.languages import gettext as _
from quality.web.languages import ngettext

TO_REVIEW = """
SELECT count(*) AS files, min(submitted_at) AS first FROM review_file
WHERE platform_id = $1 AND decided_at IS NULL AND state <> 'contested'
"""
APPEALS = """
SELECT a.appeal_due_at, o.name FROM adhesion a JOIN organisation o ON o.id = a.provider_id
WHERE a.platform_id = $1 AND a.state = 'appealed' ORDER BY a.appeal_due_at
"""
ANSWERED = """
SELECT p.file_id, p.criterion, p.due_at, o.name
FROM review_point p JOIN organisation o ON o.id = p.provider_id
WHERE p.platform_id = $1 AND p.state = 'answered' ORDER BY p.due_at, p.criterion
"""
CONTESTED = """
SELECT criterion, due_at FROM review_point WHERE provider_id = $1 AND state = 'contested' ORDER BY due_at
"""


async def judge_tasks(actor: Actor) -> tuple[Task, ...]:
    """Ask to review the files that were sent, to decide the appeals and the points that were answered."""
    async with scoped(actor) as db:
        waiting = await fetch_one(db, TO_REVIEW, actor.platform)
        answered = await fetch(db, ANSWERED, actor.platform)
        appeals = await fetch(db, APPEALS, actor.platform)
    found = [
        Task(
            _("Décider d’un appel : {provider}").format(provider=row["name"]),
            _("Sans décision, l’appel est accepté."),
            FILES,
            _("Décider"),
            row["appeal_due_at"],
        )
        for row in appeals
    ]
    found.extend(
        Task(
            _("Décider du critère {code} : {provider}").format(code=row["criterion"], provider=row["name"]),
            _("L’organisme a répondu. Sans décision, sa réponse sera retenue."),
            f"{FILES}/{row['file_id']}",
            _("Décider"),
            row["due_at"],
        )
        for row in answered
    )
    if waiting and waiting["files"]:
        title = ngettext(
            "%(num)s dossier de la charte à examiner",
            "%(num)s dossiers de la charte à examiner",
            waiting["files"],
        )
        sentence = _("Les organismes attendent votre décision.")
        found.append(Task(title % {"num": waiting["files"]}, sentence, FILES, _("Examiner")))
    return tuple(found)


async def provider_tasks(actor: Actor) -> tuple[Task, ...]:
    """Ask to answer the contested points of one's file."""
    async with scoped(actor) as db:
        rows = await fetch(db, CONTESTED, actor.organisation)
    return tuple(
        Task(
            _("Répondre au point contesté : critère {code}").format(code=row["criterion"]),
            _("Sans réponse, l’avis de la plateforme sera retenu."),
            ADHESION,
            _("Répondre"),
            row["due_at"],
        )
        for row in rows
    )
