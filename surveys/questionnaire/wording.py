"""The words of a question for one person: French grammar, days, piped facts, the mode's own variant."""

from dataclasses import dataclass
from datetime import date

from quality.french import d_
from surveys.questionnaire.definition import DONT_KNOW, NO, SCALE, YES, Item, Kind, Variant, Variants, Words
from surveys.questionnaire.piping import pipe

_WEEKDAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin",
           "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
}  # fmt: skip


def weekday(day: date, language: str = "fr") -> str:
    """Name the day of the week.

    >>> weekday(date(2026, 11, 23))
    'lundi'
    """
    return _WEEKDAYS["en" if language == "en" else "fr"][day.weekday()]


def day_words(day: date, language: str = "fr") -> str:
    """Write a day as it is spoken, its number bound to its month.

    >>> day_words(date(2026, 12, 1)), day_words(date(2026, 11, 17), "en")
    ('mardi 1er\\xa0décembre', 'Tuesday 17\\xa0November')
    """
    month = _MONTHS["en" if language == "en" else "fr"][day.month - 1]
    number = "1er" if day.day == 1 and language != "en" else str(day.day)
    return f"{weekday(day, language)} {number}\N{NO-BREAK SPACE}{month}"


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What a question may say of the visit."""

    organisation: str
    day: date
    activity: str = ""

    def piped(self, language: str) -> dict[str, str]:
        return {
            "organisme": self.organisation,
            "d_organisme": d_(self.organisation),
            "jour": day_words(self.day, language),
            "activite": self.activity,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """An item in one person's words; `choices` are (answer as posted, words), without « je ne sais pas »."""

    alias: str
    kind: Kind
    label: str
    say: str
    hint: str
    probe: str
    choices: tuple[tuple[str, str], ...]
    dont_know: str


def asked(item: Item, facts: VisitFacts, *, mode: str = "prestataire", language: str = "fr") -> Asked:
    """Word an item for the person, the mode of the intervention and the language."""
    variant = _variant(item, mode)
    known = facts.piped(language)

    def words(*candidates: Words | None) -> str:
        found = next((candidate for candidate in candidates if candidate), None)
        return pipe(found.of(language), known) if found else ""

    return Asked(
        alias=item.alias,
        kind=item.kind,
        label=words(variant.label, item.label),
        say=words(variant.say, variant.label, item.say, item.label),
        hint=words(variant.hint, item.hint),
        probe=words(variant.probe, item.probe),
        choices=tuple((value, words(choice)) for value, choice in _choices(item)),
        dont_know=DONT_KNOW.of(language) if item.dont_know else "",
    )


def _variant(item: Item, mode: str) -> Variant:
    found: Variant | None = getattr(item.variants, mode) if mode in Variants.__struct_fields__ else None
    return found or Variant()


def _choices(item: Item) -> tuple[tuple[str, Words], ...]:
    if item.kind is Kind.RATING:
        return tuple((str(mark), words) for mark, words in enumerate(item.choices or SCALE, start=1))
    return (("yes", YES), ("no", NO)) if item.kind is Kind.YES_NO else ()


def words_of(item: Item, answer: int | str, language: str = "fr") -> str:
    """Say a stored answer again, as in « Votre réponse « 2 Plutôt mal » est enregistrée ».

    >>> from surveys.questionnaire.reading import library
    >>> words_of(library("default").items[0], 2)
    '2 Plutôt mal'
    """
    if answer == "nsp":
        return DONT_KNOW.of(language)
    found = dict(_choices(item)).get(str(answer))
    if found is None:
        return str(answer)
    return f"{answer} {found.of(language)}" if item.kind is Kind.RATING else found.of(language)
