"""/interventions/{id}: the story of one visit, from the line of its file to the answer or its end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from quality import clock
from quality.access.actor import Actor
from quality.directory.activities import activity_name
from quality.directory.geography import zone_of
from quality.web import languages
from quality.web.format import count, moment_text, number, rounded
from quality.web.languages import gettext as _
from quality.web.rendering import render
from quality.web.routing import page
from quality.web.session import signed_in
from surveys.channels import naming
from surveys.dispatch.outcomes import happened_at, has_left, outcome
from surveys.door.form_pages import door_of_visit
from surveys.occasions.answers import ToldAnswers, answers
from surveys.occasions.list_pages import HREF, READERS
from surveys.occasions.reading import PENDING, Ruling, is_staff
from surveys.occasions.story_reading import Message, Occasion, ToldInvitation, occasion
from surveys.occasions.words import ASKED_BECAUSE, ENDED, FOR_PROVIDER, FOR_STAFF, STATUSES, Tag

Moment = Callable[[datetime], str]
MOST_DIGITS = 17  # which tell any two numbers of a computer apart
WAITS = frozenset({"planned", "deferred", "claimed", "sending"})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, or that will; `state` is empty once done, else next or todo."""

    title: str
    when: str
    text: str = ""
    quote: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class OccasionStory:
    """The page of one visit: `facts` are (word, value) pairs, `tag` is (state, words, icon).

    `begun` says which first contact chance drew, "" where it did not; `form` is the address of its
    questionnaire on paper, "" once that is over.
    """

    title: str
    tag: Tag
    why: str
    facts: tuple[tuple[str, str], ...]
    draw: tuple[str, ...]
    begun: str
    events: tuple[Event, ...]
    back: str
    answers: tuple[ToldAnswers, ...] = ()
    form: str = ""


async def occasion_story(request: Request) -> Response:
    actor = signed_in(request)
    found, requests = await occasion(actor, request.path_params["id"])
    story = told(actor, found, requests, clock.now())
    form = f"{HREF}/{found.id}/questionnaire.pdf" if await door_of_visit(actor, found.id) else ""
    return await render(request, replace(story, answers=await answers(actor, found.id), form=form))


def told(actor: Actor, found: Occasion, requests: tuple[ToldInvitation, ...], now: datetime) -> OccasionStory:
    """Tell the story in the hours of the visit's place."""
    zone = zone_of(found.departement)

    def moment(at: datetime) -> str:
        return moment_text(at.astimezone(zone), languages.current())

    words = (FOR_STAFF if is_staff(actor) else FOR_PROVIDER)[found.ruling]
    because = ASKED_BECAUSE.get(found.reason or "", "")
    return OccasionStory(
        title=_("Visite {reference}").format(reference=found.reference),
        tag=(words.state, _(words.label), words.sign),
        why=_(because) if because else _(words.sentence),
        facts=(
            (_("Quand"), moment(found.at)),
            (_("Activité"), activity_name(found.activity)),
            (_("Organisme"), found.provider),
            (_("État"), _(STATUSES[found.status])),
        ),
        draw=_draw(found),
        begun=next((_drawn(each.arm) for each in requests if each.arm), ""),
        events=tuple(_events(found, requests, now, moment)),
        back=f"{HREF}?mois={found.at.astimezone(zone):%Y-%m}",
    )


def _draw(found: Occasion) -> tuple[str, ...]:
    """Explain the draw so that anybody can do it again: the number, the threshold, and whose they are."""
    if found.draw is None or not found.expected or found.target is None:
        return ()
    lang = languages.current()
    threshold = min(1.0, found.target / found.expected)
    digits = _telling_apart(found.draw, threshold)
    return (
        _("Nombre tiré\u00a0: {drawn}. La visite est suivie s’il est plus petit que {threshold}.").format(
            drawn=number(found.draw, digits, lang), threshold=number(threshold, digits, lang)
        ),
        _(
            "Ce seuil vient de {target} clients visés pour {expected} visites attendues ce trimestre, pour "
            "le même organisme, le même financeur et le même groupe d’activités."
        ).format(target=count(found.target, lang), expected=count(found.expected, lang)),
        _("Tirage {stratum} du trimestre {quarter}\u00a0: il peut être refait.").format(
            stratum=str(found.stratum)[-12:], quarter=found.quarter
        ),
    )


def _telling_apart(drawn: float, threshold: float) -> int:
    """Give how many decimals tell a draw from its threshold, three at least, also for two that are equal.

    >>> _telling_apart(0.75, 0.5), _telling_apart(0.0016, 0.002), _telling_apart(0.5, 0.5)
    (3, 4, 3)
    """
    apart = (n for n in range(3, MOST_DIGITS) if rounded(drawn, n) != rounded(threshold, n))
    return 3 if drawn == threshold else next(apart, MOST_DIGITS)


def _events(
    found: Occasion, requests: tuple[ToldInvitation, ...], now: datetime, moment: Moment
) -> Iterator[Event]:
    yield Event(_("La ligne de la visite est arrivée"), moment(found.received_at))
    if found.ruling in PENDING:
        yield Event(_("Décision"), _("à venir"), _(FOR_STAFF[found.ruling].sentence), state="next")
        return
    if found.decided_at is not None:
        is_asked = found.ruling == Ruling.ASKED
        yield Event(
            _("Décision\u00a0: suivie") if is_asked else _("Décision\u00a0: non suivie"),
            moment(found.decided_at),
        )
    for each in requests:
        yield from _of_invitation(each, now, moment)


def _of_invitation(invitation: ToldInvitation, now: datetime, moment: Moment) -> Iterator[Event]:
    """Give what happened in its order, then what is to come."""
    done = [each for each in invitation.messages if each.state not in WAITS]
    for each in sorted(done, key=happened_at):
        yield Event(_name(each), moment(happened_at(each)), outcome(each))
    if invitation.answered_at is not None:
        yield Event(
            _("Une réponse est arrivée"), moment(invitation.answered_at), _("Elle se lit dans les résultats.")
        )
    coming = [each for each in invitation.messages if each.state in WAITS]
    for rank, each in enumerate(coming):
        yield Event(_name(each), _hours(each, moment), outcome(each), state="todo" if rank else "next")
    if invitation.closed_at is not None:
        yield Event(_("Fin du suivi"), moment(invitation.closed_at), _ended(invitation))
    elif invitation.closes_at > now:
        yield Event(
            _("Fin du suivi"),
            _("au plus tard {when}").format(when=moment(invitation.closes_at)),
            state="todo",
        )


def _drawn(arm: str) -> str:
    """Say which way was drawn, against which, by the arm of a request: the first of its channels.

    >>> print(_drawn("phone/sms").replace(chr(160), " "))
    Appel, plutôt que : SMS. Le tirage dépend de la personne, et il peut être refait.
    """
    drawn, *others = (_(naming.ONE[channel]) for channel in arm.split("/"))
    words = _("{drawn}, plutôt que\u00a0: {others}. Le tirage dépend de la personne, et il peut être refait.")
    return words.format(drawn=drawn, others=", ".join(others))


def _ended(invitation: ToldInvitation) -> str:
    reason = invitation.closed_reason or ""
    if reason == "expired" and not any(has_left(each) for each in invitation.messages):
        reason = "unsent"
    why = ENDED.get(reason, "")
    return _(why) if why else ""


def _name(message: Message) -> str:
    names = naming.REMINDER if message.template.startswith("reminder") else naming.ONE
    name = _(names.get(message.channel, naming.ONE[message.channel]))
    return name if message.audience == "client" else _("{name} à un proche").format(name=name)


def _hours(message: Message, moment: Moment) -> str:
    return _("pas avant {opens}").format(opens=moment(message.opens_at))


ROUTES = (page(f"{HREF}/{{id:uuid}}", occasion_story, roles=READERS),)
