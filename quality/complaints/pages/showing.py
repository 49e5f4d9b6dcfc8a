"""The page of one complaint: the hand, the promises, the files, what its reader may do, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from quality import clock
from quality.access.actor import STAFF, Actor
from quality.complaints.milestones import Milestone
from quality.complaints.pages import choices, offers
from quality.complaints.pages.acts import (
    Act,
    act_sentence,
    act_words,
    awaited_words,
    is_for,
    next_act,
    who_words,
)
from quality.complaints.pages.following import Beside
from quality.complaints.pages.granting import Granting
from quality.complaints.pages.opinions import Opinion
from quality.complaints.pages.replies import KEEPERS, Reply
from quality.complaints.pages.timeline import TimelineEvent, timeline
from quality.complaints.reading import Promise, Read
from quality.complaints.resolving.authority import euros
from quality.complaints.resolving.moves import MANAGERS
from quality.complaints.vocabulary import REMEDIES
from quality.complaints.waiting import HREF
from quality.complaints.words import (
    Tag,
    audience_words,
    day_words,
    due_words,
    heading,
    left_words,
    moment_words,
    month_words,
    promise_tag,
    standing_tag,
    state_tag,
    week_words,
)
from quality.directory.activities import activity_name
from quality.directory.geography import zone_of
from quality.web import languages
from quality.web.format import capital, count, period_text, phone_text
from quality.web.languages import gettext as _

Options = tuple[tuple[str, str], ...]
Errors = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hand:
    """Who must act now, how, and until when; `forms` are those of the act, when it is the reader's."""

    title: str
    sentence: str
    left: str
    due: str
    is_late: bool
    is_mine: bool
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DelayFigure:
    label: str
    value: str
    detail: str
    tag: Tag | None


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise in words, and what its reader may do about it."""

    id: UUID
    title: str
    detail: str
    due: str
    by: str
    tag: Tag
    can_confirm: bool
    can_fulfil: bool


@dataclass(frozen=True, slots=True)
class FileLine:
    href: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who complains; `name` is "" for a reader who may not know; only the staff says the `reference`."""

    name: str
    phone: str
    phone_link: str
    is_disclosed: bool
    reference: str


@dataclass(frozen=True, slots=True)
class Sending:
    """A transmission to a funder, and its answer."""

    funder: str
    sent: str
    answer: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """The page of one complaint: what is shown, then what the reader may do.

    `forms` are the other forms offered, `open_form` the one that stands open; `preview` is a note as its
    client would read it, None when nobody asked.
    """

    number: int
    title: str
    sentence: str
    tags: tuple[Tag, ...]
    hand: Hand
    delays: tuple[DelayFigure, ...]
    events: tuple[TimelineEvent, ...]
    promises: tuple[PromiseLine, ...]
    files: tuple[FileLine, ...]
    opinions: tuple[Opinion, ...]
    person: Person
    is_hidden: bool
    is_serious: bool
    is_shared: bool
    provider: str
    contact: tuple[str, str, str]
    is_staff: bool
    is_manager: bool
    owner: str
    is_mine: bool
    forms: tuple[str, ...]
    open_form: str
    granting: Granting | None
    options: Mapping[str, Options]
    consent: str
    sendings: tuple[Sending, ...]
    letters: Options
    replies: tuple[Reply, ...]
    keeps_replies: bool
    preview: tuple[str, ...] | None
    merged_into: int | None
    values: Mapping[str, str]
    notice: str
    errors: Errors


@dataclass(frozen=True, slots=True)
class Given:
    """What the reader sent or asked: values of forms, errors, a notice, which form stands open."""

    values: Mapping[str, str]
    errors: Errors = ()
    notice: str = ""
    open_form: str = ""
    preview: tuple[str, ...] | None = None


def shown(
    actor: Actor,
    read: Read,
    beside: Beside,
    *,
    granting: Granting | None,
    replies: tuple[Reply, ...],
    opinions: tuple[Opinion, ...],
    platform: str,
    given: Given,
) -> Complaint:
    zone, subject, is_staff = zone_of(read.departement), read.subject, actor.role in STAFF
    offered = offers.offers(read, actor.role)
    hand = _hand(actor, read, platform, offered)
    return Complaint(
        number=read.number,
        title=heading(read.number, read.kind),
        sentence=_sentence(read, zone),
        tags=_tags(read),
        hand=hand,
        delays=_delays(read, zone),
        events=(*timeline(read, platform, is_provider=not is_staff), *_awaited(read, hand)),
        promises=tuple(_promise(each, read) for each in read.promises),
        files=tuple(_file(read, each.id, each.name, each.size, each.audience) for each in beside.files),
        opinions=opinions,
        person=Person(
            name=subject.name if subject else "",
            phone=phone_text(subject.phone) if subject else "",
            phone_link=f"tel:{subject.phone}" if subject and subject.phone else "",
            is_disclosed=subject is not None and subject.is_disclosed,
            reference=subject.reference if subject and is_staff else "",
        ),
        is_hidden=read.disclosure == "call_first",
        is_serious=read.is_serious,
        is_shared=read.is_shared,
        provider=read.provider,
        contact=(beside.contact.name, phone_text(beside.contact.phone), f"tel:{beside.contact.phone}"),
        is_staff=is_staff,
        is_manager=actor.role in MANAGERS,
        owner=_owner(read, beside),
        is_mine=read.owner_id is not None and read.owner_id == actor.account,
        forms=offers.others(hand.forms, offered),
        open_form=given.open_form,
        granting=granting,
        options=choices.options(actor, read, beside),
        consent=_consent(read),
        sendings=tuple(
            Sending(each.funder, day_words(each.at, zone), each.answer or _("Réponse attendue."))
            for each in beside.sent
        ),
        letters=choices.letters_of(read),
        replies=replies,
        keeps_replies=actor.role in KEEPERS,
        preview=given.preview,
        merged_into=beside.merged_into,
        values=_values(read, beside, given),
        notice=given.notice,
        errors=given.errors,
    )


def _values(read: Read, beside: Beside, given: Given) -> dict[str, str]:
    """Fill the forms: what is known already, under what was sent."""
    known = {
        "motif": read.kind,
        "cause-type": read.cause_code,
        "cause": read.cause,
        "solution-type": read.remedy_code,
        "solution": read.remedy,
        "lecteurs": choices.usual_audience(read),
        "fichier-lecteurs": choices.usual_audience(read),
        **{f"par-{each.id}": beside.contact.name for each in read.promises},
    }
    return {**known, **given.values}


def _hand(actor: Actor, read: Read, platform: str, offered: frozenset[str]) -> Hand:
    act, now = next_act(read.standing), clock.now()
    is_mine, due_at = is_for(act, actor.role), read.due_at
    who = who_words(act, read.provider, platform)
    return Hand(
        title=_hand_title(act, capital(who), is_mine=is_mine),
        sentence=act_sentence(act, is_mine=is_mine, provider=read.provider),
        left=_hand_left(act, read, now),
        due="" if due_at is None or read.is_nameless else due_words(due_at, now, zone_of(read.departement)),
        is_late=act is Act.protect or (due_at is not None and due_at < now),
        is_mine=is_mine,
        forms=offers.first(act, actor.role, offered),
    )


def _hand_left(act: Act, read: Read, now: datetime) -> str:
    """Say the time left; somebody in danger waits for no delay."""
    if act is Act.protect:
        return _("Tout de suite")
    return "" if read.due_at is None else _left(read, read.due_at, now)


def _hand_title(act: Act, who: str, *, is_mine: bool) -> str:
    if act is Act.none:
        return act_words(act)
    if is_mine:
        return _("À vous : %(act)s") % {"act": _lower(act_words(act))}
    return _("%(who)s a la main : %(act)s") % {"who": who, "act": _lower(awaited_words(act))}


def _awaited(read: Read, hand: Hand) -> tuple[TimelineEvent, ...]:
    """Say at the end of the timeline what comes next, and by when."""
    act = next_act(read.standing)
    if act is Act.none:
        return ()
    when = hand.due or hand.left
    if act is Act.verdict and read.verdict_due_at and not read.is_nameless:
        day = day_words(read.verdict_due_at, zone_of(read.departement))
        when = _("Demandé %(day)s") % {"day": day}
    return (TimelineEvent(awaited_words(act), when, "", "", "next"),)


def _left(read: Read, due_at: datetime, now: datetime) -> str:
    if read.is_nameless:
        return week_words(due_at, now, zone_of(read.departement))
    return left_words(due_at, now, read.departement)


def _lower(words: str) -> str:
    return f"{words[:1].lower()}{words[1:]}"


def _tags(read: Read) -> tuple[Tag, ...]:
    marks = (
        ("error", _("Événement grave")) if read.is_serious else None,
        ("signal", _("Rouverte")) if read.round > 1 and read.state != "closed" else None,
        ("signal", _("Contestée")) if read.position == "contested" and read.state != "closed" else None,
        state_tag(read.state, is_call_first=read.is_call_first),
    )
    return tuple(mark for mark in marks if mark)


def _sentence(read: Read, zone: ZoneInfo) -> str:
    about = _("%(activity)s, %(month)s") % {
        "activity": activity_name(read.activity),
        "month": period_text(f"{read.month:%Y-%m}", languages.current()),
    }
    if read.subject and read.subject.visit_at:
        visit = moment_words(read.subject.visit_at, zone)
        words = {"provider": read.provider, "visit": visit, "about": about}
        return _("%(provider)s, visite du %(visit)s. %(about)s.") % words
    return _("%(provider)s. %(about)s.") % {"provider": read.provider, "about": about}


def _delays(read: Read, zone: ZoneInfo) -> tuple[DelayFigure, ...]:
    closed = month_words if read.is_nameless else moment_words
    closing = closed(read.closed_at, zone) if read.closed_at else _("Après l’avis de la personne")
    received = Milestone(read.acknowledge_due_at, read.acknowledged_at)
    solved = Milestone(read.solution_due_at, read.remedied_at)
    return (
        _delay(read, _("Accusé de réception"), (_("Attendu"), _("Donné")), received, zone),
        _delay(read, _("Solution"), (_("Attendue"), _("Apportée")), solved, zone),
        DelayFigure(_("Clôture"), _("Faite") if read.closed_at else _("À venir"), closing, None),
    )


def _delay(
    read: Read, label: str, states: tuple[str, str], milestone: Milestone, zone: ZoneInfo
) -> DelayFigure:
    if read.is_call_first:
        return DelayFigure(label, _("À venir"), _("Après le choix de la personne"), None)
    now = clock.now()
    tag = standing_tag(milestone.standing(now))
    if milestone.done_at is None:
        due = week_words if read.is_nameless else due_words
        return DelayFigure(label, states[0], due(milestone.due_at, now, zone), tag)
    done = day_words if read.is_nameless else moment_words
    return DelayFigure(label, states[1], done(milestone.done_at, zone), tag)


def _promise(each: Promise, read: Read) -> PromiseLine:
    zone, now = zone_of(read.departement), clock.now()
    title = REMEDIES[each.remedy_code].words.spoken(languages.current())
    if each.amount_cents:
        title = f"{title}, {euros(each.amount_cents)}"
    is_waiting = each.state in {"promised", "confirmed"}
    due = week_words if read.is_nameless else due_words
    is_late = is_waiting and each.due_at < now
    return PromiseLine(
        id=each.id,
        title=title,
        detail=each.detail,
        due=due(each.due_at, now, zone) if is_waiting else "",
        by=_promise_by(each, read, zone),
        tag=("error", _("En retard")) if is_late else promise_tag(each.state),
        can_confirm=each.state == "promised",
        can_fulfil=each.state in {"promised", "confirmed", "broken"},
    )


def _promise_by(each: Promise, read: Read, zone: ZoneInfo) -> str:
    day = month_words if read.is_nameless else day_words
    if each.state == "refused":
        return _("Refusé : %(why)s") % {"why": each.refused_why}
    if each.state == "done" and each.done_at:
        return _("Tenu %(day)s.") % {"day": day(each.done_at, zone)}
    if each.confirmed_at:
        words = {"name": each.confirmed_by, "day": day(each.confirmed_at, zone)}
        return _("Confirmé par %(name)s, %(day)s.") % words
    return _("Pas encore confirmé par %(provider)s.") % {"provider": read.provider}


def _file(read: Read, identity: UUID, name: str, size: int, audience: str) -> FileLine:
    kilobytes = count(max(1, -(-size // 1024)), languages.current())
    about = _("%(size)s ko. %(readers)s.") % {"size": kilobytes, "readers": audience_words(audience)}
    return FileLine(f"{HREF}/{read.number}/fichier/{identity}", name, about)


def _owner(read: Read, beside: Beside) -> str:
    if read.owner_id is None:
        return _("Personne ne la suit encore.")
    if not beside.owner:
        return _("Quelqu’un d’autre la suit.")
    return _("Suivie par %(name)s.") % {"name": beside.owner}


def _consent(read: Read) -> str:
    return {
        True: _("La personne accepte que son financeur soit informé."),
        False: _("La personne n’accepte pas que son financeur soit informé."),
        None: _("La question n’a pas encore été posée à la personne."),
    }[read.funder_consent]
