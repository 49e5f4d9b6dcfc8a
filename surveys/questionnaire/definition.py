"""A questionnaire as data: items, their words by language, channel and person, and what they measure."""

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Literal

from msgspec import Meta, Struct

PIPED = frozenset({"organisme", "d_organisme", "jour", "activite"})
Language = Literal["fr", "en", "es", "pt", "it", "de", "ar"]
LANGUAGES: tuple[Language, ...] = ("fr", "en", "es", "pt", "it", "de", "ar")
RIGHT_TO_LEFT = frozenset({"ar"})

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}\Z")]
Value = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}\Z")]
# The database keeps no NUL.
Text = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\0]*\Z")]
Version = Annotated[int, Meta(ge=1)]


class Kind(StrEnum):
    RATING = "rating"
    SCALE = "scale"
    YES_NO = "yes_no"
    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


class Channel(StrEnum):
    """Where a question is asked; an e-mail opens the web, pre-checked."""

    WEB = "web"
    PHONE = "phone"
    PAPER = "paper"
    SMS = "sms"
    VOICE = "voice"


class Rule(StrEnum):
    """What an answer must be to count as favourable."""

    TOP2 = "top2"
    SCALE = "scale"  # as top2, and each of the five marks is counted: a score is drawn of them
    YES = "yes"
    IS = "is"
    MARK = "mark"  # each of the eleven marks from 0 to 10 is counted


class Words(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The same words in the languages in which they are written, French always."""

    fr: Text
    en: Text | None = None
    es: Text | None = None
    pt: Text | None = None
    it: Text | None = None
    de: Text | None = None
    ar: Text | None = None

    def of(self, *languages: str) -> str:
        """Give the first language that is written; French stands in for all.

        >>> Words(fr="Oui", en="Yes").of("ar"), Words(fr="Oui", en="Yes").of("ar", "en")
        ('Oui', 'Yes')
        """
        for language in languages:
            if words := self.in_(language):
                return words
        return self.fr

    def in_(self, language: str) -> str | None:
        """Give the words in one language, None where they are not written."""
        words: str | None = getattr(self, language) if language in LANGUAGES else None
        return words


class Feed(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An indicator's series that an item feeds; `value` is the favourable one of the rule `is`."""

    indicator: Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9_]*\Z")]
    version: Version
    rule: Rule
    value: Value | None = None

    @property
    def series(self) -> str:
        return f"{self.indicator}:{self.version}"


class Choice(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One answer offered: the words of a mark, or a value of its own; `exclusive` unchecks the others."""

    label: Words
    value: Value | None = None
    exclusive: bool = False


class ChannelWords(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Other words for one channel."""

    label: Words | None = None
    hint: Words | None = None


class PerChannel(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    sms: ChannelWords | None = None
    email: ChannelWords | None = None
    voice: ChannelWords | None = None
    paper: ChannelWords | None = None

    def of(self, channel: str) -> ChannelWords:
        found: ChannelWords | None = getattr(self, channel) if channel in self.__struct_fields__ else None
        return found or ChannelWords()


class Variant(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Other words for a mode in which the client's part differs, or for whoever answers for the client."""

    label: Words | None = None
    say: Words | None = None
    hint: Words | None = None
    probe: Words | None = None
    words: PerChannel = PerChannel()


class Variants(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    mandataire: Variant | None = None
    mise_a_disposition: Variant | None = None
    relative: Variant | None = None
    mandataire_relative: Variant | None = None

    def for_(self, mode: str, audience: str) -> tuple[Variant, ...]:
        """List the variants that suit a mode and an audience, the nearest first.

        >>> near, far = Variant(label=Words(fr="a")), Variant(label=Words(fr="b"))
        >>> [v.label.fr for v in Variants(relative=near, mandataire=far).for_("mandataire", "relative")]
        ['a', 'b']
        """
        names = [mode]
        if audience == "relative":
            names = [f"{mode}_relative", "relative", mode]
        found = (getattr(self, name) for name in names if name in self.__struct_fields__)
        return tuple(variant for variant in found if variant is not None)


class Item(
    Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True, cache_hash=True
):
    """One question: `say` is read aloud, `probe` helps a person who hesitates, `agent` is never said.

    `relevant` and `constraint` are expressions (surveys/questionnaire/expression.py); without `channels`, the
    web, the desk and paper ask it.
    """

    alias: Name
    kind: Kind
    label: Words
    say: Words | None = None
    hint: Words | None = None
    probe: Words | None = None
    agent: Words | None = None
    choices: tuple[Choice, ...] = ()
    dont_know: bool = False
    not_applicable: bool = False
    decimals: bool = False
    core: bool = False
    signal: bool = False
    callback: bool = False
    measures: tuple[Feed, ...] = ()
    relevant: Text | None = None
    constraint: Text | None = None
    constraint_message: Words | None = None
    channels: tuple[Channel, ...] = ()
    words: PerChannel = PerChannel()
    variants: Variants = Variants()


class Questionnaire(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, cache_hash=True):
    """`languages` is also the order in which one stands in for another."""

    code: Name
    version: Version
    title: Words
    items: Annotated[tuple[Item, ...], Meta(min_length=1)]
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)] = ("fr", "en")

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

    def channels_of(self, item: Item) -> frozenset[Channel]:
        """Say where an item is asked: by default at leisure, and the first one wherever it can be."""
        if item.channels:
            return frozenset(item.channels)
        is_first = item.alias == self.items[0].alias
        return EVERYWHERE if is_first and fits_a_key(item) else AT_LEISURE

    def asked_on(self, channel: str) -> tuple[Item, ...]:
        """List the items that a channel asks, in order; an e-mail asks those of the web."""
        return _asked_on(self, "web" if channel == "email" else channel)


@lru_cache(maxsize=1_000)
def _asked_on(questionnaire: Questionnaire, channel: str) -> tuple[Item, ...]:
    return tuple(item for item in questionnaire.items if channel in questionnaire.channels_of(item))


AT_LEISURE = frozenset({Channel.WEB, Channel.PHONE, Channel.PAPER})
EVERYWHERE = frozenset(Channel)
MOST_KEYS = 8  # 9 and 0 are kept: refusal and a person by voice, not known and no answer at the desk


def fits_a_key(item: Item) -> bool:
    """Tell whether one digit answers: a 0–10 scale has too many (contact.md, section 4).

    « Cela ne me concerne pas » takes the last of the keys.
    """
    if item.kind is Kind.SINGLE:
        return len(item.choices) <= MOST_KEYS - item.not_applicable
    return item.kind in {Kind.RATING, Kind.YES_NO}


def wordings(node: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Words]]:
    """List all words of a definition with their paths, in the order in which they are written.

    >>> [path for path, _ in wordings(Variant(label=Words(fr="a"), hint=Words(fr="b")))]
    [('label',), ('hint',)]
    """
    if isinstance(node, Words):
        yield path, node
    elif isinstance(node, Struct):
        for name in node.__struct_fields__:
            yield from wordings(getattr(node, name), (*path, name))
    elif isinstance(node, tuple):
        for rank, child in enumerate(node):
            yield from wordings(child, (*path, rank))


def _of_each(table: dict[str, tuple[str, ...]]) -> tuple[Words, ...]:
    return tuple(Words(**dict(zip(table, said, strict=True))) for said in zip(*table.values(), strict=True))


SCALE = _of_each(
    {
        "fr": ("Très mal", "Plutôt mal", "Moyen", "Plutôt bien", "Très bien"),
        "en": ("Very badly", "Rather badly", "So-so", "Rather well", "Very well"),
        "es": ("Muy mal", "Bastante mal", "Regular", "Bastante bien", "Muy bien"),
        "pt": ("Muito mal", "Bastante mal", "Mais ou menos", "Bastante bem", "Muito bem"),
        "it": ("Molto male", "Piuttosto male", "Così così", "Piuttosto bene", "Molto bene"),
        "de": ("Sehr schlecht", "Eher schlecht", "Mittelmäßig", "Eher gut", "Sehr gut"),
        "ar": ("سيئ جدًا", "سيئ نوعًا ما", "متوسط", "جيد نوعًا ما", "جيد جدًا"),
    }
)
YES, NO, DONT_KNOW, NOT_APPLICABLE = _of_each(
    {
        "fr": ("Oui", "Non", "Je ne sais pas", "Cela ne me concerne pas"),
        "en": ("Yes", "No", "I do not know", "This does not concern me"),
        "es": ("Sí", "No", "No lo sé", "No me concierne"),
        "pt": ("Sim", "Não", "Não sei", "Não me diz respeito"),
        "it": ("Sì", "No", "Non lo so", "Non mi riguarda"),
        "de": ("Ja", "Nein", "Ich weiß es nicht", "Das betrifft mich nicht"),
        "ar": ("نعم", "لا", "لا أعرف", "هذا لا يعنيني"),
    }
)
