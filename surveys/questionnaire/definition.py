"""A questionnaire as data: items, their words, what they measure, and the rules that bind them together."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from surveys.questionnaire.piping import PlaceholderRefused, check_placeholders

PIPED = frozenset({"organisme", "d_organisme", "jour", "activite"})

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}\Z")]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
Version = Annotated[int, Meta(ge=1)]


class Kind(StrEnum):
    RATING = "rating"
    YES_NO = "yes_no"
    TEXT = "text"


class Rule(StrEnum):
    """What an answer must be to count as favourable."""

    TOP2 = "top2"
    YES = "yes"


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    fr: Text
    en: Text

    def of(self, language: str) -> str:
        """Choose the language; French stands in for one that is not written.

        >>> Words(fr="Oui", en="Yes").of("ar")
        'Oui'
        """
        return self.en if language == "en" else self.fr


class Feed(Struct, frozen=True, forbid_unknown_fields=True):
    """An indicator's series that an item feeds."""

    indicator: Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]*\Z")]
    version: Version
    rule: Rule

    @property
    def series(self) -> str:
        return f"{self.indicator}:{self.version}"


class Variant(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Other words for a mode in which the client's part differs."""

    label: Words | None = None
    say: Words | None = None
    hint: Words | None = None
    probe: Words | None = None


class Variants(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    mandataire: Variant | None = None
    mise_a_disposition: Variant | None = None


class Item(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One question: `say` is read aloud at the desk, `probe` helps a person who hesitates there."""

    alias: Name
    kind: Kind
    label: Words
    say: Words | None = None
    hint: Words | None = None
    probe: Words | None = None
    choices: tuple[Words, ...] = ()
    dont_know: bool = False
    core: bool = False
    signal: bool = False
    callback: bool = False
    measures: tuple[Feed, ...] = ()
    variants: Variants = Variants()


class Questionnaire(Struct, frozen=True, forbid_unknown_fields=True):
    code: Name
    version: Version
    title: Words
    items: Annotated[tuple[Item, ...], Meta(min_length=1)]

    def item(self, alias: str) -> Item:
        """Find an item by its alias; KeyError when there is none."""
        for item in self.items:
            if item.alias == alias:
                return item
        raise KeyError(alias)

    @property
    def feeds(self) -> frozenset[tuple[str, int]]:
        """Name the indicators and versions that the answers feed."""
        return frozenset((feed.indicator, feed.version) for item in self.items for feed in item.measures)


SCALE = (
    Words(fr="Très mal", en="Very badly"),
    Words(fr="Plutôt mal", en="Rather badly"),
    Words(fr="Moyen", en="So-so"),
    Words(fr="Plutôt bien", en="Rather well"),
    Words(fr="Très bien", en="Very well"),
)
YES, NO = Words(fr="Oui", en="Yes"), Words(fr="Non", en="No")
DONT_KNOW = Words(fr="Je ne sais pas", en="I do not know")

RULES_OF: dict[Kind, frozenset[Rule]] = {
    Kind.RATING: frozenset({Rule.TOP2}),
    Kind.YES_NO: frozenset({Rule.YES}),
    Kind.TEXT: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule and the path of the field that breaks it, such as `items[2].label.fr`."""

    path: tuple[str | int, ...]
    message: str


ITEM_RULES: tuple[tuple[str, Callable[[Item], bool], str], ...] = (
    (
        "choices",
        lambda item: bool(item.choices) and (item.kind is not Kind.RATING or len(item.choices) != len(SCALE)),
        "des mots d’échelle vont à une note seulement, et il en faut cinq",
    ),
    (
        "signal",
        lambda item: item.signal and item.kind is not Kind.RATING,
        "seule une note peut être un signal",
    ),
    (
        "callback",
        lambda item: item.callback and item.kind is not Kind.YES_NO,
        "seule une question oui ou non peut demander un rappel",
    ),
    (
        "dont_know",
        lambda item: item.dont_know and item.kind is Kind.TEXT,
        "« Je ne sais pas » n’a pas de sens pour un texte libre",
    ),
    (
        "measures",
        lambda item: any(feed.rule not in RULES_OF[item.kind] for feed in item.measures),
        "la règle ne convient pas à ce genre de question",
    ),
    (
        "measures",
        lambda item: len({feed.series for feed in item.measures}) < len(item.measures),
        "le même indicateur est nourri deux fois",
    ),
)


def findings(questionnaire: Questionnaire) -> Iterator[Finding]:
    """Check what the types cannot: rules between fields, between items, and the facts piped into texts."""
    first = questionnaire.items[0]
    if first.kind is not Kind.RATING or not first.core:
        # The first answer counts alone and is the one a bare digit sent by SMS gives.
        yield Finding(("items", 0, "kind"), "la première question doit être une note, et compter (`core`)")
    repeated = Counter(item.alias for item in questionnaire.items)
    for number, item in enumerate(questionnaire.items):
        if repeated[item.alias] > 1:
            yield Finding(("items", number, "alias"), f"« {item.alias} » sert à deux questions")
        for field, is_broken, message in ITEM_RULES:
            if is_broken(item):
                yield Finding(("items", number, field), message)
        yield from _text_findings(number, item)


def _text_findings(number: int, item: Item) -> Iterator[Finding]:
    for path, text in _texts(item):
        try:
            check_placeholders(text, PIPED)
        except PlaceholderRefused as error:
            yield Finding(("items", number, *path), str(error))


def _texts(item: Item) -> Iterator[tuple[tuple[str | int, ...], str]]:
    wordings: list[tuple[tuple[str | int, ...], Words | None]] = [
        ((name,), getattr(item, name)) for name in Variant.__struct_fields__
    ]
    wordings += [(("choices", rank), words) for rank, words in enumerate(item.choices)]
    for mode in Variants.__struct_fields__:
        variant = getattr(item.variants, mode) or Variant()
        wordings += [(("variants", mode, name), getattr(variant, name)) for name in Variant.__struct_fields__]
    for path, words in wordings:
        if words is not None:
            yield (*path, "fr"), words.fr
            yield (*path, "en"), words.en
