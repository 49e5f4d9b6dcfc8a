"""A protocol in plain words (pure but for the reader's language), and what differs between two of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from quality.french import french
from quality.web import languages
from quality.web.format import spelled
from quality.web.languages import counted, ngettext
from quality.web.languages import gettext as _
from surveys.channels import naming
from surveys.protocol.definition import Audience, Audiences, Channel, Protocol, Step, Trigger
from surveys.protocol.editing.cap_words import NO_NAMES, Names, told_caps
from surveys.protocol.editing.experiment_words import told_experiment
from surveys.reviews.timing import whom_words, window_words

TEMPLATES = {
    "opening": french("premier message"),
    "reminder": french("rappel"),
    "opening_email": french("premier message"),
    "reminder_email": french("rappel"),
    "call": french("appel"),
}
TRIGGERS = {
    Trigger.NOT_DONE: french("Une visite qui n’a pas eu lieu"),
    Trigger.INCIDENT: french("Un incident signalé"),
    Trigger.FIRST_INTERVENTION: french("La première visite chez un client"),
    Trigger.WORKER_CHANGED: french("Un changement d’intervenant"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a protocol: its title, and a sentence a line."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a draft changes: the part, what is said today, what would be said; one may be empty."""

    part: str
    before: str
    after: str


def told(protocol: Protocol, interval: int, funders: Names = NO_NAMES) -> tuple[Section, ...]:
    """Tell a protocol part by part; `interval` is the platform's own, in days, `funders` names by code."""
    return (
        Section(_("Les étapes"), tuple(step_sentence(step) for step in protocol.steps)),
        Section(_("Le premier contact"), tuple(told_experiment(protocol))),
        Section(_("Les jours et les heures"), tuple(_hours(protocol))),
        Section(_("Les limites"), tuple(_limits(protocol, funders))),
        Section(_("Les visites dont on demande des nouvelles"), tuple(_asked(protocol, interval))),
    )


def step_sentence(step: Step) -> str:
    """Tell one step.

    >>> step_sentence(Step(channel=Channel.SMS, template="opening", delay_hours=4, give_up_after_days=4))
    'Un SMS, 4 heures après la visite au plus tôt. Après 4 jours, on y renonce.'
    >>> step_sentence(Step(channel=Channel.PHONE, template="call", delay_days=3, attempts=2))
    'Des appels, 2 au plus, à partir de 3 jours après la visite.'
    """
    parts = (f"{_what(step)}, {_delay(step)}.", whom_words(step), _giving_up(step))
    return " ".join(part for part in parts if part)


def _what(step: Step) -> str:
    if step.channel is Channel.PHONE:
        return _("Un appel") if step.attempts == 1 else counted(_("Des appels, {num} au plus"), step.attempts)
    if step.channel is Channel.SMS:
        return _("Un SMS de rappel") if step.reminds else _("Un SMS")
    return _("Un e-mail de rappel") if step.reminds else _("Un e-mail")


def _delay(step: Step) -> str:
    if step.delay_hours:
        words = ngettext(
            "{num} heure après la visite au plus tôt",
            "{num} heures après la visite au plus tôt",
            step.delay_hours,
        )
        return words.format(num=step.delay_hours)
    if step.delay_days:
        words = ngettext(
            "à partir de {num} jour après la visite",
            "à partir de {num} jours après la visite",
            step.delay_days,
        )
        return words.format(num=step.delay_days)
    return _("dès la fin de la visite")


def after_words(days: int) -> str:
    """Say how many days after a visit.

    >>> [after_words(days) for days in (0, 1, 2, 12)]
    ['le jour même', 'le lendemain', 'deux jours après', '12 jours après']
    """
    if days < 2:
        return _("le lendemain") if days else _("le jour même")
    return _("{num} jours après").format(num=spelled(days, languages.current()))


def message_words(channel: Channel, template: str) -> str:
    """Name a message by its channel and its moment.

    >>> message_words(Channel.SMS, "reminder").replace(chr(160), " ")
    'SMS : rappel'
    """
    if channel is Channel.PHONE:
        return _(naming.WAYS[channel])
    return _("{channel} : {words}").format(
        channel=_(naming.WAYS[channel]), words=_(TEMPLATES.get(template, "")) or template
    )


def _giving_up(step: Step) -> str:
    last = step.give_up_after_days
    if last is None:
        return ""
    if not last:
        return _("Après le jour même, on y renonce.")
    return counted(
        ngettext("Après {num} jour, on y renonce.", "Après {num} jours, on y renonce.", last), last
    )


def _hours(protocol: Protocol) -> Iterator[str]:
    for channel, audiences in protocol.windows.by_channel.items():
        yield from _channel_hours(_(naming.MANY[channel]), audiences)
    yield _("Jamais un jour férié ; les heures sont celles du lieu de la visite.")


def _channel_hours(name: str, audiences: Audiences) -> Iterator[str]:
    client, relative = (window_words(audiences.window(audience)) for audience in Audience)
    if client == relative:
        yield _("{channel} : {hours}.").format(channel=name, hours=client)
        return
    yield _("{channel} aux clients : {hours}.").format(channel=name, hours=client)
    yield _("{channel} aux proches : {hours}.").format(channel=name, hours=relative)


def _limits(protocol: Protocol, funders: Names) -> Iterator[str]:
    cap = ngettext(
        "Une personne est sollicitée {num} fois au plus pour une visite, et {num} fois au plus en 30 jours.",
        "Une personne est sollicitée {num} fois au plus pour une visite, et {num} fois au plus en 30 jours.",
        protocol.contact_cap,
    )
    yield counted(cap, protocol.contact_cap)
    yield from told_caps(protocol, funders)
    closes = ngettext(
        "Le suivi d’une visite se ferme après {num} jour.",
        "Le suivi d’une visite se ferme après {num} jours.",
        protocol.closes_after_days,
    )
    yield counted(closes, protocol.closes_after_days)
    late = ngettext(
        "Plus de {num} jour après la visite, personne n’est sollicité, même si le fichier vient d’arriver.",
        "Plus de {num} jours après la visite, personne n’est sollicité, même si le fichier vient d’arriver.",
        protocol.max_lateness_days,
    )
    yield counted(late, protocol.max_lateness_days)
    yield _("Une réponse ou un refus arrête tout pour cette visite.")
    yield _("Chacun est interrogé dans la langue de sa fiche\u00a0: le français ou l’anglais.")


def _asked(protocol: Protocol, interval: int) -> Iterator[str]:
    if protocol.draws:
        yield _("Les visites sont tirées au sort.")
    else:
        yield _("Toutes les visites sont suivies, sans tirage au sort.")
    if protocol.interval_days and interval:
        between = ngettext(
            "Entre deux visites suivies d’un même client : {num} jour au moins.",
            "Entre deux visites suivies d’un même client : {num} jours au moins.",
            interval,
        )
        yield counted(between, interval)
    else:
        yield _("Aucun délai n’est gardé entre deux visites suivies d’un même client.")
    for trigger in protocol.always_ask:
        yield _("Toujours suivi : {event}.").format(event=_lowered(_(TRIGGERS[trigger])))


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:]


def changes(
    before: Protocol, after: Protocol, interval: int, funders: Names = NO_NAMES
) -> tuple[Change, ...]:
    """Set side by side what two protocols say differently.

    >>> from surveys.protocol.definition import load
    >>> import msgspec
    >>> new = msgspec.structs.replace(load("integral"), contact_cap=2)
    >>> [change.part for change in changes(load("integral"), new, 30)]
    ['Les limites']
    >>> changes(load("default"), load("default"), 30)
    ()
    """
    found: list[Change] = []
    if before.label != after.label:
        found.append(Change(_("Le nom"), before.label, after.label))
    for old, new in zip(told(before, interval, funders), told(after, interval, funders), strict=True):
        found += [Change(old.title, *pair) for pair in _pairs(old.lines, new.lines)]
    texts = [", ".join(step.template for step in each.steps) for each in (before, after)]
    if texts[0] != texts[1]:
        found.append(Change(_("Les textes"), *texts))
    return tuple(found)


def _pairs(old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for verb, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if verb == "equal":
            continue
        for place in range(max(end - start, last - first)):
            yield (
                old[start + place] if start + place < end else "",
                new[first + place] if first + place < last else "",
            )
