"""Who answers, when, and what they say: one temper a client, one quality a provider (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random

from quality.complaints.opening import Wish
from quality.demo.people import Client
from quality.demo.providers import Provider
from quality.demo.stage import chance
from quality.demo.visits import Calendar
from surveys.questionnaire.definition import Questionnaire
from surveys.questionnaire.logic import DONT_KNOW, Answer

# How likely one message or one call is to be answered by somebody of middling openness.
OPENNESS = {"sms": 0.2, "email": 0.17, "phone": 0.22}
LEFT_LIVE = 0.5  # of those asked in the last days: kept for whoever opens the demonstration
BY_DIGIT = 0.25  # of those who answer an SMS: the digit alone
STOPS = 0.0015
SOON = timedelta(minutes=25)
READING = timedelta(seconds=35)  # of one question, and its answer
# How far each question stands above a middling visit; the marks are cut on a normal scale.
OFFSETS = {"globale": 1.3, "ponctualite": 1.0, "travail": 1.2, "respect": 1.75}
CUTS = ((1.0, 5), (0.1, 4), (-0.6, 3), (-1.3, 2))
MISSED_VISIT = 2.6
POOR: dict[str, Answer] = {"globale": 2, "ponctualite": 1, "conseil": "no"}
# The share of « yes » to what is asked of a first visit, and of one that did not take place.
OF_A_FIRST_ONE = {"annonce": 0.8, "accueil": 0.85, "contact": 0.7}
OF_A_MISSED_ONE = {"prevenu": 0.4, "remplacement": 0.35, "difficulte": 0.3}
KEPT = 8_000
PRAISE = (
    "Toujours aimable et à l’écoute.",
    "Très bien, je suis contente.",
    "La dame est très gentille, rien à redire.",
    "Le travail est bien fait.",
    "Merci pour tout.",
)
BLAME = (
    "Elle est arrivée avec une heure de retard, sans prévenir.",
    "Le ménage n’était pas terminé.",
    "Ce n’est jamais la même personne.",
    "J’aurais aimé être prévenue du changement.",
    "Personne n’est venu, j’ai attendu tout l’après-midi.",
)


STORIES = frozenset(Wish)


@dataclass(frozen=True, slots=True)
class Approach:
    """One planned message or call, as the person will meet it."""

    channel: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """What a person answers about; `progress` is how far the story has gone, from 0 to 1."""

    client: Client
    provider: Provider
    reference: str
    month: int
    progress: float
    is_missed: bool
    is_recent: bool
    is_told: bool = False

    @property
    def complains(self) -> bool:
        """Say whether this is the visit behind the complaint of somebody whose story is one."""
        return self.is_told or (self.is_recent and self.client.story in STORIES)


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody will do: answer, or say STOP when there are no answers."""

    at: datetime
    channel: str
    answers: dict[str, Answer]


RECENT = timedelta(days=20)


def told(client: Client, reference: str, day: date, status: str, calendar: Calendar) -> Visit:
    """Say what somebody answers about, from their visit of a day."""
    first, today = calendar.first, calendar.today
    return Visit(
        client=client,
        provider=client.provider,
        reference=reference,
        month=day.month,
        progress=(day - first).days / (today - first).days,
        is_missed=status == "not_done",
        is_recent=today - day < RECENT,
        is_told=client.story == "settled" and day == calendar.settled_on,
    )


def lasts(answers: Mapping[str, Answer]) -> timedelta:
    """Say how long somebody takes from their first answer to the last.

    >>> lasts({"globale": 5}), lasts({"globale": 5, "ponctualite": 4, "travail": 4})
    (datetime.timedelta(0), datetime.timedelta(seconds=70))
    """
    return (len(answers) - 1) * READING


def reply_to(visit: Visit, approaches: Sequence[Approach], closes_at: datetime) -> Reply | None:
    """Decide at which message or call the person answers, if ever, and what."""
    if not approaches:
        return None
    if visit.complains:
        channel = "phone" if visit.is_told else "web"
        return Reply(approaches[0].opens_at + SOON, channel, {**opinion(visit), **POOR})
    drawn = chance("reply", visit.provider.siret, visit.reference)
    openness, _ = _character(visit.client)
    for approach in approaches:
        if approach.channel == "sms" and drawn.random() < STOPS:
            return Reply(approach.opens_at + SOON, "sms", {})
        if drawn.random() < OPENNESS[approach.channel] * openness:
            at = approach.opens_at + _delay(drawn, approach)
            return Reply(at, *_said(drawn, visit, approach)) if at < closes_at else None
    return None


@lru_cache(KEPT)
def _character(client: Client) -> tuple[float, float]:
    """Draw how open somebody is, and their temper: the same at each of their answers."""
    drawn = chance("character", client.provider.siret, client.reference)
    return 0.5 + drawn.random(), drawn.gauss(0, 0.8)


def is_left(visit: Visit) -> bool:
    """Say whether a request of the last days is left unanswered, as those behind the doors are."""
    if visit.client.story in {"martin", "daughter"}:
        return True
    return not visit.complains and chance("left", visit.provider.siret, visit.reference).random() < LEFT_LIVE


def _delay(drawn: Random, approach: Approach) -> timedelta:
    if approach.channel == "phone":
        return SOON + drawn.random() * (approach.closes_at - approach.opens_at - 2 * SOON)
    return SOON + timedelta(minutes=min(drawn.lognormvariate(4.2, 1.1), 1_700))


def _said(drawn: Random, visit: Visit, approach: Approach) -> tuple[str, dict[str, Answer]]:
    answers = opinion(visit)
    if approach.channel == "phone":
        return "phone", answers
    if approach.channel == "sms" and drawn.random() < BY_DIGIT:
        return "sms", {"globale": answers["globale"]}
    if drawn.random() < 0.12:
        return "web", {"globale": answers["globale"]}
    return "web", answers


def opinion(visit: Visit) -> dict[str, Answer]:
    """Answer all that may be asked of a visit: what one client says, and of one visit, is alike."""
    _, temper = _character(visit.client)
    drawn = chance("opinion", visit.provider.siret, visit.reference)
    level = _quality(visit) + temper + drawn.gauss(0, 0.6)
    answers: dict[str, Answer] = {
        alias: _mark(level + offset + drawn.gauss(0, 0.4)) for alias, offset in _offsets(visit.provider)
    }
    for alias in ("ponctualite", "respect"):
        if drawn.random() < 0.03:
            answers[alias] = DONT_KNOW
    answers["conseil"] = "yes" if level + drawn.gauss(1.3, 0.4) > 0 else "no"
    if drawn.random() < 0.22:
        answers["commentaire"] = drawn.choice(PRAISE if level > -0.8 else BLAME)
    for alias, share in (OF_A_MISSED_ONE if visit.is_missed else OF_A_FIRST_ONE).items():
        answers[alias] = "yes" if drawn.random() < share else "no"
    return answers


def fitted(reply: Reply, questionnaire: Questionnaire) -> Reply:
    """Keep of a reply what is asked."""
    asked = {item.alias for item in questionnaire.items}
    return replace(reply, answers={name: said for name, said in reply.answers.items() if name in asked})


@lru_cache(KEPT)
def _offsets(provider: Provider) -> tuple[tuple[str, float], ...]:
    hour = {"ponctualite": provider.punctuality}
    return tuple((alias, offset + hour.get(alias, 0.0)) for alias, offset in OFFSETS.items())


def _quality(visit: Visit) -> float:
    provider = visit.provider
    level = provider.quality + provider.drift * visit.progress
    if visit.month == provider.bad_month:
        level -= 1.1
    return level - MISSED_VISIT * visit.is_missed


def _mark(level: float) -> int:
    """Cut a level into a mark.

    >>> [_mark(level) for level in (2.0, 0.5, -0.3, -1.0, -3.0)]
    [5, 4, 3, 2, 1]
    """
    return next((mark for cut, mark in CUTS if level > cut), 1)


def wish_after(visit: Visit) -> Wish | None:
    """Say what the person wants after a low mark: nearly always nothing more; None closes the page."""
    if visit.complains:
        return Wish.NAMED if visit.is_told else Wish(visit.client.story)
    drawn = chance("wish", visit.provider.siret, visit.reference)
    if drawn.random() < 0.35:
        return None
    if drawn.random() < (0.8 if visit.is_recent else 0.88):
        return Wish.NOTHING
    return drawn.choices((Wish.NAMED, Wish.ANONYMOUS, Wish.CALL_FIRST), (5, 3, 2))[0]
