"""The form of a question: what is typed is kept, and read with each error in its place.

The form has the French words; the others follow on the page of translations and stay with theirs.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from dataclasses import field as set_by
from typing import Any

import msgspec

from quality.french import french
from surveys.authoring.changing import name_from, put
from surveys.questionnaire.definition import Channel, Choice, Feed, Item, Kind, Rule, Words
from surveys.questionnaire.expression import ExpressionRefused, parse

OWN_WORDS = ("sms", "email", "voice", "paper")
VARIANTS = ("mandataire", "mise_a_disposition", "relative", "mandataire_relative")
TEXTS = ("label", "hint", "say", "probe", "agent", "constraint_message")
VARIANT_TEXTS = ("label", "hint", "say", "probe")
FLAGS = ("core", "signal", "callback", "dont_know", "not_applicable", "decimals")
PER_CHANNEL = tuple(f"words.{channel}.{text}" for channel in OWN_WORDS for text in ("label", "hint"))
PER_VARIANT = {
    variant: tuple(f"variants.{variant}.{path}" for path in (*VARIANT_TEXTS, *PER_CHANNEL))
    for variant in VARIANTS
}
PATHS = (*TEXTS, *PER_CHANNEL, *(path for paths in PER_VARIANT.values() for path in paths))
MOST_ROWS, MOST_FEEDS, LONGEST = 20, 4, 500
SPARE_ROWS = 2  # empty rows under the answers to choose
ALIAS = re.compile(r"[a-z][a-z0-9_]{0,31}")
VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
NO_LABEL = french("Écrivez la question.")
TOO_LONG = french("Ce texte dépasse 500 caractères.")
BAD_ALIAS = french("Il faut des minuscules sans accent, des chiffres et « _ », 32 signes au plus.")
TAKEN = french("Une autre question porte déjà ce nom.")
BAD_VALUE = french("Il faut des lettres sans accent et des chiffres, 32 signes au plus.")
NO_CHOICE = french("Écrivez les mots de cette réponse, ou effacez toute la ligne.")
NO_KIND = french("Choisissez un genre de question.")
NO_SERIES = french("Choisissez un résultat et une règle, ou aucun des deux.")
Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    """One answer to choose as typed; `was` is the name it had in the draft: its translations follow."""

    label: str = ""
    value: str = ""
    exclusive: bool = False
    was: str = ""


@dataclass(frozen=True, slots=True)
class FeedForm:
    """One result that the question feeds, as typed."""

    series: str = ""
    rule: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class ItemForm:
    """A question as typed; `texts` are by path, such as `words.sms.label`."""

    alias: str
    kind: str
    texts: Mapping[str, str]
    choices: tuple[ChoiceForm, ...]
    flags: frozenset[str]
    feeds: tuple[FeedForm, ...]
    relevant: str
    constraint: str
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in one field of the form."""

    field: str
    sentence: str
    values: Mapping[str, object] = set_by(default_factory=dict)


def form_of(item: Item) -> ItemForm:
    """Write a question as its form."""
    tree = msgspec.to_builtins(item)
    return ItemForm(
        alias=item.alias,
        kind=item.kind.value,
        texts={path: _french(tree, path) for path in PATHS},
        choices=tuple(
            ChoiceForm(each.label.fr, each.value or "", each.exclusive, name)
            for name, each in _named(item).items()
        ),
        flags=frozenset(flag for flag in FLAGS if getattr(item, flag)),
        feeds=tuple(FeedForm(feed.series, feed.rule.value, feed.value or "") for feed in item.measures),
        relevant=item.relevant or "",
        constraint=item.constraint or "",
        channels=frozenset(channel.value for channel in item.channels),
    )


def _named(item: Item) -> dict[str, Choice]:
    """Name each answer to choose: by its value, which another order leaves as it is, else by its rank."""
    values = [choice.value for choice in item.choices]
    return {
        value if value and values.count(value) == 1 else f"#{rank}": choice
        for rank, (value, choice) in enumerate(zip(values, item.choices, strict=True), start=1)
    }


def _french(tree: Mapping[str, Any], path: str) -> str:
    found: Any = tree
    for step in path.split("."):
        found = found.get(step) or {}
    return str(found.get("fr", ""))


def typed_form(typed: Typed) -> ItemForm:
    """Keep what a page sent, field by field; nothing is refused here."""
    rows = (_typed_choice(typed, f"choices-{rank}") for rank in range(1, MOST_ROWS + SPARE_ROWS + 1))
    feeds = (_typed_feed(typed, f"measures-{rank}") for rank in range(1, MOST_FEEDS + 1))
    return ItemForm(
        alias=_one(typed, "alias"),
        kind=_one(typed, "kind"),
        texts={path: _one(typed, path) for path in PATHS},
        choices=tuple(row for row in rows if row.label or row.value),
        flags=frozenset(flag for flag in FLAGS if flag in typed.get("flags", ())),
        feeds=tuple(feed for feed in feeds if feed != FeedForm()),
        relevant=_one(typed, "relevant"),
        constraint=_one(typed, "constraint"),
        channels=frozenset(
            channel.value for channel in Channel if channel.value in typed.get("channels", ())
        ),
    )


def _typed_choice(typed: Typed, name: str) -> ChoiceForm:
    return ChoiceForm(
        label=_one(typed, f"{name}-label"),
        value=_one(typed, f"{name}-value"),
        exclusive=bool(_one(typed, f"{name}-exclusive")),
        was=_one(typed, f"{name}-was"),
    )


def _typed_feed(typed: Typed, name: str) -> FeedForm:
    return FeedForm(*(_one(typed, f"{name}-{field}") for field in ("series", "rule", "value")))


def _one(typed: Typed, name: str) -> str:
    """Give the one value of a field, with its lines as they are kept; the database keeps no NUL."""
    found = next(iter(typed.get(name, ())), "").replace("\0", "")
    return found.replace("\r\n", "\n").replace("\r", "\n").strip()


# ---- reading ----


def read(form: ItemForm, before: Item, taken: Collection[str]) -> tuple[Item, tuple[Wrong, ...]]:
    """Read a form over the question it changes; with anything wrong, the question is the one of before.

    `taken` are the names of the other questions.
    """
    wrong = tuple(_wrongs(form, taken))
    if wrong:
        return before, wrong
    tree = msgspec.to_builtins(before)
    for path in PATHS:
        _write(tree, (*path.split("."), "fr"), form.texts[path])
    tree |= {flag: flag in form.flags for flag in FLAGS}
    tree |= {"alias": form.alias, "kind": form.kind}
    tree |= {
        "relevant": _kept(form.relevant, before.relevant),
        "constraint": _kept(form.constraint, before.constraint),
    }
    item = msgspec.convert(tree, Item)
    return msgspec.structs.replace(
        item,
        choices=tuple(_choices(form, before)),
        measures=tuple(_feed(feed) for feed in form.feeds),
        channels=_channels(form, before),
    ), ()


def _write(tree: dict[str, Any], path: tuple[str, ...], typed: str) -> None:
    """Write a French text; without it, its translations go too."""
    before = _french(tree, ".".join(path[:-1]))
    if same(typed, before):
        return
    put(tree, path if typed else path[:-1], typed or None)


def same(typed: str, before: str) -> bool:
    """Tell whether a text came back as it was; a browser changes the ends of lines."""
    return _bare(typed) == _bare(before)


def _bare(text: str) -> str:
    return re.sub(r"[\r\n]+", "", text).strip()


def merged(typed: ItemForm, before: ItemForm, now: ItemForm) -> tuple[ItemForm, tuple[str, ...]]:
    """Put what somebody typed over what somebody else wrote since; name the fields that both changed.

    `before` is the form as it was read: what was left as it was is what the draft says now.
    """
    mine = {name: value for name, value in _fields(typed) if not _is_same(value, before, name)}
    theirs = {name for name, value in _fields(now) if not _is_same(value, before, name)}
    texts = {path: mine.get(path, now.texts[path]) for path in PATHS}
    whole = {name: value for name, value in mine.items() if name not in texts}
    both = (name for name in mine if name in theirs and not _is_same(mine[name], now, name))
    return replace(now, texts=texts, **whole), tuple(both)


def _fields(form: ItemForm) -> Iterator[tuple[str, Any]]:
    yield from form.texts.items()
    yield from ((each.name, getattr(form, each.name)) for each in fields(form) if each.name != "texts")


def _is_same(value: Any, form: ItemForm, name: str) -> bool:
    other = form.texts[name] if name in form.texts else getattr(form, name)
    return same(value, other) if isinstance(value, str) else bool(value == other)


def _kept(typed: str, before: str | None) -> str | None:
    return before if same(typed, before or "") else typed or None


def _choices(form: ItemForm, before: Item) -> Iterator[Choice]:
    known, values = _named(before), [row.value for row in form.choices]
    for row in form.choices:
        old = known.get(row.was)
        label = Words(row.label) if old is None else msgspec.structs.replace(old.label, fr=row.label)
        if old is not None and same(row.label, old.label.fr):
            label = old.label
        value = row.value or None
        if value is None and form.kind in {Kind.SINGLE, Kind.MULTIPLE}:
            value = name_from(row.label, values, "reponse")
            values.append(value)
        yield Choice(label, value, row.exclusive)


def _feed(form: FeedForm) -> Feed:
    code, _, version = form.series.partition(":")
    return Feed(code, int(version), Rule(form.rule), form.value or None)


def _channels(form: ItemForm, before: Item) -> tuple[Channel, ...]:
    if form.channels == frozenset(before.channels):
        return before.channels
    return tuple(channel for channel in Channel if channel in form.channels)


# ---- what cannot be kept ----


def _wrongs(form: ItemForm, taken: Collection[str]) -> Iterator[Wrong]:
    if not ALIAS.fullmatch(form.alias):
        yield Wrong("alias", BAD_ALIAS)
    elif form.alias in taken:
        yield Wrong("alias", TAKEN)
    if form.kind not in set(Kind):
        yield Wrong("kind", NO_KIND)
    if not form.texts["label"]:
        yield Wrong("label", NO_LABEL)
    yield from (Wrong(path, TOO_LONG) for path, text in form.texts.items() if len(text) > LONGEST)
    for rank, row in enumerate(form.choices, start=1):
        yield from _wrong_choice(f"choices-{rank}", row)
    for rank, feed in enumerate(form.feeds, start=1):
        yield from _wrong_feed(f"measures-{rank}", feed)
    yield from _unreadable("relevant", form.relevant)
    yield from _unreadable("constraint", form.constraint)


def _wrong_choice(name: str, row: ChoiceForm) -> Iterator[Wrong]:
    if not row.label:
        yield Wrong(f"{name}-label", NO_CHOICE)
    elif len(row.label) > LONGEST:
        yield Wrong(f"{name}-label", TOO_LONG)
    if row.value and not VALUE.fullmatch(row.value):
        yield Wrong(f"{name}-value", BAD_VALUE)


def _wrong_feed(name: str, feed: FeedForm) -> Iterator[Wrong]:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*:[1-9]\d{0,3}", feed.series) or feed.rule not in set(Rule):
        yield Wrong(f"{name}-series", NO_SERIES)
    if feed.value and not VALUE.fullmatch(feed.value):
        yield Wrong(f"{name}-value", BAD_VALUE)


def _unreadable(name: str, condition: str) -> Iterator[Wrong]:
    if not condition:
        return
    try:
        parse(condition)
    except ExpressionRefused as refusal:
        yield Wrong(name, refusal.message, refusal.values)
