"""Reviewing a file: a criterion accepted, corrected or contested, the provider's reply, and the decision."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from charter import letters
from charter.adhesion.moving import Accepted, admit, checked
from charter.assessment import stances, unmet
from charter.definition import Edition
from charter.library import library
from charter.review.addresses import ADHESION
from charter.review.life import (
    ANSWER_DELAY,
    FileEvent,
    FileState,
    Point,
    PointEvent,
    PointState,
    is_settled,
    next_file,
    next_point,
    retained,
)
from charter.scoring.issuing import OFFERED
from charter.words import label_of
from quality import clock
from quality.access import audit
from quality.access.actor import Actor
from quality.access.scope import scoped
from quality.db import Connection, fetch, fetch_one, fetch_value
from quality.errors import Conflict, FieldError, Invalid, NotFound
from quality.french import french
from quality.ids import uuid7
from quality.web.languages import gettext as _
from quality.web.platform import card_of

FILE = """
SELECT f.id, f.platform_id, f.provider_id, f.assessment_id, f.state, f.reason, f.submitted_at, f.decided_at,
       a.edition, a.edition_version
FROM review_file f JOIN assessment a ON a.id = f.assessment_id WHERE f.id = $1
"""
POINTS = """
SELECT id, criterion, state, answer, reason, reply, verdict, due_at FROM review_point WHERE file_id = $1
"""
DECLARED = "SELECT criterion, answer, comment, reason FROM assessment_answer WHERE assessment_id = $1"
# A point that the provider has begun to contest goes on; any other may be judged again.
JUDGE = """
INSERT INTO review_point (id, platform_id, provider_id, file_id, criterion, state, answer, reason, due_at,
    changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (file_id, criterion) DO UPDATE SET state = excluded.state, answer = excluded.answer,
    reason = excluded.reason, due_at = excluded.due_at, changed_at = excluded.changed_at
    WHERE review_point.state IN ('accepted', 'corrected')
RETURNING id
"""
SETTLE = """
UPDATE review_point SET state = $3, reply = CASE WHEN $4 = '' THEN reply ELSE $4 END,
    verdict = CASE WHEN $5 = '' THEN verdict ELSE $5 END, due_at = $6, changed_at = $7
WHERE id = $1 AND state = $2 RETURNING id
"""
MOVE = """
UPDATE review_file SET state = $3, reason = $4, decided_at = $5 WHERE id = $1 AND state = $2 RETURNING id
"""
JUDGEMENTS = {
    "accepter": PointState.accepted,
    "corriger": PointState.corrected,
    "contester": PointState.contested,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the platform holds of a criterion; `answer` and `reason` are needed unless it accepts."""

    verdict: str
    answer: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FileAtHand:
    """A file as it is read: its row, its edition, its points by criterion and what was declared."""

    row: Mapping[str, Any]
    edition: Edition
    points: Mapping[str, Mapping[str, Any]]
    declared: Mapping[str, Mapping[str, Any]]

    @property
    def state(self) -> FileState:
        return FileState(self.row["state"])

    @property
    def decided(self) -> tuple[Point, ...]:
        return tuple(
            Point(code, PointState(each["state"]), each["answer"], each["due_at"])
            for code, each in self.points.items()
        )

    @property
    def missed(self) -> tuple[str, ...]:
        """List the compulsory criteria that the retained answers do not satisfy."""
        said = {code: each["answer"] for code, each in self.declared.items()}
        answers = stances(self.edition, retained(said, self.decided))
        return tuple(each.code for each in unmet(self.edition, answers))


async def at_hand(db: Connection, file: UUID, *, locks: bool = False) -> FileAtHand:
    """Read a file that the actor may see, or answer 404; `locks` keeps it until the commit."""
    row = await fetch_one(db, f"{FILE} FOR UPDATE OF f" if locks else FILE, file)
    if row is None:
        raise NotFound
    points = {each["criterion"]: each for each in await fetch(db, POINTS, file)}
    declared = {each["criterion"]: each for each in await fetch(db, DECLARED, row["assessment_id"])}
    edition = (await library(db, row["platform_id"])).find(row["edition"], row["edition_version"])
    return FileAtHand(row, edition, points, declared)


async def judge(actor: Actor, file: UUID, criterion: str, said: Judgement, base_url: str) -> None:
    """Accept, correct or contest one criterion; the first one opens the review.

    `base_url` is where the letter of a contested point sends its provider.
    """
    state, now = JUDGEMENTS.get(said.verdict), clock.now()
    if state is None:
        raise Invalid(errors=(FieldError("avis-accepter", french("Choisissez un avis.")),))
    async with scoped(actor) as db:
        of = await at_hand(db, file, locks=True)
        if criterion not in of.declared:
            raise NotFound
        answer, reason = ("", "") if state is PointState.accepted else _opposed(said, of.edition)
        before = of.state
        if before is FileState.submitted:
            before = await step(db, actor, of.row, FileEvent.open, "")
        due = now + ANSWER_DELAY if state is PointState.contested else None
        values = (
            of.row["platform_id"],
            of.row["provider_id"],
            file,
            criterion,
            state,
            answer,
            reason,
            due,
            now,
        )
        if before not in {FileState.under_review, FileState.contested} or (
            await fetch_value(db, JUDGE, uuid7(now), *values) is None
        ):
            raise Conflict(french("Ce point est déjà réglé : relisez le dossier."))
        if state is PointState.contested:
            told = partial(contested_words, of.edition, criterion, reason, base_url)
            await step(db, actor, {**of.row, "state": before}, FileEvent.contest, reason, due=due, told=told)
        detail = {"criterion": criterion, "to": state, "why": reason}
        await audit.record(db, actor, f"point.{state}", str(file), detail)


def contested_words(edition: Edition, criterion: str, reason: str, base_url: str) -> str:
    """Say which point is contested, why, and where to answer, in the reader's language."""
    label = next(label_of(each) for each in edition.criteria if criterion in each.asked)
    link = f"{base_url.rstrip('/')}{ADHESION}"
    lines = (
        _("Critère {code} : {label}.").format(code=criterion, label=label),
        reason,
        _("Répondre : {link}").format(link=link),
    )
    return "\n\n".join(lines)


def _opposed(said: Judgement, edition: Edition) -> tuple[str, str]:
    if said.answer not in OFFERED[edition.scale]:
        raise Invalid(errors=(FieldError("reponse", french("Choisissez la réponse que vous retenez.")),))
    return said.answer, checked(said.reason, "motif")


async def reply(actor: Actor, file: UUID, criterion: str, words: str) -> None:
    """Answer a contested point of the actor's own file."""
    written = checked(words, "reponse")
    async with scoped(actor) as db:
        of = await at_hand(db, file)
        await move_point(db, actor, of, criterion, PointEvent.reply, words=written)


async def settle(actor: Actor, file: UUID, criterion: str, event: PointEvent, words: str) -> None:
    """Decide a point that the provider answered: the platform's view stands, or the provider's."""
    written = checked(words, "motif")
    async with scoped(actor) as db:
        of = await at_hand(db, file, locks=True)
        await move_point(db, actor, of, criterion, event, words=written)
        await close_contest(db, actor, file)


async def move_point(
    db: Connection, actor: Actor, of: FileAtHand, criterion: str, event: PointEvent, *, words: str
) -> None:
    """Move one point, with its line of the audit trail; Conflict when it has moved."""
    point = of.points.get(criterion)
    if point is None:
        raise NotFound
    before, now = PointState(point["state"]), clock.now()
    after = next_point(before, event)
    due = now + ANSWER_DELAY if after is PointState.answered else None
    said, verdict = (words, "") if event is PointEvent.reply else ("", _verdict(event, words))
    if await fetch_value(db, SETTLE, point["id"], before, after, said, verdict, due, now) is None:
        raise Conflict(french("Ce point est déjà réglé : relisez le dossier."))
    detail = {"criterion": criterion, "from": before, "to": after, "why": words}
    await audit.record(db, actor, f"point.{event}", str(of.row["id"]), detail)


def _verdict(event: PointEvent, words: str) -> str:
    return "" if event is PointEvent.silence else words  # what silence decides, the page says itself


async def close_contest(db: Connection, actor: Actor, file: UUID) -> None:
    """Go on with the review once no point of the file is open."""
    of = await at_hand(db, file, locks=True)
    if of.state is FileState.contested and is_settled(of.decided):
        await step(db, actor, of.row, FileEvent.settle, "")


async def accept(actor: Actor, file: UUID, words: str = "") -> None:
    """Accept a file: what was not judged is accepted as declared, and the adhesion opens or is renewed.

    `words` say why where that lifts a suspension: Invalid without them.
    """
    async with scoped(actor) as db:
        of = await at_hand(db, file, locks=True)
        before = of.row
        if of.state is FileState.submitted:
            before = {**before, "state": await step(db, actor, before, FileEvent.open, "")}
        if of.missed:
            message = french(
                "Le critère {code} est obligatoire et n’est pas satisfait : renvoyez le dossier."
            )
            raise Conflict(message, code=of.missed[0])
        await step(db, actor, before, FileEvent.accept, "")
        given = Accepted(file, of.row["edition"], of.row["edition_version"], words)
        await admit(db, actor, of.row["provider_id"], given)


async def give_back(actor: Actor, file: UUID, words: str) -> None:
    """Return a file to its provider, with the reason."""
    reason = checked(words, "motif")
    async with scoped(actor) as db:
        of = await at_hand(db, file, locks=True)
        before = of.row
        if of.state is FileState.submitted:
            before = {**before, "state": await step(db, actor, before, FileEvent.open, "")}
        await step(db, actor, before, FileEvent.give_back, reason)


async def step(
    db: Connection,
    actor: Actor,
    row: Mapping[str, Any],
    event: FileEvent,
    why: str,
    *,
    due: datetime | None = None,
    told: Callable[[], str] | None = None,
) -> FileState:
    """Move a file, write its letter and its line of the audit trail; the letter tells `told`, else why."""
    before = FileState(row["state"])
    after = next_file(before, event)
    ended = clock.now() if after in {FileState.accepted, FileState.returned} else None
    kept = why if after is FileState.returned else ""
    if await fetch_value(db, MOVE, row["id"], before, after, kept, ended) is None:
        raise Conflict(french("Ce dossier n’en est pas là : relisez-le avant de décider."))
    if event is not FileEvent.accept:  # the letter of an acceptance is that of its adhesion
        zone = (await card_of(row["platform_id"])).zone
        day = due.astimezone(zone).date() if due else None
        action = f"file.{event}"
        await letters.write(db, (row["platform_id"], row["provider_id"]), action, told or (lambda: why), day)
    detail = {"from": before, "to": after, "why": why}
    await audit.record(db, actor, f"file.{event}", str(row["id"]), detail)
    return after
