"""The words of a question for one person: their language, channel and part, with the facts piped in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from surveys.questionnaire import coding
from surveys.questionnaire.coding import ERASED, NSP, OUTSIDE, SO, Answer
from surveys.questionnaire.days import day_words
from surveys.questionnaire.definition import RIGHT_TO_LEFT, Item, Kind, Variant, Words
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.piping import pipe

GONE = Words(fr="texte effacé au bout de douze mois", en="text erased after twelve months")


@dataclass(frozen=True, slots=True)
class Said:
    """One answer that is offered, in the words of the person; `digit` gives it where keys do."""

    value: str
    digit: str
    words: str
    exclusive: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """An item in one person's words, all in one `language`: a question is never half in another.

    `options` holds all that may be answered; `choices` the (value, words) of substance among them.
    """

    alias: str
    kind: Kind
    label: str
    say: str
    hint: str
    probe: str
    agent: str
    constraint_message: str
    options: tuple[Said, ...]
    language: str

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((each.value, each.words) for each in self.options if each.value not in OUTSIDE)

    @property
    def dont_know(self) -> str:
        return self._words_of(NSP)

    @property
    def not_applicable(self) -> str:
        return self._words_of(SO)

    @property
    def direction(self) -> str:
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def _words_of(self, value: str) -> str:
        return next((each.words for each in self.options if each.value == value), "")


def asked(
    item: Item,
    facts: Facts,
    *,
    channel: str = "web",
    language: str = "fr",
    fallback: Sequence[str] = ("fr",),
) -> Asked:
    """Word an item for the person, the mode of the intervention, the channel and the language.

    Where a text is not written in the language, the whole item is asked in the first of `fallback` in which
    all of it is.
    """
    options = coding.options(item, channel)
    texts = _chosen(item, facts, channel)
    written = _language([*texts.values(), *(each.words for each in options)], (language, *fallback))
    known = facts.piped(written)

    def words(found: Words | None) -> str:
        return pipe(found.of(written), known) if found else ""

    return Asked(
        alias=item.alias,
        kind=item.kind,
        **{name: words(found) for name, found in texts.items()},
        options=tuple(Said(each.value, each.digit, words(each.words), each.exclusive) for each in options),
        language=written,
    )


def _chosen(item: Item, facts: Facts, channel: str) -> dict[str, Words | None]:
    """Choose each text: what suits the person before what is said to all, the channel's own words first."""
    variants = item.variants.for_(facts.mode, facts.audience)
    nearest: list[Variant | Item] = [*variants, item]
    own = [(place.words.of(channel), place) for place in nearest]
    return {
        "label": _first(words.label or place.label for words, place in own),
        "say": _first(place.say or place.label for place in nearest),
        "hint": _first(words.hint or place.hint for words, place in own),
        "probe": _first(place.probe for place in nearest),
        "agent": item.agent,
        "constraint_message": item.constraint_message,
    }


def _first(candidates: Iterable[Words | None]) -> Words | None:
    return next((words for words in candidates if words), None)


def _language(texts: Iterable[Words | None], languages: Sequence[str]) -> str:
    written = [text for text in texts if text]
    return next((each for each in languages if all(text.in_(each) for text in written)), "fr")


def words_of(item: Item, answer: Answer, language: str = "fr") -> str:
    """Say a stored answer again, as in « Votre réponse « 2 Plutôt mal » est enregistrée ».

    >>> from surveys.questionnaire.reading import library
    >>> words_of(library("default").items[0], 2)
    '2 Plutôt mal'
    """
    if isinstance(answer, list):
        return ", ".join(words_of(item, each, language) for each in answer)
    found = {each.value: each.words for each in coding.options(item)}.get(str(answer))
    if found is None:
        return _written(item, answer, language)
    words = found.of(language)
    return f"{answer} {words}" if item.kind is Kind.RATING and answer not in OUTSIDE else words


def _written(item: Item, answer: int | float | str, language: str) -> str:
    if item.kind is Kind.TEXT and answer == ERASED:
        return GONE.of(language)
    if item.kind is Kind.DATE and isinstance(answer, str):
        day = date.fromisoformat(answer)
        return f"{day_words(day, language)} {day.year}"
    if isinstance(answer, float):
        return str(answer) if language == "en" else str(answer).replace(".", ",")
    return str(answer)
