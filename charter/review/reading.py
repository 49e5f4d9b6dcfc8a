"""What the pages of the review and of one's own adhesion show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from charter.adhesion.life import State
from charter.adhesion.words import file_tag, point_tag, state_tag
from charter.declaring import EDITION, review
from charter.definition import Edition
from charter.editions import load
from charter.evidence.checking import FindingGroup, check_page
from charter.review.deciding import FileAtHand, at_hand
from charter.review.life import OPEN, UNDER_WAY, PointState
from charter.scoring.issuing import OFFERED
from charter.submitting import checkup
from charter.words import Tag, choice_words, given_words, label_of, said
from quality.access.actor import Actor
from quality.db import Connection, fetch, fetch_one
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _
from quality.web.platform import PARIS

ADHESION = "/charte/adhesion"
FILES = "/charte/dossiers"
Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PointLine:
    """One criterion of a file: what is declared, what the review holds of it, and whose turn it is."""

    code: str
    label: str
    declared: str
    comment: str
    tag: Tag | None
    retained: str
    reason: str
    reply: str
    due: str
    awaits: str  # provider, platform, or nobody


@dataclass(frozen=True, slots=True)
class CharterAdhesion:
    """/charte/adhesion: one's own file and adhesion, and what may be done now.

    `edition` (code, title) is what may be sent, `others` lead to the open assessments of other editions;
    `to_look_at` is what blocks the sending (`is_lacking`) or is to be confirmed (`must_confirm`).
    """

    title: str
    sentence: str
    adhesion: Tag | None
    reason: str
    file: Tag | None
    file_id: str
    points: tuple[PointLine, ...]
    can_send: bool
    edition: tuple[str, str]
    others: tuple[tuple[str, str], ...]
    to_look_at: tuple[FindingGroup, ...]
    is_lacking: bool
    must_confirm: bool
    can_appeal: bool
    shows_figures: bool
    register_href: str
    typed: Mapping[str, str]
    errors: Errors


@dataclass(frozen=True, slots=True)
class CharterFile:
    """/charte/dossiers/{id}: each criterion of a file, and the decision."""

    title: str
    edition: str
    tag: Tag
    reason: str
    lines: tuple[PointLine, ...]
    choices: tuple[tuple[str, str], ...]
    missed: str
    judges: bool
    can_decide: bool
    action: str
    typed: Mapping[str, str]
    errors: Errors


OPEN_EDITIONS = """
SELECT DISTINCT edition FROM assessment WHERE provider_id = $1 AND frozen_at IS NULL ORDER BY edition
"""
LAST_FILE = "SELECT id FROM review_file WHERE provider_id = $1 ORDER BY submitted_at DESC LIMIT 1"
LAST_ADHESION = """
SELECT a.id, a.state, a.reason, a.ends_on, a.certificate,
       EXISTS (SELECT FROM register_consent c WHERE c.provider_id = a.provider_id) AS shows
FROM adhesion a WHERE a.provider_id = $1 ORDER BY a.starts_on DESC, a.id DESC LIMIT 1
"""


async def own_page(
    db: Connection, actor: Actor, today: date, typed: Mapping[str, str], errors: Errors
) -> CharterAdhesion:
    """Read the provider's own page; inside `scoped(actor)`."""
    adhesion = await fetch_one(db, LAST_ADHESION, actor.organisation)
    last = await fetch_one(db, LAST_FILE, actor.organisation)
    of = await at_hand(db, last["id"]) if last else None
    points = _lines(of, only_judged=True) if of else ()
    can_send = of is None or of.state not in UNDER_WAY
    asked = load(typed.get("edition") or EDITION)
    begun = [load(row["edition"]) for row in await fetch(db, OPEN_EDITIONS, actor.organisation)]
    found = await _to_look_at(db, actor, asked.code, today) if can_send else CLEAR
    return CharterAdhesion(
        title=_("Adhésion à la charte"),
        sentence=_sentence(adhesion),
        adhesion=state_tag(adhesion["state"]) if adhesion else None,
        reason=adhesion["reason"] if adhesion and adhesion["state"] not in {"valid", "ended"} else "",
        file=file_tag(of.state) if of else None,
        file_id=str(last["id"]) if last else "",
        points=points,
        can_send=can_send,
        edition=(asked.code, said(asked.title)),
        others=tuple(
            (f"{ADHESION}?edition={each.code}", said(each.title)) for each in begun if each.code != asked.code
        ),
        to_look_at=found.groups,
        is_lacking=found.is_lacking,
        must_confirm=found.must_confirm,
        can_appeal=adhesion is not None and adhesion["state"] == State.suspended,
        shows_figures=bool(adhesion and adhesion["shows"]),
        register_href=f"/registre/{adhesion['id']}" if adhesion else "",
        typed=typed,
        errors=errors,
    )


class Checked(NamedTuple):
    """What the check before sending finds, in words, and what it asks."""

    groups: tuple[FindingGroup, ...]
    is_lacking: bool
    must_confirm: bool


CLEAR = Checked((), is_lacking=False, must_confirm=False)


async def _to_look_at(db: Connection, actor: Actor, edition: str, today: date) -> Checked:
    own = await review(actor, "", edition)
    found = [each for each in await checkup(db, actor, own, today) if each.blocks or each.warns]
    groups = check_page(own, found).groups
    return Checked(groups, any(each.blocks for each in found), any(each.warns for each in found))


def _sentence(adhesion: Mapping[str, Any] | None) -> str:
    if adhesion is None:
        return _("Pas encore d’adhésion. Envoyez votre auto-évaluation : la plateforme l’examine.")
    sentence = _("Elle prend fin le {day}.")
    return sentence.format(day=_day(adhesion["ends_on"]))


def _day(day: date) -> str:
    return day_text(day, languages.current(), year=True)


def due_text(at: datetime | None) -> str:
    return "" if at is None else _day(at.astimezone(PARIS).date())


def _lines(of: FileAtHand, *, only_judged: bool = False) -> tuple[PointLine, ...]:
    labels = {code: label_of(each) for each in of.edition.criteria for code in each.asked}
    codes = [code for code in labels if code in of.declared and (code in of.points or not only_judged)]
    return tuple(_line(of, code, labels[code]) for code in codes)


def _line(of: FileAtHand, code: str, label: str) -> PointLine:
    declared, point = of.declared[code], of.points.get(code)
    state = PointState(point["state"]) if point else None
    return PointLine(
        code=code,
        label=label,
        declared=given_words(declared["answer"]),
        comment=declared["reason"] or declared["comment"],
        tag=point_tag(state) if state else None,
        retained=given_words(point["answer"]) if point and point["answer"] else "",
        reason=point["reason"] if point else "",
        reply=point["reply"] if point else "",
        due=due_text(point["due_at"]) if point else "",
        awaits={PointState.contested: "provider", PointState.answered: "platform"}.get(state, "")
        if state in OPEN
        else "",
    )


NAME = "SELECT name FROM organisation WHERE id = $1"


async def file_page(
    db: Connection, file: UUID, typed: Mapping[str, str], errors: Errors, *, judges: bool
) -> CharterFile:
    """Read one file, or answer 404; inside `scoped(actor)`."""
    of = await at_hand(db, file)
    named = await fetch_one(db, NAME, of.row["provider_id"])
    edition, is_open = of.edition, of.state in UNDER_WAY
    return CharterFile(
        title=_("Dossier : {provider}").format(provider=named["name"] if named else ""),
        edition=said(edition.title),
        tag=file_tag(of.state),
        reason=of.row["reason"],
        lines=_lines(of),
        choices=_choices(edition),
        missed=", ".join(of.missed),
        judges=judges and is_open,
        can_decide=judges and is_open and all(each.state not in OPEN for each in of.decided),
        action=f"{FILES}/{file}",
        typed=typed,
        errors=errors,
    )


def _choices(edition: Edition) -> tuple[tuple[str, str], ...]:
    offered = ((each, choice_words(each, edition.scale)) for each in sorted(OFFERED[edition.scale]))
    return (("", _("Choisir")), *offered)
