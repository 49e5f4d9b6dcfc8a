"""What the pages of the review and of one's own adhesion show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from charter.adhesion.causes import reasons
from charter.adhesion.giving import given_words, last_ones, lifts
from charter.adhesion.life import LIVING, State
from charter.adhesion.words import file_tag, origin_words, point_tag, state_tag
from charter.declaring import EDITION, Review, review
from charter.definition import Criterion, Edition
from charter.editions import Library
from charter.evidence.checking import FindingGroup, check_page
from charter.evidence.listing import ProofRow
from charter.library import library
from charter.result import ComparedRow
from charter.review.addresses import ADHESION, FILES
from charter.review.beside import NOTHING, Beside, beside
from charter.review.deciding import FileAtHand, at_hand
from charter.review.life import OPEN, UNDER_WAY, PointState
from charter.rules import JUDGES
from charter.scoring.issuing import OFFERED
from charter.submitting import checkup
from charter.words import Tag, choice_words, label_of, title_of
from charter.words import given_words as answer_given
from quality.access.actor import Actor
from quality.db import Connection, fetch, fetch_one, fetch_value
from quality.web import languages
from quality.web.format import day_text
from quality.web.languages import gettext as _
from quality.web.platform import card_of

Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PointLine:
    """One criterion of a file: what is declared, what the review holds of it, and whose turn it is.

    Beside it for the reviewer: what proves it, and what is measured of it, or None.
    """

    code: str
    label: str
    declared: str
    comment: str
    tag: Tag | None
    retained: str
    reason: str
    reply: str
    verdict: str
    due: str
    awaits: str  # provider, platform, or nobody
    proofs: tuple[ProofRow, ...]
    measured: ComparedRow | None


@dataclass(frozen=True, slots=True)
class OwnAdhesion:
    """One's adhesion to an edition: its state and why, its term, where it comes from, its public page."""

    id: str
    edition: str
    tag: Tag
    sentence: str
    origin: str
    reason: str
    can_appeal: bool
    href: str


@dataclass(frozen=True, slots=True)
class CharterAdhesion:
    """/charte/adhesion: one's own file and adhesions, one an edition, and what may be done now.

    `edition` (name, title) is what may be sent, `gives` what its acceptance gives, `others` lead to the open
    assessments of other editions; `returned` is why the last file was; `to_look_at` is what blocks the
    sending (`is_lacking`) or is to be confirmed (`must_confirm`).
    """

    title: str
    sentence: str
    adhesions: tuple[OwnAdhesion, ...]
    file: Tag | None
    returned: str
    file_id: str
    points: tuple[PointLine, ...]
    can_send: bool
    edition: tuple[str, str]
    gives: str
    others: tuple[tuple[str, str], ...]
    to_look_at: tuple[FindingGroup, ...]
    is_lacking: bool
    must_confirm: bool
    shows_figures: bool
    typed: Mapping[str, str]
    errors: Errors


@dataclass(frozen=True, slots=True)
class CharterFile:
    """/charte/dossiers/{id}: each criterion of a file, and the decision.

    `adhesion` is its provider's to the same edition, with why and until when; `gives` is what accepting
    gives, and `lifts` whether that lifts a suspension, which asks for a reason.
    """

    title: str
    edition: str
    tag: Tag
    reason: str
    adhesion: OwnAdhesion | None
    gives: str
    lifts: bool
    lines: tuple[PointLine, ...]
    choices: tuple[tuple[str, str], ...]
    missed: str
    judges: bool
    can_decide: bool
    action: str
    typed: Mapping[str, str]
    errors: Errors


OPEN_EDITIONS = """
SELECT DISTINCT edition, edition_version FROM assessment WHERE provider_id = $1 AND frozen_at IS NULL
ORDER BY edition, edition_version
"""
LAST_FILE = "SELECT id FROM review_file WHERE provider_id = $1 ORDER BY submitted_at DESC LIMIT 1"
SHOWS = "SELECT EXISTS (SELECT FROM register_consent WHERE provider_id = $1)"


async def own_page(
    db: Connection, actor: Actor, today: date, typed: Mapping[str, str], errors: Errors
) -> CharterAdhesion:
    """Read the provider's own page; inside `scoped(actor)`."""
    zone = (await card_of(actor.platform)).zone
    held = await last_ones(db, actor.organisation)
    last = await fetch_one(db, LAST_FILE, actor.organisation)
    of = await at_hand(db, last["id"]) if last else None
    can_send = of is None or of.state not in UNDER_WAY
    own = await review(actor, "", typed.get("edition") or EDITION)
    known, asked = own.library, own.edition
    begun = [
        known.find(row["edition"], row["edition_version"])
        for row in await fetch(db, OPEN_EDITIONS, actor.organisation)
    ]
    found = await _to_look_at(db, actor, own, today) if can_send else CLEAR
    return CharterAdhesion(
        title=_("Adhésion à la charte"),
        sentence=_sentence(held.values()),
        adhesions=tuple(_own_adhesion(row, known) for row in held.values()),
        file=file_tag(of.state) if of else None,
        returned=of.row["reason"] if of else "",
        file_id=str(last["id"]) if last else "",
        points=_lines(of, zone, only_judged=True) if of else (),
        can_send=can_send,
        edition=(known.name(asked), title_of(asked, known)),
        gives=given_words(held.get(asked.code), asked, today),
        others=tuple(
            (f"{ADHESION}?edition={known.name(each)}", title_of(each, known))
            for each in begun
            if each.reference != asked.reference
        ),
        to_look_at=found.groups,
        is_lacking=found.is_lacking,
        must_confirm=found.must_confirm,
        shows_figures=await fetch_value(db, SHOWS, actor.organisation),
        typed=typed,
        errors=errors,
    )


def _own_adhesion(row: Mapping[str, Any], known: Library) -> OwnAdhesion:
    state = State(row["state"])
    is_over = state is State.ended
    sentence = _("Elle a pris fin le {day}.") if is_over else _("Elle prend fin le {day}.")
    return OwnAdhesion(
        id=str(row["id"]),
        edition=title_of(known.find(row["edition"], row["edition_version"]), known),
        tag=state_tag(state),
        sentence="" if state is State.revoked else sentence.format(day=_day(row["ends_on"])),
        origin=origin_words(row),
        reason="" if state in {State.valid, State.ended} else reasons(row, known),
        can_appeal=state is State.suspended,
        href=f"/registre/{row['id']}",
    )


class Checked(NamedTuple):
    """What the check before sending finds, in words, and what it asks."""

    groups: tuple[FindingGroup, ...]
    is_lacking: bool
    must_confirm: bool


CLEAR = Checked((), is_lacking=False, must_confirm=False)


async def _to_look_at(db: Connection, actor: Actor, own: Review, today: date) -> Checked:
    found = [each for each in await checkup(db, actor, own, today) if each.blocks or each.warns]
    groups = check_page(own, found).groups
    return Checked(groups, any(each.blocks for each in found), any(each.warns for each in found))


def _sentence(held: Iterable[Mapping[str, Any]]) -> str:
    if any(State(row["state"]) in LIVING for row in held):
        return _("Chaque charte a son adhésion.")
    return _("Pas encore d’adhésion. Envoyez votre auto-évaluation : la plateforme l’examine.")


def _day(day: date) -> str:
    return day_text(day, languages.current(), year=True)


def due_text(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else _day(at.astimezone(zone).date())


def _lines(
    of: FileAtHand, zone: ZoneInfo, stands: Beside = NOTHING, *, only_judged: bool = False
) -> tuple[PointLine, ...]:
    criteria = {code: each for each in of.edition.criteria for code in each.asked}
    codes = [code for code in criteria if code in of.declared and (code in of.points or not only_judged)]
    return tuple(_line(of, code, criteria[code], zone, stands) for code in codes)


def _line(of: FileAtHand, code: str, criterion: Criterion, zone: ZoneInfo, stands: Beside) -> PointLine:
    declared, point = of.declared[code], of.points.get(code)
    state = PointState(point["state"]) if point else None
    return PointLine(
        code=code,
        label=label_of(criterion),
        declared=answer_given(declared["answer"]),
        comment=declared["reason"] or declared["comment"],
        tag=point_tag(state) if state else None,
        retained=answer_given(point["answer"]) if point and point["answer"] else "",
        reason=point["reason"] if point else "",
        reply=point["reply"] if point else "",
        verdict=point["verdict"] if point else "",
        due=due_text(point["due_at"], zone) if point else "",
        awaits={PointState.contested: "provider", PointState.answered: "platform"}.get(state, "")
        if state in OPEN
        else "",
        proofs=stands.proofs.get(criterion.code, ()),
        measured=stands.measured.get(criterion.code),
    )


NAME = "SELECT name FROM organisation WHERE id = $1"


async def file_page(
    db: Connection, actor: Actor, file: UUID, today: date, *, typed: Mapping[str, str], errors: Errors
) -> CharterFile:
    """Read one file, or answer 404; inside `scoped(actor)`."""
    of = await at_hand(db, file)
    known = await library(db, of.row["platform_id"])
    named = await fetch_one(db, NAME, of.row["provider_id"])
    edition, may_judge = of.edition, of.state in UNDER_WAY and actor.role in JUDGES
    zone = (await card_of(of.row["platform_id"])).zone
    held = (await last_ones(db, of.row["provider_id"])).get(edition.code)
    return CharterFile(
        title=_("Dossier : {provider}").format(provider=named["name"] if named else ""),
        edition=title_of(edition, known),
        tag=file_tag(of.state),
        reason=of.row["reason"],
        adhesion=_own_adhesion(held, known) if held else None,
        gives=given_words(held, edition, today),
        lifts=lifts(held),
        lines=_lines(of, zone, await beside(db, actor, of.row, today, zone)),
        choices=_choices(edition),
        missed=", ".join(of.missed),
        judges=may_judge,
        can_decide=may_judge and all(each.state not in OPEN for each in of.decided),
        action=f"{FILES}/{file}",
        typed=typed,
        errors=errors,
    )


def _choices(edition: Edition) -> tuple[tuple[str, str], ...]:
    offered = ((each, choice_words(each, edition.scale)) for each in sorted(OFFERED[edition.scale]))
    return (("", _("Choisir")), *offered)
