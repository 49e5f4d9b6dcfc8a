"""A contact protocol as data: its steps, its hours, and what makes it refused."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from quality.errors import FieldError, Invalid
from quality.french import french
from quality.measures.releases.periods import CLOSING_DAYS
from surveys.protocol.calendar import Window
from surveys.protocol.caps import MOST_CAPS, Cap, Traits
from surveys.protocol.caps import findings as cap_findings
from surveys.protocol.experiment import WAYS, Experiment
from surveys.protocol.experiment import findings as experiment_findings
from surveys.protocol.strict_yaml import Unreadable, parsed

PROTOCOLS = Path(__file__).parent / "protocols"


class Channel(StrEnum):
    """A way to reach a person."""

    SMS = "sms"
    EMAIL = "email"
    PHONE = "phone"


class Audience(StrEnum):
    """Who is asked: the client, or a relative who answers for them."""

    CLIENT = "client"
    RELATIVE = "relative"


class Trigger(StrEnum):
    """What always leads to asking, whatever the interval and the draw."""

    NOT_DONE = "not_done"
    INCIDENT = "incident"
    FIRST_INTERVENTION = "first_intervention"
    WORKER_CHANGED = "worker_changed"


class When(StrEnum):
    """To whom a step applies, by whether the protocol can write to them."""

    ALWAYS = "always"
    WRITTEN = "written"
    UNWRITTEN = "unwritten"


Days = Annotated[int, Meta(ge=0, le=31)]
Name = Annotated[str, Meta(pattern="^[a-z][a-z0-9_-]{0,39}$")]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One message, or the calls of one step.

    `delay_hours` counts from the base instant, `delay_days` in local days from its date (1 is the day
    after); nothing is tried after local day `give_up_after_days`. A step that `reminds` is dropped when
    nothing was written before it.
    """

    channel: Channel
    template: Name
    delay_hours: Annotated[int, Meta(ge=0, le=744)] | None = None
    delay_days: Days | None = None
    give_up_after_days: Days | None = None
    attempts: Annotated[int, Meta(ge=1, le=4)] = 1
    when: When = When.ALWAYS
    reminds: bool = False


class Audiences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hours of one channel, by who is asked."""

    client: Window
    relative: Window

    def window(self, audience: Audience) -> Window:
        return self.client if audience is Audience.CLIENT else self.relative

    def without(self, closed: frozenset[date]) -> "Audiences":
        client, relative = (msgspec.structs.replace(w, closed=closed) for w in (self.client, self.relative))
        return Audiences(client, relative)


class Windows(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The hours of each channel that the steps use."""

    sms: Audiences | None = None
    email: Audiences | None = None
    phone: Audiences | None = None

    @property
    def by_channel(self) -> dict[Channel, Audiences]:
        hours = {Channel.SMS: self.sms, Channel.EMAIL: self.email, Channel.PHONE: self.phone}
        return {channel: audiences for channel, audiences in hours.items() if audiences is not None}


class Protocol(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, cache_hash=True):
    """Steps and hours; published versions never change, an invitation keeps the one it started with.

    It has no language: each person is written to and called in their own (`client.language`).
    """

    name: Name
    version: Annotated[int, Meta(ge=1, le=32767)]
    label: Annotated[str, Meta(min_length=1, max_length=80)]
    closes_after_days: Annotated[int, Meta(ge=1, le=31)]
    interval_days: Annotated[int, Meta(ge=0, le=90)]
    contact_cap: Annotated[int, Meta(ge=1, le=4)] = 4
    caps: Annotated[tuple[Cap, ...], Meta(max_length=MOST_CAPS)] = ()
    max_lateness_days: Annotated[int, Meta(ge=1, le=31)] = 10
    draws: bool = True
    always_ask: tuple[Trigger, ...] = tuple(Trigger)
    experiment: Experiment = Experiment()
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=12)]
    windows: Windows

    def window(self, channel: Channel, audience: Audience) -> Window:
        return self.windows.by_channel[channel].window(audience)

    def cap_for(self, traits: Traits) -> int:
        """Give the strictest cap that concerns somebody: the one of all, or a lower one by attribute."""
        lower = (cap.contacts for cap in self.caps if cap.concerns(traits))
        return min((self.contact_cap, *lower))

    def capped_for(self, traits: Traits) -> "Protocol":
        """Give the same protocol with the cap that applies to somebody."""
        cap = self.cap_for(traits)
        return self if cap == self.contact_cap else msgspec.structs.replace(self, contact_cap=cap)

    def without_calls_on(self, closed: frozenset[date]) -> "Protocol":
        """Give the same protocol, whose calls leave out the days the platform is shut."""
        if not closed or self.windows.phone is None:
            return self
        windows = msgspec.structs.replace(self.windows, phone=self.windows.phone.without(closed))
        return msgspec.structs.replace(self, windows=windows)


class Finding(msgspec.Struct, frozen=True):
    """One reason to refuse a protocol: where, and what to do; `values` fill the places of the sentence."""

    path: str
    sentence: str
    values: Mapping[str, object] = msgspec.field(default_factory=dict)

    @property
    def message(self) -> str:
        return self.sentence.format_map(self.values)


# (field of the step or of the window, sentence, values of its places)
_Found = tuple[str, str, Mapping[str, object]]


# Code de la consommation, articles L223-1 and D223-9: Monday to Friday, 10–13 and 14–20, no public holiday,
# taken here for SMS too.
LAWFUL_SPANS = ((time(10), time(13)), (time(14), time(20)))
# A protocol of this name would hide behind the page of messages.
RESERVED = frozenset({"messages"})
LAWFUL_DAYS = frozenset(range(1, 6))
DAYS_WITHOUT_SUNDAY = frozenset(range(1, 7))


def findings(protocol: Protocol) -> Iterator[Finding]:
    """List what the types cannot say."""
    if protocol.name in RESERVED:
        sentence = french("ce nom est celui d’une page\u00a0: choisissez-en un autre")
        yield Finding("name", sentence)
    for field in ("closes_after_days", "max_lateness_days"):
        if getattr(protocol, field) > CLOSING_DAYS:
            sentence = french("les résultats d’un mois se publient ensuite\u00a0: {days} jours au plus")
            yield Finding(field, sentence, {"days": CLOSING_DAYS})
    for field, sentence, values in cap_findings(protocol.caps, protocol.contact_cap):
        yield Finding(f"caps{field}", sentence, values)
    begins = {way: begins_by(Channel(way), protocol.steps) for way in WAYS}
    for field, sentence, values in experiment_findings(protocol.experiment, begins):
        yield Finding(f"experiment{field}", sentence, values)
    for number, step in enumerate(protocol.steps):
        for field, sentence, values in _step_findings(step, protocol):
            yield Finding(f"steps[{number}]{field}", sentence, values)
    yield from _hours_findings(protocol)


def begins_by(channel: Channel, steps: Iterable[Step]) -> bool:
    """Tell whether the first step for somebody whom only this channel reaches, or calls too, uses it."""
    side = When.UNWRITTEN if channel is Channel.PHONE else When.WRITTEN
    own = (step for step in steps if step.channel in {channel, Channel.PHONE} and not step.reminds)
    first = next((step for step in own if step.when in {When.ALWAYS, side}), None)
    return first is not None and first.channel is channel


def _hours_findings(protocol: Protocol) -> Iterator[Finding]:
    for channel, audiences in protocol.windows.by_channel.items():
        for audience in Audience:
            for field, sentence, values in _window_findings(channel, audiences.window(audience)):
                yield Finding(f"windows.{channel}.{audience}{field}", sentence, values)


def _step_findings(step: Step, protocol: Protocol) -> Iterator[_Found]:
    if (step.delay_hours is None) == (step.delay_days is None):
        sentence = french("donnez un délai, en heures (delay_hours) ou en jours (delay_days), pas les deux")
        yield "", sentence, {}
    last = protocol.closes_after_days
    if step.give_up_after_days is not None and step.give_up_after_days > last:
        yield (
            ".give_up_after_days",
            french("écrivez {last} au plus, quand le suivi se ferme"),
            {"last": last},
        )
    elif _first_day(step) > (last if step.give_up_after_days is None else step.give_up_after_days):
        yield "", french("l’étape commence après sa propre fin"), {}
    if step.attempts > 1 and step.channel is not Channel.PHONE:
        yield ".attempts", french("seuls les appels se répètent"), {}
    if step.reminds and step.channel is Channel.PHONE:
        yield ".reminds", french("un rappel est un SMS ou un courriel"), {}
    if step.channel not in protocol.windows.by_channel:
        sentence = french("il manque les heures de ce moyen (windows.{channel})")
        yield ".channel", sentence, {"channel": step.channel.value}


def _first_day(step: Step) -> int:
    return step.delay_days if step.delay_days is not None else (step.delay_hours or 0) // 24


def _window_findings(channel: Channel, window: Window) -> Iterator[_Found]:
    days = DAYS_WITHOUT_SUNDAY if channel is Channel.EMAIL else LAWFUL_DAYS
    if not window.days or not window.days <= days:
        yield ".days", french("choisissez des jours de 1 (lundi) à {last}"), {"last": max(days)}
    if window.holidays:
        yield ".holidays", french("personne n’est sollicité un jour férié"), {}
    if window.closed:
        yield ".closed", french("les jours de fermeture sont un réglage de la plateforme"), {}
    if not window.spans or any(opens == closes for opens, closes in window.spans):
        yield ".spans", french("donnez au moins une plage, dont la fin diffère du début"), {}
    elif any(later[0] < earlier[1] for earlier, later in pairwise(window.spans)) or _wraps_early(window):
        yield ".spans", french("les plages se suivent sans se chevaucher"), {}
    if channel is not Channel.EMAIL and not all(_is_lawful(*span) for span in window.spans):
        sentence = french("les SMS et les appels restent entre 10 h et 13 h ou entre 14 h et 20 h")
        yield ".spans", sentence, {}


def _wraps_early(window: Window) -> bool:
    """Tell whether a span before the last one crosses midnight, or the last one meets the next morning's."""
    *before, last = window.spans
    if any(closes < opens for opens, closes in before):
        return True
    return last[1] < last[0] and last[1] > window.spans[0][0]


def _is_lawful(opens: time, closes: time) -> bool:
    return any(first <= opens < closes <= last for first, last in LAWFUL_SPANS)


class ProtocolRefused(Invalid):
    """A protocol that cannot be used; `errors` give each place and what to do there."""

    title = french("Ce protocole ne peut pas être utilisé")

    def __init__(self, refused: Iterable[Finding]) -> None:
        self.findings = tuple(refused)
        errors = tuple(FieldError(finding.path, finding.message) for finding in self.findings)
        lines = [f"{error.field} : {error.message}" if error.field else error.message for error in errors]
        super().__init__("\n".join((self.title, *lines)), errors)


def decode(source: bytes | Mapping[str, object]) -> Protocol:
    """Read a protocol from YAML or from what is stored, or raise ProtocolRefused with each place.

    >>> try:
    ...     decode(b"{name: court, version: 1, label: Court, closes_after_days: 40}")
    ... except ProtocolRefused as refusal:
    ...     print(refusal.errors[0].field, *refusal.errors[0].message.split())
    closes_after_days attendu : un nombre ≤ 31
    """
    try:
        tree = parsed(source) if isinstance(source, bytes) else source
        protocol = msgspec.convert(_with_seconds(tree), Protocol)
    except Unreadable as error:
        raise ProtocolRefused([Finding(error.path, error.sentence, error.values)]) from error
    except msgspec.ValidationError as error:
        raise ProtocolRefused([_translated(str(error))]) from error
    except RecursionError as error:
        raise ProtocolRefused([Finding("", french("un groupe de champs se contient lui-même"))]) from error
    refused = list(findings(protocol))
    if refused:
        raise ProtocolRefused(refused)
    return protocol


def stored(protocol: Protocol) -> dict[str, object]:
    """Give a protocol as plain JSON values, which `decode` reads again."""
    values: dict[str, object] = msgspec.to_builtins(protocol)
    return values


@lru_cache(256)
def of_version(definition: str) -> Protocol:
    """Read what a version holds, once a process: a version never changes."""
    return decode(msgspec.json.decode(definition))


def shipped() -> tuple[str, ...]:
    """Name the protocols shipped with the product."""
    return tuple(sorted(path.stem for path in PROTOCOLS.glob("*.yaml")))


@cache
def load(name: str) -> Protocol:
    """Give a protocol shipped with the product.

    >>> load("integral").label
    'Suivi intégral par téléphone'
    """
    if name not in shipped():
        known = ", ".join(shipped())
        sentence = "« {name} » n’existe pas ; choisissez parmi : {known}"
        raise ProtocolRefused([Finding("", sentence, {"name": name, "known": known})])
    return decode((PROTOCOLS / f"{name}.yaml").read_bytes())


def _with_seconds(tree: object) -> object:
    """Complete the hours written « 10:00 », the only texts of a protocol that look like one."""
    if isinstance(tree, Mapping):
        return {name: _with_seconds(value) for name, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_with_seconds(value) for value in tree]
    return f"{tree}:00" if isinstance(tree, str) and _HOUR.fullmatch(tree) else tree


_HOUR = re.compile(r"\d\d:\d\d")
_TYPES = {
    "str": french("attendu\u00a0: un texte"),
    "int": french("attendu\u00a0: un nombre entier"),
    "bool": french("attendu\u00a0: true (oui) ou false (non)"),
    "array": french("attendu\u00a0: une liste"),
    "object": french("attendu\u00a0: un groupe de champs"),
    "time": french("attendu\u00a0: une heure entre guillemets, comme «\u00a010:00\u00a0»"),
    "null": french("attendu\u00a0: rien"),
}
_SENTENCES = (
    (r"Object missing required field `(?P<name>\w+)`", french("il manque le champ «\u00a0{name}\u00a0»")),
    (r"Object contains unknown field `(?P<name>.+)`", french("le champ «\u00a0{name}\u00a0» n’existe pas")),
    (r"Invalid enum value '?(?P<value>.*?)'?", french("«\u00a0{value}\u00a0» n’est pas une valeur possible")),
    (r"Expected `int` >= (?P<bound>\d+)", french("attendu\u00a0: un nombre ≥ {bound}")),
    (r"Expected `int` <= (?P<bound>\d+)", french("attendu\u00a0: un nombre ≤ {bound}")),
    (
        r"Expected `str` matching regex .*",
        french("attendu\u00a0: des minuscules, chiffres, tirets, d’abord une lettre"),
    ),
    (r"Expected `\w+` of length >= (?P<bound>\d+)", french("longueur attendue\u00a0: ≥ {bound}")),
    (r"Expected `\w+` of length <= (?P<bound>\d+)", french("longueur attendue\u00a0: ≤ {bound}")),
    (r"Invalid RFC3339 encoded time", _TYPES["time"]),
    (r"Expected `int \| null`, got .*", french("attendu\u00a0: un nombre entier ou rien")),
    (r"Expected `object \| null`, got .*", french("attendu\u00a0: un groupe de champs ou rien")),
)


def _translated(message: str) -> Finding:
    """Say in French, with its place, what msgspec refused."""
    what, _, place = message.partition(" - at `")
    path = place.rstrip("`").removeprefix("$").removeprefix(".")
    for pattern, sentence in _SENTENCES:
        found = re.fullmatch(pattern, what)
        if found:
            return Finding(path, sentence, found.groupdict())
    expected = re.match(r"Expected `(\w+)", what)
    return Finding(path, _TYPES.get(expected.group(1) if expected else "", "{what}"), {"what": what})
