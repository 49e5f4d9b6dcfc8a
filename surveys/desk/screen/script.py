"""The script of a call: one question at a time, on the way of whoever answers, with a key for each answer."""

from collections.abc import Iterator, Mapping, Sequence

from quality.web import languages
from quality.web.languages import gettext as _
from surveys.desk.screen.asking import Asking
from surveys.desk.screen.reading import File
from surveys.desk.screen.screens import Choice, DayPart, Question
from surveys.questionnaire.coding import DIGITAL, NSP, SO
from surveys.questionnaire.definition import Channel, Item, Kind
from surveys.questionnaire.facts import Facts
from surveys.questionnaire.logic import ONE_EXCLUDES, TWO_ANSWERS, Answer, AnswerRefused
from surveys.questionnaire.paths import path
from surveys.questionnaire.wording import Asked, asked, words_of
from surveys.respond.standing import DAY_PARTS, Said, number_of, parts_of, said, standing, stored
from surveys.response import InvitedVisit, facts_of

# No value of a definition begins with a dash.
WILL_NOT_SAY = "-refus"


def is_asking(file: File, asking: Asking) -> bool:
    """Tell whether the call asks the questions of a visit; a callback does when it is told to."""
    is_asked = file.kind == "survey" or (file.kind == "callback" and asking.number is not None)
    return is_asked and file.visit is not None


def question(
    file: File, asking: Asking, respondent: str, refused: Sequence[str] | None = None
) -> Question | None:
    """Compose the question that is read now, with what was refused of it; None once there is none left."""
    if file.visit is None or not is_asking(file, asking):
        return None
    visit, answers = file.visit, file.visit.answers_of(respondent)
    facts = facts_of(visit, respondent=respondent)
    item = _now(visit, asking.number, respondent)
    place = standing(visit.questionnaire, item, answers, facts, Channel.PHONE) if item else None
    if item is None or place is None:
        return None
    words = worded(visit, item, facts, visit.language)
    before = visit.questionnaire.items[place.back - 1] if place.back else None
    shows = _shown(item, answers, refused)
    return Question(
        number=place.number,
        rank=place.rank,
        total=place.total,
        alias=item.alias,
        kind=item.kind.value,
        say=words.say,
        label=words.label,
        probe=words.probe,
        agent=worded(visit, item, facts, languages.current()).agent,
        tongue=words.language,
        choices=tuple(choices(item, words)),
        chosen=shows.chosen,
        written=shows.written,
        parts=_parts(item, shows.written),
        keyboard="decimal" if item.decimals else "numeric",
        back=asking.href(file.case, q=place.back, panneau="") if place.back else "",
        saved=_saved(before, answers),
    )


def worded(visit: InvitedVisit, item: Item, facts: Facts, language: str) -> Asked:
    """Word a question of a call for whoever hears it, or for whoever reads it on the screen."""
    fallback = visit.questionnaire.languages
    return asked(item, facts, channel=Channel.PHONE, language=language, fallback=fallback)


def _now(visit: InvitedVisit, number: int | None, respondent: str) -> Item | None:
    """Give the question of a number, or the next one that is asked; without one, the first not passed yet."""
    questionnaire, answers = visit.questionnaire, visit.answers_of(respondent)
    way = path(questionnaire, answers, facts_of(visit, respondent=respondent), Channel.PHONE)
    if number is None:
        return next((item for item in way if item.alias not in answers), None)
    return next((item for item in way if number_of(questionnaire, item.alias) >= number), None)


def _shown(item: Item, answers: Mapping[str, Answer], refused: Sequence[str] | None) -> Said:
    """Show what was just refused as it was typed, else what is stored as the agent would type it."""
    if refused is None:
        return stored(item, answers.get(item.alias, ""), languages.current())
    shows = said(item, refused)
    is_withheld = WILL_NOT_SAY in refused and item.kind is not Kind.TEXT
    return Said((*shows.chosen, WILL_NOT_SAY), shows.written) if is_withheld else shows


def _parts(item: Item, written: str) -> tuple[DayPart, ...]:
    if item.kind is not Kind.DATE:
        return ()
    labels = (_("Jour"), _("Mois"), _("Année"))
    return tuple(
        DayPart(f"{item.alias}-{name}", label, value)
        for name, label, value in zip(DAY_PARTS, labels, parts_of(written), strict=True)
    )


def _saved(before: Item | None, answers: Mapping[str, Answer]) -> str:
    is_said = before is not None and before.alias in answers
    return words_of(before, answers[before.alias], languages.current()) if before and is_said else ""


def choices(item: Item, words: Asked) -> Iterator[Choice]:
    """Give each answer with its key, and the refusal to answer; nothing beside a text, which may stay empty.

    Where digits are the answer itself, what stands beside it has a letter (contact.md, section 5).
    """
    if item.kind is Kind.TEXT:
        return
    beside = {NSP: _("Ne sait pas"), SO: _("Cela ne la concerne pas")}
    for each in words.options:
        yield Choice(each.value, beside.get(each.value, each.words), each.digit)
    yield Choice(WILL_NOT_SAY, _("Ne veut pas répondre"), "Z" if item.kind in DIGITAL else "0")


def is_withheld(item: Item, raw: Sequence[str]) -> bool:
    """Tell whether the person does not want to answer: nothing is stored, and nothing else may be chosen.

    >>> from surveys.questionnaire.definition import Words
    >>> nights = Item(alias="nuits", kind=Kind.NUMBER, label=Words("Combien ?"))
    >>> is_withheld(nights, ["", WILL_NOT_SAY]), is_withheld(nights, ["3"])
    (True, False)
    """
    filled = [each for each in raw if each.strip()]
    if item.kind is Kind.TEXT or WILL_NOT_SAY not in filled:
        return False
    if len(filled) > 1:
        raise AnswerRefused(ONE_EXCLUDES if item.kind is Kind.MULTIPLE else TWO_ANSWERS)
    return True


def refusal_words(visit: InvitedVisit, item: Item, respondent: str) -> str:
    """Say why an answer does not do, in the words of its question where it has some."""
    told = worded(visit, item, facts_of(visit, respondent=respondent), languages.current())
    return told.constraint_message or _("Cette réponse ne convient pas ici : vérifiez-la")
