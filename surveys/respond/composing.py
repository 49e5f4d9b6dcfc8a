"""The page of one question, composed in the words of whoever reads it."""

from collections.abc import Sequence

from quality.web import languages
from quality.web.languages import gettext as _
from surveys.questionnaire import coding
from surveys.questionnaire.definition import Item, Kind
from surveys.questionnaire.logic import AnswerRefused
from surveys.questionnaire.wording import Asked, asked
from surveys.respond import listening
from surveys.respond.reader import Reader
from surveys.respond.screens import AnswerQuestion, Choice, DayPart, Errors
from surveys.respond.standing import DAY_PARTS, ONE_BOX, Said, Standing, parts_of, said, standing


def question(
    reader: Reader,
    item: Item,
    place: Standing,
    shows: Said,
    *,
    is_preset: bool = False,
    errors: Errors = (),
) -> AnswerQuestion:
    """Compose the page of one question."""
    words = worded(reader, item)
    onward = f"/{place.onward}" if place.onward else "/qui"
    return AnswerQuestion(
        token=reader.token,
        number=place.number,
        rank=place.rank,
        total=place.total,
        name=item.alias,
        kind=item.kind.value,
        label=words.label,
        hint=words.hint,
        tongue=words.language,
        direction=words.direction,
        choices=_choices(words, is_outside=False),
        outside=_choices(words, is_outside=True),
        chosen=shows.chosen,
        written=shows.written,
        parts=_parts(reader, item, shows.written),
        keyboard="decimal" if item.decimals else "numeric",
        is_preset=is_preset,
        provider=reader.facts.organisation,
        seat=reader.seat,
        back=reader.address(f"/{place.back}") if place.back else None,
        skip=reader.address(onward) if place.back else None,
        can_refuse=reader.visit.is_invited,
        audio=_audio(reader, item, words),
        errors=errors,
    )


def _audio(reader: Reader, item: Item, words: Asked) -> str:
    questionnaire = reader.visit.questionnaire
    return listening.address_of(reader.card.id, questionnaire, item, reader.facts, words.language)


def first(reader: Reader) -> AnswerQuestion:
    """Compose the page of the first question, empty."""
    item = reader.visit.questionnaire.items[0]
    return question(reader, item, _place(reader, item), Said())


def refused(reader: Reader, item: Item, raw: Sequence[str], refusal: AnswerRefused) -> AnswerQuestion:
    """Compose the page of a question whose answer cannot be taken: what was said, and what is missing."""
    with languages.using(reader.language):
        errors = [(_anchor(item), _(refusal.message))]
    return question(reader, item, _place(reader, item), said(item, raw), errors=errors)


def _place(reader: Reader, item: Item) -> Standing:
    """Find where the question stands; one that another device made needless stands alone."""
    questionnaire = reader.visit.questionnaire
    found = standing(questionnaire, item, reader.answers, reader.facts)
    number = questionnaire.items.index(item) + 1
    return found or Standing(number=number, rank=number, total=None, back=None, onward=None)


def constraint_message(reader: Reader, item: Item) -> str:
    """Say why an answer does not do, in the words of its question where it has some."""
    words = worded(reader, item).constraint_message
    with languages.using(reader.language):
        return words or _("Cette réponse ne convient pas ici : vérifiez-la")


def worded(reader: Reader, item: Item) -> Asked:
    return asked(item, reader.facts, language=reader.spoken, fallback=reader.visit.questionnaire.languages)


def _choices(words: Asked, *, is_outside: bool) -> tuple[Choice, ...]:
    is_marked = words.kind is Kind.RATING and not is_outside
    return tuple(
        Choice(each.value, each.value if is_marked else "", each.words)
        for each in words.options
        if (each.value in coding.OUTSIDE) == is_outside
    )


def _parts(reader: Reader, item: Item, written: str) -> tuple[DayPart, ...]:
    if item.kind is not Kind.DATE:
        return ()
    with languages.using(reader.language):
        words = (_("Jour"), _("Mois"), _("Année"))
    return tuple(
        DayPart(f"{item.alias}-{name}", word, value)
        for name, word, value in zip(DAY_PARTS, words, parts_of(written), strict=True)
    )


def _anchor(item: Item) -> str:
    """Give the id of the first field."""
    if item.kind in ONE_BOX:
        return item.alias
    if item.kind is Kind.DATE:
        return f"{item.alias}-{DAY_PARTS[0]}"
    return f"{item.alias}-{coding.choices(item)[0].value}"
