"""What deserves attention in a protocol before it is published (pure but for the reader's language).

A protocol is tried on made-up visits: each day of a week without a public holiday, in the morning and in the
evening, for whoever has a mobile, an e-mail or only a telephone, clients and relatives; then on the same
visits when their file arrives late, by the last day that it accepts, else by one day less, and so on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from quality.french import french
from quality.web import languages
from quality.web.format import WEEKDAYS
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from surveys.protocol.calendar import DayPart, Window
from surveys.protocol.definition import Audience, Channel, Protocol, Trigger
from surveys.protocol.editing.cap_words import NO_NAMES, Names, watched_caps
from surveys.protocol.editing.forms import Templates
from surveys.protocol.editing.words import after_words, message_words
from surveys.protocol.planning import Base, PlannedAttempt, Reach, plan, steps_for

MONDAY = datetime(2026, 8, 17, tzinfo=UTC)  # no public holiday until 1 November, whatever the delays
ENDS = (time(7), time(15, 30))  # 9:00 and 17:30 in the Hérault in summer
PLACE = "34"
EMAILS = (time(8), time(20))  # waking hours


@dataclass(frozen=True, slots=True)
class Profile:
    """A way to be reached, as a sentence begins."""

    name: str
    reach: Reach


PROFILES = (
    Profile(french("Avec un portable"), Reach(sms=True, email=False, phone=True)),
    Profile(french("Avec un e-mail et un téléphone fixe"), Reach(sms=False, email=True, phone=True)),
    Profile(french("Sans portable ni e-mail"), Reach(sms=False, email=False, phone=True)),
    Profile(french("Sans aucun téléphone"), Reach(sms=False, email=True, phone=False)),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One made-up visit and what the protocol would do about it."""

    profile: Profile
    audience: Audience
    ended_at: datetime
    attempts: tuple[PlannedAttempt, ...]

    @property
    def steps(self) -> frozenset[int]:
        return frozenset(attempt.step for attempt in self.attempts)


def trials(protocol: Protocol) -> tuple[Trial, ...]:
    """Try a protocol on every made-up visit, whose file arrives at its end."""
    return tuple(
        _trial(protocol, profile, audience, _ended_at(day, end))
        for profile in PROFILES
        for audience in Audience
        for day in range(7)
        for end in ENDS
    )


def latest(protocol: Protocol, profile: Profile) -> int:
    """Give how many days late a file may be and still lead to something for a client, after some visit."""
    for days in range(protocol.max_lateness_days, 0, -1):
        ends = (_ended_at(day, ENDS[0]) for day in range(7))
        if any(_trial(protocol, profile, Audience.CLIENT, end, days).attempts for end in ends):
            return days
    return 0


def _ended_at(day: int, end: time) -> datetime:
    return MONDAY + timedelta(days=day, hours=end.hour, minutes=end.minute)


def _trial(
    protocol: Protocol, profile: Profile, audience: Audience, ended_at: datetime, late: int = 0
) -> Trial:
    reach = Reach(profile.reach.sms, profile.reach.email, profile.reach.phone, None, audience.value)
    arrived_at = ended_at + timedelta(days=late)
    attempts = plan(Base(ended_at, arrived_at), PLACE, reach, protocol, arrived_at)
    return Trial(profile, audience, ended_at, attempts)


def interval_words(written: int, interval: int) -> str:
    """Say which interval applies when a file writes another one than the platform's.

    A protocol only says whether there is one: its length is the platform's, the same for every protocol.

    >>> print(interval_words(14, 30).replace(chr(160), " "))
    interval_days : le fichier dit 14 jours. C’est le délai de la plateforme qui s’appliquera : 30 jours.
    """
    said = _days(written)
    if not interval:
        words = _(
            "interval_days : le fichier dit {days}. La plateforme n’a pas de délai : aucun ne s’appliquera."
        )
        return words.format(days=said)
    words = _(
        "interval_days : le fichier dit {days}. C’est le délai de la plateforme qui s’appliquera : {own}."
    )
    return words.format(days=said, own=_days(interval))


def warnings(
    protocol: Protocol, funders: Names = NO_NAMES, english: Templates | None = None
) -> tuple[str, ...]:
    r"""Say what deserves attention, in sentences.

    `funders` are names by code, `english` the messages written in English too, when that is known.

    >>> from surveys.protocol.definition import load
    >>> for sentence in warnings(load("default")):
    ...     print(sentence.replace("\xa0", " "))
    Un client peut recevoir jusqu’à 4 messages ou appels en 10 jours.
    Sans portable ni e-mail, le premier appel vient le lendemain au plus tôt.
    Sans portable ni e-mail, plus rien ne part quand le fichier arrive 10 jours après la visite ou plus tard.
    >>> for sentence in warnings(load("integral")):
    ...     print(sentence.replace("\xa0", " "))
    Un client peut recevoir jusqu’à 3 messages ou appels en 7 jours.
    Sans aucun téléphone, un client n’est jamais sollicité.
    Plus rien ne part quand le fichier arrive 10 jours après la visite ou plus tard.
    Chaque visite compte : un client visité tous les jours peut être sollicité 4 fois par mois.
    """
    tried = trials(protocol)
    return (
        *_most(tried, protocol),
        *watched_caps(protocol, funders),
        *_firsts(tried, protocol),
        *_late(tried, protocol),
        *_parts(protocol),
        *_emails(protocol),
        *_unused(tried, protocol),
        *_without_hours(tried, protocol),
        *_unasked(protocol),
        *_untranslated(protocol, english),
    )


def _most(tried: tuple[Trial, ...], protocol: Protocol) -> Iterator[str]:
    """Say how many messages one visit may bring, in the days at most that its file stays open."""
    most = max(len(trial.attempts) for trial in tried)
    if not most:
        return
    days = protocol.closes_after_days
    contacts = counted(ngettext("{num} message ou appel", "{num} messages ou appels", most), most)
    within = _days(days)
    yield _("Un client peut recevoir jusqu’à {contacts} en {days}.").format(contacts=contacts, days=within)


def _firsts(tried: tuple[Trial, ...], protocol: Protocol) -> Iterator[str]:
    """Say who is never reached, and when whoever only has a telephone is first called."""
    for profile in PROFILES:
        own = [trial for trial in tried if trial.profile is profile]
        if not any(trial.attempts for trial in own):
            yield _("{profile}, un client n’est jamais sollicité.").format(profile=_(profile.name))
    spoken = [trial for trial in tried if trial.profile is PROFILES[2] and trial.attempts]
    written = any(step.channel is not Channel.PHONE for step in protocol.steps)
    if spoken and written:
        first = min((trial.attempts[0].opens_at.date() - trial.ended_at.date()).days for trial in spoken)
        sentence = _("Sans portable ni e-mail, le premier appel vient {when} au plus tôt.")
        yield sentence.format(when=after_words(first))


def _late(tried: tuple[Trial, ...], protocol: Protocol) -> Iterator[str]:
    """Say from when a late file, accepted all the same, leads to nothing for whoever is reached otherwise."""
    reached = {trial.profile for trial in tried if trial.audience is Audience.CLIENT and trial.attempts}
    heard = {profile: latest(protocol, profile) for profile in PROFILES if profile in reached}
    silent = {profile: days + 1 for profile, days in heard.items() if days < protocol.max_lateness_days}
    if silent and len(silent) == len(heard) and len(set(silent.values())) == 1:
        words = _("Plus rien ne part quand le fichier arrive {days} après la visite ou plus tard.")
        yield words.format(days=_days(max(silent.values())))
        return
    for profile, days in silent.items():
        words = _("{profile}, plus rien ne part quand le fichier arrive {days} après la visite ou plus tard.")
        yield words.format(profile=_(profile.name), days=_days(days))


def _days(num: int) -> str:
    return counted(ngettext("{num} jour", "{num} jours", num), num)


_NEVER = {
    (Audience.CLIENT, DayPart.MORNING): french("Aucun client n’est appelé le matin."),
    (Audience.CLIENT, DayPart.AFTERNOON): french("Aucun client n’est appelé l’après-midi."),
    (Audience.RELATIVE, DayPart.MORNING): french("Aucun proche n’est appelé le matin."),
    (Audience.RELATIVE, DayPart.AFTERNOON): french("Aucun proche n’est appelé l’après-midi."),
}


def _parts(protocol: Protocol) -> Iterator[str]:
    """Say which half of the day nobody is called in."""
    if not any(step.channel is Channel.PHONE for step in protocol.steps):
        yield _("Personne n’est appelé au téléphone.")
        return
    missing = {
        (audience, part)
        for audience in Audience
        for part in DayPart
        if not _covers(protocol.window(Channel.PHONE, audience), part)
    }
    for part, words in (
        (DayPart.MORNING, _("Personne n’est appelé le matin.")),
        (DayPart.AFTERNOON, _("Personne n’est appelé l’après-midi.")),
    ):
        absent = [audience for audience in Audience if (audience, part) in missing]
        if len(absent) == len(Audience):
            yield words
        else:
            yield from (_(_NEVER[audience, part]) for audience in absent)


def _covers(window: Window, part: DayPart) -> bool:
    noon = time(13)
    if part is DayPart.MORNING:
        return any(opens < noon for opens, _closes in window.spans)
    return any(closes > noon for _opens, closes in window.spans)


def _emails(protocol: Protocol) -> Iterator[str]:
    """Say that e-mails may leave very early or late: the law does not bound them, people sleep."""
    if not any(step.channel is Channel.EMAIL for step in protocol.steps):
        return
    spans = [span for audience in Audience for span in protocol.window(Channel.EMAIL, audience).spans]
    if any(opens < EMAILS[0] or closes > EMAILS[1] or closes < opens for opens, closes in spans):
        yield _("Des e-mails peuvent partir avant 8 h ou après 20 h.")


def _unused(tried: tuple[Trial, ...], protocol: Protocol) -> Iterator[str]:
    """Name the steps that nobody ever receives, and why."""
    used = frozenset().union(*(trial.steps for trial in tried))
    for number in range(1, len(protocol.steps) + 1):
        if number not in used:
            yield _("L’étape {num} ne sert jamais : {why}.").format(num=number, why=_why(number, protocol))


def _why(number: int, protocol: Protocol) -> str:
    applies = [p for p in PROFILES if number in {n for n, _step in steps_for(p.reach, protocol)}]
    if not applies:
        return _("personne n’est à la fois dans ce cas et joignable ainsi")
    step = protocol.steps[number - 1]
    if step.reminds and not any(each.channel is step.channel for each in protocol.steps[: number - 1]):
        return _("rien n’est envoyé avant ce rappel")
    return _("avant elle, la limite de messages ou le délai est atteint")


def _without_hours(tried: tuple[Trial, ...], protocol: Protocol) -> Iterator[str]:
    """Name the days after whose visits a first message finds no allowed hour."""
    names = WEEKDAYS[languages.current()]
    for profile in PROFILES:
        numbers = [number for number, _step in steps_for(profile.reach, protocol)]
        own = [trial for trial in tried if trial.profile is profile]
        if not numbers or not any(trial.attempts for trial in own):
            continue
        missed = sorted({trial.ended_at.weekday() for trial in own if numbers[0] not in trial.steps})
        if missed and any(numbers[0] in trial.steps for trial in own):
            yield _missing(_(profile.name), numbers[0], [names[day] for day in missed])


def _missing(profile: str, number: int, days: list[str]) -> str:
    if len(days) == len(WEEKDAYS["fr"]):
        sentence = _("{profile}, l’étape {num} n’a pas toujours d’heure permise, chaque jour de la semaine.")
        return sentence.format(profile=profile, num=number)
    sentence = _("{profile}, l’étape {num} n’a pas toujours d’heure permise : visites du {days}.")
    return sentence.format(profile=profile, num=number, days=_listed(days))


def _listed(words: list[str]) -> str:
    *first, last = words
    return _(" et ").join([", ".join(first), last]) if first else last


_UNASKED = {
    Trigger.NOT_DONE: french("Une visite qui n’a pas eu lieu n’est pas suivie d’office."),
    Trigger.INCIDENT: french("Un incident n’entraîne pas une question d’office."),
    Trigger.FIRST_INTERVENTION: french("La première visite chez un client n’est pas suivie d’office."),
    Trigger.WORKER_CHANGED: french("Un changement d’intervenant n’est pas suivi d’office."),
}


def _unasked(protocol: Protocol) -> Iterator[str]:
    """Say what escapes the draw and the interval no more, and what nothing spreads."""
    if not protocol.draws and not protocol.interval_days:
        sentence = ngettext(
            "Chaque visite compte : un client visité tous les jours peut être sollicité {num} fois par mois.",
            "Chaque visite compte : un client visité tous les jours peut être sollicité {num} fois par mois.",
            protocol.contact_cap,
        )
        yield counted(sentence, protocol.contact_cap)
    else:
        yield from (_(words) for trigger, words in _UNASKED.items() if trigger not in protocol.always_ask)


def _untranslated(protocol: Protocol, english: Templates | None) -> Iterator[str]:
    """Name the messages that would leave in French to whoever reads English."""
    if english is None:
        return
    used = dict.fromkeys((step.channel, step.template) for step in protocol.steps)
    for channel, template in used:
        if template not in english[channel]:
            sentence = _("Le message « {name} » n’est pas écrit en anglais : il partira en français.")
            yield sentence.format(name=message_words(channel, template))
