"""The sheet of one questionnaire: what is printed, question after question, numbered on the paper itself.

Those that the visit itself rules out are left out; the others say when to answer them and where to go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from surveys.questionnaire.days import day_words
from surveys.questionnaire.definition import RIGHT_TO_LEFT, Item, Kind, Questionnaire
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.paper.conditions import Printed, Sheet, in_order, phrase
from surveys.questionnaire.wording import Asked

PAPER = "paper"
TO_TICK = {Kind.RATING: "one", Kind.YES_NO: "one", Kind.SINGLE: "one", Kind.MULTIPLE: "several"}
HOW = {**TO_TICK, Kind.SCALE: "scale", Kind.NUMBER: "number"}
WHO = ("alone", "helped", "relative", "guardian", "other")
WORKER = ("absent", "present", "filled_in")


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """One printed question: `only` says when to answer it; `options`, then `outside`, are boxes."""

    number: int
    alias: str
    kind: str
    label: str
    hint: str
    how: str
    only: str
    options: tuple[str, ...]
    outside: tuple[str, ...]
    lang: str
    dir: str


@dataclass(frozen=True, slots=True)
class Form:
    """A whole sheet; `who` and `worker` are the two last questions, each with its boxes."""

    lang: str
    dir: str
    title: str
    visit: str
    how: str
    questions: tuple[FormQuestion, ...]
    who: tuple[str, ...]
    worker: tuple[str, ...]
    send: str
    private: str
    code_words: str
    web: str
    specimen: str
    platform: str
    day_parts: tuple[str, str, str]


def form(
    questionnaire: Questionnaire, facts: Facts, *, platform: str, phone: str = "", language: str = "fr"
) -> Form:
    """Compose the sheet of a visit in the person's words."""
    tongue = language if language in questionnaire.languages else "fr"
    return Form(
        lang=tongue,
        dir="rtl" if tongue in RIGHT_TO_LEFT else "ltr",
        title=questionnaire.title.of(tongue),
        visit=phrase("visit", tongue, day=day_words(facts.day, tongue), provider=facts.organisation),
        how=phrase("how", tongue),
        questions=_questions(questionnaire, facts, tongue),
        who=tuple(phrase(each, tongue) for each in ("who", *WHO)),
        worker=tuple(phrase(each, tongue) for each in ("worker", *WORKER)),
        send=phrase("send" if phone else "send_bare", tongue, platform=platform, phone=phone),
        private=phrase("private", tongue, provider=facts.organisation),
        code_words=phrase("code", tongue),
        web=phrase("web", tongue),
        specimen=phrase("specimen", tongue),
        platform=platform,
        day_parts=(phrase("day", tongue), phrase("month", tongue), phrase("year", tongue)),
    )


def printed(questionnaire: Questionnaire, facts: Facts) -> tuple[Item, ...]:
    """List the questions that stand on the sheet of a visit."""
    return tuple(each.item for each, _only in _lines(questionnaire, facts, "fr"))


def _lines(questionnaire: Questionnaire, facts: Facts, language: str) -> list[tuple[Printed, str]]:
    sheet = Sheet(language, dict(facts.values()))
    return in_order(questionnaire, facts, sheet, channel=PAPER, language=language)


def _questions(questionnaire: Questionnaire, facts: Facts, language: str) -> tuple[FormQuestion, ...]:
    lines = _lines(questionnaire, facts, language)
    return tuple(_question(each, _only(lines, rank, language)) for rank, (each, _) in enumerate(lines))


def _only(lines: Sequence[tuple[Printed, str]], rank: int, language: str) -> str:
    """Say when a question is answered, and where to go on otherwise: past all those of the same case."""
    only = lines[rank][1]
    if not only:
        return ""
    following = next((each.number for each, other in lines[rank + 1 :] if other != only), None)
    otherwise = phrase("else_next" if following else "else_end", language, number=following)
    return f"{phrase('only', language, condition=only)} {otherwise}"


def _question(line: Printed, only: str) -> FormQuestion:
    item, words = line.item, line.asked
    return FormQuestion(
        number=line.number,
        alias=item.alias,
        kind=item.kind,
        label=words.label,
        hint=words.hint,
        how=phrase(HOW[item.kind], words.language) if item.kind in HOW else "",
        only=only,
        options=_options(item, words),
        outside=tuple(each for each in (words.dont_know, words.not_applicable) if each),
        lang=words.language,
        dir=words.direction,
    )


def _options(item: Item, words: Asked) -> tuple[str, ...]:
    """Give the boxes of substance; a mark is told by its number too."""
    if item.kind is Kind.RATING:
        return tuple(f"{value}  {said}" for value, said in words.choices)
    return tuple(said for _value, said in words.choices)
