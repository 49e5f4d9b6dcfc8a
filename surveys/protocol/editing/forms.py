"""The form of a draft: what is typed is kept, right or wrong, and read with each error in its place."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as set_by
from datetime import time

import msgspec

from quality.french import french
from surveys.protocol.calendar import Window
from surveys.protocol.caps import AGES, MOST_CAPS, Cap, Public
from surveys.protocol.definition import (
    Audience,
    Audiences,
    Channel,
    Finding,
    Protocol,
    Step,
    Trigger,
    When,
    Windows,
    findings,
)
from surveys.protocol.experiment import WAYS, Experiment

MOST_STEPS, MOST_SPANS = 12, 6
LONGEST_LABEL = 80
Typed = Mapping[str, Sequence[str]]
Templates = Mapping[Channel, frozenset[str]]


class StepForm(msgspec.Struct, frozen=True, kw_only=True):
    """One step as typed; `message` is the channel and the template, `sms:opening`."""

    message: str = "sms:opening"
    delay: str = "1"
    unit: str = "jours"
    give_up: str = ""
    attempts: str = "1"
    when: str = When.ALWAYS.value
    reminds: bool = False


class CapForm(msgspec.Struct, frozen=True):
    """A lower cap as typed; `whose` is what it concerns, `age_from:85` or `funder:CNAV`."""

    whose: str = ""
    contacts: str = ""


class HoursForm(msgspec.Struct, frozen=True):
    """The hours of a channel for one audience as typed: days and (from, to) pairs."""

    days: tuple[str, ...] = ()
    spans: tuple[tuple[str, str], ...] = ()


class ProtocolForm(msgspec.Struct, frozen=True, kw_only=True):
    """A protocol as typed; `hours` are by channel and audience, `sms-client`.

    `share` in a hundred begin by one of the channels `compared`, as chance chooses.
    """

    label: str = ""
    closes_after: str = "10"
    contact_cap: str = "4"
    caps: tuple[CapForm, ...] = ()
    lateness: str = "10"
    keeps_interval: bool = True
    draws: bool = True
    always_ask: tuple[str, ...] = ()
    share: str = "0"
    compared: tuple[str, ...] = ()
    steps: tuple[StepForm, ...] = ()
    hours: dict[str, HoursForm] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in one field of the form."""

    field: str
    sentence: str
    values: Mapping[str, object] = set_by(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a form says: the protocol, and what is wrong in it (then the protocol is not to be used)."""

    protocol: Protocol
    wrong: tuple[Wrong, ...]


CHANNELS = frozenset(channel.value for channel in Channel)
TRIGGERS = tuple(trigger.value for trigger in Trigger)
WHENS = frozenset(when.value for when in When)
LINES = tuple(f"{channel.value}-{audience.value}" for channel in Channel for audience in Audience)
NUMBER = french("Écrivez un nombre entier de {low} à {high}.")
LABEL = french("Écrivez un nom de 1 à 80 caractères.")
NO_STEP = french("Il faut au moins une étape.")
NO_MESSAGE = french("Ce message n’existe pas : choisissez-en un autre.")
HOUR = french("Choisissez une heure de début et une heure de fin.")
NO_WHOSE = french("Choisissez pour qui, ou effacez le nombre.")
LOST_WHOSE = french("Ce choix n’existe pas : choisissez-en un autre.")
NO_HOURS = french("Ce canal sert à une étape : choisissez ses jours et ses heures.")
WORK_DAYS = french("Choisissez un ou plusieurs jours, du lundi au vendredi.")
MAIL_DAYS = french("Choisissez un ou plusieurs jours, du lundi au samedi.")
# Whom a lower cap may concern, beside the visits of a funder.
WHOSE = (*(f"age_from:{age}" for age in reversed(AGES)), *(f"public:{public.value}" for public in Public))
_HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_STEP_FIELDS = {
    "": "delai",
    ".give_up_after_days": "abandon",
    ".attempts": "essais",
    ".reminds": "rappel",
    ".channel": "message",
}
_FIELDS = {
    "closes_after_days": "fermeture",
    "max_lateness_days": "retard",
    "experiment.channels": "hasard-moyens",
}


def form_of(protocol: Protocol) -> ProtocolForm:
    """Write a protocol as its form."""
    return ProtocolForm(
        label=protocol.label,
        closes_after=str(protocol.closes_after_days),
        contact_cap=str(protocol.contact_cap),
        caps=tuple(CapForm(whose_of(cap), str(cap.contacts)) for cap in protocol.caps),
        lateness=str(protocol.max_lateness_days),
        keeps_interval=protocol.interval_days > 0,
        draws=protocol.draws,
        always_ask=tuple(trigger.value for trigger in protocol.always_ask),
        share=str(protocol.experiment.share),
        compared=protocol.experiment.compared,
        steps=tuple(_step_form(step) for step in protocol.steps),
        hours={
            f"{channel.value}-{audience.value}": _hours_form(audiences.window(audience))
            for channel, audiences in protocol.windows.by_channel.items()
            for audience in Audience
        },
    )


def whose_of(cap: Cap) -> str:
    """Name what a cap concerns as the form does.

    >>> whose_of(Cap(contacts=2, funder="CNAV"))
    'funder:CNAV'
    """
    return ":".join(next(iter(cap.names), ("", "")))


def _step_form(step: Step) -> StepForm:
    is_in_hours = step.delay_days is None
    return StepForm(
        message=f"{step.channel.value}:{step.template}",
        delay=str(step.delay_hours if is_in_hours else step.delay_days),
        unit="heures" if is_in_hours else "jours",
        give_up="" if step.give_up_after_days is None else str(step.give_up_after_days),
        attempts=str(step.attempts),
        when=step.when.value,
        reminds=step.reminds,
    )


def _hours_form(window: Window) -> HoursForm:
    spans = tuple((f"{opens:%H:%M}", f"{closes:%H:%M}") for opens, closes in window.spans)
    return HoursForm(tuple(str(day) for day in sorted(window.days)), spans)


def typed_form(typed: Typed) -> ProtocolForm:
    """Keep what a page sent, field by field; nothing is refused here.

    >>> typed_form({"libelle": [" Court "], "etape-1-message": ["sms:opening"]}).steps[0].delay
    ''
    """
    numbers = [number for number in range(1, MOST_STEPS + 1) if f"etape-{number}-message" in typed]
    return ProtocolForm(
        label=_one(typed, "libelle"),
        closes_after=_one(typed, "fermeture"),
        contact_cap=_one(typed, "contacts"),
        caps=_typed_caps(typed),
        lateness=_one(typed, "retard"),
        keeps_interval=_one(typed, "intervalle") != "aucun",
        draws=_one(typed, "tirage") != "non",
        always_ask=tuple(trigger for trigger in TRIGGERS if trigger in typed.get("toujours", ())),
        share=_one(typed, "hasard") or "0",
        compared=tuple(way for way in WAYS if way in typed.get("hasard-moyens", ())),
        steps=tuple(_typed_step(typed, f"etape-{number}") for number in numbers),
        hours={line: _typed_hours(typed, f"heures-{line}") for line in LINES},
    )


def _one(typed: Typed, name: str) -> str:
    """Give the one value of a field; the database keeps no NUL."""
    return next(iter(typed.get(name, ())), "").replace("\0", "").strip()


def _typed_caps(typed: Typed) -> tuple[CapForm, ...]:
    names = (f"limite-{number}" for number in range(1, MOST_CAPS + 1))
    rows = (CapForm(_one(typed, f"{name}-qui"), _one(typed, f"{name}-contacts")) for name in names)
    return tuple(row for row in rows if row != CapForm())


def _typed_step(typed: Typed, name: str) -> StepForm:
    return StepForm(
        message=_one(typed, f"{name}-message"),
        delay=_one(typed, f"{name}-delai"),
        unit=_one(typed, f"{name}-unite") or "jours",
        give_up=_one(typed, f"{name}-abandon"),
        attempts=_one(typed, f"{name}-essais"),
        when=_one(typed, f"{name}-qui") or When.ALWAYS.value,
        reminds=bool(_one(typed, f"{name}-rappel")),
    )


def _typed_hours(typed: Typed, name: str) -> HoursForm:
    numbers = range(1, MOST_SPANS + 1)
    spans = ((_one(typed, f"{name}-de-{number}"), _one(typed, f"{name}-a-{number}")) for number in numbers)
    days = tuple(day for day in "1234567" if day in typed.get(f"{name}-jours", ()))
    return HoursForm(days, tuple(span for span in spans if any(span)))


def changed(form: ProtocolForm, action: str) -> ProtocolForm:
    """Add, remove or move a step, as a button says: `ajouter`, `retirer-2`, `monter-2`, `descendre-2`.

    >>> one, two = StepForm(message="sms:opening"), StepForm(message="phone:call")
    >>> form = ProtocolForm(steps=(one, two))
    >>> [step.message for step in changed(form, "monter-2").steps]
    ['phone:call', 'sms:opening']
    >>> len(changed(form, "ajouter").steps), len(changed(form, "retirer-1").steps)
    (3, 1)
    """
    verb, _, number = action.partition("-")
    steps = list(form.steps)
    place = int(number) - 1 if number.isdecimal() else -1
    if verb == "ajouter" and len(steps) < MOST_STEPS:
        steps.append(StepForm())
    elif verb == "retirer" and 0 <= place < len(steps):
        del steps[place]
    elif verb == "monter" and 0 < place < len(steps):
        steps[place - 1 : place + 1] = steps[place], steps[place - 1]
    elif verb == "descendre" and 0 <= place < len(steps) - 1:
        steps[place : place + 2] = steps[place + 1], steps[place]
    return msgspec.structs.replace(form, steps=tuple(steps))


def read(
    form: ProtocolForm, name: str, templates: Templates, interval: int = 30, funders: Container[str] = ()
) -> Reading:
    """Read a form: a wrong field takes a harmless value, so that the others are judged all the same.

    `interval` is the platform's, which a protocol keeps or leaves out; `templates` are the messages known,
    `funders` the codes.

    >>> form = ProtocolForm(label="Court", closes_after="40", steps=(StepForm(message="phone:call"),))
    >>> reading = read(form, "court", {Channel.PHONE: frozenset({"call"})})
    >>> [wrong.field for wrong in reading.wrong]
    ['fermeture', 'etape-1-message']
    """
    wrong: list[Wrong] = []
    label = form.label if 1 <= len(form.label) <= LONGEST_LABEL else "?"
    if label != form.label:
        wrong.append(Wrong("libelle", LABEL))
    steps = tuple(_step(step, f"etape-{n}", templates, wrong) for n, step in enumerate(form.steps, start=1))
    if not steps:
        wrong.append(Wrong("etapes", NO_STEP))
    protocol = Protocol(
        name=name,
        version=1,
        label=label,
        closes_after_days=_number(form.closes_after, "fermeture", (1, 31), wrong, 10),
        interval_days=max(interval, 1) if form.keeps_interval else 0,
        contact_cap=_number(form.contact_cap, "contacts", (1, 4), wrong, 4),
        caps=tuple(_cap(cap, f"limite-{n}", funders, wrong) for n, cap in enumerate(form.caps, start=1)),
        max_lateness_days=_number(form.lateness, "retard", (1, 31), wrong, 10),
        draws=form.draws,
        always_ask=tuple(trigger for trigger in Trigger if trigger in form.always_ask),
        experiment=Experiment(
            share=_number(form.share, "hasard", (0, 100), wrong, 0),
            channels=tuple(way for way in WAYS if way in form.compared),
        ),
        steps=steps,
        windows=_windows(form, wrong),
    )
    known = {each.field for each in wrong}
    wrong += [each for each in map(_located, findings(protocol)) if each.field not in known]
    return Reading(protocol, tuple(wrong))


def _number(typed: str, field: str, bounds: tuple[int, int], wrong: list[Wrong], harmless: int) -> int:
    low, high = bounds
    if typed.isascii() and typed.isdecimal() and len(typed) < 6 and low <= int(typed) <= high:
        return int(typed)
    wrong.append(Wrong(field, NUMBER, {"low": low, "high": high}))
    return harmless


def _cap(form: CapForm, name: str, funders: Container[str], wrong: list[Wrong]) -> Cap:
    """Read one row; a wrong choice is a cap that concerns nobody, so that no other row is judged by it."""
    contacts = _number(form.contacts, f"{name}-contacts", (1, 4), wrong, 1)
    kind, _, value = form.whose.partition(":")
    if kind == "funder" and value in funders:
        return Cap(contacts=contacts, funder=value)
    if form.whose not in WHOSE:
        wrong.append(Wrong(f"{name}-qui", LOST_WHOSE if form.whose else NO_WHOSE))
        return Cap(contacts=contacts)
    if kind == "public":
        return Cap(contacts=contacts, public=Public(value))
    return msgspec.convert({"contacts": contacts, "age_from": int(value)}, Cap)


def _step(form: StepForm, name: str, templates: Templates, wrong: list[Wrong]) -> Step:
    channel, _, template = form.message.partition(":")
    known = channel in CHANNELS and template in templates.get(Channel(channel), ())
    if not known:
        wrong.append(Wrong(f"{name}-message", NO_MESSAGE))
    is_in_hours = form.unit == "heures"
    delay = _number(form.delay, f"{name}-delai", (0, 744) if is_in_hours else (0, 31), wrong, 0)
    return Step(
        channel=Channel(channel) if channel in CHANNELS else Channel.PHONE,
        template=template if known else "call",
        delay_hours=delay if is_in_hours else None,
        delay_days=None if is_in_hours else delay,
        give_up_after_days=_number(form.give_up, f"{name}-abandon", (0, 31), wrong, 0)
        if form.give_up
        else None,
        attempts=_number(form.attempts, f"{name}-essais", (1, 4), wrong, 1),
        when=When(form.when) if form.when in WHENS else When.ALWAYS,
        reminds=form.reminds,
    )


def _windows(form: ProtocolForm, wrong: list[Wrong]) -> Windows:
    return Windows(**{channel.value: _audiences(form, channel, wrong) for channel in Channel})


def _audiences(form: ProtocolForm, channel: Channel, wrong: list[Wrong]) -> Audiences | None:
    """Read the hours of a channel; none at all is a channel that the protocol leaves aside."""
    lines = [form.hours.get(f"{channel.value}-{audience.value}", HoursForm()) for audience in Audience]
    if not any(line.days or line.spans for line in lines):
        return None
    names = [f"heures-{channel.value}-{audience.value}" for audience in Audience]
    client, relative = (_window(line, name, wrong) for line, name in zip(lines, names, strict=True))
    return Audiences(client, relative)


def _window(form: HoursForm, name: str, wrong: list[Wrong]) -> Window:
    spans: list[tuple[time, time]] = []
    for number, (opens, closes) in enumerate(form.spans, start=1):
        if _HOUR.fullmatch(opens) and _HOUR.fullmatch(closes):
            spans.append((time.fromisoformat(opens), time.fromisoformat(closes)))
        else:
            wrong.append(Wrong(f"{name}-de-{number}", HOUR))
    return Window(frozenset(int(day) for day in form.days), tuple(spans))


def _located(finding: Finding) -> Wrong:
    """Give the field of the form for a place of the protocol, and what to do there in the form's own words.

    >>> _located(Finding("steps[1].attempts", "seuls les appels se répètent")).field
    'etape-2-essais'
    """
    step = re.fullmatch(r"steps\[(\d+)\](.*)", finding.path)
    if step:
        number, part = int(step[1]) + 1, step[2]
        sentence = NO_HOURS if part == ".channel" else finding.sentence
        return Wrong(f"etape-{number}-{_STEP_FIELDS[part]}", sentence, finding.values)
    cap = re.fullmatch(r"caps\[(\d+)\]\.?(\w*)", finding.path)
    if cap:
        return Wrong(f"limite-{int(cap[1]) + 1}-{cap[2] or 'qui'}", finding.sentence, finding.values)
    window = re.fullmatch(r"windows\.(\w+)\.(\w+)\.(\w+)", finding.path)
    if window:
        name = f"heures-{window[1]}-{window[2]}"
        if window[3] == "days":
            return Wrong(f"{name}-jours", MAIL_DAYS if window[1] == Channel.EMAIL else WORK_DAYS)
        return Wrong(f"{name}-de-1", finding.sentence, finding.values)
    return Wrong(_FIELDS.get(finding.path, "libelle"), finding.sentence, finding.values)
