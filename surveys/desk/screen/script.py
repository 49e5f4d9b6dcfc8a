"""The script of a call: one question at a time, on the way of whoever answers, with a key for each answer."""

from collections.abc import Mapping

from quality.web import languages
from quality.web.languages import gettext as _
from surveys.desk.screen.asking import Asking
from surveys.desk.screen.reading import File
from surveys.desk.screen.screens import Choice, Pairs, Question
from surveys.questionnaire.definition import Channel, Item, Kind
from surveys.questionnaire.logic import Answer, is_answered
from surveys.questionnaire.paths import path
from surveys.questionnaire.wording import asked, words_of
from surveys.respond.standing import number_of, standing
from surveys.response import InvitedVisit, facts_of

WILL_NOT_SAY, DOES_NOT_KNOW = "refus", "nsp"


def is_asking(file: File, asking: Asking) -> bool:
    """Tell whether the call asks the questions of a visit; a callback does when it is told to."""
    is_asked = file.kind == "survey" or (file.kind == "callback" and asking.number is not None)
    return is_asked and file.visit is not None


def question(file: File, asking: Asking, respondent: str) -> Question | None:
    """Compose the question that is read now; None once there is none left."""
    if file.visit is None or not is_asking(file, asking):
        return None
    visit, answers = file.visit, file.visit.answers_of(respondent)
    facts = facts_of(visit, respondent=respondent)
    item = _now(visit, asking.number, respondent)
    place = standing(visit.questionnaire, item, answers, facts, Channel.PHONE) if item else None
    if item is None or place is None:
        return None
    words = asked(item, facts, channel=Channel.PHONE, language=visit.language)
    before = visit.questionnaire.items[place.back - 1] if place.back else None
    return Question(
        number=place.number,
        rank=place.rank,
        total=place.total,
        alias=item.alias,
        kind=item.kind.value,
        say=words.say,
        label=words.label,
        probe=words.probe,
        choices=tuple(choices(item, words.choices)),
        value=str(answers.get(item.alias, "")),
        back=asking.href(file.case, q=place.back, panneau="") if place.back else "",
        saved=_saved(before, answers),
    )


def _now(visit: InvitedVisit, number: int | None, respondent: str) -> Item | None:
    """Give the question of a number, or the next one that is asked; without one, the first unanswered."""
    questionnaire, answers = visit.questionnaire, visit.answers_of(respondent)
    way = path(questionnaire, answers, facts_of(visit, respondent=respondent), Channel.PHONE)
    if number is None:
        return next((item for item in way if not is_answered(item, answers)), None)
    return next((item for item in way if number_of(questionnaire, item.alias) >= number), None)


def _saved(before: Item | None, answers: Mapping[str, Answer]) -> str:
    is_said = before is not None and before.alias in answers
    return words_of(before, answers[before.alias], languages.current()) if before and is_said else ""


def choices(item: Item, words: Pairs) -> list[Choice]:
    """Give each answer with its key."""
    if item.kind is Kind.TEXT:
        return []
    offered = [Choice(value, said, str(rank)) for rank, (value, said) in enumerate(words, 1)]
    if item.dont_know:
        offered.append(Choice(DOES_NOT_KNOW, _("Ne sait pas"), "9"))
    return [*offered, Choice(WILL_NOT_SAY, _("Ne veut pas répondre"), "0")]
